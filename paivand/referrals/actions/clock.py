"""What time does to referrals: late answers go to supervisors once, and what is never answered ends. For nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from paivand.access.actions.mechanism import record_event
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.core.rules.writing import writing
from paivand.referrals.actions.moving import close_to_receiver, move
from paivand.referrals.actions.notices import tell
from paivand.referrals.models import Referral
from paivand.referrals.queries.clock import expired, late
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import Act, Way

AT_ONCE = 200
"""How many rows one transaction locks."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one look at the clock did."""

    escalated: int
    expired: int


def escalate_overdue(*, now: datetime) -> Run:
    """Tell supervisors of every referral whose next word became late since the last look, and end those never answered.

    Of a sealed referral those of the sealed room are told, and nobody else.
    """
    return Run(
        escalated=_in_turns(late, now, lambda row: _escalate(row, now)),
        expired=_in_turns(expired, now, lambda row: _expire(row, now)),
    )


def _in_turns(found: Callable[[datetime], QuerySet[Referral]], now: datetime, work: Callable[[Referral], Any]) -> int:
    """Do ``work`` with all that is ``found``, some in each transaction; rows that somebody works on wait."""
    n = 0
    while True:
        with for_purpose("upkeep"), writing("upkeep"):
            rows = list(found(now).select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
            for row in rows:
                work(row)
        n += len(rows)
        if len(rows) < AT_ONCE:
            return n


def _escalate(row: Referral, now: datetime) -> None:
    row.escalated_at = now
    row.save(update_fields=["escalated_at", "changed_at"])
    tell(row, NoticeKind.ESCALATED, Audience.SUPERVISORS, now)
    record_event(Verb.REFERRAL_SEND, by=None, subject=row, scope=row.scope, detail={"act": "escalate"})


def _expire(row: Referral, now: datetime) -> None:
    close_to_receiver(row, now)
    edge = move(row, Act.EXPIRE, by=None, now=now)
    tell(row, NoticeKind.EXPIRED, Audience.SENDER, now)
    tell(row, NoticeKind.EXPIRED, Audience.SUPERVISORS, now)
    if row.way == Way.ACCOUNT:
        tell(row, NoticeKind.EXPIRED, Audience.RECEIVER, now)
    record_event(Verb.REFERRAL_SEND, by=None, subject=row, scope=row.scope, detail={"act": "expire", "edge": edge})
