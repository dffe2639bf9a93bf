"""The handshake of a referral: its states, who may move it from one to the next, and in which words it ends.

``EDGES`` is the whole machine. Actions move a referral along an edge of it or not at all; the page
docs/reference/referral-states.md is printed from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from paivand.core.rules.texts import text


class ReferralState(StrEnum):
    """Where a referral stands between the sender and the service."""

    DRAFTED = "drafted"
    SENT = "sent"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    IN_SERVICE = "in_service"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Act(StrEnum):
    """What moves a referral on."""

    SEND = "send"
    RECEIVE = "receive"
    ACCEPT = "accept"
    DECLINE = "decline"
    BEGIN = "begin"
    COMPLETE = "complete"
    NOT_COMPLETE = "not_complete"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class Side(StrEnum):
    """Who moves it: the sender, the receiver, or time."""

    SENDER = "sender"
    RECEIVER = "receiver"
    CLOCK = "clock"


class Priority(StrEnum):
    """How soon an answer is due; parameters/referral_clock.yaml holds the hours."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"


class Sensitivity(StrEnum):
    """Whether a referral betrays violence: then it is as closed as the room it comes from."""

    ORDINARY = "ordinary"
    SEALED = "sealed"


class Way(StrEnum):
    """How what is disclosed reaches the receiver."""

    ACCOUNT = "account"
    LINK = "link"
    PDF = "pdf"
    SPOKEN = "spoken"


class OriginKind(StrEnum):
    """What a referral grew out of, beside a family's file."""

    NONE = ""
    CASE = "case"
    SURVIVOR = "survivor"


class DeclineReason(StrEnum):
    """Why a service does not take a person."""

    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"
    WRONG_SERVICE = "wrong_service"
    PAUSED = "paused"
    TOO_FAR = "too_far"
    OTHER = "other"


class FailReason(StrEnum):
    """Why a service that was accepted did not come about."""

    NO_SHOW = "no_show"
    DECLINED_BY_PERSON = "declined_by_person"
    UNAVAILABLE = "unavailable"
    MOVED = "moved"


class WithdrawReason(StrEnum):
    """Why the sender takes a referral back."""

    NOT_NEEDED = "not_needed"
    DECLINED_BY_PERSON = "declined_by_person"
    OTHER_SERVICE = "other_service"
    SENT_WRONGLY = "sent_wrongly"
    MOVED = "moved"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    """Written by the registry alone, when the person withdraws the consent on which it rests."""


class Outcome(StrEnum):
    """How a service that was given came out; the outcomes of the journey."""

    COMPLETED = "completed"
    PARTLY = "partly"


_S, _A = ReferralState, Act

EDGES: Mapping[tuple[ReferralState, Act], ReferralState] = {
    (_S.DRAFTED, _A.SEND): _S.SENT,
    (_S.DRAFTED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SENT, _A.RECEIVE): _S.RECEIVED,
    (_S.SENT, _A.ACCEPT): _S.ACCEPTED,
    (_S.SENT, _A.DECLINE): _S.DECLINED,
    (_S.SENT, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SENT, _A.EXPIRE): _S.EXPIRED,
    (_S.RECEIVED, _A.ACCEPT): _S.ACCEPTED,
    (_S.RECEIVED, _A.DECLINE): _S.DECLINED,
    (_S.RECEIVED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.RECEIVED, _A.EXPIRE): _S.EXPIRED,
    (_S.ACCEPTED, _A.BEGIN): _S.IN_SERVICE,
    (_S.ACCEPTED, _A.COMPLETE): _S.COMPLETED,
    (_S.ACCEPTED, _A.NOT_COMPLETE): _S.NOT_COMPLETED,
    (_S.ACCEPTED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_SERVICE, _A.COMPLETE): _S.COMPLETED,
    (_S.IN_SERVICE, _A.NOT_COMPLETE): _S.NOT_COMPLETED,
    (_S.IN_SERVICE, _A.WITHDRAW): _S.WITHDRAWN,
}
"""From a state, by an act, to the next state. What is not here cannot happen."""

SIDES: Mapping[Act, Side] = {
    _A.SEND: Side.SENDER,
    _A.RECEIVE: Side.RECEIVER,
    _A.ACCEPT: Side.RECEIVER,
    _A.DECLINE: Side.RECEIVER,
    _A.BEGIN: Side.RECEIVER,
    _A.COMPLETE: Side.RECEIVER,
    _A.NOT_COMPLETE: Side.RECEIVER,
    _A.WITHDRAW: Side.SENDER,
    _A.EXPIRE: Side.CLOCK,
}
"""Whose act it is. The sender may write down an answer that a receiver without account told by telephone."""

ENDS = frozenset(set(ReferralState) - {state for state, _act in EDGES})
"""The states from which nothing leads on."""

PENDING = frozenset(set(ReferralState) - ENDS - {_S.DRAFTED})
"""Under way: sent, and not ended."""

UNANSWERED = frozenset({_S.SENT, _S.RECEIVED})
"""Under way, and the receiver has neither accepted nor declined."""

ANSWERS = frozenset({_A.ACCEPT, _A.DECLINE, _A.BEGIN, _A.COMPLETE, _A.NOT_COMPLETE})
"""The acts of a receiver that the sender is told of."""

CLOSING = frozenset({_S.COMPLETED, _S.NOT_COMPLETED, _S.DECLINED})
"""The ends that the receiver told: the loop is closed, whatever came of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One edge: how a referral moved, in the words that audit and history hold."""

    source: ReferralState
    act: Act
    target: ReferralState

    @property
    def edge(self) -> str:
        """The edge as the audit notes it."""
        return f"{self.source}>{self.target}"


def step(state: str, act: Act) -> Step | None:
    """The edge that ``act`` takes from ``state``, or None where there is none.

    >>> step("sent", Act.ACCEPT).edge, step("completed", Act.WITHDRAW)
    ('sent>accepted', None)
    """
    source = ReferralState(state)
    target = EDGES.get((source, act))
    return Step(source, act, target) if target else None


def acts_from(state: str, side: Side) -> tuple[Act, ...]:
    """What ``side`` may do with a referral in ``state``, in the order of the table.

    >>> [str(one) for one in acts_from("received", Side.RECEIVER)]
    ['accept', 'decline']
    """
    return tuple(act for (source, act) in EDGES if source == state and SIDES[act] is side)


WAY_NAMES = {
    Way.ACCOUNT: text("in this program"),
    Way.LINK: text("by a link with a PIN"),
    Way.PDF: text("as a PDF with a password"),
    Way.SPOKEN: text("by telephone or in person"),
}
STATE_NAMES = {
    _S.DRAFTED: text("draft"),
    _S.SENT: text("sent"),
    _S.RECEIVED: text("received"),
    _S.ACCEPTED: text("accepted"),
    _S.DECLINED: text("not taken"),
    _S.IN_SERVICE: text("in service"),
    _S.COMPLETED: text("helped"),
    _S.NOT_COMPLETED: text("did not come about"),
    _S.WITHDRAWN: text("taken back"),
    _S.EXPIRED: text("never answered"),
}
RECEIVED_NAMES = {
    **STATE_NAMES,
    _S.SENT: text("new"),
    _S.RECEIVED: text("waits for your answer"),
    _S.DECLINED: text("you did not take it"),
}
"""The states in the words of the receiver, where they differ."""
ACT_NAMES = {
    _A.SEND: text("sent it"),
    _A.RECEIVE: text("received it"),
    _A.ACCEPT: text("accepted it"),
    _A.DECLINE: text("did not take it"),
    _A.BEGIN: text("began to help"),
    _A.COMPLETE: text("helped"),
    _A.NOT_COMPLETE: text("could not help"),
    _A.WITHDRAW: text("took it back"),
    _A.EXPIRE: text("time ran out without an answer"),
}
PRIORITY_NAMES = {
    Priority.EMERGENCY: text("emergency"),
    Priority.URGENT: text("urgent"),
    Priority.NORMAL: text("normal"),
}
DECLINE_NAMES: Mapping[str, str] = {
    DeclineReason.FULL: text("no free place now"),
    DeclineReason.NOT_ELIGIBLE: text("does not fit the conditions"),
    DeclineReason.WRONG_SERVICE: text("another service is needed"),
    DeclineReason.PAUSED: text("the service is closed for a time"),
    DeclineReason.TOO_FAR: text("lives too far away"),
    DeclineReason.OTHER: text("another reason"),
}
FAIL_NAMES: Mapping[str, str] = {
    FailReason.NO_SHOW: text("did not come"),
    FailReason.DECLINED_BY_PERSON: text("did not want it any more"),
    FailReason.UNAVAILABLE: text("the service could not be given"),
    FailReason.MOVED: text("moved away"),
}
WITHDRAW_NAMES: Mapping[str, str] = {
    WithdrawReason.NOT_NEEDED: text("help is not needed any more"),
    WithdrawReason.DECLINED_BY_PERSON: text("did not want it any more"),
    WithdrawReason.OTHER_SERVICE: text("another service helps"),
    WithdrawReason.SENT_WRONGLY: text("sent by mistake"),
    WithdrawReason.MOVED: text("moved away"),
    WithdrawReason.CONSENT_WITHDRAWN: text("the consent was withdrawn"),
}
REASONS_OF: Mapping[Act, Mapping[str, str]] = {
    _A.DECLINE: DECLINE_NAMES,
    _A.NOT_COMPLETE: FAIL_NAMES,
    _A.WITHDRAW: {key: name for key, name in WITHDRAW_NAMES.items() if key != WithdrawReason.CONSENT_WITHDRAWN},
}
"""The reasons that somebody may give for an act."""
OUTCOME_NAMES = {Outcome.COMPLETED: text("wholly"), Outcome.PARTLY: text("in part")}
REASON_NAMES: Mapping[str, str] = {**WITHDRAW_NAMES, **FAIL_NAMES, **DECLINE_NAMES}
"""Every reason that a referral may carry. A code means the same wherever it stands."""

NEXT_STEPS = {
    _S.DRAFTED: text("Look through what would leave, and send it."),
    _S.SENT: text("Wait for the answer, and call if it does not come in time."),
    _S.RECEIVED: text("It was seen. Wait for the answer, and call if it does not come in time."),
    _S.ACCEPTED: text("Tell the person when and where to go, and whether somebody comes along."),
    _S.IN_SERVICE: text("Ask the person how it goes at the next visit."),
    _S.DECLINED: text("Talk with the person about another service, and refer anew."),
    _S.COMPLETED: text("Ask the person whether it helped, and whether more is needed."),
    _S.NOT_COMPLETED: text("Ask the person why, and whether another service would be better."),
    _S.WITHDRAWN: text("Nothing more happens with it."),
    _S.EXPIRED: text("Call the service, tell your supervisor, and refer anew or elsewhere."),
}
"""What the sender does next, by state."""
