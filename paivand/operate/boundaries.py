"""Reads a file of outlines (GeoJSON), finds the place of each, and keeps them as the owner of the database.

A feature is matched by our own code, by an official code or by any name, also a former one, in any of its properties.
What is unclear is never guessed: the report names the row, the property and what to do. The geometry is kept as it
stands in the file; only the path that the map draws is rounded.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from paivand.core.models import Place, PlaceBoundary, PlaceCode, PlaceName
from paivand.methods.places import EAST, NORTH, SOUTH, WEST, outline, place_key, says_town
from paivand.operate.postgres import OperatingError

LARGEST = 100_000_000
"""Bytes of a file that is still read at once."""
_FEWEST_POINTS = 4
_TOLD = 5
"""Values of a row that a message repeats at most."""

Polygons = list[list[list[list[float]]]]


@dataclass
class Match:
    """A place with the rows of the file that belong to it."""

    place: Place
    rows: list[int] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    polygons: Polygons = field(default_factory=list)

    def __str__(self) -> str:
        rows = ", ".join(str(row) for row in self.rows)
        together = ", drawn together" if len(self.rows) > 1 else ""
        return f"{self.place.pk} {self.place.name_en}: row {rows} by {'; '.join(self.by)}{together}"


@dataclass
class Report:
    """What was found, and what was not, in words."""

    matches: list[Match]
    unmatched: list[str]
    without: list[Place]

    def lines(self) -> Iterator[str]:
        """The report, a line for each finding."""
        yield f"Matched: {len(self.matches)} places."
        yield from (f"  {match}" for match in self.matches)
        if self.unmatched:
            yield f"Not matched: {len(self.unmatched)} rows. They are left out."
            yield from (f"  {line}" for line in self.unmatched)
        if self.without:
            yield f"Without an outline in this file: {len(self.without)} places. The map shows them as dots."
            yield "  " + ", ".join(f"{place.pk} {place.name_en}" for place in self.without)


def read_boundaries(path: Path, *, level: str, using: str) -> Report:
    """The report on a file of outlines for the places of one level.

    Raises:
        OperatingError: when the file is not what it should be; the sentence says what to do.
    """
    finder = _Finder(level, using)
    matches: dict[str, Match] = {}
    unmatched = []
    for row, feature in enumerate(_features(path), start=1):
        polygons = _polygons(feature, row)
        properties = feature.get("properties") or {}
        found, by = finder.find(properties)
        if len(found) != 1:
            unmatched.append(_unclear(row, properties, found, by))
            continue
        match = matches.setdefault(found[0].pk, Match(found[0]))
        match.rows.append(row)
        match.by.append(by)
        match.polygons += polygons
    for pk in [pk for pk, match in matches.items() if not outline(match.polygons)]:
        rows = ", ".join(str(row) for row in matches[pk].rows)
        unmatched.append(f"row {rows}: {matches.pop(pk).place.name_en} is too small to be drawn. Look at its geometry.")
    without = [place for place in finder.places.values() if place.pk not in matches]
    return Report(sorted(matches.values(), key=lambda match: match.place.pk), unmatched, without)


def keep_boundaries(report: Report, *, source: str, licence: str, using: str) -> int:
    """Keep the outlines of a report; those of places that the report does not name stay as they are.

    Returns:
        How many outlines were replaced.
    """
    replaced = 0
    with transaction.atomic(using=using):
        for match in report.matches:
            _boundary, is_new = PlaceBoundary.objects.using(using).update_or_create(
                place=match.place,
                defaults={
                    "geometry": {"type": "MultiPolygon", "coordinates": match.polygons},
                    "drawing": outline(match.polygons),
                    "source": source,
                    "licence": licence,
                    "imported_at": timezone.now(),
                },
            )
            replaced += not is_new
    return replaced


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        if path.stat().st_size > LARGEST:
            raise OperatingError(f"{path} is larger than {LARGEST // 1_000_000} MB. Simplify it first.")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise OperatingError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise OperatingError(f"{path} is not GeoJSON: it is no JSON text ({error}). Export it as GeoJSON.") from error
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "Topology":
        raise OperatingError(f"{path} is TopoJSON. Export it as GeoJSON.")
    features = content.get("features") if kind == "FeatureCollection" else [content] if kind == "Feature" else None
    if not isinstance(features, list):
        raise OperatingError(f"{path} is not GeoJSON: it holds no FeatureCollection. Export it as GeoJSON.")
    if not features:
        raise OperatingError(f"{path} holds no outline.")
    return features


def _polygons(feature: Any, row: int) -> Polygons:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in {"Polygon", "MultiPolygon"}:
        raise OperatingError(f"Row {row} is {_said(kind)}, not a polygon. Outlines of places are polygons.")
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise OperatingError(f"Row {row} holds no coordinates.")
    for polygon in polygons:
        for ring in polygon if isinstance(polygon, list) and polygon else [None]:
            _demand_ring(ring, row)
    return polygons


def _said(kind: Any) -> str:
    return f"a {kind}" if isinstance(kind, str) else "without a geometry"


def _demand_ring(ring: Any, row: int) -> None:
    if not isinstance(ring, list) or len(ring) < _FEWEST_POINTS:
        raise OperatingError(f"Row {row}: a polygon is a ring of at least four points, the last like the first.")
    for point in ring:
        if not _is_point(point):
            raise OperatingError(f"Row {row}: {json.dumps(point)[:60]} is no point of longitude and latitude.")
        longitude, latitude = point[0], point[1]
        if not (WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH):
            raise OperatingError(
                f"Row {row}: the point {longitude}, {latitude} lies outside Tajikistan (longitude {WEST:.0f} to "
                f"{EAST:.0f}, latitude {SOUTH:.0f} to {NORTH:.0f}). {_advice(longitude, latitude)}"
            )
    if ring[0][:2] != ring[-1][:2]:
        raise OperatingError(f"Row {row}: a ring is not closed. Its last point must be like its first.")


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) >= 2
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in point[:2])
        and all(math.isfinite(number) for number in point[:2])
    )


def _advice(longitude: float, latitude: float) -> str:
    if WEST <= latitude <= EAST and SOUTH <= longitude <= NORTH:
        return "Latitude and longitude are swapped: GeoJSON writes longitude first."
    if abs(longitude) > 180 or abs(latitude) > 90:
        return "The file counts in metres: export it in WGS 84 (EPSG:4326)."
    return "Is it the right file?"


class _Finder:
    """Finds the places of one level by codes and names."""

    def __init__(self, level: str, using: str) -> None:
        self.level = level
        self.places = {place.pk: place for place in Place.objects.using(using).filter(level=level).order_by("pk")}
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.names: dict[str, set[str]] = defaultdict(set)
        self.former: dict[str, set[str]] = defaultdict(set)
        codes = PlaceCode.objects.using(using).filter(place__level=level)
        for code, place in codes.values_list("code", "place_id"):
            self.codes[code].add(place)
        names = PlaceName.objects.using(using).filter(place__level=level)
        for key, place, is_former in names.values_list("key", "place_id", "is_former"):
            (self.former if is_former else self.names)[key].add(place)

    def find(self, properties: dict[str, Any]) -> tuple[list[Place], str]:
        """The places that a row may mean, and by which property; exactly one is a match."""
        values = [(str(name), text) for name, value in properties.items() for text in _texts(value)]
        for name, text in values:
            if text in self.places:
                return [self.places[text]], f"{name} “{text}”"
        for name, text in values:
            if text in self.codes:
                return self._chosen(self.codes[text]), f"{name} “{text}”"
        unclear: tuple[list[Place], str] = ([], "")
        for name, text in values:
            found = self._named(text)
            if len(found) == 1:
                return found, f"{name} “{text}”"
            if found and not unclear[0]:
                unclear = (found, f"{name} “{text}”")
        return unclear

    def _named(self, text: str) -> list[Place]:
        key, town = place_key(text), says_town(text)
        if not key:
            return []
        present, former = self.names[key], self.former[key]
        both = present | former
        if town is not None and len(both) > 1:
            # "Bokhtar District" is the district that was called so, not the town that is called so now.
            fitting = {pk for pk in both if self.places[pk].is_town is town}
            if len(fitting) == 1:
                return self._chosen(fitting)
        return self._chosen(present or former)

    def _chosen(self, keys: set[str]) -> list[Place]:
        return [self.places[key] for key in sorted(keys)]


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    if isinstance(value, bool) or value is None:
        return []
    return [str(value).strip()] if str(value).strip() else []


def _unclear(row: int, properties: dict[str, Any], found: Sequence[Place], by: str) -> str:
    if found:
        places = " and ".join(f"{place.pk} {place.name_en}" for place in found)
        return f"row {row}: {by} fits {places}. Give the row a property “code” with one of these codes."
    told = ", ".join(f"{name} “{text}”" for name, value in properties.items() for text in _texts(value)[:1])
    named = ", ".join(told.split(", ")[:_TOLD]) or "no properties"
    advice = "Give the row a property “code” with a code that `paivand places list` names."
    return f"row {row}: no place fits {named}. {advice}"
