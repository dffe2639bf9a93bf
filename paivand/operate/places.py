"""Writes the places of ``parameters/places.yaml`` into their table, as the owner of the database."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.models import Place
from paivand.methods.names import sort_key

SOURCE = Path(__file__).parent.parent / "parameters" / "places.yaml"


@lru_cache(maxsize=1)
def declared_places() -> tuple[dict[str, Any], ...]:
    """The rows of the file, parents before their parts."""
    order = ["region", "district", "jamoat"]
    rows = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["places"]
    return tuple(sorted(rows, key=lambda row: order.index(row["level"])))


def stale_places(using: str) -> list[Place]:
    """The places as declared, unsaved, that are missing from the table or differ from it; parents first."""
    present = {place.pk: place for place in Place.objects.using(using)}
    declared = [_place(row) for row in declared_places()]
    return [place for place in declared if place.pk not in present or _differ(place, present[place.pk])]


def write_places(using: str) -> int:
    """Bring the table in line with the file; a place that left the file stays, because records may point to it."""
    for place in stale_places(using):
        place.save(using=using)
    return len(declared_places())


def _place(row: dict[str, Any]) -> Place:
    return Place(
        code=row["code"],
        level=row["level"],
        parent_id=row["parent"],
        name_tg=row["tg"],
        name_ru=row["ru"],
        name_en=row["en"],
        name_fa=row["fa"],
        former_names=row["former"],
        p_codes=row["p_codes"],
        population=row["population"],
        population_year=row["year"],
        source=row["source"],
        sort_key=sort_key(row["tg"]),
    )


def _differ(one: Place, other: Place) -> bool:
    return any(getattr(one, field.attname) != getattr(other, field.attname) for field in Place._meta.concrete_fields)
