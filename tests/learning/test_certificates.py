"""Certificates: who gets one and who not, corrections, revocations, batches; and who sees which row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_certificate, for_purpose, identity
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.learning.actions import certificate_batches as batches
from paivand.learning.actions import certificates as actions
from paivand.learning.actions.withdrawals import erase_names
from paivand.learning.models import Certificate, CertificateBatch
from paivand.learning.queries import certificates as queries
from paivand.learning.rules.certificates import CertificateState, Revoking, code_digest, number_in
from paivand.learning.rules.issuing import AT_ONCE, BatchState, Terms, WhyNot
from paivand.learning.tasks import issue_certificates
from paivand.registry.models import CONSENT_ENDS
from tests.cast import fresh
from tests.learning.handing_out import COMMISSION, ISSUED, examined, group_of, issued, learners, terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def tahmina(everyone):
    return everyone["tahmina"]


@pytest.fixture
def group(tahmina):
    return group_of(tahmina)


@pytest.fixture
def three(tahmina, zarina, group):
    return learners(tahmina, zarina, group)


def seen(by: Any, certificate: Certificate) -> Certificate:
    with acting_as(by):
        return Certificate.objects.get(pk=certificate.pk)


# --- who gets one ----------------------------------------------------------------------------------------------------


def test_who_completed_gets_a_certificate_with_what_was_reached(tahmina, group, three):
    examined(tahmina, group, three)
    made = issued(tahmina, group, three[0])
    assert number_in(made.printed_number) == ("VTS", made.number)
    assert made.name == three[0].name
    assert (made.design, made.trade, made.mark) == ("diploma", "7531", "84 / 100")
    assert (made.hours, made.practical_hours, made.theory_hours) == (156, 104, 52)
    assert (made.diploma_series, made.diploma_number) == ("ДТ", "0045127")
    assert made.commission == COMMISSION
    assert [one["name"] for one in made.signatories] == ["Гулбаҳор Ғаниева", "Раҳима Ҳакимова"]
    assert set(made.signatories[0]["post"]) == set(made.body) == set(made.title) == set(made.languages) == {"tg", "ru"}
    assert made.link_digest == code_digest(made.grouped_code)
    assert (made.issued_on, made.is_valid, made.issued_by) == (ISSUED, True, tahmina)
    with acting_as(tahmina):
        event = AuditEvent.objects.filter(event="certificate.issue").latest("at")
    assert event.subject_label == made.printed_number
    assert made.name not in str(event.detail)


@pytest.mark.parametrize(("state", "changes", "code"), [
    ("enrolled", {"ended_on": None}, WhyNot.STILL_LEARNING),
    ("failed", {}, WhyNot.NOT_COMPLETED),
    ("left", {"left_why": "migrated"}, WhyNot.LEFT),
    ("applied", {"enrolled_on": None, "ended_on": None}, WhyNot.NEVER_BEGAN),
])  # fmt: skip
def test_who_did_not_complete_gets_none_and_is_told_why(tahmina, zarina, group, state, changes, code):
    lacks = [{"code": "attendance", "need": "80", "have": "55"}]
    (one,) = learners(tahmina, zarina, group, 1, state=state, lacks=lacks, **changes)
    with acting_as(tahmina):
        with pytest.raises(Refused) as refused:
            issued(tahmina, group, one)
        assert refused.value.code == code
        assert refused.value.detail["lacks"] == lacks
        assert not Certificate.objects.exists()
        standing = queries.standing_of(tahmina, group)
        assert [one.why_not for one in standing] == ([] if code is WhyNot.NEVER_BEGAN else [code])


def test_a_refusal_is_written_into_the_audit(tahmina, zarina, group):
    (one,) = learners(tahmina, zarina, group, 1, state="failed")
    with acting_as(tahmina):
        with pytest.raises(Refused):
            actions.issue_certificate(
                group=group, enrolment=one, certificate_id=new_id(), terms=terms([one]), by=tahmina
            )
        event = AuditEvent.objects.filter(event="certificate.issue").latest("at")
    assert (event.outcome, event.detail) == ("refused", {"why": "not_completed"})


def test_a_completion_is_not_taken_back_while_a_certificate_is_valid(tahmina, group, three):
    from paivand.learning.actions.completion import take_back

    made = issued(tahmina, group, three[0])
    with acting_as(tahmina):
        with pytest.raises(Refused) as refused:
            take_back(group=group, enrolment=three[0], version=three[0].version, reason="хато", by=tahmina)
        assert refused.value.code == "certificate"
        actions.revoke_certificate(certificate=made, kind=Revoking.MISTAKE, reason="хато", version=1, by=tahmina)
        take_back(group=group, enrolment=three[0], version=three[0].version, reason="хато", by=tahmina)
        with pytest.raises(Refused) as refused:
            issued(tahmina, group, three[0])
    assert refused.value.code == WhyNot.STILL_LEARNING


def test_nobody_gets_two(tahmina, group, three):
    first = issued(tahmina, group, three[0])
    with pytest.raises(Refused) as refused:
        issued(tahmina, group, three[0])
    assert refused.value.code == WhyNot.HAS_ONE
    # The database holds the same, whatever a program does.
    with pytest.raises(IntegrityError, match="learner_has_one_valid_certificate"), acting_as(tahmina):
        with writing("test"):
            actions.issue_rows(group, [three[0]], terms([three[0]]), tahmina)
    assert seen(tahmina, first).is_valid


def test_the_same_form_sent_twice_gives_the_same_certificate(tahmina, group, three):
    key = new_id()
    with acting_as(tahmina):
        one, again = (
            actions.issue_certificate(
                group=group, enrolment=three[0], certificate_id=key, terms=terms([three[0]]), by=tahmina
            )
            for _n in range(2)
        )
    assert (one.pk, one.code) == (again.pk, again.code)


def test_a_diploma_needs_the_number_of_the_state(tahmina, group, three):
    with pytest.raises(Refused) as refused:
        issued(tahmina, group, three[0], diploma_numbers={})
    assert (refused.value.code, refused.value.field) == (WhyNot.NO_DIPLOMA_NUMBER, "diploma_number")


def test_a_certificate_is_not_issued_on_a_day_to_come(tahmina, group, three):
    with pytest.raises(Refused, match="day to come"):
        issued(tahmina, group, three[0], issued_on=timezone.localdate() + timedelta(days=1))


def test_after_a_revocation_a_new_one_may_be_issued(tahmina, group, three):
    first = issued(tahmina, group, three[0])
    with acting_as(tahmina):
        actions.revoke_certificate(certificate=first, kind=Revoking.MISTAKE, reason="номи дигар", version=1, by=tahmina)
    second = issued(tahmina, group, three[0])
    assert second.number > first.number
    assert second.code != first.code


@pytest.mark.parametrize("name", ["zarina", "manija", "anvar", "outsider", "rustam", "manager"])
def test_who_lacks_the_right_issues_none(everyone, group, three, name):
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        issued(everyone[name], group, three[0])


def test_a_trainer_of_another_district_issues_none(everyone, tahmina, group, three, admin):
    from paivand.access.actions.roles import assign_role
    from paivand.access.actions.users import create_user
    from paivand.access.rules.roles import RoleKey
    from paivand.core.models import Place
    from tests.cast import DISTRICTS, DUSTI

    with acting_as(admin):
        other = create_user(
            username="other.trainer", full_name="Дигаре", email="", language="en",
            agency=everyone["farrukh"].agency, team=None, by=admin,
        )  # fmt: skip
        assign_role(
            user=other, role=RoleKey.TRAINER, scope=DISTRICTS, reason="test", by=admin,
            districts=[Place.objects.get(pk=DUSTI)],
        )  # fmt: skip
    other = fresh(other)
    made = issued(tahmina, group, three[0])
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        issued(other, group, three[1])
    with acting_as(other):
        assert not Certificate.objects.filter(pk=made.pk).exists()
        with pytest.raises(OutsideScopeError):
            actions.revoke_certificate(certificate=made, kind=Revoking.WISH, reason="чаро", version=1, by=other)


# --- names -----------------------------------------------------------------------------------------------------------


def test_the_name_is_shown_since_the_day_on_which_she_agreed_and_can_be_hidden_again(tahmina, group, three):
    made = issued(tahmina, group, three[0])
    today = timezone.localdate()
    with acting_as(tahmina):
        row = actions.show_name(certificate=made, on=today, version=1, by=tahmina)
        assert (row.name_shown_since, row.name_shown_by) == (today, tahmina)
        row = actions.show_name(certificate=row, on=None, version=2, by=tahmina)
        assert (row.name_shown_since, row.name_shown_by) == (None, None)
        with pytest.raises(Refused, match="still to come"):
            actions.show_name(certificate=row, on=today + timedelta(days=1), version=3, by=tahmina)
        with pytest.raises(Refused, match="Somebody else changed"):
            actions.show_name(certificate=row, on=today, version=1, by=tahmina)


def test_a_corrected_name_makes_a_new_certificate_and_ends_the_former(tahmina, group, three):
    made, key = issued(tahmina, group, three[0]), new_id()
    with acting_as(tahmina):
        new, again = (
            actions.correct_certificate(
                certificate=made, certificate_id=key, name="  Саидова   Нигораи Ҳасан ", reason="хатои навишт",
                version=1, by=tahmina,
            )
            for _n in range(2)
        )  # fmt: skip
    former = seen(tahmina, made)
    assert former.state is CertificateState.SUPERSEDED
    assert former.name == three[0].name
    assert (new.name, again.pk, former.superseded_by_id) == ("Саидова Нигораи Ҳасан", new.pk, new.pk)
    assert new.number != made.number
    assert new.code != made.code
    assert {name: getattr(new, name) for name in actions._PRINTED} == {
        name: getattr(former, name) for name in actions._PRINTED
    }
    assert seen(tahmina, new).name_shown_since is None


@pytest.mark.parametrize(("changes", "code"), [
    ({"name": "   "}, "name"), ({"name": "А" * 241}, "name"), ({"reason": " "}, "reason"), ({"version": 7}, "stale"),
])  # fmt: skip
def test_a_correction_is_refused_without_name_reason_or_the_latest_version(tahmina, group, three, changes, code):
    made = issued(tahmina, group, three[0])
    values = {"name": "Нигораи Ҳасан", "reason": "хато", "version": 1, **changes}
    with acting_as(tahmina), pytest.raises(Refused) as refused:
        actions.correct_certificate(certificate=made, certificate_id=new_id(), by=tahmina, **values)
    assert refused.value.code == code
    assert seen(tahmina, made).is_valid


# --- revocation ------------------------------------------------------------------------------------------------------


def test_a_supervisor_revokes_with_a_reason_that_stays_inside(nasiba, tahmina, group, three):
    made = issued(tahmina, group, three[0])
    with acting_as(nasiba):
        row = actions.revoke_certificate(
            certificate=made, kind=Revoking.NOT_EARNED, reason="дар имтиҳон набуд", version=1, by=nasiba
        )
        assert (row.state, row.revoked_by) == (CertificateState.REVOKED, nasiba)
        event = AuditEvent.objects.filter(event="certificate.issue").latest("at")
    assert event.detail == {"act": "revoke", "kind": "not_earned"}
    assert event.reason == "дар имтиҳон набуд"


def test_what_is_not_valid_any_more_is_not_changed(tahmina, group, three):
    made = issued(tahmina, group, three[0])
    with acting_as(tahmina):
        revoked = actions.revoke_certificate(
            certificate=made, kind=Revoking.WISH, reason="хоҳиш", version=1, by=tahmina
        )
        same = actions.revoke_certificate(certificate=made, kind=Revoking.WISH, reason="хоҳиш", version=1, by=tahmina)
        assert same.version == revoked.version
        for act in (
            lambda: actions.show_name(certificate=revoked, on=ISSUED, version=2, by=tahmina),
            lambda: actions.revoke_certificate(
                certificate=revoked, kind=Revoking.MISTAKE, reason="дигар", version=2, by=tahmina
            ),
            lambda: actions.correct_certificate(
                certificate=revoked, certificate_id=new_id(), name="Дигар", reason="хато", version=2, by=tahmina
            ),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "ended"


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["issue", "show", "correct", "revoke"]), max_size=8))
def test_whatever_is_done_at_most_one_is_valid_and_none_comes_back(tahmina, group, three, acts):
    with transaction.atomic():
        ended: set[Any] = set()
        for n, act in enumerate(acts):
            with acting_as(tahmina):
                valid = Certificate.objects.filter(enrolment=three[1], revoked_on=None, superseded_on=None).first()
            if act == "issue" and valid is not None:
                with pytest.raises(Refused, match="issued already"):
                    issued(tahmina, group, three[1])
            elif act == "issue":
                issued(tahmina, group, three[1])
            elif valid is not None:
                with acting_as(tahmina):
                    _act(act, valid, tahmina, n)
            with acting_as(tahmina):
                rows = list(Certificate.objects.filter(enrolment=three[1]))
            assert sum(one.is_valid for one in rows) <= 1
            assert not {one.pk for one in rows if one.is_valid} & ended
            ended |= {one.pk for one in rows if not one.is_valid}
            assert len({one.code for one in rows}) == len({one.number for one in rows}) == len(rows)
        transaction.set_rollback(True)


def _act(act: str, row: Certificate, by: Any, n: int) -> None:
    if act == "show":
        actions.show_name(certificate=row, on=None if row.name_shown_since else ISSUED, version=row.version, by=by)
    elif act == "correct":
        actions.correct_certificate(
            certificate=row, certificate_id=new_id(), name=f"Ном {n}", reason="хато", version=row.version, by=by
        )
    else:
        actions.revoke_certificate(certificate=row, kind=Revoking.MISTAKE, reason="хато", version=row.version, by=by)


# --- the database ----------------------------------------------------------------------------------------------------


def rows_seen() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from learning_certificate")
        return int(cursor.fetchone()[0])


def test_the_databases_shows_one_row_to_who_has_the_code_and_none_without(tahmina, group, three):
    made = [issued(tahmina, group, one) for one in three]
    with identity(None):
        assert rows_seen() == 0
    with for_certificate(code_digest("")):
        assert rows_seen() == 0
    with for_certificate(code_digest(made[0].code)):
        assert rows_seen() == 1
        assert Certificate.objects.get().pk == made[0].pk
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from learning_certificate where id = %s", [made[1].pk])
            assert cursor.fetchone()[0] == 0
            for table in ("learning_enrolment", "learning_group", "learning_certificatebatch", "registry_person",
                          "access_auditevent", "referrals_referral"):  # fmt: skip
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone()[0] == 0, table


def test_the_code_lets_nobody_write(tahmina, group, three):
    made = issued(tahmina, group, three[0])
    with for_certificate(made.link_digest), connection.cursor() as cursor:
        cursor.execute("update learning_certificate set revoked_reason = 'x' where id = %s", [made.pk])
        assert cursor.rowcount == 0


@pytest.mark.parametrize("column", ["number", "code", "hours", "mark", "issued_on", "link_digest", "title"])
def test_what_was_printed_is_never_rewritten(tahmina, group, three, column):
    made = issued(tahmina, group, three[0])
    with acting_as(tahmina), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"update learning_certificate set {column} = {column} where id = %s", [made.pk])


def test_a_name_is_erased_with_the_consent_and_never_replaced(tahmina, zarina, group, three):
    made = issued(tahmina, group, three[0])
    with acting_as(tahmina):
        actions.show_name(certificate=made, on=ISSUED, version=1, by=tahmina)
        with pytest.raises(ProgrammingError, match="never rewritten"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("update learning_certificate set name = 'x' where id = %s", [made.pk])
    with for_purpose(CONSENT_ENDS), writing("test"):
        erase_names([three[0].person_id])
    row = seen(tahmina, made)
    assert (row.name, row.name_shown_since, row.is_valid) == ("", None, True)
    with acting_as(tahmina):
        assert queries.certificates_of_group(tahmina, group) == []
        actions.revoke_certificate(certificate=row, kind=Revoking.WISH, reason="хоҳиш", version=2, by=tahmina)
        (standing,) = [one for one in queries.standing_of(tahmina, group) if one.enrolment.pk == three[0].pk]
        assert standing.why_not is WhyNot.NAME_ERASED
        with pytest.raises(Refused) as refused:
            issued(tahmina, group, three[0])
    assert refused.value.code == WhyNot.NAME_ERASED


def test_the_worker_at_home_sees_it_and_nobody_elsewhere(everyone, tahmina, group, three):
    made = issued(tahmina, group, three[0])
    for name, sees in {"zarina": True, "nasiba": True, "farrukh": False, "manija": False, "anvar": False}.items():
        with acting_as(everyone[name]):
            assert Certificate.objects.filter(pk=made.pk).exists() is sees, name
            assert (queries.certificate_seen_by(everyone[name], made.pk) is not None) is sees, name


# --- batches ---------------------------------------------------------------------------------------------------------


def begun(by: Any, group: Any, enrolments: list[Any], **changes: Any) -> CertificateBatch:
    with acting_as(by):
        return batches.begin_batch(
            group=group, batch_id=new_id(), terms=terms(enrolments, **changes), by=by
        )  # fmt: skip


def test_a_batch_gives_one_to_each_who_may_have_one(tahmina, zarina, group, three):
    learners(tahmina, zarina, group, 2, state="failed")
    issued(tahmina, group, three[0])
    batch = begun(tahmina, group, three)
    assert (batch.n_total, batch.state) == (2, BatchState.WAITING)
    issue_certificates(batch=str(batch.pk), by=str(tahmina.pk))
    with acting_as(tahmina):
        batch.refresh_from_db()
        rows = list(Certificate.objects.filter(group=group))
    assert (batch.state, batch.n_done, batch.is_over, batch.percent) == (BatchState.DONE, 2, True, 100)
    assert {one.enrolment_id for one in rows} == {one.pk for one in three}
    assert {one.batch_id for one in rows} == {None, batch.pk}
    assert len({one.diploma_number for one in rows}) == 3


def test_a_batch_goes_on_where_a_worker_stopped(tahmina, zarina, group):
    many = learners(tahmina, zarina, group, AT_ONCE + 3)
    batch = begun(tahmina, group, many)
    with acting_as(tahmina):
        assert batches.issue_some(batch=batch, by=tahmina) is True
        batch.refresh_from_db()
        assert (batch.n_done, batch.state) == (AT_ONCE, BatchState.WORKING)
        # The worker is killed here; another one takes the batch up, and a third one comes late.
    issue_certificates(batch=str(batch.pk), by=str(tahmina.pk))
    issue_certificates(batch=str(batch.pk), by=str(tahmina.pk))
    with acting_as(tahmina):
        batch.refresh_from_db()
        assert (batch.n_done, batch.state) == (AT_ONCE + 3, BatchState.DONE)
        assert Certificate.objects.filter(group=group).count() == AT_ONCE + 3
        assert batches.issue_some(batch=batch, by=tahmina) is False


def test_two_batches_of_a_group_do_not_run_together_and_one_is_asked_for_once(tahmina, group, three):
    key = new_id()
    with acting_as(tahmina):
        first, again = (
            batches.begin_batch(group=group, batch_id=key, terms=terms(three), by=tahmina) for _n in range(2)
        )
    assert first.pk == again.pk
    with pytest.raises(Refused) as refused:
        begun(tahmina, group, three)
    assert refused.value.code == "busy"


def test_a_batch_for_nobody_is_refused(tahmina, zarina, group):
    learners(tahmina, zarina, group, 2, state="failed")
    with pytest.raises(Refused) as refused:
        begun(tahmina, group, [])
    assert refused.value.code == "nobody"


def test_a_silent_batch_is_taken_up_again(tahmina, group, three):
    batch = begun(tahmina, group, three)
    assert batches.wake_silent_batches(now=timezone.now() + timedelta(minutes=1)) == 0
    assert batches.wake_silent_batches(now=timezone.now() + timedelta(minutes=5)) == 1
    issue_certificates(batch=str(batch.pk), by=str(tahmina.pk))
    assert batches.wake_silent_batches(now=timezone.now() + timedelta(hours=1)) == 0


def test_a_batch_stops_when_who_asked_for_it_lost_the_right(tahmina, group, three, admin):
    from paivand.access.actions.roles import end_role

    batch = begun(tahmina, group, three)
    with acting_as(admin):
        end_role(assignment=tahmina.assignments.get(), reason="рафт", by=admin)
    issue_certificates(batch=str(batch.pk), by=str(tahmina.pk))
    with for_purpose("upkeep"):
        batch.refresh_from_db()
    assert batch.state == BatchState.STOPPED


def test_terms_are_kept_as_they_were_written():
    written = terms([], body="Лицей", diploma_numbers={"a": "1"})
    assert Terms.from_plain(written.plain()) == written
    assert date.fromisoformat(written.plain()["issued_on"]) == ISSUED
