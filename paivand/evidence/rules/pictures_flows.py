"""The way of people through the programme: as many as reached each stage, and those who did not go on."""

from __future__ import annotations

from collections.abc import Sequence

from paivand.core.rules.pictures import Mark, Part, Picture, mark

THICK = 22
"""How thick a stage is drawn, along the way."""
LEAST = 6
"""How wide a stage is at least, so that one sees it."""


def flow(stages: Sequence[Part], lost: Sequence[str], width: int, *, downwards: bool) -> Picture:
    """Stages one after another, each as wide as its number; what goes on is a ribbon, what does not thins out.

    Args:
        stages: in order. A hidden one is hatched.
        lost: in words, how many did not go on after each stage but the last.
        downwards: for a narrow screen, from above to below.
    """
    if downwards:
        return _downwards(stages, lost, width)
    top = max((stage.value or 0 for stage in stages), default=0) or 1
    head, room, foot = 50, 150, 46
    step = (width - THICK) / max(len(stages) - 1, 1)
    ribbons: list[Mark] = []
    marks: list[Mark] = []
    sizes = [max(room * (stage.value or 0) / top, LEAST) for stage in stages]
    for place, stage in enumerate(stages):
        x, size = place * step, sizes[place]
        last = place == len(stages) - 1
        css = "end" if last else ""
        at = x + THICK if last else x
        marks.append(_stage(stage, x=x, y=head, width=THICK, height=size))
        marks.append(mark("text", stage.label, css=css, x=at, y=18))
        marks.append(mark("text", stage.told, css=f"strong {css}".strip(), x=at, y=38))
        if last:
            continue
        goes, end = sizes[place + 1], x + step
        begin, middle = x + THICK, x + THICK + (step - THICK) / 2
        goes = min(goes, size)
        ribbons.append(mark("path", css="ribbon", d=f"M{begin:.0f} {head}H{end:.0f}V{head + goes:.1f}H{begin:.0f}z"))
        if size - goes > 0.5:
            low = head + room + 14
            d = (
                f"M{begin:.0f} {head + goes:.1f}C{middle:.0f} {head + goes:.1f} {middle:.0f} {head + goes:.1f} "
                f"{middle + 10:.0f} {low}H{middle - 6:.0f}C{middle - 14:.0f} {head + size:.1f} {begin + 12:.0f} "
                f"{head + size:.1f} {begin:.0f} {head + size:.1f}z"
            )
            ribbons.append(mark("path", css="lost", d=d))
        if lost[place]:
            marks.append(mark("text", lost[place], css="small middle", x=middle, y=head + room + 32))
    return Picture(width, head + room + foot, (*ribbons, *marks))


def _downwards(stages: Sequence[Part], lost: Sequence[str], width: int) -> Picture:
    top = max((stage.value or 0 for stage in stages), default=0) or 1
    between, words = 54, 26
    ribbons: list[Mark] = []
    marks: list[Mark] = []
    sizes = [max(width * (stage.value or 0) / top, LEAST) for stage in stages]
    step = words + THICK + between
    for place, stage in enumerate(stages):
        y, size = place * step, sizes[place]
        marks.append(mark("text", stage.label, x=0, y=y + 17))
        marks.append(mark("text", stage.told, css="strong end", x=width, y=y + 17))
        marks.append(_stage(stage, x=0, y=y + words, width=size, height=THICK))
        if place == len(stages) - 1:
            continue
        begin, end = y + words + THICK, (place + 1) * step
        goes = min(sizes[place + 1], size)
        ribbons.append(mark("path", css="ribbon", d=f"M0 {begin}H{goes:.1f}V{end}H0z"))
        if size - goes > 0.5:
            bend = f"C{size:.1f} {begin + 20} {goes + 8:.1f} {begin + 20} {goes:.1f} {end - 8}z"
            d = f"M{goes:.1f} {begin}H{size:.1f}{bend}"
            ribbons.append(mark("path", css="lost", d=d))
        if lost[place]:
            marks.append(mark("text", lost[place], css="small end", x=width, y=begin + 40))
    return Picture(width, (len(stages) - 1) * step + words + THICK + 4, (*ribbons, *marks))


def _stage(stage: Part, *, x: float, y: float, width: float, height: float) -> Mark:
    title = (mark("title", f"{stage.label}: {stage.told}"),)
    look: dict[str, str] = {"css": "hidden", "fill": "url(#hatch)"} if stage.hidden else {"css": "stage"}
    return mark("rect", "", title, x=x, y=y, width=width, height=height, rx=2, **look)
