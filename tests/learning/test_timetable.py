"""Timetables: every topic in its order, no lesson on a holiday or in a pause, and clashes by name."""

from __future__ import annotations

import doctest
from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.instruments.rules.parts import DeclarationError
from paivand.learning.rules import holidays as holiday_rules
from paivand.learning.rules import timetable as timetable_rules
from paivand.learning.rules.course import Feature, Module, Topic
from paivand.learning.rules.courses import courses
from paivand.learning.rules.holidays import Calendar, holidays, read_calendar
from paivand.learning.rules.timetable import Booked, Pause, Plan, clashes, default_plan, timetable

SEAMSTRESS = courses()["seamstress"]
NOTHING = Calendar({}, {})
NINE, NOON = time(9), time(12)


@pytest.mark.parametrize("module", [holiday_rules, timetable_rules])
def test_the_examples_run(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("code", sorted(courses()))
def test_the_lessons_of_a_course_hold_its_topics_and_its_hours(code):
    course = courses()[code]
    found = timetable(course, default_plan(course, date(2022, 2, 7)))
    assert found.hours == course.total_hours
    held = [topic for lesson in found.lessons for topic in lesson.topics + lesson.life_topics]
    assert set(held) == {topic.code for _module, topic in course.topics()}
    assert all(lesson.hours <= course.rhythm.hours for lesson in found.lessons)
    assert sum((one.hours for one in found.lessons if one.practical), Decimal(0)) >= course.practical_hours


plans = st.builds(
    Plan, st.dates(date(2021, 1, 1), date(2026, 12, 31)),
    st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True).map(tuple), st.just(time(8)),
    st.sampled_from([Decimal("1.5"), Decimal(2), Decimal("2.75"), Decimal(4)]), st.integers(1, 2),
    st.lists(st.builds(Pause, st.dates(date(2022, 1, 1), date(2022, 6, 1)), st.dates(date(2022, 6, 2),
                                                                                      date(2022, 9, 1))),
             max_size=1).map(tuple),
)  # fmt: skip


@settings(max_examples=60)
@given(plans)
def test_no_lesson_lies_on_a_holiday_in_a_pause_or_on_another_weekday(plan):
    found = timetable(SEAMSTRESS, plan)
    days = [one.on for one in found.lessons]
    assert days == sorted(set(days))
    assert [one.n for one in found.lessons] == list(range(1, len(days) + 1))
    for day in days:
        assert day >= plan.first
        assert day.weekday() in plan.weekdays
        assert holidays().on(day) is None
        assert not any(one.covers(day) for one in plan.pauses)
    assert all(skip.holiday or any(one.covers(skip.on) for one in plan.pauses) for skip in found.skipped)


@settings(max_examples=60)
@given(plans)
def test_no_topic_is_lost_whatever_the_length_of_a_lesson(plan):
    found = timetable(SEAMSTRESS, plan)
    assert found.hours == SEAMSTRESS.total_hours
    order = [topic for lesson in found.lessons for topic in lesson.topics]
    assert list(dict.fromkeys(order)) == [topic.code for _module, topic in SEAMSTRESS.topics()]


@given(plans)
@settings(max_examples=30)
def test_theory_and_practice_never_share_a_lesson(plan):
    for lesson in timetable(SEAMSTRESS, plan).lessons:
        assert {SEAMSTRESS.is_practical(one) for one in lesson.topics} == {lesson.practical}


def test_a_fortnightly_group_meets_every_second_week():
    plan = Plan(date(2022, 6, 1), (2, 5), NINE, Decimal(4), every_weeks=2)
    days = [one.on for one in timetable(SEAMSTRESS, plan, NOTHING).lessons[:4]]
    assert days == [date(2022, 6, 1), date(2022, 6, 4), date(2022, 6, 15), date(2022, 6, 18)]


def test_a_holiday_moves_the_lessons_after_it_and_is_named():
    plan = Plan(date(2022, 3, 20), (1,), NINE, Decimal(4))
    found = timetable(SEAMSTRESS, plan)
    assert found.lessons[0].on == date(2022, 3, 29)
    assert [(one.on, one.holiday.title_in("ru")) for one in found.skipped][:1] == [(date(2022, 3, 22), "Навруз")]


def test_a_pause_of_the_season_is_kept():
    pause = Pause(date(2022, 7, 1), date(2022, 8, 31))
    found = timetable(SEAMSTRESS, Plan(date(2022, 6, 27), (0,), NINE, Decimal(4), pauses=(pause,)), NOTHING)
    assert [one.on for one in found.lessons[:2]] == [date(2022, 6, 27), date(2022, 9, 5)]


def test_a_lesson_that_would_end_after_midnight_is_refused():
    with pytest.raises(ValueError, match="ends on the day"):
        timetable(SEAMSTRESS, Plan(date(2022, 6, 1), (2,), time(22), Decimal(4)))


@pytest.mark.parametrize("wrong", [{"weekdays": ()}, {"weekdays": (7,)}, {"every_weeks": 0}, {"hours": Decimal(0)}])
def test_a_group_that_never_meets_is_refused(wrong):
    with pytest.raises(ValueError, match="at least one weekday"):
        replace(Plan(date(2022, 6, 1), (2,), NINE, Decimal(4)), **wrong)


def test_a_curriculum_that_would_take_five_years_is_refused():
    with pytest.raises(ValueError, match="five years"):
        timetable(SEAMSTRESS, Plan(date(2022, 6, 1), (2,), NINE, Decimal("0.25")))


def test_juniors_have_the_field_and_a_life_skill_in_every_lesson():
    def topics(*codes, hours):
        return tuple(Topic(code, {"en": code}, Decimal(hours)) for code in codes)

    school = replace(
        SEAMSTRESS, features=frozenset({Feature.JUNIOR}),
        modules=(
            Module("field", {"en": "field"}, topics("sow", "water", "weed", "harvest", hours=1)),
            Module("life", {"en": "life"}, topics("friends", "saying_no", hours=1), life_skill=True),
        ),
    )  # fmt: skip
    lessons = timetable(school, Plan(date(2022, 6, 1), (2,), NINE, Decimal("1.5")), NOTHING).lessons
    assert [(one.topics, one.life_topics, one.hours) for one in lessons] == [
        (("sow",), ("friends",), Decimal("1.5")), (("water",), ("friends",), Decimal("1.5")),
        (("weed",), ("saying_no",), Decimal("1.5")), (("harvest",), ("saying_no",), Decimal("1.5")),
    ]  # fmt: skip


def test_holidays_of_law_are_kept_and_abolished_ones_are_not():
    assert holidays().on(date(2022, 11, 6)).title_in("tg") == "Рӯзи Конститутсия"
    assert holidays().on(date(2016, 5, 1)) is not None
    assert holidays().on(date(2017, 5, 1)) is None


@pytest.mark.parametrize("year", range(2021, 2028))
def test_each_year_has_both_feasts_of_the_moon_as_assumptions(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    found = Counter(holiday.code for day in days if (holiday := holidays().on(day)) and holiday.assumed)
    assert found == {"idi_ramazon": 1, "idi_qurbon": 1}


def test_a_wrong_day_of_a_holiday_is_refused_with_its_place():
    content = "source: law\nfixed:\n  - {code: x, day: 31-12, title: {tg: я, ru: я, en: x, fa: ا}}\ndated: []\n"
    with pytest.raises(DeclarationError, match="month and day") as refused:
        read_calendar("holidays.yaml", content)
    assert (refused.value.path, refused.value.line) == ("fixed.0.day", 3)


def booked(group="G-1", on=date(2022, 5, 4), first=NINE, last=NOON, trainers=("zarina",), room="School 3, room 2"):
    return Booked(group, on, first, last, frozenset(trainers), room)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (booked("G-2"), {"trainer", "room"}),
        (booked("G-2", room="school 3,  ROOM 2", trainers=()), {"room"}),
        (booked("G-2", room="School 3, room 4"), {"trainer"}),
        (booked("G-2", room="", trainers=("farrukh",)), set()),
        (booked("G-2", first=NOON, last=time(14)), set()),
        (booked("G-2", first=time(11, 59), last=time(14)), {"trainer", "room"}),
        (booked("G-2", on=date(2022, 5, 5)), set()),
    ],
)
def test_a_clash_is_of_trainer_or_room_at_the_same_time(other, found):
    assert {str(one.what) for one in clashes([booked()], [other])} == found
    assert {str(one.what) for one in clashes([other], [booked()])} == found


def test_rooms_that_nobody_named_do_not_clash():
    assert clashes([booked(room="", trainers=())], [booked("G-2", room=" ", trainers=())]) == []


def test_a_clash_is_said_with_name_group_and_day():
    clash = clashes([booked(room="")], [booked("G-2", room="")])[0]
    assert clash.sentence("4 May 2022", "Zarina Safarova").said() == (
        "Zarina Safarova teaches group G-2 at the same time on 4 May 2022."
    )
