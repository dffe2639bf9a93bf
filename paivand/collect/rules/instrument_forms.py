"""Forms made of questionnaires: every item with its answers, as the declaration has them, in a frame kept as tables.

The frame, in ``paivand/forms/_instrument``, asks about whom, whether one may ask, when and how. The questionnaire's
sections stand where it says ``[sections]``. Names tell what a question is: ``s_`` a section, ``q_`` an item, ``e_`` on
what its answer rests, ``n_`` why a number is missing; as in the forms of the screens.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from paivand.collect.rules.tables import LANGUAGES, Row, Tables, spoken
from paivand.instruments.rules.catalogue import instrument as declared_instrument
from paivand.instruments.rules.instruments import Condition, Instrument, Item, Section, Words, say

FRAME = Path(__file__).parent.parent.parent / "forms" / "_instrument"
INSTRUMENTS = {"vulnerability_profile": "vulnerability", "phq4": "phq4"}
"""The questionnaires that phones receive as forms, by the code of the form."""

SECTION, ITEM, EVIDENCE, REASON, NOTE = "s_", "q_", "e_", "n_", "t_"
NO_ANSWER = "-"
"""What stands before a reason for no answer, so that it is told from the code of an option."""
MOST_CHOICES = 11
"""Numbers are chosen where there are no more of them; else they are typed."""
SLACK = 2
"""Years by which an age that was only estimated may be off: who asks decides, and the action looks again."""
AGREED = "${may_ask} = 'yes'"

Texts = Mapping[str, str]


def instrument_tables(form: str) -> Tables:
    """The tables of the form of a questionnaire, in its newest version.

    Raises:
        KeyError: there is no such form.
        LookupError: its questionnaire is not declared.
    """
    code = INSTRUMENTS[form]
    declared = declared_instrument(code)
    if declared is None:
        raise LookupError(code)
    return tables_of(form, declared)


def tables_of(form: str, declared: Instrument) -> Tables:
    """The tables of a form that asks this questionnaire; the form's version begins with the questionnaire's."""
    settings = {
        "form_id": form, "version": declared.version, "default_language": LANGUAGES["tg"],
        "instance_name": "${answered_on}", **_said("title", declared.title),
    }  # fmt: skip
    maker = _Maker(declared)
    return Tables(form, {"settings": [settings], "survey": maker.survey(), "choices": maker.choices()})


def is_typed(item: Item) -> bool:
    """Whether the number of an item is typed: there are too many to choose from."""
    return item.is_number and item.most - item.least + 1 > MOST_CHOICES


def version_asked(form_version: str) -> str:
    """The questionnaire's version in the version of a form.

    >>> version_asked("2019_draft-0a1b2c3d"), version_asked("1-0a1b2c3d")
    ('2019_draft', '1')
    """
    return form_version.rpartition("-")[0]


@dataclass
class _Maker:
    """One pass over a questionnaire."""

    declared: Instrument

    def survey(self) -> list[Row]:
        """The questions."""
        rows: list[Row] = []
        for row in frame("survey"):
            rows += self._framed(row)
        return rows

    def choices(self) -> list[Row]:
        """The answers: those of the frame, and a list for each item."""
        rows: list[Row] = [row for row in frame("choices") if row["list_name"] not in {"no_answer", "evidence"}]
        items = list(self.declared.items())
        if any(item.evidence for item in items):
            rows += [row for row in frame("choices") if row["list_name"] == "evidence"]
        reasons = {row["name"]: row for row in frame("choices") if row["list_name"] == "no_answer"}
        for item in items:
            rows += self._answers(item)
            listed = (REASON if is_typed(item) else ITEM) + item.code
            rows += [{**reasons[NO_ANSWER + one], "list_name": listed} for one in item.special]
        return rows

    def _answers(self, item: Item) -> Iterator[Row]:
        name = ITEM + item.code
        for option in item.options:
            yield {"list_name": name, "name": option.code, **_said("label", option.label)}
        if item.is_number and not is_typed(item):
            for number in range(item.least, item.most + 1):
                yield {"list_name": name, "name": str(number), **_said("label", {"en": str(number)})}

    # --- the frame ---

    def _framed(self, row: Row) -> Iterable[Row]:
        """A row of the frame, fitted to the questionnaire."""
        name = row.get("name", "")
        if row["type"] == "[sections]":
            return [one for section in self.declared.sections for one in self._section(section)]
        if name == "person":
            return [{**row, "choice_filter": self._who(row["choice_filter"])}] if self.declared.about_person else []
        if name == "respondent":
            return [{**row, **_filled("label", words("respondent"), "who", self.declared.respondent)}]
        if name == "urgent":
            raised = self._raised()
            return [{**row, "relevant": raised}] if raised else []
        if name == "still_open":
            return [
                {"type": "calculate", "name": "n_open", "calculation": self._open()},
                {**row, "relevant": f"{AGREED} and ${{n_open}} > 0"},
            ]
        return [row]

    def _who(self, chosen: str) -> str:
        """Which members can be asked: those of the ages of the questionnaire, and those whose age nobody knows."""
        found = [chosen]
        if self.declared.from_age is not None:
            found.append(f"(age = '' or number(age) >= {max(self.declared.from_age - SLACK, 0)})")
        if self.declared.to_age is not None:
            found.append(f"(age = '' or number(age) <= {self.declared.to_age + SLACK})")
        return " and ".join(found)

    def _raised(self) -> str:
        """When an answer asks for help at once."""
        found = [self._meets(flag.when) for flag in self.declared.flags if flag.when]
        return " or ".join(f"({one})" for one in found)

    def _open(self) -> str:
        """How many of the questions that are asked have neither an answer nor a reason for none."""
        return " + ".join(self._is_open(item) for item in self.declared.items())

    def _is_open(self, item: Item) -> str:
        empty = f"${{{ITEM}{item.code}}} = ''"
        if is_typed(item) and item.special:
            empty += f" and ${{{REASON}{item.code}}} = ''"
        if item.when:
            empty += f" and ({self._meets(item.when)})"
        return f"if({empty}, 1, 0)"

    # --- sections and items ---

    def _section(self, section: Section) -> Iterator[Row]:
        name = SECTION + section.code
        yield {"type": "begin_group", "name": name, **_said("label", section.title), "relevant": AGREED,
               "appearance": "field-list"}  # fmt: skip
        if section.intro:
            yield {"type": "note", "name": NOTE + section.code, **_said("label", section.intro)}
        for item in section.items:
            yield from self._item(item)
        yield {"type": "end_group"}

    def _item(self, item: Item) -> Iterator[Row]:
        name = ITEM + item.code
        asked = {"relevant": self._meets(item.when)} if item.when else {}
        told = {**_said("label", item.text), **_said("hint", item.help)}
        if is_typed(item):
            limits = {"constraint": f". >= {item.least} and . <= {item.most}"}
            yield {"type": "integer", "name": name, **told, **asked, **limits, **_limits(item)}
            if item.special:
                yield {
                    "type": f"select_one {REASON}{item.code}", "name": REASON + item.code,
                    **_said("label", words("why")), "appearance": "minimal",
                    "relevant": " and ".join(filter(None, (f"${{{name}}} = ''", asked.get("relevant", "")))),
                }  # fmt: skip
        else:
            yield {"type": f"select_one {name}", "name": name, **told, **asked}
        if item.evidence:
            yield {
                "type": "select_one evidence", "name": EVIDENCE + item.code, **_said("label", words("how")),
                "required": "yes", "appearance": "minimal", "relevant": _is_one_of(item.code, item.evidence),
            }  # fmt: skip

    def _meets(self, condition: Condition) -> str:
        """The condition on an earlier answer, and on those before it: what is not asked meets nothing."""
        gate = self.declared.item(condition.item)
        said = _is_one_of(condition.item, condition.codes)
        if gate is not None and gate.when is not None:
            return f"({said}) and ({self._meets(gate.when)})"
        return said


def _is_one_of(item: str, codes: Iterable[str]) -> str:
    return " or ".join(f"${{{ITEM}{item}}} = '{code}'" for code in codes)


def _said(what: str, told: Words) -> dict[str, str]:
    """A text in every language that a form has, in English where a questionnaire is not translated."""
    if not told:
        return {}
    return {f"{what}::{heading}": say(told, language) for language, heading in LANGUAGES.items()}


def _filled(what: str, told: Texts, name: str, value: Words) -> dict[str, str]:
    return _said(what, {language: one % {name: say(value, language)} for language, one in told.items()})


def _limits(item: Item) -> dict[str, str]:
    told = {language: one % {"least": item.least, "most": item.most} for language, one in words("number").items()}
    return _said("constraint_message", told)


# --- the frame as it is kept ---


def words(name: str) -> dict[str, str]:
    """One of the texts with which the frame speaks of items, by language."""
    return dict(spoken(next(row for row in frame("words") if row["name"] == name), "label"))


@cache
def frame(sheet: str) -> tuple[Row, ...]:
    """The rows of one table of the frame."""
    with (FRAME / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
        return tuple({name: cell for name, cell in row.items() if cell} for row in csv.DictReader(file))
