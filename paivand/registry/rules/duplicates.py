"""Two records that may be one person: what was decided, and by which rules a pair is shown."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class Verdict(StrEnum):
    """What a person decided about a pair. Nothing is merged by itself."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


VERDICT_NAMES = {
    Verdict.OPEN: text("waits for a decision"),
    Verdict.SAME: text("the same person"),
    Verdict.DIFFERENT: text("two different people"),
    Verdict.UNSURE: text("not sure"),
}
