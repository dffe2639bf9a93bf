"""Days on which no lesson is planned, as ``parameters/holidays.yaml`` declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from paivand.instruments.rules.parts import Part
from paivand.learning.rules.course import LANGUAGES, Words, say

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "holidays.yaml"


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday. ``assumed``: its day follows the moon and may be off by one."""

    code: str
    title: Words
    assumed: bool = False

    def title_in(self, language: str) -> str:
        """What it is called."""
        return say(self.title, language)


@dataclass(frozen=True)
class Calendar:
    """The holidays of a country.

    Args:
        fixed: by month and day, each with the last year in which it is kept.
        dated: by their day.
    """

    fixed: Mapping[tuple[int, int], tuple[Holiday, int]]
    dated: Mapping[date, Holiday]

    def on(self, day: date) -> Holiday | None:
        """The holiday of a day, if it is one."""
        holiday, last = self.fixed.get((day.month, day.day), (None, 0))
        return holiday if holiday and day.year <= last else self.dated.get(day)


def read_calendar(file: str, content: str) -> Calendar:
    """The holidays that ``content`` declares.

    Raises:
        DeclarationError: with file, line, path and reason of the first thing that is wrong.
    """
    parts = Part.of(file, content).fields("source fixed dated", "note")
    fixed: dict[tuple[int, int], tuple[Holiday, int]] = {}
    for part in parts["fixed"]:
        row = part.fields("code day title", "until_year")
        try:
            day = date.fromisoformat(f"2000-{row['day'].text()}")
        except ValueError:
            row["day"].fail("write month and day, as in 03-21")
        last = row["until_year"].whole() if "until_year" in row else date.max.year
        if (day.month, day.day) in fixed:
            row["day"].fail("another holiday lies on this day")
        fixed[day.month, day.day] = Holiday(row["code"].code(), _words(row["title"])), last
    dated: dict[date, Holiday] = {}
    for part in parts["dated"]:
        row = part.fields("code title days", "assumption")
        assumed = "assumption" in row and row["assumption"].flag()
        for one in row["days"]:
            dated[one.day()] = Holiday(row["code"].code(), _words(row["title"]), assumed)
    return Calendar(fixed, dated)


def _words(part: Part) -> Words:
    return {name: one.text() for name, one in part.fields(" ".join(LANGUAGES)).items()}


@lru_cache(maxsize=1)
def holidays() -> Calendar:
    """The holidays of Tajikistan.

    >>> navruz = holidays().on(date(2023, 3, 22))
    >>> navruz.title_in("en"), holidays().on(date(2023, 5, 1)), holidays().on(date(2024, 6, 16)).assumed
    ('Navruz', None, True)
    """
    return read_calendar(SOURCE.name, SOURCE.read_text(encoding="utf-8"))
