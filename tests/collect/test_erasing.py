"""What a form said goes when it has been kept long enough, and with the data of the family that it is about."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from paivand.access.actions.users import suspend_user
from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.actions import takers
from paivand.collect.actions.concerning import withdrawn_among
from paivand.collect.actions.entities import resolve_conflict
from paivand.collect.actions.erasing import erase_old_forms
from paivand.collect.actions.inbox import set_aside, take_up_again
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import (
    EntityChange,
    ImportBatch,
    ImportFile,
    ImportRow,
    Submission,
    SubmissionFile,
    SubmissionKey,
    SubmissionStep,
    SurveyAnswer,
    SurveyFile,
)
from paivand.collect.queries import survey_counts
from paivand.collect.queries.upkeep import old_forms, withdrawn_forms
from paivand.collect.rules.concerned import KeyKind, code_key, keys_in
from paivand.collect.rules.entities import Resolution
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.keeping import ERASED, kept_for, open_for
from paivand.collect.rules.submissions import FormKind, SubmissionState
from paivand.collect.rules.taking import Problem, Taken, Undecided
from paivand.core.models import new_id
from paivand.core.models.files import path_of
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.learning.models import Session
from paivand.registry.models import FamilyMember
from paivand.registry.rules.consents import Consequence
from tests.cast import fresh, register
from tests.collect import arriving
from tests.collect.arriving import again, arrived, attached, changed_twice
from tests.collect.surveys import SURVEY, answered, counted_for, in_use, made_in_background, workbook
from tests.collect.withdrawing import asked_about, is_kept, withdrawn
from tests.learning.schooling import running

S = SubmissionState


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every form of the tests is taken in."""
    monkeypatch.setitem(takers.TAKERS, "tested", lambda **_said: Taken())


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
    assert not is_kept(sent, zarina)
    assert not path_of(file.pk).exists()
    with acting_as(zarina):
        assert not SubmissionFile.objects.filter(submission=sent).exists()
    assert is_kept(survey, manija), "answers of a survey stand nowhere else"


def test_what_waits_for_a_person_is_not_erased_however_old(zarina: Any, monkeypatch: pytest.MonkeyPatch):
    def taker(**_said: Any) -> Taken:
        raise Refused("No.", "no")

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    assert erase_old_forms(timezone.now() + timedelta(days=4000)) == 0
    assert is_kept(sent, zarina)


def test_with_the_consent_of_the_family_its_forms_go_and_those_of_others_stay(
    zarina: Any, family: Any, monkeypatch: pytest.MonkeyPatch
):
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
    told = {one.consequence: one.n for one in withdrawn(zarina, family)}
    assert told[Consequence.FORMS_ERASED] == 2
    assert not is_kept(sent, zarina)
    assert not is_kept(held, zarina)
    assert is_kept(beside, zarina)
    row = again(held, zarina)
    assert (row.state, row.problem) == (S.ASIDE, Problem.CONSENT)
    with acting_as(zarina):
        assert EntityChange.objects.get(submission=sent).told is None
        events = AuditEvent.objects.filter(event="form.fill", detail__stage="consent_withdrawn")
        assert events.count() == 2


# --- whom a form is about --------------------------------------------------------------------------------------------


def _of(kinds: dict[uuid.UUID, KeyKind]) -> set[tuple[uuid.UUID, str]]:
    return {(key, str(kind)) for key, kind in kinds.items()}


def test_keys_are_found_wherever_a_form_holds_them():
    one, two, three, four, five = (uuid.uuid4() for _n in range(5))
    questions = [
        {"path": "family", "name": "family", "type": "select_one", "list": "families"},
        {"path": "who", "name": "who", "type": "select_multiple", "list": "learners"},
    ]
    filled = read_filled(
        f'<data id="f"><family>{one}</family><who>{two} {three}</who><worked_out>at {four}</worked_out>'
        f"<note>Оилаи F-000-0013, ва F-000-0031</note><meta><instanceID>uuid:{uuid.uuid4()}</instanceID>"
        f'<entity dataset="people" id="{five}" create="1"/></meta></data>'.encode()
    )
    assert _of(keys_in(filled, questions)) == {
        (one, "family"), (two, "learner"), (three, "learner"), (four, "other"), (five, "person"),
        (code_key(1), "code"),
    }  # fmt: skip


def test_answers_of_a_survey_about_a_family_go_with_its_consent_and_are_still_counted(
    zarina: Any, manija: Any, family: Any, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
):
    version, sent = asked_about(manija, family)
    beside = answered(manija, version, {"wish": "F-000-9992"})
    monkeypatch.setattr(survey_counts, "AT_ONCE", 0)
    with acting_as(manija):
        file = SubmissionFile.objects.get(submission=sent)
    made = made_in_background(manija, version.form)
    assert counted_for(manija, version, "wish").told["wish"].n == 2
    with django_capture_on_commit_callbacks(execute=True):
        told = {one.consequence: one.n for one in withdrawn(zarina, family)}
    assert told[Consequence.FORMS_ERASED] == 1
    assert not path_of(file.pk).exists()
    assert counted_for(manija, version, "wish").told["wish"].n == 1, "no younger count is shown that held it"
    with acting_as(manija):
        assert not SurveyFile.objects.filter(pk=made.pk).exists()
        row = SurveyAnswer.objects.get(submission=sent)
        assert (row.values, row.parts, bool(row.erased_at)) == ({}, {}, True)
        assert SurveyAnswer.objects.get(submission=beside).values["wish"] == "F-000-9992"
        assert SurveyAnswer.objects.filter(form=version.form).count() == 2
        assert not SubmissionKey.objects.filter(submission=sent).exists()
    assert not is_kept(sent, manija)
    assert is_kept(beside, manija)


def test_a_survey_that_names_the_family_by_a_typed_code_goes_too(zarina: Any, manija: Any, family: Any):
    version = in_use(manija)
    sent = answered(manija, version, {"wish": f"Ба оилаи {family.code.lower()} кӯмак"})
    withdrawn(zarina, family)
    assert not is_kept(sent, manija)


def test_a_survey_that_arrives_after_the_withdrawal_is_not_taken_in(zarina: Any, family: Any, manija: Any):
    sheet = [*SURVEY, ["select_one_from_file families.csv", "family", "Family", "Оила"]]
    version = in_use(manija, workbook(survey=sheet))
    withdrawn(zarina, family)
    sent = answered(zarina, version, {"family": family.pk}, comes="aside")
    assert again(sent, zarina).problem == Problem.CONSENT
    with acting_as(manija):
        assert not SurveyAnswer.objects.filter(form=version.form).exists()
    assert erase_old_forms() == 1
    assert not is_kept(sent, zarina)


def test_whoever_belongs_to_an_open_file_too_has_not_withdrawn(zarina: Any, family: Any):
    other = register(zarina, given="Мадина", surname="Нурова", members=0)
    with acting_as(zarina):
        member = FamilyMember.objects.filter(family=family).exclude(person_id=family.head_id).first()
    head, one = {family.head_id: KeyKind.PERSON}, {member.person_id: KeyKind.PERSON}
    with acting_as(zarina):
        assert withdrawn_among(one, fresh(zarina)) == (False, True)
    withdrawn(zarina, family)
    with acting_as(zarina):
        assert withdrawn_among(one, fresh(zarina)) == (True, False)
    with acting_as(zarina), writing("a test"):
        member.pk, member.family = new_id(), other
        member.save(force_insert=True)
    with acting_as(zarina):
        assert withdrawn_among(one, fresh(zarina)) == (False, True)
        assert withdrawn_among(head, fresh(zarina)) == (True, False)


# --- forms of trainers -----------------------------------------------------------------------------------------------


def _lists_of(monkeypatch: pytest.MonkeyPatch, lists: dict[str, str]) -> None:
    """Have the form of the tests ask for these things, each from its list."""
    asked = [
        {**arriving.QUESTIONS[0], "path": name, "name": name, "type": "select_multiple", "list": of}
        for name, of in lists.items()
    ]
    monkeypatch.setattr(arriving, "QUESTIONS", [*arriving.QUESTIONS, *asked])


def test_forms_of_trainers_go_with_the_learner_they_name_and_wait_where_others_are_named(
    tahmina: Any, zarina: Any, monkeypatch: pytest.MonkeyPatch
):
    _lists_of(monkeypatch, {"learner": "learners", "learners": "learners", "plot": "sessions"})
    group, rows = running(tahmina, zarina, n=2)
    with acting_as(tahmina):
        plot = Session.objects.filter(group=group).first()
    alone = arrived(tahmina, body=f"<learner>{rows[0].pk}</learner>")
    held = arrived(tahmina, body=f"<learner>{rows[0].pk}</learner><visit><purpose>check</purpose></visit>")
    of_group = arrived(tahmina, body=f"<learners>{rows[0].pk} {rows[1].pk}</learners>")
    of_plot = arrived(tahmina, body=f"<plot>{plot.pk}</plot>")
    other = arrived(tahmina, body=f"<learner>{rows[1].pk}</learner>")

    def taker(*, filled: Any, **_said: Any) -> Taken:
        if filled.value("visit/purpose") == "check" or filled.value("learners"):
            raise Refused("No.", "no")
        return Taken()

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    take_waiting(tahmina.pk)
    with acting_as(zarina):
        family = FamilyMember.objects.get(person_id=rows[0].person_id).family
    withdrawn(zarina, family)
    assert not is_kept(alone, tahmina)
    assert not is_kept(of_plot, tahmina)
    assert not is_kept(held, tahmina)
    assert again(held, tahmina).state == S.ASIDE
    assert is_kept(other, tahmina)
    row = again(of_group, tahmina)
    assert (row.state, row.erase_by) == (S.MEND, timezone.localdate() + open_for())
    assert is_kept(of_group, tahmina), "the others are still to be taken in"

    assert erase_old_forms() == 0
    with acting_as(tahmina):
        set_aside(sent=row, version=row.version, reason="Раҳимова Гулрухсор рафт", by=fresh(tahmina))
    assert erase_old_forms() == 1
    assert not is_kept(of_group, tahmina)


def test_what_nobody_works_on_is_set_aside_and_erased_when_its_days_are_over(
    zarina: Any, family: Any, monkeypatch: pytest.MonkeyPatch
):
    other = register(zarina, given="Сабоҳат", surname="Нурова", members=0)

    def taker(**_said: Any) -> Taken:
        raise Refused("No.", "no")

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    sent = arrived(zarina, family=family.pk, body=f"<note>{other.code}</note>")
    take_waiting(zarina.pk)
    withdrawn(zarina, family)
    assert again(sent, zarina).state == S.MEND
    assert erase_old_forms(timezone.now() + open_for() - timedelta(days=1)) == 0
    assert erase_old_forms(timezone.now() + open_for() + timedelta(days=1)) == 1
    row = again(sent, zarina)
    assert (row.state, row.problem, row.erase_by) == (S.ASIDE, Problem.CONSENT, None)


def test_a_form_that_arrives_late_and_is_not_taken_in_is_set_aside_for_good(
    zarina: Any, family: Any, monkeypatch: pytest.MonkeyPatch
):
    def taker(**_said: Any) -> Taken:
        raise Refused("No.", "gone")

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    withdrawn(zarina, family)
    sent = arrived(zarina, family=family.pk)
    assert take_waiting(zarina.pk) == {S.ASIDE: 1}
    assert again(sent, zarina).problem == Problem.CONSENT
    assert erase_old_forms() == 1


def test_a_form_of_a_closed_account_is_found_too(zarina: Any, family: Any, admin: Any, nasiba: Any):
    sent = arrived(zarina, family=family.pk)
    with acting_as(admin):
        suspend_user(user=zarina, reason="left", by=admin)
    take_waiting(zarina.pk)
    with acting_as(nasiba):
        assert Submission.objects.get(pk=sent.pk).problem == Problem.NO_ACCOUNT
        assert set(SubmissionKey.objects.filter(submission=sent).values_list("key", flat=True)) == {family.pk}


# --- words and values ------------------------------------------------------------------------------------------------


def test_the_words_that_people_wrote_and_the_values_in_conflicts_go_with_the_form(
    zarina: Any, family: Any, monkeypatch: pytest.MonkeyPatch
):
    def taker(**_said: Any) -> Taken:
        raise Refused("Сабоҳат дар хона набуд.", "no", field="visit/day")

    monkeypatch.setitem(takers.TAKERS, "tested", taker)
    sent = arrived(zarina, family=family.pk)
    changed_twice(sent, zarina, family)
    take_waiting(zarina.pk)
    row = again(sent, zarina)
    with acting_as(zarina):
        set_aside(sent=row, version=row.version, reason="Сабоҳат инро намехоҳад", by=fresh(zarina))
    withdrawn(zarina, family)
    row = again(sent, zarina)
    assert (row.aside_reason, row.problem_words) == (ERASED, None)
    with acting_as(zarina):
        assert set(SubmissionStep.objects.filter(submission=sent).values_list("reason", flat=True)) == {""}
        change = EntityChange.objects.get(submission=sent)
    assert (change.told, change.disputed, change.conflict) == (None, ["housing"], "hard")


def test_a_conflict_keeps_its_values_until_it_is_settled_and_no_longer(zarina: Any, family: Any, taken: None):
    sent = arrived(zarina, family=family.pk)
    change = changed_twice(sent, zarina, family)
    take_waiting(zarina.pk)
    assert erase_old_forms(timezone.now() + kept_for() + timedelta(days=1)) == 1
    with acting_as(zarina):
        change.refresh_from_db()
        assert change.sent_values == {"housing": "rented"}
        resolve_conflict(
            change=change, version=change.version, keeps=Resolution.SENT, seen=family.version, by=fresh(zarina)
        )
        change.refresh_from_db()
    assert (change.told, change.resolution) == (None, "sent")


def test_a_settled_conflict_loses_its_values_with_its_form(zarina: Any, family: Any, taken: None):
    sent = arrived(zarina, family=family.pk)
    change = changed_twice(sent, zarina, family)
    take_waiting(zarina.pk)
    with acting_as(zarina):
        resolve_conflict(
            change=change, version=change.version, keeps=Resolution.SENT, seen=family.version, by=fresh(zarina)
        )
    erase_old_forms(timezone.now() + kept_for() + timedelta(days=1))
    with acting_as(zarina):
        assert EntityChange.objects.get(pk=change.pk).told is None


def test_a_set_aside_form_is_kept_as_long_as_one_that_was_taken_in(zarina: Any, family: Any, taken: None):
    sent = arrived(zarina, family=family.pk)
    with acting_as(zarina):
        row = set_aside(sent=sent, version=sent.version, reason="ду бор", by=fresh(zarina))
    assert erase_old_forms(timezone.now() + kept_for() - timedelta(days=1)) == 0
    assert erase_old_forms(timezone.now() + kept_for() + timedelta(days=1)) == 1
    row = again(row, zarina)
    assert (row.state, row.aside_reason) == (S.ASIDE, ERASED)
    with acting_as(zarina), pytest.raises(Refused) as refused:
        take_up_again(sent=row, version=row.version, by=fresh(zarina))
    assert refused.value.code == "erased"


def test_rows_of_lists_about_the_family_lose_what_they_said(zarina: Any, family: Any):
    with acting_as(zarina), writing("a test"):
        place = {"district_id": family.district_id, "agency_id": family.agency_id, "owner_id": zarina.pk}
        told = {"state": "merged", "file_name": "a.csv", "sha256": "0" * 64, "kind": "csv", "n_bytes": 3}
        batch = ImportBatch.objects.create(uploaded_by=zarina, **told, **place)
        ImportFile.objects.create(batch=batch, content=b"abc", **place)
        said = {"values": {"0": "Сабоҳат"}, "understood": {"person": {"given_name": "Сабоҳат"}}}
        row, other = (
            ImportRow.objects.create(batch=batch, number=n, state="taken_in", family=one, **said, **place)
            for n, one in enumerate([family, register(zarina, given="Мадина", surname="Нурова", members=0)], 2)
        )
    withdrawn(zarina, family)
    with acting_as(zarina):
        row.refresh_from_db()
        other.refresh_from_db()
        assert (row.values, row.understood, row.family_id) == ({}, {}, family.pk)
        assert other.values == {"0": "Сабоҳат"}
        assert not ImportFile.objects.filter(batch=batch).exists()


def _plan(found: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    return str(found.explain())


@pytest.mark.parametrize(("rows", "index"), [(old_forms, "to_erase"), (withdrawn_forms, "erased_soon")])
def test_what_is_kept_no_longer_is_found_by_an_index(zarina: Any, rows: Any, index: str):
    with for_purpose("upkeep"):
        plan = _plan(rows(timezone.now())[:100])
    assert f"submissions_{index}" in plan, plan
    assert "Seq Scan on collect_submission" not in plan
