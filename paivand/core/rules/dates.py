"""Dates known to the day, the month, the year or only by an estimated age; an age is always derived."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Precision(StrEnum):
    """How exactly a date of birth is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Age:
    """Completed years, and whether they are exact."""

    years: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Birth:
    """A date of birth: the first day of the period that is known, and how long that period is.

    >>> Birth.in_year(1984).age(date(2026, 11, 22))
    Age(years=42, exact=False)
    >>> Birth.on_day(date(2016, 2, 29)).age(date(2026, 2, 28))
    Age(years=9, exact=True)
    """

    on: date
    precision: Precision

    @classmethod
    def on_day(cls, day: date) -> Birth:
        return cls(day, Precision.DAY)

    @classmethod
    def in_month(cls, year: int, month: int) -> Birth:
        return cls(date(year, month, 1), Precision.MONTH)

    @classmethod
    def in_year(cls, year: int) -> Birth:
        return cls(date(year, 1, 1), Precision.YEAR)

    @classmethod
    def from_age(cls, years: int, *, asked_on: date) -> Birth:
        """The birth of somebody who says to be about ``years`` old on the day of asking.

        >>> Birth.from_age(40, asked_on=date(2026, 11, 22))
        Birth(on=datetime.date(1986, 1, 1), precision=<Precision.ESTIMATE: 'estimate'>)
        """
        return cls(date(asked_on.year - years, 1, 1), Precision.ESTIMATE)

    def age(self, today: date) -> Age:
        """Completed years on ``today``, counted from the middle of what is known.

        An exact birthday gives the exact age. A birth in 29 February completes its year on 1 March of common years.
        A known month counts from its middle (the 15th), a year and an estimate from 1 July.
        """
        if self.precision is Precision.DAY:
            return Age(_years(self.on, today), exact=True)
        if self.precision is Precision.MONTH:
            return Age(_years(self.on.replace(day=15), today), exact=False)
        if self.precision is Precision.ESTIMATE:
            return Age(max(0, today.year - self.on.year), exact=False)
        return Age(_years(self.on.replace(month=7), today), exact=False)


def _years(birthday: date, today: date) -> int:
    before = (today.month, today.day) < (birthday.month, birthday.day)
    return max(0, today.year - birthday.year - before)


def months_later(day: date, n: int) -> date:
    """The same day so many months later, or the last day of a shorter month.

    >>> months_later(date(2022, 10, 31), 4), months_later(date(2022, 1, 15), -1)
    (datetime.date(2023, 2, 28), datetime.date(2021, 12, 15))
    """
    month = day.year * 12 + day.month - 1 + n
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, monthrange(year, number)[1]))


def months_between(one: date, other: date) -> int:
    """How many calendar months lie from the month of ``one`` to that of ``other``.

    >>> months_between(date(2021, 8, 1), date(2024, 12, 15))
    40
    """
    return (other.year - one.year) * 12 + other.month - one.month
