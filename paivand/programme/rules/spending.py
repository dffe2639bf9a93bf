"""What is spent of a budget: in which currency, at which rate, and when it cannot be."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from paivand.core.rules.money import HOME, Rate, rate_of
from paivand.core.rules.texts import text

CURRENCIES = ("USD", "TJS", "EUR", "RUB", "KZT")
RATE_STEP = Decimal("0.0000000001")


class SpendingKind(StrEnum):
    """Whether money is gone, or only promised by a contract or an order."""

    EXPENDITURE = "expenditure"
    COMMITMENT = "commitment"


SPENDING_KIND_NAMES = {
    SpendingKind.EXPENDITURE: text("expenditure"),
    SpendingKind.COMMITMENT: text("commitment"),
}


@dataclass(frozen=True)
class SpendingDraft:
    """Spending as somebody entered it.

    Args:
        output: the code of the output; empty for the indirect support cost.
        activity: the code of the activity, where it is known.
        rate: what one unit of ``currency`` was worth in the programme's currency; None takes the dated table.
        rate_source: where a typed rate comes from.
    """

    agency_id: uuid.UUID
    output: str
    category: str
    kind: SpendingKind
    spent_on: date
    amount: Decimal
    currency: str
    description: str
    activity: str = ""
    rate: Decimal | None = None
    rate_source: str = ""


@dataclass(frozen=True)
class UsedRate:
    """What one unit was worth in the programme's currency, and by which source."""

    rate: Decimal
    source: str


def rate_between(
    currency: str, base: str, on: date, table: Mapping[str, tuple[Rate, ...]] | None = None
) -> UsedRate:  # fmt: skip
    """The rate of the dated table, through the somoni.

    Raises:
        NoRateError: where the table has none.

    >>> from datetime import date
    >>> used = rate_between("TJS", "USD", date(2021, 9, 3))
    >>> str(used.rate), used.source
    ('0.0884955752', 'TJS: 1; USD: press of 2021, average')
    """
    if currency == base:
        return UsedRate(Decimal(1), "")
    one, other = rate_of(currency, on, table), rate_of(base, on, table)
    rate = (one.rate / other.rate).quantize(RATE_STEP, ROUND_HALF_UP)
    told = "; ".join(f"{code}: {_told(code, found)}" for code, found in ((currency, one), (base, other)))
    return UsedRate(rate, told)


def _told(currency: str, rate: Rate) -> str:
    return "1" if currency == HOME else rate.source


def worth(amount: Decimal, rate: Decimal) -> Decimal:
    """``amount`` at ``rate``, to the cent; a half is rounded away from zero, so that a correction cancels exactly.

    >>> worth(Decimal("1000"), Decimal("0.0884955752")), worth(Decimal("-1000"), Decimal("0.0884955752"))
    (Decimal('88.50'), Decimal('-88.50'))
    """
    return (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
