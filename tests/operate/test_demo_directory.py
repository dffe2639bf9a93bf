"""The directory of the demonstration: plausible, whole, and with no number that anybody could answer."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from types import SimpleNamespace

import pytest

from paivand.operate.accounts import AGENCIES, DEMO_ACCOUNTS
from paivand.operate.population.directory import declared, service_draft, service_id
from paivand.referrals.rules.directory import LANGUAGES, Accessibility, can_be_called, hides, service_types
from paivand.referrals.rules.directory_hours import hours_fault
from paivand.referrals.rules.directory_reports import Wrong
from paivand.registry.rules.people import SpokenLanguage
from tests.cast import DUSTI, KULOB

ROWS = declared()["services"]
USERS = {
    account.username: SimpleNamespace(pk=uuid.uuid5(uuid.NAMESPACE_DNS, account.username)) for account in DEMO_ACCOUNTS
}
AGENCY_OF = {account.username: account.agency for account in DEMO_ACCOUNTS}
KEYS = {row["key"]: uuid.uuid5(uuid.NAMESPACE_URL, row["key"]) for row in AGENCIES}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["key"])
def test_an_entry_is_whole_and_nobody_can_be_called(row):
    draft = service_draft(row, USERS, KEYS)
    assert row["district"] in {KULOB, DUSTI}
    assert row["type"] in service_types()
    assert set(row["names"]) == set(LANGUAGES)
    assert hours_fault(draft.week) == ""
    assert draft.week.known
    assert set(draft.languages) <= set(SpokenLanguage)
    assert set(draft.accessibility) <= set(Accessibility)
    assert not draft.jamoat or draft.jamoat.startswith(row["district"])
    if draft.phone:
        assert can_be_called(draft.phone)
        assert re.match(r"\+99200\d{7}$", draft.phone), "no number of Tajikistan begins with two noughts"
    if "focal_user" in row:
        assert AGENCY_OF[row["focal_user"]] == row["agency"]


@pytest.mark.parametrize("row", [row for row in ROWS if row.get("address_hidden") or hides(row["type"])],
                         ids=lambda row: row["key"])  # fmt: skip
def test_a_hidden_place_is_written_nowhere(row):
    draft = service_draft(row, USERS, KEYS)
    assert (draft.address, draft.jamoat, draft.is_sensitive) == ("", "", True)
    assert draft.phone


def test_both_districts_have_what_a_family_needs_first():
    assert len(ROWS) >= 40
    assert len({service_id(row["key"]) for row in ROWS}) == len(ROWS)
    assert len({row.get("phone", row["key"]) for row in ROWS}) == len(ROWS)
    kinds = Counter((row["district"], row["type"]) for row in ROWS)
    for district in (KULOB, DUSTI):
        for kind in ("registration", "legal", "health", "psychosocial", "police", "social_assistance", "education"):
            assert kinds[district, kind], (district, kind)
    assert {row["type"] for row in ROWS} == set(service_types())


def test_some_entries_are_stale_paused_and_closed_so_that_the_demonstration_shows_it():
    assert sum(row["days_ago"] > 90 for row in ROWS) >= 3
    assert any("paused" in row for row in ROWS)
    assert any("closed" in row for row in ROWS)
    assert any(row.get("focal_user") == "provider" and row["agency"] == "chashma" for row in ROWS)


def test_reports_name_entries_and_accounts_that_exist():
    keys, hidden = {row["key"] for row in ROWS}, {row["key"] for row in ROWS if row.get("sensitive")}
    for report in declared()["reports"]:
        assert report["service"] in keys - hidden
        assert report["by"] in USERS
        assert Wrong(report["wrong"])
