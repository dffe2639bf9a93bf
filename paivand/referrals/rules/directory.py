"""What the directory knows of a service: its type, its state, its cost, and how long an entry may be trusted."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.texts import text
from paivand.referrals.rules.directory_hours import NOT_KNOWN, Hours

_PARAMETERS = Path(__file__).parent.parent.parent / "parameters"

LANGUAGES = ("tg", "ru", "en", "fa")
"""The languages of the program, in the order in which they are offered."""


class ServiceState(StrEnum):
    """Whether one can be sent to a service."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Cost(StrEnum):
    """What a service costs the person."""

    FREE = "free"
    PARTLY = "partly"
    PAID = "paid"


class Accessibility(StrEnum):
    """What helps somebody reach a service."""

    STEP_FREE = "step_free"
    TOILET = "toilet"
    HOME_VISIT = "home_visit"
    BY_PHONE = "by_phone"
    SIGN_LANGUAGE = "sign_language"
    EASY_WORDS = "easy_words"
    CHILDREN = "children"
    TRANSPORT = "transport"


STATE_NAMES = {
    ServiceState.OPEN: text("open"),
    ServiceState.PAUSED: text("paused"),
    ServiceState.CLOSED: text("closed for good"),
}
COST_NAMES = {
    Cost.FREE: text("free of charge"),
    Cost.PARTLY: text("free for some people"),
    Cost.PAID: text("costs money"),
}
ACCESSIBILITY_NAMES = {
    Accessibility.STEP_FREE: text("no steps at the entrance"),
    Accessibility.TOILET: text("toilet for a wheelchair"),
    Accessibility.HOME_VISIT: text("comes to the home"),
    Accessibility.BY_PHONE: text("helps by telephone"),
    Accessibility.SIGN_LANGUAGE: text("sign language"),
    Accessibility.EASY_WORDS: text("explains in plain words"),
    Accessibility.CHILDREN: text("a place for children while one waits"),
    Accessibility.TRANSPORT: text("pays for the way or fetches"),
}


@dataclass(frozen=True)
class ServiceType:
    """A kind of service: what it is called, what it is for, and whether that it exists is told to everyone."""

    code: str
    titles: Mapping[str, str]
    meanings: Mapping[str, str]
    sensitive: bool
    icon: str

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])

    def meaning(self, language: str) -> str:
        """What it is for, in ``language``, or in English."""
        return self.meanings.get(language[:2], self.meanings["en"])


@dataclass(frozen=True)
class Need:
    """What people come for, in their words, and the types of service that answer it."""

    code: str
    titles: Mapping[str, str]
    types: tuple[str, ...]

    def title(self, language: str) -> str:
        """How it is said in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])


@dataclass(frozen=True)
class EmergencyNumber:
    """A number that everybody should know."""

    number: str
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """Who answers, in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """An entry of the directory as typed; ``agency_id`` and ``focal_user_id`` where the provider uses the program."""

    type: str
    name: str
    provider_name: str
    name_ru: str = ""
    name_en: str = ""
    name_fa: str = ""
    is_sensitive: bool = False
    agency_id: uuid.UUID | None = None
    focal_user_id: uuid.UUID | None = None
    jamoat: str = ""
    address: str = ""
    address_hidden: bool = False
    week: Hours = NOT_KNOWN
    hours: str = ""
    eligibility: str = ""
    cost: str = Cost.FREE
    cost_note: str = ""
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    women_only: bool = False
    capacity: str = ""
    focal_name: str = ""
    focal_post: str = ""
    phone: str = ""
    how_to_refer: str = ""
    poster_words: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=4)
def _declared(name: str) -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load((_PARAMETERS / name).read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def service_types() -> dict[str, ServiceType]:
    """Every type by its code, in the order of the file.

    >>> len(service_types()), [code for code, one in service_types().items() if one.sensitive]
    (17, ['safe_house'])
    """
    return {
        row["code"]: ServiceType(row["code"], row["title"], row["meaning"], row["sensitive"], row["icon"])
        for row in _declared("service_types.yaml")["types"]
    }


def service_type_title(code: str, language: str) -> str:
    """What a type is called; a code that is not declared stands for itself.

    >>> service_type_title("legal", "ru"), service_type_title("circus", "ru")
    ('Правовая помощь', 'circus')
    """
    found = service_types().get(code)
    return found.title(language) if found else code


@lru_cache(maxsize=1)
def needs() -> tuple[Need, ...]:
    """Every need, in the order of a poster; each type answers one of them.

    >>> sorted(code for need in needs() for code in need.types) == sorted(service_types())
    True
    """
    return tuple(
        Need(row["code"], row["title"], tuple(row["types"])) for row in _declared("service_types.yaml")["needs"]
    )


@lru_cache(maxsize=1)
def _order() -> dict[str, int]:
    return {code: place for place, code in enumerate((code for need in needs() for code in need.types), start=1)}


def type_order(code: str) -> int:
    """The place of a type in lists, from 1: danger first. A code that is not declared stands last.

    >>> type_order("safe_house"), type_order("other"), type_order("circus")
    (1, 17, 99)
    """
    return _order().get(code, 99)


def betrays(code: str) -> bool:
    """Whether the type alone tells what must not be known: unknown types are treated as if it did.

    >>> betrays("safe_house"), betrays("education"), betrays("circus")
    (True, False, True)
    """
    found = service_types().get(code)
    return found is None or found.sensitive


def hides(code: str) -> bool:
    """Whether the address of every service of this type is told by telephone only."""
    return code == "safe_house"


_CALLED = re.compile(r"\+[0-9]{10,15}|[0-9]{3,6}")


def can_be_called(number: str) -> bool:
    """Whether a number has the form in which it is kept: with + and the country, or a short number.

    >>> can_be_called("+992331234567"), can_be_called("103"), can_be_called("33 12"), can_be_called("")
    (True, True, False, False)
    """
    return _CALLED.fullmatch(number) is not None


def stale_after_days() -> int:
    """After how many days without a check an entry is marked."""
    return int(_declared("directory.yaml")["stale_after_days"]["value"])


def last_fresh_day(today: date) -> date:
    """The day of the oldest check that still counts on ``today``."""
    return today - timedelta(days=stale_after_days())


def check_again_on(verified_on: date) -> date:
    """The day from which an entry checked on ``verified_on`` is marked.

    >>> check_again_on(date(2026, 11, 1))
    datetime.date(2027, 1, 31)
    """
    return verified_on + timedelta(days=stale_after_days() + 1)


@lru_cache(maxsize=1)
def emergency_numbers() -> tuple[EmergencyNumber, ...]:
    """The numbers that stand on each poster."""
    return tuple(
        EmergencyNumber(row["number"], row["title"]) for row in _declared("directory.yaml")["emergency"]["numbers"]
    )


def poster_words(language: str) -> dict[str, Any]:
    """What a poster says beside the services, in ``language``.

    >>> poster_words("ru")["title"], poster_words("en")["steps"][2]
    ('Где вам помогут', 'You decide.')
    """
    declared: dict[str, Any] = _declared("directory.yaml")["poster"]
    return {
        name: [one[language] for one in value] if isinstance(value, list) else value[language]
        for name, value in declared.items()
        if isinstance(value, list | dict)
    }
