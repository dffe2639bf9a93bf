"""What happens to cases when a person withdraws the consent to services, or to registration."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import set_due
from paivand.cases.models import Case
from paivand.cases.queries.cases import open_cases_with
from paivand.cases.rules.sop import DueKind, evening
from paivand.registry.models import CONSENT_ENDS
from paivand.registry.queries.consents import Withdrawal


def count_cases(by: User, withdrawal: Withdrawal) -> int:
    """How many open cases the person belongs to; also those that ``by`` may not see, because they are told too."""
    with for_purpose(CONSENT_ENDS):
        return len(open_cases_with(withdrawal.records))


def tell_cases(by: User, withdrawal: Withdrawal, on: date, reason: str) -> None:
    """Make it due today, in every open case of the person, to speak with her and close the case.

    The cases may lie with another worker or agency, out of the sight of whoever writes the withdrawal down: the
    program itself writes there. Nothing is closed by itself: whoever needs protection is asked first.
    """
    with for_purpose(CONSENT_ENDS):
        for found in open_cases_with(withdrawal.records):
            case: Case = Case.objects.select_for_update(of=("self",)).get(pk=found.pk)
            until = evening(timezone.localdate(), timezone.get_current_timezone())
            set_due(case, DueKind.CONSENT_WITHDRAWN, until, by=by, note=reason)
            record_event(
                Verb.CASE_WORK, by=by, subject=case, scope=Scope.of(case), detail={"act": "consent_withdrawn"}
            )  # fmt: skip
