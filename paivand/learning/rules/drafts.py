"""What somebody typed about a group, a learner, a session: checked before anything is written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from paivand.core.rules.attendance import Mark
from paivand.learning.rules.states import TrainerRole


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A group as it is planned. ``lead`` and ``second`` are accounts; ``qualification`` entitles the lead to teach."""

    course: str
    name: str
    language: str
    place: str
    starts_on: date
    weekdays: tuple[int, ...]
    starts_at: time
    session_hours: Decimal
    capacity: int
    lead: uuid.UUID
    qualification: str
    second: uuid.UUID | None = None
    second_qualification: str = ""
    every_weeks: int = 1
    venue: str = ""
    room: str = ""
    child_care: bool = False
    transport: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class TrainerDraft:
    """Somebody who teaches in a group: with an account, of the register of participants, or by name alone."""

    name: str
    qualification: str
    role: TrainerRole
    from_on: date
    user: uuid.UUID | None = None
    participant: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class LearnerDraft:
    """What is told when somebody is put forward or enrolled, beside who it is."""

    said: str = ""
    child_agreed_on: date | None = None
    guardian_name: str = ""
    guardian_agreed_on: date | None = None
    calls_agreed_on: date | None = None
    destination: str = ""
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """How one learner is marked at a session."""

    mark: Mark
    note: str = ""


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """A session as it was held: ``marks`` by the key of the enrolment."""

    on_day: date
    marks: Mapping[uuid.UUID, Marked] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    note: str = ""
    life_topics: tuple[str, ...] = ()
    energiser: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """When and where a session is to be held, and what it is about."""

    on_day: date
    starts_at: time
    hours: Decimal
    room: str = ""
    topics: tuple[str, ...] = ()
    trainer: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class FollowDraft:
    """What somebody answered when she was asked afterwards; None where it was not asked or not answered."""

    reached: bool
    on: date
    working: bool | None = None
    own_business: bool | None = None
    income_before: Decimal | None = None
    income_after: Decimal | None = None
    practices: tuple[str, ...] = ()
    note: str = ""
