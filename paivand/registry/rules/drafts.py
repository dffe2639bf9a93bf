"""What somebody typed about a family, checked before anything is written."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from paivand.core.rules.dates import Birth, Precision
from paivand.registry.rules import ConsentMethod, ConsentPurpose, GivenBy, Relation, Sex
from paivand.registry.rules.families import Housing, LandTenure, Origin
from paivand.registry.rules.migration import AbsenceStatus, DivorceChannel, LegalStatus, ReturnKind
from paivand.registry.rules.people import DocumentKind, DocumentStatus, MayCall
from paivand.registry.rules.remittances import Channel, Currency


@dataclass(frozen=True, slots=True)
class PhoneDraft:
    """A telephone number and what was agreed about calling it."""

    number: str
    may_call: MayCall = MayCall.NOT_ASKED
    hours: str = ""
    who_may_answer: str = ""
    say_what: str = ""
    belongs_to: str = ""
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class AwayDraft:
    """That a member is abroad: where, since when, and what became of the tie to the family."""

    country: str = ""
    departed_on: date | None = None
    departed_precision: Precision = Precision.MONTH
    city: str = ""
    occupation: str = ""
    work: str = ""
    status: AbsenceStatus | None = None


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as written; empty texts for what is not known.

    ``key`` is set where a phone made the key already, so that what it writes later about the person finds her.
    """

    given_name: str
    sex: Sex
    family_name: str = ""
    father_name: str = ""
    birth: Birth | None = None
    known_as: str = ""
    phone: PhoneDraft | None = None
    key: uuid.UUID | None = None

    def age_years(self, today: date) -> int | None:
        """Completed years, if a date of birth is known."""
        return self.birth.age(today).years if self.birth else None


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """A person and what she or he is to the head of the family."""

    person: PersonDraft
    relation: Relation
    away: AwayDraft | None = None


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """A consent as it was given."""

    given_by: GivenBy
    method: ConsentMethod
    language: str
    given_on: date
    purposes: tuple[ConsentPurpose, ...] = field(default=(ConsentPurpose.REGISTRATION,))
    guardian_name: str = ""
    assent: bool | None = None
    extent: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class FamilyDraft:
    """All that is typed, or read from a list, to register one family.

    ``family_id`` is made when the form is opened or the list is read, so that a second sending finds the first.
    """

    family_id: uuid.UUID
    jamoat: str
    registered_on: date
    head: PersonDraft
    consent: ConsentDraft
    village: str = ""
    members: tuple[MemberDraft, ...] = ()
    housing: Housing | None = None
    land: LandTenure | None = None
    origin: Origin = Origin.SCREEN

    @property
    def people(self) -> tuple[PersonDraft, ...]:
        """The head, then the members."""
        return (self.head, *(member.person for member in self.members))


@dataclass(frozen=True, slots=True)
class MigrationDraft:
    """A departure: where to, since when, to do what, on what ground."""

    country: str
    departed_on: date
    departed_precision: Precision = Precision.MONTH
    city: str = ""
    occupation: str = ""
    work: str = ""
    legal_status: LegalStatus = LegalStatus.NOT_KNOWN
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """A return: since when, and how it came."""

    returned_on: date
    kind: ReturnKind
    precision: Precision = Precision.DAY


@dataclass(frozen=True, slots=True)
class BanDraft:
    """A ban on entering a country again. It never leaves the program."""

    country: str
    learnt_on: date
    ground: str = ""
    until_on: date | None = None
    for_life: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class AbsenceDraft:
    """The migrant's tie to the family from a day on.

    ``person_id`` is None for a migrant who is not written down as a member. ``channel`` belongs to a religious divorce,
    ``search_asked`` to the missing, ``body_returned`` and ``compensation`` to a death.
    """

    status: AbsenceStatus
    since_on: date
    person_id: uuid.UUID | None = None
    told_by: str = ""
    channel: DivorceChannel | None = None
    search_asked: bool | None = None
    body_returned: bool | None = None
    compensation: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RemittanceDraft:
    """What one sender sent in one month, as told.

    Args:
        month: any day of the month.
        amount: None clears the month (it was not asked about); zero says that nothing came.
        sender_id: the member who sent it; None when nobody is named.
        known: the ``version`` of the row that was shown, 0 when none was; None when nothing was shown, as in a list
            that is taken in. Saving over what somebody else wrote meanwhile is refused.
    """

    month: date
    amount: Decimal | None
    currency: Currency = Currency.TJS
    channel: Channel = Channel.NOT_KNOWN
    sender_id: uuid.UUID | None = None
    cost_amount: Decimal | None = None
    known: int | None = None


@dataclass(frozen=True, slots=True)
class ParticularsDraft:
    """Schooling, marriage and languages of a person, as told; empty texts for what is not known."""

    education: str = ""
    school: str = ""
    out_of_school_since: date | None = None
    out_of_school_reason: str = ""
    marital: str = ""
    marriage: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A paper, or that somebody never had it."""

    kind: DocumentKind
    status: DocumentStatus
    number: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    note: str = ""
