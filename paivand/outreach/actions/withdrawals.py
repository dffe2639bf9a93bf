"""What happens to lists of those who came when a person withdraws the consent to registration."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.outreach.models import Attendee
from paivand.registry.models import CONSENT_ENDS
from paivand.registry.queries.consents import Withdrawal


def count_lines(by: User, withdrawal: Withdrawal) -> int:
    """On how many lists the name stands; also on those that ``by`` may not see."""
    with for_purpose(CONSENT_ENDS):
        return _lines(withdrawal).count()


def erase_lines(by: User, withdrawal: Withdrawal, on: date, reason: str) -> None:
    """Take the name off every list. Sex and age group stay: the contacts were counted by them."""
    with for_purpose(CONSENT_ENDS):
        _lines(withdrawal).update(
            name="", telephone="", village="", person=None, participant=None, erased_at=timezone.now()
        )


def _lines(withdrawal: Withdrawal) -> QuerySet[Attendee]:
    records = list(withdrawal.erased)
    return Attendee.objects.filter(Q(person_id__in=records) | Q(participant__person_id__in=records), erased_at=None)
