"""The demonstration's programme and reach: moved to now, added up to what was published."""

from __future__ import annotations

from datetime import date

import pytest

from paivand.operate.population.outreach import sizes, told
from paivand.operate.population.programme import programme_of_today
from paivand.operate.population.telling import share
from tests.operate.conftest import Installation

pytestmark = pytest.mark.xdist_group("drill")
TODAY = date(2026, 11, 29)
WHOLE, FEW, LEAST = 1200, 60, 12


def test_the_contacts_of_all_campaigns_are_those_that_were_published() -> None:
    assert sum(line["contacts"] for line in told()["lines"]) == told()["figures"]["contacts"] == 125_750
    assert sum(sum(contacts) for _line, contacts in sizes(WHOLE)) == 125_750


@pytest.mark.parametrize("n_families", [LEAST, FEW, 777])
def test_a_smaller_demonstration_has_its_share_of_contacts(n_families: int) -> None:
    found = sizes(n_families)
    assert sum(sum(contacts) for _line, contacts in found) == share("contacts", n_families, told())
    assert all(contacts and min(contacts) > 0 for _line, contacts in found)


def test_sessions_on_safe_migration_reached_over_100_000_of_whom_three_in_ten_were_women() -> None:
    line, contacts = next((line, sum(of)) for line, of in sizes(WHOLE) if line["topic"] == "safe_migration")
    assert contacts > 100_000
    assert line["parts"]["n_women"] + line["parts"]["n_girls"] == 30


def test_radio_and_television_reach_about_two_million_beside_the_campaigns() -> None:
    audience = sum(
        row["times"] * row["population"] * row["coverage"] * row["listening"] / 10_000 for row in told()["broadcasts"]
    )
    assert 1_900_000 < audience < 2_100_000


def test_the_programme_is_moved_as_a_whole_and_nothing_lies_ahead_that_happened() -> None:
    now = programme_of_today(TODAY)
    assert (now.draft.starts_on, now.draft.months) == (date(2024, 12, 1), 24)
    assert now.draft.closed_on is None
    parts = [part for outcome in now.outcomes for output in outcome.below for part in output.below]
    for part in parts:
        assert not part.finished or part.finished <= TODAY
        assert all(note.on <= TODAY for note in part.progress)
        assert all(not one.reached_on or one.reached_on <= TODAY for one in part.milestones)
    assert any(part.finished for part in parts)
    assert any(not part.finished for part in parts)


def test_what_is_written_is_its_share(demo: Installation) -> None:
    counted = (
        "select sum(n_contacts) from outreach_reachentry where channel not in ('radio', 'television')"
        " and state = 'confirmed'"
    )
    assert demo.ask(counted) == share("contacts", FEW, told())
    assert demo.ask("select sum(n_contacts) from outreach_reachentry where state = 'reversed'") == 0
    assert demo.ask("select count(*) from outreach_reachentry where state = 'draft'") == 1


def test_spending_stays_within_the_budget_and_the_other_source_stands_beside(demo: Installation) -> None:
    assert demo.ask("select sum(worth) < 2200000 and sum(worth) > 1000000 from programme_spending")
    assert demo.ask("select value from evidence_externalfigure where indicator = 'women_farmers'") == 500


def test_a_report_is_begun_with_some_sections_written(demo: Installation) -> None:
    assert demo.ask("select count(*) from evidence_report") == 1
    assert demo.ask("select count(*) from evidence_reportsection where state = 'written'") == 9
    assert demo.ask("select count(*) from evidence_reportsection where state = 'to_write'") > 9
