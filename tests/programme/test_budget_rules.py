"""The sums of budgets, for every budget there may be."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from paivand.programme.rules.budget import BudgetAgency, BudgetTable, Money, ShareDraft, Wrong, faults
from paivand.programme.rules.categories import read_schemes, scheme, schemes

SCHEME = scheme(date(2021, 8, 1))
amounts = st.integers(1, 50_000_000).map(lambda cents: Decimal(cents) / 100)
cells = st.dictionaries(
    st.tuples(st.sampled_from(["1.1", "1.2", "2.1"]), st.sampled_from(sorted(SCHEME.codes))), amounts, max_size=12
)


def share(lines: dict[tuple[str, str], Decimal], off: Decimal = Decimal(0)) -> ShareDraft:
    direct = sum(lines.values(), Decimal(0))
    cost = (direct * 7 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return ShareDraft(uuid.uuid4(), lines, cost + off)


@given(st.lists(cells, min_size=1, max_size=4))
def test_a_budget_with_seven_per_cent_of_each_agency_and_its_own_sum_is_right(drawn):
    shares = [share(lines) for lines in drawn]
    assert faults(shares, SCHEME, sum((one.total for one in shares), Decimal(0))) == []


@given(st.lists(cells, min_size=1, max_size=4), st.data())
def test_an_indirect_cost_that_is_off_names_the_agency_and_the_difference(drawn, data):
    shares = [share(lines) for lines in drawn]
    off = data.draw(st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100))
    shares[0] = share(drawn[0], off)
    [fault] = faults(shares, SCHEME, sum((one.total for one in shares), Decimal(0)))
    assert (fault.wrong, fault.agency_id, fault.difference) == (Wrong.INDIRECT, shares[0].agency_id, off)


@given(st.lists(cells, min_size=1, max_size=4), st.integers(-10_000, 10_000).filter(bool))
def test_a_sum_that_is_off_says_by_how_much(drawn, cents):
    shares = [share(lines) for lines in drawn]
    total = sum((one.total for one in shares), Decimal(0))
    [fault] = faults(shares, SCHEME, total - Decimal(cents) / 100)
    assert (fault.wrong, fault.agency_id, fault.difference) == (Wrong.TOTAL, None, Decimal(cents) / 100)


@given(st.lists(cells, min_size=1, max_size=3))
def test_the_table_has_the_same_sum_by_agency_by_output_and_by_category(drawn):
    agencies = [BudgetAgency(uuid.uuid4(), str(n)) for n in range(len(drawn))]
    money = {
        (agencies[n].id, output, category): Money(amount, amount / 2, amount / 4)
        for n, lines in enumerate(drawn)
        for (output, category), amount in lines.items()
    }
    table = BudgetTable("X", "USD", Decimal(1), SCHEME, tuple(agencies), ("1.1", "1.2", "2.1"), money)
    by_agency = sum((table.sum_of(agency=one.id) for one in agencies), Money())
    by_output = sum((table.sum_of(output=code) for code in table.outputs), Money())
    by_category = sum((row[2] for row in table.rows()), Money())
    assert by_agency == by_output == by_category == table.total
    assert [sum(row[1], Money()) for row in table.rows()] == [row[2] for row in table.rows()]


def test_the_seven_categories_and_the_indirect_cost_have_their_numbers_and_languages():
    assert [category.n for category in SCHEME.categories] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert SCHEME.percent == 7
    for category in SCHEME.categories:
        assert set(category.titles) == {"tg", "ru", "en", "fa"}


def test_a_day_before_the_first_period_has_its_categories_too():
    assert scheme(date(1999, 1, 1)) is schemes()[0]


def test_a_later_period_takes_the_place_of_an_earlier_one():
    content = """
source: a test
periods:
  - from: 2012-01-01
    indirect: {code: indirect, n: 8, percent: "7", title: {tg: t, ru: r, en: e, fa: f}}
    categories: [{code: staff, n: 1, title: {tg: t, ru: r, en: e, fa: f}}]
  - from: 2027-01-01
    indirect: {code: indirect, n: 8, percent: "8", title: {tg: t, ru: r, en: e, fa: f}}
    categories: [{code: staff, n: 1, title: {tg: t, ru: r, en: e, fa: f}}]
"""
    assert [(one.since.year, one.percent) for one in read_schemes("x.yaml", content)] == [(2012, 7), (2027, 8)]


def test_gender_share_of_a_budget_weighs_outputs_by_their_direct_costs():
    iom = BudgetAgency(uuid.uuid4(), "IOM")
    money = {
        (iom.id, "1.1", "staff"): Money(Decimal(300)), (iom.id, "1.2", "staff"): Money(Decimal(100)),
        (iom.id, "", "indirect"): Money(Decimal(28)),
    }  # fmt: skip
    table = BudgetTable(
        "X", "USD", Decimal(428), SCHEME, (iom,), ("1.1", "1.2"), money, gender_shares={"1.1": Decimal(100)}
    )
    assert table.gender_budget() == Decimal("75.0")
