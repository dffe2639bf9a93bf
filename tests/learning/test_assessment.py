"""Tests before and after, exams before a commission, projects: what is written down, and what is refused."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.instruments.rules.answers import Answer
from paivand.learning.actions import inside
from paivand.learning.actions.assessment import (
    add_exam,
    answer_test,
    change_exam,
    mark_exam,
    write_projects,
    write_tests,
)
from paivand.learning.actions.completion import finish_group, judge_again, take_back
from paivand.learning.models import Exam, ExamResult, TestSheet
from paivand.learning.rules import assessment as rules
from paivand.learning.rules.assessment import ExamDraft, Examiner, Marks, Paper, ProjectDraft, gain_picture, gained
from paivand.learning.rules.course import Stage
from paivand.learning.rules.courses import courses
from paivand.learning.rules.states import EnrolmentState
from tests.cast import fresh
from tests.learning.schooling import BEGAN, hold_all, running

DAY = BEGAN + timedelta(days=7)
SEATS = tuple(Examiner(name, post) for name, post in (
    ("Раҳимова Малоҳат", "директори муассиса"), ("Саидов Далер", "устод"), ("Ҳакимова Нигина", "шуъбаи меҳнат"),
))  # fmt: skip
BEST = {"theory": Decimal(20), "pattern": Decimal(20), "cut": Decimal(20), "seams": Decimal(25), "finish": Decimal(15)}
POOR = dict.fromkeys(BEST, Decimal(5))


def finance(trainer, worker, n=2):
    return running(trainer, worker, n=n, course="financial_literacy", session_hours=Decimal(2), capacity=25)


def written(by, group, points, stage=Stage.BEFORE, seen=None, on=DAY):
    papers = {row.pk: Paper(Decimal(n) if n is not None else None, (seen or {}).get(row)) for row, n in points.items()}
    with acting_as(by):
        return write_tests(group=group, stage=stage, taken_on=on, papers=papers, by=fresh(by))


def exam_of(by, group, on=DAY, seats=SEATS):
    with acting_as(by):
        return add_exam(group=group, exam_id=new_id(), draft=ExamDraft(on, seats, "Ошхона"), by=fresh(by))


def marked(by, group, exam, results):
    with acting_as(by):
        exam.refresh_from_db()
        return mark_exam(
            group=group, exam=exam, version=exam.version, by=fresh(by),
            results={row.pk: one if isinstance(one, Marks) else Marks(one) for row, one in results.items()},
        )  # fmt: skip


def again(by, *rows):
    with acting_as(by):
        for row in rows:
            row.refresh_from_db()
    return rows


# --- rules -----------------------------------------------------------------------------------------------------------

points = st.none() | st.integers(0, 10).map(Decimal)


def test_the_examples_run():
    assert doctest.testmod(rules).failed == 0


@given(st.lists(st.tuples(points, points)))
def test_the_gain_of_a_group_is_counted_over_those_with_both_tests(pairs):
    found = gained(pairs)
    both = [(before, after) for before, after in pairs if before is not None and after is not None]
    assert found.n_both == len(both) == found.n_better + found.n_same + found.n_worse
    assert found.n_both <= min(found.n_before, found.n_after)
    if both:
        mean = sum(after - before for before, after in both) / len(both)
        assert abs(found.gain - mean) <= Decimal("0.1")


@given(st.lists(st.tuples(points, points), max_size=12), st.booleans())
def test_the_picture_has_a_line_for_each_learner_with_both_tests_inside_its_frame(pairs, mirrored):
    picture = gain_picture(pairs, Decimal(10), mirrored=mirrored)
    n = gained(pairs).n_both
    assert (picture is None) == (n == 0)
    if picture:
        assert len(picture.strokes) == n
        for one in picture.strokes:
            assert all(0 <= Decimal(place.rstrip("%")) <= 100 for place in (one.before, one.after, one.low, one.width))
            assert one.middle < picture.height
        assert [one.n for one in picture.strokes] == [
            n for n, (before, after) in enumerate(pairs, 1) if before is not None and after is not None
        ]


# --- tests -----------------------------------------------------------------------------------------------------------


def test_points_from_paper_stand_in_the_enrolment(tahmina, zarina):
    group, [one, other] = finance(tahmina, zarina)
    assert written(tahmina, group, {one: 3, other: 5}) == 2
    assert written(tahmina, group, {one: 6, other: None}, stage=Stage.AFTER) == 1
    again(tahmina, one, other)
    assert (one.before_points, one.after_points, one.most_points, one.gain) == (3, 6, 7, 3)
    assert (other.before_points, other.after_points, other.gain) == (5, None, None)
    with acting_as(tahmina):
        sheet = TestSheet.objects.get(enrolment=one, stage=Stage.BEFORE)
        assert (sheet.points, sheet.most, sheet.from_paper, sheet.instrument) == (3, 7, True, "finance_test")
        assert (sheet.owner_id, sheet.group_id) == (tahmina.pk, group.pk)
        assert AuditEvent.objects.filter(detail__act="test.write").count() == 2


def test_a_second_sending_of_the_same_points_changes_nothing(tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    written(tahmina, group, {one: 3})
    again(tahmina, one)
    assert written(tahmina, group, {one: 3}) == 0
    assert again(tahmina, one)[0].version == one.version


def test_points_that_somebody_else_wrote_meanwhile_are_not_overwritten(tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    written(tahmina, group, {one: 3})
    with pytest.raises(Refused) as refused:
        written(tahmina, group, {one: 6})
    assert refused.value.code == "stale"
    assert written(tahmina, group, {one: 6}, seen={one: Decimal(3)}) == 1


def test_points_of_somebody_who_did_not_take_the_test_are_taken_out(tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    written(tahmina, group, {one: 3})
    written(tahmina, group, {one: None}, seen={one: Decimal(3)})
    with acting_as(tahmina):
        assert not TestSheet.objects.filter(enrolment=one).exists()
    assert again(tahmina, one)[0].before_points is None


@pytest.mark.parametrize("wrong", ["8", "-1", "2.5"])
def test_points_that_the_test_cannot_give_are_refused(wrong, tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    with pytest.raises(Refused) as refused:
        written(tahmina, group, {one: wrong})
    assert (refused.value.code, refused.value.field) == ("points", f"p_{one.pk.hex}")


def test_a_test_in_the_future_is_refused(tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    with pytest.raises(Refused) as refused:
        written(tahmina, group, {one: 3}, on=date(2100, 1, 1))
    assert refused.value.code == "date"


def test_a_course_without_a_test_has_none(tahmina, zarina, monkeypatch):
    group, [one] = running(tahmina, zarina, n=1)
    monkeypatch.setattr(inside, "course", lambda code: replace(courses()[code], test=None))
    with pytest.raises(Refused) as refused:
        written(tahmina, group, {one: 3})
    assert refused.value.code == "test"


def test_a_learner_of_another_group_is_refused(tahmina, zarina):
    group, _rows = finance(tahmina, zarina)
    _other, [stranger] = running(tahmina, zarina, n=1, families=7, name="Дӯзандагон 2", room="7", anyway=True)
    with pytest.raises(Refused) as refused:
        written(tahmina, group, {stranger: 3})
    assert refused.value.code == "people"


def test_a_test_question_by_question_counts_its_right_answers(tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    answers = {
        "interest": Answer("s100"),
        "compound": Answer("true"),
        "code": Answer("true"),
        "pays_in_time": Answer("always"),
    }
    with acting_as(tahmina):
        sheet = answer_test(
            group=group, enrolment=one, stage=Stage.BEFORE, answers=answers, taken_on=DAY, version=0, by=fresh(tahmina)
        )
        assert (sheet.points, sheet.most, sheet.from_paper) == (2, 7, False)
        one.refresh_from_db()
        assert one.before_points == 2
        same = answer_test(
            group=group, enrolment=one, stage=Stage.BEFORE, answers=answers, taken_on=DAY, version=0, by=fresh(tahmina)
        )
        assert same.version == sheet.version
        with pytest.raises(Refused) as refused:
            answer_test(
                group=group, enrolment=one, stage=Stage.BEFORE, answers={"code": Answer("false")}, taken_on=DAY,
                version=0, by=fresh(tahmina),
            )  # fmt: skip
        assert refused.value.code == "stale"
        more = answer_test(
            group=group, enrolment=one, stage=Stage.BEFORE, answers=answers | {"code": Answer("false")}, taken_on=DAY,
            version=sheet.version, by=fresh(tahmina),
        )  # fmt: skip
        assert (more.points, more.version) == (3, sheet.version + 1)


@pytest.mark.parametrize(
    ("answers", "code"),
    [({}, "empty"), ({"interest": Answer("s7")}, "answer"), ({"weather": Answer("true")}, "answer")],
)
def test_what_cannot_be_an_answer_is_refused(answers, code, tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    with acting_as(tahmina), pytest.raises(Refused) as refused:
        answer_test(
            group=group, enrolment=one, stage=Stage.AFTER, answers=answers, taken_on=DAY, version=0, by=fresh(tahmina)
        )
    assert refused.value.code == code


def test_answers_stay_when_the_grid_is_saved_unchanged(tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    with acting_as(tahmina):
        answer_test(
            group=group, enrolment=one, stage=Stage.BEFORE, answers={"code": Answer("false")}, taken_on=DAY, version=0,
            by=fresh(tahmina),
        )  # fmt: skip
    written(tahmina, group, {one: 1}, seen={one: Decimal(1)})
    with acting_as(tahmina):
        assert TestSheet.objects.get(enrolment=one).answers == {"code": {"value": "false"}}


# --- exams -----------------------------------------------------------------------------------------------------------


def test_an_exam_before_a_commission_passes_who_has_enough_points(tahmina, zarina):
    group, [good, poor] = running(tahmina, zarina, n=2)
    exam = exam_of(tahmina, group)
    assert [(one["name"], one["chair"]) for one in exam.commission][:2] == [
        ("Раҳимова Малоҳат", True), ("Саидов Далер", False),
    ]  # fmt: skip
    marked(tahmina, group, exam, {good: BEST, poor: POOR})
    again(tahmina, good, poor)
    assert (good.exam_points, good.exam_passed) == (100, True)
    assert (poor.exam_points, poor.exam_passed) == (25, False)


def test_who_was_not_there_has_no_result(tahmina, zarina):
    group, [one, other] = running(tahmina, zarina, n=2)
    exam = exam_of(tahmina, group)
    marked(tahmina, group, exam, {one: Marks(absent=True)})
    again(tahmina, one, other)
    assert (one.exam_points, one.exam_passed, other.exam_points) == (None, None, None)
    with acting_as(tahmina):
        assert ExamResult.objects.get().absent


def test_the_latest_exam_at_which_somebody_was_counts(tahmina, zarina):
    group, [one, _other] = running(tahmina, zarina, n=2)
    first = exam_of(tahmina, group)
    marked(tahmina, group, first, {one: POOR})
    second = exam_of(tahmina, group, on=DAY + timedelta(days=14))
    marked(tahmina, group, second, {one: BEST})
    assert again(tahmina, one)[0].exam_points == 100
    third = exam_of(tahmina, group, on=DAY + timedelta(days=21))
    marked(tahmina, group, third, {one: Marks(absent=True)})
    assert again(tahmina, one)[0].exam_points == 100
    with acting_as(tahmina):
        first.refresh_from_db()
        change_exam(
            group=group, exam=first, version=first.version, by=fresh(tahmina),
            draft=ExamDraft(DAY + timedelta(days=28), SEATS),
        )  # fmt: skip
    assert again(tahmina, one)[0].exam_points == 25


@pytest.mark.parametrize(
    "wrong",
    [{"theory": Decimal(20)}, BEST | {"cut": Decimal(21)}, BEST | {"cut": Decimal(-1)}, BEST | {"charm": Decimal(1)}],
)
def test_marks_that_a_commission_cannot_give_are_refused(wrong, tahmina, zarina):
    group, [one, _other] = running(tahmina, zarina, n=2)
    exam = exam_of(tahmina, group)
    with pytest.raises(Refused) as refused:
        marked(tahmina, group, exam, {one: wrong})
    assert refused.value.code == "marks"
    assert one.name in refused.value.message


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (ExamDraft(DAY, SEATS[:2]), "commission"),
        (ExamDraft(DAY, (*SEATS[:2], Examiner("Саидов Баҳром", ""))), "commission"),
        (ExamDraft(date(2100, 1, 1), SEATS), "date"),
        (ExamDraft(BEGAN - timedelta(days=1), SEATS), "date"),
    ],
)
def test_an_exam_needs_its_commission_and_a_day_that_can_be(draft, code, tahmina, zarina):
    group, _rows = running(tahmina, zarina, n=1)
    with acting_as(tahmina), pytest.raises(Refused) as refused:
        add_exam(group=group, exam_id=new_id(), draft=draft, by=fresh(tahmina))
    assert refused.value.code == code


def test_a_group_has_one_exam_a_day_and_a_double_tap_makes_one(tahmina, zarina):
    group, _rows = running(tahmina, zarina, n=1)
    exam = exam_of(tahmina, group)
    with pytest.raises(Refused) as refused:
        exam_of(tahmina, group)
    assert refused.value.code == "day"
    with acting_as(tahmina), pytest.raises(Refused) as refused:
        add_exam(group=group, exam_id=exam.pk, draft=ExamDraft(DAY, SEATS), by=fresh(tahmina))
    assert refused.value.code == "twice"
    with acting_as(tahmina):
        assert Exam.objects.filter(group=group).count() == 1


def test_marks_on_an_exam_that_changed_meanwhile_are_stale(tahmina, zarina):
    group, [one] = running(tahmina, zarina, n=1)
    exam = exam_of(tahmina, group)
    marked(tahmina, group, exam, {one: BEST})
    with acting_as(tahmina), pytest.raises(Refused) as refused:
        mark_exam(group=group, exam=exam, version=1, results={one.pk: Marks(POOR)}, by=fresh(tahmina))
    assert refused.value.code == "stale"


def test_school_marks_are_averaged_and_a_half_is_rounded_up(tahmina, zarina):
    group, [one] = running(tahmina, zarina, n=1, course="computer_operator", session_hours=Decimal(3), capacity=12)
    exam = exam_of(tahmina, group)
    five, four = Decimal(5), Decimal(4)
    marked(tahmina, group, exam, {one: {"theory": five, "typing": five, "document": four, "table": four}})
    assert again(tahmina, one)[0].exam_points == 5


# --- projects --------------------------------------------------------------------------------------------------------


def test_a_project_is_written_down_once_and_a_stale_form_does_not_overwrite(tahmina, zarina):
    group, [one, other] = running(tahmina, zarina, n=2)
    drafts = {
        one.pk: ProjectDraft("Курта барои духтарча", True, one.version),
        other.pk: ProjectDraft("", None, other.version),
    }
    with acting_as(tahmina):
        assert write_projects(group=group, projects=drafts, by=fresh(tahmina)) == 1
        assert write_projects(group=group, projects=drafts, by=fresh(tahmina)) == 0
        with pytest.raises(Refused) as refused:
            write_projects(
                group=group, projects={one.pk: ProjectDraft("Доман", True, one.version)}, by=fresh(tahmina)
            )  # fmt: skip
        assert refused.value.code == "stale"
    again(tahmina, one, other)
    assert (one.project_title, one.project_passed, other.project_passed) == ("Курта барои духтарча", True, None)


def test_a_course_without_a_project_has_none(tahmina, zarina):
    group, [one, _other] = finance(tahmina, zarina)
    with acting_as(tahmina), pytest.raises(Refused) as refused:
        write_projects(group=group, projects={one.pk: ProjectDraft("Буҷет", True, one.version)}, by=fresh(tahmina))
    assert refused.value.code == "project"


# --- who may, and when -----------------------------------------------------------------------------------------------


def test_only_who_teaches_the_group_writes_it_down(tahmina, zarina, farrukh, outsider):
    group, [one] = running(tahmina, zarina, n=1)
    for by, error in ((zarina, WithoutRightError), (farrukh, WithoutRightError), (outsider, WithoutRightError)):
        with acting_as(by), pytest.raises((error, OutsideScopeError)):
            write_projects(group=group, projects={one.pk: ProjectDraft("Доман", True, 1)}, by=fresh(by))
        with acting_as(by), pytest.raises((error, OutsideScopeError)):
            add_exam(group=group, exam_id=new_id(), draft=ExamDraft(DAY, SEATS), by=fresh(by))


def test_who_failed_the_exam_repeats_it_and_is_judged_again(tahmina, zarina):
    group, [good, poor] = running(tahmina, zarina, n=2)
    hold_all(tahmina, group)
    exam = exam_of(tahmina, group)
    marked(tahmina, group, exam, {good: BEST, poor: POOR})
    with acting_as(tahmina):
        drafts = {row.pk: ProjectDraft("Доман", True, row.version) for row in again(tahmina, good, poor)}
        write_projects(group=group, projects=drafts, by=fresh(tahmina))
        group.refresh_from_db()
        group = finish_group(group=group, version=group.version, by=fresh(tahmina), on=group.ends_on)
    again(tahmina, good, poor)
    assert (good.state, poor.state) == (EnrolmentState.COMPLETED, EnrolmentState.FAILED)
    assert [lack["code"] for lack in poor.lacks] == ["exam"]
    second = exam_of(tahmina, group, on=group.finished_on + timedelta(days=3))
    with pytest.raises(Refused) as refused:
        marked(tahmina, group, second, {poor: BEST})
    assert refused.value.code == "people"
    with acting_as(tahmina):
        poor = take_back(
            group=group, enrolment=poor, version=poor.version, reason="имтиҳони такрорӣ", by=fresh(tahmina)
        )
    marked(tahmina, group, second, {poor: BEST})
    with acting_as(tahmina):
        poor.refresh_from_db()
        poor = judge_again(group=group, enrolment=poor, version=poor.version, by=fresh(tahmina))
    assert poor.state == EnrolmentState.COMPLETED


def test_whoever_has_her_result_is_not_changed(tahmina, zarina):
    group, [one] = running(tahmina, zarina, n=1)
    hold_all(tahmina, group)
    with acting_as(tahmina):
        group.refresh_from_db()
        finish_group(group=group, version=group.version, by=fresh(tahmina), on=group.ends_on)
        [one] = again(tahmina, one)
        with pytest.raises(Refused) as refused:
            write_projects(
                group=group, projects={one.pk: ProjectDraft("Доман", True, one.version)}, by=fresh(tahmina)
            )  # fmt: skip
    assert refused.value.code == "people"
