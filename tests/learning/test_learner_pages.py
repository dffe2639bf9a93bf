"""Who learns in a group, on its pages: taken in, waiting, declined, judged, taken back; the group from plan to end."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.rules.attendance import Mark
from paivand.core.rules.writing import writing
from paivand.learning.models import Enrolment
from paivand.learning.queries.teaching import teaching_day
from paivand.learning.rules.states import EnrolmentState, GroupState, LeftWhy
from tests.cast import fresh
from tests.learning.schooling import BEGAN, held, hold_all, opened, planned, running, sent, woman

pytestmark = pytest.mark.django_db


def address(group, name, row=None):
    parts = {"group_code": group.code} | ({"enrolment_id": row.pk} if row else {})
    return reverse(f"learning:{name}", kwargs=parts)


def read(browser, group, name, row=None, **query):
    answer = browser.get(address(group, name, row), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def now(by, row):
    with acting_as(by):
        return type(row).objects.get(pk=row.pk)


def passed(by, *rows):
    """Exam and project are done, as the course asks."""
    with acting_as(by), writing("test"):
        Enrolment.objects.filter(pk__in=[row.pk for row in rows]).update(
            exam_points=Decimal(80), exam_passed=True, project_passed=True
        )


# --- answers ---------------------------------------------------------------------------------------------------------


def test_those_who_are_chosen_are_taken_in_and_a_second_sending_changes_nothing(tahmina, zarina, sign_in):
    group = opened(tahmina)
    rows = [sent(zarina, group, woman(zarina, i)) for i in range(3)]
    browser = sign_in(tahmina)
    assert "Wait for an answer" in read(browser, group, "group-people")
    values = {"chosen": [rows[0].pk, rows[1].pk], "answer": "admit"}
    for _time in range(2):
        assert browser.post(address(group, "group-answer"), values).status_code == 302
    assert [now(tahmina, row).state for row in rows] == ["enrolled", "enrolled", "applied"]
    assert now(tahmina, group).n_enrolled == 2
    browser.post(address(group, "group-answer"), {"chosen": [rows[2].pk], "answer": "wait"})
    assert now(tahmina, rows[2]).state == EnrolmentState.WAITING
    assert "on the waiting list" in read(browser, group, "group-people")


def test_a_full_group_says_so_on_its_page(tahmina, zarina, sign_in):
    group = opened(tahmina, capacity=1)
    rows = [sent(zarina, group, woman(zarina, i)) for i in range(2)]
    values = {"chosen": [row.pk for row in rows], "answer": "admit"}
    answer = sign_in(tahmina).post(address(group, "group-answer"), values, follow=True)
    assert "2 people are chosen, and 1 places are left" in answer.content.decode()
    assert now(tahmina, group).n_enrolled == 0


def test_nobody_is_chosen_and_the_page_asks_for_somebody(tahmina, sign_in):
    group = opened(tahmina)
    values = {"chosen": ["no key"], "answer": "admit"}
    answer = sign_in(tahmina).post(address(group, "group-answer"), values, follow=True)
    assert "Choose somebody from the list." in answer.content.decode()


def test_who_is_not_taken_in_reads_why(tahmina, zarina, sign_in):
    group = opened(tahmina)
    row = sent(zarina, group, woman(zarina))
    browser = sign_in(tahmina)
    assert browser.post(address(group, "learner-decline", row), {"of": "the form"}).status_code == 422
    values = {"why": "full", "said": "дар баҳор гурӯҳи нав"}
    assert browser.post(address(group, "learner-decline", row), values).status_code == 302
    assert browser.post(address(group, "learner-decline", row), values).status_code == 302
    assert (now(tahmina, row).state, now(tahmina, row).left_why) == (EnrolmentState.DECLINED, LeftWhy.FULL)
    assert "there was no place left" in read(browser, group, "group-people")


# --- progress and results --------------------------------------------------------------------------------------------


def test_the_page_tells_what_each_learner_still_lacks(tahmina, zarina, sign_in):
    group, [diligent, absent] = running(tahmina, zarina, n=2)
    for _n in range(4):
        held(tahmina, group, {absent: Mark.ABSENT})
    held(tahmina, group, {})
    page = read(sign_in(tahmina), group, "group-people")
    assert "Attended 20 % of the lessons; the course asks for 80 %." in page
    assert "100 % · 5 of 5" in page
    assert "The exam was not taken." in page
    assert diligent.name in page


def test_the_end_is_shown_before_it_is_written_and_the_reason_stays_on_the_page(tahmina, zarina, sign_in):
    group, [diligent, absent] = running(tahmina, zarina, n=2)
    browser = sign_in(tahmina)
    early = browser.post(address(group, "group-finish"), {"version": now(tahmina, group).version})
    assert early.status_code == 422
    assert "40 sessions are still to come" in " ".join(early.content.decode().split())
    hold_all(tahmina, group, missing={absent: 12})
    passed(tahmina, diligent, absent)
    page = read(browser, group, "group-finish")
    assert "1 learner completes the course" in page
    assert "1 learner does not complete it, and this is missing" in page
    assert "Attended 70 % of the lessons; the course asks for 80 %." in page
    values = {"version": now(tahmina, group).version}
    assert browser.post(address(group, "group-finish"), values).status_code == 302
    assert browser.post(address(group, "group-finish"), values).status_code == 302
    assert now(tahmina, group).state == GroupState.FINISHED
    after = read(browser, group, "group-people")
    assert "did not complete" in after
    assert "Attended 70 % of the lessons; the course asks for 80 %." in after


def test_a_result_is_taken_back_and_judged_again(tahmina, zarina, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    hold_all(tahmina, group)
    browser = sign_in(tahmina)
    browser.post(address(group, "group-finish"), {"version": now(tahmina, group).version})
    assert now(tahmina, one).state == EnrolmentState.FAILED
    assert browser.post(address(group, "learner-take-back", one), {"of": "the form"}).status_code == 422
    values = {"version": now(tahmina, one).version, "reason": "имтиҳонро дертар супорид"}
    assert browser.post(address(group, "learner-take-back", one), values).status_code == 302
    passed(tahmina, one)
    assert "Judge again" in read(browser, group, "group-people")
    answer = browser.post(address(group, "learner-judge", one), {"version": now(tahmina, one).version}, follow=True)
    assert "The course is completed" in answer.content.decode()
    assert now(tahmina, one).state == EnrolmentState.COMPLETED


def test_a_finished_group_runs_again_with_a_reason(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    hold_all(tahmina, group)
    browser = sign_in(tahmina)
    browser.post(address(group, "group-finish"), {"version": now(tahmina, group).version})
    assert browser.post(address(group, "group-reopen"), {"of": "the form"}).status_code == 422
    values = {"version": now(tahmina, group).version, "reason": "як дарс монда буд"}
    assert browser.post(address(group, "group-reopen"), values).status_code == 302
    assert now(tahmina, group).state == GroupState.RUNNING


# --- from state to state ---------------------------------------------------------------------------------------------


def test_a_group_is_opened_and_begun_by_one_button_each(tahmina, zarina, sign_in):
    group = planned(tahmina)
    browser = sign_in(tahmina)
    assert "Open the group" in read(browser, group, "group-open")
    browser.post(address(group, "group-turn"), {"version": group.version, "state": "open"})
    assert now(tahmina, group).state == GroupState.OPEN
    row = sent(zarina, group, woman(zarina))
    browser.post(address(group, "group-answer"), {"chosen": [row.pk], "answer": "admit"})
    assert "Begin the group" in read(browser, group, "group-open")
    values = {"version": now(tahmina, group).version, "state": "running"}
    for _time in range(2):
        assert browser.post(address(group, "group-turn"), values).status_code == 302
    assert now(tahmina, group).state == GroupState.RUNNING


def test_a_group_without_anybody_does_not_begin_and_says_why(tahmina, sign_in):
    group = opened(tahmina)
    values = {"version": group.version, "state": "running"}
    answer = sign_in(tahmina).post(address(group, "group-turn"), values, follow=True)
    assert "Nobody is enrolled yet." in answer.content.decode()
    sign_in(tahmina).post(address(group, "group-turn"), {"version": group.version, "state": "finished"})
    assert now(tahmina, group).state == GroupState.OPEN


def test_a_group_is_cancelled_with_its_reason(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    browser = sign_in(tahmina)
    assert browser.post(address(group, "group-cancel"), {"of": "the form"}).status_code == 422
    values = {"version": now(tahmina, group).version, "why": "устод нест"}
    assert browser.post(address(group, "group-cancel"), values).status_code == 302
    assert "устод нест" in read(browser, group, "group-open")


def test_who_follows_learners_changes_nothing(tahmina, zarina, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    browser = sign_in(zarina)
    page = read(browser, group, "group-people")
    assert one.name in page
    assert "Take back" not in page
    for name in ("group-finish", "group-cancel", "group-reopen"):
        assert browser.get(address(group, name)).status_code == 403
    assert browser.post(address(group, "group-turn"), {"state": "running"}).status_code == 403


# --- the attendance of all -------------------------------------------------------------------------------------------


def test_the_attendance_of_all_is_readable_in_words(tahmina, zarina, manija, sign_in):
    group, [one, _other] = running(tahmina, zarina, n=2)
    held(tahmina, group, {one: Mark.LATE})
    held(tahmina, group, {one: Mark.EXCUSED})
    page = read(sign_in(tahmina), group, "group-attendance")
    assert "2 sessions held" in page
    assert '<span class="sr-only">late</span>' in page
    assert '<span class="sr-only">excused</span>' in page
    assert "50 % · 1 of 2" in page
    counted = read(sign_in(manija), group, "group-attendance")
    assert "no names" in counted
    assert one.name not in counted


def test_a_long_course_is_looked_through_in_parts(tahmina, zarina, sign_in, monkeypatch):
    from paivand.learning.views import attendance

    monkeypatch.setattr(attendance, "WINDOW", 2)
    group, _rows = running(tahmina, zarina, n=1)
    for _n in range(3):
        held(tahmina, group, {})
    browser = sign_in(tahmina)
    latest = browser.get(address(group, "group-attendance"))
    assert [one.n for one in latest.context["sessions"]] == [2, 3]
    before = browser.get(address(group, "group-attendance"), {"until": latest.context["earlier"]})
    assert [one.n for one in before.context["sessions"]] == [1]
    assert before.context["later"] == 3
    assert "No session is written down yet" in read(browser, opened(tahmina, name="2", anyway=True), "group-attendance")


# --- the trainer's day -----------------------------------------------------------------------------------------------


def test_the_day_of_a_trainer_shows_what_is_late_today_and_soon(tahmina, zarina, behruz, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    with acting_as(tahmina):
        first = teaching_day(fresh(tahmina), today=BEGAN)
        assert ([one.n for one in first.late], [one.n for one in first.today]) == ([], [1])
        assert [one.n for one in first.coming] == [2]
        day = teaching_day(fresh(tahmina), today=BEGAN + timedelta(days=2))
        assert ([one.n for one in day.late], [one.n for one in day.today]) == ([1], [2])
        assert [one.pk for one in day.groups] == [group.pk]
        assert day.has_work
    with acting_as(behruz):
        assert not teaching_day(fresh(behruz), today=BEGAN).has_work
    page = sign_in(tahmina).get(reverse("learning:teaching-open")).content.decode()
    assert "Not written down yet" in page
    assert "Take attendance" in page
    assert "Not written down yet" in sign_in(tahmina).get("/").content.decode()
    assert sign_in(zarina).get(reverse("learning:teaching-open")).status_code == 403


def test_who_waits_for_an_answer_stands_on_the_day_of_the_trainer(tahmina, zarina, sign_in):
    group = opened(tahmina)
    sent(zarina, group, woman(zarina))
    page = " ".join(sign_in(tahmina).get(reverse("learning:teaching-open")).content.decode().split())
    assert "Wait for your answer" in page
    assert "1 person, free places: 15" in page
