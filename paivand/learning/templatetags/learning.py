"""How groups, sessions and learners are shown: titles of courses, days and times, states, the ways through a group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, get_day_names
from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext

from paivand.core.rules.attendance import MARK_NAMES, Mark
from paivand.core.rules.texts import text
from paivand.core.templatetags.paivand import _dated, comma, digits, locale
from paivand.learning.models import Enrolment, Group, Session
from paivand.learning.rules.completion import Lack, lack_sentence
from paivand.learning.rules.course import Course, Feature
from paivand.learning.rules.courses import course
from paivand.learning.rules.states import EnrolmentState, GroupState

register = template.Library()

_GROUP_TONES = {
    GroupState.PLANNED: "quiet",
    GroupState.OPEN: "info",
    GroupState.RUNNING: "ok",
    GroupState.FINISHED: "quiet",
    GroupState.CANCELLED: "warn",
}
_LEARNER_TONES = {
    EnrolmentState.APPLIED: "info",
    EnrolmentState.WAITING: "warn",
    EnrolmentState.ENROLLED: "ok",
    EnrolmentState.COMPLETED: "ok",
    EnrolmentState.FAILED: "warn",
}


# --- the ways through a group ----------------------------------------------------------------------------------------


def _has_tests(found: Course) -> bool:
    return found.test is not None


def _has_exam(found: Course) -> bool:
    return found.exam is not None


def _is_school(found: Course) -> bool:
    return found.has(Feature.PLOTS) or found.has(Feature.JUNIOR)


def _has_budget(found: Course) -> bool:
    return found.has(Feature.BUDGET)


def _has_certificate(found: Course) -> bool:
    return found.certificate is not None


_WAYS = (
    ("group", "learning:group-open", text("Timetable"), None),
    ("people", "learning:group-people", text("Learners"), None),
    ("attendance", "learning:group-attendance", text("Attendance"), None),
    ("tests", "learning:group-tests", text("Tests"), _has_tests),
    ("exams", "learning:group-exams", text("Exam"), _has_exam),
    ("school", "learning:school-open", text("Field school"), _is_school),
    ("households", "learning:group-households", text("Household budgets"), _has_budget),
    ("certificates", "learning:group-certificates", text("Certificates"), _has_certificate),
)
"""Word of the page, name of its address with the code of the group, label, and what the course must have for it.

A page that is not there yet shows no way.
"""


@register.simple_tag
def group_ways(group: Group) -> list[tuple[str, str, str]]:
    """The tabs of a group: word of the page, address, label; only for what its course has."""
    found = course(group.course)
    ways = []
    for word, name, label, asked in _WAYS:
        if asked is not None and (found is None or not asked(found)):
            continue
        try:
            address = reverse(name, args=[group.code])
        except NoReverseMatch:
            continue
        ways.append((word, address, gettext(label)))
    return ways


# --- words -----------------------------------------------------------------------------------------------------------


@register.filter
def course_title(code: str) -> str:
    """What a course is called, in the reader's language."""
    found = course(code)
    return found.title_in(get_language() or "en") if found else code


@register.filter
def course_kind(code: str) -> str:
    """The kind of a course, in the reader's language."""
    found = course(code)
    return found.kind.title_in(get_language() or "en") if found else ""


@register.filter
def said(words: object) -> str:
    """A text of a declaration in the reader's language; nothing for None."""
    language = (get_language() or "en")[:2]
    return str(words.get(language) or words.get("en", "")) if isinstance(words, dict) else ""


@register.filter
def state_tone(row: Group | Enrolment) -> str:
    """The colour of the badge of a state."""
    if isinstance(row, Group):
        return _GROUP_TONES[GroupState(row.state)]
    return _LEARNER_TONES.get(EnrolmentState(row.state), "quiet")


@register.filter
def topics_of(session: Session) -> str:
    """What a session is about, in words."""
    return _titles(session.group.course, (*session.topics, *session.life_topics))


def _titles(code: str, topics: Sequence[str]) -> str:
    found, language = course(code), get_language() or "en"
    topic_rows = [found.topic(one) for one in topics] if found else []
    return comma().join(one.title_in(language) for one in topic_rows if one)


@register.filter
def lack_words(lacks: Iterable[object]) -> list[str]:
    """What is missing for completion, one sentence for each: of lacks as they are judged, or as they were stored."""
    rows = [one if isinstance(one, Lack) else Lack.stored(one) for one in lacks]  # type: ignore[arg-type]
    return [digits(lack_sentence(one).said(gettext)) for one in rows]


@register.filter
def mark_name(mark: str) -> str:
    """A mark in words; a session without one for her has a dash."""
    return gettext(MARK_NAMES[Mark(mark)]) if mark else "—"


# --- days and times --------------------------------------------------------------------------------------------------


@register.filter
def clock(value: time | None) -> str:
    """A time of the day, as in 14:05."""
    return digits(f"{value:%H:%M}") if value else ""


@register.filter
def weekday(value: date) -> str:
    """A day with the day of the week, as in Monday, 14 March."""
    return _dated(format_date(value, "EEEE, d MMMM", locale=locale()))


@register.filter
def short_day(value: date) -> str:
    """A day in little room, as in 14.03."""
    return digits(f"{value:%d.%m}")


@register.filter
def month(value: date) -> str:
    """A month with its year, as in March 2022."""
    return _dated(format_date(value, "LLLL y", locale=locale()))


@lru_cache(maxsize=8)
def _day_names(language: str) -> tuple[str, ...]:
    names = get_day_names("wide", context="stand-alone", locale=locale())
    return tuple(names[n].lower() if language == "tg" else names[n] for n in range(7))


@register.filter
def weekdays(days: Iterable[int]) -> str:
    """Days of the week in words."""
    names = _day_names(locale().language)
    return comma().join(names[n] for n in days)


@register.filter
def hours(value: Decimal | None) -> str:
    """A number of hours without needless zeros."""
    return "" if value is None else digits(f"{Decimal(value).normalize():f}")


@register.filter
def percent(part: int, whole: int) -> int:
    """The share in whole percent, rounded down, as the rule of completion counts it."""
    return 100 * part // whole if whole else 0
