"""A figure as a reader sees it: protected, with the reason where nothing stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.evidence.rules.asking import WHOLE, Ask, Key, Value
from paivand.evidence.rules.indicators import Dimension, Indicator, Measure

SMALLEST = 5
"""The smallest count of people that is told."""


class Hidden(StrEnum):
    """Why no figure stands in a cell."""

    SMALL = "small"
    FURTHER = "further"
    CHILD = "child"
    HELD = "held"
    NOT_SHOWN = "not_shown"
    INSIDE = "inside"
    NOTHING = "nothing"


HIDDEN_WORDS: dict[Hidden, str] = {
    Hidden.SMALL: text("fewer than five people"),
    Hidden.FURTHER: text("left out so that a small figure beside it cannot be computed"),
    Hidden.CHILD: text("part of a figure that is left out"),
    Hidden.HELD: text("as in the last edition: it has changed by fewer than five since"),
    Hidden.NOT_SHOWN: text("not shown in this cut"),
    Hidden.INSIDE: text("for this period shown to those who work with the records; see the published editions"),
    Hidden.NOTHING: text("nothing to compute it from"),
}


@dataclass(frozen=True)
class Told:
    """One cell: a value, or the reason why there is none. With ``held`` the value is that of the last edition."""

    value: Value
    hidden: Hidden | None = None


@dataclass(frozen=True)
class Shown:
    """The answer to a question about one indicator as a reader may see it.

    Attributes:
        cells: what is told for each cell, the whole under the empty key. A cell that is missing counted nothing: 0.
        tables: the cuts that are offered for this indicator: sets of dimensions.
        fresh_at: up to which moment records are counted.
    """

    indicator: Indicator
    ask: Ask
    cells: Mapping[Key, Told]
    fresh_at: datetime
    tables: tuple[tuple[Dimension, ...], ...] = field(default=())

    @property
    def whole(self) -> Told:
        """What is told of everything together."""
        return self.at()

    def at(self, **categories: str) -> Told:
        """What is told of one cell, named by its dimensions: ``at(sex="female", district="TJ-KT-02")``."""
        asked = tuple(sorted(categories.items()))
        key: Key = next((one for one in self.cells if tuple(sorted(one)) == asked), asked or WHOLE)
        if key in self.cells:
            return self.cells[key]
        is_count = self.indicator.measure in {Measure.PEOPLE, Measure.FAMILIES, Measure.EVENTS, Measure.CONTACTS}
        return Told(0) if is_count else Told(None, Hidden.NOTHING)

    def along(self, *dimensions: Dimension) -> dict[tuple[str, ...], Told]:
        """The cells of one table, by their categories in the order of ``dimensions``."""
        wanted = [str(one) for one in dimensions]
        found = {}
        for key, told in self.cells.items():
            named = dict(key)
            if set(named) == set(wanted) and len(named) == len(wanted):
                found[tuple(named[one] for one in wanted)] = told
        return found


_PAIRS: tuple[tuple[Dimension, Dimension], ...] = (
    (Dimension.SEX, Dimension.AGE),
    (Dimension.SEX, Dimension.DISTRICT),
    (Dimension.AGE, Dimension.DISTRICT),
    (Dimension.SEX, Dimension.DISABILITY),
    (Dimension.SEX, Dimension.MONTH),
    (Dimension.DISTRICT, Dimension.MONTH),
    (Dimension.SEX, Dimension.JAMOAT),
    (Dimension.CHANNEL, Dimension.MONTH),
    (Dimension.CHANNEL, Dimension.DISTRICT),
)
_SENSITIVE_PAIRS: tuple[tuple[Dimension, Dimension], ...] = ((Dimension.SEX, Dimension.AGE),)


def tables_of(indicator: Indicator) -> tuple[tuple[Dimension, ...], ...]:
    """The cuts in which an indicator is shown: each of its dimensions, and the pairs that people ask for.

    They are protected together, so the list is fixed: a cut beside it could be laid over them. A sensitive indicator
    has no pair finer than sex and age, and nothing below district.

    >>> from paivand.evidence.rules.reading import indicators
    >>> [[str(one) for one in table] for table in tables_of(indicators()["survivors_supported"])]
    [['age'], ['district'], ['month']]
    """
    pairs = _SENSITIVE_PAIRS if indicator.sensitive else _PAIRS
    if indicator.measure is Measure.SHARE:
        pairs = ()
    kept = [one for one in indicator.by if not (indicator.sensitive and one is Dimension.JAMOAT)]
    return (*((one,) for one in kept), *(pair for pair in pairs if set(pair) <= set(kept)))
