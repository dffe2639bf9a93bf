"""What happens to places in groups when a person withdraws the consent to services, or to registration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.learning.actions.enrolments import let_go
from paivand.learning.actions.inside import locked_group, save_counts
from paivand.learning.models import Certificate, Enrolment
from paivand.learning.rules.states import ALIVE, LeftWhy
from paivand.registry.models import CONSENT_ENDS
from paivand.registry.queries.consents import Withdrawal


def count_places(by: User, withdrawal: Withdrawal) -> int:
    """How many places in groups end; also those that ``by`` may not see."""
    with for_purpose(CONSENT_ENDS):
        return _alive(withdrawal.records).count()


def end_places(by: User, withdrawal: Withdrawal, on: date, reason: str) -> None:
    """Let the person go out of every group that she is in, or waits for. Nothing more is counted; what was stays."""
    with for_purpose(CONSENT_ENDS):
        for row in _alive(withdrawal.records).select_related("group").order_by("group_id"):
            group = locked_group(row.group)
            row.group = group
            let_go(row, group, why=LeftWhy.CONSENT, by=by, on=max(on, row.enrolled_on or on), counted=False)
            save_counts(group)
            record_event(
                Verb.LEARNING_ENROL, by=by, subject=group, scope=Scope.of(group), detail={"act": "consent_withdrawn"}
            )  # fmt: skip
        erase_names(withdrawal.erased)


def erase_names(records: Iterable[UUID]) -> None:
    """Take the name of somebody out of the lists of all groups in which she ever was: only the counts stay."""
    keys = list(records)
    # A certificate stays valid, for who has the paper; it names nobody any more, here and on the public page.
    Certificate.objects.filter(enrolment__person_id__in=keys).update(
        name="", name_shown_since=None, name_shown_by=None
    )  # fmt: skip
    Enrolment.objects.filter(person_id__in=keys).update(name="", guardian_name="", guardian_agreed_on=None)


def _alive(records: Iterable[UUID]) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(person_id__in=list(records), state__in=ALIVE)
