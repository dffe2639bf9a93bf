"""What a form said goes when it has been kept long enough, and with the data of the family that it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions import takers
from paivand.collect.actions.erasing import erase_old_forms
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import EntityChange, SubmissionContent, SubmissionFile
from paivand.collect.rules.keeping import kept_for
from paivand.collect.rules.submissions import FormKind, SubmissionState
from paivand.collect.rules.taking import Problem, Taken, Undecided
from paivand.core.models.files import path_of
from paivand.core.rules.errors import Refused
from paivand.registry.actions.consents import withdraw_consent
from paivand.registry.models import Consent
from paivand.registry.queries.consents import consequences_of_withdrawal
from paivand.registry.rules.consents import ConsentPurpose, Consequence
from tests.collect.arriving import again, arrived, attached, changed_twice

S = SubmissionState


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every form of the tests is taken in."""
    monkeypatch.setitem(takers.TAKERS, "tested", lambda **_said: Taken())


def _content(sent: Any, by: Any) -> bool:
    with acting_as(by):
        return SubmissionContent.objects.filter(submission=sent).exists()


def test_after_its_days_only_the_row_of_a_taken_form_is_left(
    zarina: Any, manija: Any, taken: None, django_capture_on_commit_callbacks: Any
):
    sent = arrived(zarina)
    file = attached(sent, zarina, b"picture", name="a.png", mime="image/png")
    survey = arrived(manija, code="asked", kind=FormKind.SURVEY)
    take_waiting(zarina.pk)
    take_waiting(manija.pk)
    assert erase_old_forms() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_old_forms(timezone.now() + kept_for() + timedelta(days=1)) == 1
    row = again(sent, zarina)
    assert row.state == S.TAKEN
    assert row.erased_at is not None
    assert not _content(sent, zarina)
    assert not path_of(file.pk).exists()
    with acting_as(zarina):
        assert not SubmissionFile.objects.filter(submission=sent).exists()
    assert _content(survey, manija), "answers of a survey stand nowhere else"


def test_what_waits_for_a_person_is_not_erased_however_old(zarina: Any, monkeypatch: pytest.MonkeyPatch):
    def taker(**_said: Any) -> Taken:
        raise Refused("No.", "no")

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    assert erase_old_forms(timezone.now() + timedelta(days=4000)) == 0
    assert _content(sent, zarina)


def _withdraw(by: Any, family: Any) -> list[Any]:
    with acting_as(by):
        consent = Consent.objects.get(person_id=family.head_id, purpose=ConsentPurpose.REGISTRATION)
        told = consequences_of_withdrawal(by, consent)
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="asked for it", by=by)
    return told


def test_with_the_consent_of_the_family_its_forms_go_and_those_of_others_stay(
    zarina: Any, family: Any, monkeypatch: pytest.MonkeyPatch
):
    from tests.cast import register

    other = register(zarina, given="Сабоҳат", surname="Нурова", members=0)

    def taker(*, filled: Any, **_said: Any) -> Taken:
        if filled.value("visit/purpose") == "check":
            raise Undecided("waits", until=timezone.now() + timedelta(days=5))
        return Taken()

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    sent, beside = arrived(zarina, family=family.pk), arrived(zarina, family=other.pk)
    held = arrived(zarina, family=family.pk, body="<visit><day>2026-11-21</day><purpose>check</purpose></visit>")
    changed_twice(sent, zarina, family)
    take_waiting(zarina.pk)
    told = {one.consequence: one.n for one in _withdraw(zarina, family)}
    assert told[Consequence.FORMS_ERASED] == 2
    assert not _content(sent, zarina)
    assert not _content(held, zarina)
    assert _content(beside, zarina)
    row = again(held, zarina)
    assert (row.state, row.problem) == (S.ASIDE, Problem.CONSENT)
    with acting_as(zarina):
        assert EntityChange.objects.get(submission=sent).told is None
        events = AuditEvent.objects.filter(event="form.fill", detail__stage="consent_withdrawn")
        assert events.count() == 2
