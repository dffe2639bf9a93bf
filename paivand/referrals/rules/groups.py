"""In which groups a list shows referrals, on each side."""

from __future__ import annotations

from dataclasses import dataclass

from paivand.core.rules.texts import text
from paivand.referrals.rules.referrals import ENDS, PENDING, UNANSWERED, ReferralState


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its short stable name, its words, the states in it, and whether only late ones are."""

    code: str
    name: str
    states: frozenset[ReferralState]
    late: bool = False


SENT_GROUPS = (
    Group("under_way", text("under way"), PENDING),
    Group("late", text("overdue"), PENDING, late=True),
    Group("drafts", text("drafts"), frozenset({ReferralState.DRAFTED})),
    Group("ended", text("ended"), ENDS),
)
RECEIVED_GROUPS = (
    Group("new", text("to answer"), UNANSWERED),
    Group("at_work", text("at work"), PENDING - UNANSWERED),
    Group("late", text("overdue"), PENDING, late=True),
    Group("ended", text("ended"), ENDS),
)
