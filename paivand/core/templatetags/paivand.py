"""Dates, numbers and small words in the reader's language, and the form field of the page shell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext

register = template.Library()

_DARI_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_GROUPED = 1000
"""From here on a number has separators, in every language here."""
_LOCALES = {"tg": "tg", "ru": "ru", "en": "en_GB", "fa": "fa_AF"}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "en_GB"))


def locale() -> Locale:
    """The formatting locale of the reader's language; Dari is formatted as in Afghanistan."""
    return _locale((get_language() or "en")[:2])


@register.filter
def digits(text: str) -> str:
    """``text`` with the digits of the reader's language."""
    return text.translate(_DARI_DIGITS) if locale().language == "fa" else text


def _dated(text: str) -> str:
    """A date as people write it: the months of Tajik with small letters, the digits and the comma of Dari."""
    if locale().language == "tg":
        return text.lower()
    return digits(text).replace(",", "،") if locale().language == "fa" else text


def apart(words: str) -> str:
    """``words`` inside a sentence, kept in their own direction where the page runs from the right."""
    return f"\u2068{words}\u2069" if get_language_bidi() else words


@register.simple_tag
def comma() -> str:
    """The comma between the members of a list, with its space, as the reader's language writes it."""
    return "، " if locale().language == "fa" else ", "


@register.filter
def day(value: date | datetime | None) -> str:
    """A date, as in 22 November 2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _dated(format_date(value, "d MMMM y", locale=locale()))


@register.filter
def moment(value: datetime | None) -> str:
    """A date and time, as in 22 November 2026, 14:05."""
    if value is None:
        return ""
    value = timezone.localtime(value)
    return _dated(format_datetime(value, "d MMMM y, HH:mm", locale=locale()))


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago, as in 5 minutes ago."""
    if value is None:
        return ""
    return digits(format_timedelta(value - timezone.now(), add_direction=True, locale=locale()))


@register.filter
def number(value: int | float | Decimal | None) -> str:
    """A number with the separators and digits of the language."""
    if type(value) is int and 0 <= value < _GROUPED:
        return digits(str(value))  # as below, and pages are full of them
    return "" if value is None else digits(format_decimal(value, locale=locale(), numbering_system="default"))


@register.filter
def says(value: str) -> str:
    """A text that plain Python marked for translation, translated."""
    return gettext(value) if value else ""


@register.filter
def age(value: Any) -> str:
    """An ``Age`` in words: completed years, with "about" when it is not exact."""
    if value is None:
        return ""
    years = number(value.years)
    if value.exact:
        return ngettext("%(years)s year", "%(years)s years", value.years) % {"years": years}
    return ngettext("about %(years)s year", "about %(years)s years", value.years) % {"years": years}


@register.filter
def widget_kind(field: BoundField) -> str:
    """The kind of a field's widget, in small letters, so that the field component can draw it."""
    return type(field.field.widget).__name__.lower()


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], **changes: Any) -> str:
    """The query of this page with some parameters changed; None removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"
