"""The points of a survey in a frame of their own, with the names of districts and how far is how far."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from paivand.core.rules.pictures import Mark, Picture, mark

FRAME, EDGE = 480, 36
"""The side of the frame, and how far from its edge the points stay."""
KILOMETRES = 111.32
"""Kilometres of one degree of latitude, on a sphere of the earth's mean size."""
LEAST_SPAN = 0.4
"""Kilometres that a frame shows at least: of one house, too, it shows where around it is."""
MOST_NAMES = 12
Point = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Named:
    """A place whose name tells the reader where the points are: it stands in the middle of the place."""

    name: str
    at: Point


@dataclass(frozen=True)
class _Frame:
    """The part of the earth that is shown: its south-western corner, and how many units a kilometre is."""

    west: float
    south: float
    squeeze: float
    unit: float

    def place(self, at: Point) -> tuple[float, float]:
        """Where a point stands in the drawing, north above."""
        x, y = _kilometres(at, self.squeeze)
        return EDGE + (x - self.west) * self.unit, FRAME - EDGE - (y - self.south) * self.unit


def _kilometres(at: Point, squeeze: float) -> tuple[float, float]:
    return at[1] * squeeze * KILOMETRES, at[0] * KILOMETRES


def _framed(points: Sequence[Point]) -> _Frame:
    middle = sum(latitude for latitude, _longitude in points) / len(points)
    squeeze = math.cos(math.radians(middle))
    flat = [_kilometres(one, squeeze) for one in points]
    lows, highs = ([side(one[axis] for one in flat) for axis in (0, 1)] for side in (min, max))
    span = max(LEAST_SPAN, *(high - low for low, high in zip(lows, highs, strict=True)))
    west, south = ((low + high - span) / 2 for low, high in zip(lows, highs, strict=True))
    return _Frame(west, south, squeeze, (FRAME - 2 * EDGE) / span)


def fitting_length(most: float) -> float:
    """The longest round length that is not longer: 1, 2 or 5 of some power of ten, in kilometres.

    >>> [fitting_length(one) for one in (37.0, 2.2, 0.9, 0.13)]
    [20.0, 2.0, 0.5, 0.1]
    """
    power = 10.0 ** math.floor(math.log10(most))
    return round(next(power * one for one in (5, 2, 1) if power * one <= most * (1 + 1e-9)), 6)


def points_drawn(
    counted: Mapping[Point, int], places: Sequence[Named], words: Callable[[int], str], length: Callable[[float], str]
) -> Picture | None:
    """The points in a frame, larger where more answers lie; None where there are none.

    Args:
        counted: how many answers lie at each point.
        places: their names stand where they lie, as far as the frame shows them.
        words: what is said of so many answers.
        length: what is written beside the scale, of a length in kilometres.
    """
    if not counted:
        return None
    frame = _framed(list(counted))
    marks = [mark("rect", css="frame", x=0, y=0, width=FRAME, height=FRAME)]
    for at, n in sorted(counted.items(), key=lambda one: -one[1]):
        x, y = frame.place(at)
        title = (mark("title", words(n)),)
        marks.append(mark("circle", "", title, css="dot", cx=x, cy=y, r=5 * min(1 + n / 10, 3)))
    return Picture(FRAME, FRAME, (*marks, *_names(frame, places), *_scale(frame, length)))


def _names(frame: _Frame, places: Sequence[Named]) -> list[Mark]:
    shown = [(one, *frame.place(one.at)) for one in places]
    inside = [(one, x, y) for one, x, y in shown if 0 <= x <= FRAME and EDGE / 2 <= y <= FRAME - EDGE / 2]
    return [mark("text", one.name, css=f"place-name {_side(x)}", x=x, y=y) for one, x, y in inside[:MOST_NAMES]]


def _side(x: float) -> str:
    """To which side a name goes on from here, so that it stays within the frame."""
    return "end" if x > FRAME * 0.75 else "middle" if x > FRAME * 0.25 else "begin"


def _scale(frame: _Frame, length: Callable[[float], str]) -> list[Mark]:
    far = fitting_length((FRAME - 2 * EDGE) / 3 / frame.unit)
    right, low = EDGE / 2 + far * frame.unit, FRAME - 12
    line = f"M{EDGE / 2:g} {low - 6:g}V{low:g}H{right:.1f}V{low - 6:g}"
    return [
        mark("path", css="scale", d=line),
        mark("text", length(far), css="scale-name middle", x=(EDGE / 2 + right) / 2, y=low - 8),
    ]
