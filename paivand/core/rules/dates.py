"""Dates known to the day, the month, the year or only by an estimated age; an age is always derived."""

from __future__ import annotations

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
