"""What somebody typed in the sealed room, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from paivand.core.rules.texts import text
from paivand.methods.names import PARTS, name_keys
from paivand.protection.rules.consents import Given, Kind
from paivand.protection.rules.people import AgeGroup
from paivand.protection.rules.sectors import Sector
from paivand.protection.rules.states import Contact, Progress
from paivand.protection.rules.violence import HarmfulPractice, ReportedElsewhere, Violence


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts; all empty where it was not told."""

    given: str = ""
    family: str = ""
    father: str = ""

    def __bool__(self) -> bool:
        return bool(self.given or self.family or self.father)

    @property
    def full(self) -> str:
        """Surname, given name and father's name, as written."""
        return " ".join(part for part in (self.family, self.given, self.father) if part)

    def pairs(self) -> list[tuple[str, str]]:
        """Every two parts of the name together, each as its likely key, in no order of their own.

        One part alone gives nothing: a file is not to be found by a first name.

        >>> Name("Зарина", "Каримова").pairs() == Name("Zarina", "Karimzoda").pairs()
        True
        >>> Name("Зарина").pairs()
        []
        """
        keys = [key for part in PARTS if (key := name_keys(getattr(self, part), part).k2)]
        found = {tuple(sorted((one, other))) for index, one in enumerate(keys) for other in keys[index + 1 :]}
        return sorted((one, other) for one, other in found)


@dataclass(frozen=True, slots=True)
class SafeContact:
    """How somebody is reached without danger. Every part may be empty; ``never`` says what must not be done."""

    phone: str = ""
    hours: str = ""
    who_may_answer: str = ""
    say_what: str = ""
    place: str = ""
    trusted: str = ""
    never: str = ""

    def __bool__(self) -> bool:
        return bool(self.kept())

    def kept(self) -> dict[str, str]:
        """The parts that say something."""
        return {name: value for name, value in asdict(self).items() if value}


CONTACT_WORDS = {
    "phone": text("telephone"),
    "hours": text("when to call"),
    "who_may_answer": text("who may answer"),
    "say_what": text("what to say"),
    "place": text("safe place to meet"),
    "trusted": text("somebody she or he trusts"),
    "never": text("what must never be done"),
}


@dataclass(frozen=True, slots=True)
class SurvivorDraft:
    """The first talk: what help is wanted, and the few facts about the person.

    ``declined`` names the questions that the person chose not to answer; an empty answer that is not among them was not
    asked.
    """

    sex: str = ""
    age_group: AgeGroup | None = None
    birth_year: int | None = None
    name: Name = Name()
    contact: SafeContact = SafeContact()
    marital: str = ""
    displacement: str = ""
    disability: str = ""
    child_alone: str = ""
    origin: str = ""
    language: str = ""
    came_from: str = ""
    wanted: tuple[Sector, ...] = ()
    declined: frozenset[str] = frozenset()


MAY_DECLINE = (
    "name", "contact", "sex", "age_group", "birth_year", "marital", "displacement", "disability", "child_alone",
    "origin", "language", "came_from",
)  # fmt: skip
"""Every question about the person. Which help is wanted is asked too, and without an answer nothing is written."""


@dataclass(frozen=True, slots=True)
class IncidentDraft:
    """What happened."""

    reported_on: date
    violence: Violence
    incident_on: date | None = None
    day_is_estimate: bool = False
    told_by_survivor: bool | None = None
    harmful_practice: HarmfulPractice | None = None
    goods_exchanged: bool | None = None
    abduction: str = ""
    previous_incidents: bool | None = None
    reported_elsewhere: ReportedElsewhere = ReportedElsewhere.NO
    migration_stage: str = ""
    day_time: str = ""
    place_kind: str = ""
    place_id: str | None = None
    account: str = ""
    n_perpetrators: str = ""
    perpetrator_sex: str = ""
    perpetrator_age: str = ""
    perpetrator_tie: str = ""
    perpetrator_occupation: str = ""
    perpetrator_before: bool | None = None
    legal_action: bool | None = None
    services: Mapping[str, str] = field(default_factory=dict)
    declined: frozenset[str] = frozenset()


INCIDENT_MAY_DECLINE = (
    "incident_on", "told_by_survivor", "harmful_practice", "goods_exchanged", "abduction", "previous_incidents",
    "migration_stage", "day_time", "place_kind", "account", "n_perpetrators", "perpetrator_sex", "perpetrator_age",
    "perpetrator_tie", "perpetrator_occupation", "perpetrator_before", "legal_action",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """One consent of a survivor; sector and organisation belong to a referral."""

    kind: Kind
    given: Given
    sector: Sector | None = None
    organisation: str = ""
    may_tell: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUpDraft:
    """A contact after the first."""

    happened_on: date
    contact: Contact
    goals: Mapping[str, Progress]
    note: str = ""
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """One need and what is to be done about it."""

    sector: Sector
    need: str
    action: str
    must_report: bool = False
    due_on: date | None = None


PLAN_PARTS = {
    "signs": text("How do you notice that it becomes dangerous?"),
    "safe_places": text("Where can you go, by day and by night?"),
    "people": text("Who can help you, and whom can you call?"),
    "signal": text("Which word or sign tells them that you need help?"),
    "way_out": text("How do you leave the house quickly?"),
    "take_along": text("What do you take along: papers, money, medicine, keys? Where does it lie?"),
    "children": text("What do the children know, and what do they do?"),
    "phone": text("What about the telephone: who reads it, what must not be stored in it?"),
    "strength": text("What gives you strength?"),
}
"""The parts of a safety plan, each as the question that is asked."""


def refused_answers(draft: SurvivorDraft | IncidentDraft) -> list[str]:
    """The questions that are said to be declined and are answered nevertheless."""
    return sorted(name for name in draft.declined if getattr(draft, name, None))
