"""What the program asks for itself: whose worker fell silent, whether anybody works, and what is kept no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.models.identity import for_purpose
from paivand.collect.models import ImportBatch, Submission
from paivand.collect.rules.keeping import kept_for
from paivand.collect.rules.lists import BUSY
from paivand.collect.rules.submissions import SubmissionState

STUCK_MINUTES = 10


def silent_lists() -> list[ImportBatch]:
    """Lists at work whose worker has been silent for too long. Asked for the purpose of upkeep only."""
    found = ImportBatch.objects.filter(job_state__in=BUSY, lease_until__lt=timezone.now())
    return list(found.order_by("lease_until")[:100])


def stuck_lists() -> int:
    """How many lists have waited or been silent for so long that nobody seems to work."""
    long_ago = timezone.now() - timedelta(minutes=STUCK_MINUTES)
    with for_purpose("upkeep"):
        return int(ImportBatch.objects.filter(job_state__in=BUSY, lease_until__lt=long_ago).count())


_ENDS = [SubmissionState.TAKEN, SubmissionState.ASIDE]


def old_forms(now: datetime) -> QuerySet[Submission]:
    """Forms that were taken in or set aside so long ago that what they said is erased; the oldest first."""
    found = Submission.objects.filter(state__in=_ENDS, is_survey=False, erased_at=None)
    return found.filter(state_at__lt=now - kept_for()).order_by("state_at")


def withdrawn_forms(now: datetime) -> QuerySet[Submission]:
    """Forms about somebody who withdrew the consent that came to an end, or waited for as long as they may."""
    found = Submission.objects.filter(erase_by__isnull=False, erased_at=None)
    return found.filter(Q(state__in=_ENDS) | Q(erase_by__lte=timezone.localdate(now))).order_by("erase_by")
