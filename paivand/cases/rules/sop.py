"""How soon a worker must act: the table of ``parameters/case_sop.yaml`` turned into days on which something is due."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class DueKind(StrEnum):
    """What is due in a case. Of each kind at most one waits, or one about each thing (see ``Due.about``)."""

    FIRST_CONTACT = "first_contact"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    CONTACT = "contact"
    REVIEW = "review"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    VISIT = "visit"
    DECISION = "decision"
    LEGAL_STEP = "legal_step"
    SESSION = "session"
    SCHOOL_CHECK = "school_check"


DUE_NAMES = {
    DueKind.FIRST_CONTACT: text("First contact"),
    DueKind.ASSESSMENT: text("Assessment"),
    DueKind.PLAN: text("Plan"),
    DueKind.CONTACT: text("Next contact"),
    DueKind.REVIEW: text("Review of the plan"),
    DueKind.CONSENT_WITHDRAWN: text("Consent withdrawn: speak with the person, and close the case"),
    DueKind.VISIT: text("Agreed visit"),
    DueKind.DECISION: text("Decision of a case conference"),
    DueKind.LEGAL_STEP: text("Next step of a legal matter"),
    DueKind.SESSION: text("Psychosocial session"),
    DueKind.SCHOOL_CHECK: text("Is the child still at school"),
}

ABOUT_ONE_THING = frozenset(
    {DueKind.VISIT, DueKind.DECISION, DueKind.LEGAL_STEP, DueKind.SESSION, DueKind.SCHOOL_CHECK}
)
"""Kinds that somebody set for one thing in the case; the table of risks neither makes, moves nor cancels them."""


class Cancelled(StrEnum):
    """Why something is not due any more without having been done."""

    RECOMPUTED = "recomputed"
    CLOSED = "closed"
    NOT_NEEDED = "not_needed"


CANCELLED_NAMES = {
    Cancelled.RECOMPUTED: text("moved to another day"),
    Cancelled.CLOSED: text("the case was closed"),
    Cancelled.NOT_NEEDED: text("not needed any more"),
}
