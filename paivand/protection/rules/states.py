"""The state of a survivor's file, the checklist of closing, and the progress of goals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.protection.rules.parameters import no_contact_days


class FileState(StrEnum):
    """Whether a survivor is being helped."""

    OPEN = "open"
    CLOSED = "closed"
    REOPENED = "reopened"


class Edge(StrEnum):
    """What changes the state."""

    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"


TRANSITIONS: dict[tuple[FileState | None, Edge], FileState] = {
    (None, Edge.OPEN): FileState.OPEN,
    (FileState.OPEN, Edge.CLOSE): FileState.CLOSED,
    (FileState.REOPENED, Edge.CLOSE): FileState.CLOSED,
    (FileState.CLOSED, Edge.REOPEN): FileState.REOPENED,
}
"""Every way from a state to the next. What is not here does not happen."""

AT_WORK = frozenset({FileState.OPEN, FileState.REOPENED})
"""The states in which help is given and written down."""

STATE_NAMES = {
    FileState.OPEN: text("open"),
    FileState.CLOSED: text("closed"),
    FileState.REOPENED: text("opened again"),
}


def after(state: FileState | str | None, edge: Edge) -> FileState | None:
    """The state that the edge leads to, or None where it leads nowhere.

    >>> after("closed", Edge.REOPEN), after("closed", Edge.CLOSE)
    (<FileState.REOPENED: 'reopened'>, None)
    """
    return TRANSITIONS.get((FileState(state) if state else None, edge))


# --- closing ----------------------------------------------------------------------------------------------------------


class ClosingReason(StrEnum):
    """Why a file is closed."""

    NEEDS_MET = "needs_met"
    SURVIVOR_ASKS = "survivor_asks"
    NO_CONTACT = "no_contact"
    LEFT_AREA = "left_area"
    TRANSFERRED = "transferred"
    FUNDING = "funding"
    DIED = "died"


CLOSING_NAMES = {
    ClosingReason.NEEDS_MET: text("her or his needs are met as far as we can"),
    ClosingReason.SURVIVOR_ASKS: text("she or he asks for it"),
    ClosingReason.NO_CONTACT: text("no contact for more than 30 days"),
    ClosingReason.LEFT_AREA: text("left the area"),
    ClosingReason.TRANSFERRED: text("another organisation helps on"),
    ClosingReason.FUNDING: text("our help ends for want of money"),
    ClosingReason.DIED: text("died"),
}


class Check(StrEnum):
    """What must be done before a file is closed."""

    SAFETY_REVIEWED = "safety_reviewed"
    MAY_RETURN = "may_return"
    SUPERVISOR_REVIEWED = "supervisor_reviewed"


CHECK_NAMES = {
    Check.SAFETY_REVIEWED: text("The safety plan was gone through with her or him."),
    Check.MAY_RETURN: text("She or he knows that the door stays open."),
    Check.SUPERVISOR_REVIEWED: text("A second specialist or the supervisor looked at the closing, without the name."),
}

_CANNOT_BE_TOLD = frozenset({ClosingReason.NO_CONTACT, ClosingReason.DIED})
"""Reasons for which nothing can be gone through with the survivor any more."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What is known when a file is to be closed."""

    reason: ClosingReason
    checks: frozenset[Check]
    last_contact_on: date | None
    waived_because: str = ""


def missing_checks(closing: Closing) -> list[Check]:
    """The checks that must still be done. A written explanation stands for the review by a second person only.

    >>> missing_checks(Closing(ClosingReason.NO_CONTACT, frozenset(), None, "alone in the office"))
    []
    """
    needed = [Check.SUPERVISOR_REVIEWED] if closing.reason in _CANNOT_BE_TOLD else list(Check)
    waived = {Check.SUPERVISOR_REVIEWED} if closing.waived_because.strip() else set()
    return [check for check in needed if check not in closing.checks and check not in waived]


def too_early(closing: Closing, today: date) -> bool:
    """Whether somebody was seen too recently for closing for want of contact."""
    if closing.reason is not ClosingReason.NO_CONTACT or closing.last_contact_on is None:
        return False
    return (today - closing.last_contact_on).days <= no_contact_days()


# --- goals ------------------------------------------------------------------------------------------------------------


class Goal(StrEnum):
    """What help is for."""

    SAFETY = "safety"
    HEALTH = "health"
    PSYCHOSOCIAL = "psychosocial"
    JUSTICE = "justice"
    OTHER = "other"


class Progress(StrEnum):
    """How far a goal is."""

    MET = "met"
    IN_PROGRESS = "in_progress"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


GOAL_NAMES = {
    Goal.SAFETY: text("safety"),
    Goal.HEALTH: text("health"),
    Goal.PSYCHOSOCIAL: text("mind and relations"),
    Goal.JUSTICE: text("justice"),
    Goal.OTHER: text("other goals"),
}
PROGRESS_NAMES = {
    Progress.MET: text("met"),
    Progress.IN_PROGRESS: text("in progress"),
    Progress.NOT_MET: text("not met"),
    Progress.NOT_APPLICABLE: text("does not apply"),
}


# --- needs and what is done about them --------------------------------------------------------------------------------


class NeedLevel(StrEnum):
    """How pressing a need is."""

    NONE = "none"
    SOME = "some"
    URGENT = "urgent"


class Domain(StrEnum):
    """The parts of a survivor's assessment."""

    SAFETY = "safety"
    HEALTH = "health"
    PSYCHOSOCIAL = "psychosocial"
    LEGAL = "legal"
    MATERIAL = "material"


DOMAIN_NAMES = {
    Domain.SAFETY: text("safety"),
    Domain.HEALTH: text("health"),
    Domain.PSYCHOSOCIAL: text("mind and relations"),
    Domain.LEGAL: text("law and justice"),
    Domain.MATERIAL: text("home, food, money"),
}
DOMAIN_HINTS = {
    Domain.SAFETY: text("Is she or he safe tonight? Who is a danger, who a protection? Are there children?"),
    Domain.HEALTH: text("Injuries, pain, what a doctor should see soon. Write no diagnosis."),
    Domain.PSYCHOSOCIAL: text("Sleep, fear, thoughts of death, who stands by her or him."),
    Domain.LEGAL: text("What she or he wants: a complaint, divorce, alimony, custody, papers, or nothing of it."),
    Domain.MATERIAL: text("A place to sleep, food, money, work."),
}
NEED_NAMES = {
    NeedLevel.NONE: text("nothing needed"),
    NeedLevel.SOME: text("some need"),
    NeedLevel.URGENT: text("urgent"),
}


class ActionState(StrEnum):
    """Where one action of the plan stands."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


ACTION_NAMES = {
    ActionState.PLANNED: text("planned"),
    ActionState.DONE: text("done"),
    ActionState.DROPPED: text("dropped"),
}


class Contact(StrEnum):
    """How a follow-up was made."""

    OFFICE = "office"
    SAFE_PLACE = "safe_place"
    PHONE = "phone"
    THROUGH_TRUSTED = "through_trusted"


CONTACT_NAMES = {
    Contact.OFFICE: text("in our office"),
    Contact.SAFE_PLACE: text("at a safe place"),
    Contact.PHONE: text("by telephone"),
    Contact.THROUGH_TRUSTED: text("through somebody she or he trusts"),
}


def urgent_domains(needs: dict[str, str]) -> list[Domain]:
    """The parts in which something is urgent.

    >>> urgent_domains({"health": "urgent", "legal": "some"})
    [<Domain.HEALTH: 'health'>]
    """
    return [domain for domain in Domain if needs.get(domain) == NeedLevel.URGENT]


def is_at_work(state: str) -> bool:
    """Whether help may be written down in this state."""
    return state in AT_WORK
