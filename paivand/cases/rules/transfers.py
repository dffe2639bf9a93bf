"""A transfer: a worker asks another one to take a case over, and only that one answers."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class TransferState(StrEnum):
    """How far a transfer has come."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


TRANSFER_NAMES = {
    TransferState.ASKED: text("waits for an answer"),
    TransferState.ACCEPTED: text("accepted"),
    TransferState.DECLINED: text("declined"),
    TransferState.WITHDRAWN: text("withdrawn"),
    TransferState.EXPIRED: text("expired without an answer"),
}

TRANSITIONS: dict[TransferState, frozenset[TransferState]] = {
    TransferState.ASKED: frozenset(TransferState) - {TransferState.ASKED},
    TransferState.ACCEPTED: frozenset(),
    TransferState.DECLINED: frozenset(),
    TransferState.WITHDRAWN: frozenset(),
    TransferState.EXPIRED: frozenset(),
}
"""Where a transfer may go from each state. What was decided once is not decided again."""

ANSWERS = frozenset({TransferState.ACCEPTED, TransferState.DECLINED})
"""What only the receiver says."""


def may_become(now: str, then: str) -> bool:
    """Whether a transfer may go from one state to another.

    >>> may_become("asked", "accepted"), may_become("accepted", "withdrawn")
    (True, False)
    """
    return TransferState(then) in TRANSITIONS[TransferState(now)]


class MoveKind(StrEnum):
    """How a case came to its worker."""

    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"


MOVE_NAMES = {
    MoveKind.ASSIGNED: text("assigned by a supervisor"),
    MoveKind.TRANSFERRED: text("handed over and accepted"),
}
