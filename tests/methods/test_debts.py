"""Debts: known results, the closed form, a naive second computation in fractions, and what must hold for any debts."""

from __future__ import annotations

import contextlib
import doctest
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from paivand.methods import debts
from paivand.methods.debts import (
    LONGEST,
    Debt,
    Method,
    Never,
    NeverFreeError,
    amortised,
    amount_for,
    effective,
    interest,
    level_payment,
    month_of,
    order_of,
    payoff,
)

BANK = Debt("bank", Decimal(5000), Decimal("0.28"), Decimal(250))
LENDER = Debt("lender", Decimal(2000), Decimal("0.60"), Decimal(100))
SHOP = Debt("shop", Decimal(600))
BROTHER = Debt("brother", Decimal(3000))

money = st.decimals(0, 20000, places=2)
rates = st.sampled_from([Decimal(text) for text in ("0", "0.12", "0.24", "0.28", "0.36", "0.60", "1.2")])


@st.composite
def households(draw):
    """One to four debts and a monthly amount that exceeds all agreed payments and the interest of the first month.

    Mostly it ends them; a dear debt that waits behind others may outgrow it.
    """
    found = []
    for number in range(draw(st.integers(1, 4))):
        balance, rate = draw(st.decimals(1, 20000, places=2)), draw(rates)
        found.append(Debt(f"debt {number}", balance, rate, draw(st.decimals(0, 400, places=2))))
    first = sum(interest(debt.balance, debt.yearly_rate) for debt in found)
    monthly = first + sum(debt.least for debt in found) + draw(st.decimals(50, 2000, places=2))
    return found, monthly


def naive(found, monthly, method):
    """The same plan said a second time: in whole dirams and fractions, without any of the module's parts.

    None for one that does not end in time.
    """
    owed = [[debt.key, int(debt.balance * 100), Fraction(debt.yearly_rate) / 12, int(debt.least * 100)]
            for debt in found if debt.balance]  # fmt: skip
    owed.sort(key=lambda row: (row[1], -row[2], row[0]) if method is Method.SNOWBALL else (-row[2], row[1], row[0]))
    n_months = total_interest = total_paid = 0
    while any(row[1] for row in owed):
        n_months += 1
        if n_months > LONGEST:
            return None
        purse = int(monthly * 100)
        for row in owed:
            twice = 2 * row[1] * row[2] + 1
            added = int(twice // 2)  # half up
            row[1] += added
            total_interest += added
        for row in owed:
            part = min(row[3], row[1])
            row[1] -= part
            purse -= part
            total_paid += part
        for row in owed:
            part = min(purse, row[1])
            row[1] -= part
            purse -= part
            total_paid += part
    return n_months, Decimal(total_interest) / 100, Decimal(total_paid) / 100


def ends(found, monthly, *methods):
    """Whether the household is free in time, whichever of the methods it takes; if not, another example is drawn."""
    return all(naive(found, monthly, method) for method in methods)


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(debts).failed == 0


# --- one loan --------------------------------------------------------------------------------------------------------


def test_a_loan_of_the_textbook_is_paid_off_as_the_textbook_says():
    # 1,000 at 1 % a month over 12 months: 88.85 (any table of annuities).
    assert level_payment(Decimal(1000), Decimal("0.12"), 12) == Decimal("88.85")
    # 100,000 at 6 % over 30 years: 599.55 (the usual example of a mortgage).
    assert level_payment(Decimal(100000), Decimal("0.06"), 360) == Decimal("599.55")


@given(st.decimals(1, 50000, places=2), rates, st.integers(1, 60))
def test_the_level_payment_discounts_to_the_loan(balance, rate, n_months):
    """Present value of the payments, summed one by one, within half a diram each."""
    payment, monthly = Fraction(level_payment(balance, rate, n_months)), Fraction(rate) / 12
    weights = sum(1 / (1 + monthly) ** number for number in range(1, n_months + 1))
    assert abs(payment * weights - Fraction(balance)) <= Fraction(1, 200) * weights


@given(st.decimals(1, 50000, places=2), rates, st.integers(1, 60))
def test_a_loan_ends_with_its_term_and_costs_its_interest(balance, rate, n_months):
    rows = amortised(balance, rate, n_months)
    assert len(rows) == n_months
    assert rows[-1].balance == 0
    assert all(row.balance >= 0 and row.paid >= 0 for row in rows)
    assert sum(row.paid for row in rows) == balance + sum(row.interest for row in rows)


def test_a_loan_without_interest_is_shared_over_its_months():
    rows = amortised(Decimal(100), Decimal(0), 3)
    assert [row.paid for row in rows] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


@pytest.mark.parametrize("n_months", [0, -1, LONGEST + 1])
def test_an_impossible_term_is_no_term(n_months):
    with pytest.raises(ValueError, match="term"):
        level_payment(Decimal(100), Decimal("0.1"), n_months)
    with pytest.raises(ValueError, match="term"):
        amount_for([BANK], n_months, Method.SNOWBALL)


def test_half_a_diram_of_interest_is_rounded_up():
    assert interest(Decimal("0.50"), Decimal("0.12")) == Decimal("0.01")
    assert interest(Decimal("0.49"), Decimal("0.12")) == Decimal("0.00")


def test_five_per_cent_a_month_is_eighty_a_year():
    assert effective(debts.yearly_of_monthly(Decimal("0.05"))) == Decimal("0.7959")


# --- several debts ---------------------------------------------------------------------------------------------------


def test_the_snowball_begins_with_the_smallest_and_the_avalanche_with_the_dearest():
    found = [BANK, LENDER, SHOP, BROTHER]
    assert order_of(found, Method.SNOWBALL) == ("shop", "lender", "brother", "bank")
    assert order_of(found, Method.AVALANCHE) == ("lender", "bank", "shop", "brother")


def test_a_plan_worked_out_by_hand():
    # 1,000 at 2 % a month with 100 agreed, and 300 of a shop without interest; 200 are paid each month.
    plan = payoff([Debt("bank", Decimal(1000), Decimal("0.24"), Decimal(100)), Debt("shop", Decimal(300))],
                  Decimal(200), Method.SNOWBALL)  # fmt: skip
    bank = [payment for month in plan.months for payment in month.payments if payment.key == "bank"]
    assert [str(payment.balance) for payment in bank] == [
        "920.00", "838.40", "755.17", "570.27", "381.68", "189.31", "0.00",
    ]  # fmt: skip
    assert plan.interest == Decimal("93.10")
    assert plan.paid == Decimal("1393.10")
    assert plan.free_after == {"shop": 3, "bank": 7}


def test_the_payment_of_a_debt_that_is_done_rolls_on():
    plan = payoff([SHOP, LENDER], Decimal(400), Method.SNOWBALL)
    after = plan.free_after["shop"]
    assert after == 2
    assert [payment.paid for payment in plan.months[after].payments] == [Decimal(400)]


def test_one_debt_makes_both_ways_the_same():
    one, other = (payoff([BANK], Decimal(400), method) for method in Method)
    assert one.months == other.months


def test_no_debt_is_freedom_at_once():
    assert payoff([], Decimal(0), Method.SNOWBALL).n_months == 0
    assert payoff([Debt("paid", Decimal(0), Decimal("0.3"), Decimal(50))], Decimal(0), Method.AVALANCHE).paid == 0
    assert amount_for([], 12, Method.SNOWBALL) == 0


def test_debts_without_interest_cost_nothing_more():
    plan = payoff([SHOP, BROTHER], Decimal(300), Method.AVALANCHE)
    assert (plan.interest, plan.n_months, plan.order) == (0, 12, ("shop", "brother"))


def test_less_than_was_agreed_is_refused():
    with pytest.raises(NeverFreeError) as told:
        payoff([BANK, LENDER], Decimal("349.99"), Method.SNOWBALL)
    assert (told.value.why, told.value.needed) == (Never.BELOW_LEAST, Decimal(350))
    assert payoff([BANK, LENDER], Decimal(350), Method.AVALANCHE).n_months > 0


def test_no_more_than_the_interest_is_refused():
    debt = Debt("lender", Decimal(10000), Decimal("0.60"))  # 500 a month
    with pytest.raises(NeverFreeError) as told:
        payoff([debt], Decimal(500), Method.SNOWBALL)
    assert (told.value.why, told.value.needed) == (Never.BELOW_INTEREST, Decimal(500))


def test_interest_that_overtakes_the_plan_later_is_refused_too():
    # The snowball pays the shop first; meanwhile the lender's interest grows beyond what the family can pay.
    found = [Debt("lender", Decimal(10000), Decimal("0.60")), Debt("shop", Decimal(1000))]
    with pytest.raises(NeverFreeError) as told:
        payoff(found, Decimal(505), Method.SNOWBALL)
    assert told.value.why is Never.BELOW_INTEREST
    assert payoff(found, Decimal(520), Method.AVALANCHE).n_months < LONGEST


def test_paying_nothing_and_paying_for_centuries_are_refused():
    with pytest.raises(NeverFreeError) as told:
        payoff([BROTHER], Decimal(0), Method.SNOWBALL)
    assert told.value.why is Never.BELOW_INTEREST
    with pytest.raises(NeverFreeError) as told:
        payoff([BROTHER], Decimal("4.99"), Method.SNOWBALL)
    assert told.value.why is Never.TOO_LONG
    assert payoff([BROTHER], Decimal(5), Method.SNOWBALL).n_months == LONGEST


@pytest.mark.parametrize("wrong", [
    {"balance": Decimal(-1)}, {"balance": Decimal("0.001")}, {"balance": Decimal("NaN")}, {"least": Decimal(-1)},
    {"yearly_rate": Decimal("-0.01")}, {"yearly_rate": Decimal("12.01")}, {"yearly_rate": Decimal("Infinity")},
])  # fmt: skip
def test_impossible_debts_are_no_debts(wrong):
    with pytest.raises(ValueError, match="unlike"):
        Debt(**{"key": "a", "balance": Decimal(1), **wrong})


def test_two_debts_with_one_key_are_an_error():
    with pytest.raises(ValueError, match="key"):
        payoff([SHOP, Debt("shop", Decimal(5))], Decimal(100), Method.SNOWBALL)


# --- what holds for any debts ----------------------------------------------------------------------------------------


@given(households(), st.sampled_from(Method))
def test_a_second_computation_finds_the_same_plan(household, method):
    found, monthly = household
    second = naive(found, monthly, method)
    if second is None:
        with pytest.raises(NeverFreeError):
            payoff(found, monthly, method)
        return
    plan = payoff(found, monthly, method)
    assert (plan.n_months, plan.interest, plan.paid) == second


@given(households(), st.sampled_from(Method))
def test_what_is_paid_is_what_was_owed_and_its_interest(household, method):
    found, monthly = household
    assume(ends(found, monthly, method))
    plan = payoff(found, monthly, method)
    assert plan.paid == sum(debt.balance for debt in found) + plan.interest
    assert set(plan.free_after) == {debt.key for debt in found}
    for number, month in enumerate(plan.months, 1):
        assert month.number == number
        assert all(row.balance >= 0 and row.paid >= 0 for row in month.payments)
        assert month.paid == monthly if number < plan.n_months else month.paid <= monthly


@given(households(), st.sampled_from(Method), st.randoms())
def test_the_order_of_writing_down_does_not_matter(household, method, random):
    found, monthly = household
    assume(ends(found, monthly, method))
    shuffled = random.sample(found, len(found))
    assert payoff(found, monthly, method) == payoff(shuffled, monthly, method)


@given(households())
def test_the_avalanche_never_costs_more_than_the_snowball(household):
    found, monthly = household
    assume(ends(found, monthly, *Method))
    snowball, avalanche = (payoff(found, monthly, method) for method in (Method.SNOWBALL, Method.AVALANCHE))
    # Each debt may be rounded by half a diram a month, in either plan.
    slack = Decimal("0.01") * len(found) * snowball.n_months
    assert avalanche.interest <= snowball.interest + slack
    assert avalanche.n_months <= snowball.n_months + (1 if avalanche.interest > snowball.interest else 0)


@settings(max_examples=40)
@given(households(), st.sampled_from(Method), st.integers(1, 48))
def test_the_least_amount_for_a_term_is_enough_and_one_somoni_less_is_not(household, method, n_months):
    found, _monthly = household
    amount = amount_for(found, n_months, method)
    assert payoff(found, amount, method).n_months <= n_months
    assume(amount > 1)
    with contextlib.suppress(NeverFreeError):
        assert payoff(found, amount - 1, method).n_months > n_months


@given(money, rates)
def test_more_is_owed_at_a_higher_rate(balance, rate):
    assert interest(balance, rate) <= interest(balance, rate + Decimal("0.01"))


def test_the_month_of_freedom_is_counted_from_the_month_of_the_plan():
    assert month_of(date(2026, 12, 31), 1) == date(2026, 12, 1)
    assert month_of(date(2026, 12, 31), 2) == date(2027, 1, 1)
