"""When somebody is asked what became of a course."""

from __future__ import annotations

import calendar
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month.

    >>> months_later(date(2022, 11, 30), 3), months_later(date(2022, 6, 15), 12)
    (datetime.date(2023, 2, 28), datetime.date(2023, 6, 15))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
