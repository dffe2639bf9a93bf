"""How countries, work, months and stretches of time are told in a family's story."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from django import template
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from paivand.core.rules.dates import Precision
from paivand.core.templatetags.paivand import day, locale, number
from paivand.registry.rules import countries, occupations
from paivand.registry.rules.migration import AbsenceStatus

register = template.Library()

_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_A = AbsenceStatus
_TONES = {
    _A.REMITTING: "ok", _A.RETURNED_WELL: "ok", _A.IRREGULAR: "quiet", _A.CONTACT_ONLY: "quiet",
    _A.SILENT_LT6M: "warn", _A.ILL_RETURNED: "warn", _A.DISABLED_RETURNED: "warn", _A.DIVORCED_COURT: "warn",
    _A.DIVORCED_RELIGIOUS: "warn", _A.SECOND_FAMILY: "warn",
}  # fmt: skip


@register.filter
def country_name(code: str) -> str:
    """A country in the reader's language."""
    return countries.country_name(code, _language())


@register.filter
def occupation(code: str) -> str:
    """The title of an occupation in the reader's language."""
    return occupations.occupation_title(code, _language()) if code else ""


@register.filter
def absence_tone(status: str) -> str:
    """The tone of the badge of a tie."""
    return _TONES.get(AbsenceStatus(status), "danger")


@register.filter
def month(on: date) -> str:
    """A month and its year, as in November 2026."""
    return _told(on, "LLLL y")


@register.filter
def month_alone(on: date) -> str:
    """A month without its year, short; January is told by its year."""
    return _told(on, "y" if on.month == 1 else "LLL")


@register.filter
def year(value: int) -> str:
    """A year, without a separator of thousands."""
    return _digits(str(value))


@register.filter
def when(on: date | None, precision: str = Precision.DAY) -> str:
    """A day as exactly as it is known: the day, the month or the year."""
    if on is None:
        return ""
    if precision == Precision.DAY:
        return day(on)
    return _told(on, "LLLL y") if precision == Precision.MONTH else _told(on, "y")


@register.filter
def how_long(since: date, until: date | None = None) -> str:
    """A stretch of time in years and months, as in 2 years 8 months; until today unless told."""
    end = until or timezone.localdate()
    months = max(0, (end.year - since.year) * 12 + end.month - since.month - (end.day < since.day))
    if months == 0:
        return _("less than a month")
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%(years)s year", "%(years)s years", years) % {"years": number(years)})
    if rest:
        parts.append(ngettext("%(months)s month", "%(months)s months", rest) % {"months": number(rest)})
    return " ".join(parts)


def _language() -> str:
    return (get_language() or "en")[:2]


def _told(on: date, pattern: str) -> str:
    return _digits(str(format_date(on, pattern, locale=locale())))


def _digits(told: str) -> str:
    return told.translate(_DIGITS) if locale().language == "fa" else told
