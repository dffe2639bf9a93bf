"""Paying debts off: the level payment of a loan, and plans over several debts month by month.

Guarantees stand in ``docs/methods/debts.md``. Amounts are decimals in one currency and go to the hundredth (the diram);
a half is rounded up. Rates are yearly shares (0.28 for 28 % a year) and nominal: a month bears a twelfth of them, as
lenders write it into contracts. Interest is rounded once for each debt and month, because that is how it is charged.

Sources: the level payment is the annuity of any textbook of finance (R. Brealey, S. Myers, F. Allen, Principles of
Corporate Finance, chapter 2). Snowball and avalanche: D. Gal and B. McShane, Journal of Marketing Research 49 (2012),
487-501, on why small victories keep people at it; the avalanche is the plan that costs least.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

DIRAM = Decimal("0.01")
MONTHS_A_YEAR = 12

LONGEST = 600
"""Months after which a plan counts as one that never ends: fifty years."""

MOST_RATE = Decimal(12)
"""The highest yearly rate that is computed with: 1,200 %, a doubling each month. More is a slip of the finger."""

NOTHING = Decimal(0)


class Method(StrEnum):
    """Which debt gets what is over when every debt has had its agreed payment."""

    SNOWBALL = "snowball"
    AVALANCHE = "avalanche"


class Never(StrEnum):
    """Why a plan does not lead to freedom from debt."""

    BELOW_LEAST = "below_least"
    """The monthly amount does not cover the payments that were agreed with the lenders."""
    BELOW_INTEREST = "below_interest"
    """The monthly amount does not keep up with the interest: the debt does not end."""
    TOO_LONG = "too_long"
    """It would take longer than ``LONGEST`` months."""


class NeverFreeError(ValueError):
    """No plan comes out of this monthly amount.

    Args:
        why: the reason.
        needed: what would have to be paid at least: the agreed payments together, or the interest of the first month
            that the amount must exceed.
    """

    def __init__(self, why: Never, needed: Decimal) -> None:
        super().__init__(f"{why.value}: {needed}")
        self.why = why
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed to one lender.

    Args:
        key: tells it from the others.
        balance: what is owed today.
        yearly_rate: the nominal interest as a share of a year; zero for money lent by relatives or a shop.
        least: what was agreed to be paid each month; zero where nothing was agreed.

    Raises:
        ValueError: for a negative amount, more than two decimals, or a rate outside 0 to ``MOST_RATE``.
    """

    key: str
    balance: Decimal
    yearly_rate: Decimal = NOTHING
    least: Decimal = NOTHING

    def __post_init__(self) -> None:
        _demand_money(self.balance, self.least)
        _demand_rate(self.yearly_rate)


@dataclass(frozen=True, slots=True)
class Payment:
    """One debt in one month: the interest that was added, what was paid, and what is owed afterwards."""

    key: str
    interest: Decimal
    paid: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Month:
    """All debts in one month, in the order of the plan; ``number`` counts from 1."""

    number: int
    payments: tuple[Payment, ...]

    @property
    def interest(self) -> Decimal:
        """The interest of all debts."""
        return sum((payment.interest for payment in self.payments), NOTHING)

    @property
    def paid(self) -> Decimal:
        """What was paid in all."""
        return sum((payment.paid for payment in self.payments), NOTHING)

    @property
    def balance(self) -> Decimal:
        """What is owed in all at the end of the month."""
        return sum((payment.balance for payment in self.payments), NOTHING)


@dataclass(frozen=True, slots=True)
class Plan:
    """A way out of all debts: the months until the last is paid, and the order in which the debts are attacked."""

    method: Method
    order: tuple[str, ...]
    months: tuple[Month, ...]

    @property
    def n_months(self) -> int:
        """How many months it takes."""
        return len(self.months)

    @property
    def interest(self) -> Decimal:
        """The interest of all months together: what the debts cost beyond what is owed today."""
        return sum((month.interest for month in self.months), NOTHING)

    @property
    def paid(self) -> Decimal:
        """What is paid in all: what is owed today and the interest."""
        return sum((month.paid for month in self.months), NOTHING)

    @property
    def free_after(self) -> dict[str, int]:
        """By debt, the number of the month in which it is paid off."""
        ends: dict[str, int] = {}
        for month in self.months:
            for payment in month.payments:
                if not payment.balance:
                    ends.setdefault(payment.key, month.number)
        return ends


def interest(balance: Decimal, yearly_rate: Decimal) -> Decimal:
    """The interest of one month on ``balance``: a twelfth of the yearly rate, to the diram, a half up.

    >>> interest(Decimal("5000"), Decimal("0.28")), interest(Decimal("0.60"), Decimal("0.10"))
    (Decimal('116.67'), Decimal('0.01'))
    """
    return (balance * yearly_rate / MONTHS_A_YEAR).quantize(DIRAM, ROUND_HALF_UP)


def yearly_of_monthly(monthly_rate: Decimal) -> Decimal:
    """The nominal yearly rate of somebody who lends by the month.

    >>> yearly_of_monthly(Decimal("0.05"))
    Decimal('0.60')
    """
    return monthly_rate * MONTHS_A_YEAR


def effective(yearly_rate: Decimal) -> Decimal:
    """What a nominal yearly rate really takes in a year when interest bears interest: (1 + r/12)¹² - 1.

    Four decimals, a half up.

    >>> effective(Decimal("0.60")), effective(Decimal("0"))
    (Decimal('0.7959'), Decimal('0.0000'))
    """
    exact = (1 + Fraction(yearly_rate) / MONTHS_A_YEAR) ** MONTHS_A_YEAR - 1
    return _rounded(exact, Decimal("0.0001"))


def level_payment(balance: Decimal, yearly_rate: Decimal, n_months: int) -> Decimal:
    """The same amount each month that pays a loan off in ``n_months``: P·i / (1 - (1+i)⁻ⁿ), i = r/12; P/n without
    interest. To the diram, a half up; computed in fractions.

    Raises:
        ValueError: for a term outside 1 to ``LONGEST`` months, a negative amount or an impossible rate.

    >>> level_payment(Decimal("10000"), Decimal("0.24"), 12), level_payment(Decimal("1000"), Decimal("0"), 3)
    (Decimal('945.60'), Decimal('333.33'))
    """
    _demand_money(balance)
    _demand_rate(yearly_rate)
    if not 1 <= n_months <= LONGEST:
        raise ValueError(f"A term has 1 to {LONGEST} months, unlike {n_months}.")
    if not yearly_rate:
        return _rounded(Fraction(balance) / n_months, DIRAM)
    monthly = Fraction(yearly_rate) / MONTHS_A_YEAR
    growth = (1 + monthly) ** n_months
    return _rounded(Fraction(balance) * monthly * growth / (growth - 1), DIRAM)


def amortised(balance: Decimal, yearly_rate: Decimal, n_months: int) -> tuple[Payment, ...]:
    """A loan with level payments, month by month. The last payment settles what rounding left over.

    >>> rows = amortised(Decimal("1000"), Decimal("0.12"), 3)
    >>> [(str(row.interest), str(row.paid), str(row.balance)) for row in rows]
    [('10.00', '340.02', '669.98'), ('6.70', '340.02', '336.66'), ('3.37', '340.03', '0.00')]
    """
    payment, rows, left = level_payment(balance, yearly_rate, n_months), [], balance.quantize(DIRAM)
    for number in range(1, n_months + 1):
        added = interest(left, yearly_rate)
        paid = left + added if number == n_months else min(payment, left + added)
        left = left + added - paid
        rows.append(Payment("", added, paid, left))
    return tuple(rows)


def order_of(debts: Iterable[Debt], method: Method) -> tuple[str, ...]:
    """The order in which the debts are attacked, fixed at the start so that a family can hang it on the wall.

    Snowball: the smallest balance first, among equals the higher rate. Avalanche: the highest rate first, among equals
    the smaller balance. What is equal in both goes by the key, so that the order of writing down does not matter.

    >>> debts = [Debt("bank", Decimal(4000), Decimal("0.30")), Debt("shop", Decimal(600))]
    >>> order_of(debts, Method.SNOWBALL), order_of(debts, Method.AVALANCHE)
    (('shop', 'bank'), ('bank', 'shop'))
    """
    by_method = {
        Method.SNOWBALL: lambda debt: (debt.balance, -debt.yearly_rate, debt.key),
        Method.AVALANCHE: lambda debt: (-debt.yearly_rate, debt.balance, debt.key),
    }
    return tuple(debt.key for debt in sorted(debts, key=by_method[method]))


def payoff(debts: Iterable[Debt], monthly: Decimal, method: Method) -> Plan:
    """The plan that pays ``monthly`` every month until nothing is owed.

    In each month interest is added to each debt; each gets its agreed payment, or what is left of it; all the rest goes
    to the first debt of the order, and what that does not need to the next. So the payment of a debt that is done rolls
    on to the others. Debts of nothing are left out.

    Raises:
        NeverFreeError: when ``monthly`` does not cover the agreed payments, or never overcomes the interest.
        ValueError: for two debts with one key, or a negative amount.

    >>> debts = [Debt("bank", Decimal(1000), Decimal("0.24"), Decimal(100)), Debt("shop", Decimal(300))]
    >>> plan = payoff(debts, Decimal(200), Method.SNOWBALL)
    >>> plan.n_months, str(plan.interest), plan.free_after
    (7, '93.10', {'shop': 3, 'bank': 7})
    """
    _demand_money(monthly)
    owed = [debt for debt in debts if debt.balance]
    given = {debt.key: debt for debt in owed}
    if len(given) != len(owed):
        raise ValueError("Each debt has a key of its own.")
    agreed = sum((min(debt.least, debt.balance + interest(debt.balance, debt.yearly_rate)) for debt in owed), NOTHING)
    if monthly < agreed:
        raise NeverFreeError(Never.BELOW_LEAST, agreed)
    order = order_of(owed, method)
    queue = [given[key] for key in order]
    left = {key: given[key].balance.quantize(DIRAM) for key in order}
    first = sum((interest(debt.balance, debt.yearly_rate) for debt in owed), NOTHING)
    months: list[Month] = []
    while any(left.values()):
        if any(interest(left[debt.key], debt.yearly_rate) >= monthly for debt in queue):
            raise NeverFreeError(Never.BELOW_INTEREST, first)  # not even everything for this one makes it smaller
        if len(months) == LONGEST:
            raise NeverFreeError(Never.TOO_LONG, first)
        months.append(_month(len(months) + 1, queue, left, monthly))
    return Plan(method, order, tuple(months))


def _month(number: int, queue: list[Debt], left: dict[str, Decimal], monthly: Decimal) -> Month:
    """One month; ``left`` is brought up to date."""
    added = {debt.key: interest(left[debt.key], debt.yearly_rate) for debt in queue if left[debt.key]}
    due = {key: left[key] + added[key] for key in added}
    paid = {debt.key: min(debt.least, due[debt.key]) for debt in queue if debt.key in due}
    over = monthly - sum(paid.values(), NOTHING)
    for key, whole in due.items():  # in the order of the queue
        more = min(over, whole - paid[key])
        paid[key] += more
        over -= more
        left[key] = whole - paid[key]
    return Month(number, tuple(Payment(key, added[key], paid[key], left[key]) for key in due))


def amount_for(debts: Iterable[Debt], n_months: int, method: Method) -> Decimal:
    """The least whole monthly amount that ends all debts within ``n_months``.

    Found by halving: who pays more is never free later.

    Raises:
        ValueError: for a term outside 1 to ``LONGEST`` months.

    >>> amount_for([Debt("bank", Decimal(10000), Decimal("0.24"))], 12, Method.AVALANCHE)
    Decimal('946')
    """
    if not 1 <= n_months <= LONGEST:
        raise ValueError(f"A term has 1 to {LONGEST} months, unlike {n_months}.")
    owed = tuple(debts)
    # Everything at once, with the interest of the first month, is surely enough.
    enough = int(sum((debt.balance + interest(debt.balance, debt.yearly_rate) for debt in owed), NOTHING)) + 1
    enough = max(enough, int(sum((debt.least for debt in owed), NOTHING)) + 1) if owed else 0
    too_little = -1
    while enough - too_little > 1:
        middle = (enough + too_little) // 2
        if _ends_within(owed, Decimal(middle), n_months, method):
            enough = middle
        else:
            too_little = middle
    return Decimal(enough)


def _ends_within(debts: tuple[Debt, ...], monthly: Decimal, n_months: int, method: Method) -> bool:
    try:
        return payoff(debts, monthly, method).n_months <= n_months
    except NeverFreeError:
        return False


def month_of(start: date, number: int) -> date:
    """The first day of the month with this number in a plan that begins in the month of ``start``.

    >>> month_of(date(2026, 11, 20), 1), month_of(date(2026, 11, 20), 15)
    (datetime.date(2026, 11, 1), datetime.date(2028, 1, 1))
    """
    index = start.year * MONTHS_A_YEAR + start.month - 1 + number - 1
    return date(index // MONTHS_A_YEAR, index % MONTHS_A_YEAR + 1, 1)


def _rounded(exact: Fraction, step: Decimal) -> Decimal:
    """``exact`` to the ``step``, a half up; never by way of floating point."""
    whole, rest = divmod(exact / Fraction(step), 1)
    return (int(whole) + (1 if rest >= Fraction(1, 2) else 0)) * step


def _demand_money(*amounts: Decimal) -> None:
    for amount in amounts:
        if not amount.is_finite() or amount < 0 or amount != amount.quantize(DIRAM):
            raise ValueError(f"An amount is never negative and has two decimals at most, unlike {amount}.")


def _demand_rate(rate: Decimal) -> None:
    if not rate.is_finite() or not 0 <= rate <= MOST_RATE:
        raise ValueError(f"A yearly rate lies between 0 and {MOST_RATE}, unlike {rate}.")
