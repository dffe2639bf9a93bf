"""Pictures of time: columns by month, the way to a target, and the small line beside a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from paivand.core.rules.pictures import Mark, Part, Picture, ceiling, mark

HEIGHT, FOOT, HEAD = 200, 26, 22
LABEL_WIDTH = 54
"""How much room the name of a month needs."""
LETTER_WIDTH, LETTERS = 7.2, 9
"""The room of a letter, and so many of them at the most in the name of a month; a day with its year has more."""
SPARK_WIDTH, SPARK_HEIGHT = 104, 30


def columns(parts: Sequence[Part], width: int, *, scale: str) -> Picture:
    """A column for each month; hatched to the top where the figure is hidden. ``scale`` says what the top line is."""
    top = ceiling(max((part.value or 0 for part in parts), default=0))
    foot = HEAD + HEIGHT
    marks = [*_grid(width, scale)]
    step = width / max(len(parts), 1)
    longest = max((len(part.short or part.label) for part in parts), default=0)
    # The first and the last name are moved inside, by up to half their length towards their neighbours.
    room = (longest * 1.5 + 1) * LETTER_WIDTH if longest > LETTERS else LABEL_WIDTH
    every = max(1, int(-(-room * len(parts) // width)))
    for place, part in enumerate(parts):
        left, middle = place * step + step * 0.14, place * step + step / 2
        title = (mark("title", f"{part.label}: {part.told}"),)
        if part.hidden:
            marks.append(
                mark(
                    "rect",
                    "",
                    title,
                    css="hidden",
                    fill="url(#hatch)",
                    x=left,
                    y=foot - 40,
                    width=step * 0.72,
                    height=40,
                )
            )
        elif part.value:
            tall = max(HEIGHT * part.value / top, 2)
            marks.append(
                mark("rect", "", title, css="bar", x=left, y=foot - tall, width=step * 0.72, height=tall, rx=2)
            )
        if place % every == 0 and (len(parts) - place >= every / 2 or every == 1 or not place):
            marks.append(_month(part.short or part.label, middle, foot + 18, width))
    marks.append(mark("line", css="axis", x1=0, x2=width, y1=foot, y2=foot))
    return Picture(width, foot + FOOT, tuple(marks))


def _grid(width: int, scale: str) -> list[Mark]:
    return [
        mark("line", css="grid", x1=0, x2=width, y1=HEAD, y2=HEAD),
        mark("line", css="grid", x1=0, x2=width, y1=HEAD + HEIGHT / 2, y2=HEAD + HEIGHT / 2),
        mark("text", scale, css="small", x=0, y=HEAD - 7),
    ]


def _month(words: str, x: float, y: float, width: int) -> Mark:
    """A month's name, kept inside the drawing."""
    half = len(words) * LETTER_WIDTH / 2
    if x < half:
        return mark("text", words, css="small", x=0, y=y)
    if x > width - half:
        return mark("text", words, css="small end", x=width, y=y)
    return mark("text", words, css="small middle", x=x, y=y)


@dataclass(frozen=True)
class Aim:
    """A value that is aimed at on a day, in words."""

    on: date
    value: float
    told: str


def way_to_target(
    points: Sequence[tuple[date, float]], aims: Sequence[Aim], width: int, *, scale: str, ends: tuple[str, str]
) -> Picture:
    """The sum up to each day as a line, and what is aimed at as marks; the last aim also as a line across.

    ``ends`` are the first and the last day in words.
    """
    days = [on for on, _ in points] + [aim.on for aim in aims]
    first, last = min(days), max(days)
    span = max((last - first).days, 1)
    top = ceiling(max([value for _, value in points] + [aim.value for aim in aims]))
    foot = HEAD + HEIGHT

    def x(on: date) -> float:
        return 8 + (width - 16) * (on - first).days / span

    def y(value: float) -> float:
        return foot - HEIGHT * value / top

    marks = [*_grid(width, scale), mark("line", css="axis", x1=0, x2=width, y1=foot, y2=foot)]
    if aims:
        marks.append(mark("line", css="goal", x1=0, x2=width, y1=y(aims[-1].value), y2=y(aims[-1].value)))
    path = " ".join(f"{x(on):.1f} {y(value):.1f}" for on, value in points)
    marks.append(mark("path", css="line", d=f"M{path}"))
    on, value = points[-1]
    marks.append(mark("circle", css="line-dot", cx=x(on), cy=y(value), r=4.5))
    for aim in aims:
        cx, cy = x(aim.on), y(aim.value)
        title = (mark("title", aim.told),)
        d = f"M{cx:.1f} {cy - 7:.1f}l7 7 -7 7 -7 -7z"
        marks.append(mark("path", "", title, css="goal-mark", d=d))
    marks += [
        mark("text", ends[0], css="small", x=0, y=foot + 18),
        mark("text", ends[1], css="small end", x=width, y=foot + 18),
    ]
    return Picture(width, foot + FOOT, tuple(marks))


def spark(values: Sequence[float | None]) -> Picture:
    """A small line of values in order; broken where one is not shown, with a dot at the last one."""
    top = max([value for value in values if value is not None], default=0) or 1
    step = (SPARK_WIDTH - 8) / max(len(values) - 1, 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((4 + place * step, SPARK_HEIGHT - 4 - (SPARK_HEIGHT - 8) * value / top))
    marks = [mark("line", css="grid", x1=0, x2=SPARK_WIDTH, y1=SPARK_HEIGHT - 3, y2=SPARK_HEIGHT - 3)]
    for run in runs:
        if len(run) > 1:
            marks.append(mark("path", css="line", d="M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in run)))
        elif run:
            marks.append(mark("circle", css="line-dot", cx=run[0][0], cy=run[0][1], r=2))
    if runs[-1]:
        marks.append(mark("circle", css="line-dot", cx=runs[-1][-1][0], cy=runs[-1][-1][1], r=3))
    return Picture(SPARK_WIDTH, SPARK_HEIGHT, tuple(marks))
