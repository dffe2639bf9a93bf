"""The invented families: the same for everyone, plausible, and spread as people are."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from paivand.access.rules.roles import ROLES, RoleKey
from paivand.operate.accounts import DEMO_ACCOUNTS, PASSWORD, accounts_table
from paivand.operate.population.invention import InventedFamily, JamoatShare, invented_families, shares
from paivand.registry.rules import OLDEST, Relation, Sex

TODAY = date(2026, 11, 22)
JAMOATS = [JamoatShare("TJ-KT-02-01", "TJ-KT-02", 30_000), JamoatShare("TJ-KT-20-01", "TJ-KT-20", 10_000)]


@pytest.fixture(scope="module")
def families() -> list[InventedFamily]:
    return list(invented_families(200, JAMOATS, TODAY))


def test_the_same_day_gives_the_same_families(families: list[InventedFamily]) -> None:
    assert list(invented_families(200, JAMOATS, TODAY)) == families


def test_families_are_spread_by_population(families: list[InventedFamily]) -> None:
    assert Counter(family.draft.jamoat for family in families) == {"TJ-KT-02-01": 150, "TJ-KT-20-01": 50}


def test_no_family_is_lost_to_rounding() -> None:
    thirds = [JamoatShare(code, "d", 1) for code in "abc"]
    assert sum(n for _jamoat, n in shares(200, thirds)) == 200


def test_most_heads_are_women(families: list[InventedFamily]) -> None:
    women = sum(family.draft.head.sex is Sex.FEMALE for family in families)
    assert women > 160


def test_every_family_could_be(families: list[InventedFamily]) -> None:
    for family in families:
        assert family.draft.registered_on <= TODAY
        assert family.draft.consent.given_on <= TODAY
        head_age = family.draft.head.age_years(TODAY)
        assert head_age is None or 18 <= head_age <= OLDEST
        for member in family.draft.members:
            assert member.relation is not Relation.HEAD
            assert member.person.birth is None or member.person.birth.on <= TODAY
            if member.relation is Relation.CHILD and head_age:
                assert (member.person.age_years(TODAY) or 0) <= head_age - 15


def test_births_are_known_as_in_a_register(families: list[InventedFamily]) -> None:
    known = Counter(family.draft.head.birth.precision if family.draft.head.birth else None for family in families)
    assert len(known) >= 4


def test_names_are_written_in_three_scripts(families: list[InventedFamily]) -> None:
    first = {family.draft.head.given_name[0] for family in families}
    assert any("А" <= letter <= "ҷ" for letter in first)
    assert any(letter.isascii() for letter in first)
    assert any("\u0600" <= letter <= "\u06ff" for letter in first)


def test_there_is_an_account_for_every_role() -> None:
    assert {account.role for account in DEMO_ACCOUNTS} == set(RoleKey)
    assert all(account.scope in ROLES[account.role].scopes for account in DEMO_ACCOUNTS)
    assert all(account.username in accounts_table() for account in DEMO_ACCOUNTS)
    assert PASSWORD in accounts_table()
