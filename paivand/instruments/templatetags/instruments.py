"""How questionnaires, their scores and their limits are told on the screen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paivand.core.rules.texts import text
from paivand.core.templatetags.paivand import locale, number
from paivand.instruments.models import Assessment, RedFlag
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import (
    EVIDENCE_NAMES,
    LANGUAGES,
    SPECIAL_NAMES,
    TRANSLATION_NAMES,
    Band,
    Evidence,
    Flag,
    Instrument,
    Item,
    Scale,
    Special,
    Translation,
    Words,
    say,
)
from paivand.instruments.rules.scores import REASONS
from paivand.instruments.rules.states import URGENCY_NAMES, Urgency

register = template.Library()

_DARI = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_URGENCY_TONES = {Urgency.AT_ONCE: "danger", Urgency.TODAY: "danger", Urgency.SOON: "warn"}
FORMULAS = {
    "total": text("The sum of the answers, each times its weight. Every question must be answered."),
    "mean": text("The mean of the answers, each with its weight; questions that do not apply are left out."),
    "count": text("The number of answers from a limit on. Questions without an answer do not count."),
    "worst": text("The highest of the answers. Questions without an answer do not count."),
    "highest_level": text("The most severe level with a yes; none that an open answer could still raise."),
}
_LANGUAGE_NAMES = {"tg": "тоҷикӣ", "ru": "русский", "en": "English", "fa": "دری"}


@register.filter
def said(words: Words | None) -> str:
    """Words of a declaration in the reader's language, or in English."""
    return say(words or {}, get_language() or "en")


@register.filter
def declared(row: Assessment) -> Instrument | None:
    """The version of the questionnaire that was asked."""
    return instrument(row.instrument, row.instrument_version)


@register.filter
def title_of(row: Assessment) -> str:
    """What a questionnaire is called; its code where its declaration is gone."""
    found = declared(row)
    return said(found.title) if found else row.instrument


@register.filter
def value_of(value: Decimal | None, scale: Scale) -> str:
    """A value with the decimals of its scale."""
    if value is None:
        return "—"
    pattern = "#,##0" + ("." + "0" * scale.decimals if scale.decimals else "")
    return _digits(format_decimal(value, pattern, locale=locale()))


@register.filter
def exact(value: Fraction | Decimal | None) -> str:
    """A limit or a weight as it is declared."""
    if value is None:
        return ""
    plain = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
    return number(plain.normalize() if plain % 1 else plain.to_integral_value())


@register.filter
def edges(band: Band) -> str:
    """From where to where a band goes, each edge with what belongs to it."""
    stretch = band.stretch
    low, high = exact(stretch.low), exact(stretch.high)
    if stretch.low == stretch.high:
        return low
    parts = []
    if stretch.low is not None:
        parts.append((_("from %(edge)s") if stretch.with_low else _("above %(edge)s")) % {"edge": low})
    if stretch.high is not None:
        parts.append((_("to %(edge)s") if stretch.with_high else _("below %(edge)s")) % {"edge": high})
    return " ".join(parts)


@register.filter
def reason_words(reason: str) -> str:
    """Why there is no value."""
    return _(REASONS[reason]) if reason in REASONS else reason


@register.filter
def special_words(code: str) -> str:
    """Why there is no answer."""
    return _(SPECIAL_NAMES[Special(code)]) if code in set(Special) else code


@register.filter
def evidence_words(code: str) -> str:
    """On what an answer rests."""
    return _(EVIDENCE_NAMES[Evidence(code)]) if code in set(Evidence) else code


@register.filter
def answer_words(item: Item, value: str) -> str:
    """An answer in the reader's language."""
    option = item.option(value)
    if option:
        return said(option.label)
    return number(int(value)) if value.isdecimal() else value


@register.filter
def answer_number(value: int | str) -> str:
    """A number that can be tapped, in the reader's digits."""
    return number(int(value))


@register.filter
def formula_words(scale: Scale) -> str:
    """How a scale is computed, in a sentence."""
    return _(FORMULAS[scale.formula])


@register.filter
def weight_of(scale: Scale, item: str) -> str:
    """How much an item weighs in a scale."""
    return exact(scale.setting.weight(item))


@register.filter
def urgency_words(code: str) -> str:
    """How soon somebody must look."""
    return _(URGENCY_NAMES[Urgency(code)])


@register.filter
def urgency_tone(code: str) -> str:
    """The tone of the badge of an urgency."""
    return _URGENCY_TONES[Urgency(code)]


@register.filter
def flag_of(flag: RedFlag) -> Flag | None:
    """What a red flag is and what to do about it, as the questionnaire declares it."""
    found = declared(flag.assessment)
    return found.flag(flag.code) if found else None


@register.filter
def translation_rows(row: Instrument) -> list[tuple[str, str, str]]:
    """For each language its code, its own name, and how far its words can be trusted."""
    return [
        (code, _LANGUAGE_NAMES[code], _(TRANSLATION_NAMES[row.translations[code]]))
        for code in LANGUAGES
        if code in row.translations
    ]


@register.filter
def is_unsure_here(row: Instrument) -> bool:
    """Whether the words that the reader sees are only a draft of a translation."""
    own = row.translations.get((get_language() or "en")[:2], Translation.NONE)
    return own in {Translation.DRAFT, Translation.NONE}


@register.filter
def share(value: Fraction) -> str:
    """A share in percent."""
    return _digits(format_percent(float(value), locale=locale()))


@register.filter
def bar_width(part: Decimal | None) -> str:
    """How wide the bar of a criterion is: the heaviest criterion gives about a tenth of the whole."""
    return f"{min((part or Decimal(0)) * 10, Decimal(100)):.0f}%"


@register.filter
def month_year(on: date) -> str:
    """A month and its year in figures, for the narrow place under a picture."""
    return _digits(format_date(on, "MM.y", locale=locale()))


def _digits(told: str) -> str:
    return told.translate(_DARI) if locale().language == "fa" else told
