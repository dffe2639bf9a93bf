"""How copies of a material come and go."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class MoveKind(StrEnum):
    """What happened to copies. Keys are stored."""

    PRINTED = "printed"
    GIVEN = "given"
    LOST = "lost"


MOVE_NAMES = {
    MoveKind.PRINTED: text("printed or received"),
    MoveKind.GIVEN: text("given out"),
    MoveKind.LOST: text("spoilt or lost"),
}

MOST_COPIES = 10_000_000
"""More than any print run of the programme: a slip of the finger."""
