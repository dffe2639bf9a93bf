"""Where groups, learners and sessions stand, and which way leads from one state to another."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from paivand.core.rules.attendance import WAS_THERE, Mark
from paivand.core.rules.texts import text

LARGEST_GROUP = 60
"""The most places that a group may have; each course says its own number."""


class GroupState(StrEnum):
    """Where a group stands: ``planned`` is not shown for enrolment yet, ``open`` takes people in."""

    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


GROUP_STATE_NAMES = {
    GroupState.PLANNED: text("planned"),
    GroupState.OPEN: text("open for enrolment"),
    GroupState.RUNNING: text("running"),
    GroupState.FINISHED: text("finished"),
    GroupState.CANCELLED: text("cancelled"),
}

GROUP_EDGES: frozenset[tuple[GroupState, GroupState]] = frozenset(
    {
        (GroupState.PLANNED, GroupState.OPEN),
        (GroupState.PLANNED, GroupState.CANCELLED),
        (GroupState.OPEN, GroupState.RUNNING),
        (GroupState.OPEN, GroupState.CANCELLED),
        (GroupState.RUNNING, GroupState.FINISHED),
        (GroupState.RUNNING, GroupState.CANCELLED),
        (GroupState.FINISHED, GroupState.RUNNING),
    }
)
"""A finished group may run again, when somebody finds that it was finished too early."""

TAKES_IN = frozenset({GroupState.OPEN, GroupState.RUNNING})
"""States in which somebody may be enrolled."""

OVER = frozenset({GroupState.FINISHED, GroupState.CANCELLED})
"""States in which no session is held any more."""


def group_may_turn(state: str, end: GroupState) -> bool:
    """Whether a group in this state may come into the other.

    >>> group_may_turn("planned", GroupState.OPEN), group_may_turn("cancelled", GroupState.OPEN)
    (True, False)
    """
    return (GroupState(state), end) in GROUP_EDGES


class EnrolmentState(StrEnum):
    """Where one learner stands in one group."""

    APPLIED = "applied"
    WAITING = "waiting"
    DECLINED = "declined"
    ENROLLED = "enrolled"
    COMPLETED = "completed"
    FAILED = "failed"
    LEFT = "left"


ENROLMENT_STATE_NAMES = {
    EnrolmentState.APPLIED: text("put forward"),
    EnrolmentState.WAITING: text("on the waiting list"),
    EnrolmentState.DECLINED: text("not taken in"),
    EnrolmentState.ENROLLED: text("enrolled"),
    EnrolmentState.COMPLETED: text("completed"),
    EnrolmentState.FAILED: text("did not complete"),
    EnrolmentState.LEFT: text("left"),
}

ENROLMENT_EDGES: frozenset[tuple[EnrolmentState, EnrolmentState]] = frozenset(
    {
        (EnrolmentState.APPLIED, EnrolmentState.ENROLLED),
        (EnrolmentState.APPLIED, EnrolmentState.WAITING),
        (EnrolmentState.APPLIED, EnrolmentState.DECLINED),
        (EnrolmentState.APPLIED, EnrolmentState.LEFT),
        (EnrolmentState.WAITING, EnrolmentState.ENROLLED),
        (EnrolmentState.WAITING, EnrolmentState.DECLINED),
        (EnrolmentState.WAITING, EnrolmentState.LEFT),
        (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED),
        (EnrolmentState.ENROLLED, EnrolmentState.FAILED),
        (EnrolmentState.ENROLLED, EnrolmentState.LEFT),
        # Taken back, with a reason: what was counted is reversed.
        (EnrolmentState.COMPLETED, EnrolmentState.ENROLLED),
        (EnrolmentState.FAILED, EnrolmentState.ENROLLED),
        (EnrolmentState.LEFT, EnrolmentState.ENROLLED),
        (EnrolmentState.DECLINED, EnrolmentState.APPLIED),
    }
)

ASKING = frozenset({EnrolmentState.APPLIED, EnrolmentState.WAITING})
"""States of those who wait for an answer."""

TOOK_PART = frozenset(
    {EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.FAILED, EnrolmentState.LEFT}
)  # fmt: skip
"""States of those who were, or are, in the group."""

ALIVE = ASKING | {EnrolmentState.ENROLLED}
"""States in which something is still to come."""


def enrolment_may_turn(state: str, end: EnrolmentState) -> bool:
    """Whether a learner in this state may come into the other.

    >>> enrolment_may_turn("waiting", EnrolmentState.ENROLLED), enrolment_may_turn("left", EnrolmentState.COMPLETED)
    (True, False)
    """
    return (EnrolmentState(state), end) in ENROLMENT_EDGES


class LeftWhy(StrEnum):
    """Why somebody left a group before its end, or did not come into it."""

    MOVED = "moved"
    MIGRATED = "migrated"
    WORK = "work"
    FAMILY = "family"
    CHILD = "child"
    ILL = "ill"
    FAR = "far"
    NOT_FOR_HER = "not_for_her"
    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"
    CONSENT = "consent"
    CANCELLED = "cancelled"
    MISTAKE = "mistake"
    OTHER = "other"


LEFT_NAMES = {
    LeftWhy.MOVED: text("moved away"),
    LeftWhy.MIGRATED: text("went abroad"),
    LeftWhy.WORK: text("found work or has no time for it"),
    LeftWhy.FAMILY: text("the family does not wish it"),
    LeftWhy.CHILD: text("nobody looks after the children"),
    LeftWhy.ILL: text("is ill"),
    LeftWhy.FAR: text("the way is too far or too costly"),
    LeftWhy.NOT_FOR_HER: text("the course did not suit"),
    LeftWhy.FULL: text("there was no place left"),
    LeftWhy.NOT_ELIGIBLE: text("does not fulfil what the course asks for"),
    LeftWhy.CONSENT: text("the consent was withdrawn"),
    LeftWhy.CANCELLED: text("the group was cancelled"),
    LeftWhy.MISTAKE: text("written down by mistake"),
    LeftWhy.OTHER: text("another reason"),
}

BY_HAND = tuple(
    why for why in LeftWhy if why not in {LeftWhy.CONSENT, LeftWhy.CANCELLED}
)  # fmt: skip
"""Reasons that somebody chooses; the others are written by what brought them about."""


MISSED_IN_A_ROW = 2
"""After so many sessions missed one after another, without excuse, somebody asks what happened."""


def missed_in_a_row(marks: Iterable[str]) -> int:
    """How many of the latest sessions were missed without excuse; an excused one neither counts nor breaks the row.

    Args:
        marks: in the order of the sessions, the oldest first.

    >>> missed_in_a_row(["present", "absent", "excused", "absent"]), missed_in_a_row(["absent", "late"])
    (2, 0)
    """
    n = 0
    for mark in marks:
        if mark in WAS_THERE:
            n = 0
        elif mark == Mark.ABSENT:
            n += 1
    return n


class SessionState(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


SESSION_STATE_NAMES = {
    SessionState.PLANNED: text("planned"),
    SessionState.HELD: text("held"),
    SessionState.CANCELLED: text("cancelled"),
}


class TrainerRole(StrEnum):
    """What somebody does in a group."""

    LEAD = "lead"
    SECOND = "second"
    FACILITATOR = "facilitator"
    GUEST = "guest"


TRAINER_ROLE_NAMES = {
    TrainerRole.LEAD: text("leads the group"),
    TrainerRole.SECOND: text("second trainer"),
    TrainerRole.FACILITATOR: text("facilitator"),
    TrainerRole.GUEST: text("guest"),
}


class FollowKind(StrEnum):
    """Why somebody asks after a learner."""

    MISSED = "missed"
    AFTER = "after"


FOLLOW_NAMES = {
    FollowKind.MISSED: text("missed sessions one after another"),
    FollowKind.AFTER: text("what became of it"),
}


class FollowState(StrEnum):
    """Where such a task stands."""

    DUE = "due"
    DONE = "done"
    NOT_REACHED = "not_reached"
    OFF = "off"


FOLLOW_STATE_NAMES = {
    FollowState.DUE: text("due"),
    FollowState.DONE: text("done"),
    FollowState.NOT_REACHED: text("not reached"),
    FollowState.OFF: text("not needed any more"),
}
