"""What a withdrawn consent does to places in courses: named first, carried out wholly, and nothing more is counted."""

from __future__ import annotations

import pytest
from django.db import connection

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.roles import RoleKey
from paivand.access.rules.scopes import ScopeKind
from paivand.core.models import new_id
from paivand.core.rules.attendance import Mark
from paivand.core.rules.errors import Refused
from paivand.learning.actions.completion import take_back
from paivand.learning.actions.enrolments import leave, put_forward
from paivand.learning.models import Attendance, Enrolment, EnrolmentMove, FollowUp
from paivand.learning.rules.drafts import LearnerDraft
from paivand.learning.rules.states import EnrolmentState, FollowState, LeftWhy
from paivand.registry.actions.consents import record_consent
from paivand.registry.models import JourneyStep, Person
from paivand.registry.queries import consents as queries
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.consents import Consequence
from tests.cases.team import colleague
from tests.cast import DUSTI, agreed, fresh
from tests.learning.schooling import held, opened, registered, running, sent, woman
from tests.registry.talks import consent_of, withdraw

pytestmark = pytest.mark.django_db
P = ConsentPurpose


def _touched(by, person, purpose=P.REGISTRATION):
    with acting_as(by):
        named = queries.consequences_of_withdrawal(fresh(by), consent_of(person, purpose))
    return {one.consequence: one.n for one in named}


def _her(by, row):
    with acting_as(by):
        return Person.objects.get(pk=row.person_id)


def _withdraw(by, person, purpose=P.REGISTRATION):
    with acting_as(by):
        withdraw(fresh(by), person, purpose)


def _agrees_to_services(by, person):
    with acting_as(by):
        record_consent(person=person, draft=agreed(purposes=(P.SERVICES,)), by=fresh(by))


def test_the_page_names_how_many_places_end_before_it_is_done(tahmina, zarina, sign_in):
    her = woman(zarina)
    sent(zarina, opened(tahmina), her)
    sent(zarina, opened(tahmina, name="Дӯзандагон 2", room="9", anyway=True), her)
    assert _touched(zarina, her)[Consequence.PLACES_END] == 2
    with acting_as(zarina):
        family, consent = her.memberships.get().family, consent_of(her)
    page = sign_in(zarina).get(f"/families/{family.code}/consents/{consent.pk}/withdraw/").content.decode()
    assert "Places in courses end" in page
    assert "2 places" in page


def test_the_place_ends_and_the_trainer_sees_it(tahmina, zarina, nasiba):
    group, [row, other] = running(tahmina, zarina, n=2)
    held(tahmina, group, {row: Mark.ABSENT})
    held(tahmina, group, {row: Mark.ABSENT})
    _agrees_to_services(zarina, _her(zarina, row))
    _withdraw(zarina, _her(zarina, row), P.SERVICES)
    with acting_as(tahmina):
        row.refresh_from_db()
        other.refresh_from_db()
        group.refresh_from_db()
        assert (row.state, row.left_why) == (EnrolmentState.LEFT, LeftWhy.CONSENT)
        assert other.state == EnrolmentState.ENROLLED
        assert (group.n_enrolled, group.n_left) == (1, 1)
        assert EnrolmentMove.objects.filter(enrolment=row, why=LeftWhy.CONSENT).exists()
        assert not FollowUp.objects.filter(enrolment=row, state=FollowState.DUE).exists()
    with acting_as(nasiba):
        assert AuditEvent.objects.filter(subject_id=group.pk, detail__act="consent_withdrawn").exists()


def test_nothing_more_is_counted_and_what_was_attended_stays(tahmina, zarina):
    group, [row, _other] = running(tahmina, zarina, n=2)
    held(tahmina, group, {})
    _agrees_to_services(zarina, _her(zarina, row))
    _withdraw(zarina, _her(zarina, row), P.SERVICES)
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.hours > 0
        assert row.step_id is None
        assert not JourneyStep.objects.filter(person_id=row.person_id, service__startswith="learning.").exists()
    with acting_as(tahmina):
        assert Attendance.objects.filter(enrolment=row).count() == 1


def test_the_next_session_is_taken_without_her(tahmina, zarina):
    group, [row, other] = running(tahmina, zarina, n=2)
    _agrees_to_services(zarina, _her(zarina, row))
    _withdraw(zarina, _her(zarina, row), P.SERVICES)
    session = held(tahmina, group, {})
    with acting_as(tahmina):
        assert {one.enrolment_id for one in Attendance.objects.filter(session=session)} == {other.pk}


def test_it_cannot_be_taken_back_and_she_is_not_put_forward_again(tahmina, zarina):
    group, [row, _other] = running(tahmina, zarina, n=2)
    _agrees_to_services(zarina, _her(zarina, row))
    _withdraw(zarina, _her(zarina, row), P.SERVICES)
    with acting_as(tahmina):
        row.refresh_from_db()
        with pytest.raises(Refused) as refused:
            take_back(group=group, enrolment=row, version=row.version, reason="x", by=fresh(tahmina))
        assert refused.value.code == "consent"
    other = opened(tahmina, name="Дӯзандагон 2", room="9", anyway=True)
    with acting_as(zarina):
        her = Person.objects.get(pk=row.person_id)
        with pytest.raises(Refused) as refused:
            put_forward(person=her, group=other, enrolment_id=new_id(), draft=LearnerDraft(), by=fresh(zarina))
        assert refused.value.code == "consent"


def test_with_registration_the_names_go_out_of_every_list_in_which_she_ever_was(tahmina, zarina):
    group, [row, other] = running(tahmina, zarina, n=2)
    with acting_as(zarina):
        row.refresh_from_db()
        leave(enrolment=row, version=row.version, why=LeftWhy.WORK, by=fresh(zarina))
    _withdraw(zarina, _her(zarina, row))
    with acting_as(tahmina), connection.cursor() as cursor:
        cursor.execute("select id, name, guardian_name from learning_enrolment where group_id = %s", [group.pk])
        told = {key: (name, guardian) for key, name, guardian in cursor.fetchall()}
    assert told[row.pk] == ("", "")
    assert told[other.pk][0]


def test_the_trainers_page_shows_an_erased_name_as_erased(tahmina, zarina, sign_in):
    _group, [row, _other] = running(tahmina, zarina, n=2)
    _withdraw(zarina, _her(zarina, row))
    page = sign_in(tahmina).get(f"/learning/learners/{row.pk}/")
    assert page.status_code == 200
    assert "Name erased" in page.content.decode()


def test_a_consent_that_has_nothing_to_do_with_courses_leaves_places_alone(tahmina, zarina):
    _group, [row, _other] = running(tahmina, zarina, n=2)
    with acting_as(zarina):
        record_consent(person=row.person, draft=agreed(purposes=(P.PHOTO,)), by=fresh(zarina))
    assert Consequence.PLACES_END not in _touched(zarina, _her(zarina, row), P.PHOTO)
    _withdraw(zarina, _her(zarina, row), P.PHOTO)
    with acting_as(tahmina):
        row.refresh_from_db()
        assert row.state == EnrolmentState.ENROLLED


# --- the wall --------------------------------------------------------------------------------------------------------

LEARNER_TABLES = ("learning_enrolment", "learning_enrolmentmove", "learning_followup")
TAUGHT_TABLES = ("learning_attendance",)


def _rows(by, table):
    """How many rows PostgreSQL itself gives, whatever the program asks."""
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        [(n,)] = cursor.fetchall()
        return n


def _missed(tahmina, zarina):
    group, [row, _other] = running(tahmina, zarina, n=2)
    for _time in range(2):
        held(tahmina, group, {row: Mark.ABSENT})
    return group, row


def test_the_database_itself_shows_no_learner_of_another_district(tahmina, zarina, farrukh, manija, everyone):
    _missed(tahmina, zarina)
    for table in LEARNER_TABLES:
        assert _rows(zarina, table) > 0
        assert _rows(tahmina, table) > 0
        for user in (farrukh, manija, everyone["manager"], everyone["dpo"]):
            assert _rows(user, table) == 0, (table, user.username)
    for table in TAUGHT_TABLES:
        assert _rows(tahmina, table) == 4
        assert _rows(farrukh, table) == 0


def test_the_database_itself_lets_nobody_elsewhere_change_a_learner(tahmina, zarina, farrukh):
    _group, row = _missed(tahmina, zarina)
    with acting_as(farrukh), connection.cursor() as cursor:
        for table in LEARNER_TABLES:
            cursor.execute(f"update {table} set version = version + 1")
            assert cursor.rowcount == 0
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.state == EnrolmentState.ENROLLED


def test_a_second_trainer_of_another_district_runs_the_group_and_sees_its_learners_alone(tahmina, zarina, admin):
    second = colleague(admin, "second.trainer", role=RoleKey.TRAINER, scope=ScopeKind.DISTRICTS, districts=(DUSTI,))
    group, rows = running(tahmina, zarina, n=2, second=second.pk, second_qualification="Диплом")
    other = opened(tahmina, name="Дӯзандагон 2", room="9", anyway=True)
    sent(zarina, other, woman(zarina, 7))
    session = held(second, group, {rows[0]: Mark.LATE})
    assert session.taken_by_id == second.pk
    with acting_as(second):
        assert set(Enrolment.objects.values_list("group_id", flat=True)) == {group.pk}
    assert _rows(second, "learning_attendance") == 2


def test_a_worker_elsewhere_follows_her_people_into_a_group_of_another_district(tahmina, farrukh, zarina, admin):
    group = opened(tahmina)
    family = registered(farrukh, jamoat="TJ-KT-20-01")
    row = sent(farrukh, group, family.head)
    with acting_as(farrukh):
        assert list(Enrolment.objects.seen_by(fresh(farrukh))) == [row]
    with acting_as(zarina):
        # The group lies in her district, and so do the places in it.
        assert list(Enrolment.objects.seen_by(fresh(zarina))) == [row]
