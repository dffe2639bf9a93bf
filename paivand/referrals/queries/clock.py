"""What time has come for. Asked for the purpose of upkeep only: no person asks."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from paivand.referrals.models import Referral
from paivand.referrals.rules.clock import last_due_to_expire
from paivand.referrals.rules.referrals import PENDING, UNANSWERED, Priority


def late(now: datetime) -> QuerySet[Referral]:
    """Referrals whose next word is late, and of which nobody was told yet; the longest late first."""
    found = Referral.objects.filter(state__in=sorted(PENDING), due_at__lte=now, escalated_at=None)
    return found.order_by("due_at", "pk")


def expired(now: datetime) -> QuerySet[Referral]:
    """Referrals that were never answered and end by themselves now."""
    over = reduce(or_, (Q(priority=one, due_at__lte=last_due_to_expire(one, now)) for one in Priority))
    return Referral.objects.filter(over, state__in=sorted(UNANSWERED)).order_by("due_at", "pk")
