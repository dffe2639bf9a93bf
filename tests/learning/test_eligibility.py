"""Who may join: the rule over person, post and journey, and the sentence for whoever may not."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.core.rules.dates import Age
from paivand.learning.rules import eligibility, sentences
from paivand.learning.rules.course import Entrance, Who
from paivand.learning.rules.courses import courses
from paivand.learning.rules.eligibility import Candidate, conditions, may_join, refusal_on, refusals

SEAMSTRESS = courses()["seamstress"]
SERVICES = ("family.selected", "learning.finance_completed", "learning.vocational_completed", "visit.made")
POSTS = ("social_worker", "teacher", "lawyer")
ADULT = Candidate(Who.FAMILY, "female", Age(34, exact=True))


def takes(*audience):
    return replace(SEAMSTRESS, audience=audience)


def said(course, candidate):
    return [one.said() for one in refusals(course, candidate)]


@pytest.mark.parametrize("module", [eligibility, sentences])
def test_the_examples_run(module):
    assert doctest.testmod(module).failed == 0


def test_a_woman_of_a_family_may_join():
    assert may_join(SEAMSTRESS, ADULT)


def test_a_man_is_told_what_he_needs_first():
    assert said(SEAMSTRESS, replace(ADULT, sex="male")) == ["Before this course comes: Selected for the programme."]
    assert may_join(SEAMSTRESS, replace(ADULT, sex="male", completed=frozenset({"family.selected"})))


def test_who_is_not_meant_is_told_who_is():
    assert said(SEAMSTRESS, Candidate(Who.PROFESSIONAL, post="teacher")) == ["This course takes: member of a family."]


def test_an_unknown_age_is_asked_for_and_never_guessed():
    assert said(SEAMSTRESS, replace(ADULT, age=None)) == [
        "The age is not known, and this course asks for it. Write down the date of birth first."
    ]


def test_an_estimated_age_is_told_as_one():
    assert "about 17. If the date of birth is known better" in said(
        SEAMSTRESS, replace(ADULT, age=Age(17, exact=False))
    )[0]  # fmt: skip


def test_the_oldest_age_belongs_to_the_course():
    juniors = takes(Entrance(Who.PUPIL, from_age=12, to_age=18))
    assert may_join(juniors, Candidate(Who.PUPIL, age=Age(18, exact=True)))
    assert may_join(juniors, Candidate(Who.PUPIL, age=Age(12, exact=True)))
    assert said(juniors, Candidate(Who.PUPIL, age=Age(19, exact=True))) == [
        "This course takes people who are 18 or younger, and this person is 19."
    ]


def test_a_post_that_is_not_meant_is_told_which_are():
    workers = takes(Entrance(Who.PROFESSIONAL, posts=("social_worker", "psychologist")))
    assert said(workers, Candidate(Who.PROFESSIONAL, post="teacher")) == [
        "This course is for these posts: social worker, psychologist."
    ]


def test_one_of_several_services_is_enough():
    either = takes(Entrance(Who.FAMILY, needs_any=("family.selected", "learning.finance_completed")))
    assert said(either, ADULT) == [
        "Before this course comes one of these: Selected for the programme, Financial literacy course."
    ]
    assert may_join(either, replace(ADULT, completed=frozenset({"learning.finance_completed"})))


def test_who_has_completed_it_needs_it_no_more():
    once = takes(Entrance(Who.FAMILY, without=("learning.finance_completed",)))
    assert may_join(once, ADULT)
    assert "needs the course no more: Financial literacy course." in said(
        once, replace(ADULT, completed=frozenset({"learning.finance_completed"}))
    )[0]  # fmt: skip


def test_the_nearest_way_in_speaks():
    two = takes(
        Entrance(Who.FAMILY, sex="male", from_age=40, needs=("family.selected",)),
        Entrance(Who.FAMILY, sex="female", from_age=40),
    )
    assert said(two, ADULT) == ["This course takes people who are 40 or older, and this person is 34."]


def test_titles_inside_a_sentence_follow_the_language():
    needs = takes(Entrance(Who.FAMILY, needs=("family.selected",)))
    assert refusals(needs, ADULT, "ru")[0].values["services"] == "Отбор в программу"


def test_nobody_joins_before_the_course_is_offered_or_after():
    ended = replace(SEAMSTRESS, until=date(2022, 12, 31))
    assert refusal_on(ended, date(2022, 12, 31)) is None
    assert refusal_on(ended, date(2023, 1, 1)) is not None
    assert refusal_on(ended, date(2021, 7, 31)) is not None


entrances = st.builds(
    Entrance, st.sampled_from(Who), st.sampled_from(["", "female", "male"]), st.none() | st.integers(5, 40),
    st.none() | st.integers(41, 90), st.lists(st.sampled_from(POSTS), max_size=2, unique=True).map(tuple),
    *[st.lists(st.sampled_from(SERVICES), max_size=2, unique=True).map(tuple)] * 3,
)  # fmt: skip
candidates = st.builds(
    Candidate, st.sampled_from(Who), st.sampled_from(["female", "male"]),
    st.none() | st.builds(Age, st.integers(0, 100), st.booleans()), st.sampled_from(["", *POSTS]),
    st.frozensets(st.sampled_from(SERVICES)),
)  # fmt: skip


def fulfils(one: Entrance, who: Candidate) -> bool:
    """The rule a second time, in one breath."""
    in_age = (one.from_age is None and one.to_age is None) or (
        who.age is not None and (one.from_age or 0) <= who.age.years <= (one.to_age or 999)
    )
    return (
        one.who == who.who and one.sex in {"", who.sex} and in_age and (not one.posts or who.post in one.posts)
        and set(one.needs) <= who.completed and (not one.needs_any or bool(set(one.needs_any) & who.completed))
        and not set(one.without) & who.completed
    )  # fmt: skip


@given(st.lists(entrances, min_size=1, max_size=4), candidates)
def test_somebody_joins_if_and_only_if_one_way_in_is_fulfilled(ways, candidate):
    course = takes(*ways)
    assert may_join(course, candidate) == any(fulfils(one, candidate) for one in ways)
    assert all(one.said() and "%(" not in one.said() for one in refusals(course, candidate))


@given(entrances)
def test_the_conditions_of_a_way_in_can_be_read_aloud(one):
    assert all(sentence.said() and "%(" not in sentence.said() for sentence in conditions(one))
