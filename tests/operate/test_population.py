"""The invented families: the same for everyone, plausible, and made up as the profile declares."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
import yaml

from paivand.access.rules.roles import ROLES, RoleKey
from paivand.core.rules.money import in_somoni, rate_of
from paivand.methods.names import name_keys
from paivand.operate.accounts import DEMO_ACCOUNTS, PASSWORD, accounts_table
from paivand.operate.population.invention import (
    InventedFamily,
    JamoatShare,
    PlantedPair,
    invented_families,
    planted_truth,
    shares,
)
from paivand.operate.population.likenesses import Kind
from paivand.operate.population.profile import FOLDER, declared, month_index, weights
from paivand.operate.population.stays import AT_HOME, SENDS, Away
from paivand.registry.rules import ADULT, OLDEST, Relation, Sex
from paivand.registry.rules.countries import is_country
from paivand.registry.rules.drafts import PersonDraft
from paivand.registry.rules.migration import AbsenceStatus, ReturnKind
from paivand.registry.rules.occupations import is_occupation
from paivand.registry.rules.people import DocumentKind, DocumentStatus, MayCall, phone_number
from paivand.registry.rules.remittances import judged_month, money_signals

TODAY = date(2026, 11, 22)
JAMOATS = [JamoatShare("TJ-KT-02-01", "TJ-KT-02", 30_000), JamoatShare("TJ-KT-20-01", "TJ-KT-20", 10_000)]
N = 600
NOT_THESE = {
    "eea76a698932b72c", "58e3ebd9f897ab88", "29d8e3c87f1f8cff", "d2632fd26f29b905", "fc35bb9827279a64",
    "866bb5aa238000ee",
}  # fmt: skip
"""Digests of the names of real people in the programme's documents."""


@pytest.fixture(scope="module")
def families() -> list[InventedFamily]:
    return list(invented_families(N, JAMOATS, TODAY))


@pytest.fixture(scope="module")
def migrants(families: list[InventedFamily]) -> list[Away]:
    return [person.away for family in families for person in family.people if person.away]


@pytest.fixture(scope="module")
def truth() -> list[PlantedPair]:
    return planted_truth(N, JAMOATS, TODAY)


def near(share: float, wanted: float, by: float = 0.05) -> bool:
    return abs(share - wanted) <= by


def test_the_same_day_gives_the_same_families(families: list[InventedFamily]) -> None:
    assert list(invented_families(N, JAMOATS, TODAY)) == families


def test_another_day_gives_the_same_people_and_the_same_likenesses(
    families: list[InventedFamily], truth: list[PlantedPair]
) -> None:
    later = date(2027, 2, 3)
    assert planted_truth(N, JAMOATS, later) == truth
    others = invented_families(N, JAMOATS, later)
    for one, other in zip(families, others, strict=True):
        assert one.draft.family_id == other.draft.family_id
        assert [person.given_name for person in one.draft.people] == [p.given_name for p in other.draft.people]


def test_families_are_spread_by_population(families: list[InventedFamily]) -> None:
    assert Counter(family.draft.jamoat for family in families) == {"TJ-KT-02-01": N * 3 // 4, "TJ-KT-20-01": N // 4}


def test_no_family_is_lost_to_rounding() -> None:
    thirds = [JamoatShare(code, "d", 1) for code in "abc"]
    assert sum(n for _jamoat, n in shares(200, thirds)) == 200


def test_every_declared_value_has_a_source() -> None:
    profile = yaml.safe_load((FOLDER / "demo_profile.yaml").read_text(encoding="utf-8"))
    for name, row in profile.items():
        assert row.keys() == {"value", "from", "source", "note"}, name
        assert isinstance(row["from"], date), name
        assert row["source"], name


# --- who lives together ---------------------------------------------------------------------------------------------


def test_families_have_the_declared_size(families: list[InventedFamily]) -> None:
    sizes = [len(family.people) for family in families]
    assert near(sum(sizes) / N, declared("household_size_mean"), 0.5)


def test_most_heads_are_women(families: list[InventedFamily]) -> None:
    assert sum(family.draft.head.sex is Sex.FEMALE for family in families) > 0.75 * N


def test_every_family_could_be(families: list[InventedFamily]) -> None:
    for family in families:
        assert family.draft.registered_on <= TODAY
        assert family.draft.consent.given_on <= TODAY
        assert len(family.people) == len(family.draft.people)
        head_age = family.draft.head.age_years(TODAY)
        assert head_age is None or ADULT <= head_age <= OLDEST
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


def test_nobody_is_named_in_the_documents_of_the_programme(families: list[InventedFamily]) -> None:
    for family in families:
        for person in family.draft.people:
            assert digest(person) not in NOT_THESE, "A name is that of a real person: take it out of the list."


def digest(person: PersonDraft) -> str:
    """A name without its spelling, in a form that tells nobody which names are meant."""
    key = f"{name_keys(person.given_name, 'given').k2}|{name_keys(person.family_name, 'family').k2}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]


# --- migration and money --------------------------------------------------------------------------------------------


def test_nearly_all_families_have_a_migrant(families: list[InventedFamily]) -> None:
    with_one = sum(any(person.away for person in family.people) for family in families)
    assert with_one > 0.92 * N


def test_migrants_go_where_the_profile_says(migrants: list[Away]) -> None:
    stays = [stay.departure for away in migrants for stay in away.stays]
    assert near(sum(stay.country == "RU" for stay in stays) / len(stays), 0.97, 0.02)
    assert all(is_country(stay.country) for stay in stays)
    assert all(is_occupation(stay.occupation) for stay in stays if stay.occupation)
    told = [stay.occupation for stay in stays if stay.occupation]
    building = sum(code.startswith(("711", "712", "721", "9313")) for code in told)
    assert near(building / len(told), 0.48, 0.07)


def test_stays_last_and_end_as_the_profile_says(migrants: list[Away]) -> None:
    ended = [(stay.departure, stay.end) for away in migrants for stay in away.stays if stay.end]
    lasted = [month_index(end.returned_on) - month_index(left.departed_on) for left, end in ended]
    assert near(sum(7 <= months <= 12 for months in lasted) / len(lasted), 0.41, 0.08)
    assert near(sum(13 <= months <= 36 for months in lasted) / len(lasted), 0.39, 0.08)
    months = Counter(end.returned_on.month for _left, end in ended)
    assert {month for month, _n in months.most_common(2)} == {12, 1}


def test_stays_of_one_migrant_follow_one_another(migrants: list[Away]) -> None:
    for away in migrants:
        for one, next_one in pairwise(away.stays):
            assert one.end
            assert one.departure.departed_on <= one.end.returned_on <= next_one.departure.departed_on
        assert (away.stays[-1].end is not None) == (away.status in AT_HOME or away.status is AbsenceStatus.DECEASED)
        assert all(draft.since_on <= TODAY for draft in away.absences)
        assert [a.since_on for a in away.absences] == sorted(a.since_on for a in away.absences)
        assert away.absences[-1].status is away.status


def test_about_a_third_gets_no_support(families: list[InventedFamily]) -> None:
    first = [next(person.away for person in family.people if person.away) for family in families
             if any(person.away for person in family.people)]  # fmt: skip
    abroad = [away for away in first if away.status not in AT_HOME]
    assert near(sum(away.status not in SENDS for away in abroad) / len(abroad), 0.36, 0.07)


def test_the_banned_were_deported(migrants: list[Away]) -> None:
    banned = [person for person in migrants if person.bans]
    assert banned
    for away in banned:
        end = away.stays[-1].end
        assert end is not None
        assert end.kind is ReturnKind.DEPORTED


def test_money_comes_by_the_seasons(families: list[InventedFamily]) -> None:
    quarters: Counter[int] = Counter()
    for family in families:
        for person in family.people:
            for row in person.remittances:
                assert row.month.day == 1
                assert row.month < TODAY.replace(day=1)
                assert row.amount is not None
                quarters[(row.month.month - 1) // 3 + 1] += int(in_somoni(row.amount, rate_of(row.currency, row.month)))
    for quarter, weight in weights("remittance_quarters").items():
        assert near(quarters[int(quarter)] / quarters.total(), weight / 100, 0.04)


def test_some_months_were_not_asked_about_and_some_brought_nothing(families: list[InventedFamily]) -> None:
    told = [person.remittances for family in families for person in family.people if person.away]
    assert any(not rows for rows in told)
    assert any(0 < len(rows) < 20 for rows in told)
    found = Counter(
        signal
        for rows in told if rows
        for came in [{row.month: row.amount or Decimal(0) for row in rows}]
        for signal in money_signals(came, judged_month(came, TODAY))
    )  # fmt: skip
    assert all(count > 0.03 * N for count in found.values())
    assert len(found) == 2


# --- papers, telephones, consents -----------------------------------------------------------------------------------


def test_some_children_never_had_a_birth_certificate(families: list[InventedFamily]) -> None:
    papers = [paper for family in families for person in family.people for paper in person.documents]
    births = [paper.status for paper in papers if paper.kind is DocumentKind.BIRTH_CERTIFICATE]
    assert near(births.count(DocumentStatus.NEVER_HAD) / len(births), 0.06, 0.03)
    assert not any(paper.number for paper in papers if paper.status is DocumentStatus.NEVER_HAD)


def test_numbers_belong_to_no_operator_and_say_when_to_call(families: list[InventedFamily]) -> None:
    phones = [person.phone for family in families for person in family.draft.people if person.phone]
    assert near(len(phones) / N, declared("has_phone"), 0.06)
    for phone in phones:
        assert phone.number.startswith("+99210")
        assert phone_number(phone.number) == phone.number
        assert phone.agreed_on or phone.may_call is MayCall.NOT_ASKED
        assert phone.who_may_answer or phone.may_call is not MayCall.THROUGH_OTHER


def test_some_take_back_what_they_agreed_to(families: list[InventedFamily]) -> None:
    back = [family for family in families if family.withdrawn]
    assert 0.01 * N < len(back) < 0.1 * N
    for family in back:
        assert family.withdrawn in family.draft.consent.purposes
        assert family.draft.consent.given_on <= (family.withdrawn_on or TODAY) <= TODAY


# --- likenesses -----------------------------------------------------------------------------------------------------


def test_the_truth_names_pairs_of_the_declared_kinds(truth: list[PlantedPair]) -> None:
    kinds = Counter(pair.kind for pair in truth)
    assert kinds[Kind.SAME] == round(N * declared("duplicate_pairs"))
    assert kinds[Kind.COUSINS] == round(N * declared("cousins"))
    assert kinds[Kind.TWINS] > 5


def test_likenesses_are_what_the_truth_says(families: list[InventedFamily], truth: list[PlantedPair]) -> None:
    drafts = {family.draft.family_id: family.draft.people for family in families}

    def person(record: tuple[uuid.UUID, int]) -> PersonDraft:
        return drafts[record[0]][record[1]]

    for pair in truth:
        one, other = person(pair.one), person(pair.other)
        assert one.sex is other.sex
        if pair.kind is Kind.TWINS:
            assert pair.one[0] == pair.other[0]
            assert one.birth == other.birth
            assert one.given_name != other.given_name
        else:
            assert pair.one[0] != pair.other[0]
            assert likely_alike(one, other)
        if pair.kind is Kind.COUSINS:
            assert likely_alike(one, other, "family_name")


def likely_alike(one: PersonDraft, other: PersonDraft, field: str = "given_name") -> bool:
    part = "given" if field == "given_name" else "family"
    keys = [name_keys(getattr(person, field), part) for person in (one, other)]  # type: ignore[arg-type]
    return keys[0].k2 == keys[1].k2 or keys[0].k3 == keys[1].k3


def test_there_is_an_account_for_every_role() -> None:
    assert {account.role for account in DEMO_ACCOUNTS} == set(RoleKey)
    assert all(account.scope in ROLES[account.role].scopes for account in DEMO_ACCOUNTS)
    assert all(account.username in accounts_table() for account in DEMO_ACCOUNTS)
    assert PASSWORD in accounts_table()
