"""Questions to the consent ledger, as the asking user may see it; merged records count as one person."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.models import User
from paivand.registry.models import (
    Consent,
    Document,
    DuplicatePair,
    Family,
    FamilyMember,
    JourneyStep,
    Phone,
)
from paivand.registry.queries.people import same_person
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.consents import ConsentState, Consequence, Standing, consequences, permits, standing
from paivand.registry.rules.duplicates import Verdict
from paivand.registry.rules.families import FamilyState

AT_ONCE = 5000
"""How many people one question to the database names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One purpose in one person's ledger: where it stands, and every row about it, the latest first."""

    purpose: ConsentPurpose
    standing: Standing[Consent]
    rows: tuple[Consent, ...] = ()


def ledger(by: User, people: Sequence[uuid.UUID], day: date | None = None) -> dict[uuid.UUID, list[Entry]]:
    """Every purpose for each of ``people``, in the order of the purposes, never asked ones included."""
    asked = list(people)
    records = same_person(by, asked)
    on = day or timezone.localdate()
    grouped = _by_purpose(by, records)
    return {
        person: [
            Entry(purpose, standing(rows, on), tuple(rows))
            for purpose in ConsentPurpose
            for rows in [grouped[records[person], purpose]]
        ]
        for person in asked
    }


def has_live_consent(by: User, person: uuid.UUID, purpose: ConsentPurpose, day: date | None = None) -> bool:
    """Whether a consent that this person gave for this purpose counts on ``day`` (today unless told).

    It asks for a row of the person's own. Whether something may be done for the purpose is told by ``covers``.
    """
    [entry] = [entry for entry in ledger(by, [person], day)[person] if entry.purpose is purpose]
    return entry.standing.state is ConsentState.GIVEN


def covers(by: User, person: uuid.UUID, purpose: ConsentPurpose, day: date | None = None) -> bool:
    """Whether something may be done with this person for this purpose on ``day``; the one question of other rooms.

    A referral asks for ``REFERRAL``, a search for a missing relative for ``TRACING``, and so on. The file must be open
    and registration agreed to, by the person or by the head for the family.
    """
    return person in covered(by, [person], purpose, day)


def covered(by: User, people: Sequence[uuid.UUID], purpose: ConsentPurpose, day: date | None = None) -> set[uuid.UUID]:
    """Those of ``people`` with whom something may be done for this purpose on ``day``."""
    return {one for one, found in grounds(by, people, day).items() if found.permits(purpose)}


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what work with one person rests: the open files, whether registration is agreed to, and each purpose."""

    files: tuple[Family, ...]
    registered: bool
    standings: Mapping[ConsentPurpose, Standing[Consent]]

    def permits(self, purpose: ConsentPurpose) -> bool:
        """Whether something may be done for ``purpose``."""
        return permits(purpose, self.standings[purpose], registered=self.registered)


def grounds(by: User, people: Sequence[uuid.UUID], day: date | None = None) -> dict[uuid.UUID, Grounds]:
    """On what work with each of ``people`` rests on ``day``, today unless told."""
    on = day or timezone.localdate()
    files = open_files(by, people)
    companions = _present(by, {family.pk for theirs in files.values() for family in theirs})
    everybody = {*people, *(one for family in companions.values() for one in family)}
    records = same_person(by, everybody)
    grouped = _by_purpose(by, records)

    def stands(person: uuid.UUID, purpose: ConsentPurpose = ConsentPurpose.REGISTRATION) -> Standing[Consent]:
        return standing(grouped[records[person], purpose], on)

    found = {}
    for person in people:
        own = stands(person)
        spoken_for = any(_file_agrees(stands, family, companions[family.pk]) for family in files[person])
        found[person] = Grounds(
            files=tuple(files[person]),
            registered=bool(files[person]) and not own.is_refused and (own.state is ConsentState.GIVEN or spoken_for),
            standings={purpose: stands(person, purpose) for purpose in ConsentPurpose},
        )
    return found


def _file_agrees(stands: Any, family: Family, present: Sequence[uuid.UUID]) -> bool:
    """Whether the family agrees to be registered: by its head, or by another member while a new head is unasked."""
    head: Standing[Consent] = stands(family.head_id)
    if head.state is not ConsentState.NEVER_ASKED:
        return head.state is ConsentState.GIVEN
    return any(stands(one).state is ConsentState.GIVEN for one in present)


def open_files(by: User, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Family]]:
    """The open files in which each of ``people`` is a present member; a joined file is met as the one that stays."""
    asked = list(people)
    records = same_person(by, asked)
    found: defaultdict[uuid.UUID, dict[uuid.UUID, Family]] = defaultdict(dict)
    for member in _memberships(by, records):
        family = member.family.merged_into or member.family
        if family.is_active:
            found[records[member.person_id]][family.pk] = family
    return {person: list(found[records[person]].values()) for person in asked}


def _memberships(by: User, records: Iterable[uuid.UUID]) -> QuerySet[FamilyMember]:
    return (
        FamilyMember.objects.seen_by(by)
        .filter(person_id__in=list(records), until_on=None)
        .select_related("family__merged_into")
    )


def _present(by: User, families: Iterable[uuid.UUID]) -> defaultdict[uuid.UUID, list[uuid.UUID]]:
    """The present members of these open files and of those joined with them."""
    ids = list(families)
    found: defaultdict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    rows = FamilyMember.objects.seen_by(by).filter(
        Q(family_id__in=ids) | Q(family__merged_into_id__in=ids), until_on=None
    )
    for family, merged, person in rows.values_list("family_id", "family__merged_into_id", "person_id"):
        found[merged or family].append(person)
    return found


def withdrawn_people(
    by: User,
    purpose: ConsentPurpose,
    ids: Iterable[uuid.UUID],
    day: date | None = None,
    *,
    known: Mapping[uuid.UUID, uuid.UUID] | None = None,
    also_ended: bool = True,
) -> set[uuid.UUID]:
    """Those of ``ids`` who withdrew this purpose, or gave it only until a day that is over. For lists of any length.

    Never asked is not withdrawn: for such purposes as an export see ``rules.consents.INCLUDED``.

    Args:
        also_ended: count those, too, who gave it until a day that is over; without it, who withdrew it only.
        known: all records of these people as ``same_person`` gives them, where that was asked already.
    """
    on = day or timezone.localdate()
    asked, found = list(ids), set()
    for start in range(0, len(asked), AT_ONCE):
        part = asked[start : start + AT_ONCE]
        records = same_person(by, part) if known is None else known
        over = Q(withdrawn_on__lte=on) | Q(valid_until__lt=on)
        doubtful = {
            records[pk]
            for pk in Consent.objects.seen_by(by)
            .filter(over, person_id__in=list(records), purpose=purpose)
            .values_list("person_id", flat=True)
        }
        if not doubtful:
            continue
        theirs = {pk: stays for pk, stays in records.items() if stays in doubtful}
        grouped = _by_purpose(by, theirs, purpose)
        said = {stays: standing(grouped[stays, purpose], on) for stays in doubtful}
        refused = {
            stays
            for stays, one in said.items()
            if one.is_refused and (also_ended or one.state is ConsentState.WITHDRAWN)
        }
        found |= {pk for pk in part if records[pk] in refused}
    return found


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal reaches: named on the screen before it is carried out, and carried out as named.

    Args:
        consent: the row that is withdrawn.
        records: the keys of all records of the person.
        rows: every consent that ends with it, ``consent`` among them.
        closing: the files that close, because the person heads them.
        leaving: the memberships that end in files of others.
        erased: everybody whose telephones, papers and keys of names are erased.
    """

    consent: Consent
    records: frozenset[uuid.UUID]
    rows: tuple[Consent, ...]
    closing: tuple[Family, ...] = ()
    leaving: tuple[FamilyMember, ...] = ()
    erased: frozenset[uuid.UUID] = field(default_factory=frozenset)

    @property
    def purpose(self) -> ConsentPurpose:
        """What is withdrawn."""
        return ConsentPurpose(self.consent.purpose)

    @property
    def others(self) -> list[ConsentPurpose]:
        """The other purposes that end with it, in their order."""
        ended = {row.purpose for row in self.rows}
        return [purpose for purpose in ConsentPurpose if purpose in ended and purpose is not self.purpose]


@dataclass(frozen=True, slots=True)
class Touched:
    """One consequence and what it touches: so many things, these files, these purposes."""

    consequence: Consequence
    n: int | None = None
    codes: tuple[str, ...] = ()
    purposes: tuple[ConsentPurpose, ...] = ()


def withdrawal(by: User, consent: Consent) -> Withdrawal:
    """What the withdrawal of ``consent`` reaches."""
    stays = same_person(by, [consent.person_id])
    records = frozenset(pk for pk, kept in stays.items() if kept == stays[consent.person_id])
    rows = Consent.objects.seen_by(by).filter(person_id__in=list(records), withdrawn_on=None)
    if consent.purpose != ConsentPurpose.REGISTRATION:
        rows = rows.filter(purpose=consent.purpose)
        if consent.extent:
            rows = rows.filter(extent=consent.extent)
        return Withdrawal(consent, records, tuple(rows))
    members = [member for member in _memberships(by, records) if (member.family.merged_into or member.family).is_active]
    files = {family.pk: family for member in members for family in [member.family.merged_into or member.family]}
    closing = {pk: family for pk, family in files.items() if family.head_id in records}
    leaving = [member for member in members if (member.family.merged_into_id or member.family_id) not in closing]
    return Withdrawal(
        consent, records, tuple(rows), tuple(closing.values()), tuple(leaving),
        records | _only_in(by, closing),
    )  # fmt: skip


def _only_in(by: User, closing: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """All records of the members of these files who are in no other open file."""
    ids = set(closing)
    present = {one for theirs in _present(by, ids).values() for one in theirs}
    files = open_files(by, present)
    only = [one for one in present if {family.pk for family in files[one]} <= ids]
    return frozenset(same_person(by, only))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a room above does when a consent is withdrawn: counted before, on the screen, and carried out with it.

    Args:
        count: how many things it touches today, as the asking user may know.
        carry_out: does it, inside the transaction of the withdrawal: who acts, what is reached, the day, the reason.
    """

    count: Callable[[User, Withdrawal], int]
    carry_out: Callable[[User, Withdrawal, date, str], None]


FOLLOW_UPS: dict[Consequence, FollowUp] = {}
"""Filled by the rooms above when the program starts, in their ``apps``: the arrow still points down."""


def consequences_of_withdrawal(by: User, consent: Consent) -> list[Touched]:
    """What follows when ``consent`` is withdrawn, with what each consequence touches today."""
    reached = withdrawal(by, consent)
    return [_touched(by, one, reached) for one in consequences(reached.purpose, head=bool(reached.closing))]


def _touched(by: User, consequence: Consequence, reached: Withdrawal) -> Touched:
    files = reached.closing or tuple(member.family.merged_into or member.family for member in reached.leaving)
    codes = tuple(family.code for family in files)
    counted: dict[Consequence, Callable[[], int]] = {
        Consequence.FILE_CLOSED: lambda: sum(family.n_members for family in files),
        Consequence.PHONES_ERASED: lambda: phones_of(by, reached).count(),
        Consequence.DOCUMENTS_ERASED: lambda: documents_of(by, reached).count(),
        Consequence.PAIRS_CLOSED: lambda: pairs_of(by, reached).count(),
        Consequence.OTHER_CONSENTS_END: lambda: len(reached.others),
        Consequence.STEPS_STAY: lambda: _steps_of(by, reached).count(),
    }
    if consequence in FOLLOW_UPS:
        return Touched(consequence, FOLLOW_UPS[consequence].count(by, reached))
    names_file = consequence in {Consequence.FILE_CLOSED, Consequence.MEMBERSHIP_ENDS}
    ended = reached.others if consequence is Consequence.OTHER_CONSENTS_END else []
    count = counted.get(consequence)
    return Touched(consequence, count() if count else None, codes if names_file else (), tuple(ended))


def _steps_of(by: User, reached: Withdrawal) -> QuerySet[JourneyStep]:
    steps = JourneyStep.objects.seen_by(by).filter(person_id__in=reached.erased or reached.records)
    return steps.filter(reverses=None, reversed_by=None)


def phones_of(by: User, reached: Withdrawal) -> QuerySet[Phone]:
    """The telephones that are erased with it."""
    return Phone.objects.seen_by(by).filter(person_id__in=reached.erased)


def documents_of(by: User, reached: Withdrawal) -> QuerySet[Document]:
    """The papers that are erased with it."""
    return Document.objects.seen_by(by).filter(person_id__in=reached.erased)


def pairs_of(by: User, reached: Withdrawal) -> QuerySet[DuplicatePair]:
    """The pairs without a final decision that nobody looks at any more."""
    waiting = DuplicatePair.objects.seen_by(by).filter(verdict__in=[Verdict.OPEN, Verdict.UNSURE])
    return waiting.filter(Q(one_id__in=reached.erased) | Q(other_id__in=reached.erased))


def withdrawn_file(by: User, person: uuid.UUID) -> Family | None:
    """The file that closed when its head, this person, withdrew the consent to registration."""
    return Family.objects.seen_by(by).filter(head_id=person, state=FamilyState.WITHDRAWN).first()


def consent_of(by: User, people: Iterable[uuid.UUID], consent_id: uuid.UUID) -> Consent | None:
    """One consent of these people or of other records of theirs."""
    records = same_person(by, people)
    return (
        Consent.objects.seen_by(by).filter(pk=consent_id, person_id__in=list(records)).select_related("person").first()
    )


def ending_soon(by: User, people: Sequence[uuid.UUID], day: date | None = None) -> list[tuple[uuid.UUID, Entry]]:
    """The consents of ``people`` that end within the days in which a renewal is asked for."""
    return [
        (person, entry)
        for person, entries in ledger(by, people, day).items()
        for entry in entries
        if entry.standing.ends_soon
    ]


def _by_purpose(
    by: User, records: Mapping[uuid.UUID, uuid.UUID], purpose: ConsentPurpose | None = None
) -> defaultdict[tuple[uuid.UUID, ConsentPurpose], list[Consent]]:
    """The rows of these records under the record that stays for the person and the purpose, the latest first."""
    found = Consent.objects.seen_by(by).filter(person_id__in=list(records))
    if purpose:
        found = found.filter(purpose=purpose)
    grouped: defaultdict[tuple[uuid.UUID, ConsentPurpose], list[Consent]] = defaultdict(list)
    for row in found.order_by("-given_on", "-id"):
        grouped[records[row.person_id], ConsentPurpose(row.purpose)].append(row)
    return grouped
