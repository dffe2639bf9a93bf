"""Whether somebody was there: the four marks of every group that meets, psychosocial or of a course."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class Mark(StrEnum):
    """Whether a member was there."""

    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"


MARK_NAMES = {
    Mark.PRESENT: text("there"),
    Mark.LATE: text("late"),
    Mark.EXCUSED: text("excused"),
    Mark.ABSENT: text("not there"),
}

WAS_THERE = frozenset({Mark.PRESENT, Mark.LATE})
"""Marks with which a meeting or a session reached somebody."""
