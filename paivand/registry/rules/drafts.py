"""What somebody typed about a family, checked before anything is written."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from paivand.core.rules.dates import Birth, Precision
from paivand.registry.rules import ConsentMethod, ConsentPurpose, GivenBy, Relation, Sex
from paivand.registry.rules.families import Housing, LandTenure, Origin
from paivand.registry.rules.migration import AbsenceStatus
from paivand.registry.rules.people import MayCall


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
    """A person as written; empty texts for what is not known."""

    given_name: str
    sex: Sex
    family_name: str = ""
    father_name: str = ""
    birth: Birth | None = None
    known_as: str = ""
    phone: PhoneDraft | None = None

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
