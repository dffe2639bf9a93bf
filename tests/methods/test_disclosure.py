"""Linked tables hide what is small, and an attacker with a solver finds out no more than the rule allows."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paivand.methods.disclosure import WHOLE, Hierarchy, Protected, Rule, Why, key, may_average, protect, share
from tests.methods.attacker import Attacker

ATTACKED = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TABLES = (
    ("sex",), ("age",), ("district",), ("jamoat",), ("month",), ("sex", "age"), ("sex", "district"),
    ("sex", "jamoat"), ("district", "month"), ("age", "month"),
)  # fmt: skip
LIES_IN = {"j1": "d1", "j2": "d1", "j3": "d2", "j4": "d2", "j5": "d3"}
PLACES = Hierarchy("jamoat", "district", LIES_IN)
CATEGORIES = {"sex": "fm", "age": "abc", "month": "1234", "jamoat": tuple(LIES_IN), "district": ("d1", "d2", "d3")}


def tables(people, cuts=TABLES, categories=CATEGORIES):
    """All cells of the tables, counted plainly; a person is a mapping from dimension to category."""
    cells = {WHOLE: len(people)}
    for cut in cuts:
        for names in product(*(categories[dimension] for dimension in cut)):
            cells[key(**dict(zip(cut, names, strict=True)))] = 0
        for person in people:
            cells[key(**{dimension: person[dimension] for dimension in cut})] += 1
    return cells


def small_of(cells, smallest=5):
    return [cell for cell, count in cells.items() if 0 < count < smallest]


@st.composite
def peoples(draw, most=150):
    """Groups of people in which some categories are rare."""
    n = draw(st.sampled_from([0, 2, 5, 8, 20, 60, most]))
    random = draw(st.randoms(use_true_random=False))
    weights = {
        dimension: [random.choice([0, 1, 2, 5, 20]) for _one in names] for dimension, names in CATEGORIES.items()
    }
    people = []
    for _one in range(n):
        person = {
            dimension: random.choices(names, weights[dimension] if any(weights[dimension]) else None)[0]
            for dimension, names in CATEGORIES.items() if dimension != "district"
        }  # fmt: skip
        people.append(person | {"district": LIES_IN[person["jamoat"]]})
    return people


@ATTACKED
@given(peoples())
def test_the_attacker_fails_on_linked_and_nested_tables(people):
    cells = tables(people)
    figures = protect(cells, hierarchies=[PLACES])
    small = small_of(cells)
    assert set(figures) == set(cells)
    assert all(figures[cell] is None for cell in small)
    assert all(figures[cell] in (None, count) for cell, count in cells.items())
    assert Attacker(figures, figures.why, hierarchies=[PLACES]).broken(small) == {}


@ATTACKED
@given(peoples())
def test_nothing_is_shown_of_a_hidden_figure(people):
    figures = protect(tables(people), hierarchies=[PLACES])
    for cell in figures:
        for dimension, category in cell:
            above = {("district", LIES_IN[category])} if dimension == "jamoat" else set()
            if figures[cell - {(dimension, category)} | above] is None:
                assert figures[cell] is None


def test_the_attack_itself_works():
    cells = {WHOLE: 20, key(sex="f"): 18, key(sex="m"): 2}
    naive = {**cells, key(sex="m"): None}
    assert Attacker(naive, {key(sex="m"): Why.SMALL}).broken([key(sex="m")]) == {key(sex="m"): ((2, 2), (2, 2))}
    figures = protect(cells)
    assert Attacker(figures, figures.why).broken([key(sex="m")]) == {}


def test_a_share_is_told_of_shown_counts_only():
    figures = Protected({WHOLE: 60, key(sex="f"): 57, key(sex="m"): None, key(age="a"): 30, key(age="b"): 0})
    assert share(figures, key(age="a"), WHOLE).value == 0.5
    assert share(figures, key(age="b"), WHOLE).value == 0
    assert share(figures, key(sex="f"), WHOLE) is None  # the rest are three
    assert share(figures, key(sex="m"), WHOLE) is None
    assert share(figures, key(age="a"), key(sex="m")) is None
    assert share(figures, key(age="b"), key(age="b")) is None
    with pytest.raises(ValueError, match="larger"):
        share(figures, WHOLE, key(age="a"))


def test_a_mean_needs_a_shown_number_of_people():
    figures = Protected({WHOLE: 60, key(sex="m"): None, key(age="b"): 0})
    assert [may_average(figures, cell) for cell in figures] == [True, False, False]


def test_the_rule_refuses_tables_and_never_shows_them():
    rule = Rule(tables=(frozenset({"sex", "age"}), frozenset({"district"})))
    cells = tables([{"sex": "f", "age": "a", "jamoat": "j1", "district": "d1", "month": "1"}] * 50)
    figures = protect(cells, hierarchies=[PLACES], rule=rule)
    assert figures[key(sex="f", age="a")] == 50
    assert figures.why[key(sex="f", district="d1")] is Why.REFUSED
    assert figures[key(jamoat="j1")] is None
    assert figures[key(month="1")] is None
