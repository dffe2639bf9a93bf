"""What the program asks for itself: whose worker fell silent, whether anybody works, and what is kept no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from paivand.access.models.identity import for_purpose
from paivand.collect.models import ImportBatch, Submission, SubmissionContent, SubmissionKey
from paivand.collect.rules.concerned import KeyKind
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


def rule_since() -> datetime | None:
    """When this house began to write down whom forms are about, and to erase what was set aside."""
    applied = MigrationRecorder(connection).migration_qs.filter(app="collect", name="0006_whom_forms_are_about")
    return applied.values_list("applied", flat=True).first()


def old_forms(now: datetime) -> QuerySet[Submission]:
    """Forms that were taken in or set aside so long ago that what they said is erased; the oldest first.

    What was set aside while that still meant for ever has the same days from the update on.
    """
    before, since = now - kept_for(), rule_since()
    states = _ENDS if since is None or since <= before else [SubmissionState.TAKEN]
    found = Submission.objects.filter(state__in=states, is_survey=False, erased_at=None)
    return found.filter(state_at__lt=before).order_by("state_at")


def forms_without_keys() -> QuerySet[Submission]:
    """Forms from before whom they are about was written down: of these only the family is known."""
    others = SubmissionKey.objects.filter(submission=OuterRef("pk")).exclude(kind=KeyKind.FAMILY)
    content = SubmissionContent.objects.filter(submission=OuterRef("pk"))
    since = rule_since()
    if since is None:
        return Submission.objects.none()
    found = Submission.objects.filter(~Exists(others), Exists(content), received_at__lt=since, erased_at=None)
    return found.order_by("id")


def withdrawn_forms(now: datetime) -> QuerySet[Submission]:
    """Forms about somebody who withdrew the consent that came to an end, or waited for as long as they may."""
    found = Submission.objects.filter(erase_by__isnull=False, erased_at=None)
    return found.filter(Q(state__in=_ENDS) | Q(erase_by__lte=timezone.localdate(now))).order_by("erase_by")
