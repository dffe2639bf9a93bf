"""The tests of courses: whole, fair, and kept apart from the questionnaires for families."""

from __future__ import annotations

import pytest

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.assessments import begin_assessment
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.catalogue import instrument, instruments
from paivand.instruments.rules.instruments import Use
from paivand.instruments.rules.scores import readings
from paivand.instruments.rules.states import Stage
from paivand.learning.rules.courses import courses

TESTS = sorted(instruments(Use.COURSE))


def test_every_test_is_asked_by_a_course_and_every_course_asks_for_one_of_them():
    asked = {one.test.instrument for one in courses().values() if one.test}
    assert asked == set(TESTS)


def test_tests_of_courses_are_not_offered_to_families():
    assert not set(TESTS) & set(instruments())
    assert instrument("finance_test") is instruments(Use.COURSE)["finance_test"]


@pytest.mark.django_db
def test_a_test_of_a_course_is_not_begun_with_a_family(family, zarina):
    with acting_as(zarina), pytest.raises(Refused) as refused:
        begin_assessment(
            assessment_id=new_id(), family=family, person=family.head, instrument="finance_test", stage=Stage.SINGLE,
            by=zarina,
        )  # fmt: skip
    assert refused.value.code == "instrument"


@pytest.mark.parametrize("code", TESTS)
def test_each_question_of_knowledge_has_one_right_answer_and_can_be_left_unknown(code):
    declared = instrument(code)
    for item in (declared.item(one) for one in declared.main_scale.items):
        assert sorted(option.score for option in item.options)[-2:] == [0, 1], item.code
        assert item.option("not_known").score == 0
    assert declared.main_scale.highest == len(declared.main_scale.items)


@pytest.mark.parametrize("code", TESTS)
def test_always_the_same_tap_does_not_pass(code):
    declared = instrument(code)
    for tap in ("true", "false"):
        right = [one for one in declared.main_scale.items if getattr(declared.item(one).option(tap), "score", 0)]
        assert len(right) <= 0.7 * len(declared.main_scale.items)


@pytest.mark.parametrize("code", TESTS)
def test_whoever_knows_everything_gets_every_point(code):
    declared = instrument(code)
    best = {item.code: Answer(max(item.options, key=lambda one: one.score).code) for item in declared.items()}
    assert {one.scale: one.value for one in readings(declared, best)} == {
        scale.code: scale.highest for scale in declared.scales
    }
