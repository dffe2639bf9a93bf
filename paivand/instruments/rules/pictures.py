"""Two pictures of a score: where it lies among its bands, and how it changed over time; in shares of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from paivand.instruments.rules.instruments import Band, Bands, Scale, Words

TOP, BOTTOM = 18, 148
"""Between which pixels of the height the values lie."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """One band as a part of the line or of the height of a drawing."""

    label: Words
    tone: str
    start: str
    size: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """The bands side by side, and where the value stands among them; the ends of the scale."""

    stripes: tuple[Stripe, ...]
    at: str
    lowest: Decimal
    highest: Decimal


def ruler(scale: Scale, bands: Bands | None, value: Decimal | None, *, mirrored: bool = False) -> Ruler | None:
    """The ruler of a value; None without a value or without bands.

    ``mirrored`` for languages that are read from right to left.
    """
    if value is None or bands is None:
        return None
    stripes = []
    for band in sorted(bands.bands, key=lambda one: one.stretch.low if one.stretch.low is not None else scale.lowest):
        low, high = _ends(scale, band)
        start = 1 - _share(scale, high) if mirrored else _share(scale, low)
        stripes.append(
            Stripe(band.label, band.tone, _percent(start), _percent(_share(scale, high) - _share(scale, low)))
        )
    at = _share(scale, Fraction(value))
    return Ruler(
        tuple(stripes), _percent(1 - at if mirrored else at), _plain(scale.lowest), _plain(scale.highest)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """One time of asking: its value, None where there was none, and where it stands."""

    on: date
    value: Decimal | None
    band: str
    x: str
    y: str
    above: str
    key: str


@dataclass(frozen=True, slots=True)
class Line:
    """The way from one value to the next."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The values over time, joined by lines, before stripes of the bands."""

    points: tuple[Point, ...]
    lines: tuple[Line, ...]
    stripes: tuple[Stripe, ...]
    lowest: Decimal
    highest: Decimal


def curve(
    scale: Scale, bands: Bands | None, asked: Sequence[tuple[date, Decimal | None, str, str]], *, mirrored: bool = False
) -> Curve | None:
    """The picture of a scale over time; None with fewer than two values.

    Args:
        asked: day, value, band and key of each time of asking, the earliest first.
    """
    if sum(value is not None for _on, value, _band, _key in asked) < 2:
        return None
    first, last = asked[0][0], asked[-1][0]
    days = max((last - first).days, 1)
    points = []
    for n, (on, value, band, key) in enumerate(asked):
        # Days that fall together would hide each other: then the order of asking decides.
        share = Fraction((on - first).days, days) if last > first else Fraction(n, len(asked) - 1)
        along = Fraction(6, 100) + share * Fraction(88, 100)
        x, y = _percent(1 - along if mirrored else along), _height(scale, value)
        points.append(Point(on, value, band, x, y, f"{max(float(y) - 11, TOP):.1f}", key))
    drawn = [point for point in points if point.value is not None]
    lines = tuple(Line(one.x, one.y, other.x, other.y) for one, other in pairwise(drawn))
    stripes = tuple(_rising(scale, band) for band in bands.bands) if bands else ()
    return Curve(tuple(points), lines, stripes, _plain(scale.lowest), _plain(scale.highest))


def _rising(scale: Scale, band: Band) -> Stripe:
    """A band as a stripe of the height."""
    low, high = _ends(scale, band)
    top, bottom = _pixels(scale, high), _pixels(scale, low)
    return Stripe(band.label, band.tone, f"{top:.1f}", f"{max(bottom - top, 0):.1f}")


def _ends(scale: Scale, band: Band) -> tuple[Fraction, Fraction]:
    """Where a band begins and ends on the drawing: bands in whole steps meet halfway."""
    step = Fraction(1, 10**scale.decimals)
    low, high = band.stretch.low, band.stretch.high
    start = scale.lowest if low is None or low <= scale.lowest else low
    end = scale.highest if high is None or high >= scale.highest else high
    if start > scale.lowest and band.stretch.with_low and start.denominator == 1 and step == 1:
        start -= Fraction(1, 2)
    if end < scale.highest and band.stretch.with_high and end.denominator == 1 and step == 1:
        end += Fraction(1, 2)
    return start, end


def _share(scale: Scale, value: Fraction) -> Fraction:
    return min(max((value - scale.lowest) / (scale.highest - scale.lowest), Fraction(0)), Fraction(1))


def _pixels(scale: Scale, value: Fraction) -> float:
    return float(BOTTOM - _share(scale, value) * (BOTTOM - TOP))


def _height(scale: Scale, value: Decimal | None) -> str:
    return f"{BOTTOM if value is None else _pixels(scale, Fraction(value)):.1f}"


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.2f}%"


def _plain(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
