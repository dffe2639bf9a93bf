"""The picture of the ways out of debt: what is still owed month by month, as lines in a box of 1000 by 400."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from paivand.learning.rules.household import Household, Stuck
from paivand.methods.debts import MONTHS_A_YEAR, Method, Plan

WIDTH, HEIGHT = 1000, 400


@dataclass(frozen=True, slots=True)
class Way:
    """The line of one way: its points, and where it reaches the ground, in per cent of the width."""

    method: Method
    points: str
    end: str
    n_months: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A year on the ground line: after how many years, and where, in per cent of the width."""

    years: int
    at: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The lines of both ways, and the years below them."""

    ways: tuple[Way, ...]
    ticks: tuple[Tick, ...]
    owed: Decimal


def debt_picture(household: Household, *, mirrored: bool = False) -> Picture | None:
    """Both ways; None where nothing is owed or neither leads anywhere. ``mirrored`` for languages from the right.

    >>> from datetime import date
    >>> from paivand.learning.rules.household import Owed
    >>> one = Household(date(2026, 5, 1), debts=(Owed("shop", Decimal(300)),), extra=Decimal(100))
    >>> debt_picture(one).ways[0].points
    '0.0,0.0 333.3,133.3 666.7,266.7 1000.0,400.0'
    """
    plans = {method: way for method, way in household.ways.items() if isinstance(way, Plan) and way.months}
    if not plans or not household.owed:
        return None
    longest = max(plan.n_months for plan in plans.values())
    tallest = max(household.owed, *(month.balance for plan in plans.values() for month in plan.months))
    ways = tuple(
        Way(method, _points(plan, household.owed, tallest, longest, mirrored=mirrored),
            _percent(plan.n_months / longest, mirrored=mirrored), plan.n_months)
        for method, plan in plans.items()
    )  # fmt: skip
    step = max(1, longest // MONTHS_A_YEAR // 6)
    ticks = tuple(
        Tick(years, _percent(years * MONTHS_A_YEAR / longest, mirrored=mirrored))
        for years in range(step, longest // MONTHS_A_YEAR + 1, step)
    )
    return Picture(ways, ticks, tallest)


def cheaper(ways: Mapping[Method, Plan | Stuck]) -> Decimal | None:
    """How much less interest the avalanche costs than the snowball; None where one of the two leads nowhere."""
    snowball, avalanche = ways[Method.SNOWBALL], ways[Method.AVALANCHE]
    if isinstance(snowball, Plan) and isinstance(avalanche, Plan):
        return snowball.interest - avalanche.interest
    return None


def _points(plan: Plan, owed: Decimal, tallest: Decimal, longest: int, *, mirrored: bool) -> str:
    balances = [owed, *(month.balance for month in plan.months)]
    places = []
    for number, balance in enumerate(balances):
        x = number / longest * WIDTH
        places.append(f"{WIDTH - x if mirrored else x:.1f},{HEIGHT - float(balance / tallest) * HEIGHT:.1f}")
    return " ".join(places)


def _percent(share: float, *, mirrored: bool) -> str:
    return f"{100 - share * 100 if mirrored else share * 100:.1f}%"
