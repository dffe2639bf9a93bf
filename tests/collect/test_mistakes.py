"""A list of 500 families in which mistakes of many kinds are planted: all are named, by row and column."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from paivand.access.models.identity import acting_as
from paivand.collect.rules.columns import letter
from paivand.core.models import Place
from paivand.registry.models import Family
from tests.cast import DUSTI
from tests.collect.sheets import HEADINGS, family_rows, text_file, workbook

MORE = ("Ноҳия", "Син", "Кишвари муҳоҷират", "Санаи рафтан", "Санаи розигӣ", "Парастор")
TITLES = ("Рӯйхати оилаҳои муҳоҷирони меҳнатӣ", "Кӯлоб, ноябри 2026")
FIRST = len(TITLES) + 2
"""The number of the first row below the headings."""
_NAMES = ("order", "key", "family", "given", "father", "sex", "birth", "relation", "jamoat", "village", "phone",
          "document", "consent", "district", "age", "country", "left", "consent_on", "guardian")  # fmt: skip
C = {name: n for n, name in enumerate(_NAMES)}
HEAD, CHILD = 0, 1

PLANTED: list[tuple[int, dict[str, Any], str, str]] = [
    # which row of the family, what stands in it, the column that is named, the mistake
    (HEAD, {"given": ""}, "given", "given_missing"),
    (HEAD, {"given": "Зарина2"}, "given", "name_has_digits"),
    (CHILD, {"father": "1Фарҳод"}, "father", "name_has_digits"),
    (HEAD, {"family": "!!"}, "family", "name_has_no_letters"),
    (HEAD, {"family": "Каримова" * 11}, "family", "too_long"),
    (CHILD, {"village": ""}, "", ""),  # no mistake: the head's row tells
    (HEAD, {"sex": ""}, "sex", "sex_missing"),
    (CHILD, {"sex": "хм"}, "sex", "sex_unknown"),
    (CHILD, {"relation": ""}, "relation", "relation_missing"),
    (CHILD, {"relation": "қудо"}, "relation", "relation_unknown"),
    (CHILD, {"relation": "духтар"}, "relation", "relation_of_sex"),
    (CHILD, {"relation": "сардор"}, "relation", "two_heads"),
    (HEAD, {"relation": "модар"}, "relation", "head_missing"),
    (HEAD, {"birth": "дар баҳор"}, "birth", "birth_unreadable"),
    (HEAD, {"birth": "31.02.1984"}, "birth", "birth_impossible"),
    (CHILD, {"birth": date(2099, 3, 12)}, "birth", "birth_future"),
    (HEAD, {"birth": "12.03.1850"}, "birth", "birth_too_old"),
    (HEAD, {"birth": "12.03.2015"}, "birth", "child_head"),
    (HEAD, {"age": "чил"}, "age", "age_unreadable"),
    (HEAD, {"age": 5}, "age", "age_disagrees"),
    (HEAD, {"jamoat": ""}, "jamoat", ""),  # no mistake: the child's row tells
    (HEAD, {"jamoat": "Нокуҷо"}, "jamoat", "jamoat_unknown"),
    (HEAD, {"jamoat": "<of Dusti>"}, "jamoat", "jamoat_elsewhere"),
    (HEAD, {"district": "Миррих"}, "district", "district_unknown"),
    (HEAD, {"district": "Дӯстӣ"}, "district", "district_outside"),
    (HEAD, {"phone": "12"}, "phone", "phone_unreadable"),
    (HEAD, {"document": "нест"}, "document", "document_unreadable"),
    (HEAD, {"document": "А 00000000"}, "document", "document_twice"),
    (CHILD, {"country": "Миррих", "left": "03.2024"}, "country", "country_unknown"),
    (CHILD, {"country": "Русия", "left": "дар баҳор"}, "left", "departed_unreadable"),
    (CHILD, {"country": "Русия", "left": "03.2099"}, "left", "departed_future"),
    (CHILD, {"left": "03.2024"}, "left", "country_missing"),
    (HEAD, {"consent": ""}, "consent", "consent_missing"),
    (HEAD, {"consent": "шояд"}, "consent", "consent_unknown"),
    (HEAD, {"consent_on": "дирӯз"}, "consent_on", "consent_date"),
    (HEAD, {"consent_on": date(2099, 1, 2)}, "consent_on", "consent_future"),
    (HEAD, {"birth": "#REF!"}, "birth", "cell_error"),
    (CHILD, {"given": "=D4&E4"}, "given", "cell_formula"),
    (HEAD, {"sex": True}, "sex", "cell_logical"),
    (HEAD, {"phone": "ду рақам"}, "phone", "phone_unreadable"),
    (CHILD, {"birth": "2015-13-40"}, "birth", "birth_impossible"),
    (HEAD, {"given": "#Н/Д"}, "given", "cell_error"),
]  # fmt: skip
MENDED: list[tuple[int, dict[str, Any], str]] = [
    (HEAD, {"birth": 30753}, "serial_date"),
    (HEAD, {"birth": "12.03.84"}, "two_digit_year"),
    (HEAD, {"birth": "03/25/1984"}, "american_date"),
    (HEAD, {"birth": date(1970, 1, 1)}, "first_january"),
    (HEAD, {"birth": "", "age": 42}, "age_used"),
    (HEAD, {"given": "Љамила"}, "legacy_letters"),
    (HEAD, {"family": "Кaримова"}, "lookalikes"),
    (CHILD, {"country": "Русия"}, "departed_missing"),
]


def sheet(jamoats: list[str]) -> list[list[Any]]:
    """Five hundred families without a mistake, in two rows each."""
    return [[*row, *[""] * len(MORE)] for row in family_rows(500, jamoats)]


def planted(rows: list[list[Any]]) -> list[tuple[int, str, str]]:
    """Plant the mistakes into ``rows``; returns row number, column and mistake of each."""
    elsewhere = Place.objects.jamoats().filter(parent_id=DUSTI).order_by("code")
    here = {row[C["jamoat"]] for row in rows}
    jamoat = next(place.name_tg for place in elsewhere if place.name_tg not in here)
    expected = []
    for n, (which, cells, column, code) in enumerate(PLANTED):
        place = 2 * (11 * n + 5) + which
        for name, value in cells.items():
            rows[place][C[name]] = jamoat if value == "<of Dusti>" else value
        if code:
            expected.append((FIRST + place, letter(C[column]), code))
    for n, (which, cells, _code) in enumerate(MENDED):
        for name, value in cells.items():
            rows[2 * (11 * n + 7) + which][C[name]] = value
    # The same family again under another number, and the same child in another family of the same village.
    again, first = 2 * 481, 2 * 463
    rows[again : again + 2] = [[*row] for row in rows[first : first + 2]]
    for row in rows[again : again + 2]:
        row[C["key"]] = 1481
    expected += [(FIRST + again, "", "row_twice"), (FIRST + again + 1, "", "person_twice")]
    rows[2 * 490].append("як катаки зиёдатӣ")
    return expected


@pytest.mark.django_db
def test_all_planted_mistakes_are_named_by_row_and_column_and_the_rest_is_taken_in(desk, jamoats):
    whole = sheet(jamoats)
    wrong = [[*row] for row in whole]
    expected = planted(wrong)
    assert len(expected) >= 40
    headings = [*HEADINGS, *MORE]

    batch = desk.check(desk.upload(workbook(wrong, headings, titles=TITLES), "хатоҳо.xlsx"))
    found = [
        (row.number, letter(problem["column"]) if problem["column"] >= 0 else "", problem["code"])
        for row in desk.rows(batch)
        for problem in row.problems
        if problem["level"] == "error"
    ]
    assert sorted(found) == sorted(expected)
    notes = {code for _row, code in desk.told(batch, "note")}
    assert {code for _which, _cells, code in MENDED} | {"no_heading"} <= notes

    n_wrong = len({(row - FIRST) // 2 for row, _column, _code in expected})
    batch = desk.take_in(batch)
    assert batch.n_taken_in == 500 - n_wrong

    mended = [[*row] for row in wrong]
    for row, _column, _code in expected:
        k = (row - FIRST) // 2
        mended[2 * k : 2 * k + 2] = [[*one] for one in whole[2 * k : 2 * k + 2]]
    again = desk.check(desk.upload(workbook(mended, headings, titles=TITLES), "ислоҳшуда.xlsx"))
    assert (again.n_errors, again.n_duplicates, again.n_families) == (0, 0, n_wrong)
    assert desk.take_in(again).n_taken_in == n_wrong

    third = desk.check(desk.upload(workbook(mended, headings, titles=TITLES), "ислоҳшуда.xlsx"))
    assert (third.n_ok, third.n_skipped) == (0, 1000)
    with acting_as(desk.by):
        assert Family.objects.count() == 500


@pytest.mark.django_db
def test_empty_lines_totals_and_repeated_headings_are_passed_over(desk, jamoats):
    rows = family_rows(3, jamoats)
    rows[2:2] = [["", "  ", "\u00a0"], list(HEADINGS)]
    rows.append(["", "Ҳамагӣ", 3])
    batch = desk.check(desk.upload(workbook(rows)))
    assert (batch.n_rows, batch.n_empty, batch.n_errors) == (6, 3, 0)


@pytest.mark.django_db
def test_merged_cells_speak_for_a_family_but_not_for_people(desk, jamoats):
    rows = family_rows(2, jamoats)
    for row in rows[:2]:
        row[8] = row[2] = ""
    rows[2][8] = rows[3][8] = ""
    content = workbook(rows, merged=[(2, 5, 8, jamoats[0]), (2, 3, 2, "Каримова")])
    batch = desk.check(desk.upload(content))
    assert (3, "cell_merged") in desk.told(batch)
    assert {row for row, code in desk.told(batch, "note") if code == "merged_filled"} == {3, 4, 5}


@pytest.mark.django_db
def test_a_separator_that_slipped_into_a_text_is_named(desk, jamoats):
    text = text_file(family_rows(2, jamoats)).replace("Деҳаи 2", "Деҳаи; 2", 1)
    batch = desk.check(desk.upload(text.encode("utf-8-sig"), "рӯйхат.csv"))
    assert (4, "cells_beyond") in desk.told(batch)


@pytest.mark.django_db
def test_who_does_not_agree_is_left_out_and_nothing_is_kept(desk, jamoats):
    rows = family_rows(2, jamoats)
    rows[0][12] = "не"
    batch = desk.check(desk.upload(workbook(rows)))
    first, second = desk.rows(batch)[:2]
    assert (first.state, first.values, first.understood) == ("skipped", {}, {})
    assert (second.state, second.values) == ("skipped", {})
    assert batch.n_families == 1


@pytest.mark.django_db
def test_one_row_for_each_family_with_its_migrant(desk, jamoats):
    headings = ["Глава семьи", "Пол", "Возраст", "Джамоат", "Мигрант", "Страна", "Дата выезда", "Согласие"]
    rows = [
        ["Каримова Ҷамила Раҳимовна", "ж", 38, jamoats[0], "Каримов Фарҳод", "Россия", "03.2024", "да"],
        ["Назарова Гулнора Саидовна", "ж", 41, jamoats[1], "", "", "", "да"],
    ]
    batch = desk.check(desk.upload(workbook(rows, headings)))
    assert (batch.n_errors, batch.n_families) == (0, 2)
    desk.take_in(batch)
    with acting_as(desk.by):
        family = Family.objects.get(head__given_name="Ҷамила")
        assert family.n_members == 2
        migrant = family.members.get(relation="spouse").person
        assert migrant.migrations.get().country == "RU"
