"""Planning a group on a page: the timetable beforehand, clashes, changes, two at once; who teaches besides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.rules.writing import writing
from paivand.learning.models import Enrolment, Group, GroupTrainer, Session
from paivand.learning.queries.trainers import graduates, trainers_in
from paivand.learning.rules.courses import courses
from paivand.learning.rules.states import EnrolmentState, SessionState
from tests.cast import DUSTI, KULOB, fresh
from tests.learning.schooling import enrolled, held, opened, planned, professional, running
from tests.learning.test_attendance_pages import typed

pytestmark = pytest.mark.django_db
PLAN = "/teaching/groups/new/?course=seamstress"


def filled(browser, **changes):
    """The form of a new group, filled in for a month from now."""
    values = typed(browser.get(PLAN))
    day = timezone.localdate() + timedelta(days=30)
    return values | {
        "name": "Дӯзандагони Даҳана", "place": "TJ-KT-02-02", "starts_on": day.isoformat(), "weekdays": ["0", "2"],
        "qualification": "Дипломи дӯзанда", "room": "2", "venue": "Маркази таълимӣ",
    } | changes  # fmt: skip


def groups_named(by, name):
    with acting_as(by):
        return list(Group.objects.filter(name=name))


def test_the_course_is_chosen_first_and_proposes_the_rest(tahmina, sign_in):
    browser = sign_in(tahmina)
    chooser = browser.get("/teaching/groups/new/").content.decode()
    assert "?course=seamstress" in chooser
    assert len(courses()) <= chooser.count("?course=")
    values = typed(browser.get(PLAN))
    assert (values["weekdays"], values["session_hours"], values["capacity"]) == (["0", "2", "4"], 4, 15)
    assert values["lead"] == str(tahmina.pk)


def test_the_timetable_is_shown_before_anything_is_saved(tahmina, sign_in):
    browser = sign_in(tahmina)
    answer = browser.post(PLAN, filled(browser, preview="1"))
    text = " ".join(answer.content.decode().split())
    assert "40 sessions, 156 hours" in text
    assert "Nothing is saved yet." in text
    assert not groups_named(tahmina, "Дӯзандагони Даҳана")


def test_a_plan_that_cannot_be_is_refused_in_words(tahmina, sign_in):
    browser = sign_in(tahmina)
    late = filled(browser, preview="1", starts_at="23:00")
    answer = browser.post(PLAN, late)
    assert answer.status_code == 422
    assert "sessions that end on the day on which they begin" in answer.content.decode()
    late.pop("preview")
    assert browser.post(PLAN, late).status_code == 422


def test_a_group_is_planned_once_however_often_the_form_is_sent(tahmina, sign_in):
    browser = sign_in(tahmina)
    values = filled(browser)
    for _time in range(2):
        answer = browser.post(PLAN, values)
        assert answer.status_code == 302
    [group] = groups_named(tahmina, "Дӯзандагони Даҳана")
    assert answer.url == reverse("learning:group-open", args=[group.code])
    assert (group.course, group.n_sessions, group.district_id) == ("seamstress", 40, KULOB)


def test_a_clash_is_named_and_may_be_meant_so(tahmina, sign_in):
    browser = sign_in(tahmina)
    browser.post(PLAN, filled(browser))
    values = filled(browser, name="Дуюм", room="5")
    answer = browser.post(PLAN, values)
    assert answer.status_code == 422
    assert "teaches group Дӯзандагони Даҳана" in answer.content.decode()
    assert browser.post(PLAN, values | {"anyway": "on"}).status_code == 302
    assert groups_named(tahmina, "Дуюм")


def test_days_of_a_pause_stay_free(tahmina, sign_in):
    browser = sign_in(tahmina)
    first = timezone.localdate() + timedelta(days=40)
    pause = {"pause_from": first.isoformat(), "pause_until": (first + timedelta(days=20)).isoformat()}
    half = filled(browser, pause_from=first.isoformat())
    assert browser.post(PLAN, half).status_code == 422
    assert browser.post(PLAN, filled(browser, **pause)).status_code == 302
    [group] = groups_named(tahmina, "Дӯзандагони Даҳана")
    with acting_as(tahmina):
        inside = Session.objects.filter(group=group, on_day__gte=first, on_day__lte=first + timedelta(days=20))
        assert not inside.exists()


def test_what_was_held_stays_when_the_plan_changes(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    session = held(tahmina, group, {})
    browser = sign_in(tahmina)
    edit = reverse("learning:group-edit", args=[group.code])
    values = typed(browser.get(edit)) | {"weekdays": ["1", "3"], "starts_on": group.starts_on.isoformat()}
    assert browser.post(edit, values).status_code == 302
    with acting_as(tahmina):
        assert Session.objects.get(pk=session.pk).on_day == session.on_day
        coming = Session.objects.filter(group=group, state=SessionState.PLANNED).values_list("on_day", flat=True)
        assert {day.weekday() for day in coming} == {1, 3}


def test_two_who_change_a_plan_at_once_compare(tahmina, sign_in):
    group = planned(tahmina)
    browser = sign_in(tahmina)
    edit = reverse("learning:group-edit", args=[group.code])
    mine = typed(browser.get(edit)) | {"starts_on": group.starts_on.isoformat()}
    assert browser.post(edit, mine | {"name": "Якум"}).status_code == 302
    answer = browser.post(edit, mine | {"name": "Дигар"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Якум" in text
    assert "Дигар" in text
    again = typed(answer) | {"starts_on": group.starts_on.isoformat()}
    assert browser.post(edit, again).status_code == 302
    assert groups_named(tahmina, "Дигар")


def test_trainers_of_the_district_are_offered_and_nobody_else(tahmina, behruz, zarina):
    with acting_as(tahmina):
        assert [user.pk for user in trainers_in(fresh(tahmina), [KULOB])] == [tahmina.pk, behruz.pk]
        assert [user.pk for user in trainers_in(fresh(tahmina), [DUSTI])] == [behruz.pk]
    with acting_as(zarina):
        assert trainers_in(fresh(zarina), [KULOB]) == []


def test_a_graduate_is_named_facilitator_and_teaches_no_more_later(tahmina, sign_in):
    group = opened(tahmina)
    who = professional(tahmina, post="teacher")
    code = next(one.code for one in courses().values() if one.has("facilitator"))
    school = opened(tahmina, name="Омӯзгорон", anyway=True, course=code)
    rows = enrolled(tahmina, school, [who])
    with acting_as(tahmina):
        assert graduates(fresh(tahmina)) == []
        with writing("test"):
            Enrolment.objects.filter(pk=rows[0].pk).update(
                state=EnrolmentState.COMPLETED, ended_on=school.starts_on
            )  # fmt: skip
        assert [one.pk for one in graduates(fresh(tahmina))] == [who.pk]
    browser = sign_in(tahmina)
    page = reverse("learning:group-trainers", args=[group.code])
    values = typed(browser.get(page)) | {
        "graduate": str(who.pk), "qualification": "курси омӯзгорон", "from_on": group.starts_on.isoformat(),
    }  # fmt: skip
    for _time in range(2):
        assert browser.post(page, values).status_code == 302
    with acting_as(tahmina):
        [named] = GroupTrainer.objects.filter(group=group, role="facilitator")
    assert (named.name, named.participant_id) == (who.name, who.pk)
    assert who.name in browser.get(page).content.decode()
    end = reverse("learning:trainer-end", args=[group.code, named.pk])
    for _time in range(2):
        assert browser.post(end, {"version": named.version}).status_code == 302
    with acting_as(tahmina):
        assert GroupTrainer.objects.get(pk=named.pk).until_on is not None


def test_somebody_without_a_name_is_no_trainer(tahmina, sign_in):
    group = opened(tahmina)
    browser = sign_in(tahmina)
    page = reverse("learning:group-trainers", args=[group.code])
    values = typed(browser.get(page)) | {"qualification": "агроном", "from_on": group.starts_on.isoformat()}
    answer = browser.post(page, values)
    assert answer.status_code == 422
    assert "Write the name." in answer.content.decode()


def test_a_social_worker_plans_nothing(tahmina, zarina, sign_in):
    group = opened(tahmina)
    browser = sign_in(zarina)
    assert browser.get("/teaching/groups/new/").status_code == 403
    assert browser.get(reverse("learning:group-edit", args=[group.code])).status_code == 403
    assert browser.get(reverse("learning:group-trainers", args=[group.code])).status_code == 403
