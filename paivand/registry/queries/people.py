"""Which records are one person: reading follows the arrows of merges, because nothing moves when records are merged."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q

from paivand.access.models import User
from paivand.registry.models import Family, Person


def same_person(by: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Every record that is the same person as one of ``ids``, with the record that stays for her.

    Whoever reads what belongs to a person asks for all keys and shows what is found under the value::

        records = same_person(by, people)
        for phone in Phone.objects.seen_by(by).filter(person_id__in=records):
            phones[records[phone.person_id]].append(phone)

    Records that ``by`` may not see are left out; each of ``ids`` is always there. One question to the database, and
    another one only where something was merged.
    """
    asked = set(ids)
    arrows: dict[uuid.UUID, uuid.UUID] = {}
    known, further = set(asked), set(asked)
    while further:
        found = dict(
            Person.objects.seen_by(by)
            .exclude(merged_into=None)
            .filter(Q(pk__in=further) | Q(merged_into__in=further))
            .values_list("pk", "merged_into_id")
        )
        arrows |= found
        further = (set(found) | set(found.values())) - known
        known |= further
    return {pk: _end(pk, arrows) for pk in known}


def _end(pk: uuid.UUID, arrows: dict[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    while pk in arrows:
        pk = arrows[pk]
    return pk


def same_family(by: User, family: Family) -> list[uuid.UUID]:
    """The keys of ``family`` and of the files that were joined with it."""
    return [family.pk, *Family.objects.seen_by(by).filter(merged_into=family).values_list("pk", flat=True)]


def people_of(by: User, family: Family) -> list[Person]:
    """The people of a family that was just registered, as they stand in the registry."""
    return list(Person.objects.seen_by(by).filter(memberships__family=family, memberships__until_on=None))
