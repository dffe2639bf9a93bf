"""How figures of the sealed room are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from paivand.core.templatetags.paivand import digits, locale, number

register = template.Library()


@register.simple_tag
def figure(value: int | None) -> SafeString | str:
    """A figure, or the mark that one is hidden."""
    if value is None:
        return format_html('<span aria-label="{}">•</span>', gettext("hidden"))
    return number(value)


@register.simple_tag
def joined_names(names: Sequence[str]) -> str:
    """The names of groups that stand together."""
    words = "; ".join(gettext(name) for name in names)
    return words[:1].upper() + words[1:]


@register.simple_tag
def month_span(first: date, last: date) -> str:
    """One month, or several that stand together."""
    words = [format_date(day, "LLLL", locale=locale()) for day in dict.fromkeys((first, last))]
    return "–".join(words).capitalize()


@register.simple_tag
def quarter_name(quarter: date) -> str:
    """A quarter with its year."""
    return digits(format_date(quarter, "QQQ y", locale=locale()))
