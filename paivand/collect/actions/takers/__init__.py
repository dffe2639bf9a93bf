"""What each form of the house becomes: one module for one form, and here the list of them by the form's code."""

from __future__ import annotations

from paivand.collect.actions.takers import (
    aesa,
    attendance,
    follow_up,
    information_session,
    instruments,
    referral_feedback,
    registration,
    remittances,
    visit,
)
from paivand.collect.rules.instrument_forms import INSTRUMENTS
from paivand.collect.rules.taking import Taker

TAKERS: dict[str, Taker] = {
    "family_registration": registration.take,
    "home_visit": visit.take,
    "remittances": remittances.take,
    **dict.fromkeys(INSTRUMENTS, instruments.take),
    "referral_feedback": referral_feedback.take,
    "follow_up": follow_up.take,
    "attendance": attendance.take,
    "aesa": aesa.take,
    "information_session": information_session.take,
}
"""By the code of the form. A survey has no taker: it is its own answer."""

EDIT_TAKERS: dict[str, Taker] = {"attendance": attendance.take, "follow_up": follow_up.take}
"""Takers of a form that was sent before, taken in, and changed on the device since; ``answers["edit_of"]`` is the key
of the older submission. A form that is not here is shown side by side, and a person decides."""
