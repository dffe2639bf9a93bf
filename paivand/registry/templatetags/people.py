"""How births, languages and papers of people are told on the screen."""

from __future__ import annotations

import re

from babel.dates import format_date
from django import template
from django.utils.translation import gettext as _

from paivand.core.rules.dates import Birth, Precision
from paivand.core.templatetags.paivand import day, locale, number
from paivand.registry.rules.people import DocumentStatus

register = template.Library()

_TONES = {
    DocumentStatus.VALID: "ok",
    DocumentStatus.IN_PROCESS: "info",
    DocumentStatus.EXPIRED: "warn",
    DocumentStatus.NEVER_HAD: "warn",
    DocumentStatus.LOST: "danger",
    DocumentStatus.CONFISCATED: "danger",
}


@register.filter
def born(birth: Birth | None) -> str:
    """A birth as exactly as it is known: the day, the month, the year, or that only an age was told."""
    if birth is None:
        return ""
    if birth.precision is Precision.DAY:
        return day(birth.on)
    if birth.precision is Precision.MONTH:
        return str(format_date(birth.on, "LLLL y", locale=locale()))
    year = number(birth.on.year).translate(_SEPARATORS)
    if birth.precision is Precision.YEAR:
        return _("%(year)s, day and month not known") % {"year": year}
    return _("about %(year)s, counted from an age that was told") % {"year": year}


_SEPARATORS = {ord(separator): None for separator in ",. \u00a0\u202f٬"}


@register.filter
def paper_tone(status: str) -> str:
    """The tone of the badge of a paper's status."""
    return _TONES[DocumentStatus(status)]


@register.filter
def spaced_number(number: str) -> str:
    """A telephone number in groups that can be read aloud.

    >>> spaced_number("+992918123456")
    '+992 918 12 34 56'
    """
    found = re.fullmatch(r"\+(992|\d)(\d{2,3})(\d{3})(\d{2})(\d{2})", number)
    if found and found[1] == "992":
        return re.sub(r"\+992(\d{3})(\d{2})(\d{2})(\d{2})", r"+992 \1 \2 \3 \4", number)
    if found and len(number) == 12:
        return "+{} {} {} {} {}".format(*found.groups())
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", " ", number)


@register.filter
def country(code: str) -> str:
    """A country's name in the reader's language."""
    return str(locale().territories.get(code, code))
