"""``paivand results``: the published figures, each its share in a small demonstration, as text and as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from paivand.operate.management.commands.results import dimensions, moment, period
from paivand.operate.population.cohorts import figure
from paivand.operate.population.outreach import told as reach_told
from paivand.operate.population.telling import share
from paivand.operate.postgres import OperatingError
from tests.operate.conftest import Installation

pytestmark = pytest.mark.xdist_group("drill")
FEW = 60
WANTED = {
    "diploma_women": figure("diplomas", FEW),
    "children_supported": share("children_supported", FEW),
    "women_supported": share("women_supported", FEW),
    "social_workers_trained": figure("social_workers", FEW),
    "farmer_schools": max(1, figure("farmer_schools", FEW)),
    "junior_schools": max(1, figure("junior_schools", FEW)),
    "women_farmers": figure("farmers", FEW),
    "junior_farmers": figure("children", FEW),
    "trainers_trained": figure("trainers", FEW),
    "financially_literate": figure("financially_literate", FEW),
    "campaign_contacts": share("contacts", FEW, reach_told()),
    "protection_services": share("helped", FEW),
    "survivors_supported": share("survivors", FEW),
}


@pytest.fixture(scope="module")
def results(demo: Installation) -> dict[str, dict[str, Any]]:
    done = demo.run("results", "--format", "json")
    assert done.returncode == 0, done.stderr
    return {row["code"]: row for row in json.loads(done.stdout)["indicators"]}


@pytest.mark.parametrize("code", list(WANTED))
def test_each_published_figure_is_its_share_or_protected(results: dict[str, dict[str, Any]], code: str) -> None:
    wanted, row = WANTED[code], results[code]
    if row["measure"] == "people" and 0 < wanted < 5:
        assert row["actual"] is None
        assert row["hidden"] == "small"
    else:
        assert row["actual"] == wanted


def test_the_table_says_every_figure_and_what_is_not_shown(demo: Installation) -> None:
    done = demo.run("results")
    assert done.returncode == 0, done.stderr
    assert f"{WANTED['campaign_contacts']:,}".replace(",", " ") in done.stdout
    assert "···" in done.stdout, "two women with a diploma are too few to be told"


def test_parts_add_up_to_the_whole_where_none_is_hidden(demo: Installation) -> None:
    done = demo.run("results", "--format", "csv", "--by", "sex", "--language", "ru")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.lstrip("\ufeff"))))
    trained = [row for row in rows if row["code"] == "financially_literate"]
    whole = next(int(row["actual"]) for row in trained if row["sex"] == "all")
    parts = [row["actual"] for row in trained if row["sex"] != "all"]
    assert all(parts)
    assert sum(map(int, parts)) == whole == WANTED["financially_literate"]


def test_a_workbook_is_written_into_a_file(demo: Installation, tmp_path: Path) -> None:
    to = tmp_path / "results.xlsx"
    done = demo.run("results", "--format", "xlsx", "--to", str(to), "--programme", "JP-2021")
    assert done.returncode == 0, done.stderr
    assert len(CalamineWorkbook.from_path(to).sheet_names) > 2
    assert demo.run("results", "--format", "xlsx").returncode != 0


def test_what_left_is_in_the_audit_and_a_look_at_the_terminal_is_not(demo: Installation) -> None:
    counted = "select count(*) from access_auditevent where event = 'results.export'"
    before = demo.ask(counted)
    demo.run("results")
    assert demo.ask(counted) == before
    demo.run("results", "--format", "json")
    assert demo.ask(counted) == before + 1


def test_before_the_work_began_nothing_was_counted(demo: Installation) -> None:
    done = demo.run("results", "--format", "json", "--period", "2019")
    rows = {row["code"]: row for row in json.loads(done.stdout)["indicators"]}
    assert rows["women_supported"]["actual"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--period", "soon"], "is no period"),
        (["--period", "2026-05-01..2026-01-01"], "ends before it begins"),
        (["--by", "colour"], "There is no part 'colour'"),
        (["--by", "sex,age,district"], "two dimensions at most"),
        (["--as-of", "yesterday"], "is no day"),
        (["--as", "nobody"], "no active user nobody"),
        (["--as", "provider"], "sees no results"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(demo: Installation, arguments: list[str], said: str) -> None:
    done = demo.run("results", *arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-01-05..2026-01-09", date(2026, 1, 5), date(2026, 1, 9)),
        ("..2026-01-09", None, date(2026, 1, 9)),
    ],
)
def test_a_period_has_two_days(told: str, first: date | None, last: date | None) -> None:
    assert period(told) == (first, last)


@pytest.mark.parametrize("told", ["2026-Q5", "2026-13", "x", "2026-01-40.."])
def test_what_is_no_period_is_refused(told: str) -> None:
    with pytest.raises(OperatingError):
        period(told)


def test_a_day_to_come_is_refused() -> None:
    with pytest.raises(OperatingError):
        moment((date.today() + timedelta(days=3)).isoformat())  # noqa: DTZ011  # three days are enough
    assert dimensions("sex, sex") == dimensions("sex")
