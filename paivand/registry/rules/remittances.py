"""Money sent home: its channel, and what a run of months tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from paivand.core.rules.texts import text


class Channel(StrEnum):
    """How the money came."""

    BANK = "bank"
    TRANSFER = "transfer"
    MOBILE = "mobile"
    COURIER = "courier"
    BROUGHT = "brought"
    NOT_KNOWN = "not_known"


class Currency(StrEnum):
    """The currencies that families name."""

    TJS = "TJS"
    RUB = "RUB"
    USD = "USD"
    EUR = "EUR"
    KZT = "KZT"


class Signal(StrEnum):
    """What the months say to a social worker."""

    NONE_3_MONTHS = "none_3_months"
    FELL_40_PERCENT = "fell_40_percent"


CHANNEL_NAMES = {
    Channel.BANK: text("bank account"),
    Channel.TRANSFER: text("money transfer operator"),
    Channel.MOBILE: text("mobile wallet"),
    Channel.COURIER: text("through somebody who travelled"),
    Channel.BROUGHT: text("brought by himself"),
    Channel.NOT_KNOWN: text("not known"),
}
SIGNAL_NAMES = {
    Signal.NONE_3_MONTHS: text("no money for 3 months"),
    Signal.FELL_40_PERCENT: text("fell by 40 % or more"),
}

FALL = Decimal("0.40")
"""The fall against the mean of the twelve months before that raises the flag: the drop feared in 2022."""

SILENT_MONTHS = 3


def month_before(month: date, n_months: int = 1) -> date:
    """The first day of the month ``n_months`` earlier.

    >>> month_before(date(2026, 1, 1)), month_before(date(2026, 11, 1), 12)
    (datetime.date(2025, 12, 1), datetime.date(2025, 11, 1))
    """
    index = month.year * 12 + month.month - 1 - n_months
    return date(index // 12, index % 12 + 1, 1)


def signals(received: Mapping[date, Decimal], this_month: date) -> frozenset[Signal]:
    """What the money of a family says, from what came in each month.

    Args:
        received: the sum in somoni for each month that was asked about, by its first day. Zero means that nothing
            came; a month that is absent was never asked about and says nothing.
        this_month: the first day of the running month, which is not judged: money may still come.

    Returns:
        ``NONE_3_MONTHS`` when each of the three months before this one was asked about and brought nothing.
        ``FELL_40_PERCENT`` when the mean of the three latest months asked about (within the last six) lies at least
        40 % below the mean of the same number of months one year earlier, or, where that year was not asked about,
        below the mean of all months asked about in the twelve before. Comparing the same season keeps the winter
        from raising the flag.
    """
    last = [month_before(this_month, n) for n in range(1, 7)]
    found = set()
    if all(received.get(month) == 0 for month in last[:SILENT_MONTHS]):
        found.add(Signal.NONE_3_MONTHS)
    latest = [month for month in last if month in received][:SILENT_MONTHS]
    if len(latest) < SILENT_MONTHS:
        return frozenset(found)
    now = _mean([received[month] for month in latest])
    year_ago = [month_before(month, 12) for month in latest]
    if all(month in received for month in year_ago):
        before = _mean([received[month] for month in year_ago])
    else:
        first = min(latest)
        earlier = [received[m] for m in (month_before(first, n) for n in range(1, 13)) if m in received]
        before = _mean(earlier) if len(earlier) >= SILENT_MONTHS else Decimal(0)
    if before > 0 and now <= before * (1 - FALL):
        found.add(Signal.FELL_40_PERCENT)
    return frozenset(found)


def _mean(amounts: list[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0)) / len(amounts)
