"""How amounts, shares, titles and states of programmes are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paivand.core.rules.journey_codes import service_title
from paivand.core.templatetags.paivand import comma, digits, locale
from paivand.programme.rules.budget import BudgetTable, Money
from paivand.programme.rules.plan import ACTIVITY_STATE_NAMES, ActivityState
from paivand.programme.rules.programmes import DAC_MARKER_NAMES, MARKER_NAMES, DacMarker, Marker, ProgrammeState
from paivand.programme.rules.words import said

register = template.Library()

_STATE_TONES = {
    ProgrammeState.PLANNED: "quiet", ProgrammeState.RUNNING: "info", ProgrammeState.CLOSED: "ok",
    ActivityState.FINISHED: "ok", ActivityState.CANCELLED: "quiet",
}  # fmt: skip


@register.filter
def money(amount: Decimal | None) -> str:
    """An amount: whole where it is whole, else with both digits of the cents."""
    if amount is None:
        return "—"
    pattern = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
    told = digits(format_decimal(abs(amount), format=pattern, locale=locale(), numbering_system="default"))
    return f"\u2066−{told}\u2069" if amount < 0 else told


@register.filter
def percent(value: Decimal | int | None) -> str:
    """A per cent with its sign, or a dash where there is none."""
    if value is None:
        return "—"
    told = digits(format_decimal(Decimal(value).normalize(), locale=locale(), numbering_system="default"))
    return _("%(number)s %%") % {"number": told}


@register.filter
def titled(part: Any) -> str:
    """The title of a part of the plan, or of a category, in the reader's language."""
    return str(part.title(get_language() or "en"))


@register.filter
def in_own_words(titles: Mapping[str, str]) -> str:
    """Titles in the reader's language."""
    return said(titles, get_language() or "en")


@register.filter
def month_short(on: date) -> str:
    """A month, short, with its year, as in Nov 26."""
    told = str(format_date(on, "LLL yy", locale=locale()))
    return told.lower() if locale().language == "tg" else digits(told)


@register.filter
def short_day(on: date | None) -> str:
    """A day in few signs, as in 3 Nov 2026."""
    if on is None:
        return "—"
    told = str(format_date(on, "d MMM y", locale=locale()))
    return told.lower() if locale().language == "tg" else digits(told)


@register.filter
def services_named(codes: Iterable[str]) -> str:
    """The services of the journey by their names."""
    language = get_language() or "en"
    return comma().join(service_title(code, language) for code in codes)


@register.filter
def activity_state(state: ActivityState) -> str:
    """The state of an activity."""
    return _(ACTIVITY_STATE_NAMES[ActivityState(state)])


@register.filter
def state_tone(state: str) -> str:
    """The tone of the badge of a state."""
    return _STATE_TONES.get(state, "info")  # type: ignore[call-overload, no-any-return]


@register.filter
def marker(value: int) -> str:
    """What a marker of gender equality or human rights says."""
    return _(MARKER_NAMES[Marker(value)])


@register.filter
def dac_marker(value: int) -> str:
    """What a marker of DAC says."""
    return _(DAC_MARKER_NAMES[DacMarker(value)])


@register.filter
def listed(values: Iterable[Any]) -> str:
    """Several things in a row."""
    return comma().join(digits(str(value)) for value in values)


@register.filter
def coordinate(value: float) -> str:
    """A number of a drawing, as SVG wants it in every language."""
    return f"{value:.1f}".removesuffix(".0")


@register.simple_tag
def below(value: float, by: float) -> str:
    """A coordinate moved by so much."""
    return coordinate(value + by)


@register.filter
def bar_of(found: Money) -> str:
    """How long the bar of delivery is, in per cent; never beyond its frame."""
    return f"{min(found.delivery or Decimal(0), Decimal(100)):.1f}"


@register.filter
def money_or_dash(amount: Decimal | str | None) -> str:
    """An amount, or a dash where nothing is written yet."""
    return money(amount) if isinstance(amount, Decimal) else "—"


@register.filter
def exact(value: Decimal) -> str:
    """A rate with all its decimals that say something."""
    return digits(f"{value.normalize():f}")


@register.simple_tag
def direct_of(table: BudgetTable, agency_id: Any) -> Money:
    """The direct costs of an agency in a budget table."""
    return table.direct_of(agency_id)
