"""What is filled in and sent from the field: the states of a submission, of a form, and the kinds of devices."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from paivand.core.rules.texts import text

PARTS_AWAITED = timedelta(minutes=10)
"""How long the rest of a submission that comes in parts is waited for before it is taken in without."""


class SubmissionState(StrEnum):
    """Where a submission stands on its way from the phone into the registry."""

    WAITING = "waiting"
    TAKEN = "taken"
    HELD = "held"
    MEND = "mend"
    ASIDE = "aside"


STATE_NAMES = {
    SubmissionState.WAITING: text("on its way"),
    SubmissionState.TAKEN: text("taken in"),
    SubmissionState.HELD: text("needs a decision"),
    SubmissionState.MEND: text("needs mending"),
    SubmissionState.ASIDE: text("put aside"),
}


class FormKind(StrEnum):
    """Whether a form came with the program or was uploaded."""

    SHIPPED = "shipped"
    SURVEY = "survey"


class FormState(StrEnum):
    """Whether a form is given to devices, only still taken from them, or neither."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


FORM_STATE_NAMES = {
    FormState.OPEN: text("open"),
    FormState.CLOSING: text("closing: filled forms are still taken"),
    FormState.CLOSED: text("closed"),
}


class DeviceKind(StrEnum):
    """What fills forms in."""

    COLLECT = "collect"
    BROWSER = "browser"


DEVICE_NAMES = {
    DeviceKind.COLLECT: text("ODK Collect or KoboCollect"),
    DeviceKind.BROWSER: text("browser"),
}
