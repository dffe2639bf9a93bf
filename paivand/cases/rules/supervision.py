"""Guiding the workers: the forms of a supervision session, the sample and the score of a review of files."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "file_review.yaml"
T = TypeVar("T")


class SessionForm(StrEnum):
    """How a supervision session is held."""

    SINGLE = "single"
    GROUP = "group"
    OBSERVATION = "observation"


SESSION_FORM_NAMES = {
    SessionForm.SINGLE: text("with one worker"),
    SessionForm.GROUP: text("with a group"),
    SessionForm.OBSERVATION: text("going along to a family"),
}


class Finding(StrEnum):
    """What a supervisor finds about one item of the checklist."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


_WORTH = {Finding.MET: Decimal(1), Finding.PARTLY: Decimal("0.5"), Finding.NOT_MET: Decimal(0)}


@dataclass(frozen=True)
class Item:
    """One thing to look at in a file."""

    code: str
    section: str
    about: str
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """The item in a language of the program."""
        return self.titles.get(language) or self.titles["en"]

    def applies(self, *, child: bool, closed: bool) -> bool:
        """Whether it is looked at in a case with a child, or in one that is closed."""
        return {"all": True, "child": child, "closed": closed}[self.about]


@dataclass(frozen=True)
class Checklist:
    """What is looked at in a file, as ``parameters/file_review.yaml`` says."""

    version: str
    sections: Sequence[tuple[str, Mapping[str, str]]]
    items: Sequence[Item]
    answers: Mapping[str, Mapping[str, str]]

    def item(self, code: str) -> Item | None:
        """The item of this code."""
        return next((item for item in self.items if item.code == code), None)

    def answer(self, finding: str, language: str) -> str:
        """A finding in words."""
        titles = self.answers[finding]
        return titles.get(language) or titles["en"]


@lru_cache(maxsize=1)
def checklist() -> Checklist:
    """The checklist that counts."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return Checklist(
        version=str(declared["version"]),
        sections=[(section["code"], section["title"]) for section in declared["sections"]],
        items=[Item(row["code"], row["section"], row["about"], row["title"]) for row in declared["items"]],
        answers=declared["answers"],
    )


def score(findings: Iterable[str]) -> int | None:
    """How much of what applies is met, in whole per cent; what is met in part counts half. None if nothing applies.

    >>> score(["met", "met", "partly", "not_applicable"]), score(["not_applicable"])
    (83, None)
    """
    worth = [_WORTH[Finding(one)] for one in findings if one != Finding.NOT_APPLICABLE]
    if not worth:
        return None
    return int((sum(worth, Decimal(0)) * 100 / len(worth)).quantize(Decimal(1), ROUND_HALF_UP))


def drawn(keys: Iterable[T], size: int, seed: str) -> list[T]:
    """``size`` of the keys, drawn at random; the same seed and keys give the same sample, whatever their order.

    >>> drawn("abcdef", 2, "s") == drawn("fedcba", 2, "s"), drawn("ab", 5, "s")
    (True, ['a', 'b'])
    """
    known = sorted(keys)  # type: ignore[type-var]
    if size >= len(known):
        return known
    return sorted(random.Random(seed).sample(known, size))  # type: ignore[type-var]  # noqa: S311  # a sample, no secret
