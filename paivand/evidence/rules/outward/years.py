"""A sum parted by years, for standards that know no longer budget than one of a year."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

_CENT = Decimal("0.01")


def parted_by_years(total: Decimal, first: date, last: date) -> list[tuple[date, date, Decimal]]:
    """Years that begin on ``first`` and its anniversaries until ``last``, with their part of ``total`` by days.

    Each part is cut to the cent and the last one takes what is left, so that the sum is exact.

    >>> for year in parted_by_years(Decimal("1000.01"), date(2021, 8, 1), date(2023, 1, 31)): print(*year)
    2021-08-01 2022-07-31 664.85
    2022-08-01 2023-01-31 335.16
    """
    days = (last - first).days + 1
    years: list[tuple[date, date]] = []
    at = first
    while at <= last:
        following = _anniversary(first, len(years) + 1)
        years.append((at, min(following - timedelta(days=1), last)))
        at = following
    parts = [(total * ((end - begin).days + 1) / days).quantize(_CENT, ROUND_DOWN) for begin, end in years]
    parts[-1] = total - sum(parts[:-1], Decimal())
    return [(begin, end, part) for (begin, end), part in zip(years, parts, strict=True)]


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
