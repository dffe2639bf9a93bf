"""The Joint Programme written through the actions, and what the queries then tell others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from paivand.access.models import Agency
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.programme.actions.founding import add_missing_agencies, found_programme, joint_programme
from paivand.programme.models import ProgressNote
from paivand.programme.queries.money import adopted_budget, budget_table, budgets, draft_budget
from paivand.programme.queries.programmes import (
    districts_of,
    participations,
    plan_tree,
    programme_by_code,
    programmes,
    progress_notes,
)
from paivand.programme.rules.plan import ActivityState
from tests.programme.planning import TODAY, founded


def test_the_founded_programme_is_found_by_its_code_and_tells_its_days(programme, manager):
    with acting_as(manager):
        found = programme_by_code(manager, "jp-2021")
        assert found == programme
        assert [one.code for one in programmes(manager)] == ["JP-2021"]
    assert (found.planned_end_on, found.ends_on, found.closed_on) == (
        date(2023, 7, 31), date(2023, 11, 30), date(2023, 11, 30),
    )  # fmt: skip
    assert found.state == "closed"
    assert {place.pk for place in districts_of(found)} == {"TJ-KT-02", "TJ-KT-20"}


def test_who_takes_part_stands_with_the_convening_agency_first(programme, manager):
    with acting_as(manager):
        rows = participations(manager, programme)
    assert rows[0].agency.name == "IOM"
    assert rows[0].is_convening
    assert [row.is_puno for row in rows[:5]] == [True, True, True, True, False]
    assert rows[0].role_names == ["accountable", "extending", "implements"]
    assert rows[0].type_name == "Multilateral"


def test_the_tree_holds_every_level_with_service_codes_progress_and_milestones(programme, manager):
    with acting_as(manager):
        tree = plan_tree(manager, programme)
    assert [outcome.code for outcome in tree.outcomes] == ["1", "2", "3", "4"]
    assert tree.services()["2.1"] == ("learning.vocational_completed",)
    assert tree.services()["3.2"] == ("survivor.supported", "survivor.referred")
    first = tree.activities[0]
    assert (first.code, first.state, first.percent, first.agency) == ("1.1.1", ActivityState.FINISHED, 100, "UNICEF")
    assert first.milestones[0].reached_on == date(2021, 12, 20)
    assert tree.percent == 100


def test_the_history_of_progress_is_kept(programme, manager):
    with acting_as(manager):
        tree = plan_tree(manager, programme)
        activity = next(one for one in tree.activities if one.code == "1.1.2")
        row = ProgressNote.objects.filter(activity=activity.id).first()
        assert [note.percent for note in progress_notes(manager, row.activity)] == [100, 88, 60, 30]


def test_the_budget_table_has_the_whole_budget_and_nothing_spent(programme, manager):
    with acting_as(manager):
        table = budget_table(manager, programme)
        assert [one.n for one in budgets(manager, programme)] == [1]
        assert draft_budget(manager, programme) is None
        assert adopted_budget(manager, programme).adopted_on == date(2021, 8, 1)
    assert table.total.budget == table.total_planned == Decimal(2_200_000)
    assert table.total.delivery == 0
    assert [one.name for one in table.agencies] == ["IOM", "FAO", "UN Women", "UNICEF"]
    assert {one.name: table.sum_of(agency=one.id).budget for one in table.agencies} == {
        "IOM": 800_000, "UN Women": 560_000, "UNICEF": 440_000, "FAO": 400_000,
    }  # fmt: skip
    assert table.sum_of(category="indirect").budget + table.direct_of().budget == 2_200_000
    assert table.outputs == ("1.1", "1.2", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2")
    assert table.gender_budget() is not None


def test_two_programmes_run_side_by_side_with_the_same_codes_below_them(programme, manager, admin):
    declared = joint_programme()
    other = founded(manager, admin, replace(declared, draft=replace(declared.draft, code="JP-2", closed_on=None)))
    with acting_as(manager):
        assert {one.code for one in programmes(manager)} == {"JP-2021", "JP-2"}
        assert len(plan_tree(manager, other).outcomes) == len(plan_tree(manager, programme).outcomes)
    assert other.state == "running"


def test_a_programme_is_founded_once(programme, manager):
    with acting_as(manager), pytest.raises(Refused) as refused:
        found_programme(declaration=joint_programme(), by=manager, today=TODAY)
    assert refused.value.code == "code"
    with acting_as(manager):
        assert len(programmes(manager)) == 1


def test_missing_organisations_are_named_and_nothing_is_written(manager):
    with acting_as(manager), pytest.raises(Refused) as refused:
        found_programme(declaration=joint_programme(), by=manager, today=TODAY)
    assert refused.value.code == "agencies"
    assert "UN Women" in refused.value.message
    with acting_as(manager):
        assert programmes(manager) == []


def test_agencies_are_added_once(admin):
    with acting_as(admin):
        added = add_missing_agencies(declaration=joint_programme(), by=admin)
        assert len(added) == 12
        assert add_missing_agencies(declaration=joint_programme(), by=admin) == []
        assert Agency.objects.filter(name="FAO").count() == 1


def test_only_who_steers_the_whole_programme_founds_one(zarina, ministry):
    for by in (zarina, ministry):
        with acting_as(by), pytest.raises(WithoutRightError):
            found_programme(declaration=joint_programme(), by=by, today=TODAY)


def test_everybody_who_sees_results_reads_the_plan_and_nobody_else(programme, everyone):
    readers = {"zarina", "nasiba", "gulnoz", "tahmina", "rustam", "behruz", "manija", "manager", "ministry"}
    for name in ("zarina", "ministry", "manija", "anvar", "outsider", "admin", "dpo"):
        by = everyone[name]
        with acting_as(by):
            assert len(programmes(by)) == (name in readers), name
            assert len(plan_tree(by, programme).outcomes) == (4 if name in readers else 0), name
            assert bool(budget_table(by, programme).total.budget) == (name in readers), name
