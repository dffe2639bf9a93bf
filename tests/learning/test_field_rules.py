"""Field schools: their lists, what each draft refuses, and what a season's entries come to."""

from __future__ import annotations

import doctest
from datetime import date
from decimal import Decimal

import pytest
import yaml

from paivand.core.rules.errors import Refused
from paivand.learning.rules import fields
from paivand.learning.rules.fields import (
    CheckDraft,
    EntryDraft,
    EntryKind,
    FieldDayDraft,
    Health,
    ObservationDraft,
    PlotDraft,
    SchoolMonthDraft,
    SeasonDraft,
    Soil,
    Way,
    entry_kinds,
    kinds,
    measured,
    season_result,
)
from paivand.methods.margins import Plot

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 15)


def refusal(check, *args, **kwargs) -> tuple[str | None, str]:
    with pytest.raises(Refused) as refused:
        check(*args, **kwargs)
    return refused.value.field, refused.value.code


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(fields).failed == 0


def test_every_row_of_the_lists_has_four_titles_and_a_code_of_its_own():
    declared = yaml.safe_load(fields.SOURCE.read_text(encoding="utf-8"))
    assert {"source", "from", "note"} <= set(declared)
    lists = {name: rows for name, rows in declared.items() if isinstance(rows, list)}
    assert set(lists) == {"commodities", "stages", "water_ways", "costs", "revenues", "animals", "decisions"}
    for name, rows in lists.items():
        assert len({row["code"] for row in rows}) == len(rows), name
        for row in rows:
            assert set(row["title"]) == {"tg", "ru", "en", "fa"}, row
            assert all(row["title"].values()), row


def test_the_topics_of_the_programme_are_among_what_is_grown():
    assert {"mushroom", "seedlings", "tomato", "processing"} <= set(kinds("commodities"))
    assert {"drip", "furrow"} <= set(kinds("water_ways"))


# --- drafts ----------------------------------------------------------------------------------------------------------


def season(**changed) -> SeasonDraft:
    return SeasonDraft(**{"commodity": "tomato", "starts_on": MAY, "host": "the field by the canal", **changed})


@pytest.mark.parametrize(("changed", "junior", "field"), [
    ({"commodity": "gold"}, False, "commodity"),
    ({"ends_on": date(2026, 4, 30)}, False, "ends_on"),
    ({"host": " "}, False, "host"),
    ({"host": ""}, True, "school"),
    ({"school": "School 12"}, False, "school"),
    ({"n_guardians": 5}, False, "school"),
    ({"school": "School 12", "n_guardians": 0}, True, "n_guardians"),
])  # fmt: skip
def test_a_season_that_cannot_be_kept_is_refused(changed, junior, field):
    assert refusal(season(**changed).demand, junior=junior)[0] == field


def test_farmers_and_juniors_each_have_their_season():
    season().demand(junior=False)
    season(host="", school="School 12", n_guardians=7, committee_on=MAY).demand(junior=True)


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": ""}, "name"), ({"water_way": "bucket"}, "water_way"), ({"area": Decimal(0)}, "area"),
    ({"area": Decimal(100001)}, "area"), ({"area": Decimal("NaN")}, "area"),
])  # fmt: skip
def test_a_plot_that_cannot_be_kept_is_refused(changed, field):
    draft = PlotDraft(**{"name": "1", "way": Way.IMPROVED, "water_way": "drip", "area": Decimal(200), **changed})
    assert refusal(draft.demand)[0] == field


def test_a_plot_may_be_written_down_before_it_is_measured():
    PlotDraft("1", Way.USUAL, "furrow").demand()


@pytest.mark.parametrize(("changed", "field"), [
    ({"observed_on": date(2026, 6, 16)}, "observed_on"), ({"stage": "sleep"}, "stage"),
    ({"decided": "sing"}, "decided"), ({"decided": "other", "decision": " "}, "decision"),
    ({"height_cm": Decimal(0)}, "height_cm"),
    ({"seen": {"dragons": 2}}, "seen"), ({"seen": {"aphids": 0}}, "seen"), ({"seen": {"aphids": 10000}}, "seen"),
])  # fmt: skip
def test_an_observation_that_cannot_be_kept_is_refused(changed, field):
    draft = ObservationDraft(**{
        "observed_on": JUNE, "stage": "flowering", "health": Health.FAIR, "soil": Soil.DRY, "decided": "water",
        "seen": {"aphids": 12, "ladybirds": 3}, **changed,
    })  # fmt: skip
    assert refusal(draft.demand, JUNE)[0] == field


@pytest.mark.parametrize(("changed", "field"), [
    ({"code": "gold"}, "code"), ({"on_day": date(2026, 6, 16)}, "on_day"), ({"amount": Decimal(0)}, "amount"),
    ({"amount": Decimal(1_000_001)}, "amount"), ({"quantity": Decimal(4)}, "quantity"),
    ({"kind": EntryKind.HARVEST, "code": "seed"}, "code"),
    ({"kind": EntryKind.REVENUE, "code": "sold", "quantity": Decimal(0)}, "quantity"),
])  # fmt: skip
def test_an_entry_that_cannot_be_kept_is_refused(changed, field):
    draft = EntryDraft(**{"kind": EntryKind.COST, "code": "seed", "on_day": MAY, "amount": Decimal(45), **changed})
    assert refusal(draft.demand, JUNE)[0] == field


def test_harvest_and_water_are_one_thing_each():
    EntryDraft(EntryKind.HARVEST, "harvest", MAY, Decimal(4)).demand(JUNE)
    EntryDraft(EntryKind.WATER, "water", MAY, Decimal(2_000_000)).demand(JUNE)
    EntryDraft(EntryKind.REVENUE, "eaten", MAY, Decimal(4), Decimal(1)).demand(JUNE)
    assert entry_kinds(EntryKind.WATER) == {}
    assert "own_work" in entry_kinds(EntryKind.COST)


@pytest.mark.parametrize(("changed", "field"), [
    ({"held_on": date(2026, 6, 16)}, "held_on"), ({"topic": ""}, "topic"), ({"n_men": -1}, "n_women"),
    ({"n_women": 0, "n_men": 0}, "n_women"), ({"n_girls": 2000}, "n_women"),
])  # fmt: skip
def test_a_field_day_that_cannot_be_kept_is_refused(changed, field):
    draft = FieldDayDraft(**{"held_on": MAY, "topic": "drip", "n_women": 20, "n_men": 7, **changed})
    assert refusal(draft.demand, JUNE)[0] == field


@pytest.mark.parametrize(("changed", "ended_on", "field"), [
    ({"months": 3}, MAY, "months"), ({"asked_on": date(2026, 6, 16)}, MAY, "asked_on"), ({}, None, "asked_on"),
    ({"asked_on": date(2026, 4, 30)}, MAY, "asked_on"), ({"n_members": 0}, MAY, "n_members"),
    ({"goes_on": False, "n_members": 4}, MAY, "n_members"),
])  # fmt: skip
def test_a_check_that_cannot_be_kept_is_refused(changed, ended_on, field):
    draft = CheckDraft(**{"months": 6, "asked_on": JUNE, "goes_on": True, "n_members": 18, **changed})
    assert refusal(draft.demand, ended_on, JUNE)[0] == field


@pytest.mark.parametrize(("month", "held", "attended", "field"), [
    (date(2026, 7, 1), 20, 20, "month"), (MAY, 0, 0, "held"), (MAY, 28, 20, "held"), (MAY, 20, 21, "attended"),
    (MAY, 20, -1, "attended"),
])  # fmt: skip
def test_a_month_at_school_that_cannot_be_is_refused(month, held, attended, field):
    assert refusal(SchoolMonthDraft(month, held, attended).demand, JUNE)[0] == field
    SchoolMonthDraft(date(2026, 6, 30), 20, 19).demand(JUNE)


# --- what the plots brought ------------------------------------------------------------------------------------------


def test_a_season_from_entries_to_margins():
    drip = measured(Decimal(200), [
        ("cost", Decimal(900)), ("cost", Decimal(550)), ("harvest", Decimal(700)), ("harvest", Decimal(460)),
        ("revenue", Decimal(3600)), ("revenue", Decimal(460)), ("water", Decimal(46400)),
    ])  # fmt: skip
    furrow = measured(Decimal(200), [("cost", Decimal(1190)), ("harvest", Decimal(820)), ("revenue", Decimal(2870))])
    found = season_result({"1": (Way.IMPROVED, drip), "2": (Way.USUAL, furrow), "3": (Way.TRIAL, Plot(Decimal(9)))})
    assert str(found.differences["margin_m2"].more) == "4.65"
    assert str(found.differences["yield_m2"].percent) == "41.5"
    assert found.differences["water_kg"].more is None
    assert found.sides[Way.TRIAL].result.margin is None
    assert found.plots["2"].margin == 1680


def test_without_the_farmers_way_nothing_is_compared():
    assert season_result({"1": (Way.IMPROVED, Plot(Decimal(9), Decimal(9)))}).differences == {}
    assert season_result({}).sides == {}
