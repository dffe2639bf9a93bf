"""What a foreign amount was worth in somoni, from the dated table of exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "exchange_rates.yaml"
HOME = "TJS"
"""The somoni: all amounts are compared in it."""


class NoRateError(LookupError):
    """The table has no rate for this currency and month.

    Args:
        currency: the currency asked for.
        first: the month from which the table knows it; None when it does not know the currency at all.
    """

    def __init__(self, currency: str, first: date | None) -> None:
        super().__init__(f"{currency}: no rate")
        self.currency = currency
        self.first = first


@dataclass(frozen=True, slots=True)
class Rate:
    """Somoni for one unit, from a month until the next rate; ``assumed`` when no source was found for it."""

    since: date
    rate: Decimal
    source: str
    note: str
    assumed: bool


@lru_cache(maxsize=1)
def exchange_rates() -> Mapping[str, tuple[Rate, ...]]:
    """The rates of every foreign currency in the order of their months."""
    content = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {
        currency: tuple(
            Rate(
                date.fromisoformat(f"{row['from']}-01"), Decimal(row["rate"]), row["source"], row.get("note", ""),
                row.get("assumption", False),
            )
            for row in rows
        )
        for currency, rows in content["somoni_per_unit"].items()
    }  # fmt: skip


def rate_of(currency: str, month: date, table: Mapping[str, tuple[Rate, ...]] | None = None) -> Rate:
    """The rate that held in ``month``: the latest one that is not younger.

    Raises:
        NoRateError: for a currency that the table does not know, or a month before its first rate.
    """
    if currency == HOME:
        return Rate(date.min, Decimal(1), "", "", assumed=False)
    rates = (exchange_rates() if table is None else table).get(currency, ())
    found = [rate for rate in rates if rate.since <= month.replace(day=1)]
    if not found:
        raise NoRateError(currency, rates[0].since if rates else None)
    return found[-1]


def in_somoni(amount: Decimal, rate: Rate) -> Decimal:
    """``amount`` at ``rate``, to the diram; a half is rounded up.

    >>> in_somoni(Decimal("15000"), Rate(date(2024, 2, 1), Decimal("0.122"), "", "", assumed=False))
    Decimal('1830.00')
    """
    return (amount * rate.rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
