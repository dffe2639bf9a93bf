"""When something is due, as seen from a desk: late, today, within a week, or later."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from paivand.core.rules.texts import text


class When(StrEnum):
    """A part of the list of what is due."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


WHEN_NAMES = {
    When.OVERDUE: text("Overdue"),
    When.TODAY: text("Due today"),
    When.WEEK: text("This week"),
    When.LATER: text("Later"),
}

NOTHING_DUE = {
    When.OVERDUE: text("Nothing is overdue."),
    When.TODAY: text("Nothing more is due today."),
    When.WEEK: text("Nothing is due in the next seven days."),
    When.LATER: text("Nothing is due later than that."),
}


def bounds(when: When, now: datetime, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """From which moment on, and before which, something belongs to a part; None where there is no bound.

    The parts follow one another without a gap: what is due at this very minute is still in time.

    >>> from zoneinfo import ZoneInfo
    >>> zone = ZoneInfo("Asia/Dushanbe")
    >>> now = datetime(2026, 11, 22, 14, 5, tzinfo=zone)
    >>> [str(moment) for moment in bounds(When.TODAY, now, zone)]
    ['2026-11-22 14:05:00+05:00', '2026-11-23 00:00:00+05:00']
    >>> bounds(When.OVERDUE, now, zone) == (None, now), bounds(When.LATER, now, zone)[1] is None
    (True, True)
    """
    morning = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    week = morning + timedelta(days=7)
    return {
        When.OVERDUE: (None, now),
        When.TODAY: (now, morning),
        When.WEEK: (morning, week),
        When.LATER: (week, None),
    }[when]
