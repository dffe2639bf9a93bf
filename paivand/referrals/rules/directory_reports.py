"""What can be done to an entry of the directory, and what can be reported about it."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class ServiceAct(StrEnum):
    """A step in the history of an entry."""

    ADDED = "added"
    EDITED = "edited"
    VERIFIED = "verified"
    PAUSED = "paused"
    REOPENED = "reopened"
    CLOSED = "closed"


class Wrong(StrEnum):
    """What a reader found wrong."""

    PHONE = "phone"
    HOURS = "hours"
    PLACE = "place"
    PERSON = "person"
    COST = "cost"
    REFUSES = "refuses"
    GONE = "gone"
    OTHER = "other"


class ReportState(StrEnum):
    """What came of a report."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


CHANGE_NAMES = {
    ServiceAct.ADDED: text("added to the directory"),
    ServiceAct.EDITED: text("changed"),
    ServiceAct.VERIFIED: text("checked: everything is right"),
    ServiceAct.PAUSED: text("paused"),
    ServiceAct.REOPENED: text("open again"),
    ServiceAct.CLOSED: text("closed for good"),
}
WRONG_NAMES = {
    Wrong.PHONE: text("the telephone number"),
    Wrong.HOURS: text("the hours"),
    Wrong.PLACE: text("the place"),
    Wrong.PERSON: text("the person to ask for"),
    Wrong.COST: text("it costs money, or more than written"),
    Wrong.REFUSES: text("it sends people away"),
    Wrong.GONE: text("it does not exist any more"),
    Wrong.OTHER: text("something else"),
}
REPORT_STATE_NAMES = {
    ReportState.WAITING: text("waiting"),
    ReportState.ACCEPTED: text("put right"),
    ReportState.DISMISSED: text("nothing changed"),
}
