"""What phones carry about a person beside who she or he is: where, and the tie of a migrant to those at home.

A telephone is lost more easily than a screen is left open. So of the ties it carries those that anybody in the village
could tell; that somebody is in prison, missing, with an armed group or divorced stays in the file.
"""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.registry.rules.migration import AbsenceStatus


class Lives(StrEnum):
    """Where somebody of a family is."""

    HOME = "home"
    ABROAD = "abroad"
    MOVED_OUT = "moved_out"


LIVES_NAMES = {
    Lives.HOME: text("at home"),
    Lives.ABROAD: text("abroad"),
    Lives.MOVED_OUT: text("does not belong to the household any more"),
}

_A = AbsenceStatus
CARRIED = (
    _A.REMITTING, _A.IRREGULAR, _A.CONTACT_ONLY, _A.SILENT_LT6M, _A.SILENT_6_12M, _A.SILENT_GT12M, _A.RETURNED_WELL,
)  # fmt: skip
"""The ties that a phone carries and may change."""

IN_FILE = "in_file"
"""Stands for a tie that only the file tells."""


ABSENCE_IN_FILE = text("what the file tells")
"""What is shown for it."""


def carried(status: str) -> str:
    """A tie as a list or a note of a conflict may tell it: empty for none, ``in_file`` for what only the file tells.

    >>> carried("no_contact_lt6m"), carried("imprisoned"), carried("")
    ('no_contact_lt6m', 'in_file', '')
    """
    return status if not status or status in CARRIED else IN_FILE
