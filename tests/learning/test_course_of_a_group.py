"""From the plan of a group to those who completed the course, through the actions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.attendance import Mark
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.learning.actions.attendance import correct_attendance, recount, take_register
from paivand.learning.actions.completion import finish_group, judge_again, take_back
from paivand.learning.actions.enrolments import Joining, admit, enrol_participants, leave
from paivand.learning.actions.groups import turn_group
from paivand.learning.models import (
    Attendance,
    Enrolment,
    EnrolmentMove,
    FollowUp,
    FormerAttendance,
    Group,
    Session,
)
from paivand.learning.rules.drafts import LearnerDraft, Marked, SessionDraft
from paivand.learning.rules.states import EnrolmentState, FollowKind, FollowState, GroupState, LeftWhy, SessionState
from paivand.registry.models import JourneyStep, Person
from paivand.registry.queries.journey import has_completed, n_people
from paivand.registry.rules.participants import ParticipantKind
from tests.cast import fresh
from tests.learning.schooling import (
    BEGAN,
    held,
    hold_all,
    opened,
    planned,
    professional,
    registered,
    running,
    sent,
    woman,
)

SERVICE = "learning.vocational_completed"


def _passed(by, *rows):
    """Exam and project are done, as the course asks."""
    with acting_as(by):
        from paivand.core.rules.writing import writing

        with writing("test"):
            Enrolment.objects.filter(pk__in=[row.pk for row in rows]).update(
                exam_points=Decimal(80), exam_passed=True, project_passed=True
            )


def _finished(by, group):
    with acting_as(by):
        group.refresh_from_db()
        return finish_group(group=group, version=group.version, by=fresh(by), on=group.ends_on)


def test_a_planned_group_has_its_whole_timetable(tahmina):
    group = planned(tahmina)
    with acting_as(tahmina):
        sessions = list(Session.objects.filter(group=group).order_by("n"))
    assert [one.n for one in sessions] == list(range(1, group.n_sessions + 1))
    assert sessions[0].on_day == BEGAN
    assert group.next_on == BEGAN
    assert group.ends_on == sessions[-1].on_day
    assert group.code.startswith("G-")
    assert group.owner_id == tahmina.pk


def test_a_trainer_cannot_be_in_two_rooms_at_once(tahmina):
    future = BEGAN.replace(year=BEGAN.year + 6)
    planned(tahmina, starts_on=future)
    with pytest.raises(Refused) as refused:
        planned(tahmina, name="Дӯзандагон 2", room="5", starts_on=future)
    assert refused.value.code == "clash"
    assert "Дӯзандагон 1" in refused.value.message
    assert planned(tahmina, name="Дӯзандагон 2", room="5", starts_on=future, anyway=True).name == "Дӯзандагон 2"


def test_somebody_put_forward_is_taken_in_and_completes(tahmina, zarina):
    group, rows = running(tahmina, zarina, n=2)
    hold_all(tahmina, group)
    _passed(tahmina, *rows)
    group = _finished(tahmina, group)
    assert (group.state, group.n_completed, group.n_enrolled) == (GroupState.FINISHED, 2, 0)
    with acting_as(zarina):
        assert has_completed(fresh(zarina), rows[0].person_id, SERVICE)
        step = JourneyStep.objects.get(person_id=rows[0].person_id, service=SERVICE)
        assert step.quantity == Decimal(156)
        assert step.happened_on == group.finished_on
        assert (step.provider_id, step.place_id) == (group.agency_id, group.place_id)
        after = FollowUp.objects.filter(enrolment=rows[0], kind=FollowKind.AFTER)
        assert {(one.for_user_id, one.state) for one in after} == {(zarina.pk, FollowState.DUE)}
        assert len(after) == 3


def test_who_misses_too_much_does_not_complete_and_is_told_why(tahmina, zarina):
    group, [diligent, absent] = running(tahmina, zarina, n=2)
    hold_all(tahmina, group, missing={absent: 12})
    _passed(tahmina, diligent, absent)
    _finished(tahmina, group)
    with acting_as(tahmina):
        absent.refresh_from_db()
        assert absent.state == EnrolmentState.FAILED
        assert "attendance" in {lack["code"] for lack in absent.lacks}
        diligent.refresh_from_db()
        assert diligent.state == EnrolmentState.COMPLETED
        assert diligent.lacks == []
    with acting_as(zarina):
        assert not has_completed(fresh(zarina), absent.person_id, SERVICE)
        assert JourneyStep.objects.get(person_id=absent.person_id, service=SERVICE).outcome == "partly"


def test_two_sessions_missed_in_a_row_make_one_task_for_the_social_worker(tahmina, zarina):
    group, [one, other] = running(tahmina, zarina, n=2)
    held(tahmina, group, {one: Mark.ABSENT})
    held(tahmina, group, {one: Mark.EXCUSED, other: Mark.ABSENT})
    held(tahmina, group, {one: Mark.ABSENT})
    held(tahmina, group, {one: Mark.ABSENT})
    with acting_as(zarina):
        [task] = FollowUp.objects.filter(group=group, kind=FollowKind.MISSED)
        assert (task.enrolment_id, task.for_user_id, task.state) == (one.pk, zarina.pk, FollowState.DUE)
    held(tahmina, group, {})
    with acting_as(zarina):
        task.refresh_from_db()
        assert task.state == FollowState.OFF


def test_a_register_from_paper_gives_the_same_counts_as_single_sessions(tahmina, zarina):
    one_by_one, [a, b] = running(tahmina, zarina, n=2)
    at_once, [c, d] = running(tahmina, zarina, n=2, room="7", name="Дӯзандагон 2", anyway=True, families=4)
    pattern = [Mark.ABSENT, Mark.LATE, Mark.EXCUSED, Mark.ABSENT, Mark.ABSENT]
    for mark in pattern:
        held(tahmina, one_by_one, {a: mark})
    with acting_as(tahmina):
        sessions = list(Session.objects.filter(group=at_once).order_by("n")[: len(pattern)])
        told = [
            (one, SessionDraft(one.on_day, {c.pk: Marked(mark), d.pk: Marked(Mark.PRESENT)}, tuple(one.topics)))
            for one, mark in zip(sessions, pattern, strict=True)
        ]
        group = take_register(group=at_once, told=told, by=fresh(tahmina))
        with pytest.raises(Refused) as refused:
            take_register(group=at_once, told=told[:1], by=fresh(tahmina))
        assert refused.value.code == "held"
        counts = []
        for row in (a, b, c, d):
            row.refresh_from_db()
            counts.append((row.n_held, row.n_there, row.n_late, row.n_excused, row.n_absent, row.n_missed_in_row,
                           row.hours))  # fmt: skip
        assert counts[0] == counts[2]
        assert counts[1] == counts[3]
        one_by_one.refresh_from_db()
        assert (group.n_held, group.next_on) == (one_by_one.n_held, one_by_one.next_on)
    with acting_as(zarina):
        assert FollowUp.objects.filter(enrolment__in=[a, c], kind=FollowKind.MISSED, state="due").count() == 2


def test_a_correction_keeps_what_stood_there(tahmina, zarina):
    group, [one, other] = running(tahmina, zarina, n=2)
    session = held(tahmina, group, {one: Mark.ABSENT})
    with acting_as(tahmina):
        draft = SessionDraft(
            on_day=session.on_day, marks={one.pk: Marked(Mark.LATE, "bus")}, topics=tuple(session.topics),
            reason="came at ten",
        )  # fmt: skip
        by = fresh(tahmina)
        found = correct_attendance(group=group, session=session, version=session.version, draft=draft, by=by)
        assert (found.n_there, found.n_marked) == (2, 2)
        former = FormerAttendance.objects.get()
        assert (former.mark, former.reason, former.by_id) == ("absent", "came at ten", tahmina.pk)
        one.refresh_from_db()
        assert (one.n_there, one.n_late, one.n_absent, one.hours) == (1, 1, 0, session.hours)
        with pytest.raises(Refused, match="why"):
            correct_attendance(
                group=group, session=found, version=found.version, by=by,
                draft=SessionDraft(on_day=session.on_day, marks={other.pk: Marked(Mark.ABSENT)}),
            )  # fmt: skip


def test_taking_a_completion_back_restores_every_count(tahmina, zarina):
    group, [one] = running(tahmina, zarina, n=1)
    hold_all(tahmina, group)
    _passed(tahmina, one)
    with acting_as(zarina):
        before = n_people(fresh(zarina), SERVICE)
    group = _finished(tahmina, group)
    with acting_as(tahmina):
        one.refresh_from_db()
        back = take_back(group=group, enrolment=one, version=one.version, reason="another woman", by=fresh(tahmina))
        assert (back.state, back.step_id, back.left_why) == (EnrolmentState.ENROLLED, None, "")
        group.refresh_from_db()
        assert (group.n_completed, group.n_enrolled) == (0, 1)
    with acting_as(zarina):
        assert n_people(fresh(zarina), SERVICE) == before == 0
        steps = JourneyStep.objects.filter(person_id=one.person_id, service=SERVICE)
        assert sum(step.quantity for step in steps) == 0
        assert len(steps) == 2
    with acting_as(tahmina):
        again = judge_again(group=group, enrolment=back, version=back.version, by=fresh(tahmina), on=group.ends_on)
        assert again.state == EnrolmentState.COMPLETED
    with acting_as(zarina):
        assert n_people(fresh(zarina), SERVICE) == 1


def test_whoever_is_too_young_is_refused_with_the_reason_of_the_course(tahmina, zarina):
    group = opened(tahmina)
    family = registered(zarina, members=2)
    with acting_as(zarina):
        girl = Person.objects.get(memberships__family=family, sex="female", birth_on__year=2015)
    with pytest.raises(Refused) as refused:
        sent(zarina, group, girl)
    assert refused.value.code == "not_eligible"
    assert "18" in refused.value.message


def test_nobody_is_twice_in_a_group(tahmina, zarina):
    group = opened(tahmina)
    her = woman(zarina)
    sent(zarina, group, her)
    with pytest.raises(Refused) as refused:
        sent(zarina, group, her)
    assert refused.value.code == "listed"


def test_a_full_group_says_so(tahmina, zarina):
    group = opened(tahmina, capacity=1)
    rows = [sent(zarina, group, woman(zarina, i)) for i in range(2)]
    with acting_as(tahmina):
        with pytest.raises(Refused) as refused:
            admit(group=group, enrolments=rows, by=fresh(tahmina))
    assert refused.value.code == "full"
    assert "1" in refused.value.message


def test_who_leaves_is_counted_as_left_and_keeps_her_hours(tahmina, zarina):
    group, [one, _other] = running(tahmina, zarina, n=2)
    held(tahmina, group, {})
    with acting_as(zarina):
        one.refresh_from_db()
        gone = leave(enrolment=one, version=one.version, why=LeftWhy.MIGRATED, by=fresh(zarina))
        assert (gone.state, gone.left_why) == (EnrolmentState.LEFT, LeftWhy.MIGRATED)
        assert JourneyStep.objects.get(pk=gone.step_id).outcome == "partly"
        assert [move.after for move in EnrolmentMove.objects.filter(enrolment=one).order_by("id")] == [
            "applied", "enrolled", "left",
        ]  # fmt: skip
        group = Group.objects.get(pk=group.pk)
        assert (group.n_left, group.n_enrolled) == (1, 1)


def test_a_trainer_of_another_district_sees_nobody_of_the_group(tahmina, zarina, farrukh):
    _group, rows = running(tahmina, zarina, n=1)
    with acting_as(farrukh):
        assert not Enrolment.objects.seen_by(fresh(farrukh)).exists()
        assert not Enrolment.objects.exists()
        assert not Attendance.objects.exists()
        with pytest.raises((OutsideScopeError, WithoutRightError)):
            leave(enrolment=rows[0], version=1, why=LeftWhy.MOVED, by=fresh(farrukh))
    with acting_as(tahmina):
        assert Enrolment.objects.count() == 1


def test_a_social_worker_teaches_nobody(tahmina, zarina):
    group, _rows = running(tahmina, zarina, n=1)
    with acting_as(zarina):
        with pytest.raises(WithoutRightError):
            finish_group(group=group, version=group.version, by=fresh(zarina))
        with pytest.raises(WithoutRightError):
            turn_group(group=group, version=group.version, state=GroupState.CANCELLED, why="x", by=fresh(zarina))


def test_a_cancelled_group_lets_everybody_go(tahmina, zarina):
    group, _rows = running(tahmina, zarina, n=2)
    with acting_as(tahmina):
        with pytest.raises(Refused, match="why"):
            turn_group(group=group, version=group.version, state=GroupState.CANCELLED, by=fresh(tahmina))
        done = turn_group(
            group=group, version=group.version, state=GroupState.CANCELLED, why="no teacher", by=fresh(tahmina)
        )
        assert (done.n_enrolled, done.n_left, done.next_on) == (0, 2, None)
        assert set(Session.objects.filter(group=group).values_list("state", flat=True)) == {SessionState.CANCELLED}


def test_whoever_goes_abroad_is_called_only_when_she_agreed(tahmina):
    group = opened(tahmina, course="pre_departure_orientation", weekdays=(0,), capacity=20, name="Пеш аз сафар")
    departing = [
        professional(tahmina, name, kind=ParticipantKind.DEPARTING, post="")
        for name in ("Сафаров Комил", "Ятимов Далер")
    ]
    with acting_as(tahmina):
        by = fresh(tahmina)
        joining = [
            Joining(new_id(), one, LearnerDraft(calls_agreed_on=BEGAN if n else None, destination="RU"))
            for n, one in enumerate(departing)
        ]
        rows = enrol_participants(group=group, joining=joining, by=by, today=BEGAN)
        group.refresh_from_db()
        group = turn_group(group=group, version=group.version, state=GroupState.RUNNING, by=by, on=BEGAN)
    hold_all(tahmina, group)
    _finished(tahmina, group)
    with acting_as(tahmina):
        assert Enrolment.objects.filter(group=group, state=EnrolmentState.COMPLETED).count() == 2
        asked = FollowUp.objects.filter(group=group, kind=FollowKind.AFTER)
        assert {one.enrolment_id for one in asked} == {rows[1].pk}
        assert {one.for_user_id for one in asked} == {tahmina.pk}


def test_the_counts_made_anew_are_those_that_stand(tahmina, zarina):
    group, rows = running(tahmina, zarina, n=3)
    held(tahmina, group, {rows[0]: Mark.ABSENT, rows[1]: Mark.LATE})
    held(tahmina, group, {rows[0]: Mark.EXCUSED})
    with acting_as(tahmina):
        from paivand.core.rules.writing import writing

        for row in rows:
            row.refresh_from_db()
        stood = [(r.n_held, r.n_there, r.n_late, r.n_excused, r.n_absent, r.hours) for r in rows]
        with writing("test"):
            recount(group, {row.pk: row for row in rows})
        assert stood == [(r.n_held, r.n_there, r.n_late, r.n_excused, r.n_absent, r.hours) for r in rows]
        assert stood[0][:5] == (2, 0, 0, 1, 1)
        assert stood[1][:5] == (2, 2, 1, 0, 0)
