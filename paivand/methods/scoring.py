"""What the answers to a questionnaire amount to: a few exact formulas, and bands with declared edges.

All arithmetic is in fractions, so that no value crosses the edge of a band by the rounding of a machine. Values are
rounded once, at the end, half up, as statistical programs for surveys do it and as people do it on paper; Python's own
``round`` goes to the even neighbour and would turn 2.5 into 2.

An item that was asked and not answered is ``None``. It is never taken for a zero. An item that does not apply is not
handed over at all. What a formula does with ``None`` is stated with each; in every case an outcome without a value says
why.

Sources: WFP, *Standardized scripts* (RAMResourcesScripts, October 2025) for FCS, rCSI, LCS, HHS and RCS; FANTA,
*Household Hunger Scale* (2011); Washington Group, *Short Set*; Kroenke et al. (2009) for PHQ-4; WHO for WHO-5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

Values = Mapping[str, "Fraction | None"]
"""The score of each item that was asked and applies; None where there is no answer."""

UNANSWERED = "unanswered"
"""An item without which there is no value was not answered."""
TOO_FEW = "too_few"
"""Fewer items were answered than the scale asks for."""
NOTHING_ANSWERED = "nothing_answered"
"""Not one item was answered."""
COULD_BE_HIGHER = "could_be_higher"
"""What was not answered could raise the level."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a scale hands to its formula.

    Args:
        weights: by item; an item that is not named weighs 1.
        times: what the result is multiplied by.
        recode: what stands for a score, before anything else; a score that is not named stays.
        least: the least share of the items that must be answered, of those that apply; 1 asks for all.
        lowest: for a mean, what is shown as 0.
        highest: for a mean, what is shown as 100. Without the two a mean stays as it is.
        at_least: for a count, from which score on an item counts.
        levels: for the highest level, the level of each item that counts.
        otherwise: for the highest level, the level where no item counts.
    """

    weights: Mapping[str, Fraction] = field(default_factory=dict)
    times: Fraction = Fraction(1)
    recode: Mapping[Fraction, Fraction] = field(default_factory=dict)
    least: Fraction = Fraction(1)
    lowest: Fraction | None = None
    highest: Fraction | None = None
    at_least: Fraction = Fraction(1)
    levels: Mapping[str, Fraction] = field(default_factory=dict)
    otherwise: Fraction = Fraction(1)

    def weight(self, item: str) -> Fraction:
        """How much an item weighs."""
        return self.weights.get(item, Fraction(1))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value, or why there is none, with what it was made of.

    Args:
        value: exact; None without a value.
        reason: why there is none, one of the words above; empty with a value.
        parts: what each item gave: for sums and means the summand, for levels and counts the score that counted.
        n_answered: the items that were answered, and ``n_asked`` those that were asked and apply.
    """

    value: Fraction | None
    reason: str = ""
    parts: Mapping[str, Fraction] = field(default_factory=dict)
    n_answered: int = 0
    n_asked: int = 0


Formula = Callable[[Values, Setting], Outcome]


def half_up(value: Fraction, places: int) -> Decimal:
    """``value`` rounded to so many decimals, a half away from zero.

    >>> half_up(Fraction(5, 2), 0), round(2.5), half_up(Fraction(67, 200), 2), half_up(Fraction(-5, 2), 0)
    (Decimal('3'), 2, Decimal('0.34'), Decimal('-3'))
    """
    scaled = floor(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(-scaled if value < 0 else scaled).scaleb(-places)


def total(values: Values, setting: Setting) -> Outcome:
    """The sum of the weighted scores, times a factor: *k · Σ wᵢ·sᵢ*. Every item must be answered.

    FCS is *2·staples + 3·pulses + 4·dairy + 4·meat + vegetables + fruit + ½·oil + ½·sugar* of days 0-7; rCSI weighs its
    five strategies 1, 2, 1, 1, 3; HHS recodes the frequencies 1, 2, 3 into 1, 1, 2; the percentage of WHO-5 is its raw
    score of 0-25 times 4.

    >>> total({"a": Fraction(3), "b": Fraction(2)}, Setting(weights={"b": Fraction(1, 2)})).value
    Fraction(4, 1)
    >>> total({"a": Fraction(3), "b": None}, Setting()).reason
    'unanswered'
    """
    known = _known(values, setting)
    if len(known) < len(values):
        return _without(UNANSWERED if known else NOTHING_ANSWERED, values, known)
    if not known:
        return Outcome(None, NOTHING_ANSWERED)
    parts = {item: setting.times * setting.weight(item) * score for item, score in known.items()}
    return Outcome(sum(parts.values(), Fraction(0)), "", parts, len(known), len(values))


def mean(values: Values, setting: Setting) -> Outcome:
    """The weighted mean of the answered items: *k · Σ wᵢ·sᵢ / Σ wᵢ*, if enough of the items were answered.

    With ``lowest`` and ``highest`` it is shown on 0 to 100: *100 · (mean - lowest) / (highest - lowest)*. The
    resilience capacity score goes from 5 (strongly disagree) to 1 (strongly agree): *100 · (mean - 5) / (1 - 5)*.

    The share is one of weights: with equal weights it is the share of the items.

    >>> mean({"a": Fraction(1), "b": Fraction(5)}, Setting(lowest=Fraction(5), highest=Fraction(1))).value
    Fraction(50, 1)
    >>> mean({"a": Fraction(1), "b": None, "c": None}, Setting(least=Fraction(1, 2))).reason
    'too_few'
    """
    known = _known(values, setting)
    asked = sum((setting.weight(item) for item in values), Fraction(0))
    weight = sum((setting.weight(item) for item in known), Fraction(0))
    if weight == 0:
        return _without(NOTHING_ANSWERED, values, known)
    if weight < setting.least * asked:
        return _without(TOO_FEW, values, known)
    low, high = setting.lowest, setting.highest
    if low is not None and high is not None:
        known = {item: 100 * (score - low) / (high - low) for item, score in known.items()}
    parts = {item: setting.times * setting.weight(item) * score / weight for item, score in known.items()}
    return Outcome(sum(parts.values(), Fraction(0)), "", parts, len(known), len(values))


def count(values: Values, setting: Setting) -> Outcome:
    """How many items have a score of ``at_least`` or more. What was not answered does not count.

    >>> setting = Setting(at_least=Fraction(3), least=Fraction(0))
    >>> count({"see": Fraction(3), "hear": None, "walk": Fraction(1)}, setting).value
    Fraction(1, 1)
    """

    def scored(known: dict[str, Fraction]) -> dict[str, Fraction]:
        return {item: Fraction(score >= setting.at_least) for item, score in known.items()}

    return _of_answered(values, setting, scored, sum)


def worst(values: Values, setting: Setting) -> Outcome:
    """The highest score of any item. What was not answered does not count; nothing at all gives none.

    Washington Group: a person counts among those with a disability when the worst of six domains is 3, a lot of
    difficulty, or 4, cannot do at all. Don't know and refused (7, 8, 9 or 888, 999) are no answers.

    >>> worst({"see": Fraction(1), "hear": Fraction(3), "walk": None}, Setting(least=Fraction(0))).value
    Fraction(3, 1)
    """
    return _of_answered(values, setting, lambda known: known, max)


def highest_level(values: Values, setting: Setting) -> Outcome:
    """The highest level among the items that count, those with a score above zero; ``otherwise`` where none does.

    Livelihood coping: 2 stress, 3 crisis, 4 emergency, else 1. A strategy counts when it was used (30), and also when
    it could not be used again because it was used up (20). An item that was not answered is taken neither for yes nor
    for no: there is a value only where its yes could not raise the level.

    >>> levels = {"savings": Fraction(2), "school": Fraction(3)}
    >>> highest_level({"savings": Fraction(1), "school": Fraction(0)}, Setting(levels=levels)).value
    Fraction(2, 1)
    >>> highest_level({"savings": Fraction(1), "school": None}, Setting(levels=levels)).reason
    'could_be_higher'
    """
    known = _known(values, setting)
    if not known:
        return _without(NOTHING_ANSWERED, values, known)
    reached = {item: setting.levels[item] for item, score in known.items() if score > 0}
    level = max(reached.values(), default=setting.otherwise)
    if any(setting.levels[item] > level for item in values if item not in known):
        return _without(COULD_BE_HIGHER, values, known)
    return Outcome(level, "", reached, len(known), len(values))


FORMULAS: Mapping[str, Formula] = {
    "total": total, "mean": mean, "count": count, "worst": worst, "highest_level": highest_level,
}  # fmt: skip
"""Every formula by the name under which a declaration asks for it."""


def _known(values: Values, setting: Setting) -> dict[str, Fraction]:
    return {item: setting.recode.get(score, score) for item, score in values.items() if score is not None}


def _without(reason: str, values: Values, known: Mapping[str, Fraction]) -> Outcome:
    return Outcome(None, reason, {}, len(known), len(values))


def _of_answered(
    values: Values,
    setting: Setting,
    scored: Callable[[dict[str, Fraction]], dict[str, Fraction]],
    together: Callable[[Iterable[Fraction]], Fraction | int],
) -> Outcome:
    known = _known(values, setting)
    if not known:
        return _without(NOTHING_ANSWERED, values, known)
    if len(known) < setting.least * len(values):
        return _without(TOO_FEW, values, known)
    parts = scored(known)
    return Outcome(Fraction(together(parts.values())), "", parts, len(known), len(values))


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of values with a meaning. Each edge says whether it belongs to the band; None is without an end."""

    code: str
    low: Fraction | None = None
    high: Fraction | None = None
    with_low: bool = True
    with_high: bool = True

    def holds(self, value: Fraction) -> bool:
        """Whether ``value`` lies in the band.

        >>> Band("borderline", Fraction(21), Fraction(35), with_low=False).holds(Fraction(43, 2))
        True
        """
        above = self.low is None or value > self.low or (self.with_low and value == self.low)
        below = self.high is None or value < self.high or (self.with_high and value == self.high)
        return above and below


def band_of(value: Fraction, bands: Sequence[Band]) -> str:
    """The code of the band in which ``value`` lies; empty where none does.

    >>> poor, borderline = Band("poor", high=Fraction(21)), Band("borderline", Fraction(21), with_low=False)
    >>> band_of(Fraction(21), [poor, borderline]), band_of(Fraction("21.2"), [poor, borderline])
    ('poor', 'borderline')
    """
    return next((band.code for band in bands if band.holds(value)), "")


def seams(bands: Sequence[Band], lowest: Fraction, highest: Fraction, step: Fraction = Fraction(0)) -> list[str]:
    """What is wrong with bands that should cover ``lowest`` to ``highest`` without a gap and without an overlap.

    WFP's own code for FCS names 0-21, 21.5-35 and 35.5 and more; a value between 21 and 21.5 is in no group. Bands are
    therefore declared by their edges, and each edge must belong to exactly one band. Values that come in whole steps,
    because they are rounded before they are judged, may be told as 0-2, 3-5, 6-8.

    >>> bands = [Band("a", Fraction(0), Fraction(21)), Band("b", Fraction("21.5"), Fraction(112))]
    >>> seams(bands, Fraction(0), Fraction(112), Fraction("0.1"))
    ['a and b: values between 21 and 43/2 lie in no band']
    >>> seams([Band("a", Fraction(0), Fraction(2)), Band("b", Fraction(3), Fraction(12))], *map(Fraction, (0, 12, 1)))
    []
    """
    found = []
    ordered = sorted(bands, key=lambda band: (band.low is not None, band.low or Fraction(0)))
    if not ordered:
        return ["there is no band"]
    if not ordered[0].holds(lowest):
        found.append(f"{ordered[0].code}: the lowest value {lowest} lies in no band")
    if not ordered[-1].holds(highest):
        found.append(f"{ordered[-1].code}: the highest value {highest} lies in no band")
    for one, other in pairwise(ordered):
        names, end, start = f"{one.code} and {other.code}", one.high, other.low
        if end is None or start is None or end > start:
            found.append(f"{names}: the bands overlap")
        elif end < start and (start - end > step or not (one.with_high and other.with_low)):
            found.append(f"{names}: values between {end} and {start} lie in no band")
        elif end == start and one.with_high == other.with_low:
            found.append(f"{names}: the edge {end} lies in {'both bands' if one.with_high else 'no band'}")
    return found
