"""Words for channels, topics, materials, states and contacts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from django import template
from django.utils.translation import get_language, gettext

from paivand.core.templatetags.paivand import digits, locale, number
from paivand.outreach.models import ReachEntry
from paivand.outreach.rules.catalogue import catalogue, channels, topics
from paivand.outreach.rules.contacts import AGE_NAMES, DOUBT_NAMES, OF_UNKNOWN, PART_NAMES, AgeGroup, Doubt, EntryState
from paivand.outreach.rules.estimates import COUNTINGS, NUMBERS, Asked, Counting, Way
from paivand.outreach.rules.materials import MOVE_NAMES, MoveKind
from paivand.registry.rules.people import LANGUAGE_NAMES, SpokenLanguage

register = template.Library()

_TONES = {EntryState.DRAFT: "info", EntryState.CONFIRMED: "ok", EntryState.REVERSED: "quiet"}


def _language() -> str:
    return (get_language() or "en")[:2]


@register.filter
def channel_name(code: str) -> str:
    """What a channel is called."""
    found = channels().get(code)
    return found.title_in(_language()) if found else code


@register.filter
def topic_name(code: str) -> str:
    """What a topic is called."""
    found = topics().get(code)
    return found.title_in(_language()) if found else code


@register.filter
def material_kind(code: str) -> str:
    """What a kind of material is called."""
    found = catalogue().materials.get(code)
    return found.title_in(_language()) if found else code


@register.filter
def evidence_words(code: str) -> str:
    """What is kept as evidence of a channel."""
    found = channels().get(code)
    return found.evidence_in(_language()) if found else ""


@register.filter
def language_name(code: str) -> str:
    """What a language is called."""
    return gettext(LANGUAGE_NAMES[SpokenLanguage(code)]) if code in set(SpokenLanguage) else code


@register.filter
def part_name(column: str) -> str:
    """What a part of the contacts is called."""
    return gettext({**PART_NAMES, **OF_UNKNOWN}[column])


@register.filter
def age_name(key: str) -> str:
    """What an age group is called."""
    return gettext(AGE_NAMES[AgeGroup(key)])


@register.filter
def doubt_name(key: str) -> str:
    """What was unlikely."""
    return gettext(DOUBT_NAMES[Doubt(key)])


@register.filter
def move_name(key: str) -> str:
    """What happened to copies."""
    return gettext(MOVE_NAMES[MoveKind(key)])


@register.filter
def reach_tone(entry: ReachEntry) -> str:
    """The tone of an entry's badge."""
    return _TONES[EntryState(entry.state)]


@register.filter
def counting(entry: ReachEntry) -> Counting:
    """The way in which the contacts of an entry are told."""
    return COUNTINGS[Way(entry.way)]


@register.filter
def numbers_told(entry: ReachEntry) -> list[tuple[str, str]]:
    """The numbers from which an estimate was computed, each with its name."""
    found = []
    for asked in COUNTINGS[Way(entry.way)].asks:
        told = entry.told.get(asked)
        value = Decimal(told) if told is not None else NUMBERS[Asked(asked)].usual
        found.append((gettext(NUMBERS[asked].name), number(value) if value is not None else "—"))
    return found


@register.filter
def parts_told(row: object) -> list[tuple[str, int]]:
    """The parts of the contacts that are not nought, by their names; of an entry or of totals."""
    parts = getattr(row, "parts", None)
    found = [(name, parts[name] if parts else getattr(row, name)) for name in PART_NAMES]
    return [(gettext(PART_NAMES[name]), n) for name, n in found if n]


@register.filter
def ages_told(row: object) -> list[tuple[str, int]]:
    """What is known of the age of those whose sex is not known."""
    parts = getattr(row, "parts", None)
    found = [(name, parts[name] if parts else getattr(row, name)) for name in OF_UNKNOWN]
    return [(gettext(OF_UNKNOWN[name]), n) for name, n in found if n]


@register.filter
def month_name(on: date) -> str:
    """A month and its year."""
    return digits(str(format_date(on, "LLLL y", locale=locale())))


@register.filter
def month_short(on: date) -> str:
    """A month below a column; January is told by its year."""
    return digits(str(format_date(on, "y" if on.month == 1 else "LLL", locale=locale())))


@register.filter
def at_channel(row: dict[str, int], channel: str) -> int:
    """The contacts of a channel in a month of the table."""
    return row.get(channel, 0)
