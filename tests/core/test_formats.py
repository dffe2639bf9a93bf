"""Dates and numbers as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from babel.numbers import format_decimal
from django.utils import translation

from paivand.core.rules.dates import Age
from paivand.core.templatetags.paivand import age, ago, comma, day, digits, locale, moment, number, page_address


@pytest.mark.parametrize(("language", "written"), [
    ("en", "22 November 2026"), ("tg", "22 ноябр 2026"), ("ru", "22 ноября 2026"), ("fa", "۲۲ نومبر ۲۰۲۶"),
])  # fmt: skip
def test_a_date(language, written):
    with translation.override(language):
        shown = day(date(2026, 11, 22))
    assert shown == written


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1,234.5"), ("tg", "1\xa0234,5"), ("ru", "1\xa0234,5"), ("fa", "۱٬۲۳۴٫۵")]
)
def test_a_number(language, written):
    with translation.override(language):
        assert number(1234.5) == written


def test_a_moment_is_told_in_the_programmes_time_zone():
    with translation.override("en"):
        assert moment(datetime(2026, 11, 22, 21, 30, tzinfo=UTC)) == "23 November 2026, 02:30"
        assert day(datetime(2026, 11, 22, 21, 30, tzinfo=UTC)) == "23 November 2026"


@pytest.mark.parametrize(("language", "written"), [("tg", ", "), ("ru", ", "), ("en", ", "), ("fa", "، ")])
def test_a_comma_is_the_one_of_the_language(language, written):
    with translation.override(language):
        assert comma() == written
        assert written.strip() in moment(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))


def test_what_is_not_known_is_written_as_nothing():
    assert [write(None) for write in (day, moment, ago, number, age)] == [""] * 5


def test_an_age_says_when_it_is_not_exact():
    with translation.override("en"):
        assert age(Age(42, exact=True)) == "42 years"
        assert age(Age(42, exact=False)) == "about 42 years"
        assert age(Age(1, exact=True)) == "1 year"


def test_a_page_address_changes_one_parameter_and_keeps_the_others(rf):
    context = {"request": rf.get("/families/?order=new&after=5")}
    assert page_address(context, after="9") == "?order=new&after=9"
    assert page_address(context, after=None) == "?order=new"
    assert page_address(context, after=None, order="") == "?"


@pytest.mark.parametrize("language", ["en", "tg", "ru", "fa"])
def test_a_small_number_is_written_as_a_large_one_is(language):
    with translation.override(language):
        for value in (0, 7, 42, 999, 1000, -5):
            assert number(value) == digits(format_decimal(value, locale=locale(), numbering_system="default"))
