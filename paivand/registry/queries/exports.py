"""The rows of a file that leaves the program: only what the asking user may take out, in small pieces.

Only active files, no people who withdrew their leave for reporting, no table that must not leave, no status that lists
may not show. Whatever is read lies within the reach of the right to export, which break-glass does not widen.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import QuerySet, Sum
from django.utils import timezone

from paivand.access.models import ScopedRecord, User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import (
    Document,
    Family,
    FamilyMember,
    MigrationEpisode,
    Particulars,
    Person,
    Phone,
    Remittance,
)
from paivand.registry.queries.consents import withdrawn_people
from paivand.registry.queries.lists import fitting
from paivand.registry.queries.people import same_person
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.exports import Column, Per
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.lists import Filters
from paivand.registry.rules.people import MayCall
from paivand.registry.rules.remittances import month_before

AT_ONCE = 500
"""How many families are read at a time."""

_MAY_CALL_FIRST = (MayCall.YES, MayCall.MESSAGE_ONLY, MayCall.THROUGH_OTHER, MayCall.NOT_ASKED, MayCall.NO)

R = TypeVar("R", bound=ScopedRecord)


@dataclass(slots=True)
class Told:
    """What one row is made of; a part that was not asked for, or may not be seen, is None or empty."""

    family: Family
    member: FamilyMember | None = None
    person: Person | None = None
    particulars: Particulars | None = None
    migration: MigrationEpisode | None = None
    phone: Phone | None = None
    documents: Sequence[Document] = ()
    received: Decimal | None = None


@dataclass(slots=True)
class _Tables:
    """What the people of one piece have, by the record that stays for each."""

    stays: dict[uuid.UUID, uuid.UUID]
    withdrawn: set[uuid.UUID]
    people: dict[uuid.UUID, Person] = field(default_factory=dict)
    particulars: dict[uuid.UUID, Particulars] = field(default_factory=dict)
    migrations: dict[uuid.UUID, MigrationEpisode] = field(default_factory=dict)
    phones: dict[uuid.UUID, Phone] = field(default_factory=dict)
    documents: dict[uuid.UUID, list[Document]] = field(default_factory=lambda: defaultdict(list))

    def told(self, family: Family, person: uuid.UUID, member: FamilyMember | None, received: Decimal | None) -> Told:
        """The row of one person."""
        return Told(
            family=family, member=member, received=received, person=self.people.get(person),
            particulars=self.particulars.get(person), migration=self.migrations.get(person),
            phone=self.phones.get(person), documents=self.documents.get(person, ()),
        )  # fmt: skip


def classes_to_export(by: User) -> frozenset[DataClass]:
    """The classes of data that ``by`` may take out."""
    return frozenset(one for one in DataClass if by.reach(Verb.FAMILY_EXPORT, one))


def export_rows(by: User, filters: Filters, columns: Sequence[Column], per: Per) -> Iterator[Told]:
    """What each row of the file tells, the newest family first, read piece by piece from a key."""
    found = fitting(by, replace(filters, state=FamilyState.ACTIVE), Verb.FAMILY_EXPORT)
    found = found.select_related("jamoat__parent").order_by("-number")
    tables = frozenset(column.source.partition(".")[0] for column in columns)
    last: int | None = None
    while True:
        piece = list((found if last is None else found.filter(number__lt=last))[:AT_ONCE])
        if not piece:
            return
        last = piece[-1].number
        yield from _of_families(by, piece, tables) if per is Per.FAMILY else _of_members(by, piece, tables)


def _of_families(by: User, families: list[Family], tables: frozenset[str]) -> Iterator[Told]:
    """A row for each family; none for a family whose head does not want to be reported."""
    having = _having(by, [family.head_id for family in families], tables)
    received = _received(by, families, tables)
    for family in families:
        if family.head_id not in having.withdrawn:
            head = having.stays[family.head_id]
            yield having.told(family, head, None, received.get(family.pk))


def _of_members(by: User, families: list[Family], tables: frozenset[str]) -> Iterator[Told]:
    """A row for each present member; a person with several records has one, under the record that stays."""
    of: dict[uuid.UUID, list[FamilyMember]] = defaultdict(list)
    joined = dict(
        _within(by, Family).filter(merged_into__in=[family.pk for family in families]).values_list("pk", "merged_into")
    )
    own = [family.pk for family in families]
    for member in _within(by, FamilyMember).filter(family_id__in=[*own, *joined], until_on=None).order_by("id"):
        of[joined.get(member.family_id) or member.family_id].append(member)
    having = _having(by, [member.person_id for members in of.values() for member in members], tables)
    received = _received(by, families, tables)
    for family in families:
        once: dict[uuid.UUID, FamilyMember] = {}
        members = of[family.pk]
        members.sort(
            key=lambda m: (m.family_id != family.pk, m.relation != "head", having.stays[m.person_id] != m.person_id)
        )
        for member in members:
            if member.person_id not in having.withdrawn:
                once.setdefault(having.stays[member.person_id], member)
        for person, member in once.items():
            yield having.told(family, person, member, received.get(family.pk))


def _within(by: User, model: type[R]) -> QuerySet[R]:
    """The rows of a table that ``by`` may take out. A table that must not leave is a mistake of the program."""
    if not model.privacy.leaves:
        raise TypeError(f"{model.__name__} never leaves the program.")
    found: Any = model.objects.seen_by(by)
    taken: QuerySet[R] = found.filter(InScope(Verb.FAMILY_EXPORT).q(by, model.privacy.data_class))
    return taken


def _having(by: User, asked: list[uuid.UUID], tables: frozenset[str]) -> _Tables:
    """Everything that the columns want of these people, one question for each table."""
    stays = same_person(by, asked)
    having = _Tables(stays, withdrawn_people(by, ConsentPurpose.REPORTING, asked))
    having.withdrawn |= withdrawn_people(by, ConsentPurpose.REGISTRATION, asked)
    if "Person" in tables:
        having.people = {row.pk: row for row in _within(by, Person).filter(pk__in=set(stays.values()))}
    if "Particulars" in tables:
        for particulars in _within(by, Particulars).filter(person_id__in=stays).order_by("id"):
            kept = stays[particulars.person_id]
            if particulars.person_id == kept or kept not in having.particulars:
                having.particulars[kept] = particulars
    if "MigrationEpisode" in tables:
        for episode in _within(by, MigrationEpisode).filter(person_id__in=stays).order_by("departed_on", "id"):
            having.migrations[stays[episode.person_id]] = episode
    if "Document" in tables:
        for document in _within(by, Document).filter(person_id__in=stays).order_by("id"):
            having.documents[stays[document.person_id]].append(document)
    if "Phone" in tables:
        phones = list(_within(by, Phone).filter(person_id__in=stays, ended_on=None).order_by("-id"))
        phones.sort(key=lambda row: _MAY_CALL_FIRST.index(MayCall(row.may_call)), reverse=True)
        having.phones = {stays[phone.person_id]: phone for phone in phones}
    return having


def _received(by: User, families: list[Family], tables: frozenset[str]) -> dict[Any, Decimal]:
    """What each family received in the last twelve months, in somoni, as far as anybody asked."""
    if "Remittance" not in tables:
        return {}
    since = month_before(timezone.localdate().replace(day=1), 12)
    found = _within(by, Remittance).filter(family_id__in=[family.pk for family in families], month__gte=since)
    return dict(found.values_list("family_id").annotate(total=Sum("amount_tjs")).order_by())
