"""Red flags: raised in the moment in which the answer is saved, seen by few, closed by a supervisor's word only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError
from paivand.instruments.actions.assessments import save_answers, set_aside_assessment
from paivand.instruments.actions.flags import answer_flag
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.queries import flags as queries
from paivand.instruments.queries.assessments import vulnerability_of
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.states import ANSWER_WITHIN, Urgency
from tests.instruments.asking import SEEN, answered, asked, begun, completed, profile, refused, worry

pytestmark = pytest.mark.django_db


def urgent(family, by, **answers):
    """The profile, of which only the last part is answered."""
    row = begun(family, by, "vulnerability")
    told = {code: Answer(value) for code, value in answers.items()}
    return save_answers(assessment=row, section="urgent", answers=told, version=row.version, by=by)


def test_a_flag_is_raised_when_the_part_is_saved_long_before_completion(family, zarina, nasiba):
    with acting_as(zarina):
        row = urgent(family, zarina, suicide_risk="yes", trafficking="no")
        assert row.is_draft
    with acting_as(nasiba):
        [flag] = queries.open_flags(nasiba, 10)
        assert (flag.code, flag.urgency, flag.recorded_by, flag.is_open) == ("suicide_risk", "at_once", zarina, True)
        assert flag.scope == family.scope
        assert flag.assessment.family == family


def test_a_band_raises_its_flag_at_completion(family, zarina):
    with acting_as(zarina):
        row = answered(begun(family, zarina), worry(3), zarina)
        assert not RedFlag.objects.exists()
        completed(row, zarina)
        assert [flag.code for flag in RedFlag.objects.all()] == ["severe_distress"]


def test_the_same_answer_raises_its_flag_once(family, zarina):
    with acting_as(zarina):
        row = urgent(family, zarina, child_in_danger="yes")
        told = {"child_in_danger": Answer("yes"), "homelessness": Answer("yes")}
        save_answers(assessment=row, section="urgent", answers=told, version=row.version, by=zarina)
        assert sorted(RedFlag.objects.values_list("code", flat=True)) == ["child_in_danger", "homelessness"]


def test_a_flag_that_somebody_else_raised_and_one_cannot_see_is_no_obstacle(family, zarina, gulnoz, nasiba):
    with acting_as(zarina):
        row = urgent(family, zarina, danger_now="yes")
    with acting_as(gulnoz):
        told = {"danger_now": Answer("yes"), "suicide_risk": Answer("yes")}
        save_answers(assessment=row, section="urgent", answers=told, version=row.version, by=gulnoz)
        assert [flag.code for flag in queries.open_flags(gulnoz, 10)] == ["suicide_risk"]
    with acting_as(nasiba):
        found = {flag.code: flag.recorded_by for flag in queries.open_flags(nasiba, 10)}
        assert found == {"danger_now": zarina, "suicide_risk": gulnoz}


def test_a_changed_answer_takes_no_flag_back(family, zarina):
    with acting_as(zarina):
        row = urgent(family, zarina, homelessness="yes")
        save_answers(assessment=row, section="urgent", answers={"homelessness": Answer("no")}, version=row.version,
                     by=zarina)  # fmt: skip
        assert RedFlag.objects.get().is_open


def test_a_questionnaire_set_aside_leaves_its_flag_open(family, zarina, nasiba):
    with acting_as(zarina):
        row = urgent(family, zarina, homelessness="yes")
        set_aside_assessment(assessment=row, reason="оилаи дигар", version=row.version, by=zarina)
    with acting_as(nasiba):
        assert len(queries.open_flags(nasiba, 10)) == 1


def test_flags_are_seen_by_supervisors_there_and_by_who_raised_them(everyone, family, zarina):
    with acting_as(zarina):
        urgent(family, zarina, suicide_risk="yes")
    for name, by in everyone.items():
        sees = name in {"zarina", "nasiba"}
        with acting_as(by):
            assert bool(queries.open_flags(by, 10)) == sees, name
            # the second wall, without a word of the program
            rows = connection.cursor().execute("select code from instruments_redflag").fetchall()
            assert bool(rows) == sees, name


def test_who_raised_a_flag_and_works_elsewhere_now_sees_it_no_more(family, zarina, admin):
    from paivand.access.actions.roles import assign_role, end_role
    from paivand.access.rules.roles import RoleKey
    from paivand.access.rules.scopes import ScopeKind
    from paivand.core.models import Place
    from tests.cast import KULOB

    with acting_as(zarina):
        urgent(family, zarina, suicide_risk="yes")
    with acting_as(admin):
        end_role(assignment=zarina.assignments.get(), reason="дигар вазифа", by=admin)
        assign_role(user=zarina, role=RoleKey.MONITORING_OFFICER, scope=ScopeKind.DISTRICTS, reason="нав", by=admin,
                    districts=[Place.objects.get(pk=KULOB)])  # fmt: skip
    zarina.forget_rights()
    with acting_as(zarina):
        assert queries.open_flags(zarina, 10) == []


def test_a_supervisor_answers_with_a_word_and_the_flag_is_closed(family, zarina, nasiba):
    with acting_as(zarina):
        urgent(family, zarina, suicide_risk="yes")
    with acting_as(nasiba):
        [flag] = queries.open_flags(nasiba, 10)
        with refused("note"):
            answer_flag(flag=flag, note="  ", version=flag.version, by=nasiba)
        with refused("stale"):
            answer_flag(flag=flag, note="занг задам", version=9, by=nasiba)
        done = answer_flag(flag=flag, note=" занг задам ", version=flag.version, by=nasiba)
        assert (done.note, done.answered_by, done.is_open) == ("занг задам", nasiba, False)
        with refused("answered"):
            answer_flag(flag=flag, note="боз", version=flag.version, by=nasiba)
        assert queries.open_flags(nasiba, 10) == []
        assert [one.pk for one in queries.answered_flags(nasiba).rows] == [flag.pk]
        event = AuditEvent.objects.get(event="case.approve", outcome="done")
        assert event.detail == {"act": "flag.answer", "urgency": "at_once", "late": False}
        assert event.subject_label == ""


def test_nobody_else_answers_a_flag(family, dusti_family, zarina, farrukh, gulnoz, nasiba):
    with acting_as(zarina):
        urgent(family, zarina, suicide_risk="yes")
        flag = RedFlag.objects.get()
    for by, error in ((zarina, WithoutRightError), (farrukh, OutsideScopeError), (gulnoz, OutsideScopeError)):
        with acting_as(by), pytest.raises(error):
            answer_flag(flag=flag, note="ман", version=flag.version, by=by)
    with acting_as(farrukh):
        urgent(dusti_family, farrukh, suicide_risk="yes")
        theirs = RedFlag.objects.get()
    with acting_as(nasiba), pytest.raises(OutsideScopeError):
        answer_flag(flag=theirs, note="ман", version=theirs.version, by=nasiba)


def test_the_worker_cannot_close_a_flag_past_the_program(family, zarina):
    with acting_as(zarina):
        urgent(family, zarina, suicide_risk="yes")
        changed = connection.cursor().execute("update instruments_redflag set note = 'x' returning id").fetchall()
        assert changed == []


def test_an_answered_flag_has_writer_and_note_in_the_database_too(family, zarina, nasiba):
    with acting_as(zarina):
        urgent(family, zarina, suicide_risk="yes")
    with acting_as(nasiba):
        with pytest.raises(DatabaseError, match="answered_flag_has_writer_and_note"), transaction.atomic():
            connection.cursor().execute("update instruments_redflag set answered_at = now()")


def test_the_most_urgent_flag_stands_first_and_a_late_one_is_late(family, zarina, nasiba):
    with acting_as(zarina):
        asked(family, zarina, worry(3))
        urgent(family, zarina, homelessness="yes", trafficking="yes")
    with acting_as(nasiba):
        found = queries.open_flags(nasiba, 10)
        assert [flag.code for flag in found] == ["trafficking", "homelessness", "severe_distress"]
        assert [flag.code for flag in queries.open_flags(nasiba, 1)] == ["trafficking"]
        for flag in found:
            limit = flag.raised_at + ANSWER_WITHIN[Urgency(flag.urgency)]
            assert not flag.is_late(limit)
            assert flag.is_late(limit + timedelta(seconds=1))
        assert ANSWER_WITHIN[Urgency.AT_ONCE] < ANSWER_WITHIN[Urgency.TODAY] < ANSWER_WITHIN[Urgency.SOON]


def test_what_cannot_wait_comes_before_every_severity(family, zarina, gulnoz):
    with acting_as(zarina):
        asked(family, zarina, profile(no_land=SEEN, child_in_danger=""), "vulnerability")
    for by in (zarina, gulnoz):
        with acting_as(by):
            found = vulnerability_of(by, [family.pk])[family.pk]
            assert (found.severity, found.band, found.urgent) == (3, "low", ("child_in_danger",))


def test_nothing_of_a_questionnaire_leaves_the_program():
    for model in (Assessment, Score, RedFlag):
        assert not model.privacy.leaves


def test_answered_flags_come_page_by_page(family, zarina, nasiba, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 1)
    with acting_as(zarina):
        urgent(family, zarina, suicide_risk="yes", trafficking="yes")
    with acting_as(nasiba):
        for flag in queries.open_flags(nasiba, 10):
            answer_flag(flag=flag, note="занг задам", version=flag.version, by=nasiba)
        first = queries.answered_flags(nasiba)
        assert first.more
        second = queries.answered_flags(nasiba, first.after or "")
        assert not second.more
        assert {first.rows[0].pk, second.rows[0].pk} == set(RedFlag.objects.values_list("pk", flat=True))
        assert len(queries.answered_flags(nasiba, "no key").rows) == 1
