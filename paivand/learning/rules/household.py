"""The budget of a household and its way out of debt: what is written down, what the months come to, and words of care.

A line has the amount of a typical month, which stands for all twelve, and its own amount in the months that differ. All
amounts are somoni. What the plan over the debts computes stands in ``methods.debts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.errors import Refused
from paivand.core.rules.texts import text
from paivand.learning.rules.course import Words
from paivand.methods.debts import (
    LONGEST,
    MONTHS_A_YEAR,
    Debt,
    Method,
    Never,
    NeverFreeError,
    Plan,
    effective,
    level_payment,
    month_of,
    payoff,
    yearly_of_monthly,
)

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "household.yaml"

NOTHING = Decimal(0)
MOST_SOMONI = Decimal(1_000_000)
"""More than this in one month, or owed to one lender, is a slip of the finger."""
MOST_PERCENT = Decimal(100)
"""The highest rate that is taken, each month or each year: a doubling."""
MOST_DEBTS = 8
"""As many lenders as a page has room for; smaller ones are written down together."""


class Side(StrEnum):
    """What a line does to a month."""

    INCOME = "income"
    REMITTANCE = "remittance"
    SPENDING = "spending"
    SAVING = "saving"


class Per(StrEnum):
    """What an interest rate is for."""

    MONTH = "month"
    YEAR = "year"


class Care(StrEnum):
    """A word of care about a budget."""

    SPENDING_ABOVE = "spending_above"
    NOT_ENOUGH = "not_enough"
    ONE_SUPPORT = "one_support"
    DEBTS_HEAVY = "debts_heavy"
    DEBT_DEAR = "debt_dear"
    NOTHING_SAVED = "nothing_saved"


SIDE_NAMES = {
    Side.INCOME: text("Income at home"),
    Side.REMITTANCE: text("Money from abroad"),
    Side.SPENDING: text("Spending"),
    Side.SAVING: text("Saving"),
}
PER_NAMES = {Per.YEAR: text("% a year"), Per.MONTH: text("% a month")}
METHOD_NAMES = {
    Method.SNOWBALL: text("Snowball: the smallest debt first"),
    Method.AVALANCHE: text("Avalanche: the dearest debt first"),
}
METHOD_TEXTS = {
    Method.SNOWBALL: text("A debt disappears soon. That gives courage to go on."),
    Method.AVALANCHE: text("It costs least, because the highest interest stops first."),
}
NEVER_TEXTS = {
    Never.BELOW_LEAST: text("The agreed payments together are %(needed)s somoni a month. Less does not keep them."),
    Never.BELOW_INTEREST: text(
        "The debts would not end: the interest grows as fast as the payments. Add to the monthly amount, or ask the"
        " lender for other terms."
    ),
    Never.TOO_LONG: text("It would take more than fifty years. Add to the monthly amount."),
}
CARE_TEXTS = {
    Care.SPENDING_ABOVE: text(
        "More is spent than comes in (%(months)s). Look together at what can wait, and at what could come in."
    ),
    Care.NOT_ENOUGH: text(
        "After saving and debts nothing is left (%(months)s). Choose a smaller extra payment, or put less aside."
    ),
    Care.ONE_SUPPORT: text(
        "%(percent)s %% of the income comes from abroad. A reserve at home helps when it stops for a while."
    ),
    Care.DEBTS_HEAVY: text(
        "The agreed payments take %(percent)s %% of the income, more than %(limit)s %%. Before a new loan, talk to the"
        " lenders about longer terms."
    ),
    Care.DEBT_DEAR: text(
        "%(who)s: with interest on interest this takes %(percent)s %% a year. Paying it first saves most."
    ),
    Care.NOTHING_SAVED: text(
        "Something is left and nothing is put aside. A reserve of %(n)s months of spending carries through hard days."
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of line, as declared."""

    code: str
    side: Side
    title: Words


@dataclass(frozen=True)
class HouseholdRules:
    """The values of ``parameters/household.yaml``: shares and rates in per cent."""

    remittance_share: Decimal
    debt_share: Decimal
    dear_rate: Decimal
    reserve_months: int
    categories: Mapping[str, Category]
    lenders: Mapping[str, Words]


@lru_cache(maxsize=1)
def household_rules() -> HouseholdRules:
    """The categories, the lenders, and from where on a word of care is said."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    values = {name: entry["value"] for name, entry in declared["thresholds"].items()}
    rows = [Category(row["code"], Side(row["side"]), row["title"]) for row in declared["categories"]]
    return HouseholdRules(
        remittance_share=Decimal(values["remittance_share"]),
        debt_share=Decimal(values["debt_share"]),
        dear_rate=Decimal(values["dear_rate"]),
        reserve_months=values["reserve_months"],
        categories={row.code: row for row in rows},
        lenders={row["code"]: row["title"] for row in declared["lenders"]},
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the budget.

    Args:
        category: its code.
        typical: the amount of every month that is not named.
        months: the amounts of the months that differ, by their number from 0 to 11 within the year of the budget.
    """

    category: str
    typical: Decimal = NOTHING
    months: Mapping[int, Decimal] = field(default_factory=dict)

    def amount(self, index: int) -> Decimal:
        """What the line is in the month with this number."""
        return self.months.get(index, self.typical)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not self.typical and not any(self.months.values())


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed to one lender, as told.

    Args:
        lender: the code of the kind.
        balance: what is owed today.
        who: in the family's own words, so that it knows which debt is meant.
        percent: the interest, 0 for none.
        per: what the interest is for.
        n_months: the months that are left, where a term was agreed.
        least: what was agreed to be paid each month; None to compute it from the term.
    """

    lender: str
    balance: Decimal
    who: str = ""
    percent: Decimal = NOTHING
    per: Per = Per.YEAR
    n_months: int | None = None
    least: Decimal | None = None

    @property
    def yearly_rate(self) -> Decimal:
        """The nominal yearly rate as a share."""
        share = self.percent / 100
        return yearly_of_monthly(share) if self.per is Per.MONTH else share

    @property
    def agreed(self) -> Decimal:
        """What is paid each month: as agreed, or the level payment over the term; nothing where neither is known."""
        if self.least is not None:
            return self.least
        return level_payment(self.balance, self.yearly_rate, self.n_months) if self.n_months else NOTHING

    @property
    def effective_percent(self) -> Decimal:
        """What the rate takes in a year with interest on interest, in per cent with one decimal."""
        return (effective(self.yearly_rate) * 100).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Stuck:
    """There is no way out at this monthly amount: why, and what would be needed at least."""

    why: Never
    needed: Decimal


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """What one month comes to, in somoni."""

    month: date
    income: Decimal
    remittance: Decimal
    spending: Decimal
    saving: Decimal
    debts: Decimal

    @property
    def coming(self) -> Decimal:
        """All that comes in."""
        return self.income + self.remittance

    @property
    def left(self) -> Decimal:
        """What is left after spending, saving and debts; below zero where it does not reach."""
        return self.coming - self.spending - self.saving - self.debts


@dataclass(frozen=True, slots=True)
class Word:
    """A word of care with what its sentence names; ``months`` are those it is about."""

    care: Care
    months: tuple[date, ...] = ()
    percent: Decimal | None = None
    limit: Decimal | None = None
    debt: int | None = None
    n: int | None = None


@dataclass(frozen=True)
class Household:
    """The budget of twelve months and the debts of a family, with the way that it chose.

    Args:
        first_month: the first day of the first month.
        lines: at most one for each category.
        debts: in the order they were told.
        method: the way out that was chosen.
        extra: what is paid each month beyond the agreed payments.
    """

    first_month: date
    lines: tuple[Line, ...] = ()
    debts: tuple[Owed, ...] = ()
    method: Method = Method.SNOWBALL
    extra: Decimal = NOTHING

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the twelve months."""
        return tuple(month_of(self.first_month, number) for number in range(1, MONTHS_A_YEAR + 1))

    @property
    def agreed(self) -> Decimal:
        """The agreed payments together."""
        return sum((debt.agreed for debt in self.debts), NOTHING)

    @property
    def monthly(self) -> Decimal:
        """What goes to the lenders each month: the agreed payments and the extra."""
        return self.agreed + self.extra

    @property
    def owed(self) -> Decimal:
        """What is owed in all."""
        return sum((debt.balance for debt in self.debts), NOTHING)

    @cached_property
    def ways(self) -> dict[Method, Plan | Stuck]:
        """Both ways out of debt, or why there is none."""
        debts = tuple(
            Debt(str(number), debt.balance, debt.yearly_rate, debt.agreed) for number, debt in enumerate(self.debts)
        )
        found: dict[Method, Plan | Stuck] = {}
        for method in Method:
            try:
                found[method] = payoff(debts, self.monthly, method)
            except NeverFreeError as never:
                found[method] = Stuck(never.why, never.needed)
        return found

    @property
    def chosen(self) -> Plan | Stuck:
        """The way that the family chose."""
        return self.ways[self.method]

    @cached_property
    def year(self) -> tuple[MonthTotals, ...]:
        """The twelve months. Debts are what the chosen way pays, or the agreed payments where it leads nowhere."""
        way = self.chosen
        paid = [month.paid for month in way.months] if isinstance(way, Plan) else [self.monthly] * MONTHS_A_YEAR
        paid += [NOTHING] * MONTHS_A_YEAR
        return tuple(
            MonthTotals(
                month,
                income=self._sum(Side.INCOME, index),
                remittance=self._sum(Side.REMITTANCE, index),
                spending=self._sum(Side.SPENDING, index),
                saving=self._sum(Side.SAVING, index),
                debts=paid[index],
            )
            for index, month in enumerate(self.months)
        )

    def total(self, side: Side) -> Decimal:
        """The sum of one side over the year."""
        return sum((self._sum(side, index) for index in range(MONTHS_A_YEAR)), NOTHING)

    def _sum(self, side: Side, index: int) -> Decimal:
        kinds = household_rules().categories
        return sum((line.amount(index) for line in self.lines if kinds[line.category].side is side), NOTHING)

    def words(self) -> tuple[Word, ...]:
        """The words of care that this budget asks for, the gravest first."""
        rules, found = household_rules(), []
        above = tuple(row.month for row in self.year if row.spending > row.coming)
        if above:
            found.append(Word(Care.SPENDING_ABOVE, above))
        short = tuple(row.month for row in self.year if row.left < 0 and row.month not in above)
        if short:
            found.append(Word(Care.NOT_ENOUGH, short))
        coming = self.total(Side.INCOME) + self.total(Side.REMITTANCE)
        agreed = self.agreed * MONTHS_A_YEAR
        if coming and agreed * 100 > rules.debt_share * coming:
            heavy = (agreed * 100 / coming).quantize(Decimal(1), ROUND_UP)
            found.append(Word(Care.DEBTS_HEAVY, percent=heavy, limit=rules.debt_share))
        found += [
            Word(Care.DEBT_DEAR, percent=debt.effective_percent, debt=number)
            for number, debt in enumerate(self.debts)
            if debt.balance and debt.yearly_rate * 100 > rules.dear_rate
        ]
        abroad = self.total(Side.REMITTANCE)
        if coming and abroad * 100 >= rules.remittance_share * coming:
            share = (abroad * 100 / coming).quantize(Decimal(1), ROUND_DOWN)
            found.append(Word(Care.ONE_SUPPORT, percent=share))
        left = sum((row.left for row in self.year), NOTHING)
        if not above and not short and left > 0 and not self.total(Side.SAVING):
            found.append(Word(Care.NOTHING_SAVED, n=rules.reserve_months))
        return tuple(found)


def demand_household(draft: Household) -> None:
    """Raise unless the draft can be kept.

    Raises:
        Refused: with the name of the field: ``line.CODE``, ``debt.NUMBER`` (from 0), ``extra`` or ``debts``.
    """
    kinds, lenders = household_rules().categories, household_rules().lenders
    seen: set[str] = set()
    for line in draft.lines:
        if line.category not in kinds or line.category in seen:
            raise Refused(text("The list has no such line. Open the page again."), "line", field="lines")
        seen.add(line.category)
        if any(not 0 <= index < MONTHS_A_YEAR for index in line.months):
            raise Refused(text("A budget has twelve months."), "month", field=f"line.{line.category}")
        if not all(_is_money(amount) for amount in (line.typical, *line.months.values())):
            raise Refused(_AMOUNT, "amount", field=f"line.{line.category}")
    if not _is_money(draft.extra):
        raise Refused(_AMOUNT, "amount", field="extra")
    if len(draft.debts) > MOST_DEBTS:
        raise Refused(text("Write small debts down together: the page has room for eight."), "many", field="debts")
    for number, debt in enumerate(draft.debts):
        if debt.lender not in lenders:
            raise Refused(text("Choose who lent the money."), "lender", field=f"debt.{number}")
        if not all(_is_money(amount) for amount in (debt.balance, debt.least or NOTHING)):
            raise Refused(_AMOUNT, "amount", field=f"debt.{number}")
        if not debt.percent.is_finite() or not 0 <= debt.percent <= MOST_PERCENT:
            raise Refused(text("Write the interest in per cent, from 0 to 100."), "percent", field=f"debt.{number}")
        if debt.n_months is not None and not 1 <= debt.n_months <= LONGEST:
            raise Refused(text("Write the months that are left, from 1 to 600."), "term", field=f"debt.{number}")


_AMOUNT = text("Write the amount in somoni, from 0 to 1,000,000, with two decimals at most.")


def written(draft: Household) -> dict[str, Any]:
    """The lines and debts as plain values for the database; empty lines are left out."""
    return {
        "lines": [
            {
                "category": line.category,
                "typical": str(line.typical),
                "months": {str(index): str(amount) for index, amount in sorted(line.months.items())},
            }
            for line in draft.lines
            if not line.is_empty
        ],
        "debts": [
            {
                "lender": debt.lender,
                "who": debt.who,
                "balance": str(debt.balance),
                "percent": str(debt.percent),
                "per": debt.per.value,
                "n_months": debt.n_months,
                "least": None if debt.least is None else str(debt.least),
            }
            for debt in draft.debts
        ],
    }


def read(content: Mapping[str, Any], *, first_month: date, method: str, extra: Decimal) -> Household:
    """What ``written`` wrote, read back."""
    lines = tuple(
        Line(
            row["category"],
            Decimal(row["typical"]),
            {int(index): Decimal(amount) for index, amount in row["months"].items()},
        )
        for row in content["lines"]
    )
    debts = tuple(
        Owed(
            lender=row["lender"],
            balance=Decimal(row["balance"]),
            who=row["who"],
            percent=Decimal(row["percent"]),
            per=Per(row["per"]),
            n_months=row["n_months"],
            least=None if row["least"] is None else Decimal(row["least"]),
        )
        for row in content["debts"]
    )
    return Household(first_month, lines, debts, Method(method), extra)


def _is_money(amount: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount <= MOST_SOMONI and amount == amount.quantize(Decimal("0.01"))
