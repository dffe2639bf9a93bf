"""Participants outside the families' files: as what they come, their posts, and when two rows may be one person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml

from paivand.core.rules.dates import Birth
from paivand.core.rules.texts import text
from paivand.methods.names import either_key
from paivand.registry.rules import Sex

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "professional_posts.yaml"


class ParticipantKind(StrEnum):
    """As what somebody takes part who belongs to no family's file."""

    PROFESSIONAL = "professional"
    PUPIL = "pupil"
    DEPARTING = "departing"
    OTHER = "other"


PARTICIPANT_NAMES = {
    ParticipantKind.PROFESSIONAL: text("professional"),
    ParticipantKind.PUPIL: text("pupil or student"),
    ParticipantKind.DEPARTING: text("about to work abroad"),
    ParticipantKind.OTHER: text("somebody else"),
}


@dataclass(frozen=True, slots=True)
class Post:
    """What a professional does; a code never changes its meaning."""

    code: str
    titles: Mapping[str, str]

    def title_in(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])


@lru_cache(maxsize=1)
def posts() -> Mapping[str, Post]:
    """Every post of ``parameters/professional_posts.yaml`` by its code, in the order in which they are offered.

    >>> posts()["teacher"].title_in("ru")
    'учитель'
    """
    declared = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {row["code"]: Post(row["code"], row["title"]) for row in declared["posts"]}


CHILD_UNTIL = 18
"""Below this age the guardian agrees too."""

OLDEST, YOUNGEST = 110, 5
"""The ages between which somebody can take part."""


@dataclass(frozen=True, slots=True)
class ParticipantDraft:
    """Somebody as told at the door of a course."""

    kind: ParticipantKind
    name: str
    sex: Sex
    agreed_on: date
    birth_year: int | None = None
    organisation: str = ""
    agency_of: uuid.UUID | None = None
    post: str = ""
    telephone: str = ""
    guardian_name: str = ""
    guardian_agreed_on: date | None = None


def match_key(name: str, sex: str, birth_year: int | None) -> str:
    """The key that two rows of one person share: the sounds of the name's parts in any order, sex and year of birth.

    >>> match_key("Каримова Ҷамила", "female", 1990) == match_key("Jamila Karimova", "female", 1990)
    True
    >>> match_key("Каримова Ҷамила", "female", 1990) == match_key("Каримова Ҷамила", "female", 1991)
    False
    """
    parts = sorted({either_key(part)[0] for part in name.split()} - {""})
    return f"{' '.join(parts)} {sex[:1]} {birth_year or ''}".strip()[:200]


def needs_guardian(birth_year: int | None, day: date) -> bool:
    """Whether somebody born in that year is a child on ``day``, as far as a year tells it: from its middle.

    >>> needs_guardian(2010, date(2022, 5, 1)), needs_guardian(1990, date(2022, 5, 1)), needs_guardian(None, date.min)
    (True, False, False)
    """
    return birth_year is not None and Birth.in_year(birth_year).age(day).years < CHILD_UNTIL
