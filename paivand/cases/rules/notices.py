"""What a worker is told on the desk."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class NoticeKind(StrEnum):
    """Why a worker is told something."""

    ASSIGNED = "assigned"
    TAKEN = "taken"
    TRANSFER_ASKED = "transfer_asked"
    TRANSFER_ACCEPTED = "transfer_accepted"
    TRANSFER_DECLINED = "transfer_declined"
    TRANSFER_WITHDRAWN = "transfer_withdrawn"
    TRANSFER_EXPIRED = "transfer_expired"
    PLAN_APPROVED = "plan_approved"
    PLAN_RETURNED = "plan_returned"
    CLOSURE_APPROVED = "closure_approved"
    CLOSURE_RETURNED = "closure_returned"
    CORRECTION = "correction"
    DAY = "day"


NOTICE_NAMES = {
    NoticeKind.ASSIGNED: text("This case was given to you"),
    NoticeKind.TAKEN: text("This case went to another worker"),
    NoticeKind.TRANSFER_ASKED: text("You are asked to take this case over"),
    NoticeKind.TRANSFER_ACCEPTED: text("The transfer was accepted"),
    NoticeKind.TRANSFER_DECLINED: text("The transfer was declined"),
    NoticeKind.TRANSFER_WITHDRAWN: text("You are not asked any more to take this case over"),
    NoticeKind.TRANSFER_EXPIRED: text("The transfer expired without an answer"),
    NoticeKind.PLAN_APPROVED: text("The plan was approved"),
    NoticeKind.PLAN_RETURNED: text("The plan was returned with a comment"),
    NoticeKind.CLOSURE_APPROVED: text("The closure was approved"),
    NoticeKind.CLOSURE_RETURNED: text("The closure was returned with a comment"),
    NoticeKind.CORRECTION: text("After a review of this file something is to be put right"),
    NoticeKind.DAY: text("What is due today"),
}

MORNING = 6
"""From which hour of the day the list of the day is told."""
