"""The budget of a programme: agency by output by category, checked, and what was spent of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.programme.rules.categories import Category, Scheme

ZERO = Decimal(0)


class BudgetState(StrEnum):
    """A budget is a draft until its sums are right; then it is adopted and never changes."""

    DRAFT = "draft"
    ADOPTED = "adopted"


BUDGET_STATE_NAMES = {BudgetState.DRAFT: text("draft"), BudgetState.ADOPTED: text("adopted")}


class Wrong(StrEnum):
    """What may be wrong with the sums of a budget."""

    INDIRECT = "indirect"
    TOTAL = "total"


@dataclass(frozen=True)
class Fault:
    """One sum that is not what it must be. ``agency_id`` is None for the sum of the programme."""

    wrong: Wrong
    agency_id: uuid.UUID | None
    found: Decimal
    expected: Decimal

    @property
    def difference(self) -> Decimal:
        """By how much there is too much; negative where something is missing."""
        return self.found - self.expected


@dataclass(frozen=True)
class ShareDraft:
    """The budget of one agency: amounts by output (its code) and category, and its indirect support cost."""

    agency_id: uuid.UUID
    lines: Mapping[tuple[str, str], Decimal]
    indirect: Decimal

    @property
    def direct(self) -> Decimal:
        """The sum of the direct costs."""
        return sum(self.lines.values(), ZERO)

    @property
    def total(self) -> Decimal:
        """Direct and indirect costs."""
        return self.direct + self.indirect


def indirect_fault(share: ShareDraft, scheme: Scheme) -> Fault | None:
    """The fault in an agency's indirect cost, which is the rounded per cent of the sum of its direct costs."""
    expected = scheme.indirect_of(share.direct)
    return None if share.indirect == expected else Fault(Wrong.INDIRECT, share.agency_id, share.indirect, expected)


def faults(shares: Sequence[ShareDraft], scheme: Scheme, total: Decimal) -> list[Fault]:
    """Everything that is wrong with the sums: each agency's indirect cost, and the sum against the programme's."""
    found = [fault for share in shares if (fault := indirect_fault(share, scheme))]
    budgeted = sum((share.total for share in shares), ZERO)
    if budgeted != total:
        found.append(Fault(Wrong.TOTAL, None, budgeted, total))
    return found


@dataclass(frozen=True)
class Money:
    """Budget, what was spent of it, and what is promised but not spent yet."""

    budget: Decimal = ZERO
    expenditure: Decimal = ZERO
    commitments: Decimal = ZERO

    def __add__(self, other: Money) -> Money:
        return Money(
            self.budget + other.budget, self.expenditure + other.expenditure, self.commitments + other.commitments
        )

    @property
    def left(self) -> Decimal:
        """What is neither spent nor promised."""
        return self.budget - self.expenditure - self.commitments

    @property
    def delivery(self) -> Decimal | None:
        """The per cent of the budget that was spent, to a tenth; None where there is no budget.

        >>> str(Money(Decimal(300), Decimal(100)).delivery), Money().delivery
        ('33.3', None)
        """
        if not self.budget:
            return None
        return (self.expenditure / self.budget * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_overspent(self) -> bool:
        """Whether more was spent than there is."""
        return self.expenditure > self.budget


@dataclass(frozen=True)
class BudgetAgency:
    """An agency of a budget, as reports name it."""

    id: uuid.UUID
    name: str
    iati_ref: str = ""
    version: int = 0


Key = tuple[uuid.UUID, str, str]
"""Agency, code of the output (empty for the indirect cost), code of the category."""


@dataclass(frozen=True)
class BudgetTable:
    """The UN budget table of a programme; every sum is made of ``cells`` and nothing else.

    Args:
        programme: the code of the programme.
        n: the number of the budget: 1 is the original one.
        adopted_on: None while it is a draft, or where there is none.
        gender_shares: the per cent that serves gender equality, by the code of the output.
    """

    programme: str
    currency: str
    total_planned: Decimal
    scheme: Scheme
    agencies: tuple[BudgetAgency, ...]
    outputs: tuple[str, ...]
    cells: Mapping[Key, Money]
    n: int = 0
    adopted_on: date | None = None
    gender_shares: Mapping[str, Decimal] = field(default_factory=dict)

    def sum_of(
        self,
        *,
        agency: uuid.UUID | None = None,
        output: str | None = None,
        category: str | None = None,
        within: Callable[[Key], bool] | None = None,
    ) -> Money:
        """The money of an agency, an output, a category, or of several of these at once."""
        found = Money()
        for key, money in self.cells.items():
            if agency is not None and key[0] != agency:
                continue
            if output is not None and key[1] != output:
                continue
            if category is not None and key[2] != category:
                continue
            if within is None or within(key):
                found += money
        return found

    @property
    def total(self) -> Money:
        """The whole programme."""
        return self.sum_of()

    @property
    def categories(self) -> tuple[Category, ...]:
        """All categories, the indirect cost last."""
        return self.scheme.categories

    def direct_of(self, agency: uuid.UUID | None = None) -> Money:
        """The direct costs, of one agency or of all."""
        indirect = self.scheme.indirect.code
        return self.sum_of(agency=agency, within=lambda key: key[2] != indirect)

    def rows(self) -> list[tuple[Category, list[Money], Money]]:
        """The table as reports show it: each category with the money of every agency, and the sum."""
        return [
            (
                category,
                [self.sum_of(agency=agency.id, category=category.code) for agency in self.agencies],
                self.sum_of(category=category.code),
            )
            for category in self.categories
        ]

    def gender_budget(self) -> Decimal | None:
        """The per cent of the direct budget that serves gender equality; None where no output says its share."""
        if not self.gender_shares:
            return None
        direct = self.direct_of().budget
        if not direct:
            return None
        serving = sum(
            (self.sum_of(output=output).budget * share / 100 for output, share in self.gender_shares.items()), ZERO
        )
        return (serving / direct * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
