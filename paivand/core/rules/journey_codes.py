"""The services that can reach a person, as ``parameters/services.yaml`` declares them. Unknown codes are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "services.yaml"

COMPLETED = "completed"
"""The outcome of a service that reached the person wholly; the only one that counts as having completed it."""


@dataclass(frozen=True)
class Service:
    """One service: a code ``noun.verb``, what it is called and counted in, and how it can come out."""

    code: str
    titles: Mapping[str, str]
    units: Mapping[str, str]
    by_hand: bool
    outcomes: tuple[str, ...]

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])

    def unit(self, language: str) -> str:
        """What it is counted in, in ``language``, or in English."""
        return self.units.get(language[:2], self.units["en"])


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def services() -> dict[str, Service]:
    """Every service by its code, in the order of the file.

    >>> services()["visit.made"].title("en"), services()["visit.made"].unit("ru")
    ('Home visit', 'посещение')
    """
    return {
        row["code"]: Service(row["code"], row["title"], row["unit"], row["by_hand"], tuple(row["outcomes"]))
        for row in _declared()["services"]
    }


def service_title(code: str, language: str) -> str:
    """What a service is called; a code of an older catalogue stands for itself.

    >>> service_title("visit.made", "en"), service_title("wagon.sent", "en")
    ('Home visit', 'wagon.sent')
    """
    found = services().get(code)
    return found.title(language) if found else code


def outcome_title(code: str, language: str) -> str:
    """What an outcome is called; an unknown one stands for itself.

    >>> outcome_title("declined", "en")
    'offered, but not wanted'
    """
    titles: Mapping[str, str] = _declared()["outcomes"].get(code, {})
    return titles.get(language[:2]) or titles.get("en") or code
