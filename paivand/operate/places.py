"""Writes the places of the parameters into their tables, as the owner of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from paivand.core.models import Place, PlaceCode, PlaceName
from paivand.core.rules.texts import text
from paivand.methods.names import is_arabic, sort_key
from paivand.methods.places import place_key

PARAMETERS = Path(__file__).parent.parent / "parameters"
SOURCES = (PARAMETERS / "places.yaml", PARAMETERS / "jamoats.yaml")
LANGUAGES = ("tg", "ru", "en", "fa")
OUTLINE_CENTRE = text("centre of the outline of 2017")

SHOWN = (
    text("approximate"), text("centre of the outline of 2017, which is wrong here"), text("the town"),
    text("the former district"), text("the former district around the town"), text("the same code as the region"),
    text("on the list since 2014; older lists of four regions lack it"),
)  # fmt: skip
"""Words of the parameters that stand on the screen, marked here for translation."""

NameRow = tuple[str, str, bool, int | None]
"""Name, language, whether it is a former one, the year in which it ended."""


@lru_cache(maxsize=1)
def declared_places() -> tuple[dict[str, Any], ...]:
    """The rows of the files, parents before their parts."""
    order = ["region", "district", "jamoat"]
    rows = [row for source in SOURCES for row in yaml.safe_load(source.read_text(encoding="utf-8"))["places"]]
    return tuple(sorted(rows, key=lambda row: order.index(row["level"])))


def stale_places(using: str) -> list[Place]:
    """The places as declared, unsaved, that are missing or whose row, names or codes differ; parents first."""
    present = {place.pk: place for place in Place.objects.using(using)}
    names, codes = _standing_names(using), _standing_codes(using)
    stale = []
    for row in declared_places():
        place = _place(row)
        same = place.pk in present and not _differ(place, present[place.pk])
        if not same or names[place.pk] != set(declared_names(row)) or codes[place.pk] != set(_codes(row)):
            stale.append(place)
    return stale


def write_places(using: str) -> int:
    """Bring the tables in line with the files; a place that left the files stays, because records may point to it."""
    stale = {place.pk: place for place in stale_places(using)}
    rows = {row["code"]: row for row in declared_places() if row["code"] in stale}
    with transaction.atomic(using=using):
        for place in stale.values():
            place.save(using=using)
        PlaceName.objects.using(using).filter(place__in=stale).delete()
        PlaceCode.objects.using(using).filter(place__in=stale).delete()
        PlaceName.objects.using(using).bulk_create(
            PlaceName(
                place_id=code, name=name, language=language, is_former=former, until_year=until, key=place_key(name)
            )
            for code, row in rows.items()
            for name, language, former, until in declared_names(row)
        )
        PlaceCode.objects.using(using).bulk_create(
            PlaceCode(place_id=place, system=system, code=code, valid_from=first, valid_until=last, note=note)
            for place, row in rows.items()
            for system, code, first, last, note in _codes(row)
        )
    return len(declared_places())


def declared_names(row: dict[str, Any]) -> list[NameRow]:
    """All names of a declared place, present and former, each once."""
    found: dict[tuple[str, str, bool], NameRow] = {}
    for name, language, until in _spoken(row):
        former = until is not None
        found.setdefault((name, language, former), (name, language, former, until or None))
    return list(found.values())


def _spoken(row: dict[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    """Name, language and the year in which it ended: None for a present name, 0 where the year is not known."""
    for part in ("names", "short"):
        for language, name in row.get(part, {}).items():
            yield name, language, None
    for name in row.get("also", []):
        yield name, _language(name), None
    for former in row.get("former", []):
        for language in LANGUAGES:
            if language in former:
                yield former[language], language, former.get("until", 0)


def _language(name: str) -> str:
    """The language of a spelling that does not say it: Tajik letters are Tajik, other Cyrillic is Russian."""
    if is_arabic(name):
        return "fa"
    if set(name.lower()) & set("ғӣқӯҳҷ"):
        return "tg"
    return "ru" if any("\u0400" <= character <= "\u04ff" for character in name) else "en"


def _codes(row: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (code["system"], code["code"], code.get("from"), code.get("until"), code.get("note", ""))
        for code in row.get("codes", [])
    ]


def _standing_names(using: str) -> dict[str, set[NameRow]]:
    rows = PlaceName.objects.using(using).values_list("place_id", "name", "language", "is_former", "until_year")
    found: dict[str, set[NameRow]] = defaultdict(set)
    for place, *rest in rows:
        found[place].add(tuple(rest))  # type: ignore[arg-type]
    return found


def _standing_codes(using: str) -> dict[str, set[tuple[Hashable, ...]]]:
    rows = PlaceCode.objects.using(using).values_list("place_id", "system", "code", "valid_from", "valid_until", "note")
    found: dict[str, set[tuple[Hashable, ...]]] = defaultdict(set)
    for place, *rest in rows:
        found[place].add(tuple(rest))
    return found


def _place(row: dict[str, Any]) -> Place:
    names, at, tile = row["names"], row.get("at"), row.get("tile") or (None, None)
    return Place(
        code=row["code"],
        level=row["level"],
        is_town=row.get("town", False),
        parent_id=row["parent"],
        **{f"name_{language}": names[language] for language in LANGUAGES},
        short_names=row.get("short", {}),
        population=row["population"],
        population_year=row["year"],
        source=row["source"],
        latitude=Decimal(str(at[0])) if at else None,
        longitude=Decimal(str(at[1])) if at else None,
        coordinates_source=row.get("at_source", OUTLINE_CENTRE) if at else "",
        tile_q=tile[0],
        tile_r=tile[1],
        sort_key=sort_key(names["tg"]),
    )


def _differ(one: Place, other: Place) -> bool:
    return any(getattr(one, field.attname) != getattr(other, field.attname) for field in Place._meta.concrete_fields)
