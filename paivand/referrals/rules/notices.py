"""What somebody is told about a referral without asking, and who is told."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class NoticeKind(StrEnum):
    """What happened."""

    ARRIVED = "arrived"
    ANSWERED = "answered"
    NOTE = "note"
    WITHDRAWN = "withdrawn"
    CONSENT = "consent"
    OVERRIDDEN = "overridden"
    ESCALATED = "escalated"
    EXPIRED = "expired"
    LOCKED = "locked"


class Audience(StrEnum):
    """Who is told: the sender, the receiver, or the supervisors of the place."""

    SENDER = "sender"
    RECEIVER = "receiver"
    SUPERVISORS = "supervisors"


NOTICE_NAMES = {
    NoticeKind.ARRIVED: text("A referral has arrived."),
    NoticeKind.ANSWERED: text("The service has answered."),
    NoticeKind.NOTE: text("The service has written to you."),
    NoticeKind.WITHDRAWN: text("A referral was taken back."),
    NoticeKind.CONSENT: text("The consent was withdrawn. This referral was sent without one and goes on: decide."),
    NoticeKind.OVERRIDDEN: text("Somebody refers without a consent."),
    NoticeKind.ESCALATED: text("The answer to a referral is late."),
    NoticeKind.EXPIRED: text("A referral ended without any answer."),
    NoticeKind.LOCKED: text("A link was locked after wrong PINs."),
}
