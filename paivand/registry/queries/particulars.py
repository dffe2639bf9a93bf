"""What is known of single people beside their names, as the asking user may see it.

``records`` are the keys of all records that are the same person, with the one that stays for her, as ``same_person``
gives them: merges move nothing.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping

from paivand.access.models import User
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Document, FamilyMember, MigrationEpisode, Particulars, Person, Phone
from paivand.registry.rules.people import School

Records = Mapping[uuid.UUID, uuid.UUID]


def sees_contact(by: User) -> bool:
    """Whether ``by`` may see how people are reached."""
    return by.sees(DataClass.CONTACT)


def kept_record(by: User, person: Person) -> Person:
    """The record that stands for a person: her own, or the one that it was joined with."""
    if person.merged_into_id is None:
        return person
    kept: Person | None = Person.objects.seen_by(by).filter(pk=person.merged_into_id).first()
    return kept or person


def particulars(by: User, records: Records) -> Particulars | None:
    """Schooling, marriage and languages of a person, if any is written down; the record that stays first."""
    found = list(Particulars.objects.seen_by(by).filter(person_id__in=records))
    return min(found, key=lambda row: (records[row.person_id] != row.person_id, row.pk), default=None)


def documents(by: User, records: Records) -> list[Document]:
    """The papers of a person, in the order in which they were written down."""
    return list(Document.objects.seen_by(by).filter(person_id__in=records).order_by("id"))


def document(by: User, records: Records, document_id: uuid.UUID) -> Document | None:
    """One paper of a person."""
    found = Document.objects.seen_by(by).filter(person_id__in=records, pk=document_id)
    return found.select_related("person").first()


def phones(by: User, records: Records) -> dict[uuid.UUID, list[Phone]]:
    """The numbers in use of each person; none for a role that may not know how to reach them."""
    found: dict[uuid.UUID, list[Phone]] = defaultdict(list)
    if sees_contact(by):
        for row in Phone.objects.seen_by(by).filter(person_id__in=records, ended_on=None).order_by("id"):
            found[records[row.person_id]].append(row)
    return found


def ended_phones(by: User, records: Records) -> list[Phone]:
    """The numbers of a person that are not used any more, the latest first."""
    if not sees_contact(by):
        return []
    found = Phone.objects.seen_by(by).filter(person_id__in=records).exclude(ended_on=None)
    return list(found.order_by("-ended_on", "-id"))


def phone(by: User, records: Records, phone_id: uuid.UUID) -> Phone | None:
    """One number of a person that is in use."""
    found = Phone.objects.seen_by(by).filter(person_id__in=records, pk=phone_id, ended_on=None)
    return found.select_related("person").first()


def memberships(by: User, records: Records) -> list[FamilyMember]:
    """All families a person belongs or belonged to: the present ones first, the latest first."""
    found = FamilyMember.objects.seen_by(by).filter(person_id__in=records).select_related("family__jamoat__parent")
    return sorted(found, key=lambda row: (row.until_on is not None, -row.from_on.toordinal(), row.pk))


def out_of_school(by: User, records: Records) -> set[uuid.UUID]:
    """Which of these people are children out of school."""
    found = Particulars.objects.seen_by(by).filter(person_id__in=records, school=School.OUT)
    return {records[person_id] for person_id in found.values_list("person_id", flat=True)}


def countries_abroad(by: User, records: Records) -> dict[uuid.UUID, str]:
    """In which country each of these people is now, for those who are abroad."""
    found = MigrationEpisode.objects.seen_by(by).filter(person_id__in=records, returned_on=None)
    return {records[person_id]: country for person_id, country in found.values_list("person_id", "country")}
