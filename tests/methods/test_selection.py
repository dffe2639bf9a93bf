"""The order of need, shared places, samples and error rates: against published values and a second computation."""

from __future__ import annotations

import doctest
import hashlib
import math
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.methods import selection
from paivand.methods.selection import (
    Group,
    Standing,
    Tie,
    apportioned,
    drawn,
    errors,
    fingerprint,
    lot,
    order_key,
    sample_size,
    tie,
    wilson,
)

SEED = "0192f3a4"
DAY = date(2026, 5, 1)

standings = st.builds(
    Standing,
    key=st.uuids().map(str),
    severity=st.decimals(0, 100, places=2),
    urgent=st.booleans(),
    n_children=st.integers(0, 14),
    assessed_on=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(selection).failed == 0


# --- the order of need -----------------------------------------------------------------------------------------------


def ahead(one: Standing, other: Standing) -> bool:
    """Whether ``one`` stands before ``other``, said a second time and without any key."""
    if one.severity != other.severity:
        return one.severity > other.severity
    if one.urgent != other.urgent:
        return one.urgent
    if one.n_children != other.n_children:
        return one.n_children > other.n_children
    if one.assessed_on != other.assessed_on:
        return one.assessed_on < other.assessed_on
    mine, theirs = (hashlib.sha256(f"{SEED}:{each.key}".encode()).hexdigest() for each in (one, other))
    return mine < theirs


@given(standings, standings)
def test_plain_comparison_of_two_keys_is_the_declared_order(one, other):
    if one.key != other.key:
        assert (order_key(one, SEED) < order_key(other, SEED)) == ahead(one, other)


@given(standings, standings)
def test_the_rule_that_decided_is_the_first_that_differs(one, other):
    found = tie(order_key(one, SEED), order_key(other, SEED))
    differs = [
        rule
        for rule, mine, theirs in zip(Tie, (one.severity, one.urgent, one.n_children, one.assessed_on, one.key),
                                      (other.severity, other.urgent, other.n_children, other.assessed_on, other.key),
                                      strict=True)
        if mine != theirs
    ]  # fmt: skip
    assert found == (differs[0] if differs else None)


@pytest.mark.parametrize(("changed", "rule"), [
    ({"severity": Decimal("62.51")}, Tie.SEVERITY),
    ({"urgent": True}, Tie.URGENCY),
    ({"n_children": 4}, Tie.CHILDREN),
    ({"assessed_on": DAY - timedelta(days=1)}, Tie.ASSESSMENT),
])  # fmt: skip
def test_each_rule_puts_the_needier_family_first(changed, rule):
    facts = {"key": "b", "severity": Decimal("62.50"), "urgent": False, "n_children": 3, "assessed_on": DAY}
    usual, needier = Standing(**facts), Standing(**{**facts, "key": "a", **changed})
    assert order_key(needier, SEED) < order_key(usual, SEED)
    assert tie(order_key(needier, SEED), order_key(usual, SEED)) is rule


def test_urgency_never_outweighs_severity():
    urgent = Standing("a", Decimal("40.00"), True, 6, DAY)
    graver = Standing("b", Decimal("40.01"), False, 0, DAY)
    assert order_key(graver, SEED) < order_key(urgent, SEED)


def test_another_seed_gives_another_lot_and_the_same_seed_the_same():
    keys = [f"family-{n}" for n in range(40)]
    one = sorted(keys, key=lambda key: lot("one", key))
    assert one == sorted(set(keys), key=lambda key: lot("one", key))
    assert one != sorted(keys, key=lambda key: lot("two", key))


def test_a_lot_does_not_depend_on_who_else_is_there():
    both = [key for key in sorted("abcdef", key=lambda key: lot(SEED, key)) if key in "ace"]
    assert both == sorted("ace", key=lambda key: lot(SEED, key))


@pytest.mark.parametrize("severity", ["-0.01", "100.01", "50.001"])
def test_an_impossible_severity_is_refused(severity):
    with pytest.raises(ValueError, match="severity"):
        order_key(Standing("a", Decimal(severity), False, 0, DAY), SEED)


def test_a_crowd_of_children_keeps_the_key_sortable():
    crowd, more = (Standing("a", Decimal(1), False, n, DAY) for n in (99, 140))
    assert order_key(crowd, SEED) == order_key(more, SEED)
    assert order_key(crowd, SEED) < order_key(Standing("a", Decimal(1), False, 98, DAY), SEED)


# --- places shared by need -------------------------------------------------------------------------------------------


def test_places_are_shared_as_in_the_textbook():
    # The example of Wikipedia's article on the largest remainder method, Hare quota.
    votes = {"yellow": 47000, "white": 16000, "red": 15800, "green": 12000, "blue": 6100, "pink": 3100}
    assert apportioned(10, votes) == {"yellow": 5, "white": 2, "red": 1, "green": 1, "blue": 1, "pink": 0}


needs = st.dictionaries(st.text(max_size=4), st.integers(0, 400), min_size=1, max_size=12)


@given(st.integers(0, 3000), needs)
def test_shared_places_fit_quota_and_need(total, wanted):
    shares = apportioned(total, wanted)
    whole = sum(wanted.values())
    assert sum(shares.values()) == min(total, whole)
    for key, need in wanted.items():
        assert 0 <= shares[key] <= need
        if total < whole:
            exact = Fraction(total * need, whole)
            assert math.floor(exact) <= shares[key] <= math.ceil(exact)


def test_places_for_nobody_stay_unshared():
    assert apportioned(5, {"a": 0}) == {"a": 0}
    with pytest.raises(ValueError, match="never negative"):
        apportioned(5, {"a": -1})


# --- the fingerprint of a list ---------------------------------------------------------------------------------------


def test_a_fingerprint_is_that_of_the_canonical_text():
    text = '{"a":"Ҷамила","b":[1,null,true]}'
    assert fingerprint({"b": [1, None, True], "a": "Ҷамила"}) == hashlib.sha256(text.encode()).hexdigest()


def test_every_change_gives_another_fingerprint():
    rows = [["F-000-0013", "selected"], ["F-000-0026", "reserve"]]
    prints = {fingerprint(rows), fingerprint(rows[::-1]), fingerprint(rows[:1]),
              fingerprint([["F-000-0013", "reserve"], rows[1]])}  # fmt: skip
    assert len(prints) == 4


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        fingerprint(float("nan"))


# --- samples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("population", "published"), [
    (10, 10), (50, 44), (100, 80), (200, 132), (500, 217), (1000, 278), (5000, 357), (10000, 370), (75000, 382),
    (1000000, 384),
])  # fmt: skip
def test_sample_sizes_agree_with_the_published_table(population, published):
    # R. V. Krejcie, D. W. Morgan, Educational and Psychological Measurement 30 (1970) 607-610, table 1: margin 0.05,
    # chi-square 3.841, p 0.5. They round to the nearest whole number; here it is rounded up.
    found = sample_size(population, margin=0.05, confidence=0.95)
    assert found in {published, published + 1}
    exact = 3.841 * population * 0.25 / (0.05**2 * (population - 1) + 3.841 * 0.25)
    assert exact - 0.01 <= found <= exact + 1.01


@given(st.integers(1, 100000), st.floats(0.02, 0.4))
def test_a_sample_is_never_larger_than_its_group(population, margin):
    assert 1 <= sample_size(population, margin=margin, confidence=0.95) <= population


def test_a_margin_out_of_bounds_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_size(10, margin=0, confidence=0.95)


@given(st.sets(st.uuids().map(str), max_size=40), st.integers(-1, 50))
def test_a_sample_has_the_wanted_size_and_is_drawn_again_with_its_seed(keys, n):
    found = drawn(keys, n, SEED)
    assert found == drawn(sorted(keys), n, SEED)
    assert len(found) == len(set(found)) == min(max(n, 0), len(keys))
    assert set(found) <= keys


def test_everybody_has_the_same_chance():
    keys, often = [f"family-{n}" for n in range(10)], dict.fromkeys((f"family-{n}" for n in range(10)), 0)
    for seed in range(2000):
        for key in drawn(keys, 3, str(seed)):
            often[key] += 1
    # 600 expected; five standard deviations of the binomial distribution are 102.
    assert all(abs(count - 600) < 103 for count in often.values())


# --- intervals and errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hits", "n", "low", "high"), [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
])  # fmt: skip
def test_wilson_agrees_with_the_published_intervals(hits, n, low, high):
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    rate = wilson(hits, n)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_of_wilson_are_the_roots_of_the_score_equation(pair):
    # A second way: the bounds are the shares p at which the observed one lies exactly z standard errors away.
    hits, n = pair
    rate, z = wilson(hits, n), 1.959963984540054
    for bound in (rate.low, rate.high):
        if 0 < bound < 1:
            assert abs(hits / n - bound) == pytest.approx(z * math.sqrt(bound * (1 - bound) / n), abs=1e-9)
    assert 0 <= rate.low <= rate.share <= rate.high <= 1


def test_nobody_looked_at_gives_no_rate():
    assert wilson(0, 0) is None
    found = errors(Group(50, 0, 0), Group(150, 40, 4))
    assert (found.inclusion, found.missed) == (None, None)
    assert found.exclusion is not None


def test_more_hits_than_looks_are_refused():
    with pytest.raises(ValueError, match="no more hits"):
        wilson(3, 2)


def test_undercoverage_is_counted_as_if_everybody_had_been_looked_at():
    # A second way: all 1,000 families are known. 200 were selected, 20 of them wrongly; of 800 others 60 belong in.
    found = errors(Group(200, 200, 20), Group(800, 800, 60))
    assert found.missed.share == pytest.approx(60 / (60 + 180))
    assert found.missed.low < found.missed.share < found.missed.high


def test_a_selection_without_error_misses_nobody():
    found = errors(Group(20, 10, 0), Group(30, 10, 0))
    assert (found.inclusion.share, found.exclusion.share, found.missed.share) == (0, 0, 0)
    assert found.missed.high > 0


def test_where_nobody_should_have_been_selected_nobody_is_missed():
    found = errors(Group(3, 3, 3), Group(0, 0, 0))
    assert found.missed is None
