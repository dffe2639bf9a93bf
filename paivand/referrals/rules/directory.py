"""What the directory knows of a service: its type, its state, its cost, and how long an entry may be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.texts import text

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
class EmergencyNumber:
    """A number that everybody should know."""

    number: str
    titles: Mapping[str, str]


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
    ('Юридическая помощь', 'circus')
    """
    found = service_types().get(code)
    return found.title(language) if found else code


def betrays(code: str) -> bool:
    """Whether the type alone tells what must not be known: unknown types are treated as if it did.

    >>> betrays("safe_house"), betrays("education"), betrays("circus")
    (True, False, True)
    """
    found = service_types().get(code)
    return found is None or found.sensitive


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
