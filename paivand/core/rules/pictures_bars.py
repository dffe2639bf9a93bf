"""Pictures of parts: a bar for each category, and two groups back to back by age."""

from __future__ import annotations

from collections.abc import Sequence

from paivand.core.rules.pictures import Mark, Part, Picture, mark

ROW, THICK = 48, 16
"""A category's height: its name stands above its bar, so that names of any length fit a phone."""
BAND_ROW, BAND = 34, 22
HIDDEN_WIDTH = 56


def bars(parts: Sequence[Part], width: int, *, mirrored: bool = False, whole: float = 0) -> Picture:
    """A bar for each category; from the right where the page runs from there.

    Args:
        whole: what the full width stands for, where the parts are shares of something; without it the longest bar is
            as wide as there is room.
    """
    top = whole or max((part.value or 0 for part in parts), default=0) or 1
    marks: list[Mark] = []
    start, end = (width, 0) if mirrored else (0, width)
    for place, part in enumerate(parts):
        y = place * ROW
        marks.append(mark("text", part.label, css="end" if mirrored else "", x=start, y=y + 16))
        marks.append(mark("text", part.told, css="strong" if mirrored else "strong end", x=end, y=y + 16))
        marks.append(mark("rect", css="track", x=0, y=y + 22, width=width, height=THICK, rx=3))
        if part.hidden:
            left: float = width - HIDDEN_WIDTH if mirrored else 0
            marks.append(
                mark("rect", css="hidden", fill="url(#hatch)", x=left, y=y + 22, width=HIDDEN_WIDTH, height=THICK, rx=3)
            )
        elif part.value:
            long = max(width * part.value / top, 2)
            left = width - long if mirrored else 0
            marks.append(mark("rect", css="bar", x=left, y=y + 22, width=long, height=THICK, rx=3))
    return Picture(width, max(len(parts), 1) * ROW, tuple(marks))


def back_to_back(
    bands: Sequence[str], left: Sequence[Part], right: Sequence[Part], names: tuple[str, str], width: int
) -> Picture:
    """Two groups by age, youngest below: ``left`` and ``right`` hold a part for each of ``bands``."""
    gap = 62
    half = (width - gap) / 2
    room = half - 44
    top = max([part.value or 0 for part in (*left, *right)], default=0) or 1
    marks = [
        mark("text", names[0], css="strong end", x=half, y=16),
        mark("text", names[1], css="strong", x=half + gap, y=16),
    ]
    rows = list(zip(bands, left, right, strict=True))[::-1]
    for place, (band, one, other) in enumerate(rows):
        y = 28 + place * BAND_ROW
        middle = y + BAND / 2 + 5
        marks.append(mark("text", band, css="middle", x=half + gap / 2, y=middle))
        for part, css, from_left in ((one, "bar", False), (other, "bar second", True)):
            long = min(room * (part.value or 0) / top, room)
            begin = half + gap if from_left else half - long
            title = (mark("title", f"{part.label}: {part.told}"),)
            if part.hidden:
                begin = half + gap if from_left else half - 30
                marks.append(
                    mark("rect", "", title, css="hidden", fill="url(#hatch)", x=begin, y=y, width=30, height=BAND)
                )
                long = 30
            elif part.value:
                marks.append(mark("rect", "", title, css=css, x=begin, y=y, width=max(long, 1.5), height=BAND, rx=2))
            x = half + gap + long + 5 if from_left else half - long - 5
            marks.append(mark("text", part.told, css="small" if from_left else "small end", x=x, y=middle))
    return Picture(width, 28 + len(rows) * BAND_ROW, tuple(marks))
