"""Counts of answers, as charts need them, from how often each text was answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from paivand.collect.rules.flattening import Question, choices_of
from paivand.collect.rules.survey_filters import CHOOSING, SEVERAL

SMALL = 5
"""Below this many answers a count is not shown to readers who only see totals."""
MOST_WORDS, MOST_BARS, MOST_BINS, MOST_WEEKS = 30, 25, 12, 53
MOST_KEPT = 500
"""Of answers that nobody offered, so many different ones are kept in mind, those given most often."""
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 1, 1)
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBERS = frozenset({"integer", "decimal", "range"})
WRITTEN_BY_ITSELF = frozenset({"today", "start", "end"})
"""Days and times that the telephone writes, by its clock."""
_DAYS = frozenset({"date", "datetime", "dateTime", "date_time"}) | WRITTEN_BY_ITSELF

Tally = Mapping[str, int]
"""How often each answer was given."""


@dataclass(frozen=True)
class Counted:
    """How often a question was answered, and how often it got which answer: as much of it as a picture needs."""

    n: int = 0
    tally: Tally = field(default_factory=dict)


def counted(question: Question, tally: Tally) -> Counted:
    """What a picture needs of a tally. Texts become their words, and rare computed answers are left out.

    >>> counted({"type": "text"}, {"Road and bridge": 2, "The road": 1}).tally["road"]
    3
    """
    n, kind = sum(tally.values()), drawn_as(question)
    if kind == "words":
        return Counted(n, dict(words(tally)))
    if kind == "choices" and len(tally) > MOST_KEPT and question["type"] not in CHOOSING:
        return Counted(n, dict(Counter(tally).most_common(MOST_KEPT)))
    return Counted(n, dict(tally))


def drawn_as(question: Question) -> str:
    """How a question is drawn: ``choices``, ``numbers``, ``days``, ``words``; empty for what has no chart.

    >>> [drawn_as({"type": kind}) for kind in ("select_one", "integer", "date", "text", "geopoint", "calculate")]
    ['choices', 'numbers', 'days', 'words', '', 'choices']
    """
    kind = question["type"]
    if kind in CHOOSING | {"acknowledge", "trigger", "calculate"}:
        return "choices"
    if kind in _NUMBERS:
        return "numbers"
    if kind in _DAYS:
        return "days"
    return "words" if kind in {"text", "string", "barcode"} else ""


def drawn_for_totals(question: Question) -> bool:
    """Whether a reader who sees no single answer may see the picture of a question.

    What somebody wrote, what was computed, and which family or person was chosen stands under its bar as it was
    answered. So only choices that the form declares have a picture for her, and numbers and days, which stand in bins.

    >>> roof = {"type": "select_one", "choices": {"tin": {}}}
    >>> [drawn_for_totals(one) for one in (roof, {"type": "select_one", "list": "families"}, {"type": "calculate"})]
    [True, False, False]
    """
    kind = drawn_as(question)
    return kind in {"numbers", "days"} or (kind == "choices" and bool(question.get("choices")))


def declared_counts(tally: Tally, question: Question) -> tuple[list[tuple[str, int]], int]:
    """How often each declared choice was made, in the order of the form, and in how many answers something else stands.

    >>> declared_counts({"tin": 2, "Karim": 1}, {"type": "select_one", "choices": {"tin": {}, "clay": {}}})
    ([('tin', 2), ('clay', 0)], 1)
    """
    counts: Counter[str] = Counter()
    offered, others = dict.fromkeys(code for code, _labels in choices_of(question)), 0
    for answer, n in tally.items():
        picked = dict.fromkeys(answer.split() if question["type"] in SEVERAL else [answer])
        counts.update({one: n for one in picked if one in offered})
        others += n if any(one not in offered for one in picked) else 0
    return [(code, counts[code]) for code in offered], others


def choice_counts(tally: Tally, question: Question) -> list[tuple[str, int]]:
    """How often each choice was made, in the order of the form; what no version offers stands behind, by size."""
    counts: Counter[str] = Counter()
    for answer, n in tally.items():
        for one in dict.fromkeys(answer.split()) if question["type"] in SEVERAL else [answer]:
            counts[one] += n
    offered = [code for code, _labels in choices_of(question)]
    rest = sorted(set(counts) - set(offered), key=lambda one: (-counts[one], one))[: MOST_BARS - 1]
    return [(one, counts[one]) for one in [*offered, *rest]]


@dataclass(frozen=True)
class Numbers:
    """Numbers in bins from ``low`` up to, not including, ``high``; the last one includes it."""

    bins: tuple[tuple[Decimal, Decimal, int], ...]
    lowest: Decimal
    highest: Decimal
    mean: Decimal
    median: Decimal
    n: int
    is_whole: bool
    """Whether none of them has a fraction: a bin of one step holds one number then, not all up to the next."""
    unread: int
    """How many answers are no number, or one so large that nobody can have counted it."""


def numbers(tally: Tally) -> Numbers | None:
    """A histogram with steps that are 1, 2 or 5 of a power of ten; None where no answer is a number.

    >>> found = numbers({"1": 2, "3": 1, "10": 1, "many": 1})
    >>> found.n, found.lowest, found.highest, found.median, found.bins[0]
    (4, Decimal('1'), Decimal('10'), Decimal('2'), (Decimal('1'), Decimal('2'), 2))
    >>> found.is_whole, found.unread
    (True, 1)
    """
    counts: Counter[Decimal] = Counter()
    for answer, n in tally.items():
        try:
            value = Decimal(answer)
        except InvalidOperation:
            continue
        if value.is_finite() and abs(value) < 10**15:
            counts[value] += n
    if not counts:
        return None
    ordered, total = sorted(counts), counts.total()
    step = _step((ordered[-1] - ordered[0]) / MOST_BINS)
    is_whole = all(value == value.to_integral_value() for value in ordered)
    if is_whole:
        step = max(step, Decimal(1)).to_integral_value()
    start = (ordered[0] / step).to_integral_value(rounding="ROUND_FLOOR") * step
    held: Counter[int] = Counter()
    for value, n in counts.items():
        held[int((value - start) / step)] += n
    bins = tuple((start + step * at, start + step * (at + 1), held[at]) for at in range(max(held) + 1))
    mean = sum((value * n for value, n in counts.items()), Decimal(0)) / total
    return Numbers(
        bins, ordered[0], ordered[-1], mean, _median(counts, total), total, is_whole, sum(tally.values()) - total
    )


@dataclass(frozen=True)
class Lump:
    """Some bins in one: from ``low`` to ``high``, which belongs to it. An end that is open is None."""

    low: Decimal | None
    high: Decimal | None
    n: int


def lumps(found: Numbers) -> list[Lump]:
    """The bins for a reader of totals, so many in one that each holds enough answers; none where all would be one.

    The outer ones are open: the lowest and the highest number are those of somebody.

    >>> [(one.low, one.high, one.n) for one in lumps(numbers({"1": 2, "2": 3, "4": 6, "7": 1, "9": 5}))]
    [(None, Decimal('2'), 5), (Decimal('3'), Decimal('4'), 6), (Decimal('5'), None, 6)]
    >>> lumps(numbers({"1": 2, "9": 4}))
    []
    """
    is_single = found.is_whole and found.bins[0][1] - found.bins[0][0] == 1
    kept: list[Lump] = []
    low, held = found.bins[0][0], 0
    for _low, high, n in found.bins:
        held += n
        if held >= SMALL:
            kept.append(Lump(low, high - 1 if is_single else high, held))
            low, held = high, 0
    if held:
        last = kept.pop() if kept else Lump(low, None, 0)
        kept.append(Lump(last.low, None, last.n + held))
    if len(kept) < 2:
        return []
    return [Lump(None, kept[0].high, kept[0].n), *kept[1:-1], Lump(kept[-1].low, None, kept[-1].n)]


def _step(wanted: Decimal) -> Decimal:
    power = Decimal(1).scaleb(wanted.adjusted()) if wanted > 0 else Decimal(1)
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= wanted)


def _median(counts: Mapping[Decimal, int], total: int) -> Decimal:
    ends: list[tuple[int, Decimal]] = []
    below = 0
    for value in sorted(counts):
        below += counts[value]
        ends.append((below, value))
    middle = [next(value for end, value in ends if place < end) for place in ((total - 1) // 2, total // 2)]
    return sum(middle, Decimal(0)) / 2


@dataclass(frozen=True)
class Weeks:
    """How many answers lie in each week, by its Monday; ``outside`` are those of other years, and what is no day."""

    drawn: tuple[tuple[date, int], ...] = ()
    outside: int = 0


def weeks(tally: Tally, until: date | None = None) -> Weeks:
    """The answers week by week; of more than a year, that year in which most of them lie. Gaps count nought.

    Args:
        until: the last day that can be true, for days that telephones write: some have a wrong clock.

    >>> weeks({"2026-11-29": 2, "2026-11-16": 1}).drawn
    ((datetime.date(2026, 11, 16), 1), (datetime.date(2026, 11, 23), 2))
    >>> weeks({"2026-11-29": 2, "2099-01-01": 1}).outside
    1
    """
    counts: Counter[date] = Counter()
    for answer, n in tally.items():
        try:
            day = date.fromisoformat(answer[:10])
        except ValueError:
            continue
        if _FIRST_DAY <= day <= (until or _LAST_DAY):
            counts[day - timedelta(days=day.weekday())] += n
    if not counts:
        return Weeks(outside=sum(tally.values()))
    first, last = _fullest(counts)
    drawn = tuple(
        (monday, counts[monday]) for monday in (first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1))
    )
    return Weeks(drawn, sum(tally.values()) - sum(n for _monday, n in drawn))


def _fullest(counts: Mapping[date, int]) -> tuple[date, date]:
    """The first and last week of the year in which most answers lie; of several such years, of the latest."""
    ordered = sorted(counts)
    best, held, first = (0, ordered[0], ordered[0]), 0, 0
    for last in ordered:
        held += counts[last]
        while last - ordered[first] >= timedelta(weeks=MOST_WEEKS):
            held -= counts[ordered[first]]
            first += 1
        best = max(best, (held, last, ordered[first]))
    return best[2], best[1]


def words(tally: Tally, *, least: int = 1) -> list[tuple[str, int]]:
    """In how many answers each word of three letters or more stands, the most frequent first.

    >>> words({"Road and bridge": 2, "The road": 1}, least=2)
    [('road', 3), ('and', 2), ('bridge', 2)]
    """
    counts: Counter[str] = Counter()
    for answer, n in tally.items():
        for word in set(_WORD.findall(answer.casefold())):
            counts[word] += n
    found = [(word, n) for word, n in counts.items() if n >= least]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:MOST_WORDS]


def hidden(counts: Sequence[int], *, whole_known: bool = True) -> set[int]:
    """Which counts are not shown to a reader of totals: those from 1 to 4, and one more where a single hidden one
    could be had by subtracting the others from the whole.

    >>> hidden([12, 3, 40]), hidden([12, 3, 2]), hidden([0, 7])
    ({0, 1}, {1, 2}, set())
    """
    found = {at for at, n in enumerate(counts) if 0 < n < SMALL}
    if whole_known and found and (len(found) == 1 or sum(counts[at] for at in found) < SMALL):
        rest = [at for at, n in enumerate(counts) if n and at not in found]
        if rest:
            found.add(min(rest, key=lambda at: counts[at]))
    return found


def most_frequent(tally: Tally, most: int) -> list[str]:
    """The answers that were given most often, those first."""
    return [answer for answer, _n in Counter(tally).most_common(most)]


def tally_of(answers: Iterable[str | None]) -> Counter[str]:
    """How often each answer was given; what was left empty is not counted."""
    return Counter(one for one in answers if one)
