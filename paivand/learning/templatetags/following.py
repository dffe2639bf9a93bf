"""Words for learners: titles of courses, sentences of rules, how an enrolment stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from paivand.core.templatetags.icons import badge
from paivand.core.templatetags.paivand import comma, digits, locale, number
from paivand.learning.models import Enrolment, Group
from paivand.learning.queries.board import KindRow
from paivand.learning.rules.completion import Lack, lack_sentence
from paivand.learning.rules.course import Course, Feature, Kind, Named
from paivand.learning.rules.courses import course
from paivand.learning.rules.sentences import Sentence
from paivand.learning.rules.states import ENROLMENT_STATE_NAMES, GROUP_STATE_NAMES, EnrolmentState, GroupState

register = template.Library()

_TONES = {
    EnrolmentState.APPLIED: "info", EnrolmentState.WAITING: "info", EnrolmentState.ENROLLED: "ok",
    EnrolmentState.COMPLETED: "ok", EnrolmentState.FAILED: "warn", EnrolmentState.LEFT: "quiet",
    EnrolmentState.DECLINED: "quiet",
}  # fmt: skip
_GROUP_TONES = {
    GroupState.PLANNED: "quiet", GroupState.OPEN: "info", GroupState.RUNNING: "ok", GroupState.FINISHED: "quiet",
    GroupState.CANCELLED: "warn",
}  # fmt: skip


@register.filter
def course_name(code: str) -> str:
    """What a course is called; its code where it is not declared any more."""
    found = course(code)
    return found.title_in(get_language() or "en") if found else code


@register.filter
def titled(thing: Named | Course | Kind) -> str:
    """What a practice, a material, a course or a kind of courses is called."""
    return thing.title_in(get_language() or "en")


@register.filter
def said(sentence: Sentence) -> str:
    """A sentence of a rule, in the reader's language."""
    return sentence.said(gettext)


@register.filter
def lack_words(row: Enrolment) -> list[str]:
    """What was missing for completion, as whole sentences."""
    return [lack_sentence(Lack.stored(lack)).said(gettext) for lack in row.lacks]


@register.filter
def practice_names(codes: list[str], course_code: str) -> str:
    """The practices or materials with these codes, by their names."""
    found = course(course_code)
    named = {one.code: one for one in (*found.practices, *found.materials)} if found else {}
    return " · ".join(titled(named[code]) if code in named else code for code in codes)


@register.filter
def practice_name(code: str, course_code: str) -> str:
    """The practice with this code, by its name."""
    return practice_names([code], course_code)


@register.simple_tag
def enrolment_badge(state: str) -> SafeString:
    """Where a learner stands, as a badge."""
    return badge(gettext(ENROLMENT_STATE_NAMES[EnrolmentState(state)]), tone=_TONES[EnrolmentState(state)])


@register.simple_tag
def group_badge(state: str) -> SafeString:
    """Where a group stands, as a badge."""
    return badge(gettext(GROUP_STATE_NAMES[GroupState(state)]), tone=_GROUP_TONES[GroupState(state)])


@register.filter
def points(value: Any) -> str:
    """Hours or points without needless zeros."""
    return "" if value is None else number(Decimal(value).normalize() + 0)


@register.filter
def signed(value: Any) -> str:
    """A change with its sign."""
    if value is None:
        return ""
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{points(abs(value))}"


@register.filter
def share(value: int | None) -> str:
    """A percentage as a whole number; a dash where there is nothing to take it from."""
    return "—" if value is None else gettext("%(share)s %%") % {"share": number(value)}


@register.filter
def rhythm(group: Group) -> str:
    """On which days of the week a group meets, and when."""
    names = locale().days["stand-alone"]["abbreviated"]
    days = comma().join(str(names[one]) for one in group.weekdays)
    return f"{days} {digits(group.starts_at.strftime('%H:%M'))}".strip()


@register.filter
def year(value: int | None) -> str:
    """A year, without separators."""
    return digits(str(value)) if value else ""


@register.filter
def kind_groups(row: KindRow) -> str:
    """The word for the groups of a kind of courses: groups, schools, meetings."""
    language = get_language() or "en"
    return row.kind.group_in(language) if row.n_groups == 1 else row.kind.groups_in(language)


@register.filter
def has_quick(found: Course | None) -> bool:
    """Whether many people are registered at once for this course."""
    return found is not None and found.has(Feature.QUICK)
