"""What becomes of referrals when a person withdraws a consent: those that rest on it stop, and holders are told."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from paivand.access.actions.mechanism import record_event, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.referrals.actions.moving import close_to_receiver, move
from paivand.referrals.actions.notices import tell
from paivand.referrals.models import Referral
from paivand.referrals.models.referrals import CONSENT_ENDS
from paivand.referrals.queries.stopping import overridden, stopped
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import Act, Way, WithdrawReason
from paivand.registry.queries.consents import FollowUp, Withdrawal


def n_stopped(by: User, reached: Withdrawal) -> int:
    """How many referrals under way stop with this withdrawal, wherever they lie: so many as the screen promises."""
    with for_purpose(CONSENT_ENDS):
        return len(stopped(reached))


def stop_referrals(by: User, reached: Withdrawal, on: date, reason: str) -> None:
    """Take back every referral under way that rests on what is withdrawn. A part of the withdrawal's own action.

    One that somebody sent without a consent, for a danger or a duty, does not end by itself: the supervisors of the
    place are told, and decide.
    """
    now = timezone.now()
    with for_purpose(CONSENT_ENDS):
        rows = stopped(reached, lock=True)
        for row in rows:
            _stop(row, by)
        for row in overridden(reached):
            tell(row, NoticeKind.CONSENT, Audience.SUPERVISORS, now)
    remark(referrals=len(rows))


def _stop(row: Referral, by: User) -> None:
    now = timezone.now()
    close_to_receiver(row, now)
    edge = move(row, Act.WITHDRAW, by=by, now=now, reason=WithdrawReason.CONSENT_WITHDRAWN)
    if row.way == Way.ACCOUNT:
        tell(row, NoticeKind.WITHDRAWN, Audience.RECEIVER, now)
    if row.sender_id != by.pk:
        tell(row, NoticeKind.WITHDRAWN, Audience.SENDER, now)
    record_event(
        Verb.REFERRAL_SEND,
        by=by,
        subject=row,
        scope=row.scope,
        detail={"act": "withdraw", "edge": edge, "why": "consent"},
    )


REFERRALS_STOPPED = FollowUp(count=n_stopped, carry_out=stop_referrals)
"""Hung into the registry when the program starts: see ``apps``."""
