"""Who is abroad and what became of him, as the asking user may see it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from django.db.models import Q

from paivand.access.models import User
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Absence, Family, FamilyMember, MigrationEpisode, Person, ReentryBan
from paivand.registry.queries.people import same_family, same_person


def sees_case(by: User) -> bool:
    """Whether ``by`` may see what became of a migrant, and bans."""
    return by.sees(DataClass.CASE)


def stays(by: User, people: Collection[uuid.UUID]) -> list[MigrationEpisode]:
    """The stays abroad of these records of people, the latest first."""
    found = MigrationEpisode.objects.seen_by(by).filter(person_id__in=people)
    return list(found.order_by("-departed_on", "-id"))


def stay(by: User, family: Family, stay_id: uuid.UUID) -> MigrationEpisode | None:
    """One stay abroad of somebody who belongs or belonged to ``family``."""
    found = MigrationEpisode.objects.seen_by(by).filter(pk=stay_id).select_related("person").first()
    return found if found and _belongs(by, family, found.person_id) else None


def absences(by: User, files: Iterable[uuid.UUID]) -> list[Absence]:
    """What was told about the ties of migrants to a family, of all the files joined in it; the latest first."""
    if not sees_case(by):
        return []
    found = Absence.objects.seen_by(by).filter(family_id__in=list(files)).select_related("recorded_by")
    return list(found.order_by("-since_on", "-is_current", "-created_at"))


def absence(by: User, family: Family, absence_id: uuid.UUID) -> Absence | None:
    """One entry on the tie of a migrant to a family."""
    found = Absence.objects.seen_by(by).filter(pk=absence_id, family_id__in=same_family(by, family))
    return found.select_related("person", "family").first()


def bans(by: User, people: Collection[uuid.UUID]) -> list[ReentryBan]:
    """Bans on entering a country again, the latest first; none for a role that does not see case data."""
    if not sees_case(by):
        return []
    return list(ReentryBan.objects.seen_by(by).filter(person_id__in=people).order_by("-learnt_on", "-id"))


def ban(by: User, family: Family, ban_id: uuid.UUID) -> ReentryBan | None:
    """One ban of somebody who belongs or belonged to ``family``."""
    found = ReentryBan.objects.seen_by(by).filter(pk=ban_id).select_related("person").first()
    return found if found and _belongs(by, family, found.person_id) else None


def membership(by: User, family: Family, person_id: uuid.UUID) -> FamilyMember | None:
    """The membership by which a person, under any of her records, belongs or belonged to ``family``."""
    records = same_person(by, [person_id])
    found = FamilyMember.objects.seen_by(by).filter(family_id__in=same_family(by, family), person_id__in=records)
    return found.select_related("person", "family").order_by("until_on").first()


def namesakes(by: User, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """These people by key; none for a role that sees no names."""
    asked = list(people)
    if not asked or not by.sees(DataClass.IDENTITY):
        return {}
    return {person.pk: person for person in Person.objects.seen_by(by).filter(pk__in=asked)}


def memberships(by: User, files: Iterable[uuid.UUID]) -> list[FamilyMember]:
    """Everybody who belongs or ever belonged to a family, of all the files joined in it."""
    return list(FamilyMember.objects.seen_by(by).filter(family_id__in=list(files)).order_by("from_on", "id"))


def _belongs(by: User, family: Family, person_id: uuid.UUID) -> bool:
    files = same_family(by, family)
    person = Person.objects.seen_by(by).filter(pk=person_id).first()
    kept = person.merged_into_id if person and person.merged_into_id else person_id
    records = Q(person_id=person_id) | Q(person_id=kept) | Q(person__merged_into_id=kept)
    return FamilyMember.objects.seen_by(by).filter(records, family_id__in=files).exists()
