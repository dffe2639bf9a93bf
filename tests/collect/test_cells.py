"""Single cells as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from paivand.collect.rules import cells
from paivand.collect.rules.cells import Reading
from paivand.core.rules.dates import Birth, Precision
from paivand.registry.rules import Relation, Sex

TODAY = date(2026, 11, 24)


def _midnight(year: int, month: int, day: int) -> datetime:
    """A day as spreadsheets hold it: without a time zone."""
    return datetime(year, month, day)  # noqa: DTZ001


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.found]


@pytest.mark.parametrize(("cell", "birth", "said"), [
    ("12.03.1984", Birth.on_day(date(1984, 3, 12)), []),
    ("12/3/1984", Birth.on_day(date(1984, 3, 12)), []),
    ("1984-03-12", Birth.on_day(date(1984, 3, 12)), []),
    ("12 марта 1984 г.", Birth.on_day(date(1984, 3, 12)), []),
    ("12 Mar 1984", Birth.on_day(date(1984, 3, 12)), []),
    ("12031984", Birth.on_day(date(1984, 3, 12)), []),
    ("۱۲.۰۳.۱۹۸۴", Birth.on_day(date(1984, 3, 12)), []),
    (_midnight(1984, 3, 12), Birth.on_day(date(1984, 3, 12)), []),
    ("03.1984", Birth.in_month(1984, 3), []),
    ("1984", Birth.in_year(1984), []),
    (1984.0, Birth.in_year(1984), []),
    (30753.0, Birth.on_day(date(1984, 3, 12)), ["serial_date"]),
    ("30753", Birth.on_day(date(1984, 3, 12)), ["serial_date"]),
    ("12.03.84", Birth.on_day(date(1984, 3, 12)), ["two_digit_year"]),
    ("12.03.24", Birth.on_day(date(2024, 3, 12)), ["two_digit_year"]),
    ("03/25/1984", Birth.on_day(date(1984, 3, 25)), ["american_date"]),
    ("01.01.1970", Birth.in_year(1970), ["first_january"]),
    (_midnight(1970, 1, 1), Birth.in_year(1970), ["first_january"]),
    ("31.02.1984", None, ["birth_impossible"]),
    ("12.03.2084", None, ["birth_future"]),
    ("12.03.1884", None, ["birth_too_old"]),
    ("дар баҳор", None, ["birth_unreadable"]),
    ("12.13", None, ["birth_unreadable"]),
])  # fmt: skip
def test_a_birth_is_read_in_many_forms(cell, birth, said):
    reading = Reading(cell, 0)
    assert cells.read_birth(reading, TODAY) == birth
    assert codes(reading) == said


@pytest.mark.parametrize(("cell", "name", "said"), [
    ("  Зарина ", "Зарина", []),
    ("Љамшед", "Ҷамшед", ["legacy_letters"]),
    ("Кaримова", "Каримова", ["lookalikes"]),
    ("Karimova", "Karimova", []),
    ("زرینه", "زرینه", []),
    ("Зарина2", "", ["name_has_digits"]),
    ("—", "", []),
    ("!!", "", ["name_has_no_letters"]),
    ("Зарина" * 20, "", ["too_long"]),
])  # fmt: skip
def test_a_name_is_mended_or_named(cell, name, said):
    reading = Reading(cell, 0)
    assert cells.read_name(reading) == name
    assert codes(reading) == said


@pytest.mark.parametrize(("cell", "parts", "said"), [
    ("Каримова Ҷамила Раҳимовна", ("Каримова", "Ҷамила", "Раҳимовна"), []),
    ("Каримова Ҷамила", ("Каримова", "Ҷамила", ""), ["name_split"]),
    ("Ҷамила Каримова", ("Каримова", "Ҷамила", ""), ["name_split"]),
    ("Ҷамила", ("", "", ""), ["name_one_word"]),
    ("як ду се чор панҷ", ("", "", ""), ["name_many_words"]),
])  # fmt: skip
def test_a_full_name_is_divided(cell, parts, said):
    reading = Reading(cell, 0)
    assert cells.read_full_name(reading) == parts
    assert codes(reading) == said


@pytest.mark.parametrize(("cell", "sex"), [
    ("зан", Sex.FEMALE), ("Ж", Sex.FEMALE), ("жен.", Sex.FEMALE), ("F", Sex.FEMALE), ("زن", Sex.FEMALE),
    ("Мард", Sex.MALE), ("м", Sex.MALE), ("муж", Sex.MALE), ("male", Sex.MALE),
])  # fmt: skip
def test_sex_is_read_in_four_languages(cell, sex):
    assert cells.read_sex(Reading(cell, 0)) is sex


def test_an_empty_sex_and_a_wrong_one_are_told_apart():
    for cell, said in (("", ["sex_missing"]), ("?", ["sex_unknown"]), ("хаха", ["sex_unknown"])):
        reading = Reading(cell, 0)
        assert cells.read_sex(reading) is None
        assert codes(reading) == said


@pytest.mark.parametrize(("cell", "sex", "relation", "said"), [
    ("сардор", Sex.FEMALE, Relation.HEAD, []),
    ("писар", Sex.MALE, Relation.CHILD, []),
    ("писараш", Sex.MALE, Relation.CHILD, []),
    ("Дочь", Sex.FEMALE, Relation.CHILD, []),
    ("невестка", Sex.FEMALE, Relation.CHILD_IN_LAW, []),
    ("grandson", Sex.MALE, Relation.GRANDCHILD, []),
    ("хушдоман", Sex.FEMALE, Relation.PARENT_IN_LAW, []),
    ("писар", Sex.FEMALE, None, ["relation_of_sex"]),
    ("қудо", Sex.MALE, None, ["relation_unknown"]),
])  # fmt: skip
def test_a_relation_is_read_and_must_fit_the_sex(cell, sex, relation, said):
    reading = Reading(cell, 0)
    assert cells.read_relation(reading, sex) is relation
    assert codes(reading) == said


@pytest.mark.parametrize(("cell", "number", "said"), [
    ("93 500-00-00", "+992935000000", []),
    (935000000.0, "+992935000000", []),
    ("+7 495 123 45 67", "+74951234567", []),
    ("9,92935E+11", "+992935000000", []),
    ("нест", "", ["phone_unreadable"]),
    ("12", "", ["phone_unreadable"]),
])  # fmt: skip
def test_a_telephone_number_is_read(cell, number, said):
    reading = Reading(cell, 0)
    assert cells.read_phone(reading) == number
    assert codes(reading) == said


@pytest.mark.parametrize(("cell", "code", "said"), [
    ("Русия", "RU", []), ("Россия (Москва)", "RU", []), ("RU", "RU", []), ("kz", "KZ", []), ("Қазоқистон", "KZ", []),
    ("Марс", "", ["country_unknown"]),
])  # fmt: skip
def test_a_country_is_known_by_its_names(cell, code, said):
    reading = Reading(cell, 0)
    assert cells.read_country(reading) == code
    assert codes(reading) == said


@pytest.mark.parametrize(("cell", "said"), [
    ("#REF!", "cell_error"), ("#N/A", "cell_error"), ("#ССЫЛКА!", "cell_error"), ("=A1+B1", "cell_formula"),
    ("=HYPERLINK(\"x\")", "cell_formula"), (True, "cell_logical"),
])  # fmt: skip
def test_errors_and_formulas_of_excel_are_named(cell, said):
    reading = Reading(cell, 0)
    assert cells.is_spoilt(reading)
    assert codes(reading) == [said]


@pytest.mark.parametrize(("cell", "answer"), [
    ("ҳа", True), ("Да", True), ("yes", True), ("+", True), (1.0, True), (True, True),
    ("не", False), ("нет", False), ("отказ", False), ("-", False), ("شاید", None),
])  # fmt: skip
def test_consent_is_yes_or_no(cell, answer):
    assert cells.read_consent(Reading(cell, 0)) is answer


def test_the_passport_number_needs_digits():
    for cell, number in (("А 01234567", "А 01234567"), ("400123456", "400123456"), ("нест", ""), ("12", "")):
        assert cells.read_document(Reading(cell, 0)) == number


def test_an_age_is_whole_years():
    assert cells.read_age(Reading("42 сол", 0)) == 42
    for wrong in ("чилу ду", "420", "4.5"):
        reading = Reading(wrong, 0)
        assert cells.read_age(reading) is None
        assert codes(reading) == ["age_unreadable"]


def test_a_month_of_departure_is_kept_as_a_month():
    told = cells.read_departure(Reading("03.2024", 0), TODAY)
    assert told is not None
    assert (told.on, told.precision) == (date(2024, 3, 1), Precision.MONTH)
