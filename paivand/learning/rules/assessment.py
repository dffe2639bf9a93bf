"""Tests and exams of a group: what somebody typed, what a test amounts to, and what the group gained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.instruments import Instrument


@dataclass(frozen=True, slots=True)
class Paper:
    """The points of one learner, counted from a paper or a ballot box.

    Args:
        points: None where she did not take the test; what was written down before is taken out then.
        seen: what stood there when the page was opened, so that nobody overwrites what another just wrote.
    """

    points: Decimal | None
    seen: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Examiner:
    """A member of an exam commission; the first one chairs it."""

    name: str
    post: str

    def plain(self, *, chair: bool) -> dict[str, object]:
        """As it is stored."""
        return {"name": self.name, "post": self.post, "chair": chair}


@dataclass(frozen=True, slots=True)
class ExamDraft:
    """An exam: when, where, before whom."""

    held_on: date
    commission: tuple[Examiner, ...]
    venue: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What one learner got in an exam, by criterion; or that she was not there."""

    points: Mapping[str, Decimal] = field(default_factory=dict)
    absent: bool = False


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A learner's own project: what it is, and whether it is done; None where nobody looked at it yet."""

    title: str
    passed: bool | None
    version: int


def most_points(declared: Instrument, scale: str) -> Decimal:
    """The most points that a test gives."""
    found = declared.scale(scale)
    return _decimal(found.highest) if found else Decimal(0)


def points_of(declared: Instrument, scale: str, answers: Mapping[str, Answer]) -> Decimal:
    """The points of the answers. A question of knowledge that was left open gives none.

    >>> from paivand.instruments.rules.catalogue import instrument
    >>> drip = instrument("ffs_drip")
    >>> points_of(drip, "right", {"filter": Answer("true"), "midday": Answer("true"), "profit": Answer("not_known")})
    Decimal('1')
    """
    found = declared.scale(scale)
    total = Decimal(0)
    for code in found.items if found else ():
        item, answer = declared.item(code), answers.get(code)
        option = item.option(answer.value) if item and answer else None
        if option and option.score is not None:
            total += _decimal(option.score)
    return total


def _decimal(value: object) -> Decimal:
    numerator, denominator = value.as_integer_ratio()  # type: ignore[attr-defined]
    return Decimal(numerator) / Decimal(denominator)


@dataclass(frozen=True, slots=True)
class Gained:
    """What a group gained: over those who took both tests.

    Args:
        n_before: who took the first test, ``n_after`` the second, ``n_both`` both.
        before: the mean of those with both, ``after`` likewise; None where nobody took both.
    """

    n_before: int = 0
    n_after: int = 0
    n_both: int = 0
    n_better: int = 0
    n_same: int = 0
    n_worse: int = 0
    before: Decimal | None = None
    after: Decimal | None = None

    @property
    def gain(self) -> Decimal | None:
        """By how many points the mean is better."""
        return None if self.before is None or self.after is None else self.after - self.before


def gained(pairs: Iterable[tuple[Decimal | None, Decimal | None]]) -> Gained:
    """What came of the tests of a group. Means are of those who took both, so that absence shifts nothing.

    >>> found = gained([(Decimal(3), Decimal(8)), (Decimal(5), Decimal(5)), (None, Decimal(10)), (Decimal(2), None)])
    >>> found.n_before, found.n_after, found.n_both, found.n_better, found.before, found.after
    (3, 3, 2, 1, Decimal('4.0'), Decimal('6.5'))
    """
    rows = list(pairs)
    both = [(before, after) for before, after in rows if before is not None and after is not None]
    n = len(both)
    return Gained(
        n_before=sum(before is not None for before, _after in rows),
        n_after=sum(after is not None for _before, after in rows),
        n_both=n,
        n_better=sum(after > before for before, after in both),
        n_same=sum(after == before for before, after in both),
        n_worse=sum(after < before for before, after in both),
        before=_mean([before for before, _after in both]),
        after=_mean([after for _before, after in both]),
    )


def _mean(values: list[Decimal]) -> Decimal | None:
    return (sum(values, Decimal(0)) / len(values)).quantize(Decimal("0.1")) if values else None


# --- the picture -----------------------------------------------------------------------------------------------------

ROW, TOP = 22, 26
"""Pixels of one learner's line in the picture, and above the first."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One learner in the picture: where her two tests stand, in percent of the width."""

    n: int
    middle: int
    before: str
    after: str
    low: str
    width: str
    tone: str

    @property
    def top(self) -> int:
        """Where the stroke begins, counted from above."""
        return self.middle - 3

    @property
    def baseline(self) -> int:
        """Where the number stands."""
        return self.middle + 5


@dataclass(frozen=True, slots=True)
class GainPicture:
    """A line for each learner who took both tests, from before to after.

    ``zero`` and ``full`` are where no point and all points stand, ``edge`` where the numbers of the lines do.
    """

    strokes: tuple[Stroke, ...]
    height: int
    most: int
    zero: str
    full: str
    edge: str


def gain_picture(
    rows: Iterable[tuple[Decimal | None, Decimal | None]], most: Decimal, *, mirrored: bool = False
) -> GainPicture | None:
    """The picture of a group's tests; None where nobody took both. Lines are numbered like the rows of the table.

    ``mirrored`` for languages that are read from right to left.
    """
    strokes: list[Stroke] = []
    for n, (before, after) in enumerate(rows, start=1):
        if before is None or after is None or most <= 0:
            continue
        middle = TOP + ROW * len(strokes) + ROW // 2
        first, second = _place(before, most, mirrored=mirrored), _place(after, most, mirrored=mirrored)
        tone = "better" if after > before else "same" if after == before else "worse"
        low, high = sorted((first, second))
        strokes.append(Stroke(n, middle, f"{first}%", f"{second}%", f"{low}%", f"{high - low}%", tone))
    if not strokes:
        return None
    zero, full = (_place(points, most, mirrored=mirrored) for points in (Decimal(0), most))
    edge = "98%" if mirrored else "2%"
    return GainPicture(tuple(strokes), TOP + ROW * len(strokes) + 8, int(most), f"{zero}%", f"{full}%", edge)


def _place(points: Decimal, most: Decimal, *, mirrored: bool) -> Decimal:
    """Between 8 and 96 percent of the width: the numbers of the lines stand at the edge."""
    share = 8 + 88 * min(points, most) / most
    return (100 - share if mirrored else share).quantize(Decimal("0.1"))
