"""Lenses: which fields leave with a referral, as parameters/disclosure_lenses.yaml declares them.

Nothing leaves that no lens names. What left is kept as a canonical text under a digest, so that it can be shown later
that the record still says what the receiver was given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "disclosure_lenses.yaml"


class Kind(StrEnum):
    """How the value of a field is shown."""

    TEXT = "text"
    PLACE = "place"
    NUMBER = "number"
    PRIORITY = "priority"
    SEX = "sex"
    AGE_GROUP = "age_group"
    BIRTH = "birth"
    LANGUAGES = "languages"
    PHONES = "phones"
    MARITAL = "marital"
    MARRIAGE = "marriage"
    PAPERS = "papers"
    EDUCATION = "education"
    SCHOOL = "school"
    OUT_OF_SCHOOL = "out_of_school"
    COUNTRIES = "countries"
    CONSENT = "consent"


class Place(StrEnum):
    """Where a field stands in a lens: it always leaves, unless unticked, or only when ticked."""

    NEEDED = "needed"
    OFFERED = "offered"
    ASKED = "asked"


@dataclass(frozen=True)
class LensField:
    """One fact that may leave."""

    code: str
    source: str
    kind: Kind
    identifies: bool
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])


@dataclass(frozen=True)
class Lens:
    """What one kind of receiver is told, in the order in which it reads."""

    code: str
    version: int
    titles: Mapping[str, str]
    meanings: Mapping[str, str]
    types: tuple[str, ...]
    places: Mapping[str, Place] = field(default_factory=dict)
    sealed: bool = False

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])

    def meaning(self, language: str) -> str:
        """Whom it is for, in ``language``, or in English."""
        return self.meanings.get(language[:2], self.meanings["en"])

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields without which it says nothing."""
        return tuple(code for code, place in self.places.items() if place is Place.NEEDED)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The fields that leave when nobody changes anything."""
        return tuple(code for code, place in self.places.items() if place is not Place.ASKED)

    def chosen(self, ticked: Collection[str]) -> tuple[str, ...]:
        """The fields that leave: those needed, and the others as far as they are ticked; in the lens's order.

        >>> lens("code_only").chosen(["sex", "name"])
        ('reference', 'needs', 'priority', 'sex')
        """
        return tuple(code for code, place in self.places.items() if place is Place.NEEDED or code in ticked)


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def fields() -> Mapping[str, LensField]:
    """Every field that may leave, by its code."""
    return {
        row["code"]: LensField(row["code"], row["source"], Kind(row["kind"]), row["identifies"], row["title"])
        for row in _declared()["fields"]
    }


@lru_cache(maxsize=1)
def lenses() -> Mapping[str, Lens]:
    """Every lens by its code, in the order in which they are offered.

    Raises:
        ValueError: when a lens names a field that is not declared, or names one twice.
    """
    found = {}
    for row in _declared()["lenses"]:
        named = [(code, place) for place in Place for code in row.get(place, ())]
        unknown = {code for code, _place in named} - set(fields())
        if unknown or len(dict(named)) != len(named):
            raise ValueError(f"Lens {row['code']} names fields that are not declared, or one twice: {sorted(unknown)}.")
        found[row["code"]] = Lens(
            row["code"], row["version"], row["title"], row["meaning"], tuple(row["types"]), dict(named),
            sealed=row.get("sealed", False),
        )  # fmt: skip
    return found


def lens(code: str) -> Lens:
    """The lens with this code.

    Raises:
        KeyError: when there is none.
    """
    return lenses()[code]


def offered_lenses(service_type: str) -> list[Lens]:
    """The lenses of ordinary referrals, the one that is proposed for this kind of service first."""
    found = [one for one in lenses().values() if not one.sealed]
    return sorted(found, key=lambda one: (service_type not in one.types, one.code != "code_only"))


def identifying(codes: Collection[str]) -> tuple[str, ...]:
    """Those of these fields that say who the person is or how to find her.

    >>> identifying(["reference", "name", "sex"])
    ('name',)
    """
    return tuple(code for code in codes if code in fields() and fields()[code].identifies)


AGE_GROUPS = (
    (0, 4, "0-4", text("younger than 5")),
    (5, 11, "5-11", text("5 to 11")),
    (12, 17, "12-17", text("12 to 17")),
    (18, 24, "18-24", text("18 to 24")),
    (25, 59, "25-59", text("25 to 59")),
    (60, 200, "60+", text("60 or older")),
)
AGE_GROUP_NAMES = {code: name for _low, _high, code, name in AGE_GROUPS}


def age_group(years: int) -> str:
    """The group of an age.

    >>> age_group(17), age_group(18), age_group(60)
    ('12-17', '18-24', '60+')
    """
    return next(code for low, high, code, _name in AGE_GROUPS if low <= years <= high)


def canonical(content: Mapping[str, Any]) -> str:
    """One text for one content, whatever the order in which it was put together.

    >>> canonical({"b": 1, "a": "ӣ"})
    '{"a":"ӣ","b":1}'
    """
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 digest of the canonical text, in hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()
