"""The pages of the catalogue, of tests, exams and projects, through the client."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest

from paivand.access.models.identity import acting_as
from paivand.learning.models import Exam, TestSheet
from paivand.learning.rules.course import Stage
from tests.learning.schooling import BEGAN, opened, planned, running
from tests.learning.test_assessment import BEST, DAY, again, exam_of, finance, marked, written

DAY_TYPED = DAY.isoformat()


def text(response) -> str:
    return html.unescape(response.content.decode())


def sent(client, path, **values):
    return client.post(path, values)


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_the_catalogue_shows_courses_with_who_may_join_and_where_places_are_left(tahmina, zarina, sign_in):
    group = opened(tahmina)
    page = text(sign_in(zarina).get("/courses/"))
    assert "Seamstress" in page
    assert "Pre-departure orientation" in page
    assert "15 places left" in page
    assert "women and girls" in page
    one = text(sign_in(zarina).get("/courses/seamstress/"))
    assert group.code in one
    assert "at least 80 % of the lessons attended" in one
    assert "Chakan embroidery" in one


def test_only_courses_with_a_place_left_are_shown_when_asked_for(tahmina, zarina, sign_in):
    client = sign_in(zarina)
    assert "No group takes people in now" in text(client.get("/courses/?open=1"))
    opened(tahmina)
    page = text(client.get("/courses/?open=1"))
    assert "Seamstress" in page
    assert "Hairdresser" not in page


def test_a_planned_group_is_not_in_the_catalogue(tahmina, zarina, sign_in):
    group = planned(tahmina)
    assert group.code not in text(sign_in(zarina).get("/courses/seamstress/"))


def test_a_group_elsewhere_is_in_the_catalogue_too(tahmina, farrukh, sign_in):
    group = opened(tahmina)
    assert group.code in text(sign_in(farrukh).get("/courses/seamstress/"))


def test_a_course_that_is_not_there_is_not_found(zarina, sign_in):
    assert sign_in(zarina).get("/courses/alchemy/").status_code == 404


# --- tests -----------------------------------------------------------------------------------------------------------


def test_a_trainer_types_the_points_of_the_group_and_sees_what_it_gained(tahmina, zarina, sign_in):
    group, [one, other] = finance(tahmina, zarina)
    client, base = sign_in(tahmina), f"/groups/{group.code}/tests/"
    assert "No test is written down yet" in text(client.get(base))
    for stage, first, second in (("before", "2", "4"), ("after", "6", "")):
        answer = sent(client, f"{base}{stage}/", taken_on=DAY_TYPED,
                      **{f"p_{one.pk.hex}": first, f"p_{other.pk.hex}": second})  # fmt: skip
        assert answer.status_code == 302, text(answer)
    page = text(client.get(base))
    assert "1 learner took both tests: 2 of 7 points before, 6 after." in page
    assert "+4" in page
    assert 'class="gain-picture"' in page
    assert again(tahmina, other)[0].after_points is None


def test_more_points_than_the_test_has_are_named_at_their_learner(tahmina, zarina, sign_in):
    group, [one, _other] = finance(tahmina, zarina)
    answer = sent(sign_in(tahmina), f"/groups/{group.code}/tests/before/", taken_on=DAY_TYPED,
                  **{f"p_{one.pk.hex}": "9"})  # fmt: skip
    assert answer.status_code == 422
    assert f'href="#id_p_{one.pk.hex}"' in text(answer)
    assert again(tahmina, one)[0].before_points is None


def test_a_grid_that_was_opened_before_somebody_else_wrote_is_refused(tahmina, zarina, sign_in):
    group, [one, _other] = finance(tahmina, zarina)
    written(tahmina, group, {one: 3})
    answer = sent(sign_in(tahmina), f"/groups/{group.code}/tests/before/", taken_on=DAY_TYPED,
                  **{f"p_{one.pk.hex}": "6", f"s_{one.pk.hex}": ""})  # fmt: skip
    assert answer.status_code == 422
    assert "Somebody else wrote down other points" in text(answer)
    assert again(tahmina, one)[0].before_points == 3


def test_one_learner_answers_question_by_question(tahmina, zarina, sign_in):
    group, [one, _other] = finance(tahmina, zarina)
    client, path = sign_in(tahmina), f"/groups/{group.code}/tests/before/{one.pk}/"
    assert "You borrowed 1,000 somoni" in text(client.get(path))
    answer = sent(client, path, taken_on=DAY_TYPED, version="0", q_interest="s100", q_monthly="p60", q_code="true")
    assert answer.status_code == 302, text(answer)
    with acting_as(tahmina):
        assert TestSheet.objects.get(enrolment=one, stage=Stage.BEFORE).points == Decimal(2)
    stale = sent(client, path, taken_on=DAY_TYPED, version="0", q_interest="s10")
    assert stale.status_code == 422
    assert "Somebody else wrote this test down meanwhile" in text(stale)
    assert sent(client, path, version="1", q_interest="s10").status_code == 422


def test_nothing_answered_is_told(tahmina, zarina, sign_in):
    group, [one, _other] = finance(tahmina, zarina)
    answer = sent(sign_in(tahmina), f"/groups/{group.code}/tests/before/{one.pk}/", taken_on=DAY_TYPED, version="0")
    assert answer.status_code == 422
    assert "Nothing is answered yet" in text(answer)


def test_a_stage_that_is_not_there_is_not_found(tahmina, zarina, sign_in):
    group, _rows = finance(tahmina, zarina)
    assert sign_in(tahmina).get(f"/groups/{group.code}/tests/during/").status_code == 404
    assert sign_in(tahmina).get(f"/groups/{group.code}/exams/").status_code == 404


# --- exams -----------------------------------------------------------------------------------------------------------


def test_a_trainer_runs_an_exam_from_commission_to_results(tahmina, zarina, sign_in):
    group, [good, absent] = running(tahmina, zarina, n=2)
    client, base = sign_in(tahmina), f"/groups/{group.code}/exams/"
    seats = {f"{word}_{n}": f"{word} {n}" for n in (1, 2, 3) for word in ("name", "post")}
    answer = sent(client, f"{base}add/", held_on=DAY_TYPED, venue="Ошхона", **seats)
    assert answer.status_code == 302, text(answer)
    marks = {f"c_{good.pk.hex}_{code}": str(points) for code, points in BEST.items()}
    with acting_as(tahmina):
        version = Exam.objects.get().version
    answer = sent(client, answer["Location"], version=version, **marks, **{f"a_{absent.pk.hex}": "on"})
    assert answer.status_code == 302, text(answer)
    page = text(client.get(base))
    assert "1 of 1 passed" in page
    assert "was not there" in page
    assert "name 1" in page
    assert again(tahmina, good)[0].exam_points == 100


def test_a_commission_that_is_too_small_is_refused(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    answer = sent(sign_in(tahmina), f"/groups/{group.code}/exams/add/", held_on=DAY_TYPED, name_1="А", post_1="Б")
    assert answer.status_code == 422
    with acting_as(tahmina):
        assert not Exam.objects.exists()


@pytest.mark.parametrize("wrong", ["part", "absent", "more"])
def test_a_row_of_an_exam_is_whole_or_empty(wrong, tahmina, zarina, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    exam = exam_of(tahmina, group)
    typed = {f"c_{one.pk.hex}_{code}": str(points) for code, points in BEST.items()}
    if wrong == "part":
        typed.pop(f"c_{one.pk.hex}_cut")
    elif wrong == "absent":
        typed[f"a_{one.pk.hex}"] = "on"
    else:
        typed[f"c_{one.pk.hex}_cut"] = "21"
    answer = sent(sign_in(tahmina), f"/groups/{group.code}/exams/{exam.pk}/marks/", version=exam.version, **typed)
    assert answer.status_code == 422
    assert one.name in text(answer)
    assert again(tahmina, one)[0].exam_points is None


def test_an_exam_that_changed_meanwhile_shows_what_stands_now(tahmina, zarina, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    exam = exam_of(tahmina, group)
    marked(tahmina, group, exam, {one: BEST})
    seats = {f"{word}_{n}": f"{word} {n}" for n in (1, 2, 3) for word in ("name", "post")}
    client, path = sign_in(tahmina), f"/groups/{group.code}/exams/{exam.pk}/"
    answer = sent(client, path, held_on=BEGAN.isoformat(), version="1", **seats)
    assert answer.status_code == 422
    assert "Раҳимова Малоҳат" in text(answer)


# --- projects --------------------------------------------------------------------------------------------------------


def test_projects_of_the_group_are_written_down_at_once(tahmina, zarina, sign_in):
    group, [one, other] = running(tahmina, zarina, n=2)
    client, path = sign_in(tahmina), f"/groups/{group.code}/projects/"
    typed = {}
    for row, title, done in ((one, "Курта", "yes"), (other, "Доман", "no")):
        typed |= {f"t_{row.pk.hex}": title, f"d_{row.pk.hex}": done, f"v_{row.pk.hex}": row.version}
    assert sent(client, path, **typed).status_code == 302
    page = text(client.get(f"/groups/{group.code}/exams/"))
    assert "1 of 2 done" in page
    assert "Доман" in page
    again(tahmina, one, other)
    assert (one.project_passed, other.project_passed) == (True, False)


def test_who_only_sees_the_group_sees_results_and_no_way_to_change_them(tahmina, zarina, nasiba, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    exam = exam_of(tahmina, group)
    marked(tahmina, group, exam, {one: BEST})
    page = text(sign_in(nasiba).get(f"/groups/{group.code}/exams/"))
    assert one.name in page
    assert "/marks/" not in page
    assert sign_in(nasiba).get(f"/groups/{group.code}/exams/{exam.pk}/marks/").status_code == 403


def test_each_tab_of_a_group_stands_there_once(tahmina, zarina, sign_in):
    group, _rows = running(tahmina, zarina, n=1)
    tabs = re.findall(r'class="tab"\s+href="([^"]+)"', text(sign_in(tahmina).get(f"/groups/{group.code}/tests/")))
    assert tabs
    assert len(set(tabs)) == len(tabs)
