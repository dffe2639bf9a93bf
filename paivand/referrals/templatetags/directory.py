"""How a service is told on the screen and on paper: its hours, whether it is open now, and how to call it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from babel.dates import format_time
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy
from django.utils.translation import gettext as _

from paivand.core.templatetags.icons import icon
from paivand.core.templatetags.paivand import comma, locale
from paivand.referrals.models import DirectoryService, ServiceChange
from paivand.referrals.rules.directory import (
    ACCESSIBILITY_NAMES,
    COST_NAMES,
    STATE_NAMES,
    Accessibility,
    Cost,
    ServiceState,
    service_type_title,
    service_types,
)
from paivand.referrals.rules.directory_hours import WEEK, Hours, Weekday, opening
from paivand.registry.rules.people import LANGUAGE_NAMES, SpokenLanguage
from paivand.registry.templatetags.people import spaced_number

register = template.Library()

_DARI_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
NBSP = "\u00a0"


def _clock(value: time) -> str:
    told = format_time(value, "HH:mm", locale=locale())
    return told.translate(_DARI_DIGITS) if locale().language == "fa" else told


def weekday_name(day: Weekday | str, *, width: str = "wide") -> str:
    """A day of the week in the reader's language, as within a sentence."""
    name = str(locale().days["stand-alone"][width][WEEK.index(Weekday(day))])
    return name.lower() if locale().language == "tg" else name


def _day_span(first: Weekday, last: Weekday) -> str:
    names = [weekday_name(day, width="abbreviated") for day in (first, last)]
    return names[0] if first == last else f"{names[0]}–{names[1]}"


@register.filter
def hours_told(hours: Hours) -> str:
    """When a service is open, as in Mon–Fri 08:00–17:00, break 12:00–13:00; empty when it is not known."""
    if hours.around_the_clock:
        return _("day and night, every day")
    if not hours.known or hours.opens_at is None or hours.closes_at is None:
        return ""
    spans = hours.spans
    days = _("every day") if spans == [(WEEK[0], WEEK[-1])] else comma().join(_day_span(*span) for span in spans)
    told = f"{days}{NBSP}{_clock(hours.opens_at)}–{_clock(hours.closes_at)}"
    if hours.break_from is None or hours.break_until is None:
        return told
    pause = f"{_clock(hours.break_from)}–{_clock(hours.break_until)}"
    return _("%(hours)s, break %(break)s") % {"hours": told, "break": pause}


@register.simple_tag
def opening_told(service: DirectoryService, now: datetime | None = None) -> dict[str, str]:
    """Whether a service is open at this moment: ``text`` and ``tone``; nothing where it is not known or has stopped."""
    found = opening(service.week, timezone.localtime(now)) if service.takes_people else None
    if found is None:
        return {}
    if found.is_open and found.at is None:
        return {"text": _("Open day and night"), "tone": "ok"}
    if found.at is None:
        return {}
    at = _clock(found.at)
    if found.is_open:
        return {"text": _("Open now, until %(time)s") % {"time": at}, "tone": "ok"}
    if found.day is None:
        return {"text": _("Closed now. Opens today: %(time)s") % {"time": at}, "tone": "quiet"}
    when = {"day": weekday_name(found.day), "time": at}
    return {"text": _("Closed now. Opens: %(day)s, %(time)s") % when, "tone": "quiet"}


@register.simple_tag
def call_button(number: str, css: str = "btn") -> SafeString:
    """A number to tap. It is the number of an office; the numbers of people stand in ``components/phone.html``."""
    return format_html(
        '<a class="{}" href="tel:{}">{}<bdi dir="ltr">{}</bdi></a>', css, number, icon("phone"), office_number(number)
    )


@register.filter
def office_number(number: str) -> str:
    """The number of an office in groups that can be read aloud; a short number stays whole."""
    return spaced_number(number) if number.startswith("+") else number


@register.filter
def type_title(code: str) -> str:
    """What a kind of service is called, in the reader's language."""
    return service_type_title(code, get_language() or "en")


@register.filter
def type_meaning(code: str) -> str:
    """What a kind of service is for, in the reader's language."""
    found = service_types().get(code)
    return found.meaning(get_language() or "en") if found else ""


@register.filter
def type_icon(code: str) -> str:
    """The drawing of a kind of service."""
    found = service_types().get(code)
    return found.icon if found else "more"


@register.filter
def cost_told(cost: str) -> str:
    """What a service costs, in the reader's language."""
    return gettext(COST_NAMES[Cost(cost)])


@register.filter
def state_told(state: str) -> str:
    """The state of a service, in the reader's language."""
    return gettext(STATE_NAMES[ServiceState(state)])


@register.filter
def languages_told(codes: list[str]) -> str:
    """The languages spoken in a service, in the reader's language."""
    return comma().join(gettext(LANGUAGE_NAMES[SpokenLanguage(code)]) for code in codes)


@register.filter
def accessibility_told(codes: list[str]) -> list[str]:
    """What helps somebody reach a service, in the reader's language."""
    return [gettext(ACCESSIBILITY_NAMES[Accessibility(code)]) for code in codes]


@register.simple_tag
def is_stale(service: DirectoryService, today: date | None = None) -> bool:
    """Whether nobody checked the entry for too long."""
    return service.is_stale(today or timezone.localdate())


_FIELD_NAMES = {"agency_id": gettext_lazy("the provider's agency")}
_TOLD: dict[str, Callable[[Any], str]] = {
    "cost": cost_told,
    "languages": languages_told,
    "accessibility": lambda codes: comma().join(accessibility_told(codes)),
    "type": type_title,
    "phone": office_number,
    "days": lambda days: comma().join(weekday_name(day) for day in days),
}


@register.filter
def change_rows(change: ServiceChange) -> list[tuple[str, str, str]]:
    """What a step of the history changed: the field, what stood there, what stands there since.

    Both are empty where the value is not told, as that of an address, and where it is the key of an account.
    """
    rows = []
    for name, (before, after) in change.changes.items():
        field: Any = DirectoryService._meta.get_field(name.removesuffix("_id"))
        label = _FIELD_NAMES.get(name) or field.verbose_name
        values = ("", "") if name.endswith("_id") else (_value_told(name, before), _value_told(name, after))
        rows.append((str(label), *values))
    return rows


def _value_told(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(value.values())
    return str(_TOLD[name](value)) if name in _TOLD and value else str(value or "")
