"""The map of figures: districts in a few classes of colour, hatched where the figure is hidden."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from paivand.core.rules.pictures import Mark, Part, Picture, mark

CLASSES = 5


@dataclass(frozen=True)
class Area:
    """A district on the map: its path, or a dot of radius ``dot`` where it has no outline; ``x``, ``y`` of its name."""

    code: str
    path: str
    x: float
    y: float
    label: str = ""
    css: str = "size-m"
    dot: float = 0


def breaks(values: Sequence[float], classes: int = CLASSES) -> tuple[float, ...]:
    """Where each class begins: about as many areas in each, at round numbers; the first begins at the smallest value.

    >>> breaks([5, 8, 12, 20, 31, 44, 61, 88, 130, 400])
    (5, 10, 30, 60, 100)
    >>> breaks([7]), breaks([])
    ((7,), ())
    """
    shown = sorted(value for value in values if value > 0)
    if not shown:
        return ()
    begins: list[float] = [shown[0]]
    for place in range(1, classes):
        rounded = _rounded(shown[place * len(shown) // classes])
        if rounded > begins[-1]:
            begins.append(rounded)
    return tuple(begins)


def _rounded(value: float) -> float:
    """One significant digit, downwards; numbers under ten stay as they are."""
    if value < 10:
        return value
    power: int = 10 ** math.floor(math.log10(value))
    return math.floor(value / power) * power


def class_of(value: float, begins: Sequence[float]) -> int:
    """Which class a value falls into, from 1; 0 for nothing."""
    return sum(1 for begin in begins if value >= begin) if value > 0 else 0


def area_map(
    areas: Sequence[Area], parts: Mapping[str, Part], box: tuple[float, float, float, float]
) -> tuple[Picture, tuple[float, ...]]:
    """The map of ``parts`` by the codes of areas, and where its classes begin; areas without a figure lead nowhere."""
    begins = breaks([part.value for part in parts.values() if part.value is not None])
    spread = len(begins)
    drawn: list[Mark] = []
    names: list[Mark] = []
    for area in areas:
        part = parts.get(area.code)
        tone = 0
        if part is None:
            css = "area"
        elif part.hidden:
            css = "area hidden"
        else:
            tone = _tone(class_of(part.value or 0, begins), spread)
            css = f"area class-{tone}"
        shape = (
            mark("circle", css=css, cx=area.x, cy=area.y, r=area.dot)
            if area.dot
            else mark("path", css=css, d=area.path)
        )
        if part is not None and part.hidden:
            shape = replace(shape, attributes=(*shape.attributes, ("fill", "url(#hatch)")))
        if part is not None and part.href:
            words = f"{part.label}: {part.told}"
            shape = mark("a", "", (mark("title", words), shape), href=part.href, aria_label=words)
        drawn.append(shape)
        if area.label:
            css = f"middle {area.css} light" if tone > 3 else f"middle {area.css}"
            names.append(mark("text", area.label, css=css, x=area.x, y=area.y + 4))
    left, top, width, height = box
    return Picture(width, height, (*drawn, *names), left, top), begins


def _tone(number: int, spread: int) -> int:
    """The colour of a class: the last is always the deepest, so that few classes are far apart."""
    return 0 if number == 0 else CLASSES - (spread - number) * (CLASSES // max(spread, 1))


def tones(begins: Sequence[float]) -> list[int]:
    """The colour of each class, in order.

    >>> tones([5, 10, 30, 60, 100]), tones([5, 10]), tones([5])
    ([1, 2, 3, 4, 5], [3, 5], [5])
    """
    return [_tone(number + 1, len(begins)) for number in range(len(begins))]
