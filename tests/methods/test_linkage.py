"""Comparing two records: what counts for one person, what counts against, and what is never taken for one."""

from __future__ import annotations

import doctest
import math
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.methods import linkage
from paivand.methods.linkage import (
    APART,
    FIELDS,
    LIKELY,
    MISSING,
    POSSIBLE,
    Facts,
    Level,
    birth_level,
    compare,
    distance,
    estimated,
    match_keys,
    sought_keys,
)
from paivand.registry.rules.duplicates import model

JAMSHED = Facts(
    "Ҷамшед", "Каримов", "Раҳимович", sex="male", born=date(1984, 3, 12), precision="day", jamoat="a", village="b"
)  # fmt: skip


def judged(other, one=JAMSHED):
    return compare(one, other, model())


def levels(comparison):
    return {finding.field: finding.level for finding in comparison.findings}


def test_the_examples_in_the_text_hold():
    assert doctest.testmod(linkage).failed == 0


# --- what is one person ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [
    replace(JAMSHED, given="Джамшед", family="Каримов", father="Рахимович"),
    replace(JAMSHED, given="Jamshed", family="Karimzoda", father="Rahim", jamoat="c", village=""),
    replace(JAMSHED, given="Чамшед", father="", born=date(1984, 1, 1), precision="year"),
    replace(JAMSHED, given="Каримов", family="Ҷамшед"),
    replace(JAMSHED, born=date(1984, 12, 3)),
    replace(JAMSHED, given="Ҷамшеб", born=date(1984, 3, 1), precision="year"),
    replace(JAMSHED, family="Азизов"),
    replace(JAMSHED, given="Ҷаҳонгир", also="Ҷамшед"),
])  # fmt: skip
def test_the_same_man_in_another_dress_is_likely(other):
    assert judged(other).grade == LIKELY


def test_every_level_of_every_comparison_has_a_weight():
    assert {name: set(found) for name, found in model().levels.items()} == {n: set(ls) for n, ls in FIELDS.items()}
    for found in model().levels.values():
        for chances in (sum(level.m for level in found.values()), sum(level.u for level in found.values())):
            assert chances == pytest.approx(1, abs=0.011)


def test_what_is_missing_says_nothing():
    found = judged(Facts("Ҷамшед", "Каримов"))
    assert {name for name, level in levels(found).items() if level == MISSING} == set(FIELDS) - {"given", "family"}
    assert found.weight == pytest.approx(sum(f.weight for f in found.findings if f.field in {"given", "family"}))


def test_a_rare_name_says_more_than_a_frequent_one():
    rare, frequent = Facts("Ардашер", "Ятимов"), Facts("Муҳаммад", "Раҳимов")
    assert judged(rare, rare).weight > judged(frequent, frequent).weight + 2


def test_a_frequent_name_alone_is_not_worth_a_look():
    frequent = Facts("Муҳаммад", "Раҳимов", sex="male")
    assert judged(frequent, frequent).grade == APART


def test_the_first_of_january_is_a_year_and_not_a_day():
    new_year = replace(JAMSHED, born=date(1984, 1, 1))
    assert levels(judged(new_year, new_year))["birth"] == "year"


@pytest.mark.parametrize(("one", "precise", "other", "precise_other", "level"), [
    (date(1984, 3, 12), "day", date(1984, 3, 1), "month", "month"),
    (date(1984, 3, 12), "day", date(1984, 1, 1), "year", "year"),
    (date(1984, 3, 12), "day", date(1984, 5, 2), "day", "other_day"),
    (date(1984, 3, 12), "day", date(1985, 3, 12), "day", "close_year"),
    (date(1984, 3, 12), "day", date(1985, 5, 2), "day", "different"),
    (date(1984, 3, 12), "day", date(1985, 1, 1), "year", "close_year"),
    (date(1984, 3, 12), "day", date(1987, 1, 1), "estimate", "guessed"),
    (date(1984, 3, 12), "day", date(1988, 1, 1), "estimate", "different"),
    (date(1984, 1, 1), "year", date(1986, 1, 1), "year", "different"),
    (None, "", date(1984, 1, 1), "year", MISSING),
])  # fmt: skip
def test_births_agree_as_far_as_they_are_known(one, precise, other, precise_other, level):
    assert birth_level(one, precise, other, precise_other) == level
    assert birth_level(other, precise_other, one, precise) == level


def test_a_shared_paper_weighs_more_than_a_shared_telephone():
    bare = Facts("Ҷамшед", "Каримов")
    paper = replace(bare, documents=frozenset({("passport", "A1")}))
    phone = replace(bare, phones=frozenset({"+992900000000"}))
    assert judged(paper, paper).weight > judged(phone, phone).weight > judged(bare, bare).weight
    other_kind = replace(bare, documents=frozenset({("tax_number", "A1")}))
    assert levels(judged(paper, other_kind))["document"] == MISSING


def test_names_in_arabic_script_say_nothing_against_names_in_cyrillic():
    assert levels(judged(replace(JAMSHED, given="جمشید", family="کریمی")))["given"] == MISSING


@given(st.text(max_size=12), st.text(max_size=12), st.booleans())
def test_a_comparison_does_not_depend_on_who_stands_left(one, other, known):
    born = date(1984, 3, 12) if known else None
    a = Facts(one or "x", other, "Раҳим", born=born, precision="day" if known else "")
    b = Facts(other or "y", one, "Карим", born=date(1984, 3, 1), precision="month")
    assert compare(a, b, model()) == compare(b, a, model())


# --- who stays apart ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("twin", ["Фарҳод", "Ҷовид", "Фирӯза"])
def test_twins_stay_apart(twin):
    found = judged(replace(JAMSHED, given=twin))
    assert (found.grade, found.kept_apart) == (APART, "twins")


def test_twins_with_like_names_are_at_most_possible_and_in_one_family_apart():
    hasan = replace(JAMSHED, given="Ҳасан")
    husan = replace(JAMSHED, given="Ҳусан")
    assert (judged(husan, hasan).grade, judged(husan, hasan).kept_apart) == (POSSIBLE, "twins")
    home = judged(replace(husan, household="1"), replace(hasan, household="1"))
    assert (home.grade, home.kept_apart) == (APART, "household")


def test_brothers_of_one_household_stay_apart():
    brother = replace(JAMSHED, given="Рустам", born=date(1990, 5, 6), household="1")
    assert judged(brother, replace(JAMSHED, household="1")).grade == APART


def test_cousins_of_the_same_name_stay_apart():
    cousin = replace(JAMSHED, father="Назарович", born=date(1986, 7, 1))
    assert (judged(cousin).grade, judged(cousin).kept_apart) == (APART, "namesakes")
    assert judged(replace(cousin, born=date(1985, 3, 12))).grade == APART
    same_father = replace(JAMSHED, born=date(1987, 5, 1))
    assert (judged(same_father).grade, judged(same_father).kept_apart) == (APART, "namesakes")
    assert judged(replace(JAMSHED, born=date(1984, 5, 1))).grade == POSSIBLE
    assert judged(replace(cousin, born=JAMSHED.born)).grade == POSSIBLE


def test_children_of_two_mothers_are_not_taken_for_one_while_their_births_differ():
    child = replace(JAMSHED, mother="Зебо")
    other = replace(JAMSHED, mother="Малика")
    assert judged(replace(other, born=date(1985, 1, 1), precision="year"), child).grade == APART
    assert judged(replace(other, born=date(1984, 1, 1), precision="year"), child).grade == POSSIBLE
    assert judged(other, child).grade == LIKELY
    moved = replace(other, mother="Зебо", born=date(1985, 1, 1), precision="year")
    assert judged(moved, child).grade == LIKELY


def test_a_shared_telephone_sets_a_wrong_birth_aside():
    number = frozenset({"+992918123456"})
    other = replace(JAMSHED, born=date(1948, 3, 12), phones=number)
    assert judged(other, replace(JAMSHED, phones=number)).grade == LIKELY
    assert judged(other, JAMSHED).grade == APART


def test_grandfather_and_grandson_of_one_name_stay_apart():
    grandson = replace(JAMSHED, father="Фарҳод", born=date(2014, 3, 12), household="1")
    assert judged(grandson, replace(JAMSHED, household="1")).grade == APART


def test_one_paper_puts_even_twins_before_a_persons_eyes():
    paper = frozenset({("birth_certificate", "I-AB 123")})
    twin = replace(JAMSHED, given="Фарҳод", documents=paper)
    assert judged(twin, replace(JAMSHED, documents=paper)).grade == LIKELY


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), [
    (("Ҷамшед", "Каримов", "", 1984), ("Каримов", "Ҷамшед", "", 1985)),
    (("Саидҷон", "Раҳимов", "", 1984), ("Саид", "Rahimzoda", "", 1984)),
    (("Ойша", "Каримова", "Назар", 1990), ("Aisha", "Азизова", "Nazarovna", 1991)),
    (("Ойша", "Каримова", "", None), ("Aisha", "Karimzoda", "", 1990)),
    (("Ойша", "Каримова", "", 1990), ("Aisha", "Karimzoda", "", None)),
    (("Ҳасан", "Каримов", "", 1990), ("Ҳосин", "Каримов", "", 1990)),
])  # fmt: skip
def test_one_person_in_two_dresses_is_found(one, other):
    assert set(sought_keys(*one)) & set(match_keys(*other))
    assert set(sought_keys(*other)) & set(match_keys(*one))


def test_a_guessed_age_is_found_three_years_off():
    exact, guess = ("Ҷамшед", "Каримов", "", 1984), ("Ҷамшед", "Каримов", "", 1987)
    assert set(sought_keys(*exact)) & set(match_keys(*guess, guessed=True))
    assert set(sought_keys(*guess, guessed=True)) & set(match_keys(*exact))
    assert not set(sought_keys(*exact)) & set(match_keys(*guess))


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.one_of(st.none(), st.integers(1900, 2030)))
def test_a_record_always_finds_itself(given_name, family, father, year):
    stored, sought = match_keys(given_name, family, father, year), sought_keys(given_name, family, father, year)
    assert bool(stored) == bool(sought)
    assert all(len(key) <= 160 for key in stored + sought)
    if sought:
        assert set(stored) & set(sought)


@given(st.text(alphabet="abcd", max_size=8), st.text(alphabet="abcd", max_size=8))
def test_distance_is_a_distance(one, other):
    far = max(len(one), len(other))
    exact = distance(one, other, far)
    assert exact == distance(other, one, far)
    assert (exact == 0) == (one == other)
    assert exact <= far
    assert distance(one, other, 1) == min(exact, 2)


# --- learning --------------------------------------------------------------------------------------------------------


def test_the_weights_are_learnt_from_pairs_without_answers():
    chance = random.Random(7)  # noqa: S311
    start = model()
    truth = {name: {level: 0.5 / (len(ls) - 1) for level in ls[1:]} | {ls[0]: 0.5} for name, ls in FIELDS.items()}

    def drawn(same):
        return tuple(
            chance.choices(
                ls, weights=[truth[name][level] if same else start.levels[name][level].u for level in ls]
            )[0]
            for name, ls in FIELDS.items()
        )  # fmt: skip

    patterns = Counter(drawn(n < 1500) for n in range(10_000))
    learnt, share = estimated(patterns, start)
    assert share == pytest.approx(0.15, abs=0.02)
    for name in ("given", "father", "birth"):
        top = FIELDS[name][0]
        assert learnt.levels[name][top].m == pytest.approx(0.5, abs=0.05)
        assert learnt.levels[name][top].u == start.levels[name][top].u
    with pytest.raises(ValueError, match="no pair"):
        estimated({}, start)


def test_a_weight_is_the_logarithm_of_the_odds():
    assert Level(0.5, 0.125).weight == 2
    assert model().weight("sex", MISSING) == 0
    assert model().weight("sex", "same") == pytest.approx(math.log2(0.99 / 0.5))


# --- the whole, on an invented list with known answers --------------------------------------------------------------

_GIVEN = [
    "Ҷамшед", "Фарҳод", "Рустам", "Далер", "Комрон", "Фирӯз", "Сиёвуш", "Ардашер", "Беҳрӯз", "Искандар", "Наврӯз",
    "Тоҳир", "Ҳасан", "Ҳусейн", "Ёқуб", "Исмоил", "Қурбон", "Раҷаб", "Холмурод", "Зафар",
]  # fmt: skip
_FAMILY = [
    "Каримов", "Раҳимов", "Назаров", "Шарифов", "Сафаров", "Одинаев", "Ятимов", "Ғафуров", "Ҳоҷиев", "Холиқов",
    "Қосимов", "Мирзоев", "Ҷӯраев", "Юсуфов", "Азизов", "Ғаниев", "Тоҳиров", "Ёров",
]  # fmt: skip
_DRESSES = {"Ҷ": "Дж", "ҷ": "дж", "Ҳ": "Х", "ҳ": "х", "Қ": "К", "қ": "к", "Ғ": "Г", "ғ": "г", "ӯ": "у"}


def _invented(chance):
    return Facts(
        chance.choice(_GIVEN), chance.choice(_FAMILY), chance.choice(_GIVEN), sex="male",
        born=date(1950, 1, 1) + timedelta(days=chance.randrange(25_000)), precision="day",
        jamoat=str(chance.randrange(10)), village=str(chance.randrange(40)),
    )  # fmt: skip


def _again(one, chance):
    """The same man on another list: Russian letters, a modern surname, a lost patronymic, a rougher birth."""
    names = {"given": one.given, "family": one.family, "father": one.father}
    if chance.random() < 0.5:
        names = {k: "".join(_DRESSES.get(letter, letter) for letter in name) for k, name in names.items()}
    if chance.random() < 0.3:
        names["family"] = names["family"].replace("ов", "зода").replace("ев", "зода")
    if chance.random() < 0.2:
        names["father"] = ""
    born, precision = one.born, "day"
    if chance.random() < 0.3:
        born, precision = date(born.year, 1, 1), "year"
    elif chance.random() < 0.1 and born.day < 29:
        born = born.replace(year=born.year + 1)
    moved = chance.random() < 0.15
    return replace(one, **names, born=born, precision=precision, jamoat="x" if moved else one.jamoat)


def test_planted_duplicates_are_found_and_twins_and_cousins_are_not():
    chance = random.Random(11)  # noqa: S311
    people = [_invented(chance) for _ in range(1500)]
    planted = [(one, _again(one, chance)) for one in people[:300]]
    twins = [(one, replace(one, given=chance.choice([n for n in _GIVEN if n != one.given]))) for one in people[300:400]]
    cousins = [
        (one, replace(one, father=chance.choice([n for n in _GIVEN if n != one.father]),
                      born=one.born + timedelta(days=900)))
        for one in people[400:500]
    ]  # fmt: skip
    found = [compare(one, other, model()).grade for one, other in planted]
    assert sum(grade == LIKELY for grade in found) >= 0.95 * len(found)
    assert sum(grade != APART for grade in found) >= 0.98 * len(found)
    assert not any(compare(one, other, model()).grade == LIKELY for one, other in twins + cousins)
    strangers = [(people[n], people[n + 1]) for n in range(500, 1499)]
    assert not any(compare(one, other, model()).grade == LIKELY for one, other in strangers)
