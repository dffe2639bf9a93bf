"""Money sent home: its channel, and what a run of months tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

MOST_SOMONI = Decimal(1_000_000)
"""More than this from one sender in one month is a slip of the finger."""


def month_before(month: date, n_months: int = 1) -> date:
    """The first day of the month ``n_months`` earlier.

    >>> month_before(date(2026, 1, 1)), month_before(date(2026, 11, 1), 12)
    (datetime.date(2025, 12, 1), datetime.date(2025, 11, 1))
    """
    index = month.year * 12 + month.month - 1 - n_months
    return date(index // 12, index % 12 + 1, 1)


def money_signals(received: Mapping[date, Decimal], this_month: date) -> frozenset[Signal]:
    """What the money of a family says, from what came in each month.

    Args:
        received: the sum in somoni for each month that was asked about, by its first day. Zero means that nothing
            came; a month that is absent was never asked about and says nothing.
        this_month: the first day of the running month, which is not judged: money may still come.

    Returns:
        ``NONE_3_MONTHS`` when each of the three months before this one was asked about and brought nothing.
        ``FELL_40_PERCENT`` when the mean of the three latest months asked about (within the last six) lies at least
        40 % below the mean of the same months one year earlier, or, where one of those was not asked about, below the
        mean of all months asked about in the twelve before, at least three of them. Comparing the same season keeps
        the winter from raising the flag.

    >>> came = {date(2026, month, 1): Decimal(0) for month in (8, 9, 10)}
    >>> sorted(money_signals(came, date(2026, 11, 1)))
    [<Signal.NONE_3_MONTHS: 'none_3_months'>]
    """
    this_month = this_month.replace(day=1)
    last = [month_before(this_month, n) for n in range(1, 7)]
    found = set()
    if all(received.get(month) == 0 for month in last[:SILENT_MONTHS]):
        found.add(Signal.NONE_3_MONTHS)
    latest = [month for month in last if month in received][:SILENT_MONTHS]
    if len(latest) == SILENT_MONTHS:
        before = _before(received, latest)
        if before and _fell([received[month] for month in latest], before):
            found.add(Signal.FELL_40_PERCENT)
    return frozenset(found)


def _before(received: Mapping[date, Decimal], latest: list[date]) -> list[Decimal]:
    """The amounts that the latest months are compared with; none when too little was asked about."""
    year_ago = [month_before(month, 12) for month in latest]
    if all(month in received for month in year_ago):
        return [received[month] for month in year_ago]
    earlier = (month_before(min(latest), n) for n in range(1, 13))
    found = [received[month] for month in earlier if month in received]
    return found if len(found) >= SILENT_MONTHS else []


def _fell(now: list[Decimal], before: list[Decimal]) -> bool:
    """Whether the mean fell by the flag's share or more.

    Sums are multiplied crosswise rather than divided, so that a fall of exactly 40 % is never lost to rounding.
    """
    total = sum(before, Decimal(0))
    return total > 0 and sum(now, Decimal(0)) * len(before) <= total * (1 - FALL) * len(now)


def judged_month(received: Mapping[date, Decimal], today: date) -> date:
    """The month as of which the signals are read: the running one, or the one after the latest that was asked about.

    So a signal stands until somebody asks again, instead of vanishing because nobody asked; the screen names the month.

    >>> judged_month({date(2026, 8, 1): Decimal(0)}, date(2026, 11, 22))
    datetime.date(2026, 9, 1)
    >>> judged_month({date(2026, 11, 1): Decimal(0)}, date(2026, 11, 22))
    datetime.date(2026, 11, 1)
    """
    running = today.replace(day=1)
    return min(running, month_before(max(received), -1)) if received else running


def carried_signal(found: Iterable[Signal]) -> str:
    """The one signal that the family's row carries for lists: the graver one, or nothing.

    >>> carried_signal({Signal.FELL_40_PERCENT, Signal.NONE_3_MONTHS}), carried_signal([])
    ('none_3_months', '')
    """
    present = set(found)
    return next((str(signal) for signal in Signal if signal in present), "")
