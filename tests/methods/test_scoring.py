"""The formulas: exact, rounded once, never a zero for what was not answered; bands without a gap."""

from __future__ import annotations

import doctest
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.methods import scoring
from paivand.methods.scoring import (
    COULD_BE_HIGHER,
    FORMULAS,
    NOTHING_ANSWERED,
    TOO_FEW,
    UNANSWERED,
    Band,
    Setting,
    band_of,
    count,
    half_up,
    highest_level,
    mean,
    seams,
    total,
    worst,
)

MANY = settings(max_examples=80)
F = Fraction
ITEMS = st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.integers(0, 7).map(F), min_size=1)
FRACTIONS = st.fractions(min_value=-200, max_value=200, max_denominator=4000)


def test_the_examples_in_the_docstrings_are_true():
    assert doctest.testmod(scoring).failed == 0


@pytest.mark.parametrize(
    ("value", "places", "told"),
    [("0.5", 0, "1"), ("1.5", 0, "2"), ("2.5", 0, "3"), ("0.125", 2, "0.13"), ("0.335", 2, "0.34"), ("-0.5", 0, "-1")],
)
def test_a_half_is_rounded_away_from_zero(value, places, told):
    assert half_up(F(value), places) == Decimal(told)


@MANY
@given(FRACTIONS, st.integers(0, 2))
def test_rounding_is_that_of_decimal_arithmetic(value, places):
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    nearly_half = abs(exact * 10**places % 1) == Decimal("0.5")
    if nearly_half or (value.denominator % 2 and value.denominator % 5):
        return  # Decimal's own division is not exact here; the formula above is
    assert half_up(value, places) == exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@MANY
@given(FRACTIONS, st.integers(0, 2))
def test_rounding_moves_a_value_by_half_a_step_at_most(value, places):
    assert abs(F(half_up(value, places)) - value) <= F(1, 2 * 10**places)


@MANY
@given(ITEMS)
def test_a_sum_has_a_value_only_where_everything_is_answered(values):
    outcome = total(values, Setting())
    if None in values.values():
        assert outcome.value is None
        assert outcome.reason in {UNANSWERED, NOTHING_ANSWERED}
    else:
        assert outcome.value == sum(values.values())


@pytest.mark.parametrize("name", sorted(FORMULAS))
@MANY
@given(ITEMS)
def test_an_outcome_has_a_value_or_says_why_not(name, values):
    outcome = FORMULAS[name](values, Setting(least=F(1, 2), levels={code: F(2) for code in "abcdefgh"}))
    assert (outcome.value is None) == bool(outcome.reason)
    assert outcome.n_asked == len(values)
    assert outcome.n_answered == sum(one is not None for one in values.values())


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_nothing_answered_gives_no_value_whatever_the_formula(name):
    outcome = FORMULAS[name]({"a": None, "b": None}, Setting(least=F(0), levels={"a": F(2), "b": F(3)}))
    assert outcome.value is None
    assert outcome.reason == NOTHING_ANSWERED


@MANY
@given(ITEMS)
def test_what_the_items_gave_adds_up_to_the_value(values):
    weights = {"a": F(3), "b": F(1, 2)}
    for formula, setting in ((total, Setting(weights=weights, times=F(4))),
                             (mean, Setting(weights=weights, least=F(0), times=F(100)))):  # fmt: skip
        outcome = formula(values, setting)
        if outcome.value is not None:
            assert sum(outcome.parts.values()) == outcome.value


def test_a_mean_asks_for_its_share_of_the_answers():
    values = {code: F(1) for code in "abcdefg"} | {"h": None, "i": None, "j": None}
    assert mean(values, Setting(least=F("0.7"))).value == 1
    assert mean(values | {"g": None}, Setting(least=F("0.7"))).reason == TOO_FEW


def test_the_share_of_a_mean_is_one_of_weights():
    values = {"heavy": None, "light": F(1), "other": F(1)}
    assert mean(values, Setting(weights={"heavy": F(8)}, least=F("0.7"))).reason == TOO_FEW


def test_what_weighs_nothing_makes_no_mean():
    assert mean({"a": F(1)}, Setting(weights={"a": F(0)})).reason == NOTHING_ANSWERED


@MANY
@given(st.lists(st.integers(1, 5), min_size=9, max_size=9))
def test_a_mean_can_be_shown_from_zero_to_a_hundred(answers):
    values = {str(n): F(answer) for n, answer in enumerate(answers)}
    found = mean(values, Setting(lowest=F(5), highest=F(1))).value
    assert found == 100 * (F(sum(answers), 9) - 5) / (1 - 5)
    assert 0 <= found <= 100


def test_counts_and_the_worst_leave_out_what_was_not_answered():
    values = {"see": F(4), "hear": F(3), "walk": None, "wash": F(2)}
    assert count(values, Setting(at_least=F(3), least=F(0))).value == 2
    assert worst(values, Setting(least=F(0))).value == 4


def test_counts_may_ask_for_a_share_of_the_answers():
    assert count({"a": F(3), "b": None, "c": None}, Setting(least=F(1, 2))).reason == TOO_FEW


LEVELS = Setting(levels={"savings": F(2), "school": F(3), "house": F(4)})


def test_the_highest_level_counts_and_no_level_is_the_lowest():
    assert highest_level({"savings": F(1), "school": F(1), "house": F(0)}, LEVELS).value == 3
    assert highest_level({"savings": F(0), "school": F(0), "house": F(0)}, LEVELS).value == 1


def test_an_open_answer_matters_only_where_it_could_raise_the_level():
    assert highest_level({"savings": F(0), "school": None, "house": F(1)}, LEVELS).value == 4
    assert highest_level({"savings": F(1), "school": None, "house": F(0)}, LEVELS).reason == COULD_BE_HIGHER
    assert highest_level({"savings": None, "school": F(1), "house": F(0)}, LEVELS).value == 3


PHASES = [Band("low", F(0), F(2)), Band("middle", F(3), F(5)), Band("high", F(6), F(12))]


def test_bands_in_whole_steps_have_no_seam():
    assert seams(PHASES, F(0), F(12), F(1)) == []
    assert seams(PHASES, F(0), F(12)) == [
        "low and middle: values between 2 and 3 lie in no band",
        "middle and high: values between 5 and 6 lie in no band",
    ]


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ([], "there is no band"),
        ([Band("a", F(1), F(12))], "a: the lowest value 0 lies in no band"),
        ([Band("a", F(0), F(11))], "a: the highest value 12 lies in no band"),
        ([Band("a", F(0), F(7)), Band("b", F(6), F(12))], "a and b: the bands overlap"),
        ([Band("a", high=F(7)), Band("b", high=F(12))], "a and b: the bands overlap"),
        ([Band("a", F(0), F(6)), Band("b", F(6), F(12))], "a and b: the edge 6 lies in both bands"),
        (
            [Band("a", F(0), F(6), with_high=False), Band("b", F(6), F(12), with_low=False)],
            "a and b: the edge 6 lies in no band",
        ),
        ([Band("a", F(0), F(5)), Band("b", F(6), F(12))], "a and b: values between 5 and 6 lie in no band"),
    ],
)
def test_a_gap_an_overlap_or_an_edge_without_owner_is_told(bands, told):
    assert told in seams(bands, F(0), F(12))


@MANY
@given(st.lists(st.integers(1, 111), min_size=1, max_size=4, unique=True), st.data())
def test_bands_without_seams_hold_every_value_exactly_once(cuts, data):
    edges = [0, *sorted(cuts), 112]
    last = len(edges) - 2
    bands = [
        Band(str(n), F(low), F(high), with_low=n == 0, with_high=True) for n, (low, high) in enumerate(pairwise(edges))
    ]
    assert seams(bands, F(0), F(112)) == []
    value = data.draw(st.fractions(min_value=0, max_value=112, max_denominator=100))
    assert sum(band.holds(value) for band in bands) == 1
    assert band_of(value, bands) in {str(n) for n in range(last + 1)}


def test_a_value_outside_every_band_has_none():
    assert band_of(F(13), PHASES) == ""
