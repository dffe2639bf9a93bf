"""What of a survey's answers is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from paivand.collect.rules.flattening import MEDIA, Question, asked

CHOOSING = frozenset({"select_one", "select_multiple", "rank"})
SEVERAL = frozenset({"select_multiple", "rank"})
MOST_CHOICES = 300
"""A list with more choices is no filter: nobody finds anything in it, and every page would carry it."""
FIRST_COLUMNS = 6
"""Columns that are shown before anybody chose."""
_BEHIND = frozenset({"start", "end", "today", "calculate", *MEDIA})
"""Kinds of questions that are not among the first columns."""


@dataclass(frozen=True)
class AnswerFilter:
    """Which answers: from a day to a day, of a district, a worker, a version, with one answer to one question."""

    since: date | None = None
    until: date | None = None
    district: str = ""
    worker: uuid.UUID | None = None
    form_version: uuid.UUID | None = None
    question: str = ""
    answer: str = ""

    def kept(self) -> dict[str, str]:
        """The filters in force, for an address and for the audit; the answer chosen is no value of anybody."""
        told = {
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "district": self.district,
            "worker": str(self.worker or ""),
            "version": str(self.form_version or ""),
            "choice": f"{self.question}={self.answer}" if self.question else "",
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> AnswerFilter:
        """The filters again, of what ``kept`` said.

        >>> AnswerFilter.of({"since": "2026-11-01", "choice": "roof=tin"}).kept()
        {'since': '2026-11-01', 'choice': 'roof=tin'}
        """

        def read(name: str, kind: Callable[[str], Any]) -> Any:
            return kind(kept[name]) if kept.get(name) else None

        question, _mark, answer = kept.get("choice", "").partition("=")
        return cls(
            read("since", date.fromisoformat), read("until", date.fromisoformat), kept.get("district", ""),
            read("worker", uuid.UUID), read("version", uuid.UUID), question, answer,
        )  # fmt: skip


def choosing(questions: Sequence[Question]) -> list[Question]:
    """The questions by whose choices answers can be filtered: those outside of repeats with a list that can be read."""
    return [
        one
        for one in asked(questions)
        if one["type"] in CHOOSING and not one.get("repeat") and 0 < len(one.get("choices") or ()) <= MOST_CHOICES
    ]


def columns_of(questions: Sequence[Question], repeat: str | None, chosen: Sequence[str] = ()) -> list[Question]:
    """The columns of one table: those chosen, or the first few that tell most."""
    offered = [one for one in asked(questions) if one.get("repeat") == repeat]
    if chosen:
        return [one for one in offered if one["path"] in chosen]
    return [one for one in offered if one["type"] not in _BEHIND][:FIRST_COLUMNS]


def tables_of(questions: Sequence[Question]) -> list[Question]:
    """The repeated parts: each is a table of its own."""
    return [one for one in questions if one["type"] == "repeat"]


def label_of(labels: Mapping[str, Any], language: str, fallback: str = "") -> str:
    """A label in ``language``, else in the form's language that comes nearest, without marks of layout.

    >>> label_of({"tg": "**Ном**", "en": "Name"}, "ru"), label_of({}, "tg", "age")
    ('Ном', 'age')
    """
    for code in (language, "tg", "ru", "en", "", *labels):
        if labels.get(code):
            return str(labels[code]).replace("**", "").replace("\n", " ").strip()
    return fallback
