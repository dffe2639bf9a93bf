"""Whatever is done with a group, in whatever order: its counts are those of its learners, and the journey agrees."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.core.rules.attendance import Mark
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.learning.actions.attendance import correct_attendance
from paivand.learning.actions.completion import finish_group, judge_again, reopen_group, take_back
from paivand.learning.actions.enrolments import admit, decline, leave, let_wait
from paivand.learning.actions.groups import turn_group
from paivand.learning.actions.timetables import cancel_session
from paivand.learning.models import Enrolment, EnrolmentMove, Group, Session
from paivand.learning.rules.drafts import Marked, SessionDraft
from paivand.learning.rules.states import ENROLMENT_EDGES, EnrolmentState, GroupState, LeftWhy, SessionState
from paivand.registry.models import JourneyStep
from tests.cast import fresh
from tests.learning.schooling import BEGAN, held, opened, sent, woman

pytestmark = pytest.mark.django_db
MARKS = st.sampled_from(list(Mark))


class _UndoneError(Exception):
    """Ends an example, so that the next begins where this one began."""


def test_counts_and_journey_agree_after_any_walk(tahmina, zarina):
    group = opened(tahmina, capacity=2)
    rows = [sent(zarina, group, woman(zarina, i)) for i in range(3)]

    @settings(max_examples=12, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
    @given(steps=st.lists(st.tuples(st.sampled_from(list(ACTS)), st.integers(0, 2), MARKS), min_size=4, max_size=14))
    def walk(steps):
        try:
            with transaction.atomic():
                for act, n, mark in [("admit", 0, Mark.LATE), ("start", 0, Mark.LATE), *steps]:
                    _try(ACTS[act], group, rows[n], mark, tahmina, zarina)
                    _agree(group, tahmina, zarina)
                raise _UndoneError
        except _UndoneError:
            pass

    walk()


def _try(act, group, row, mark, tahmina, zarina):
    try:
        with transaction.atomic():
            if act is _leave:
                with acting_as(zarina):
                    act(Enrolment.objects.get(pk=row.pk), fresh(zarina))
                return
            with acting_as(tahmina):
                both = {"group": Group.objects.get(pk=group.pk), "by": fresh(tahmina)}
                act(Enrolment.objects.get(pk=row.pk), mark, both)
    except Refused:
        pass


def _leave(row, by):
    leave(enrolment=row, version=row.version, why=LeftWhy.MOVED, by=by)


def _hold(row, mark, both):
    session = Session.objects.filter(group=both["group"], state=SessionState.PLANNED).order_by("n").first()
    if session:
        held(both["by"], both["group"], {row: mark}, session)


def _correct(row, mark, both):
    session = Session.objects.filter(group=both["group"], state=SessionState.HELD).last()
    if session:
        draft = SessionDraft(session.on_day, {row.pk: Marked(mark)}, reason="wrong")
        correct_attendance(session=session, version=session.version, draft=draft, **both)


def _pass(row, _mark, _both):
    with writing("test"):
        Enrolment.objects.filter(pk=row.pk).update(
            exam_points=Decimal(90), exam_passed=True, project_passed=True, practical_hours=Decimal(100)
        )


def _finish(_row, _mark, both):
    for session in Session.objects.filter(group=both["group"], state=SessionState.PLANNED):
        cancel_session(session=session, version=session.version, why="winter", **both)
    both["group"].refresh_from_db()
    finish_group(version=both["group"].version, **both)


def _turn(state):
    def act(_row, _mark, both):
        turn_group(version=both["group"].version, state=state, why="no teacher", on=BEGAN, **both)

    return act


ACTS = {
    "admit": lambda row, _mark, both: admit(enrolments=[row], on=BEGAN, **both),
    "wait": lambda row, _mark, both: let_wait(enrolments=[row], **both),
    "decline": lambda row, _mark, both: decline(enrolments=[row], why=LeftWhy.FULL, **both),
    "leave": _leave,
    "start": _turn(GroupState.RUNNING),
    "hold": _hold,
    "hold again": _hold,
    "correct": _correct,
    "pass": _pass,
    "finish": _finish,
    "take back": lambda row, _mark, both: take_back(enrolment=row, version=row.version, reason="wrong", **both),
    "judge": lambda row, _mark, both: judge_again(enrolment=row, version=row.version, **both),
    "reopen": lambda _row, _mark, both: reopen_group(version=both["group"].version, reason="one more", **both),
    "cancel": _turn(GroupState.CANCELLED),
}


def _agree(group, tahmina, zarina):
    with acting_as(tahmina):
        there = Group.objects.get(pk=group.pk)
        rows = list(Enrolment.objects.filter(group=group))
        states = Counter(row.state for row in rows)
        gone = sum(row.state == EnrolmentState.LEFT and row.enrolled_on is not None for row in rows)
        assert there.n_asking == states["applied"] + states["waiting"]
        assert (there.n_enrolled, there.n_completed, there.n_failed) == (
            states["enrolled"], states["completed"], states["failed"],
        )  # fmt: skip
        assert there.n_left == gone
        assert there.n_enrolled <= there.capacity or there.state != GroupState.RUNNING
        assert there.n_held == Session.objects.filter(group=group, state=SessionState.HELD).count()
        for row in rows:
            path = list(EnrolmentMove.objects.filter(enrolment=row).order_by("id").values_list("before", "after"))
            assert path[-1][1] == row.state
            assert all((EnrolmentState(a), EnrolmentState(b)) in ENROLMENT_EDGES for a, b in path[1:])
    with acting_as(zarina):
        for row in rows:
            steps = JourneyStep.objects.filter(person_id=row.person_id, service="learning.vocational_completed")
            counting = [step for step in steps if step.reverses_id is None and not hasattr(step, "reversed_by")]
            assert [step.pk for step in counting] == ([row.step_id] if row.step_id else [])
            assert (row.step_id is not None) >= (row.state == EnrolmentState.COMPLETED)
            assert sum(step.quantity for step in steps) == sum(step.quantity for step in counting)
            if row.state == EnrolmentState.COMPLETED:
                assert counting[0].outcome == "completed"
