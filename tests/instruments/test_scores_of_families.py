"""The survey of reintegration and the profile of a family, computed a second time; and what holds for all scales."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.catalogue import instruments
from paivand.instruments.rules.scores import raised_by_answers, readings, remarks
from tests.instruments.twice import (
    MANY,
    as_answers,
    declared,
    drawn,
    given_answers,
    mean_half_up,
    read,
)

# --- RSS -------------------------------------------------------------------------------------------------------------

FAVOURABLE = {
    "very_satisfied": 4, "satisfied": 3, "ok": 2, "dissatisfied": 1, "very_dissatisfied": 0, "very_good": 4, "good": 3,
    "fair": 2, "poor": 1, "very_poor": 0, "strongly_agree": 4, "agree": 3, "neutral": 2, "disagree": 1,
    "strongly_disagree": 0, "very_safe": 4, "safe": 3, "middling": 2, "unsafe": 1, "very_unsafe": 0, "no_debt": 4,
    "spending_larger": 2, "debt_larger": 0, "all": 4, "some": 2, "none": 0, "unemployed": 0, "unhappy": 2,
    "conditions": 2, "salary": 2, "other": 2, "wish": 2, "need": 0,
}  # fmt: skip
SELDOM = ("very_often", "often", "sometimes", "rarely", "never")
BETTER_NO = {"looks_for_work", "wants_support"}
DIMENSIONS = {"economic": (0, 10), "social": (10, 20), "psychosocial": (20, 30), "composite": (0, 30)}


def quarters(item: str, answer: str) -> int:
    """The score of an answer in quarters."""
    if answer in {"yes", "no"}:
        return 4 if (answer == "no") == (item in BETTER_NO) else 0
    if answer in SELDOM:
        return 4 - SELDOM.index(answer) if item == "activities" else SELDOM.index(answer)
    return FAVOURABLE[answer]


def rss_again(values: dict[str, str | None], dimension: str) -> tuple[Decimal | None, str]:
    first, last = DIMENSIONS[dimension]
    items = [item.code for item in declared("rss").items()][first:last]
    told, asked = [], 0
    for item in items:
        gate = {"why_looks": ("looks_for_work", "yes"), "why_leave": ("can_stay", "no")}.get(item)
        if gate and values.get(gate[0]) not in {gate[1], None}:
            continue
        answer = None if gate and values.get(gate[0]) is None else values.get(item)
        if answer == "no_children":
            continue
        asked += 1
        if answer is not None:
            told.append(Decimal(quarters(item, answer)) / 4)
    if not told or len(told) * 10 < asked * 7:
        return None, ""
    value = mean_half_up(told, "0.01")
    return value, "intensive" if value <= Decimal("0.33") else "some" if value <= Decimal("0.65") else "little"


@MANY
@given(drawn("rss"))
def test_reintegration_is_the_same_when_computed_twice(values):
    found = read("rss", as_answers(values))
    for dimension in DIMENSIONS:
        assert (found[dimension].value, found[dimension].band) == rss_again(values, dimension)


@pytest.mark.parametrize(
    ("exact", "band"),
    [
        ("0", "intensive"), ("0.334", "intensive"), ("0.335", "some"), ("0.345", "some"), ("0.654", "some"),
        ("0.655", "little"), ("1", "little"),
    ],
)  # fmt: skip
def test_the_edges_of_reintegration_belong_to_the_band_above(exact, band):
    """0.335 and 0.655: judged as they stand, or rounded to two decimals first, it comes to the same."""
    scale = declared("rss").main_scale
    rounded = Decimal(exact).quantize(Decimal("0.01"), ROUND_HALF_UP)
    for value in (Decimal(exact), rounded):
        assert [one.code for one in scale.sets[0].bands if one.stretch.holds(value)] == [band]  # type: ignore[arg-type]


def test_no_children_of_school_age_is_no_answer_that_is_missing():
    social = ["housing", "housing_standard", "education", "justice", "has_document", "documentation", "water"]
    told = given_answers(**dict.fromkeys(social, "very_good") | {"has_document": "yes"})
    seven_of_nine = read("rss", {**told, "children_at_school": Answer(value="no_children")})["social"]
    assert (seven_of_nine.value, seven_of_nine.n_answered, seven_of_nine.n_asked) == (1, 7, 9)
    six_of_nine = {code: one for code, one in told.items() if code != "water"}
    assert read("rss", {**six_of_nine, "children_at_school": Answer(value="no_children")})["social"].value is None


def test_one_very_low_dimension_is_told_although_the_composite_is_higher():
    best = {item.code: max(item.options, key=lambda one: one.score or 0).code for item in declared("rss").items()}
    access = ("housing", "housing_standard", "education", "justice", "documentation", "water", "health")
    low = dict.fromkeys((*access, "health_quality"), "very_poor")
    found = read("rss", given_answers(**best | low))
    assert found["social"].band == "intensive"
    assert found["composite"].band == "little"
    values = {scale: one.value for scale, one in found.items()}
    assert [check.code for check in remarks(declared("rss"), values)] == ["one_dimension_low"]
    values["social"] = Decimal("0.34")
    assert remarks(declared("rss"), values) == []


# --- the profile of a family -----------------------------------------------------------------------------------------


def test_the_weights_of_the_profile_add_up_to_a_hundred():
    assert sum(declared("vulnerability").main_scale.setting.weights.values()) == 100


@MANY
@given(drawn("vulnerability"))
def test_severity_is_the_same_when_computed_twice(values):
    weights = {code: int(one) for code, one in declared("vulnerability").main_scale.setting.weights.items()}
    known = {code: weight for code, weight in weights.items() if values.get(code)}
    found = read("vulnerability", as_answers(values))["severity"]
    if sum(known.values()) < 70:
        assert found.value is None
        return
    present = sum(weight for code, weight in known.items() if values[code] == "yes")
    assert found.value == (200 * present + sum(known.values())) // (2 * sum(known.values()))
    assert found.band == ("high" if found.value >= 60 else "medium" if found.value >= 35 else "low")


def test_each_criterion_gives_its_weight_when_all_are_known():
    weights = declared("vulnerability").main_scale.setting.weights
    found = read("vulnerability", given_answers(**dict.fromkeys(weights, "no") | {"no_earner": "yes", "debt": "yes"}))
    assert found["severity"].value == 14
    assert {code: part for code, part in found["severity"].parts.items() if part} == {"no_earner": 9, "debt": 5}


def test_violence_is_no_criterion():
    told = str(declared("vulnerability")).casefold()
    for word in ("violen", "beat", "abuse", "gbv", "зӯровар", "зуров", "насил", "побо", "خشونت"):
        assert word not in told


URGENT = ("suicide_risk", "child_in_danger", "homelessness", "trafficking", "danger_now")


def test_each_answer_that_cannot_wait_raises_its_flag():
    for code in URGENT:
        flags = raised_by_answers(declared("vulnerability"), given_answers(**{code: "yes"}))
        assert [flag.code for flag in flags] == [code]
        assert raised_by_answers(declared("vulnerability"), given_answers(**{code: "no"})) == []
        assert raised_by_answers(declared("vulnerability"), given_answers(**{code: None})) == []


# --- all of them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(instruments()))
@MANY
@given(st.data())
def test_every_value_lies_in_its_range_and_in_a_band(code, data):
    for one in readings(declared(code), as_answers(data.draw(drawn(code)))):
        scale = declared(code).scale(one.scale)
        assert scale is not None
        if one.value is None:
            assert one.reason
            assert one.band == ""
        else:
            assert scale.lowest <= one.value <= scale.highest
            assert one.band or not scale.sets or any(bands.when for bands in scale.sets)


@pytest.mark.parametrize("code", sorted(instruments()))
def test_nothing_answered_gives_no_value_on_any_scale(code):
    for one in readings(declared(code), {}):
        assert one.value is None, one.scale
