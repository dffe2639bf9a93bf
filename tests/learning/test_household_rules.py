"""The household budget: its months, both ways out of debt, words of care, and what cannot be kept."""

from __future__ import annotations

import doctest
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.core.rules.errors import Refused
from paivand.learning.rules import household
from paivand.learning.rules.household import (
    Care,
    Household,
    Line,
    Owed,
    Per,
    Side,
    Stuck,
    demand_household,
    household_rules,
    read,
    written,
)
from paivand.methods.debts import Method, Never, Plan

MAY = date(2026, 5, 1)

BANK = Owed("bank", Decimal(5000), "the loan for the cow", Decimal(28), Per.YEAR, n_months=24)
LENDER = Owed("moneylender", Decimal(2000), "Safar", Decimal(5), Per.MONTH, least=Decimal(150))
SHOP = Owed("shop", Decimal(600), "the shop at the corner")


def lines(**amounts: int) -> tuple[Line, ...]:
    return tuple(Line(code, Decimal(amount)) for code, amount in amounts.items())


def cares(draft: Household) -> list[Care]:
    return [word.care for word in draft.words()]


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(household).failed == 0


def test_every_threshold_says_from_when_and_from_where():
    import yaml

    declared = yaml.safe_load(household.SOURCE.read_text(encoding="utf-8"))
    for name, entry in declared["thresholds"].items():
        assert {"value", "from", "source", "note"} <= set(entry), name
    for row in [*declared["categories"], *declared["lenders"]]:
        assert set(row["title"]) == {"tg", "ru", "en", "fa"}, row["code"]


def test_a_typical_month_stands_for_all_that_are_not_named():
    draft = Household(MAY, (Line("harvest_sold", Decimal(0), {3: Decimal(2400)}), Line("food", Decimal(700))))
    assert [row.income for row in draft.year] == [0, 0, 0, 2400, *[0] * 8]
    assert draft.total(Side.INCOME) == 2400
    assert draft.total(Side.SPENDING) == 8400
    assert (draft.year[3].month, draft.year[3].left) == (date(2026, 8, 1), Decimal(1700))
    assert draft.months[-1] == date(2027, 4, 1)


def test_what_is_left_is_after_spending_saving_and_debts():
    draft = Household(MAY, lines(wage=1500, remittance=900, food=1000, reserve=100), (SHOP,), extra=Decimal(200))
    first, fourth = draft.year[0], draft.year[3]
    assert (first.coming, first.debts, first.left) == (2400, 200, 1100)
    assert (fourth.debts, fourth.left) == (0, 1300)  # paid off after three months


def test_both_ways_are_computed_from_the_agreed_payments_and_the_extra():
    draft = Household(MAY, lines(wage=3000), (BANK, LENDER, SHOP), extra=Decimal(200))
    assert BANK.agreed == Decimal("274.44")
    assert draft.monthly == BANK.agreed + 150 + 200
    snowball, avalanche = draft.ways[Method.SNOWBALL], draft.ways[Method.AVALANCHE]
    assert isinstance(snowball, Plan)
    assert isinstance(avalanche, Plan)
    assert snowball.order == ("2", "1", "0")
    assert avalanche.order == ("1", "0", "2")
    assert avalanche.interest < snowball.interest
    assert draft.chosen is snowball


def test_a_lender_by_the_month_has_a_rate_of_twelve_months():
    assert LENDER.yearly_rate == Decimal("0.60")
    assert LENDER.effective_percent == Decimal("79.6")


def test_a_way_that_leads_nowhere_says_so():
    stuck = Household(MAY, lines(wage=3000), (Owed("moneylender", Decimal(10000), percent=Decimal(5), per=Per.MONTH),))
    assert stuck.chosen == Stuck(Never.BELOW_INTEREST, Decimal(500))
    assert [row.debts for row in stuck.year] == [0] * 12


@pytest.mark.parametrize(("draft", "care"), [
    (Household(MAY, lines(wage=1000, food=1200)), Care.SPENDING_ABOVE),
    (Household(MAY, lines(wage=1000, food=900), (SHOP,), extra=Decimal(300)), Care.NOT_ENOUGH),
    (Household(MAY, lines(wage=1000, remittance=1000, food=900, reserve=100)), Care.ONE_SUPPORT),
    (Household(MAY, lines(wage=999, reserve=10), (Owed("bank", Decimal(3000), least=Decimal(360)),)), Care.DEBTS_HEAVY),
    (Household(MAY, lines(wage=1000, reserve=10), (LENDER,)), Care.DEBT_DEAR),
    (Household(MAY, lines(wage=1000, food=900)), Care.NOTHING_SAVED),
])  # fmt: skip
def test_a_word_of_care_is_said_where_it_is_needed(draft, care):
    assert cares(draft) == [care]


def test_a_budget_in_balance_needs_no_word():
    assert cares(Household(MAY, lines(wage=1500, remittance=500, food=1200, reserve=200), (SHOP,))) == []
    assert cares(Household(MAY)) == []


def test_a_share_just_below_its_limit_says_nothing():
    rules = household_rules()
    assert (rules.remittance_share, rules.debt_share) == (50, 36)
    base = {"wage": 1000, "reserve": 10}
    assert cares(Household(MAY, lines(**base, remittance=999))) == []
    assert cares(Household(MAY, lines(**base), (Owed("bank", Decimal(3000), least=Decimal(360)),))) == []


def test_words_name_the_months_they_are_about():
    draft = Household(MAY, (*lines(wage=1000), Line("food", Decimal(900), {0: Decimal(1500)}), *lines(reserve=10)))
    (word,) = draft.words()
    assert (word.care, word.months) == (Care.SPENDING_ABOVE, (MAY,))


@pytest.mark.parametrize(("draft", "field", "code"), [
    (Household(MAY, lines(gold=5)), "lines", "line"),
    (Household(MAY, (*lines(food=5), *lines(food=6))), "lines", "line"),
    (Household(MAY, lines(food=-5)), "line.food", "amount"),
    (Household(MAY, (Line("food", Decimal("0.001")),)), "line.food", "amount"),
    (Household(MAY, (Line("food", Decimal(1), {3: Decimal(1_000_001)}),)), "line.food", "amount"),
    (Household(MAY, (Line("food", Decimal(1), {12: Decimal(1)}),)), "line.food", "month"),
    (Household(MAY, extra=Decimal("NaN")), "extra", "amount"),
    (Household(MAY, debts=(SHOP,) * 9), "debts", "many"),
    (Household(MAY, debts=(Owed("king", Decimal(5)),)), "debt.0", "lender"),
    (Household(MAY, debts=(SHOP, Owed("bank", Decimal(-5)))), "debt.1", "amount"),
    (Household(MAY, debts=(Owed("bank", Decimal(5), least=Decimal(-1)),)), "debt.0", "amount"),
    (Household(MAY, debts=(Owed("bank", Decimal(5), percent=Decimal(101)),)), "debt.0", "percent"),
    (Household(MAY, debts=(Owed("bank", Decimal(5), n_months=0),)), "debt.0", "term"),
])  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_its_field(draft, field, code):
    with pytest.raises(Refused) as refused:
        demand_household(draft)
    assert (refused.value.field, refused.value.code) == (field, code)


amounts = st.decimals(0, 1_000_000, places=2)
drafts = st.builds(
    Household,
    first_month=st.dates(date(2024, 1, 1), date(2030, 12, 31)).map(lambda day: day.replace(day=1)),
    lines=st.lists(
        st.builds(Line, st.sampled_from(sorted(household_rules().categories)), st.decimals(1, 90000, places=2),
                  st.dictionaries(st.integers(0, 11), amounts, max_size=4)),
        max_size=6, unique_by=lambda line: line.category,
    ).map(tuple),
    debts=st.lists(
        st.builds(Owed, st.sampled_from(sorted(household_rules().lenders)), st.decimals(0, 50000, places=2),
                  st.text(max_size=20), st.decimals(0, 30, places=1), st.sampled_from(Per),
                  st.none() | st.integers(1, 60), st.none() | st.decimals(0, 3000, places=2)),
        max_size=3,
    ).map(tuple),
    method=st.sampled_from(Method),
    extra=st.decimals(0, 2000, places=2),
)  # fmt: skip


@given(drafts)
def test_what_is_written_is_read_back_as_it_was(draft):
    demand_household(draft)
    content = json.loads(json.dumps(written(draft)))
    assert read(content, first_month=draft.first_month, method=draft.method.value, extra=draft.extra) == draft


@given(drafts)
def test_months_add_up_to_the_year(draft):
    assert len(draft.year) == 12
    assert sum(row.income for row in draft.year) == draft.total(Side.INCOME)
    assert sum(row.spending for row in draft.year) == draft.total(Side.SPENDING)
    left = sum(row.left for row in draft.year)
    sides = {side: draft.total(side) for side in Side}
    paid = sum(row.debts for row in draft.year)
    assert left == sides[Side.INCOME] + sides[Side.REMITTANCE] - sides[Side.SPENDING] - sides[Side.SAVING] - paid


def test_empty_lines_are_not_kept():
    assert written(Household(MAY, (Line("food"), Line("wage", Decimal(1)))))["lines"] == [
        {"category": "wage", "typical": "1", "months": {}}
    ]
