"""What a worker does next in a case, in words: from the state, the plan, and what is there already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

from paivand.cases.rules.cases import CaseState
from paivand.cases.rules.plans import PlanState
from paivand.cases.rules.sop import DueKind
from paivand.core.rules.texts import text


class NextStep(StrEnum):
    """Something that can be done next."""

    TAKE_UP = "take_up"
    ASK_QUESTIONS = "ask_questions"
    CHOOSE_ASSESSMENT = "choose_assessment"
    WRITE_PLAN = "write_plan"
    GO_ON_WRITING = "go_on_writing"
    MEND_PLAN = "mend_plan"
    PLAN_WAITS = "plan_waits"
    DECIDE_PLAN = "decide_plan"
    BEGIN = "begin"
    NOTE_STEPS = "note_steps"
    CLOSURE_WAITS = "closure_waits"
    DECIDE_CLOSURE = "decide_closure"
    REOPEN = "reopen"


STEP_SENTENCES = {
    NextStep.TAKE_UP: text("The case was handed over. Look at it, and go on where it stood."),
    NextStep.ASK_QUESTIONS: text("Nobody was assessed yet. Answer a questionnaire with one of the people."),
    NextStep.CHOOSE_ASSESSMENT: text("A questionnaire is complete. Say that the work rests on it."),
    NextStep.WRITE_PLAN: text("Write the plan together with the family."),
    NextStep.GO_ON_WRITING: text("A plan is being written. Go on with it, and send it for approval."),
    NextStep.MEND_PLAN: text("The plan came back with a comment. Read it, change the plan, and send it again."),
    NextStep.PLAN_WAITS: text("The plan waits for approval."),
    NextStep.DECIDE_PLAN: text("A plan waits for your decision."),
    NextStep.BEGIN: text("The plan is approved. Begin with its first step."),
    NextStep.NOTE_STEPS: text("Note in the plan what was done."),
    NextStep.CLOSURE_WAITS: text("The request for closure waits for approval."),
    NextStep.DECIDE_CLOSURE: text("A closure waits for your decision."),
    NextStep.REOPEN: text("The case is closed. It can be opened again, with a reason."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a case that its next steps follow from.

    Args:
        state: where it stands.
        in_work: the state of the version of the plan that is being written or waits, if there is one.
        may_work: whether the reader works in the case.
        may_decide: whether the reader decides about its plan and closure: a supervisor, and not the worker herself.
        n_assessments: how many complete questionnaires of its people there are.
    """

    state: CaseState
    in_work: PlanState | None = None
    may_work: bool = True
    may_decide: bool = False
    n_assessments: int = 0


def next_steps(case: Standing) -> list[NextStep]:
    """What is done next, the most pressing first.

    >>> next_steps(Standing(CaseState.OPENED)), next_steps(Standing(CaseState.OPENED, n_assessments=1))
    ([<NextStep.ASK_QUESTIONS: 'ask_questions'>], [<NextStep.CHOOSE_ASSESSMENT: 'choose_assessment'>])
    """
    found = [*_decisions(case)]
    if not case.may_work:
        return found
    if case.state is CaseState.TRANSFERRED:
        found.append(NextStep.TAKE_UP)
    elif case.state in {CaseState.OPENED, CaseState.REOPENED}:
        found.append(NextStep.CHOOSE_ASSESSMENT if case.n_assessments else NextStep.ASK_QUESTIONS)
    elif case.state is CaseState.CLOSURE_REVIEW:
        found += [] if case.may_decide else [NextStep.CLOSURE_WAITS]
    elif case.state is CaseState.CLOSED:
        found.append(NextStep.REOPEN)
    else:
        found += _plan(case)
    return found


def _decisions(case: Standing) -> list[NextStep]:
    if not case.may_decide:
        return []
    if case.state is CaseState.CLOSURE_REVIEW:
        return [NextStep.DECIDE_CLOSURE]
    return [NextStep.DECIDE_PLAN] if case.in_work is PlanState.SUBMITTED else []


def _plan(case: Standing) -> list[NextStep]:
    found = []
    if case.in_work is PlanState.SUBMITTED:
        found += [] if case.may_decide else [NextStep.PLAN_WAITS]
    elif case.in_work is PlanState.RETURNED:
        found.append(NextStep.MEND_PLAN)
    elif case.in_work is PlanState.DRAFT:
        found.append(NextStep.GO_ON_WRITING)
    elif case.state is CaseState.ASSESSED:
        found.append(NextStep.WRITE_PLAN)
    if case.state is CaseState.PLANNED:
        found.append(NextStep.BEGIN)
    if case.state is CaseState.IN_PROGRESS:
        found.append(NextStep.NOTE_STEPS)
    return found


DUE_SENTENCES = {
    DueKind.FIRST_CONTACT: text("The first contact is due on %(day)s."),
    DueKind.ASSESSMENT: text("The assessment is due on %(day)s."),
    DueKind.PLAN: text("The plan is due on %(day)s."),
    DueKind.CONTACT: text("The next contact is due on %(day)s."),
    DueKind.REVIEW: text("The review of the plan is due on %(day)s."),
    DueKind.CONSENT_WITHDRAWN: text("A consent was withdrawn. Speak with the person by %(day)s, and close the case."),
}
"""What stands on a page about what is due; kinds without a sentence are told by their name and day."""


DONE_SENTENCES: dict[str, str] = {
    DueKind.FIRST_CONTACT: text("The first contact was made"),
    DueKind.PLAN: text("The plan was sent for approval"),
    DueKind.CONTACT: text("Contact with the family"),
    DueKind.REVIEW: text("The plan was reviewed"),
    DueKind.CONSENT_WITHDRAWN: text("The withdrawn consent was talked over"),
}
"""How the story of a case tells what was done."""

TOLD_BY_AN_EDGE = frozenset({DueKind.ASSESSMENT})
"""What the change of the state tells already."""


class Nearness(StrEnum):
    """How near a moment is, so that a screen can colour it."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


SOON_DAYS = 7


def nearness(due_at: datetime, now: datetime, zone: tzinfo) -> Nearness:
    """How near ``due_at`` is, in days of the place.

    >>> from datetime import UTC
    >>> nearness(datetime(2026, 12, 3, 12, tzinfo=UTC), datetime(2026, 12, 3, 9, tzinfo=UTC), UTC)
    <Nearness.TODAY: 'today'>
    """
    if due_at < now:
        return Nearness.OVERDUE
    days = (_day(due_at, zone) - _day(now, zone)).days
    if days == 0:
        return Nearness.TODAY
    return Nearness.SOON if days <= SOON_DAYS else Nearness.LATER


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


NEARNESS_NAMES = {
    Nearness.OVERDUE: text("overdue"),
    Nearness.TODAY: text("today"),
    Nearness.SOON: text("within a week"),
    Nearness.LATER: text("later"),
}
NEARNESS_TONES = {
    Nearness.OVERDUE: "danger",
    Nearness.TODAY: "warn",
    Nearness.SOON: "info",
    Nearness.LATER: "quiet",
}
