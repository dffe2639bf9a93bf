"""The picture of a campaign: a column for each month, parted by channel, in shares of the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_FILLED = 0.72
"""The share of a month's width that its column takes."""
MOST_MONTHS = 36
"""Months that still can be told apart on a phone; of longer campaigns the last ones are drawn."""
TONES = 8
"""Patterns and colours of the drawing; channels beyond them share the last."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A channel within a column."""

    channel: str
    n: int
    tone: int
    top: str
    height: str


@dataclass(frozen=True, slots=True)
class Column:
    """One month, with where its column stands in per cent of the drawing."""

    month: date
    n: int
    left: str
    middle: str
    width: str
    pieces: tuple[Piece, ...]
    labelled: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The columns, the number that the full height stands for, and the channels in the order of their tones."""

    columns: tuple[Column, ...]
    scale: int
    channels: tuple[tuple[str, int], ...]


def reach_picture(told: Mapping[date, Mapping[str, int]], *, mirrored: bool = False) -> Picture | None:
    """The months from the first to the last, those without contacts too; None where there is nothing to draw.

    >>> found = reach_picture({date(2022, 3, 1): {"radio": 300}, date(2022, 5, 1): {"radio": 100, "print": 100}})
    >>> [(column.n, [piece.height for piece in column.pieces]) for column in found.columns]
    [(300, ['100.00%']), (0, []), (200, ['33.33%', '33.33%'])]
    """
    months = _months(told)
    if not months:
        return None
    sums: dict[str, int] = {}
    for row in told.values():
        for channel, n in row.items():
            sums[channel] = sums.get(channel, 0) + n
    order = sorted(sums, key=lambda channel: (-sums[channel], channel))
    tones = {channel: min(n, TONES - 1) for n, channel in enumerate(order)}
    scale = _round(max(sum(told.get(month, {}).values()) for month in months))
    step = 100 / len(months)
    columns = []
    for place, month in enumerate(months):
        left = place * step + step * (1 - _FILLED) / 2
        if mirrored:
            left = 100 - left - step * _FILLED
        columns.append(
            Column(
                month, sum(told.get(month, {}).values()), _percent(left), _percent(left + step * _FILLED / 2),
                _percent(step * _FILLED), _pieces(told.get(month, {}), order, tones, scale),
                labelled=len(months) <= 6 or month.month in {1, 7},
            )
        )  # fmt: skip
    return Picture(tuple(columns), scale, tuple((channel, tones[channel]) for channel in order))


def _months(told: Mapping[date, object]) -> list[date]:
    if not told:
        return []
    month, last = min(told), max(told)
    found = []
    while month <= last:
        found.append(month)
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return found[-MOST_MONTHS:]


def _pieces(
    row: Mapping[str, int], order: Sequence[str], tones: Mapping[str, int], scale: int
) -> tuple[Piece, ...]:  # fmt: skip
    """From the ground up, the largest channel of the campaign first."""
    found, below = [], 0
    for channel in order:
        n = row.get(channel, 0)
        if n <= 0:
            continue
        below += n
        found.append(
            Piece(channel, n, tones[channel], _percent(100 - below * 100 / scale), _percent(n * 100 / scale))
        )  # fmt: skip
    return tuple(found)


def _round(highest: int) -> int:
    """The next round number that is not below ``highest``.

    >>> [_round(n) for n in (0, 7, 12, 300, 2101, 125750)]
    [10, 10, 15, 300, 2500, 150000]
    """
    power = 10
    while power * 10 < highest:
        power *= 10
    for tenths in (10, 15, 20, 25, 30, 40, 50, 60, 80, 100):
        if tenths * power >= highest * 10:
            return tenths * power // 10
    return power * 10


def _percent(value: float) -> str:
    return f"{value:.2f}%"
