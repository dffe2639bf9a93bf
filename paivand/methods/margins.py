"""What a plot brought: yield, cost, revenue and gross margin for each square metre, and one plot against another.

Gross margin is the value of what was produced, sold or not, less the costs that vary with the crop (J. Nix, Farm
Management Pocketbook; FAO, Farm Management Extension Guide 3, 2011). Own work of the family is a cost only where it was
written down with an amount.

What is not known is ``None`` and stays so: a yield without an area, a margin without its costs and a per cent of
nothing are not known, and never zero. Values are computed in fractions and rounded once, a half away from zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

MONEY = Decimal("0.01")
WEIGHT = Decimal("0.001")
SHARE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Plot:
    """A piece of land over one season; None for what nobody measured.

    Args:
        area: square metres, more than zero.
        harvest: kilograms.
        cost: all costs of the season.
        revenue: the value of the harvest: sold, eaten at home, given away, kept as seed.
        water: litres.

    Raises:
        ValueError: for a negative number or an area of nothing.
    """

    area: Decimal | None = None
    harvest: Decimal | None = None
    cost: Decimal | None = None
    revenue: Decimal | None = None
    water: Decimal | None = None

    def __post_init__(self) -> None:
        if any(value is not None and (not value.is_finite() or value < 0) for value in self._values):
            raise ValueError("Area, harvest, money and water are never negative.")
        if self.area is not None and not self.area:
            raise ValueError("A plot has an area.")

    @property
    def _values(self) -> tuple[Decimal | None, ...]:
        return (self.area, self.harvest, self.cost, self.revenue, self.water)


@dataclass(frozen=True, slots=True)
class Result:
    """What a plot brought. Each is None where one of its parts is not known.

    Args:
        yield_m2: kilograms from a square metre.
        cost_m2: cost of a square metre.
        revenue_m2: revenue from a square metre.
        margin: revenue less cost of the whole plot; below zero where it cost more than it brought.
        margin_m2: the same for a square metre.
        cost_kg: cost of a kilogram.
        water_kg: litres for a kilogram.
        water_m2: litres on a square metre.
    """

    yield_m2: Decimal | None
    cost_m2: Decimal | None
    revenue_m2: Decimal | None
    margin: Decimal | None
    margin_m2: Decimal | None
    cost_kg: Decimal | None
    water_kg: Decimal | None
    water_m2: Decimal | None


MEASURES = ("yield_m2", "cost_m2", "revenue_m2", "margin_m2", "cost_kg", "water_kg", "water_m2")
"""What two plots are compared by: all that does not depend on how large they are."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value against another: ``more`` in its own unit, ``percent`` of the base.

    ``percent`` is None where the base is zero or below it, because a share of that says nothing.
    """

    value: Decimal | None
    base: Decimal | None
    more: Decimal | None
    percent: Decimal | None


def result(plot: Plot) -> Result:
    """Yield, cost, revenue, gross margin and water of a plot.

    >>> found = result(Plot(area=Decimal(100), harvest=Decimal(420), cost=Decimal(350), revenue=Decimal(1260)))
    >>> str(found.yield_m2), str(found.margin), str(found.margin_m2), found.water_kg
    ('4.200', '910.00', '9.10', None)
    """
    exact = _exact(plot)
    return Result(
        yield_m2=_rounded(exact["yield_m2"], WEIGHT),
        cost_m2=_rounded(exact["cost_m2"], MONEY),
        revenue_m2=_rounded(exact["revenue_m2"], MONEY),
        margin=_rounded(exact["margin"], MONEY),
        margin_m2=_rounded(exact["margin_m2"], MONEY),
        cost_kg=_rounded(exact["cost_kg"], MONEY),
        water_kg=_rounded(exact["water_kg"], SHARE),
        water_m2=_rounded(exact["water_m2"], SHARE),
    )


def together(plots: Iterable[Plot]) -> Plot:
    """Several plots as one: sums. One of them without a value leaves the sum unknown, because it would be too small.

    >>> both = together([Plot(Decimal(100), Decimal(300)), Plot(Decimal(50), Decimal(120), cost=Decimal(80))])
    >>> both.area, both.harvest, both.cost
    (Decimal('150'), Decimal('420'), None)
    """
    rows = tuple(plots)
    return Plot(
        area=_sum(plot.area for plot in rows),
        harvest=_sum(plot.harvest for plot in rows),
        cost=_sum(plot.cost for plot in rows),
        revenue=_sum(plot.revenue for plot in rows),
        water=_sum(plot.water for plot in rows),
    )


def compared(improved: Plot, usual: Plot) -> dict[str, Difference]:
    """The improved way against the farmer's own, by measure; differences are taken before anything is rounded.

    >>> found = compared(Plot(Decimal(100), Decimal(420)), Plot(Decimal(50), Decimal(150)))
    >>> str(found["yield_m2"].more), str(found["yield_m2"].percent), found["margin_m2"].more
    ('1.200', '40.0', None)
    """
    one, other = _exact(improved), _exact(usual)
    steps = {"yield_m2": WEIGHT, "water_kg": SHARE, "water_m2": SHARE}
    return {
        name: _difference(one[name], other[name], steps.get(name, MONEY))
        for name in MEASURES
    }  # fmt: skip


def saved(less: Decimal | None, base: Decimal | None) -> Decimal | None:
    """By how many per cent ``less`` lies below ``base``, such as the water of drip irrigation below that of furrows.

    Below zero where it is more; None where one of the two is not known or the base is nothing.

    >>> saved(Decimal("60"), Decimal("150")), saved(None, Decimal("150")), saved(Decimal(3), Decimal(0))
    (Decimal('60.0'), None, None)
    """
    if less is None or base is None or base <= 0:
        return None
    return _rounded(100 * (Fraction(base) - Fraction(less)) / Fraction(base), SHARE)


def _exact(plot: Plot) -> dict[str, Fraction | None]:
    area, harvest, cost, revenue, water = (
        None if value is None else Fraction(value)
        for value in (plot.area, plot.harvest, plot.cost, plot.revenue, plot.water)
    )
    margin = None if revenue is None or cost is None else revenue - cost
    return {
        "yield_m2": _per(harvest, area), "cost_m2": _per(cost, area), "revenue_m2": _per(revenue, area),
        "margin": margin, "margin_m2": _per(margin, area), "cost_kg": _per(cost, harvest),
        "water_kg": _per(water, harvest), "water_m2": _per(water, area),
    }  # fmt: skip


def _per(value: Fraction | None, unit: Fraction | None) -> Fraction | None:
    return None if value is None or not unit else value / unit


def _difference(value: Fraction | None, base: Fraction | None, step: Decimal) -> Difference:
    more = None if value is None or base is None else value - base
    percent = None if more is None or base is None or base <= 0 else 100 * more / base
    return Difference(_rounded(value, step), _rounded(base, step), _rounded(more, step), _rounded(percent, SHARE))


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    total = None
    for value in values:
        if value is None:
            return None
        total = value if total is None else total + value
    return total


def _rounded(exact: Fraction | None, step: Decimal) -> Decimal | None:
    """``exact`` to the ``step``, a half away from zero; None stays None."""
    if exact is None:
        return None
    whole, rest = divmod(abs(exact) / Fraction(step), 1)
    size = (int(whole) + (1 if rest >= Fraction(1, 2) else 0)) * step
    return -size if exact < 0 and size else size
