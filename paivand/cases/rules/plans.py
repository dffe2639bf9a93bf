"""Plans of help: in which states a version of a plan can be, what it is made of, and who decides about it."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class PlanState(StrEnum):
    """Where one version of a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REPLACED = "replaced"


PLAN_STATE_NAMES = {
    PlanState.DRAFT: text("draft"),
    PlanState.SUBMITTED: text("waits for approval"),
    PlanState.RETURNED: text("returned with a comment"),
    PlanState.APPROVED: text("approved"),
    PlanState.REPLACED: text("replaced by a later version"),
}

WRITABLE = (PlanState.DRAFT, PlanState.RETURNED)
"""The states in which a version may be changed. One that waits is taken back first; one that is approved stays."""


class Area(StrEnum):
    """To which part of life a need belongs."""

    HOME = "home"
    INCOME = "income"
    FOOD = "food"
    HEALTH = "health"
    MIND = "mind"
    SCHOOL = "school"
    PAPERS = "papers"
    RIGHTS = "rights"
    SAFETY = "safety"
    FAMILY = "family"
    SKILLS = "skills"
    OTHER = "other"


AREA_NAMES = {
    Area.HOME: text("home"),
    Area.INCOME: text("work and income"),
    Area.FOOD: text("food"),
    Area.HEALTH: text("health"),
    Area.MIND: text("peace of mind"),
    Area.SCHOOL: text("school"),
    Area.PAPERS: text("papers"),
    Area.RIGHTS: text("rights and law"),
    Area.SAFETY: text("safety"),
    Area.FAMILY: text("family and neighbours"),
    Area.SKILLS: text("learning and skills"),
    Area.OTHER: text("something else"),
}


class Doer(StrEnum):
    """Who takes a step of a plan."""

    WORKER = "worker"
    PERSON = "person"
    PROVIDER = "provider"
    OTHER = "other"


DOER_NAMES = {
    Doer.WORKER: text("the social worker"),
    Doer.PERSON: text("somebody of the family"),
    Doer.PROVIDER: text("a service"),
    Doer.OTHER: text("somebody else"),
}


class StepState(StrEnum):
    """Whether a step of a plan was taken."""

    OPEN = "open"
    DONE = "done"
    NOT_DONE = "not_done"


STEP_STATE_NAMES = {
    StepState.OPEN: text("still open"),
    StepState.DONE: text("done"),
    StepState.NOT_DONE: text("not done"),
}


class GoalState(StrEnum):
    """How far a goal was reached."""

    OPEN = "open"
    PARTLY = "partly"
    MET = "met"
    NOT_MET = "not_met"


GOAL_STATE_NAMES = {
    GoalState.OPEN: text("still open"),
    GoalState.PARTLY: text("met in part"),
    GoalState.MET: text("met"),
    GoalState.NOT_MET: text("not met"),
}


class Subject(StrEnum):
    """What somebody decided about."""

    PLAN = "plan"
    CLOSURE = "closure"


class Decision(StrEnum):
    """What was decided about a plan or a closure."""

    APPROVED = "approved"
    RETURNED = "returned"
    WAIVED = "waived"


DECISION_NAMES = {
    Decision.APPROVED: text("approved"),
    Decision.RETURNED: text("returned"),
    Decision.WAIVED: text("closed without an approval of the checklist"),
}


class ClosureState(StrEnum):
    """Where a request for closure stands."""

    ASKED = "asked"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    APPROVED = "approved"
    WAIVED = "waived"
