"""What the person told after a referral."""

from __future__ import annotations

from paivand.access.models import User
from paivand.referrals.models import Referral, ReferralFeedback


def feedback_of(by: User, referral: Referral) -> list[ReferralFeedback]:
    """Everything that was told, the latest first; for the sender's side alone."""
    found = ReferralFeedback.objects.seen_by(by).filter(referral=referral).select_related("heard_by")
    return list(found.order_by("-id"))
