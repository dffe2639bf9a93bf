"""People of registered families as devices name them, and how what devices carry of them stands in the registry."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from paivand.access.models import User
from paivand.collect.models import EntityChange
from paivand.collect.rules.entities import ChangeKind
from paivand.collect.rules.members import Lives, carried
from paivand.registry.models import Absence, Family, FamilyMember, MigrationEpisode, Person
from paivand.registry.queries.migration import sees_case
from paivand.registry.queries.people import same_family, same_person

PEOPLE = "people"


@dataclass(frozen=True)
class NamedPerson:
    """The registered person to whom an entry of a device leads, in the family where her story goes on.

    Args:
        records: the keys of all her records, hers first.
        is_same: whether it is the entry itself, so that versions the device names are versions of this row.
    """

    person: Person
    member: FamilyMember
    family: Family
    records: tuple[uuid.UUID, ...]
    is_same: bool


def person_named(by: User, key: uuid.UUID) -> NamedPerson | None:
    """The person whom a device calls ``key``, within the reach of ``by``; of merged records the one that stays."""
    made = EntityChange.objects.seen_by(by).filter(entity_id=key, dataset=PEOPLE, kind=ChangeKind.CREATE)
    led_to = made.exclude(row_id=None).order_by("-at").values_list("row_id", flat=True).first() or key
    stays = same_person(by, [led_to])
    person = Person.objects.seen_by(by).filter(pk=stays[led_to]).first()
    if person is None:
        return None
    rows = FamilyMember.objects.seen_by(by).filter(person_id__in=stays).select_related("person", "family__merged_into")
    found = [(row, row.family.merged_into or row.family) for row in rows]
    if not found:
        return None
    member, family = min(
        found, key=lambda one: (one[0].until_on is not None, not one[1].is_active, -one[0].from_on.toordinal())
    )
    others = tuple(sorted(set(stays) - {person.pk}))
    return NamedPerson(person, member, family, (person.pk, *others), person.pk == key)


def household(by: User, families: Iterable[uuid.UUID], *, present: bool = True) -> list[Person]:
    """The members of these families and of files that were joined with them, each by the record that stays, by name.

    Args:
        present: without those who do not belong to the family any more.
    """
    keys = list(families)
    rows = FamilyMember.objects.seen_by(by).filter(Q(family_id__in=keys) | Q(family__merged_into_id__in=keys))
    if present:
        rows = rows.filter(until_on=None)
    found = set(rows.values_list("person_id", flat=True))
    stays = same_person(by, found)
    return list(Person.objects.seen_by(by).filter(pk__in={stays[key] for key in found}).order_by("sort_key", "pk"))


def stay_abroad(by: User, named: NamedPerson) -> MigrationEpisode | None:
    """Her stay abroad that is not over."""
    found = MigrationEpisode.objects.seen_by(by).filter(person_id__in=named.records, returned_on=None)
    row: MigrationEpisode | None = found.order_by("-departed_on", "-id").first()
    return row


def ties(by: User, named: NamedPerson) -> list[Absence]:
    """What was told of her or his tie to those at home, the present one first; nothing where case data are not seen."""
    if not sees_case(by):
        return []
    found = Absence.objects.seen_by(by).filter(person_id__in=named.records, family__in=same_family(by, named.family))
    return list(found.order_by("-is_current", "-since_on", "-created_at"))


def standing_of(by: User, named: NamedPerson) -> dict[str, str]:
    """What devices may change of a person, as it stands; a tie that no phone carries is told as it is."""
    if named.member.until_on is not None:
        lives = Lives.MOVED_OUT
    else:
        lives = Lives.ABROAD if stay_abroad(by, named) else Lives.HOME
    told = ties(by, named)
    return {"lives": str(lives), "absence": told[0].status if told and told[0].is_current else ""}


def as_told(values: dict[str, str]) -> dict[str, str]:
    """The same as a conflict may keep and show it."""
    return {**values, "absence": carried(values["absence"])} if "absence" in values else values


def there(by: User, keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of ``keys`` that are people within the reach of ``by``."""
    asked = list(keys)
    return set(Person.objects.seen_by(by).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
