"""What is written down within a case: visits, notes, conferences, documents; their states, and who may read a note."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from paivand.core.rules.texts import text

NOTE_OPEN_HOURS = 24
"""For how long its author may change a note; later words are added, never put over the former."""


class Way(StrEnum):
    """How somebody was, or is to be, met."""

    HOME = "home"
    OFFICE = "office"
    PHONE = "phone"
    SCHOOL = "school"
    OTHER = "other"


WAY_NAMES = {
    Way.HOME: text("at home"),
    Way.OFFICE: text("in the office"),
    Way.PHONE: text("by telephone"),
    Way.SCHOOL: text("at school"),
    Way.OTHER: text("elsewhere"),
}

VISIT_SERVICES = {Way.HOME: "visit.made"}
"""The service that a contact is on the journey; any other way is social support."""
SUPPORTED = "social.supported"


def visit_service(way: str) -> str:
    """The code of the service that a contact of this way is.

    >>> visit_service("home"), visit_service("phone")
    ('visit.made', 'social.supported')
    """
    return VISIT_SERVICES.get(Way(way), SUPPORTED)


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    MADE = "made"
    MISSED = "missed"
    CALLED_OFF = "called_off"


VISIT_STATE_NAMES = {
    VisitState.PLANNED: text("agreed"),
    VisitState.MADE: text("made"),
    VisitState.MISSED: text("did not come about"),
    VisitState.CALLED_OFF: text("called off"),
}

VISIT_EDGES: frozenset[tuple[VisitState, VisitState]] = frozenset(
    {
        (VisitState.PLANNED, VisitState.MADE),
        (VisitState.PLANNED, VisitState.MISSED),
        (VisitState.PLANNED, VisitState.CALLED_OFF),
        (VisitState.MISSED, VisitState.MADE),
        (VisitState.MADE, VisitState.CALLED_OFF),
    }
)
"""How a visit goes on. One that was missed may turn out to have been made; one that never was is called off."""


def may_become(state: str, end: VisitState) -> bool:
    """Whether a visit in this state may come into the other.

    >>> may_become("planned", VisitState.MADE), may_become("made", VisitState.MISSED)
    (True, False)
    """
    return (VisitState(state), end) in VISIT_EDGES


class VisitOutcome(StrEnum):
    """How a contact came out; the same codes as on the journey."""

    COMPLETED = "completed"
    PARTLY = "partly"
    DECLINED = "declined"


VISIT_OUTCOME_NAMES = {
    VisitOutcome.COMPLETED: text("we spoke as planned"),
    VisitOutcome.PARTLY: text("it had to be cut short"),
    VisitOutcome.DECLINED: text("they did not wish to speak now"),
}


class MissedWhy(StrEnum):
    """Why a visit did not come about, or was called off."""

    NOBODY_HOME = "nobody_home"
    NO_ANSWER = "no_answer"
    NOT_NOW = "not_now"
    ILL = "ill"
    ROAD = "road"
    WORKER = "worker"
    NOT_SAFE = "not_safe"
    MOVED = "moved"
    NOT_NEEDED = "not_needed"
    MISTAKE = "mistake"
    OTHER = "other"


MISSED_NAMES = {
    MissedWhy.NOBODY_HOME: text("nobody was at home"),
    MissedWhy.NO_ANSWER: text("nobody answered the telephone"),
    MissedWhy.NOT_NOW: text("the family asked for another day"),
    MissedWhy.ILL: text("somebody was ill"),
    MissedWhy.ROAD: text("weather or road"),
    MissedWhy.WORKER: text("I was prevented"),
    MissedWhy.NOT_SAFE: text("it was not the right moment to go there"),
    MissedWhy.MOVED: text("the family has moved"),
    MissedWhy.NOT_NEEDED: text("not needed any more"),
    MissedWhy.MISTAKE: text("written down by mistake"),
    MissedWhy.OTHER: text("another reason"),
}


@dataclass(frozen=True, slots=True)
class NextVisit:
    """A contact that is agreed for a day."""

    on: date
    way: Way
    purpose: str = ""


class Progress(StrEnum):
    """How far a goal has come since the last time."""

    BACK = "back"
    SAME = "same"
    SOME = "some"
    MUCH = "much"
    REACHED = "reached"


PROGRESS_NAMES = {
    Progress.BACK: text("further away"),
    Progress.SAME: text("as before"),
    Progress.SOME: text("a little closer"),
    Progress.MUCH: text("much closer"),
    Progress.REACHED: text("reached"),
}


@dataclass(frozen=True, slots=True)
class MissedDraft:
    """Why an agreed contact did not come about, or was called off; ``again`` agrees on another day."""

    why: MissedWhy
    note: str = ""
    again: NextVisit | None = None


@dataclass(frozen=True, slots=True)
class GoalSeen:
    """How far one goal of the plan has come."""

    goal: uuid.UUID
    progress: Progress
    note: str = ""


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A contact as it is told: when and how, who was met, what was seen and agreed, and what comes next.

    Args:
        people: the keys of those of the case who were met.
        others_met: who else was there, by what they are.
        goals: only those goals that were spoken about.
    """

    happened_on: date
    way: Way
    people: tuple[uuid.UUID, ...]
    outcome: VisitOutcome = VisitOutcome.COMPLETED
    others_met: str = ""
    seen: str = ""
    agreed: str = ""
    goals: tuple[GoalSeen, ...] = ()
    next: NextVisit | None = None


class NoteKind(StrEnum):
    """Who reads a note."""

    CASE = "case"
    SUPERVISOR = "supervisor"
    PRIVATE = "private"


NOTE_NAMES = {
    NoteKind.CASE: text("everyone who sees the case"),
    NoteKind.SUPERVISOR: text("supervisors and I"),
    NoteKind.PRIVATE: text("only I"),
}


class StruckWhy(StrEnum):
    """Why the words of a note were taken away."""

    SENSITIVE = "sensitive"
    WRONG_CASE = "wrong_case"
    NAMES = "names"
    ASKED = "asked"


STRUCK_NAMES = {
    StruckWhy.SENSITIVE: text("such words do not belong here"),
    StruckWhy.WRONG_CASE: text("it belongs to another case"),
    StruckWhy.NAMES: text("it named somebody who is not of the case"),
    StruckWhy.ASKED: text("the person asked for it"),
}


def may_change_note(written_at: datetime, now: datetime) -> bool:
    """Whether a note is young enough for its author to change its words.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> may_change_note(noon, noon + timedelta(hours=23)), may_change_note(noon, noon + timedelta(hours=24))
    (True, False)
    """
    return now - written_at < timedelta(hours=NOTE_OPEN_HOURS)


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What is decided: what, who does it (a worker, or somebody by what he or she is), and until when."""

    what: str
    doer: uuid.UUID | None = None
    who: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConferenceDraft:
    """A case conference as it is told.

    Args:
        staff: the keys of the workers who took part.
        others: those from outside, by what they are: never the people who are helped.
    """

    held_on: date
    points: str
    venue: str = ""
    staff: tuple[uuid.UUID, ...] = ()
    others: tuple[str, ...] = ()
    decisions: tuple[DecisionDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """A document as it is described, beside its file."""

    kind: str
    title: str = ""
    person: uuid.UUID | None = None
    matter: uuid.UUID | None = None
    dated_on: date | None = None


class FormerOf(StrEnum):
    """What a former wording is of."""

    VISIT = "visit"
    CONFERENCE = "conference"
    MATTER = "matter"
    MATTER_STEP = "matter_step"
    SCHOOLING = "schooling"


def is_possible_day(on: date, opened_on: date, today: date) -> bool:
    """Whether something in a case may have happened on this day: not before the case, and not in the future.

    >>> is_possible_day(date(2026, 11, 22), date(2026, 11, 1), date(2026, 11, 22))
    True
    """
    return opened_on <= on <= today
