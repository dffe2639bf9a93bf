"""What somebody typed about a family, checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from paivand.core.rules.dates import Birth
from paivand.registry.rules import ConsentMethod, ConsentPurpose, GivenBy, Relation, Sex


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as written; empty texts for what is not known."""

    given_name: str
    sex: Sex
    family_name: str = ""
    father_name: str = ""
    birth: Birth | None = None

    def age_years(self, today: date) -> int | None:
        """Completed years, if a date of birth is known."""
        return self.birth.age(today).years if self.birth else None


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """A person and what she or he is to the head of the family."""

    person: PersonDraft
    relation: Relation


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """A consent as it was given."""

    given_by: GivenBy
    method: ConsentMethod
    language: str
    given_on: date
    purposes: tuple[ConsentPurpose, ...] = field(default=(ConsentPurpose.REGISTRATION,))
