"""What tests of erasing share: a consent that is withdrawn, and what is still kept of a form."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.models import SubmissionContent
from paivand.registry.actions.consents import withdraw_consent
from paivand.registry.models import Consent
from paivand.registry.queries.consents import consequences_of_withdrawal
from paivand.registry.rules.consents import ConsentPurpose
from tests.collect.surveys import SURVEY, answered, in_use, workbook


def is_kept(sent: Any, by: Any) -> bool:
    """Whether what the form said is still there."""
    with acting_as(by):
        return SubmissionContent.objects.filter(submission=sent).exists()


def withdrawn(by: Any, family: Any) -> list[Any]:
    """The head withdraws the consent to be registered; returns what was told before."""
    with acting_as(by):
        consent = Consent.objects.get(person_id=family.head_id, purpose=ConsentPurpose.REGISTRATION)
        told = consequences_of_withdrawal(by, consent)
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="asked for it", by=by)
    return told


def asked_about(manija: Any, family: Any, **answers: Any) -> tuple[Any, Any]:
    """A survey about this family, with a photograph: its version, and the answer as it was taken in."""
    sheet = [*SURVEY, ["select_one_from_file families.csv", "family", "Family", "Оила"]]
    version = in_use(manija, workbook(survey=sheet))
    return version, answered(manija, version, {"family": family.pk, **answers}, files={"a.jpg": b"\xff\xd8"})
