"""A filled form as a person reads it: its questions in their order, each with its label and the answer in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from paivand.collect.rules.filled import Filled, Row
from paivand.collect.rules.xforms import said

UNSPOKEN = frozenset(
    {
        "start", "end", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid",
        "calculate", "hidden", "note", "audit", "background-audio", "start-geopoint", "entity", "xml-external",
        "csv-external",
    }
)  # fmt: skip
"""Types of questions that nobody is asked, or that take no answer."""
FILES = frozenset({"image", "audio", "video", "file", "signature", "draw", "annotate"})
"""Types whose answer is the name of a file that was sent along."""
SEVERAL = frozenset({"select_multiple", "rank"})
"""Types with several values in one answer."""

_TEXTS = frozenset({"text", "string"})
_POSITION = re.compile(r"\[\d+\]")


class Kind(StrEnum):
    """What a line of the shown form is."""

    HEADING = "heading"
    REPETITION = "repetition"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Args:
        path: with positions, such as ``members[2]/birth``: the same way as in ``Filled.mended``.
        value: the answer as it stands in the form.
        told: the answer as it is read: several where several were chosen.
        number: which repetition it is, from 1.
        name: what tells this repetition from the others: its first text, or what was chosen from a list.
        month: the answer is a day, of which only the month was asked.
        was: the line before it was mended; None where it is as it came.
    """

    kind: Kind
    path: str
    label: str
    depth: int = 0
    type: str = ""
    value: str = ""
    told: tuple[str, ...] = ()
    number: int = 0
    name: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    list: str = ""
    required: bool = False
    month: bool = False
    was: Line | None = None

    @property
    def words(self) -> str:
        """The answer in one piece."""
        return ", ".join(self.told)

    @property
    def day(self) -> date | None:
        """The answer, where it is a day."""
        return _day(self.value) if self.type == "date" else None

    @property
    def is_file(self) -> bool:
        """Whether the answer is a file."""
        return self.type in FILES

    @property
    def is_answer(self) -> bool:
        """Whether it is a question that may have an answer."""
        return self.kind is Kind.ANSWER


@dataclass(frozen=True)
class Reading:
    """How a form is read.

    Args:
        language: of the reader.
        named: for a list and a value in it what it is called, such as the code of a family.
        unanswered: show questions without an answer too.
    """

    language: str
    named: Mapping[tuple[str, str], str]
    unanswered: bool = False


def lines(filled: Filled, questions: Sequence[Mapping[str, Any]], reading: Reading) -> list[Line]:
    """The form, line by line. Headings without an answer below them are left out."""
    return _with_something_below(list(_Walk(questions, reading).lines(filled)))


def lines_with_mended(
    filled: Filled, mended: Mapping[str, str], questions: Sequence[Mapping[str, Any]], reading: Reading
) -> list[Line]:
    """The form as it is now; what was mended tells what it was before."""
    found = lines(filled.mended(mended), questions, reading) if mended else lines(filled, questions, reading)
    if not mended:
        return found
    wide = Reading(reading.language, reading.named, unanswered=True)
    before = {line.path: line for line in lines(filled, questions, wide)}
    return [
        replace(line, was=before.get(line.path, replace(line, value="", told=())))
        if line.is_answer and line.path in mended
        else line
        for line in found
    ]


def answer_of(questions: Sequence[Mapping[str, Any]], path: str, value: str, reading: Reading) -> Line | None:
    """One answer as the form would show it; None where the form asks no such question.

    Args:
        path: of the question, with or without positions.
    """
    plain = _POSITION.sub("", path)
    question = next((one for one in questions if one["path"] == plain), None)
    return None if question is None else _Walk(questions, reading).answer(question, path, value)


@dataclass(frozen=True)
class _Walk:
    """Through the questions of a form and its repetitions."""

    questions: Sequence[Mapping[str, Any]]
    reading: Reading

    def lines(self, row: Row, repeat: str | None = None, at: str = "", depth: int = 0) -> Iterator[Line]:
        cut = len(repeat) + 1 if repeat else 0
        for question in self.questions:
            if question.get("repeat") != repeat or question["path"] == repeat:
                continue
            path, kind = str(question["path"])[cut:], str(question["type"])
            here = f"{at}/{path}" if at else path
            label = said(question.get("label") or {}, self.reading.language)
            below = depth + path.count("/")
            if kind == "repeat":
                for number, one in enumerate(row.repeats(path), 1):
                    place = f"{here}[{number}]"
                    within = list(self.lines(one, str(question["path"]), place, below + 1))
                    named = label or str(question["name"])
                    yield Line(Kind.REPETITION, place, named, below, number=number, name=_name_of(within))
                    yield from within
            elif kind == "group":
                if label:
                    yield Line(Kind.HEADING, here, label, below)
            elif kind not in UNSPOKEN and (row.value(path) or self.reading.unanswered):
                yield self.answer(question, here, row.value(path), below)

    def answer(self, question: Mapping[str, Any], path: str, value: str, depth: int = 0) -> Line:
        """The line of a question with this answer."""
        kind, chosen_from = str(question["type"]), str(question.get("list") or "")
        language = self.reading.language
        choices = tuple((key, said(labels, language) or key) for key, labels in (question.get("choices") or {}).items())
        told = dict(choices)
        if chosen_from:
            told.update({key: words for (name, key), words in self.reading.named.items() if name == chosen_from})
        values = value.split() if kind in SEVERAL else [value] if value else []
        return Line(
            Kind.ANSWER, path, said(question.get("label") or {}, language) or str(question["name"]), depth, kind,
            value, told=tuple(told.get(one, one) for one in values), choices=choices,
            list=chosen_from, required=bool(question.get("required")), month=bool(question.get("month")),
        )  # fmt: skip


def _name_of(within: Sequence[Line]) -> str:
    named = (line for line in within if line.value and (line.type in _TEXTS or line.list))
    return next((line.words for line in named), "")


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _with_something_below(found: list[Line]) -> list[Line]:
    kept: list[Line] = []
    for line in reversed(found):
        if line.kind is Kind.HEADING and not (kept and kept[-1].path.startswith(f"{line.path}/")):
            continue
        kept.append(line)
    return kept[::-1]


def complains(path: str, field: str) -> bool:
    """Whether a refusal that names ``field`` means the question at ``path``.

    A rule names the whole path with positions, the path without them, or the last word alone.

    >>> complains("members[2]/birth", "members[2]/birth"), complains("members[2]/birth", "members[1]/birth")
    (True, False)
    >>> complains("members[2]/birth", "members/birth"), complains("visit/purpose", "purpose"), complains("a", "")
    (True, True, False)
    """
    if not field:
        return False
    plain = _POSITION.sub("", path)
    if _POSITION.search(field):
        return path == field
    return field in {plain, plain.rpartition("/")[2]}


def around(found: Sequence[Line], path: str) -> Line | None:
    """The repetition in which a question is asked: whose date of birth it is, of fifteen members."""
    within = [line for line in found if line.kind is Kind.REPETITION and path.startswith(f"{line.path}/")]
    return within[-1] if within else None


def chosen(filled: Filled, questions: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
    """For each list that the form chooses from, the values that were chosen.

    The lists are those of the house: families, people, groups and so on.
    """
    found: dict[str, set[str]] = {}
    for question in questions:
        name = str(question.get("list") or "")
        if not name:
            continue
        for value in filled.everywhere(str(question["path"])):
            found.setdefault(name, set()).update(value.split() if question["type"] in SEVERAL else [value])
    return found
