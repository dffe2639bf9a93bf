"""The map of districts: hexagons drawn from facts, or the outlines that a site has imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paivand.access.models import User
from paivand.core.models import Place
from paivand.methods.places import bounds, projected, tile_centre, tile_corners
from paivand.registry.rules.places import FamilyCount

TILE = 40
"""Radius of a hexagon in units of the drawing."""
GAP = 1.5
MARGIN = 6
LONG, LONGER = 7, 10
"""From how many letters on a label is written smaller."""
FIRST_DOT = 90


@dataclass(frozen=True)
class Shape:
    """One district on the map: a path, or a dot where its outline is missing."""

    place: Place
    count: FamilyCount | None
    path: str
    x: int
    y: int
    label: str
    size: str
    is_dot: bool = False


@dataclass(frozen=True)
class DistrictMap:
    """What is drawn, and the box it is drawn in."""

    shapes: Sequence[Shape]
    view_box: str
    has_outlines: bool
    sources: Sequence[str]
    dot: int = 0
    letters: str = ""


def district_map(
    by: User, districts: Sequence[Place], counts: Mapping[str, FamilyCount], *, tiles: bool = False
) -> DistrictMap:
    """The map of these districts; hexagons where no outline was imported, or where ``tiles`` asks for them."""
    outlined = [place for place in districts if _drawing(place)]
    if outlined and not tiles:
        return _outlines(districts, outlined, counts)
    return _hexagons(districts, counts, has_outlines=bool(outlined))


def _drawing(place: Place) -> str:
    boundary = getattr(place, "boundary", None)
    return str(boundary.drawing) if boundary else ""


def _hexagons(districts: Sequence[Place], counts: Mapping[str, FamilyCount], *, has_outlines: bool) -> DistrictMap:
    shapes, xs, ys = [], [], []
    for place in districts:
        if place.tile_q is None or place.tile_r is None:
            continue
        x, y = (TILE * number for number in tile_centre(place.tile_q, place.tile_r))
        half_width, half_height = TILE * 0.866, TILE
        xs += [x - half_width, x + half_width]
        ys += [y - half_height, y + half_height]
        corners = tile_corners(place.tile_q, place.tile_r, TILE)
        inner = [(x + (cx - x) * (1 - GAP / TILE), y + (cy - y) * (1 - GAP / TILE)) for cx, cy in corners]
        path = "M" + "L".join(f"{cx:.0f} {cy:.0f}" for cx, cy in inner) + "z"
        label = place.short_name
        shapes.append(Shape(place, counts.get(place.pk), path, round(x), round(y), label, _size(label)))
    return DistrictMap(shapes, _box(xs, ys, MARGIN), has_outlines, [])


def _outlines(districts: Sequence[Place], outlined: Sequence[Place], counts: Mapping[str, FamilyCount]) -> DistrictMap:
    left, top, width, height = bounds(_drawing(place) for place in outlined) or (0, 0, 1, 1)
    dots = {
        place.pk: projected(float(place.longitude), float(place.latitude))
        for place in districts
        if not _drawing(place) and place.longitude is not None and place.latitude is not None
    }
    shapes = []
    for place in districts:
        path = _drawing(place)
        if path:
            own = bounds([path]) or (0, 0, 0, 0)
            x, y = own[0] + own[2] // 2, own[1] + own[3] // 2
            if place.longitude is not None and place.latitude is not None:
                x, y = projected(float(place.longitude), float(place.latitude))
            label = place.short_name
            fits = own[2] > len(label) * width / FIRST_DOT
            shapes.append(Shape(place, counts.get(place.pk), path, x, y, label if fits else "", "m"))
    for place in districts:  # dots last, so that they lie on top
        if place.pk in dots:
            x, y = dots[place.pk]
            shapes.append(Shape(place, counts.get(place.pk), "", x, y, "", "m", is_dot=True))
    xs, ys = [left, left + width], [top, top + height]
    sources = list(dict.fromkeys(f"{place.boundary.source} ({place.boundary.licence})" for place in outlined))
    letters = "wide" if width > 1200 else "near"
    view_box = _box(xs, ys, max(width, height) / 60)
    return DistrictMap(shapes, view_box, has_outlines=True, sources=sources, dot=max(width // 90, 3), letters=letters)


def _size(label: str) -> str:
    return "l" if len(label) < LONG else "m" if len(label) < LONGER else "s"


def _box(xs: Sequence[float], ys: Sequence[float], margin: float) -> str:
    if not xs:
        return "0 0 1 1"
    left, top = min(xs) - margin, min(ys) - margin
    return f"{left:.0f} {top:.0f} {max(xs) - left + margin:.0f} {max(ys) - top + margin:.0f}"
