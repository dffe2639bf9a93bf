"""What the program asks for itself: whose worker fell silent, and whether anybody works at all."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from paivand.access.models.identity import for_purpose
from paivand.collect.models import ImportBatch
from paivand.collect.rules.lists import BUSY

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
