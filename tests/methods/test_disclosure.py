"""Linked tables hide what is small, and an attacker with a solver finds out no more than the rule allows."""

from __future__ import annotations

import doctest
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.methods import disclosure
from paivand.methods.disclosure import (
    WHOLE,
    Hierarchy,
    Protected,
    Release,
    Rule,
    Why,
    joined,
    key,
    keys,
    may_average,
    protect,
    share,
    shares,
)
from paivand.methods.suppression import suppressed
from tests.methods.attacker import Attacker

ATTACKED = settings(max_examples=8)
TABLES = (
    ("sex",), ("age",), ("district",), ("jamoat",), ("month",), ("sex", "age"), ("sex", "district"),
    ("sex", "jamoat"), ("district", "month"), ("age", "month"),
)  # fmt: skip
LIES_IN = {"j1": "d1", "j2": "d1", "j3": "d2", "j4": "d2", "j5": "d3"}
PLACES = Hierarchy("jamoat", "district", LIES_IN)
CATEGORIES = {"sex": "fm", "age": "abc", "month": "1234", "jamoat": tuple(LIES_IN), "district": ("d1", "d2", "d3")}
SOMEBODY = {"sex": "f", "age": "a", "month": "1", "jamoat": "j1", "district": "d1"}
CROSSED = (("f", "a", 20), ("f", "b", 30), ("m", "a", 2), ("m", "b", 40), ("m", "c", 3))


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


def some(cells, most=12):
    """A few of the cells, for attacks that take long: from all ends of the list."""
    found = sorted(cells, key=lambda cell: (len(cell), sorted(cell)))
    return found[:: max(1, len(found) // most)]


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
    assert Attacker(figures, figures.why, hierarchies=[PLACES]).broken(some(small, 20)) == {}


@given(peoples())
def test_nothing_is_shown_of_a_hidden_figure(people):
    figures = protect(tables(people), hierarchies=[PLACES])
    for cell in figures:
        for dimension, category in cell:
            above = {("district", LIES_IN[category])} if dimension == "jamoat" else set()
            if figures[cell - {(dimension, category)} | above] is None:
                assert figures[cell] is None


@ATTACKED
@given(peoples(), st.lists(st.integers(0, 12), min_size=1, max_size=2))
def test_the_attacker_fails_who_has_kept_what_was_shown_earlier(people, steps):
    shown, releases = {}, []
    for taken in (sum(steps), *(sum(steps[n:]) for n in range(1, len(steps) + 1))):
        cells = tables(people[: max(0, len(people) - taken)])
        figures = protect(cells, hierarchies=[PLACES], earlier=releases)
        wanted = dict.fromkeys(small_of(cells), (1, 4))
        for cell, count in cells.items():
            if cell in shown and 0 < count - shown[cell] < 5 and cell not in wanted:
                wanted[cell] = (shown[cell] + 1, shown[cell] + 4)
        assert all(figures[cell] is None for cell in wanted)
        attacker = Attacker(figures, figures.why, hierarchies=[PLACES], earlier=shown)
        assert attacker.broken(some(wanted), wanted=wanted) == {}
        shown |= {cell: count for cell, count in figures.items() if count is not None}
        releases.append(Release(figures.cells))


@ATTACKED
@given(peoples(most=60), st.sampled_from([3, 5, 10]))
def test_the_attacker_fails_where_nobody_may_be_known_either(people, smallest):
    cells = tables(people)
    figures = protect(cells, hierarchies=[PLACES], rule=Rule(smallest=smallest, zeros_stay=False))
    small = [cell for cell, count in cells.items() if count < smallest]
    assert all(figures[cell] is None for cell in small)
    attacker = Attacker(figures, figures.why, hierarchies=[PLACES], smallest=smallest, least=0)
    assert attacker.broken(some(small)) == {}


@ATTACKED
@given(peoples(), st.randoms(use_true_random=False))
def test_the_attacker_fails_on_parts_that_make_up_a_whole(people, random):
    cuts = (("sex",), ("age",), ("sex", "age"))
    named = {"legal": [], "social": [], "child": []}
    for person in people:
        named[random.choice(["legal", "legal", "legal", "social", "child"])].append(person)
    alone = {part: tables(theirs, cuts[:2]) for part, theirs in named.items()}
    cells = joined(tables(people, cuts), alone)
    figures = protect(cells)
    small = small_of(cells)
    assert all(figures[cell] is None for cell in small)
    assert Attacker(figures, figures.why).broken(some(small)) == {}


@given(peoples(), st.randoms(use_true_random=False))
def test_the_same_figures_are_hidden_in_whichever_order_they_come(people, random):
    cells = tables(people)
    turned = list(cells.items())
    random.shuffle(turned)
    one, other = protect(cells, hierarchies=[PLACES]), protect(dict(turned), hierarchies=[PLACES])
    assert (one.cells, one.why) == (other.cells, other.why)


@given(peoples())
def test_empty_cells_may_be_left_out(people):
    cells = tables(people)
    found = {dimension: {person[dimension] for person in people} for dimension in CATEGORIES}
    occurring = {
        cell: count for cell, count in cells.items()
        if all(category in found[dimension] for dimension, category in cell)
    }  # fmt: skip
    told = protect({cell: count for cell, count in cells.items() if count or not cell}, hierarchies=[PLACES])
    whole = protect(occurring, hierarchies=[PLACES])
    assert (told.cells, told.why) == (whole.cells, whole.why)


@given(peoples())
def test_the_same_figures_a_day_later_are_shown_again(people):
    cells = tables(people)
    first = protect(cells, hierarchies=[PLACES])
    assert protect(cells, hierarchies=[PLACES], earlier=[Release(first.cells)]).cells == first.cells


@given(peoples())
def test_nothing_is_hidden_without_need(people):
    cells = tables(people)
    assert bool(protect(cells, hierarchies=[PLACES]).why) == bool(small_of(cells))


def test_the_attack_itself_works():
    cells = {WHOLE: 20, key(sex="f"): 18, key(sex="m"): 2}
    naive = {**cells, key(sex="m"): None}
    assert Attacker(naive, {key(sex="m"): Why.SMALL}).broken([key(sex="m")]) == {key(sex="m"): ((2, 2), (2, 2))}
    figures = protect(cells)
    assert Attacker(figures, figures.why).broken([key(sex="m")]) == {}


def test_hiding_small_figures_alone_is_broken_everywhere():
    cells = tables([SOMEBODY | {"sex": sex, "age": age} for sex, age, n in CROSSED for _one in range(n)])
    naive = {cell: None if 0 < count < 5 else count for cell, count in cells.items()}
    why = {cell: Why.SMALL for cell, count in naive.items() if count is None}
    broken = Attacker(naive, why, hierarchies=[PLACES]).broken(why)
    assert {cells[cell] for cell, (known, _blind) in broken.items() if known[0] == known[1]} == {2, 3}


def test_protecting_each_table_by_itself_is_broken_by_laying_two_beside_each_other():
    """By age the second group is hidden with the first, by age and month the third: together the first is told."""
    counts = [[2, 0], [0, 6], [8, 11]]
    by_age, by_both = suppressed([[sum(row) for row in counts]]), suppressed(counts)
    cells, first, second = {WHOLE: 27}, {WHOLE: by_age.total}, {WHOLE: by_both.total}
    for column, month in enumerate("12"):
        cells[key(month=month)] = sum(row[column] for row in counts)
        second[key(month=month)] = by_both.column_totals[column]
    for row, age in enumerate("abc"):
        cells[key(age=age)], first[key(age=age)] = sum(counts[row]), by_age.cells[0][row]
        second[key(age=age)] = by_both.row_totals[row]
        for column, month in enumerate("12"):
            cells[key(age=age, month=month)] = counts[row][column]
            second[key(age=age, month=month)] = by_both.cells[row][column]
    youngest = key(age="a")
    assert Attacker(first, {}).broken([youngest]) == {}
    assert Attacker(second, {}).broken(small_of(cells)) == {}
    beside = second | {cell: count for cell, count in first.items() if count is not None}
    assert Attacker(beside, {}).range(youngest) == (2, 2)
    figures = protect(cells)
    assert Attacker(figures, figures.why).broken(small_of(cells)) == {}


def test_a_table_of_small_figures_only_is_told_by_its_total_alone():
    cells = tables([SOMEBODY | {"month": month} for month in "1234" for _one in range(3)], (("month",),))
    figures = protect(cells)
    assert figures[WHOLE] == 12
    assert [figures[key(month=month)] for month in "1234"] == [None] * 4
    assert Attacker(figures, figures.why).broken(small_of(cells)) == {}


def test_one_category_alone_is_the_whole():
    cells = {WHOLE: 3, key(sex="f"): 3}
    assert set(protect(cells).values()) == {None}
    assert protect({WHOLE: 7, key(sex="f"): 7}).why == {}


def test_nobody_at_all_is_no_secret():
    assert protect({WHOLE: 0, key(sex="f"): 0})[WHOLE] == 0
    assert protect({}).cells == {}


def test_those_without_a_category_are_not_computed_either():
    figures = protect({WHOLE: 60, key(sex="f"): 40, key(sex="m"): 18})
    assert None in (figures[key(sex="f")], figures[key(sex="m")])
    assert protect({WHOLE: 60, key(sex="f"): 40, key(sex="m"): 10}).why == {}


def test_a_margin_that_nobody_gave_is_not_computed_either():
    """Two women in all: each cell is small, and so is their sum, which the districts' totals would give."""
    cells = {
        WHOLE: 70, key(district="d1"): 30, key(district="d2"): 40,
        key(sex="f", district="d1"): 1, key(sex="f", district="d2"): 1,
        key(sex="m", district="d1"): 29, key(sex="m", district="d2"): 39,
    }  # fmt: skip
    figures = protect(cells)
    assert Attacker(figures, figures.why).broken([key(sex="f"), *small_of(cells)]) == {}


def test_a_figure_that_has_hardly_changed_is_held_with_others():
    first = protect({WHOLE: 60, key(sex="f"): 40, key(sex="m"): 20})
    cells = {WHOLE: 70, key(sex="f"): 48, key(sex="m"): 22}
    figures = protect(cells, earlier=[Release(first.cells)])
    assert figures.why == {key(sex="m"): Why.HELD, key(sex="f"): Why.FURTHER}
    assert figures[WHOLE] == 70
    assert protect(cells).why == {}


def test_a_figure_that_has_fallen_by_few_is_held_too():
    first = protect({WHOLE: 60, key(sex="f"): 40, key(sex="m"): 20})
    figures = protect({WHOLE: 60, key(sex="f"): 42, key(sex="m"): 18}, earlier=[Release(first.cells)])
    assert figures.why == {key(sex="m"): Why.HELD, key(sex="f"): Why.HELD}


def test_what_is_hidden_stays_hidden_rather_than_something_else():
    people = [
        SOMEBODY | {"month": month} for month, n in (("1", 2), ("2", 9), ("3", 10), ("4", 11)) for _one in range(n)
    ]
    cells = tables(people, (("month",),))
    assert set(protect(cells).why) == {key(month="1"), key(month="2")}
    former = {**cells, key(month="1"): None, key(month="4"): None}
    assert set(protect(cells, earlier=[Release(former)]).why) == {key(month="1"), key(month="4")}


def test_a_table_of_three_dimensions_is_shown_wholly_or_not_at_all():
    cuts = (("sex",), ("age",), ("month",), ("sex", "age"), ("sex", "month"), ("age", "month"), ("sex", "age", "month"))
    people = [
        SOMEBODY | {"sex": sex, "age": age, "month": month}
        for sex, age, month in product("fm", "abc", "1234") for _one in range(6)
    ]  # fmt: skip
    assert protect(tables(people, cuts)).why == {}
    figures = protect(tables(people[:-3], cuts))
    assert {figures.why.get(cell) for cell in figures if len(cell) == 3} == {Why.TABLE}
    assert figures[WHOLE] == 141


def test_a_table_of_three_dimensions_needs_all_of_its_totals():
    cuts = (("sex",), ("age",), ("month",), ("sex", "age"), ("sex", "age", "month"))
    people = [SOMEBODY | {"sex": sex, "month": month} for sex, month in product("fm", "12") for _one in range(9)]
    figures = protect(tables(people, cuts))
    assert {figures.why.get(cell) for cell in figures if len(cell) == 3} == {Why.TABLE}
    assert {figures.why.get(cell) for cell in figures if len(cell) < 3} == {None}


def test_two_nested_dimensions_are_crossed_by_their_coarse_ones_only():
    seasons = Hierarchy("month", "year", {"1": "y1", "2": "y1", "3": "y2", "4": "y2"})
    cells = tables(
        [SOMEBODY | {"month": month, "jamoat": jamoat, "district": LIES_IN[jamoat], "year": seasons.parents[month]}
         for month, jamoat in product("1234", LIES_IN) for _one in range(3)],
        (("year",), ("month",), ("district",), ("jamoat",), ("district", "year"), ("jamoat", "month")),
        CATEGORIES | {"year": ("y1", "y2")},
    )  # fmt: skip
    figures = protect(cells, hierarchies=[PLACES, seasons])
    assert figures[key(district="d1", year="y1")] == 12
    assert figures.why[key(jamoat="j1", month="1")] is Why.TABLE


@pytest.mark.parametrize(
    ("cells", "hierarchies", "words"),
    [
        ({WHOLE: -1}, [], "never negative"),
        ({WHOLE: 5, key(sex="f"): 4, key(sex="m"): 4}, [], "counted twice"),
        ({WHOLE: 5, key(jamoat="j9"): 4}, [PLACES], "Nothing says"),
        ({WHOLE: 5, key(jamoat="j1", district="d2"): 4}, [PLACES], "Nobody has"),
        ({key(jamoat="j1", district="d1"): 4, key(jamoat="j1"): 5}, [PLACES], "Two counts"),
        ({WHOLE: 5}, [PLACES, PLACES], "Two"),
        ({WHOLE: 5}, [Hierarchy("jamoat", "jamoat", {})], "itself"),
        ({WHOLE: 5}, [PLACES, Hierarchy("school", "district", {})], "Two dimensions"),
        (
            {WHOLE: 9, key(a="1"): 4, key(a="2"): 5, key(b="1"): 4, key(b="2"): 5, key(a="1", b="1"): 4},
            [],
            "does not add up",
        ),
    ],
)
def test_what_is_no_set_of_tables_is_refused(cells, hierarchies, words):
    with pytest.raises(ValueError, match=words):
        protect(cells, hierarchies=hierarchies)


def test_a_district_beside_its_jamoat_says_nothing_new():
    figures = protect({WHOLE: 50, key(district="d1"): 50, key(district="d1", jamoat="j1"): 50}, hierarchies=[PLACES])
    assert figures[key(district="d1", jamoat="j1")] == 50


def test_a_rule_needs_a_smallest_count():
    with pytest.raises(ValueError, match="at least 1"):
        Rule(smallest=0)


def test_the_examples_in_code_and_documentation_are_true():
    page = Path(__file__).parents[2] / "docs" / "methods" / "disclosure.md"
    assert doctest.testfile(str(page), module_relative=False).failed == 0
    assert doctest.testfile(str(page), module_relative=False).attempted > 5
    assert sum(doctest.testmod(module).failed for module in (disclosure, keys, shares)) == 0


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
