"""How loads, days that are due and worries are told on desk and board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from paivand.cases.rules.caseload import Caseload, caseload_rules
from paivand.cases.rules.cases import RISK_NAMES, Risk
from paivand.core.templatetags.paivand import comma, day, number

register = template.Library()

WIDTH, LIMIT_AT = 100.0, 80.0
"""The picture of a load is 100 wide; the limit stands at 80, so that one sees by how much it is passed."""

_DARI_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True)
class Segment:
    """The cases of one risk in the picture of a load."""

    risk: str
    x: str
    width: str


@register.filter
def load_segments(load: Caseload) -> list[Segment]:
    """The parts of the bar, one for each risk; what passes the picture's end is cut."""
    found, x = [], 0.0
    for risk, count in load.counts.items():
        weight = float(caseload_rules().weights[risk] * count)
        width = min(weight / float(load.limit) * LIMIT_AT, WIDTH - x)
        if width > 0:
            found.append(Segment(risk, f"{x:.2f}", f"{width:.2f}"))
            x += width
    return found


@register.filter
def load_words(load: Caseload) -> str:
    """A load in words: what it weighs against the limit."""
    return _("%(load)s of %(limit)s") % {"load": number(_plain(load.weight)), "limit": number(_plain(load.limit))}


def _plain(value: object) -> float | int:
    told = float(str(value))
    return int(told) if told == int(told) else told


@register.filter
def open_words(load: Caseload) -> str:
    """How many open cases a load is made of, by risk."""
    if not load.n_open:
        return _("no open case")
    told = ngettext("%(number)s open case", "%(number)s open cases", load.n_open) % {"number": number(load.n_open)}
    parts = [
        _("%(number)s high") % {"number": number(load.n_high)} if load.n_high else "",
        _("%(number)s medium") % {"number": number(load.n_medium)} if load.n_medium else "",
        _("%(number)s low") % {"number": number(load.n_low)} if load.n_low else "",
    ]
    return f"{told}: {comma().join(part for part in parts if part)}"


@register.filter
def due_words(at: datetime, now: datetime | None = None) -> str:
    """How late or how soon: "3 days late", "today until 14:05", "tomorrow", or the day."""
    now = now or timezone.now()
    here, today = timezone.localtime(at), timezone.localdate(now)
    days = (here.date() - today).days
    if at < now:
        hours = int((now - at) / timedelta(hours=1))
        if days == 0 or hours < 24:
            return ngettext("%(n)s hour late", "%(n)s hours late", hours) % {"n": number(hours)}
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": number(-days)}
    if days == 0:
        evening = (here.hour, here.minute) == (23, 59)
        return _("today") if evening else _("today until %(time)s") % {"time": _clock(here)}
    return _("tomorrow") if days == 1 else day(here)


def _clock(here: datetime) -> str:
    told = f"{here.hour:02}:{here.minute:02}"
    return (
        told.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) if (get_language() or "").startswith("fa") else told
    )


@register.filter
def is_late(at: datetime, now: datetime | None = None) -> bool:
    """Whether a moment is over."""
    return at < (now or timezone.now())


@register.filter
def days_since(on: date, today: date) -> int:
    """How many days ago."""
    return (today - on).days


@register.filter
def risk_words(risk: str) -> str:
    """A risk in words."""
    return _(RISK_NAMES[Risk(risk)])
