"""Invented people before they are written down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from paivand.core.rules.dates import Birth
from paivand.operate.population.naming import Name, fathers_name, surname
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import PersonDraft, PhoneDraft
from paivand.registry.rules.families import Housing, LandTenure


@dataclass(slots=True)
class Being:
    """A person of an invented family: who she is, and how her name came onto paper."""

    sex: Sex
    age: int
    given: Name
    stem: Name
    ending: str
    father: Name
    father_form: str
    script: str
    relation: Relation
    birth: Birth | None = None
    is_migrant: bool = False
    is_twin: bool = False
    """A twin of the member before."""
    known_as: str = ""
    maiden: Name | None = None
    phone: PhoneDraft | None = None
    written: dict[str, str] = field(default_factory=dict)
    """Spellings that override the regular ones, by the field's name: slips of the pen."""

    def draft(self) -> PersonDraft:
        """The person as somebody wrote her down."""
        words = {
            "given_name": self.given.written(self.script),
            "family_name": surname(self.stem, self.ending, self.sex, self.script),
            "father_name": fathers_name(self.father, self.father_form, self.sex, self.script),
        } | self.written
        return PersonDraft(sex=self.sex, birth=self.birth, known_as=self.known_as, phone=self.phone, key=None, **words)

    @property
    def is_child(self) -> bool:
        """Whether a guardian speaks for her."""
        return self.age < 18

    def copy(self, **changes: object) -> Being:
        """The same person, written down once more."""
        return replace(self, written=dict(self.written), **changes)  # type: ignore[arg-type]


@dataclass(slots=True)
class Household:
    """An invented family: its members in the order of the form, and where and how they live."""

    index: int
    shape: str
    script: str
    jamoat: str
    district: str
    village: str
    registered_on: date
    members: list[Being] = field(default_factory=list)
    status: str = ""
    """What became of the migrant's tie to the family, as of the day of the demonstration."""
    housing: Housing | None = None
    land: LandTenure | None = None
    speaks_uzbek: bool = False

    @property
    def head(self) -> Being:
        """Who answers for the family."""
        return self.members[0]

    @property
    def migrants(self) -> list[int]:
        """The places of its migrants among the members."""
        return [place for place, being in enumerate(self.members) if being.is_migrant]
