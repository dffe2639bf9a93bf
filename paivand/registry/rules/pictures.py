"""The picture of months of money: a bar for each month, in shares of the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from paivand.registry.rules.remittances import month_before

MONTHS = 24
_FILLED = 0.72
"""The share of a month's width that its bar takes."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: what came (None where nobody asked), and where its bar stands, in percent of the drawing."""

    month: date
    amount: Decimal | None
    left: str
    middle: str
    width: str
    top: str
    height: str
    running: bool
    labelled: bool

    @property
    def asked(self) -> bool:
        """Whether anybody asked about this month."""
        return self.amount is not None


@dataclass(frozen=True, slots=True)
class Picture:
    """The bars from the earliest month on, and the amount that a bar of full height stands for."""

    bars: tuple[Bar, ...]
    scale: Decimal


def money_picture(received: Mapping[date, Decimal], this_month: date, *, mirrored: bool = False) -> Picture:
    """The last 24 months up to the running one; ``mirrored`` for languages that are read from right to left.

    >>> picture = money_picture({date(2026, 10, 1): Decimal(600)}, date(2026, 11, 1))
    >>> [(bar.month.month, bar.height, bar.asked) for bar in picture.bars[-2:]]
    [(10, '60.00%', True), (11, '100.00%', False)]
    """
    months = [month_before(this_month, n) for n in reversed(range(MONTHS))]
    scale = round_scale(max((received.get(month, Decimal(0)) for month in months), default=Decimal(0)))
    step = 100 / MONTHS
    bars = []
    for place, month in enumerate(months):
        amount = received.get(month)
        share = 100.0 if amount is None else float(amount / scale * 100)
        left = place * step + step * (1 - _FILLED) / 2
        if mirrored:
            left = 100 - left - step * _FILLED
        bars.append(
            Bar(
                month, amount, left=_percent(left), middle=_percent(left + step * _FILLED / 2),
                width=_percent(step * _FILLED), top=_percent(100 - share), height=_percent(share),
                running=month == this_month, labelled=month.month in {1, 7},
            )
        )  # fmt: skip
    return Picture(tuple(bars), scale)


def round_scale(highest: Decimal) -> Decimal:
    """The next round amount that is not below ``highest``: few digits, so that the bars fill the picture.

    >>> [str(round_scale(Decimal(amount))) for amount in ("0", "600", "1000", "1001", "2101", "12500")]
    ['1000', '1000', '1000', '1500', '2500', '15000']
    """
    if highest <= 1000:
        return Decimal(1000)
    power = Decimal(10) ** (len(str(int(highest))) - 1)
    for factor in ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10"):
        if Decimal(factor) * power >= highest:
            return Decimal(int(Decimal(factor) * power))
    return power * 10


def _percent(value: float) -> str:
    return f"{value:.2f}%"
