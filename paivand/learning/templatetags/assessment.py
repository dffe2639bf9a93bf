"""How points, the conditions of a course and what it asks for are told on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django import template
from django.utils.translation import get_language, gettext

from paivand.core.templatetags.paivand import comma, digits, number
from paivand.learning.models import ExamResult
from paivand.learning.rules.completion import demands
from paivand.learning.rules.course import ASKED_NAMES, FEATURE_NAMES, STAGE_NAMES, Asked, Course, Entrance, Stage
from paivand.learning.rules.eligibility import conditions
from paivand.registry.rules.occupations import occupation_title

register = template.Library()


@register.filter
def points(value: Decimal | str | None) -> str:
    """Points without needless zeros; a dash where there are none."""
    return "—" if value is None or value == "" else number(Decimal(value).normalize())


@register.filter
def for_plural(value: Decimal) -> int:
    """The number by which a plural is chosen; a fraction takes the form of two, as in Russian 6,5 часа."""
    return int(value) if value == value.to_integral_value() else 2


@register.filter
def signed(value: Decimal | None) -> str:
    """A gain with its sign."""
    if value is None:
        return "—"
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{number(abs(value).normalize())}"


@register.filter
def stage_name(stage: str) -> str:
    """When a test is taken, in words."""
    return gettext(STAGE_NAMES[Stage(stage)])


@register.filter
def way_in(entrance: Entrance) -> list[str]:
    """What one way to be let in asks for, each in words."""
    return [digits(one.said(gettext)) for one in conditions(entrance, get_language() or "en")]


@register.filter
def asks_for(found: Course) -> list[str]:
    """What must be true of whoever completes a course, each in words."""
    return [digits(one.said(gettext)) for one in demands(found.rule)]


@register.filter
def beside_lessons(found: Course) -> list[str]:
    """What a course has beside lessons, in words."""
    return [gettext(name) for feature, name in FEATURE_NAMES.items() if found.has(feature)]


@register.filter
def asked_afterwards(asked: tuple[Asked, ...]) -> list[str]:
    """What is asked some months later, in words."""
    return [gettext(ASKED_NAMES[one]) for one in asked]


@register.filter
def listed(values: Iterable[int]) -> str:
    """Numbers side by side."""
    return comma().join(digits(str(one)) for one in values)


@register.filter
def trade_title(found: Course) -> str:
    """The occupation of a vocational course in the reader's language."""
    return occupation_title(found.trade, get_language() or "en") if found.trade else ""


@register.filter
def given_for(result: ExamResult | None, criterion: str) -> str:
    """What the commission gave for one part of the exam."""
    return points(result.points.get(criterion)) if result else "—"
