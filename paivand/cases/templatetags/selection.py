"""How a selection is told: its states, need and places, the factors of a profile, the order, and error rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal, format_percent
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paivand.cases.models import SelectionCandidate, SelectionProfile, SelectionRound
from paivand.cases.queries.selection import Need
from paivand.cases.queries.selection_profiles import INSTRUMENT
from paivand.cases.rules.selection import OUTCOME_NAMES, OUTCOME_TONES, Outcome, RoundState
from paivand.core.rules.texts import text
from paivand.core.templatetags.paivand import locale
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import EVIDENCE_NAMES, Evidence, say
from paivand.methods.selection import Rate, Tie, tie

register = template.Library()

_DARI_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_STEPS = (text("Prepare"), text("Decide"), text("Tell and hear"), text("Close"))
_AT = {
    RoundState.PREPARING: 1, RoundState.COMMISSION: 2, RoundState.DECIDED: 3, RoundState.APPEALS: 3,
    RoundState.CLOSED: 5,
}  # fmt: skip
_STATE_TONES = {
    RoundState.PREPARING: "info", RoundState.COMMISSION: "primary", RoundState.DECIDED: "ok",
    RoundState.APPEALS: "warn", RoundState.CLOSED: "quiet", RoundState.CALLED_OFF: "quiet",
}  # fmt: skip
_TIES = {
    Tie.SEVERITY: text("the severity is greater"),
    Tie.URGENCY: text("something cannot wait"),
    Tie.CHILDREN: text("there are more children"),
    Tie.ASSESSMENT: text("the assessment is older"),
    Tie.LOT: text("the lot was drawn first"),
}


def _digits(told: str) -> str:
    return told.translate(_DARI_DIGITS) if locale().language == "fa" else told


@register.simple_tag
def round_steps() -> tuple[str, ...]:
    """The steps of a selection."""
    return _STEPS


@register.filter
def round_at(chosen: SelectionRound) -> int:
    """The step at which a round is; 0 for one that was called off."""
    return _AT.get(RoundState(chosen.state), 0)


@register.filter
def round_tone(chosen: SelectionRound) -> str:
    """The tone of the badge of a round's state."""
    return _STATE_TONES[RoundState(chosen.state)]


@register.filter
def outcome_word(code: str) -> str:
    """What was decided, in a word or two."""
    return _(OUTCOME_NAMES[Outcome(code)]) if code else ""


@register.filter
def outcome_tone(code: str) -> str:
    """The tone of that badge."""
    return OUTCOME_TONES[Outcome(code)] if code else "quiet"


@register.filter
def of(found: Mapping[Any, Any] | None, key: Any) -> Any:
    """What a mapping holds under a key, or nothing."""
    return found.get(key) if found else None


def _band(code: str) -> Any:
    declared = instrument(INSTRUMENT)
    return declared.main_scale.band(code) if declared and code else None


@register.filter
def band_word(code: str) -> str:
    """How great the need is, in a word."""
    found = _band(code)
    return say(found.label, _language()) if found else code


@register.filter
def band_tone(code: str) -> str:
    """The tone of that badge."""
    found = _band(code)
    return found.tone if found else "quiet"


@register.filter
def severity(value: Decimal | None) -> str:
    """A severity, with as many decimals as it has."""
    if value is None:
        return "—"
    return _digits(format_decimal(value.normalize(), format="0.##", locale=locale()))


@register.filter
def change(value: Decimal | None) -> str:
    """How much a severity rose or fell, with its sign."""
    if value is None:
        return ""
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + severity(abs(value))


@register.filter
def share(value: float | None) -> str:
    """A share as a whole number of hundredths, as in 12 %."""
    return "" if value is None else _digits(format_percent(value, format="0 %", locale=locale()))


@register.filter
def interval(rate: Rate) -> str:
    """An interval, as in 4–25 %."""
    return f"{share(rate.low)} – {share(rate.high)}"


@dataclass(frozen=True)
class Factor:
    """One factor of a profile: what it is, what it gave to the severity, on what it rests, and its bar."""

    title: str
    part: Decimal
    evidence: str
    width: int


@register.filter
def factors(profile: SelectionProfile) -> list[Factor]:
    """Every factor that counted when the profile was taken, the largest first."""
    declared = instrument(INSTRUMENT, profile.instrument_version) or instrument(INSTRUMENT)
    rows = [(code, Decimal(part), evidence) for code, part, evidence in profile.factors]
    most = max((part for _code, part, _evidence in rows), default=Decimal(1))
    found = []
    for code, part, evidence in rows:
        item = declared.item(code) if declared else None
        rests = _(EVIDENCE_NAMES[Evidence(evidence)]) if evidence in set(Evidence) else ""
        found.append(Factor(say(item.text, _language()) if item else code, part, rests, int(100 * part / most)))
    return found


@dataclass(frozen=True)
class NeedBar:
    """Quota against need as a bar of a hundred: the families in need, and up to where there are places."""

    high: int
    medium: int
    quota: int


@register.filter
def need_bar(need: Need, whole: int) -> NeedBar:
    """The bar of one jamoat, drawn to the measure of the largest one."""
    measure = max(1, whole)
    high = need.bands.get("high", 0)
    return NeedBar(
        round(100 * high / measure), round(100 * (need.n_in_need - high) / measure),
        min(100, round(100 * need.quota / measure)),
    )  # fmt: skip


@register.filter
def largest_need(places: list[tuple[Any, Need]]) -> int:
    """The most families in need, or places, of any jamoat: the measure of the bars."""
    return max((max(need.n_in_need, need.quota) for _place, need in places), default=1)


@register.filter
def ahead_because(one: SelectionCandidate, other: SelectionCandidate) -> str:
    """By which rule the first of two neighbours in the order stands before the other."""
    rule = tie(one.need_key, other.need_key)
    return _(_TIES[rule]) if rule else ""


def _language() -> str:
    return get_language() or "en"
