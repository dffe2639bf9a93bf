"""How pictures, figures and their progress are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django import template
from django.utils.translation import get_language, gettext

from paivand.core.templatetags.paivand import digits, locale, number
from paivand.evidence.queries.framework import Line
from paivand.evidence.rules.indicators import Indicator

register = template.Library()


@register.filter
def month_name(code: str) -> str:
    """A month in words, as in March 2023, of its code YYYY-MM."""
    return _told(date(int(code[:4]), int(code[5:7]), 1), "LLLL y")


@register.filter
def month_short(code: str) -> str:
    """A month for the foot of a picture, as in Mar 23."""
    return _told(date(int(code[:4]), int(code[5:7]), 1), "LLL yy")


@register.filter
def named(indicator: Indicator) -> str:
    """The title of an indicator in the reader's language."""
    return indicator.name(_language())


@register.filter
def asked(indicator: Indicator) -> str:
    """The question that an indicator answers."""
    return indicator.question.get(_language()) or indicator.question.get("en", "")


@register.filter
def unit_name(indicator: Indicator) -> str:
    """What it is counted in."""
    return indicator.unit.get(_language()) or indicator.unit.get("en", "")


@register.filter
def meant(indicator: Indicator) -> str:
    """By what it is verified."""
    return indicator.means.get(_language()) or indicator.means.get("en", "")


@register.filter
def without_kind(address: str) -> str:
    """The address of a picture's files without the ending."""
    return address.removesuffix(".KIND")


@register.filter
def of(found: Mapping[str, Any], key: str) -> Any:
    """What stands under a key; nothing where there is none."""
    return found.get(key)


@register.filter
def spark_words(line: Line, months: Sequence[str]) -> str:
    """What the small picture of an indicator shows, for those who do not see it."""
    shown = [(value, month) for value, month in zip(line.months, months, strict=False) if value is not None]
    if not shown or not any(value for value, _month in shown):
        return gettext("nothing in any month that is shown")
    most = max(shown)
    said = gettext("most in %(month)s, %(figure)s") % {"month": month_name(most[1]), "figure": number(int(most[0]))}
    last = shown[-1]
    if last[1] != most[1]:
        told = {"month": month_name(last[1]), "figure": number(int(last[0]))}
        said += "; " + gettext("in %(month)s, %(figure)s") % told
    return said


@register.filter
def plain_number(value: Decimal | int | None) -> str:
    """A number without needless zeros behind its comma."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else value.normalize()
    return number(value)


def _told(on: date, pattern: str) -> str:
    told = digits(str(format_date(on, pattern, locale=locale())))
    return told.lower() if locale().language == "tg" else told


def _language() -> str:
    return (get_language() or "en")[:2]
