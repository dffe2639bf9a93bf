"""The picture of what plots brought: two bars for each measure, the improved way and the farmers' own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from paivand.learning.rules.fields import SeasonResult, Way
from paivand.methods.margins import Difference

SHOWN = ("yield_m2", "margin_m2", "cost_m2", "water_kg")
"""The measures of the picture; the table has all of them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One way in one measure: its value, and how long its bar is in per cent of the longest; None where unknown."""

    way: Way
    value: Decimal | None
    share: str
    below: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure with both bars, and what differs."""

    code: str
    bars: tuple[Bar, Bar]
    difference: Difference


def plots_picture(found: SeasonResult) -> tuple[Measure, ...]:
    """The measures of which both ways are known; empty where nothing can be compared.

    >>> from paivand.methods.margins import Plot
    >>> from paivand.learning.rules.fields import season_result
    >>> ways = {"1": (Way.IMPROVED, Plot(Decimal(10), Decimal(50))), "2": (Way.USUAL, Plot(Decimal(10), Decimal(40)))}
    >>> [(one.code, [bar.share for bar in one.bars]) for one in plots_picture(season_result(ways))]
    [('yield_m2', ['100.0%', '80.0%'])]
    """
    return tuple(
        Measure(code, _bars(row), row)
        for code in SHOWN
        if (row := _known(found.differences, code)) is not None
    )  # fmt: skip


def _known(differences: Mapping[str, Difference], code: str) -> Difference | None:
    row = differences.get(code)
    return row if row is not None and row.more is not None else None


def _bars(row: Difference) -> tuple[Bar, Bar]:
    longest = max(abs(row.value or Decimal(0)), abs(row.base or Decimal(0)))
    improved, usual = (
        Bar(way, value, _share(value, longest), value is not None and value < 0)
        for way, value in ((Way.IMPROVED, row.value), (Way.USUAL, row.base))
    )
    return improved, usual


def _share(value: Decimal | None, longest: Decimal) -> str:
    return f"{float(abs(value) / longest * 100):.1f}%" if value and longest else "0.0%"
