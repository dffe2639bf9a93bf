"""When a service is open: by the week, so that it can be told in any language and asked whether it is open now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise


class Weekday(StrEnum):
    """A day of the week, in the week's order."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a service; without days and times they are not known, unless it never closes."""

    days: tuple[str, ...] = ()
    opens_at: time | None = None
    closes_at: time | None = None
    break_from: time | None = None
    break_until: time | None = None
    around_the_clock: bool = False

    @property
    def known(self) -> bool:
        """Whether it can be told when the service is open."""
        return self.around_the_clock or bool(self.days and self.opens_at and self.closes_at)

    @property
    def spans(self) -> list[tuple[Weekday, Weekday]]:
        """The days in runs: from Monday to Friday is one run, Tuesday and Saturday are two.

        >>> [(str(first), str(last)) for first, last in Hours(days=("sat", "mon", "tue", "wed")).spans]
        [('mon', 'wed'), ('sat', 'sat')]
        """
        runs: list[tuple[Weekday, Weekday]] = []
        for n, day in enumerate(WEEK):
            if day not in self.days:
                continue
            if runs and n and runs[-1][1] == WEEK[n - 1]:
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        return runs


NOT_KNOWN = Hours()


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a service is open at a moment, and when that changes next; ``day`` is empty for the same day."""

    is_open: bool
    at: time | None = None
    day: Weekday | None = None


def opening(hours: Hours, now: datetime) -> Opening | None:
    """Whether a service is open at the local time ``now``; None where its hours are not known.

    >>> office = Hours(("mon", "fri"), time(8), time(17), time(12), time(13))
    >>> opening(office, datetime(2026, 11, 27, 9))  # a Friday
    Opening(is_open=True, at=datetime.time(12, 0), day=None)
    >>> opening(office, datetime(2026, 11, 27, 18))
    Opening(is_open=False, at=datetime.time(8, 0), day=<Weekday.MONDAY: 'mon'>)
    """
    if hours.around_the_clock:
        return Opening(is_open=True)
    if not hours.known:
        return None
    for begins, ends in _stretches(hours, now):
        if begins <= now < ends:
            return Opening(is_open=True, at=ends.time())
        if now < begins:
            same_day = begins.date() == now.date()
            return Opening(is_open=False, at=begins.time(), day=None if same_day else WEEK[begins.weekday()])
    return None


def _stretches(hours: Hours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of time in which the service is open, from today through the same day of next week."""
    edges = [
        edge for edge in (hours.opens_at, hours.break_from, hours.break_until, hours.closes_at) if edge is not None
    ]
    for ahead in range(8):
        day = (now + timedelta(days=ahead)).date()
        if WEEK[day.weekday()] not in hours.days:
            continue
        moments = [datetime.combine(day, edge, tzinfo=now.tzinfo) for edge in edges]
        yield from zip(moments[::2], moments[1::2], strict=True)


def hours_fault(hours: Hours) -> str:
    """The name of the field in which hours contradict themselves; empty when they are sound.

    >>> hours_fault(Hours(("mon",), time(8), time(17))), hours_fault(Hours(("mon",), time(17), time(8)))
    ('', 'closes_at')
    >>> hours_fault(Hours((), time(8), time(17))), hours_fault(Hours(("mon",), time(8)))
    ('days', 'closes_at')
    """
    if not (hours.days or hours.opens_at or hours.closes_at or hours.break_from or hours.break_until):
        return ""
    order = (
        ("days", bool(hours.days)),
        ("opens_at", hours.opens_at is not None),
        ("closes_at", hours.closes_at is not None and hours.opens_at is not None and hours.opens_at < hours.closes_at),
        ("break_until", _sound_break(hours)),
    )
    return next((name for name, sound in order if not sound), "")


def _sound_break(hours: Hours) -> bool:
    if hours.break_from is None and hours.break_until is None:
        return True
    edges = (hours.opens_at, hours.break_from, hours.break_until, hours.closes_at)
    if any(edge is None for edge in edges):
        return False
    known = [edge for edge in edges if edge is not None]
    return all(one < other for one, other in pairwise(known))
