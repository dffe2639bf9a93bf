"""A case: its states and the edges between them, its risk, and why it is closed.

The state is commanded, never guessed from which field was filled in. ``EDGES`` is the whole machine: an edge that does
not stand there cannot be walked, by the rules here, by ``move_case`` and by the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from paivand.access.rules.verbs import Verb
from paivand.core.rules.texts import text


class CaseState(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    ASSESSED = "assessed"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    CLOSURE_REVIEW = "closure_review"
    CLOSED = "closed"
    REOPENED = "reopened"
    TRANSFERRED = "transferred"


STATE_NAMES = {
    CaseState.OPENED: text("opened"),
    CaseState.ASSESSED: text("assessed"),
    CaseState.PLANNED: text("planned"),
    CaseState.IN_PROGRESS: text("in progress"),
    CaseState.CLOSURE_REVIEW: text("closure is being reviewed"),
    CaseState.CLOSED: text("closed"),
    CaseState.REOPENED: text("reopened"),
    CaseState.TRANSFERRED: text("handed over"),
}

WORKED_ON = (CaseState.OPENED, CaseState.REOPENED, CaseState.ASSESSED, CaseState.PLANNED, CaseState.IN_PROGRESS)
"""The states in which a worker goes on with a case."""


class Act(StrEnum):
    """What is done to a case so that its state changes."""

    OPEN = "open"
    ASSESS = "assess"
    PLAN = "plan"
    BEGIN = "begin"
    ASK_CLOSURE = "ask_closure"
    TAKE_BACK = "take_back"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"
    TRANSFER = "transfer"
    TAKE_UP = "take_up"


ACT_NAMES = {
    Act.OPEN: text("The case was opened"),
    Act.ASSESS: text("The people were assessed"),
    Act.PLAN: text("The plan was approved"),
    Act.BEGIN: text("The work began"),
    Act.ASK_CLOSURE: text("Closure was asked for"),
    Act.TAKE_BACK: text("The request for closure was taken back"),
    Act.RETURN: text("The closure was returned"),
    Act.CLOSE: text("The case was closed"),
    Act.REOPEN: text("The case was reopened"),
    Act.TRANSFER: text("The case was handed over"),
    Act.TAKE_UP: text("The new worker went on with the case"),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One step that a case may take: who may (``verb``) and what must be true before (``demands``)."""

    start: CaseState
    act: Act
    end: CaseState
    verb: Verb
    demands: str


_ASSESSED = text("an assessment of one of its people is complete")
_APPROVED = text("somebody else approved this very version of the plan")
_BEGUN = text("a plan is in force")
_CHECKED = text("the checklist is answered, and so is whatever is still open")
_OWN_REQUEST = text("the request waits for an answer; the case goes back to where it stood")
_COMMENT = text("with a comment; the case goes back to where it stood")
_DECIDED = text("somebody else approved this very closure, or waived it with a reason")
_REASON = text("with a reason")
_ACCEPTED = text("the receiver accepted")
_LOOKED = text("the new worker goes on where the case stood")

EDGES: tuple[Edge, ...] = (
    Edge(CaseState.OPENED, Act.ASSESS, CaseState.ASSESSED, Verb.CASE_WORK, _ASSESSED),
    Edge(CaseState.REOPENED, Act.ASSESS, CaseState.ASSESSED, Verb.CASE_WORK, _ASSESSED),
    Edge(CaseState.ASSESSED, Act.PLAN, CaseState.PLANNED, Verb.CASE_APPROVE, _APPROVED),
    Edge(CaseState.PLANNED, Act.BEGIN, CaseState.IN_PROGRESS, Verb.CASE_WORK, _BEGUN),
    *(
        edge
        for state in WORKED_ON
        for edge in (
            Edge(state, Act.ASK_CLOSURE, CaseState.CLOSURE_REVIEW, Verb.CASE_WORK, _CHECKED),
            Edge(CaseState.CLOSURE_REVIEW, Act.TAKE_BACK, state, Verb.CASE_WORK, _OWN_REQUEST),
            Edge(CaseState.CLOSURE_REVIEW, Act.RETURN, state, Verb.CASE_APPROVE, _COMMENT),
            Edge(state, Act.TRANSFER, CaseState.TRANSFERRED, Verb.CASE_WORK, _ACCEPTED),
            Edge(CaseState.TRANSFERRED, Act.TAKE_UP, state, Verb.CASE_WORK, _LOOKED),
        )
    ),
    Edge(CaseState.TRANSFERRED, Act.TRANSFER, CaseState.TRANSFERRED, Verb.CASE_WORK, _ACCEPTED),
    Edge(CaseState.CLOSURE_REVIEW, Act.CLOSE, CaseState.CLOSED, Verb.CASE_APPROVE, _DECIDED),
    Edge(CaseState.CLOSED, Act.REOPEN, CaseState.REOPENED, Verb.CASE_WORK, _REASON),
)
"""Every edge of the machine. A case begins as ``opened``, by the act ``open``."""

GOES_BACK = frozenset({Act.TAKE_BACK, Act.RETURN, Act.TAKE_UP})
"""Acts whose end is the state in which the case stood before it came to the present one."""


def end_of(state: CaseState, act: Act, stood: CaseState | None = None) -> CaseState | None:
    """The state to which ``act`` leads from ``state``, or None where there is no such edge.

    Args:
        state: where the case stands.
        act: what is done.
        stood: where it stood before; asked by the acts that go back.

    >>> end_of(CaseState.OPENED, Act.ASSESS), end_of(CaseState.OPENED, Act.CLOSE)
    (<CaseState.ASSESSED: 'assessed'>, None)
    >>> end_of(CaseState.CLOSURE_REVIEW, Act.RETURN, CaseState.PLANNED)
    <CaseState.PLANNED: 'planned'>
    """
    ends = {edge.end for edge in EDGES if edge.start is state and edge.act is act}
    if act in GOES_BACK:
        return stood if stood in ends else None
    return ends.pop() if len(ends) == 1 else None


def acts_from(state: CaseState) -> list[Act]:
    """What can be done to a case in this state, in the order of the acts.

    >>> [str(act) for act in acts_from(CaseState.CLOSED)]
    ['reopen']
    """
    found = {edge.act for edge in EDGES if edge.start is state}
    return [act for act in Act if act in found]


class Risk(StrEnum):
    """How near harm is; it decides how soon a worker must act."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def is_above(self, other: Risk) -> bool:
        """Whether this risk is the higher of the two.

        >>> Risk.HIGH.is_above(Risk.LOW), Risk.LOW.is_above(Risk.LOW)
        (True, False)
        """
        order = list(Risk)
        return order.index(self) < order.index(other)


RISK_NAMES = {Risk.HIGH: text("high risk"), Risk.MEDIUM: text("medium risk"), Risk.LOW: text("low risk")}


class CaseRole(StrEnum):
    """What a person is in a case."""

    MAIN = "main"
    CHILD = "child"
    OTHER = "other"


ROLE_NAMES = {
    CaseRole.MAIN: text("main person"),
    CaseRole.CHILD: text("child"),
    CaseRole.OTHER: text("another person concerned"),
}


class ClosingReason(StrEnum):
    """Why a case is closed."""

    GOALS_MET = "goals_met"
    ASKED = "asked"
    MOVED = "moved"
    NO_CONTACT = "no_contact"
    OTHER_AGENCY = "other_agency"
    NOT_NEEDED = "not_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    DIED = "died"
    MISTAKE = "mistake"


CLOSING_NAMES = {
    ClosingReason.GOALS_MET: text("the goals are met"),
    ClosingReason.ASKED: text("the person asked for it"),
    ClosingReason.MOVED: text("the family moved away"),
    ClosingReason.NO_CONTACT: text("no contact for more than 30 days"),
    ClosingReason.OTHER_AGENCY: text("another agency goes on with it"),
    ClosingReason.NOT_NEEDED: text("help is not needed any more"),
    ClosingReason.CONSENT_WITHDRAWN: text("the consent to services was withdrawn"),
    ClosingReason.DIED: text("the person died"),
    ClosingReason.MISTAKE: text("opened by mistake"),
}


class Outcome(StrEnum):
    """What came of a case."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT_REACHED = "not_reached"
    NOT_KNOWN = "not_known"


OUTCOME_NAMES = {
    Outcome.REACHED: text("what was hoped for was reached"),
    Outcome.PARTLY: text("reached in part"),
    Outcome.NOT_REACHED: text("not reached"),
    Outcome.NOT_KNOWN: text("it is not known"),
}
