"""Back to school: since when and why a child is out, what is tried, what made the difference, and whether it lasts."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum

from paivand.core.rules.texts import text

RETURNED = "school.returned"
"""The service of the journey."""

CHECKS = (3, 6)
"""Months after the return at which one asks whether the child is still at school."""


class SchoolingState(StrEnum):
    """Where the way back to school stands."""

    OUT = "out"
    BACK = "back"
    ENDED = "ended"


SCHOOLING_STATE_NAMES = {
    SchoolingState.OUT: text("out of school"),
    SchoolingState.BACK: text("back at school"),
    SchoolingState.ENDED: text("ended otherwise"),
}


class SchoolTryKind(StrEnum):
    """What is done so that a child comes back."""

    TALK_PARENTS = "talk_parents"
    TALK_CHILD = "talk_child"
    TALK_SCHOOL = "talk_school"
    CLOTHES_BOOKS = "clothes_books"
    TRANSPORT = "transport"
    PAPERS = "papers"
    CATCH_UP = "catch_up"
    CARE_AT_HOME = "care_at_home"
    INCOME = "income"
    HEALTH = "health"
    AIDS = "aids"
    COMMISSION = "commission"
    ANOTHER_SCHOOL = "another_school"
    OTHER = "other"


TRY_NAMES = {
    SchoolTryKind.TALK_PARENTS: text("talk with those who decide at home"),
    SchoolTryKind.TALK_CHILD: text("talk with the child"),
    SchoolTryKind.TALK_SCHOOL: text("talk with the school"),
    SchoolTryKind.CLOTHES_BOOKS: text("clothes, shoes or books"),
    SchoolTryKind.TRANSPORT: text("the way to school"),
    SchoolTryKind.PAPERS: text("papers for the school"),
    SchoolTryKind.CATCH_UP: text("lessons to catch up"),
    SchoolTryKind.CARE_AT_HOME: text("somebody else cares for those at home"),
    SchoolTryKind.INCOME: text("income of the family"),
    SchoolTryKind.HEALTH: text("treatment or check of health"),
    SchoolTryKind.AIDS: text("glasses, hearing aid, wheelchair or other aids"),
    SchoolTryKind.COMMISSION: text("the commission on children's rights"),
    SchoolTryKind.ANOTHER_SCHOOL: text("another school or class"),
    SchoolTryKind.OTHER: text("something else"),
}
"""Also the answers to what made the difference."""


class EndedWhy(StrEnum):
    """Why the way back to school ended without a return."""

    OF_AGE = "of_age"
    MOVED = "moved"
    VOCATIONAL = "vocational"
    WORKS = "works"
    NOT_WANTED = "not_wanted"
    MISTAKE = "mistake"
    OTHER = "other"


ENDED_NAMES = {
    EndedWhy.OF_AGE: text("has come of age"),
    EndedWhy.MOVED: text("moved away"),
    EndedWhy.VOCATIONAL: text("learns a trade"),
    EndedWhy.WORKS: text("works and does not wish to go back"),
    EndedWhy.NOT_WANTED: text("the family or the child does not wish it"),
    EndedWhy.MISTAKE: text("written down by mistake"),
    EndedWhy.OTHER: text("another reason"),
}


class Still(StrEnum):
    """What was found when somebody asked again."""

    YES = "yes"
    OFTEN_AWAY = "often_away"
    NO = "no"
    NOT_KNOWN = "not_known"


STILL_NAMES = {
    Still.YES: text("goes to school"),
    Still.OFTEN_AWAY: text("goes, but is often away"),
    Still.NO: text("is out of school again"),
    Still.NOT_KNOWN: text("it could not be found out"),
}


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month.

    >>> months_later(date(2026, 11, 30), 3), months_later(date(2026, 1, 15), 6)
    (datetime.date(2027, 2, 28), datetime.date(2026, 7, 15))
    """
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
