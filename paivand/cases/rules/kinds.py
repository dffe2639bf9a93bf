"""The kinds of cases, as ``parameters/case_kinds.yaml`` declares them. A new kind is a row there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "case_kinds.yaml"

ADULT = 18


class MainPerson(StrEnum):
    """Who may be the main person of a case."""

    ANYONE = "anyone"
    ADULT = "adult"
    CHILD = "child"


@dataclass(frozen=True)
class CaseKind:
    """One kind of case: what it is called, whom it may be about, and what a plan in it starts from."""

    code: str
    since: date
    until: date | None
    titles: Mapping[str, str]
    about: Mapping[str, str]
    main_person: MainPerson
    best_interest: bool
    default_services: tuple[str, ...]
    opening_service: str

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])

    def explained(self, language: str) -> str:
        """What belongs to it, in a sentence."""
        return self.about.get(language[:2], self.about["en"])

    def fits(self, years: int | None) -> bool:
        """Whether somebody of this age may be the main person; an age that is not known fits only where any does.

        >>> case_kinds()["schooling"].fits(12), case_kinds()["schooling"].fits(40), case_kinds()["economic"].fits(None)
        (True, False, False)
        """
        if self.main_person is MainPerson.ANYONE:
            return True
        return years is not None and (years < ADULT) == (self.main_person is MainPerson.CHILD)

    def is_open_on(self, day: date) -> bool:
        """Whether such cases are opened on ``day``."""
        return self.since <= day and (self.until is None or day <= self.until)


def read_kinds(declared: Mapping[str, Any]) -> dict[str, CaseKind]:
    """The kinds of a declaration by code, in its order."""
    return {
        row["code"]: CaseKind(
            row["code"], row["from"], row.get("until"), row["title"], row["about"], MainPerson(row["main_person"]),
            row["best_interest"], tuple(row["default_services"]), row["opening_service"],
        )
        for row in declared["kinds"]
    }  # fmt: skip


@lru_cache(maxsize=1)
def case_kinds() -> dict[str, CaseKind]:
    """Every kind by its code, in the order of the file.

    >>> case_kinds()["legal_aid"].title("ru")
    'Правовая помощь'
    """
    return read_kinds(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def kind_title(code: str, language: str) -> str:
    """What a kind is called; a code of an older list stands for itself.

    >>> kind_title("economic", "en"), kind_title("weather", "en")
    ('Economic support', 'weather')
    """
    found = case_kinds().get(code)
    return found.title(language) if found else code
