"""What the entries of the register's lists are called that answers chose: the code of a family, the name of a person.

Each list is asked once for a page or a file. Who may not see a family learns only that it is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.models import Form
from paivand.collect.queries.inbox import names_in_lists
from paivand.collect.queries.survey_answers import fitting
from paivand.collect.queries.survey_counts import tallied
from paivand.collect.rules.flattening import Question, asked
from paivand.collect.rules.survey_drafts import HOUSE_LISTS
from paivand.collect.rules.survey_filters import SEVERAL, AnswerFilter
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.texts import text
from paivand.registry.models import Family, Person

UNKNOWN = {"families": text("a family"), "people": text("a person")}
OTHER = text("an entry of the list %(name)s")


def named(by: User, questions: Sequence[Question], answers: Mapping[str, Iterable[str]]) -> list[Question]:
    """The questions, with words for what was chosen from lists of the register, as far as ``by`` may know them.

    Args:
        answers: those whose words are needed, by the path of the question, the most frequent first.
    """
    values = {
        one["path"]: list(dict.fromkeys(_picked(one, answers.get(one["path"], ())))) for one in questions if _house(one)
    }
    if not any(values.values()):
        return list(questions)
    wanted: dict[str, set[str]] = {}
    for one in questions:
        if values.get(one["path"]):
            wanted.setdefault(one["list"], set()).update(values[one["path"]])
    words = names_in_lists(by, wanted)
    words |= _with_heads(by, {key: code for (name, key), code in words.items() if name == "families"})
    return [
        {**one, "choices": {key: {"": words.get((one["list"], key)) or _unknown(one["list"])} for key in chosen}}
        if (chosen := values.get(one["path"]))
        else one
        for one in questions
    ]


def named_in_all(by: User, survey: Form, filters: AnswerFilter, questions: Sequence[Question]) -> list[Question]:
    """The same for all answers that fit, as a file of them needs it."""
    found: dict[str, Counter[str]] = {}
    chosen = [one for one in asked(questions) if _house(one)]
    for repeat in dict.fromkeys(one.get("repeat") for one in chosen):
        paths = [one["path"] for one in chosen if one.get("repeat") == repeat]
        for path, tally in tallied(fitting(by, survey, filters), paths, repeat).items():
            found.setdefault(path, Counter()).update(tally)
    return named(by, questions, found)


def _house(question: Question) -> bool:
    return question.get("list") in HOUSE_LISTS and not question.get("choices")


def _picked(question: Question, answers: Iterable[str]) -> Iterable[str]:
    for answer in answers:
        if answer:
            yield from answer.split() if question["type"] in SEVERAL else [answer]


def _unknown(name: str) -> str:
    return _(UNKNOWN[name]) if name in UNKNOWN else _(OTHER) % {"name": name}


def _with_heads(by: User, codes: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Families as phones list them: the code, and who is the head, for a reader who sees names."""
    if not codes or not by.sees(DataClass.IDENTITY):
        return {}
    heads = dict(Family.objects.seen_by(by).filter(pk__in=list(codes)).values_list("head_id", "pk"))
    found = Person.objects.seen_by(by).filter(pk__in=list(heads))
    return {("families", str(heads[row.pk])): f"{codes[str(heads[row.pk])]} · {row.full_name}" for row in found}
