"""From answers to scores: the formulas of ``methods.scoring`` with the items, weights and bands of a declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from paivand.core.rules.texts import text
from paivand.instruments.rules.answers import Answers, is_asked, meets
from paivand.instruments.rules.instruments import Band, Bands, Check, Flag, Instrument, Item, Scale
from paivand.methods.scoring import (
    COULD_BE_HIGHER,
    FORMULAS,
    NOTHING_ANSWERED,
    TOO_FEW,
    UNANSWERED,
    band_of,
    half_up,
)

NO_BAND = "no_band"
"""There is a value, but an answer on which the choice of bands rests is missing."""

REASONS = {
    UNANSWERED: text("An answer is missing without which this cannot be computed. It is not taken for zero."),
    TOO_FEW: text("Too few of the questions were answered."),
    NOTHING_ANSWERED: text("Nothing was answered."),
    COULD_BE_HIGHER: text("A question was not answered whose answer could make this more severe."),
    NO_BAND: text("The answer that decides which limits count is missing."),
}
"""Why a scale has no value, or no band."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one scale comes to: a rounded value with its band, or no value and why.

    ``parts`` is what each item gave, rounded to two decimals for showing.
    """

    scale: str
    value: Decimal | None
    band: str = ""
    reason: str = ""
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    n_answered: int = 0
    n_asked: int = 0


def readings(instrument: Instrument, answers: Answers) -> list[Reading]:
    """What every scale of the questionnaire comes to."""
    return [reading(instrument, scale, answers) for scale in instrument.scales]


def reading(instrument: Instrument, scale: Scale, answers: Answers) -> Reading:
    """What one scale comes to. The value is rounded half up first, and judged as it is shown."""
    outcome = FORMULAS[scale.formula](values(instrument, scale, answers), scale.setting)
    n_answered, n_asked = outcome.n_answered, outcome.n_asked
    if outcome.value is None:
        return Reading(scale.code, None, reason=outcome.reason, n_answered=n_answered, n_asked=n_asked)
    value = half_up(outcome.value, scale.decimals)
    chosen = bands(instrument, scale, answers)
    band = band_of(Fraction(value), [one.stretch for one in chosen.bands]) if chosen else ""
    parts = {item: half_up(part, 2) for item, part in outcome.parts.items()}
    return Reading(scale.code, value, band, parts=parts, n_answered=n_answered, n_asked=n_asked)


def bands(instrument: Instrument, scale: Scale, answers: Answers) -> Bands | None:
    """The bands that count after what was answered; None where the answer that decides is missing."""
    for one in scale.sets:
        if one.when is None or meets(one.when, answers, instrument):
            return one
    return None


def values(instrument: Instrument, scale: Scale, answers: Answers) -> dict[str, Fraction | None]:
    """The score of each item of a scale that was asked and applies; None where there is no answer.

    An item that is not asked after an earlier answer counts for what the scale says of skipped ones, or is left out.
    Where the earlier answer itself is missing, nobody knows, and there is none.
    """
    found: dict[str, Fraction | None] = {}
    for item in (one for code in scale.items if (one := instrument.item(code))):
        asked = is_asked(item, answers, instrument)
        if asked is False:
            if scale.skipped is not None:
                found[item.code] = scale.skipped
            continue
        answer = answers.get(item.code)
        if asked is None or answer is None or answer.missing:
            found[item.code] = None
            continue
        option = item.option(answer.value)
        if item.is_number:
            found[item.code] = Fraction(answer.value)
        elif option and option.score is not None:
            found[item.code] = option.score
    return found


def raised_by_answers(instrument: Instrument, answers: Answers) -> list[Flag]:
    """The red flags that single answers raise, at once."""
    return [flag for flag in instrument.flags if flag.when and meets(flag.when, answers, instrument)]


def raised_by_scores(instrument: Instrument, found: Iterable[Reading]) -> list[Flag]:
    """The red flags that bands of scales raise, once everything is answered."""
    band_by_scale = {one.scale: one.band for one in found}
    return [flag for flag in instrument.flags if flag.scale and band_by_scale.get(flag.scale, "") in flag.bands]


def remarks(instrument: Instrument, found: Mapping[str, Decimal | None]) -> list[Check]:
    """What is to be said about these values by scale: that they are unusual, or what they mean together."""
    return [
        check for check in instrument.checks
        if any((value := found.get(scale)) is not None and check.stretch.holds(Fraction(value))
               for scale in check.scales)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Factor:
    """One item of a scale and what it gave: the answer, its weight and its part of the value."""

    item: Item
    part: Decimal | None
    answer: str
    missing: str
    evidence: str


def factors(instrument: Instrument, scale: Scale, answers: Answers, parts: Mapping[str, Decimal]) -> list[Factor]:
    """The items of a scale, those that gave most first; what gave nothing or has no answer behind them."""
    found = []
    for item in (one for code in scale.items if (one := instrument.item(code))):
        answer = answers.get(item.code)
        found.append(
            Factor(
                item, parts.get(item.code), answer.value if answer else "", answer.missing if answer else "",
                answer.evidence if answer else "",
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: -(one.part or Decimal(0)))


def band_named(scale: Scale, code: str) -> Band | None:
    """The band of a scale with this code, in whichever set."""
    return scale.band(code) if code else None
