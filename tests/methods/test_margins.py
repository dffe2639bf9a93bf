"""Yield, cost, revenue and gross margin: worked examples, a second computation, and nothing made out of nothing."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.methods import margins
from paivand.methods.margins import MEASURES, Plot, compared, result, saved, together

known = st.decimals(0, 100000, places=2)
perhaps = st.none() | known
plots = st.builds(Plot, st.none() | st.decimals("0.5", 10000, places=1), perhaps, perhaps, perhaps, perhaps)
measured = st.builds(Plot, st.decimals("0.5", 10000, places=1), st.decimals(1, 10000, places=2), known, known, known)

DRIP = Plot(Decimal(200), Decimal(1160), Decimal(1450), Decimal(4060), Decimal(46400))
FURROW = Plot(Decimal(200), Decimal(820), Decimal(1190), Decimal(2870), Decimal(98400))


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(margins).failed == 0


def test_two_plots_worked_out_by_hand():
    drip, furrow = result(DRIP), result(FURROW)
    assert (drip.yield_m2, furrow.yield_m2) == (Decimal("5.800"), Decimal("4.100"))
    assert (drip.margin, furrow.margin) == (Decimal(2610), Decimal(1680))
    assert (drip.margin_m2, furrow.margin_m2) == (Decimal("13.05"), Decimal("8.40"))
    assert (drip.water_kg, furrow.water_kg) == (Decimal("40.0"), Decimal("120.0"))
    assert (drip.cost_kg, drip.revenue_m2, drip.cost_m2) == (Decimal("1.25"), Decimal("20.30"), Decimal("7.25"))
    found = compared(DRIP, FURROW)
    assert (found["yield_m2"].more, found["yield_m2"].percent) == (Decimal("1.700"), Decimal("41.5"))
    assert (found["margin_m2"].more, found["margin_m2"].percent) == (Decimal("4.65"), Decimal("55.4"))
    assert saved(drip.water_kg, furrow.water_kg) == Decimal("66.7")


def test_a_crop_that_cost_more_than_it_brought_has_a_margin_below_zero():
    lost = result(Plot(Decimal(10), Decimal(3), cost=Decimal(100), revenue=Decimal("9.50")))
    assert (lost.margin, lost.margin_m2) == (Decimal("-90.50"), Decimal("-9.05"))


def test_a_share_of_a_loss_or_of_nothing_says_nothing():
    gain = Plot(Decimal(10), Decimal(5), Decimal(10), Decimal(30))
    for base in (Plot(Decimal(10), Decimal(0), Decimal(10), Decimal(10)),
                 Plot(Decimal(10), Decimal(1), Decimal(20), Decimal(10))):  # fmt: skip
        found = compared(gain, base)["margin_m2"]
        assert found.more is not None
        assert found.percent is None


@pytest.mark.parametrize("missing", ["area", "harvest", "cost", "revenue", "water"])
def test_what_was_not_measured_is_never_a_zero(missing):
    values = {
        "area": Decimal(10),
        "harvest": Decimal(5),
        "cost": Decimal(4),
        "revenue": Decimal(9),
        "water": Decimal(70),
    }
    found = result(Plot(**{**values, missing: None}))
    needs = {
        "yield_m2": {"harvest", "area"}, "cost_m2": {"cost", "area"}, "revenue_m2": {"revenue", "area"},
        "margin": {"revenue", "cost"}, "margin_m2": {"revenue", "cost", "area"}, "cost_kg": {"cost", "harvest"},
        "water_kg": {"water", "harvest"}, "water_m2": {"water", "area"},
    }  # fmt: skip
    for name, parts in needs.items():
        assert (getattr(found, name) is None) == (missing in parts), name
    other = compared(Plot(**values), Plot(**{**values, missing: None}))
    for name in MEASURES:
        assert (other[name].more is None) == (missing in needs[name]), name


def test_nothing_harvested_is_a_yield_of_zero_but_no_cost_of_a_kilogram():
    found = result(Plot(Decimal(10), Decimal(0), Decimal(40), Decimal(0), Decimal(5)))
    assert (found.yield_m2, found.margin) == (0, -40)
    assert found.cost_kg is None
    assert found.water_kg is None


@given(plots)
def test_a_second_computation_finds_the_same(plot):
    found = result(plot)
    if plot.area is not None and plot.harvest is not None:
        assert abs(Fraction(found.yield_m2) - Fraction(plot.harvest) / Fraction(plot.area)) <= Fraction(1, 2000)
    if plot.revenue is not None and plot.cost is not None:
        assert found.margin == plot.revenue - plot.cost
    else:
        assert found.margin is None
        assert found.margin_m2 is None


@given(measured, measured)
def test_turning_the_comparison_round_turns_the_sign(one, other):
    there, back = compared(one, other), compared(other, one)
    for name in MEASURES:
        assert there[name].more == -back[name].more


@given(measured)
def test_a_plot_does_not_differ_from_itself(plot):
    for found in compared(plot, plot).values():
        assert found.more == 0
        assert found.percent in {0, None}


@given(st.lists(measured, min_size=1, max_size=4), st.randoms())
def test_plots_together_are_their_sums_in_any_order(rows, random):
    both = together(rows)
    assert both == together(random.sample(rows, len(rows)))
    assert both.area == sum(row.area for row in rows)
    assert both.harvest == sum(row.harvest for row in rows)


@given(st.lists(measured, min_size=1, max_size=3))
def test_one_plot_without_its_harvest_leaves_the_sum_unknown(rows):
    assert together([*rows, Plot(Decimal(1))]).harvest is None
    assert together([]).area is None


@pytest.mark.parametrize("wrong", [{"area": Decimal(0)}, {"harvest": Decimal(-1)}, {"water": Decimal("NaN")}])
def test_impossible_plots_are_no_plots(wrong):
    with pytest.raises(ValueError, match=r"plot|negative"):
        Plot(**wrong)


def test_more_water_than_before_is_a_saving_below_zero():
    assert saved(Decimal(150), Decimal(100)) == Decimal("-50.0")
