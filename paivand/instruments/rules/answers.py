"""What was answered: which items are asked, which are still open, and whether an answer can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paivand.core.rules.texts import text
from paivand.instruments.rules.instruments import Condition, Evidence, Instrument, Item, Section, Special


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one item: a code or a whole number as text, or why there is none; and on what it rests."""

    value: str = ""
    missing: str = ""
    evidence: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Answer | None:
        """An answer as the database holds it.

        >>> Answer.read({"value": "yes", "evidence": "paper"})
        Answer(value='yes', missing='', evidence='paper')
        """
        if not stored:
            return None
        return cls(str(stored.get("value", "")), str(stored.get("missing", "")), str(stored.get("evidence", "")))

    def stored(self) -> dict[str, str]:
        """The answer as the database holds it: only what is there."""
        told = {"value": self.value, "missing": self.missing, "evidence": self.evidence}
        return {name: value for name, value in told.items() if value}


Answers = Mapping[str, Answer]
"""The answers by the code of the item."""


def read_answers(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """All answers as the database holds them."""
    found = {code: Answer.read(one) for code, one in stored.items()}
    return {code: answer for code, answer in found.items() if answer}


def meets(condition: Condition, answers: Answers, instrument: Instrument) -> bool | None:
    """Whether an item was answered with one of the codes; None where that is not known.

    An item that is not asked itself meets nothing.
    """
    gate = instrument.item(condition.item)
    if gate is not None and gate.when is not None:
        before = meets(gate.when, answers, instrument)
        if before is not True:
            return before
    answer = answers.get(condition.item)
    if answer is None or not answer.value:
        return None
    return answer.value in condition.codes


def is_asked(item: Item, answers: Answers, instrument: Instrument) -> bool | None:
    """Whether an item is asked after what was answered before; None where the earlier answer is missing."""
    return True if item.when is None else meets(item.when, answers, instrument)


def kept(answers: Answers, instrument: Instrument) -> dict[str, Answer]:
    """The answers without those to items that are not asked after all."""
    return {
        item.code: answers[item.code]
        for item in instrument.items()
        if item.code in answers and is_asked(item, answers, instrument)
    }


def unanswered(answers: Answers, instrument: Instrument) -> list[Item]:
    """The items that are asked and have neither an answer nor a reason for none."""
    return [
        item for item in instrument.items() if item.code not in answers and is_asked(item, answers, instrument) is True
    ]


def missing(answers: Answers, instrument: Instrument) -> list[tuple[Item, Special]]:
    """The items without an answer, each with the reason."""
    open_items = {item.code for item in unanswered(answers, instrument)}
    found = []
    for item in instrument.items():
        answer = answers.get(item.code)
        if item.code in open_items:
            found.append((item, Special.NOT_ASKED))
        elif answer and answer.missing:
            found.append((item, Special(answer.missing)))
    return found


def without_evidence(answers: Answers, instrument: Instrument) -> list[Item]:
    """The items whose answer asks for the evidence it rests on, and has none."""
    return [
        item for item in instrument.items()
        if (answer := answers.get(item.code)) and answer.value in item.evidence and not answer.evidence
    ]  # fmt: skip


NOT_A_NUMBER = text("Write a whole number from %(least)s to %(most)s.")
NO_SUCH_ANSWER = text("Choose one of the answers.")


def defect(item: Item, answer: Answer) -> str:
    """What is wrong with an answer, as a sentence with ``%(least)s`` and ``%(most)s``; empty if nothing is.

    >>> from paivand.instruments.rules.instruments import Item
    >>> days = Item("oil", {"en": "Oil"}, least=0, most=7)
    >>> [defect(days, Answer(value)) for value in ("7", "8", "-1", "2.5")].count("")
    1
    """
    if answer.missing:
        return "" if answer.missing in item.special and not answer.value else NO_SUCH_ANSWER
    if item.is_number:
        fits = answer.value.isascii() and answer.value.isdecimal() and item.least <= int(answer.value) <= item.most
        return "" if fits else NOT_A_NUMBER
    if item.option(answer.value) is None:
        return NO_SUCH_ANSWER
    if answer.evidence and (answer.evidence not in set(Evidence) or answer.value not in item.evidence):
        return NO_SUCH_ANSWER
    return ""


def asked_sections(answers: Answers, instrument: Instrument) -> Iterator[Section]:
    """The sections of which at least one item may be asked."""
    for section in instrument.sections:
        own = {item.code for item in section.items}
        if any(_may_be_asked(item, answers, instrument, own) for item in section.items):
            yield section


def _may_be_asked(item: Item, answers: Answers, instrument: Instrument, own: set[str]) -> bool:
    """Whether an item stands on the screen of its section: what depends on the same screen always does."""
    if item.when is None:
        return True
    if item.when.item in own:
        gate = instrument.item(item.when.item)
        return gate is not None and _may_be_asked(gate, answers, instrument, own)
    return is_asked(item, answers, instrument) is True


def shown_items(section: Section, answers: Answers, instrument: Instrument) -> list[Item]:
    """The items of a section that stand on its screen."""
    own = {item.code for item in section.items}
    return [item for item in section.items if _may_be_asked(item, answers, instrument, own)]
