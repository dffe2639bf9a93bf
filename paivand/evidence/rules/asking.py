"""What is asked of an indicator, and what comes back: one value for the whole and one for each category."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from paivand.evidence.rules.indicators import Dimension

Key = tuple[tuple[str, str], ...]
"""A cell: pairs of dimension and category in the order of the dimensions; empty for the whole."""

Value = int | Decimal | None
"""A count is an int; a sum, mean, median or share (per cent) is a Decimal; None: nothing to compute it from."""

WHOLE: Key = ()


@dataclass(frozen=True)
class Period:
    """From one day to another, both included; None is without an end."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Ask:
    """What is asked of one or many indicators.

    Attributes:
        period: when the service happened.
        by: dimensions; the answer holds every combination of every subset of them: the whole, each alone, together.
        as_of: what was known then: steps, reversals, merges and entries recorded later do not count. None: now.
        districts, jamoats, agencies: only these, on top of the declaration, by code or key as records hold them; empty:
            all.
        ages: the code of an age set; empty: that of the indicator.
    """

    period: Period = field(default_factory=Period)
    by: tuple[Dimension, ...] = ()
    as_of: datetime | None = None
    districts: tuple[str, ...] = ()
    jamoats: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    ages: str = ""

    def key(self) -> str:
        """A short name of the question, the same for the same question."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Figure:
    """The answer, exact: before disclosure control, so it reaches no reader.

    Attributes:
        indicator: its code.
        cells: the value of each cell; a count that is not there is 0.
        people: for a sum, mean, median or share, how many people stand behind each cell (for a share: the whole), so
            that disclosure control can judge it; the same as ``cells`` for counts of people.
        hits: for a share, how many of them are counted in the numerator.
    """

    indicator: str
    cells: Mapping[Key, Value]
    people: Mapping[Key, int] = field(default_factory=dict)
    hits: Mapping[Key, int] = field(default_factory=dict)

    @property
    def whole(self) -> Value:
        """The value of everything together."""
        return self.cells.get(WHOLE)
