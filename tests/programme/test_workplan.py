"""The picture of a workplan: bars within their frame, mirrored as a whole, today only where it lies inside."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from paivand.programme.rules.plan import (
    ActivityState,
    Level,
    PlanActivity,
    PlanMilestone,
    PlanOutcome,
    PlanOutput,
    PlanTree,
    progress_of,
)
from paivand.programme.rules.workplan import LABELS, WIDTH, Axis, workplan_picture

FIRST, LAST = date(2021, 8, 1), date(2023, 11, 30)
days = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))


def activity(starts_on, ends_on, percent=0, **more):
    values = {
        "id": uuid.uuid4(), "code": "1.1.1", "titles": {"en": "Visits"}, "agency_id": uuid.uuid4(), "agency": "IOM",
        "services": (), "state": ActivityState.RUNNING if percent else ActivityState.PLANNED, "starts_on": starts_on,
        "ends_on": ends_on, "started_on": starts_on if percent else None, "finished_on": None, "percent": percent,
        "percent_on": None, **more,
    }  # fmt: skip
    return PlanActivity(**values)


def tree(*activities):
    output = PlanOutput(
        uuid.uuid4(), "1.1", {"en": "Support"}, uuid.uuid4(), "IOM", (), None, activities=tuple(activities)
    )  # fmt: skip
    return PlanTree((PlanOutcome(uuid.uuid4(), "1", {"en": "Well-being"}, outputs=(output,)),))


@given(days, days)
def test_a_mirrored_bar_lies_as_far_from_the_other_side(one, other):
    begin, end = sorted((one, other))
    (x, width), (mirrored_x, mirrored_width) = (
        Axis(FIRST, LAST, mirrored=mirrored).bar(begin, end) for mirrored in (False, True)
    )
    assert LABELS <= x <= x + width <= WIDTH + 0.1
    assert abs(mirrored_width - width) <= 0.11
    assert abs(mirrored_x - (WIDTH - x - width)) <= 0.21


@given(days, days, st.integers(0, 100))
def test_what_is_done_is_a_part_of_the_bar_from_where_it_begins(one, other, percent):
    begin, end = sorted((one, other))
    for mirrored in (False, True):
        axis = Axis(FIRST, LAST, mirrored)
        x, width = axis.bar(begin, end)
        done_x, done = axis.part(x, width, percent)
        assert 0 <= done <= width
        if mirrored:
            assert abs(done_x + done - x - width) <= 0.11
        else:
            assert done_x == x


@given(st.lists(st.tuples(days, days, st.integers(0, 100)), min_size=1, max_size=6), st.booleans())
def test_every_row_has_its_own_height_and_every_month_its_line(drawn, mirrored):
    rows = [activity(*sorted(row[:2]), row[2]) for row in drawn]
    picture = workplan_picture(tree(*rows), FIRST, LAST, date(2022, 5, 1), "en", mirrored=mirrored)
    assert picture is not None
    assert [line.level for line in picture.lines] == [Level.OUTCOME, Level.OUTPUT, *[Level.ACTIVITY] * len(rows)]
    heights = [line.y for line in picture.lines]
    assert heights == sorted(set(heights))
    assert heights[-1] + picture.row <= picture.height
    assert len(picture.ticks) >= 28
    assert min(row[2] for row in drawn) <= progress_of(tuple(rows)) <= max(row[2] for row in drawn)


def test_today_is_drawn_only_while_the_programme_runs():
    plan = tree(activity(FIRST, LAST))
    during, after = (workplan_picture(plan, FIRST, LAST, day, "en") for day in (date(2022, 5, 1), date(2026, 1, 1)))
    assert during is not None
    assert during.today_x is not None
    assert after is not None
    assert after.today_x is None


def test_a_plan_without_activities_has_no_picture():
    assert workplan_picture(PlanTree(), FIRST, LAST, FIRST, "en") is None


def test_a_milestone_that_passed_is_late_until_it_is_reached():
    due = PlanMilestone(uuid.uuid4(), {"en": "Fair"}, date(2022, 5, 1), None)
    reached = PlanMilestone(uuid.uuid4(), {"en": "Fair"}, date(2022, 5, 1), date(2022, 6, 1))
    plan = tree(activity(FIRST, LAST, 10, milestones=(due, reached)))
    picture = workplan_picture(plan, FIRST, LAST, date(2022, 7, 1), "en")
    assert picture is not None
    assert [mark.late for mark in picture.lines[-1].marks] == [True, False]


def test_cancelled_activities_count_for_no_progress():
    rows = (activity(FIRST, LAST, 50), activity(FIRST, LAST, 0, state=ActivityState.CANCELLED))
    assert progress_of(rows) == 50
    assert progress_of(rows[1:]) == 0
