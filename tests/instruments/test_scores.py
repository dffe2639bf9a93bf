"""Every published scale computed a second time, by other means, over random answers; and the traps of each."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.instruments import Special
from paivand.instruments.rules.scores import raised_by_scores, readings, remarks
from tests.instruments.twice import (
    DONT_KNOW,
    MANY,
    REFUSED,
    as_answers,
    declared,
    drawn,
    given_answers,
    read,
)

# --- FCS -------------------------------------------------------------------------------------------------------------

FOODS = ("staples", "pulses", "dairy", "meat", "vegetables", "fruit", "oil", "sugar")


def fcs_again(values: dict[str, str | None]) -> tuple[Decimal | None, str]:
    """In halves, as whole numbers: twice the weights, and the limits twice as high."""
    if any(values.get(food) is None for food in FOODS):
        return None, ""
    doubled = sum(int(values[food] or 0) * double for food, double in zip(FOODS, (4, 6, 8, 8, 2, 2, 1, 1), strict=True))
    habit = values.get("oil_and_sugar_daily")
    if habit is None:
        return Decimal(doubled) / 2, ""
    poor, borderline = (56, 84) if habit == "yes" else (42, 70)
    band = "poor" if doubled <= poor else "borderline" if doubled <= borderline else "acceptable"
    return Decimal(doubled) / 2, band


@MANY
@given(drawn("fcs"))
def test_food_consumption_is_the_same_when_computed_twice(values):
    found = read("fcs", as_answers(values))["fcs"]
    assert (found.value, found.band) == fcs_again(values)


def week(**days: int) -> dict[str, int]:
    return dict.fromkeys(FOODS, 0) | days


@pytest.mark.parametrize(
    ("days", "value", "low", "high"),
    [
        (week(staples=7, vegetables=7), "21", "poor", "poor"),
        # WFP's own recode has no group for what lies between 21 and 21.5, nor between 35 and 35.5.
        (week(staples=7, vegetables=7, oil=1), "21.5", "borderline", "poor"),
        (week(staples=7, vegetables=7, fruit=7), "28", "borderline", "poor"),
        (week(staples=7, vegetables=7, fruit=7, oil=1), "28.5", "borderline", "borderline"),
        (week(staples=7, vegetables=7, fruit=7, oil=7, sugar=7), "35", "borderline", "borderline"),
        (week(staples=7, vegetables=7, fruit=6, oil=7, sugar=7, dairy=1), "38", "acceptable", "borderline"),
        (week(staples=7, vegetables=7, fruit=7, oil=7, sugar=7, pulses=1, dairy=1), "42", "acceptable", "borderline"),
        (week(**dict.fromkeys(FOODS, 7)), "112", "acceptable", "acceptable"),
        (week(), "0", "poor", "poor"),
    ],
)
def test_food_consumption_lies_in_one_group_by_both_pairs_of_limits(days, value, low, high):
    for habit, band in (("no", low), ("yes", high)):
        found = read("fcs", given_answers(**days, oil_and_sugar_daily=habit))["fcs"]
        assert (found.value, found.band) == (Decimal(value), band)


def test_food_consumption_between_21_and_21_and_a_half_would_be_borderline():
    scale = declared("fcs").main_scale
    [low] = [one for one in scale.sets if one.when and one.when.codes == ("no",)]
    stretches = {band.code: band.stretch for band in low.bands}
    assert [code for code, one in stretches.items() if one.holds(Decimal("21.2"))] == ["borderline"]  # type: ignore[arg-type]


@pytest.mark.parametrize("food", FOODS)
def test_a_food_that_was_not_answered_is_never_a_zero(food):
    for missing in (DONT_KNOW, REFUSED, Answer(missing=Special.NOT_ASKED)):
        answers = {**given_answers(**week(staples=7), oil_and_sugar_daily="no"), food: missing}
        found = read("fcs", answers)["fcs"]
        assert found.value is None
        assert found.reason == "unanswered"
    without = {code: one for code, one in given_answers(**week(staples=7)).items() if code != food}
    assert read("fcs", without)["fcs"].value is None


def test_without_the_habit_of_the_place_food_has_a_value_and_no_group():
    found = read("fcs", given_answers(**week(staples=7), oil_and_sugar_daily=None))["fcs"]
    assert (found.value, found.band, found.reason) == (Decimal(14), "", "")


@pytest.mark.parametrize(("days", "said"), [(week(staples=6), ["very_low"]), (week(staples=7), []),
                                            (week(**dict.fromkeys(FOODS, 7)), ["very_high"])])  # fmt: skip
def test_unusual_food_consumption_is_remarked_upon(days, said):
    found = read("fcs", given_answers(**days))
    assert [check.code for check in remarks(declared("fcs"), {"fcs": found["fcs"].value})] == said


# --- rCSI ------------------------------------------------------------------------------------------------------------


def rcsi_again(values: dict[str, str | None]) -> tuple[int | None, str]:
    total = 0
    for strategy, days in (("less_preferred", 1), ("borrowed", 2), ("fewer_meals", 1), ("smaller_portions", 1),
                           ("adults_restrict", 3)):  # fmt: skip
        told = values.get(strategy)
        if told is None:
            return None, ""
        for _ in range(days):
            total += int(told)
    return total, ["low", "stressed", "crisis"][(total > 3) + (total > 18)]


@MANY
@given(drawn("rcsi"))
def test_coping_with_food_is_the_same_when_computed_twice(values):
    found = read("rcsi", as_answers(values))["rcsi"]
    assert (found.value, found.band) == rcsi_again(values)


def test_the_weights_of_coping_with_food_are_one_two_one_one_three():
    items = ("less_preferred", "borrowed", "fewer_meals", "smaller_portions", "adults_restrict")
    for item, weight in zip(items, (1, 2, 1, 1, 3), strict=True):
        found = read("rcsi", given_answers(**dict.fromkeys(items, 0) | {item: 1}))["rcsi"]
        assert found.value == weight
    assert read("rcsi", given_answers(**dict.fromkeys(items, 7)))["rcsi"].value == 56


# --- HHS -------------------------------------------------------------------------------------------------------------


def hhs_again(values: dict[str, str | None]) -> tuple[int | None, str]:
    points = 0
    for question in ("no_food", "slept_hungry", "whole_day"):
        happened = values.get(question)
        if happened == "no":
            continue
        often = values.get(f"{question}_often") if happened == "yes" else None
        if often is None:
            return None, ""
        points += 2 if often == "often" else 1
    return points, "little" if points < 2 else "moderate" if points < 4 else "severe"


@MANY
@given(drawn("hhs"))
def test_hunger_is_the_same_when_computed_twice(values):
    found = read("hhs", as_answers(values))["hhs"]
    assert (found.value, found.band) == hhs_again(values)


@pytest.mark.parametrize(("often", "points"), [("rarely", 1), ("sometimes", 1), ("often", 2)])
def test_rarely_and_sometimes_hungry_count_the_same(often, points):
    answers = given_answers(no_food="yes", no_food_often=often, slept_hungry="no", whole_day="no")
    assert read("hhs", answers)["hhs"].value == points


def test_no_hunger_asks_for_no_frequency_and_counts_as_zero():
    found = read("hhs", given_answers(no_food="no", slept_hungry="no", whole_day="no"))["hhs"]
    assert (found.value, found.band) == (0, "little")


def test_a_frequency_left_over_from_a_changed_answer_does_not_count():
    answers = given_answers(no_food="no", no_food_often="often", slept_hungry="no", whole_day="no")
    assert read("hhs", answers)["hhs"].value == 0


# --- LCS -------------------------------------------------------------------------------------------------------------

STRATEGIES = {
    2: ("sold_goods", "spent_savings", "ate_elsewhere", "bought_on_credit"),
    3: ("sold_tools", "less_health", "out_of_school"),
    4: ("sold_house", "begged", "illegal"),
}


def lcs_again(values: dict[str, str | None]) -> int | None:
    """From the most severe downwards: yes ends the search, an open answer on the way makes it unknown."""
    everything = [item for group in STRATEGIES.values() for item in group]
    if all(values.get(item) is None for item in everything):
        return None
    unknown = False
    for level in (4, 3, 2):
        told = [values.get(item) for item in STRATEGIES[level]]
        if any(one in {"20", "30"} for one in told):
            return None if unknown else level
        unknown = unknown or None in told
    return None if unknown else 1


@MANY
@given(drawn("lcs"))
def test_livelihood_coping_is_the_same_when_computed_twice(values):
    assert read("lcs", as_answers(values))["level"].value == lcs_again(values)


def untouched() -> dict[str, str]:
    return {item: "10" for group in STRATEGIES.values() for item in group}


@pytest.mark.parametrize("answer", ["20", "30"])
@pytest.mark.parametrize("level", [2, 3, 4])
def test_a_strategy_that_is_used_up_counts_like_one_that_is_used(answer, level):
    for strategy in STRATEGIES[level]:
        assert read("lcs", given_answers(**untouched() | {strategy: answer}))["level"].value == level


@pytest.mark.parametrize("answer", ["10", "9999"])
def test_a_strategy_without_need_or_possibility_does_not_count(answer):
    answers = given_answers(**dict.fromkeys(untouched(), answer))
    assert read("lcs", answers)["level"].value == 1


# --- RCS -------------------------------------------------------------------------------------------------------------

AGREE = {"strongly_agree": 4, "agree": 3, "neutral": 2, "disagree": 1, "strongly_disagree": 0}


def rcs_again(values: dict[str, str | None]) -> tuple[Decimal | None, str]:
    """By points of agreement: 36 points are 100."""
    items = [item.code for item in declared("rcs").items()]
    if any(values.get(item) is None for item in items):
        return None, ""
    points = sum(AGREE[values[item] or ""] for item in items)
    value = (Decimal(points) * 100 / 36).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return value, "low" if points < 12 else "medium" if points < 24 else "high"


@MANY
@given(drawn("rcs"))
def test_resilience_is_the_same_when_computed_twice(values):
    found = read("rcs", as_answers(values))["rcs"]
    assert (found.value, found.band) == rcs_again(values)


def test_to_agree_strongly_with_everything_is_a_hundred():
    items = [item.code for item in declared("rcs").items()]
    assert read("rcs", given_answers(**dict.fromkeys(items, "strongly_agree")))["rcs"].value == 100
    assert read("rcs", given_answers(**dict.fromkeys(items, "strongly_disagree")))["rcs"].value == 0


# --- WG-SS -----------------------------------------------------------------------------------------------------------

DOMAINS = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")


def wgss_again(values: dict[str, str | None]) -> tuple[int | None, str, int | None]:
    told = [values[domain] for domain in DOMAINS if values.get(domain)]
    if not told:
        return None, "", None
    for name, level in (("cannot", 4), ("a_lot", 3), ("some", 2)):
        if name in told:
            return level, "with" if level > 2 else "without", told.count("a_lot") + told.count("cannot")
    return 1, "without", 0


@MANY
@given(drawn("wgss"))
def test_functioning_is_the_same_when_computed_twice(values):
    found = read("wgss", as_answers(values))
    assert (found["worst"].value, found["worst"].band, found["domains"].value) == wgss_again(values)


@pytest.mark.parametrize("missing", [DONT_KNOW, REFUSED, Answer(missing=Special.NOT_ASKED)])
def test_don_t_know_and_refused_do_not_count_and_all_of_them_give_no_value(missing):
    # 7, 8 and 9 of the Washington Group, 888 and 999 of WFP
    one_told = {**dict.fromkeys(DOMAINS, missing), "walking": Answer(value="a_lot")}
    assert (read("wgss", one_told)["worst"].value, read("wgss", one_told)["worst"].band) == (3, "with")
    none_told = read("wgss", dict.fromkeys(DOMAINS, missing))
    assert (none_told["worst"].value, none_told["worst"].reason) == (None, "nothing_answered")
    assert none_told["domains"].value is None


def test_some_difficulty_everywhere_is_not_a_lot_of_difficulty():
    assert read("wgss", given_answers(**dict.fromkeys(DOMAINS, "some")))["worst"].band == "without"


# --- PHQ-4 -----------------------------------------------------------------------------------------------------------

DAYS = ("not_at_all", "several_days", "more_than_half", "nearly_every_day")


def phq4_again(values: dict[str, str | None]) -> dict[str, int | None]:
    def points(*items: str) -> int | None:
        told = [values.get(item) for item in items]
        return None if None in told else sum(DAYS.index(one or "") for one in told)

    return {"total": points("nervous", "worry", "interest", "down"), "anxiety": points("nervous", "worry"),
            "depression": points("interest", "down")}  # fmt: skip


@MANY
@given(drawn("phq4"))
def test_worry_and_low_mood_are_the_same_when_computed_twice(values):
    found = read("phq4", as_answers(values))
    assert {scale: one.value for scale, one in found.items()} == phq4_again(values)


@pytest.mark.parametrize(
    ("answers", "value", "band"),
    [((0, 0, 0, 0), 0, "none"), ((1, 1, 0, 0), 2, "none"), ((1, 1, 1, 0), 3, "mild"), ((2, 1, 1, 1), 5, "mild"),
     ((2, 2, 1, 1), 6, "moderate"), ((2, 2, 2, 2), 8, "moderate"), ((3, 2, 2, 2), 9, "severe"),
     ((3, 3, 3, 3), 12, "severe")],
)  # fmt: skip
def test_worry_and_low_mood_have_four_bands(answers, value, band):
    told = dict(zip(("nervous", "worry", "interest", "down"), (DAYS[n] for n in answers), strict=True))
    found = read("phq4", given_answers(**told))["total"]
    assert (found.value, found.band) == (value, band)


@pytest.mark.parametrize(("one", "other", "band"), [(1, 1, "negative"), (2, 1, "positive"), (3, 3, "positive")])
def test_each_half_is_positive_from_three_on(one, other, band):
    for first, second, scale in (("nervous", "worry", "anxiety"), ("interest", "down", "depression")):
        found = read("phq4", given_answers(**{first: DAYS[one], second: DAYS[other]}))
        assert found[scale].band == band
        assert found["total"].value is None


def test_severe_distress_is_a_flag_only_when_it_is_severe():
    for worst, flags in ((DAYS[2], []), (DAYS[3], ["severe_distress"])):
        told = given_answers(**dict.fromkeys(("nervous", "worry", "interest", "down"), worst))
        found = readings(declared("phq4"), told)
        assert [flag.code for flag in raised_by_scores(declared("phq4"), found)] == flags


# --- WHO-5 and SDQ: totals -------------------------------------------------------------------------------------------


@MANY
@given(st.integers(0, 25))
def test_well_being_is_the_raw_score_times_four(raw):
    found = read("who5", given_answers(raw=raw))["percent"]
    assert found.value == raw * 4  # and not (raw - 5) * 4, as one calculator on the web has it
    assert found.band == ("very_low" if raw <= 7 else "low" if raw <= 12 else "good")


PARTS = ("emotional", "conduct", "hyperactivity", "peers", "prosocial")


@MANY
@given(st.fixed_dictionaries({}, optional={part: st.integers(0, 10) for part in PARTS}))
def test_difficulties_add_four_parts_and_leave_kindness_out(parts):
    found = read("sdq", given_answers(**parts))
    four = [parts.get(part) for part in ("emotional", "conduct", "hyperactivity", "peers")]
    total = None if None in four else sum(one or 0 for one in four)
    assert found["difficulties"].value == total
    if total is not None:
        assert found["difficulties"].band == ("normal" if total < 14 else "borderline" if total < 17 else "abnormal")
