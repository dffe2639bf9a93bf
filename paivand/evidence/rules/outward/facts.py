"""A figure of one indicator, one time and one part: what tidy tables and systems of other houses are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from paivand.core.rules.dates import months_later
from paivand.core.rules.texts import text
from paivand.evidence.rules.asking import Key
from paivand.evidence.rules.outward.cells import Cell


@dataclass(frozen=True)
class Fact:
    """One figure as a reader may know it. ``key`` names its part; empty for the whole."""

    indicator: str
    first: date | None
    last: date | None
    key: Key
    cell: Cell

    @property
    def by(self) -> dict[str, str]:
        """The category of each dimension."""
        return dict(self.key)


@dataclass(frozen=True)
class LeftOut:
    """Something that a file does not hold, and why; nothing is dropped without one of these."""

    what: str
    why: str


HIDDEN = text("protected: a small group, or a figure from which one could be computed")
EMPTY = text("there is nothing to compute it from")

MONTHLY, QUARTERLY = 1, 3
"""How many months a period of other systems has."""


def periods(first: date, last: date, months: int) -> list[tuple[date, date]]:
    """The whole calendar periods of so many months that lie within two days, both included.

    >>> periods(date(2022, 1, 15), date(2022, 7, 1), 3)
    [(datetime.date(2022, 4, 1), datetime.date(2022, 6, 30))]
    """
    found = []
    at = date(first.year, (first.month - 1) // months * months + 1, 1)
    while at <= last:
        after = months_later(at, months)
        if at >= first and after - timedelta(days=1) <= last:
            found.append((at, after - timedelta(days=1)))
        at = after
    return found


def months_of(first: date, last: date) -> int | None:
    """How many whole calendar months two days span, both included; None where they do not.

    >>> months_of(date(2022, 4, 1), date(2022, 6, 30)), months_of(date(2022, 4, 2), date(2022, 6, 30))
    (3, None)
    """
    after = last + timedelta(days=1)
    if first.day != 1 or after.day != 1:
        return None
    return (after.year - first.year) * 12 + after.month - first.month


def by_indicator(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """The facts of each indicator, in the order in which they come."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.indicator, []).append(fact)
    return found
