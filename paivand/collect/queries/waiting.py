"""What the program asks for itself about forms that arrived: whose forms wait, and which comes next."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Min, Q, QuerySet

from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.collect.models import Submission
from paivand.collect.rules.submissions import PARTS_AWAITED, SubmissionState
from paivand.collect.rules.taking import Problem


def ready(now: datetime) -> QuerySet[Submission]:
    """What can be taken in: whole, or long enough without its other parts."""
    return Submission.objects.filter(
        Q(is_complete=True) | Q(received_at__lt=now - PARTS_AWAITED), state=SubmissionState.WAITING, replaced_by=None
    )


def waiting_senders(now: datetime) -> list[uuid.UUID]:
    """Whose forms wait; who has waited longest comes first."""
    with for_purpose("upkeep"):
        found = ready(now).values("owner_id").annotate(first=Min("received_at")).order_by("first")
        return [row["owner_id"] for row in found[:500]]


def waited_out(now: datetime) -> QuerySet[Submission]:
    """Forms that have waited for an earlier one for as long as they may; they are tried without it."""
    return Submission.objects.filter(state=SubmissionState.HELD, problem=Problem.WAITS, held_until__lt=now)


def sender_of(user_id: uuid.UUID) -> User | None:
    """The sender with her rights read anew, if her account is open; asked under her own identity."""
    found: User | None = User.objects.filter(pk=user_id, is_active=True).first()
    return found
