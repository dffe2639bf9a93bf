"""Places by their names, what lies in them, and how many families the asking user sees there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place, PlaceCode, PlaceName
from paivand.methods.places import place_key
from paivand.registry.models import Family
from paivand.registry.queries.families import sees_names
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.places import MOST_COUNTED, FamilyCount

MOST_FOUND = 30
SHORTEST = 2


@dataclass
class FoundPlace:
    """A place that a search found, and the name that was met."""

    place: Place
    name: str
    is_former: bool
    until_year: int | None


def sees_counts(by: User) -> bool:
    """Whether ``by`` may know how many families are registered anywhere."""
    return Verb.FAMILY_OPEN in by.verbs


def edits_places(by: User) -> bool:
    """Whether ``by`` may add and change villages."""
    return by.reach(Verb.PLACE_EDIT).everywhere


def place_by_code(by: User, code: str) -> Place | None:
    """The place with this code of ours."""
    found = Place.objects.filter(pk=code).select_related("parent__parent__parent", "boundary")
    return found.defer("boundary__geometry").first()


def places_found(by: User, text: str) -> list[FoundPlace]:
    """Places by a present or former name in any script, or by an official code; exact names first, larger places first.

    The tables of places hold a few thousand short rows and nothing about people, so a part of a name may be anywhere
    in it.
    """
    wanted = text.strip()
    coded = PlaceCode.objects.filter(code=wanted).select_related("place__parent__parent").order_by("place_id")
    found = {row.place_id: FoundPlace(row.place, row.code, is_former=False, until_year=None) for row in coded}
    own = Place.objects.filter(pk=wanted.upper()).select_related("parent__parent").first()
    if own:
        found[own.pk] = FoundPlace(own, own.pk, is_former=False, until_year=None)
    key = place_key(wanted)
    if len(key.removeprefix("ar:")) < SHORTEST:
        return list(found.values())
    names = PlaceName.objects.select_related("place__parent__parent")
    rows: list[PlaceName] = [*names.filter(key=key), *names.filter(key__contains=key.removeprefix("ar:"))[:200]]
    order = ["region", "district", "jamoat", "village"]
    rows.sort(
        key=lambda row: (
            row.key != key, not row.key.startswith(key), order.index(row.place.level), row.place.sort_key,
            row.is_former, not (row.until_year or 0), row.language != "tg",
        )
    )  # fmt: skip
    for row in rows:
        found.setdefault(row.place_id, FoundPlace(row.place, row.name, row.is_former, row.until_year))
    return list(found.values())[:MOST_FOUND]


def regions(by: User) -> QuerySet[Place]:
    """The regions, in the order of the Tajik alphabet."""
    return Place.objects.regions()


def own_region(by: User) -> str:
    """The region in which all districts of ``by`` lie; empty when they lie in several or nowhere in particular."""
    reach = by.reach(Verb.FAMILY_OPEN)
    if reach.everywhere or not reach.districts:
        return ""
    parents = set(Place.objects.filter(pk__in=reach.districts).values_list("parent_id", flat=True))
    return str(parents.pop()) if len(parents) == 1 else ""


def districts(by: User, region: str = "") -> list[Place]:
    """The districts of a region, or all, with their outlines where there are any."""
    found = Place.objects.districts().select_related("parent", "boundary").defer("boundary__geometry")
    if region:
        found = found.filter(parent_id=region)
    return list(found.order_by("parent__sort_key", "sort_key"))


def districts_within(by: User, verb: Verb) -> QuerySet[Place]:
    """The districts in which ``by`` may do ``verb``; all of them where the right does not hang on districts."""
    reach = by.reach(verb)
    found = Place.objects.districts().order_by("sort_key")
    if reach.everywhere or reach.agencies or reach.teams or reach.owner:
        return found
    return found.filter(pk__in=reach.districts)


def parts(by: User, place: Place) -> list[Place]:
    """What lies directly in a place."""
    return list(Place.objects.filter(parent=place))


def names(by: User, place: Place) -> list[PlaceName]:
    """All names of a place: the present ones, then the former ones, the latest first."""
    return list(PlaceName.objects.filter(place=place))


def codes(by: User, place: Place) -> list[PlaceCode]:
    """The codes under which others know a place."""
    return list(PlaceCode.objects.filter(place=place))


def villages(by: User, jamoat: str) -> list[Place]:
    """The known villages of a jamoat."""
    return list(Place.objects.villages().filter(parent_id=jamoat))


def former_names(by: User, places: Sequence[Place]) -> dict[str, str]:
    """For each place that was renamed, its latest former name, in Tajik if there is one."""
    found: dict[str, str] = {}
    rows = PlaceName.objects.filter(place__in=places, is_former=True)
    for row in sorted(rows, key=lambda row: (-(row.until_year or 0), row.language != "tg")):
        found.setdefault(row.place_id, row.name)
    return found


def registering_districts(by: User) -> set[str]:
    """The districts in which a family can be registered, because their jamoats are listed."""
    return set(Place.objects.jamoats().order_by().values_list("parent_id", flat=True).distinct())


def family_counts(by: User, places: Sequence[Place]) -> dict[str, FamilyCount]:
    """How many active families ``by`` sees in each of these districts or jamoats; places beyond the scope are left out.

    One statement with a bounded count for each place. A full count under row security would read every row; a bounded
    one reads at most ``MOST_COUNTED`` + 1 entries of the index of that place. A counter kept beside would be quicker
    still, but could not know what each user may see.
    """
    if not sees_counts(by):
        return {}
    reach = by.reach(Verb.FAMILY_OPEN)
    beyond_districts = bool(reach.everywhere or reach.agencies or reach.teams or reach.owner)
    asked = [place for place in places if beyond_districts or _district_of(place) in reach.districts | reach.glass]
    if not asked:
        return {}
    row = Place.objects.filter(pk=asked[0].pk).values_list(*(_bounded(by, place) for place in asked)).get()
    exact = sees_names(by)
    return {place.pk: FamilyCount(int(n), exact=exact) for place, n in zip(asked, row, strict=True)}


def _district_of(place: Place) -> str | None:
    return place.pk if place.level == Place.Level.DISTRICT else place.parent_id


def _bounded(by: User, place: Place) -> Any:
    # The code is a literal of the statement: the planner knows how many rows a place has and takes the index.
    column = "district_id" if place.level == Place.Level.DISTRICT else "jamoat_id"
    rows = Family.objects.seen_by(by).filter(state=FamilyState.ACTIVE, **{column: place.pk}).order_by()
    return Func(
        ArraySubquery(rows.values("number")[: MOST_COUNTED + 1]), function="cardinality", output_field=IntegerField()
    )
