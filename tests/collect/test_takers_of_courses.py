"""Attendance, observations of plots and questions afterwards from the field become what the screens would write."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.taking import Undecided
from paivand.core.models import new_id
from paivand.core.models.files import content_of
from paivand.core.rules.attendance import Mark
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.learning.actions import seasons
from paivand.learning.actions.completion import finish_group
from paivand.learning.models import (
    Attendance,
    Enrolment,
    FieldPhoto,
    FollowUp,
    FormerAttendance,
    Observation,
    Session,
)
from paivand.learning.rules.fields import PlotDraft, SeasonDraft, Way
from paivand.learning.rules.states import FollowKind, FollowState, SessionState
from tests.cases.files import PLACE, photograph
from tests.cast import fresh
from tests.collect.filling import filled_in, sent, stored, take
from tests.learning.schooling import BEGAN, held, hold_all, running


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def _first(by, group):
    with acting_as(by):
        return Session.objects.filter(group=group, state=SessionState.PLANNED).order_by("n").first()


def _session(group, session, rows, /, **changes):
    told = {
        "group": group.pk, "session": session.pk, "on_day": session.on_day,
        "learners": " ".join(str(row.pk) for row in rows), "marks/absent": "", "marks/excused": "", "marks/late": "",
    }  # fmt: skip
    return {**told, **changes}


def _marks(by, session):
    with acting_as(by):
        return dict(Attendance.objects.filter(session=session).values_list("enrolment_id", "mark"))


# --- attendance ------------------------------------------------------------------------------------------------------


def test_attendance_marks_whoever_is_not_named_as_there(tahmina, zarina):
    group, rows = running(tahmina, zarina, n=4)
    session = _first(tahmina, group)
    told = _session(group, session, rows, **{
        "marks/absent": rows[0].pk, "marks/excused": rows[1].pk, "marks/late": rows[2].pk, "has_remarks": "yes",
        "remarks": [{"learner": rows[1].pk, "note": "бемор"}], "taught/topics": " ".join(session.topics[:1]),
        "taught/note_session": "Хуб гузашт", "photo": "a.jpg", "caption": "Дастгоҳҳо",
    })  # fmt: skip
    taken = sent(tahmina, "attendance", told, files={"a.jpg": photograph()})
    with acting_as(tahmina):
        found = Session.objects.get(pk=session.pk)
        photo = FieldPhoto.objects.get(session=session)
        noted = Attendance.objects.get(session=session, enrolment=rows[1])
        assert PLACE not in content_of(photo)
    assert _marks(tahmina, session) == {
        rows[0].pk: Mark.ABSENT, rows[1].pk: Mark.EXCUSED, rows[2].pk: Mark.LATE, rows[3].pk: Mark.PRESENT
    }  # fmt: skip
    assert (found.state, found.taken_by_id, found.n_there, found.note) == ("held", tahmina.pk, 2, "Хуб гузашт")
    assert found.topics == session.topics[:1]
    assert (noted.note, photo.caption) == ("бемор", "Дастгоҳҳо")
    assert taken.what[0].url_kwargs == {"group_code": group.code, "session_n": str(session.n)}


def test_a_second_run_of_attendance_changes_nothing(tahmina, zarina):
    group, rows = running(tahmina, zarina)
    session = _first(tahmina, group)
    xml = filled_in("attendance", _session(group, session, rows, photo="a.jpg", **{"marks/late": rows[0].pk}))
    submission = stored(tahmina, xml, files={"a.jpg": photograph()})
    first, second = (take(tahmina, submission, read_filled(xml)) for _ in range(2))
    assert first == second
    with acting_as(tahmina):
        assert FieldPhoto.objects.filter(session=session).count() == 1
        assert Attendance.objects.filter(session=session).count() == 2
        assert not FormerAttendance.objects.filter(group=group).exists()


def test_who_came_into_the_group_later_is_asked_for_and_who_left_is_not(tahmina, zarina):
    group, rows = running(tahmina, zarina, n=3)
    session = _first(tahmina, group)
    told = _session(group, session, rows[:2], **{"marks/absent": f"{rows[0].pk} {new_id()}"})
    with pytest.raises(Refused) as refused:
        sent(tahmina, "attendance", told)
    assert (refused.value.code, refused.value.field) == ("marks", "marks/also_there")
    with acting_as(tahmina):
        assert Enrolment.objects.get(pk=rows[2].pk).name in refused.value.message
    sent(tahmina, "attendance", {**told, "marks/also_there": rows[2].pk})
    assert _marks(tahmina, session) == {
        rows[0].pk: Mark.ABSENT, rows[1].pk: Mark.PRESENT, rows[2].pk: Mark.PRESENT
    }  # fmt: skip


def test_a_session_that_somebody_else_wrote_down_waits_for_a_decision(tahmina, zarina):
    group, rows = running(tahmina, zarina)
    session = held(tahmina, group, {rows[0]: Mark.ABSENT})
    xml = filled_in("attendance", _session(group, session, rows, **{"marks/absent": rows[1].pk}))
    submission = stored(tahmina, xml)
    with pytest.raises(Undecided) as open_:
        take(tahmina, submission, read_filled(xml))
    assert open_.value.kind == "conflict"
    with acting_as(tahmina):
        names = {row.pk: row.name for row in Enrolment.objects.filter(group=group)}
    assert sorted((row["label"], row["kept"], row["sent"]) for row in open_.value.found) == sorted(
        [(names[rows[0].pk], "not there", "there"), (names[rows[1].pk], "there", "not there")]
    )
    take(tahmina, submission, read_filled(xml), {"conflict": "kept"})
    assert _marks(tahmina, session)[rows[0].pk] == Mark.ABSENT
    take(tahmina, submission, read_filled(xml), {"conflict": "sent"})
    assert _marks(tahmina, session) == {rows[0].pk: Mark.PRESENT, rows[1].pk: Mark.ABSENT}
    with acting_as(tahmina):
        assert FormerAttendance.objects.filter(group=group).count() == 2
    take(tahmina, submission, read_filled(xml))  # now both say the same


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"session": ""}, "choose", "session"),
        ({"session": str(new_id())}, "gone", "session"),
        ({"on_day": ""}, "date", "on_day"),
        ({"on_day": "2100-01-01"}, "date", "on_day"),
        ({"on_day": BEGAN - timedelta(days=3)}, "marks", "marks/also_there"),
        ({"taught/topics": "nothing_of_the_kind"}, "topics", "taught/topics"),
        ({"photo": "lost.jpg"}, "missing", "photo"),
        ({"photo": "broken.jpg"}, "kind", "photo"),
    ],
)
def test_attendance_that_cannot_be_names_its_question(tahmina, zarina, changes, code, field):
    group, rows = running(tahmina, zarina)
    told = _session(group, _first(tahmina, group), rows, **changes)
    with pytest.raises(Refused) as refused:
        sent(tahmina, "attendance", told, files={"broken.jpg": b"no picture at all"})
    assert (refused.value.code, refused.value.field) == (code, field)


def test_who_does_not_teach_takes_no_attendance(tahmina, zarina, farrukh):
    group, rows = running(tahmina, zarina)
    told = _session(group, _first(tahmina, group), rows)
    for other in (zarina, farrukh):
        with pytest.raises((Refused, WithoutRightError)):
            sent(other, "attendance", told)
    assert _marks(tahmina, _first(tahmina, group)) == {}


# --- what a field school sees ----------------------------------------------------------------------------------------


@pytest.fixture
def plot(tahmina, zarina):
    group, _rows = running(tahmina, zarina, course="ffs_drip_vegetables")
    by = fresh(tahmina)
    with acting_as(tahmina):
        seasons.write_season(
            group=group, version=0, draft=SeasonDraft("tomato", BEGAN, host="Замини деҳаи Даҳана"), by=by
        )
        return seasons.add_plot(group=group, plot_id=new_id(), draft=PlotDraft("1", Way.IMPROVED, "drip"), by=by)


def _seen(plot, /, **changes):
    told = {
        "group": plot.group_id, "plot": plot.pk, "observed_on": "2022-06-01", "watchers": "2",
        "plants/stage": "flowering", "plants/health": "fair", "plants/height_cm": "41.5", "field/soil": "moist",
        "field/water": "2 соат", "field/weather": "гарм", "seen": "aphids ladybirds", "counts/aphids": "34",
        "counts/ladybirds": "5", "told": "Баргҳои поён зард", "decided_by_group/decided": "biological",
        "decided_by_group/decision": "", "photo": "leaf.jpg", "caption": "Барг",
    }  # fmt: skip
    return {**told, **changes}


def test_an_observation_holds_every_answer(plot, tahmina):
    taken = sent(tahmina, "aesa", _seen(plot), files={"leaf.jpg": photograph()})
    with acting_as(tahmina):
        row = Observation.objects.get(pk=taken.what[0].id)
        photo = FieldPhoto.objects.get(observation=row)
        assert PLACE not in content_of(photo)
    assert (row.plot_id, row.observed_on, row.stage, row.health, row.soil) == (
        plot.pk, date(2022, 6, 1), "flowering", "fair", "moist"
    )  # fmt: skip
    assert (row.height_cm, row.weather, row.water, row.told) == (Decimal("41.5"), "гарм", "2 соат", "Баргҳои поён зард")
    assert (row.seen, row.decided, row.decision, row.watchers) == (
        {"aphids": 34, "ladybirds": 5},
        "biological",
        "",
        "2",
    )
    assert (photo.caption, row.recorded_by_id) == ("Барг", tahmina.pk)


def test_a_second_run_of_an_observation_writes_nothing(plot, tahmina):
    xml = filled_in("aesa", _seen(plot))
    submission = stored(tahmina, xml, files={"leaf.jpg": photograph()})
    assert take(tahmina, submission, read_filled(xml)) == take(tahmina, submission, read_filled(xml))
    with acting_as(tahmina):
        assert (Observation.objects.count(), FieldPhoto.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"plot": ""}, "choose", "plot"),
        ({"plot": str(new_id())}, "gone", "plot"),
        ({"observed_on": ""}, "date", "observed_on"),
        ({"observed_on": "2100-01-01"}, "future", "observed_on"),
        ({"plants/stage": "nothing"}, "stage", "plants/stage"),
        ({"plants/health": ""}, "health", "plants/health"),
        ({"field/soil": ""}, "soil", "field/soil"),
        ({"plants/height_cm": "2000"}, "height", "plants/height_cm"),
        ({"counts/aphids": ""}, "seen", "seen"),
        ({"decided_by_group/decided": ""}, "decided", "decided_by_group/decided"),
        ({"decided_by_group/decided": "other"}, "decision", "decided_by_group/decision"),
        ({"photo": "lost.jpg"}, "missing", "photo"),
    ],
)
def test_an_observation_that_cannot_be_names_its_question(plot, tahmina, changes, code, field):
    with pytest.raises(Refused) as refused:
        sent(tahmina, "aesa", _seen(plot, **changes), files={"leaf.jpg": photograph()})
    assert (refused.value.code, refused.value.field) == (code, field)


# --- afterwards ------------------------------------------------------------------------------------------------------


@pytest.fixture
def task(tahmina, zarina):
    """What is asked of one of the first group months after its end."""
    group, _rows = running(tahmina, zarina)
    hold_all(tahmina, group)
    with acting_as(tahmina):
        with writing("test"):
            Enrolment.objects.filter(group=group).update(
                exam_points=Decimal(80), exam_passed=True, project_passed=True
            )  # fmt: skip
        group.refresh_from_db()
        finish_group(group=group, version=group.version, by=fresh(tahmina), on=group.ends_on)
    with acting_as(zarina):
        return FollowUp.objects.filter(kind=FollowKind.AFTER).order_by("months", "pk").first()


def _asked(task, /, **changes):
    told = {
        "follow_up": task.pk, "months": task.months, "reached": "yes", "on": timezone.localdate(), "now/working": "yes",
        "now/own_business": "no", "now/income_before": "400", "now/income_after": "1150.5", "note": "дар бозор",
    }  # fmt: skip
    return {**told, **changes}


def test_answers_afterwards_hold_every_answer(task, zarina):
    taken = sent(zarina, "follow_up", _asked(task))
    with acting_as(zarina):
        task.refresh_from_db()
    assert (task.state, task.done_on, task.done_by_id) == (FollowState.DONE, timezone.localdate(), zarina.pk)
    assert (task.working, task.own_business, task.note, task.practices) == (True, False, "дар бозор", [])
    assert (task.income_before, task.income_after) == (Decimal(400), Decimal("1150.50"))
    assert taken.what[0].id == task.pk


def test_who_was_not_reached_and_what_was_not_asked_stay_open(task, zarina):
    sent(zarina, "follow_up", {"follow_up": task.pk, "reached": "no", "on": timezone.localdate(), "note": ""})
    with acting_as(zarina):
        task.refresh_from_db()
        other = FollowUp.objects.filter(kind=FollowKind.AFTER).exclude(pk=task.pk).first()
    assert (task.state, task.working) == (FollowState.NOT_REACHED, None)
    sent(zarina, "follow_up", _asked(other, **{"now/working": "not_asked", "now/income_before": ""}))
    with acting_as(zarina):
        other.refresh_from_db()
    assert (other.working, other.income_before, other.own_business) == (None, None, False)


def test_what_was_answered_already_waits_for_a_decision(task, zarina):
    xml = filled_in("follow_up", _asked(task))
    submission = stored(zarina, xml)
    first = take(zarina, submission, read_filled(xml))
    assert take(zarina, submission, read_filled(xml)) == first  # the same once more changes nothing
    other = filled_in("follow_up", _asked(task, **{"now/working": "no", "note": "бекор"}))
    later = stored(zarina, other)
    with pytest.raises(Undecided) as open_:
        take(zarina, later, read_filled(other))
    assert open_.value.found == [
        {"path": "now/working", "kept": "yes", "sent": "no"},
        {"path": "note", "kept": "дар бозор", "sent": "бекор"},
    ]
    take(zarina, later, read_filled(other), {"conflict": "kept"})
    with acting_as(zarina):
        task.refresh_from_db()
        assert (task.working, task.version) == (True, 2)
    take(zarina, later, read_filled(other), {"conflict": "sent"})
    with acting_as(zarina):
        task.refresh_from_db()
        assert (task.working, task.note) == (False, "бекор")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"follow_up": ""}, "choose", "follow_up"),
        ({"follow_up": str(new_id())}, "gone", "follow_up"),
        ({"on": ""}, "date", "on"),
        ({"on": "2100-01-01"}, "date", "on"),
        ({"now/income_after": "-1"}, "income", "now/income_after"),
        ({"now/practices": "none_of_these"}, "practices", "now/practices"),
    ],
)
def test_an_answer_afterwards_that_cannot_be_names_its_question(task, zarina, changes, code, field):
    with pytest.raises(Refused) as refused:
        sent(zarina, "follow_up", _asked(task, **changes))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_somebody_elses_question_is_out_of_reach_and_events_tell_no_word(task, zarina, farrukh, dpo):
    with pytest.raises(Refused) as refused:
        sent(farrukh, "follow_up", _asked(task))
    assert refused.value.code == "gone"
    sent(zarina, "follow_up", _asked(task))
    with acting_as(dpo):
        told = " ".join(map(str, AuditEvent.objects.filter(event="learning.enrol").values_list("detail", flat=True)))
    assert "learner.ask" in told
    assert "бозор" not in told


def test_an_edit_is_compared_and_one_about_something_else_is_left_to_a_person(task, tahmina, zarina):
    with acting_as(zarina):
        other = FollowUp.objects.filter(kind=FollowKind.AFTER).exclude(pk=task.pk).first()
    xml = filled_in("follow_up", _asked(task))
    first = stored(zarina, xml)
    made = take(zarina, first, read_filled(xml))
    with acting_as(zarina), writing("a test"):
        first.taken_as = [one.told() for one in made.what]
        first.save()
    edit = filled_in("follow_up", _asked(task, note="бекор"))
    with pytest.raises(Undecided) as open_:
        take(zarina, stored(zarina, edit), read_filled(edit), {"edit_of": str(first.pk)})
    assert [(one["path"], one["sent"]) for one in open_.value.found] == [("note", "бекор")]
    wrong = filled_in("follow_up", _asked(other))
    with pytest.raises(Undecided) as open_:
        take(zarina, stored(zarina, wrong), read_filled(wrong), {"edit_of": str(first.pk)})
    assert (open_.value.kind, open_.value.found) == ("edit", [{"submission": str(first.pk)}])
