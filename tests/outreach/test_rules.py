"""Ways of counting, contacts and the declared channels, against plain arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.core.rules.parts import DeclarationError
from paivand.outreach.rules.catalogue import CHANNELS, TOPICS, catalogue, channels, read_channels, read_topics, topics
from paivand.outreach.rules.contacts import (
    PART_NAMES,
    SEXED,
    TOLD_PARTS,
    AgeGroup,
    ContactsError,
    Doubt,
    Setting,
    contacts,
    doubts,
    is_impossible,
    part_of,
)
from paivand.outreach.rules.estimates import COUNTINGS, NUMBERS, NumberError, Way, estimate
from paivand.outreach.rules.lists import read_people

PER_CENT = st.decimals(0, 100, places=2)
PEOPLE = st.integers(1, 10_000_000)


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


@given(people=PEOPLE, coverage=PER_CENT, listening=PER_CENT)
def test_the_audience_of_a_broadcast_is_a_share_of_a_share_of_the_people(people, coverage, listening):
    told = {"population": Decimal(people), "coverage": coverage, "listening": listening}
    found = estimate(Way.BROADCAST, told)
    assert found == half_up(Fraction(people) * Fraction(coverage) / 100 * Fraction(listening) / 100)
    assert found <= people


@given(copies=st.integers(1, 1_000_000), readers=st.decimals("0.1", 20, places=1))
def test_readers_follow_from_copies(copies, readers):
    told = {"copies": Decimal(copies), "readers": readers}
    assert estimate(Way.COPIES, told) == half_up(Fraction(copies) * Fraction(readers))


def test_what_nobody_asked_counts_as_one():
    assert estimate(Way.COPIES, {"copies": Decimal(700)}) == 700
    assert estimate(Way.DOORS, {"doors": Decimal(40), "per_door": None}) == 40


@pytest.mark.parametrize("way", [way for way in Way if COUNTINGS[way].compute])
def test_each_number_of_an_estimate_has_bounds(way):
    counting = COUNTINGS[way]
    usual = {asked: NUMBERS[asked].least for asked in counting.asks}
    assert estimate(way, usual) >= 0
    for asked in counting.asks:
        for beyond in (NUMBERS[asked].least - 1, NUMBERS[asked].most + 1):
            with pytest.raises(NumberError) as wrong:
                estimate(way, {**usual, asked: beyond})
            assert (wrong.value.asked, wrong.value.missing) == (asked, False)
        if NUMBERS[asked].whole:
            with pytest.raises(NumberError):
                estimate(way, {**usual, asked: NUMBERS[asked].least + Decimal("0.5")})


def test_what_is_counted_is_not_computed():
    with pytest.raises(ValueError, match="computes nothing"):
        estimate(Way.HEADCOUNT, {})


PARTS = st.dictionaries(st.sampled_from(TOLD_PARTS), st.integers(0, 500) | st.none())


@given(total=st.integers(1, 5000), parts=PARTS, repeat=st.integers(0, 5000) | st.none())
def test_contacts_always_add_up_or_are_refused(total, parts, repeat):
    told = sum(value or 0 for value in parts.values())
    if told > total or (repeat or 0) > total:
        with pytest.raises(ContactsError):
            contacts(total, parts, repeat=repeat)
        return
    columns = contacts(total, parts, repeat=repeat).columns()
    assert sum(columns[name] for name in PART_NAMES) == columns["n_contacts"] == total
    assert columns["n_adults"] + columns["n_children"] <= columns["n_unknown"]
    assert columns["n_repeat"] == (repeat or 0)


def test_a_share_of_repeated_contacts_is_rounded_half_up():
    assert contacts(30, {}, repeat_share=Decimal(25)).repeat == 8
    assert contacts(30, {}, repeat_share=Decimal(25)).first == 22


def test_people_on_a_list_are_counted_by_sex_and_age():
    found = {part_of(sex, age) for sex in ("female", "male", "") for age in AgeGroup}
    assert found == {*TOLD_PARTS, "n_unknown"}
    assert set(SEXED) <= found


def test_a_crowd_is_compared_with_the_place_and_the_meeting():
    session = channels()["information_session"]
    village = Setting(population=250, starts_on=date(2022, 3, 1), ends_on=date(2022, 3, 31))
    assert doubts(session, 250, 1, date(2022, 3, 8), village) == ()
    assert doubts(session, 301, 1, date(2022, 4, 1), village) == (Doubt.POPULATION, Doubt.CROWD, Doubt.DATES)
    assert doubts(session, 900, 4, date(2022, 3, 8), Setting()) == ()
    assert not is_impossible(2500, 1, 250, Decimal(10))
    assert is_impossible(2501, 1, 250, Decimal(10))
    assert not is_impossible(10**8, 1, None, Decimal(10))


def test_every_channel_tells_what_its_form_asks():
    for channel in channels().values():
        assert channel.ways
        assert {channel.title_in(language) for language in ("tg", "ru", "en", "fa")} != {""}
        assert channel.evidence_in("fa")
        # A list of names is kept where people sit together in one place.
        assert not channel.register or channel.is_local
    assert topics()["violence_help"].title_in("xx") == topics()["violence_help"].title_in("en")
    assert catalogue().register_most == 40


def test_a_channel_that_ended_is_not_offered_any_more():
    text = TOPICS.read_text(encoding="utf-8").replace("  - code: skills\n", "  - code: skills\n    until: 2022-12-31\n")
    skills = read_topics("topics.yaml", text)["skills"]
    assert skills.is_offered(date(2022, 12, 31))
    assert not skills.is_offered(date(2023, 1, 1))


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("methods: [log]", "methods: [guess]", "'guess' is none of"),
        ("methods: [log]", "methods: []", "at least one"),
        ("code: radio", "code: television", "stands here twice"),
        ("evidence: optional", "evidence: maybe", "'maybe' is none of"),
        ("register_most: 40", "register_most: forty", "a number"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_line(was, becomes, reason):
    content = CHANNELS.read_text(encoding="utf-8")
    assert was in content
    with pytest.raises(DeclarationError, match=reason) as wrong:
        read_channels(CHANNELS.name, content.replace(was, becomes, 1))
    assert wrong.value.line > 1


def test_a_list_is_read_as_it_was_written_at_the_door():
    lines = read_people(
        "1. Раҳимова Савринисо; ж; 34; Зиракӣ\n2) Алиев Сафар, м, 1990, +992 918 12 34 56\nДевона, з, кӯдак\n\n;;", 2026
    )
    told = [(one.name, one.sex, one.age, one.village, one.telephone) for one in lines]
    assert told == [
        ("Раҳимова Савринисо", "female", AgeGroup.ADULT, "Зиракӣ", ""),
        ("Алиев Сафар", "male", AgeGroup.ADULT, "", "+992918123456"),
        ("Девона", "female", AgeGroup.CHILD, "", ""),
    ]


def test_a_year_of_birth_and_an_age_in_persian_digits_say_the_age_group():
    [one, other] = read_people("Нозанин; ۱۶\nПарвина; 2012", 2026)
    assert (one.age, other.age) == (AgeGroup.CHILD, AgeGroup.CHILD)
    assert read_people("Манижа", 2026)[0].age is AgeGroup.UNKNOWN
