"""When a course is completed: nobody below a threshold, nobody by a test that was not taken, whatever the order."""

from __future__ import annotations

import doctest
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.learning.rules import completion
from paivand.learning.rules.completion import (
    Attended,
    Lack,
    Missing,
    Progress,
    lack_sentence,
    progress_of,
    verdict,
)
from paivand.learning.rules.course import CompletionRule

points = st.integers(0, 40).map(Decimal)
rules = st.builds(
    CompletionRule, st.none() | st.integers(1, 100), st.none() | st.integers(1, 200).map(Decimal),
    st.none() | st.integers(1, 10), st.none() | st.integers(1, 100), st.none() | st.integers(1, 100).map(Decimal),
    st.booleans(),
)  # fmt: skip


@st.composite
def progresses(draw):
    held = draw(st.integers(0, 60))
    hours = draw(st.integers(0, 250))
    most = draw(st.integers(0, 40))
    mark = st.none() | st.integers(0, most).map(Decimal)
    return Progress(
        held, draw(st.integers(0, held)), Decimal(hours), Decimal(draw(st.integers(0, hours))), draw(mark), draw(mark),
        Decimal(most), draw(st.none() | st.integers(0, 100).map(Decimal)), draw(st.sampled_from([None, False, True])),
    )  # fmt: skip


def codes(rule, progress):
    return [one.code for one in verdict(rule, progress).lacks]


def test_the_examples_run():
    assert doctest.testmod(completion).failed == 0


@given(rules, progresses())
def test_nobody_passes_below_any_single_threshold(rule, did):
    if not verdict(rule, did).passed:
        return
    assert rule.attendance is None or (did.n_held and did.n_there / did.n_held >= rule.attendance / 100 - 1e-12)
    assert rule.practical_hours is None or did.practical_hours >= rule.practical_hours
    if rule.gain is not None:
        assert did.before is not None
        assert did.after is not None
        assert did.after - did.before >= rule.gain or did.after == did.most
    assert rule.right is None or (did.after is not None and did.after / did.most * 100 >= rule.right)
    assert rule.exam is None or (did.exam is not None and did.exam >= rule.exam)
    assert not rule.project or did.project is True


@given(rules, progresses())
def test_each_lack_is_a_threshold_that_was_missed_and_can_be_said(rule, did):
    for lack in verdict(rule, did).lacks:
        assert lack_sentence(lack).said()
        assert lack.have < lack.need or lack.code in {Missing.TEST_BEFORE, Missing.TEST_AFTER, Missing.PROJECT}
        assert Lack.stored(lack.plain()) == lack


@given(rules, progresses(), st.data())
def test_who_did_more_never_lacks_more(rule, did, data):
    more = replace(
        did, n_there=data.draw(st.integers(did.n_there, did.n_held)),
        practical_hours=did.practical_hours + data.draw(st.integers(0, 20)),
        after=did.after if did.after is None else data.draw(st.decimals(did.after, did.most, places=0)),
        exam=did.exam if did.exam is None else did.exam + data.draw(st.integers(0, 20)),
        project=True if did.project else data.draw(st.sampled_from([did.project, True])),
    )  # fmt: skip
    assert set(codes(rule, more)) <= set(codes(rule, did))


@given(rules, progresses(), st.data())
def test_a_better_first_test_never_makes_it_easier(rule, did, data):
    if did.before is not None:
        better = replace(did, before=data.draw(st.decimals(did.before, did.most, places=0)))
        assert set(codes(rule, did)) <= set(codes(rule, better))


@given(rules, st.integers(1, 60), st.integers(1, 40))
def test_who_did_everything_passes_and_nothing_of_it_can_be_left_out(rule, n, most):
    whole = Progress(
        n, n, Decimal(250), Decimal(250), Decimal(0), Decimal(most), Decimal(most), Decimal(100), project=True
    )
    assert verdict(rule, whole).passed
    tested = rule.gain is not None or rule.right is not None
    for asked, without in (
        (rule.attendance is not None, {"n_there": 0}),
        (rule.attendance is not None, {"n_there": 0, "n_held": 0}),
        (rule.practical_hours is not None, {"practical_hours": Decimal(0)}),
        (rule.gain is not None, {"before": None}),
        (tested, {"after": None}),
        (rule.exam is not None, {"exam": None}),
        (rule.project, {"project": None}),
        (rule.project, {"project": False}),
    ):
        assert verdict(rule, replace(whole, **without)).passed is not asked


marks = st.lists(
    st.builds(
        Attended, st.sampled_from(["present", "late", "excused", "absent"]), st.integers(1, 6).map(Decimal),
        st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


@given(marks, st.data())
def test_the_order_of_marks_does_not_matter(held, data):
    assert progress_of(held) == progress_of(data.draw(st.permutations(held)))


@given(marks)
def test_late_counts_as_there_and_excused_as_missed(held):
    found = progress_of(held)
    assert found.n_held == len(held)
    assert found.n_there == sum(one.mark in {"present", "late"} for one in held)
    assert (
        found.practical_hours <= found.hours == sum(one.hours for one in held if one.mark not in {"excused", "absent"})
    )


@pytest.mark.parametrize(("there", "passed"), [(15, True), (14, False)])
def test_three_quarters_are_three_quarters(there, passed):
    assert verdict(CompletionRule(attendance=75), Progress(n_held=20, n_there=there)).passed is passed


def test_a_share_is_never_rounded_up():
    did = Progress(n_held=1000, n_there=749)
    assert codes(CompletionRule(attendance=75), did) == [Missing.ATTENDANCE]
    assert verdict(CompletionRule(attendance=75), did).lacks[0].have == 74


def test_no_lesson_is_no_attendance():
    assert codes(CompletionRule(attendance=1), Progress()) == [Missing.NO_LESSONS]


def test_an_exam_that_was_not_taken_is_missing():
    rule = CompletionRule(exam=Decimal(60))
    assert codes(rule, Progress()) == [Missing.EXAM_NOT_TAKEN]
    assert codes(rule, Progress(exam=Decimal(59))) == [Missing.EXAM]
    assert codes(rule, Progress(exam=Decimal(60))) == []


def test_a_gain_needs_both_tests():
    rule = CompletionRule(gain=2)
    assert codes(rule, Progress(most=Decimal(10))) == [Missing.TEST_BEFORE, Missing.TEST_AFTER]
    assert codes(rule, Progress(after=Decimal(9), most=Decimal(10))) == [Missing.TEST_BEFORE]
    assert codes(rule, Progress(before=Decimal(4), after=Decimal(5), most=Decimal(10))) == [Missing.GAIN]


def test_who_knew_nearly_everything_must_know_everything():
    rule = CompletionRule(gain=3)
    assert codes(rule, Progress(before=Decimal(9), after=Decimal(10), most=Decimal(10))) == []
    assert codes(rule, Progress(before=Decimal(9), after=Decimal(9), most=Decimal(10))) == [Missing.GAIN]


def test_a_test_without_points_passes_nobody():
    assert not verdict(CompletionRule(gain=1), Progress(before=Decimal(0), after=Decimal(0))).passed
    assert not verdict(CompletionRule(right=50), Progress(after=Decimal(0))).passed


def test_a_project_nobody_looked_at_is_not_done():
    assert codes(CompletionRule(project=True), Progress(project=None)) == [Missing.PROJECT]


def test_what_is_missing_is_said_with_its_numbers():
    rule = CompletionRule(attendance=80, practical_hours=Decimal("88.00"), exam=Decimal(60))
    did = Progress(40, 31, Decimal(120), Decimal("72.50"), exam=Decimal(55))
    assert [lack_sentence(one).said() for one in verdict(rule, did).lacks] == [
        "Attended 77 % of the lessons; the course asks for 80 %.",
        "72.5 hours of practice; the course asks for 88.",
        "55 in the exam; it is passed with 60.",
    ]
