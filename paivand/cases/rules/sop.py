"""How soon a worker must act: the table of ``parameters/case_sop.yaml`` turned into days on which something is due."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class DueKind(StrEnum):
    """What is due in a case. At most one of each kind is open at a time."""

    FIRST_CONTACT = "first_contact"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    CONTACT = "contact"
    REVIEW = "review"
    CONSENT_WITHDRAWN = "consent_withdrawn"


DUE_NAMES = {
    DueKind.FIRST_CONTACT: text("First contact"),
    DueKind.ASSESSMENT: text("Assessment"),
    DueKind.PLAN: text("Plan"),
    DueKind.CONTACT: text("Next contact"),
    DueKind.REVIEW: text("Review of the plan"),
    DueKind.CONSENT_WITHDRAWN: text("Consent withdrawn: speak with the person, and close the case"),
}


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
