"""What the sealed room asks of places and of the registry. The registry never asks back, and notes nothing of it."""

from __future__ import annotations

import uuid

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.protection.models import Survivor
from paivand.registry.models import Person
from paivand.registry.queries.families import family_by_code, members


def districts_of(by: User, verb: Verb) -> list[Place]:
    """The districts in which ``by`` may write down a survivor; all of them for a right without a district."""
    reach = by.reach(verb)
    places = list(Place.objects.districts())
    return [place for place in places if place.code in reach.districts] if reach.districts else places


def districts() -> list[Place]:
    """All districts."""
    return list(Place.objects.districts())


def members_of(by: User, code: str) -> list[Person]:
    """The people of the open family with this code, if it lies within reach; break-glass does not reach in here."""
    family = family_by_code(by, code) if code.strip() else None
    if family is None or not family.is_active or not by.reach(Verb.FAMILY_OPEN).covers(family):
        return []
    return [getattr(row, "shown", None) or row.person for row in members(by, family)]


def person_linked(by: User, survivor: Survivor) -> Person | None:
    """The person of the registry that the file is linked with, if she lies within reach."""
    if not survivor.person_link:
        return None
    return Person.objects.seen_by(by).filter(pk=uuid.UUID(survivor.person_link)).first()
