"""Codes, dates, and the words of the core."""

from __future__ import annotations

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.core.rules import amounts, codes, dates, pages, texts, whole_numbers
from paivand.core.rules.codes import family_code, family_number
from paivand.core.rules.dates import Birth, Precision
from paivand.core.rules.whole_numbers import read_whole
from paivand.registry.forms.families import read_birth, write_birth

TODAY = date(2026, 11, 22)
numbers = st.integers(1, 9_999_999)


def test_the_examples_in_the_text_hold():
    assert sum(doctest.testmod(module).failed for module in (amounts, codes, dates, pages, texts, whole_numbers)) == 0


@given(numbers)
def test_a_code_leads_back_to_its_number(number):
    assert family_number(family_code(number)) == number


@given(numbers, st.data())
def test_a_wrong_digit_or_a_swap_of_neighbours_is_noticed(number, data):
    digits = [d for d in family_code(number) if d.isdigit()]
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = [*digits]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    wrong = [*digits]
    wrong[place] = str((int(wrong[place]) + data.draw(st.integers(1, 9))) % 10)
    for typed in (swapped, wrong):
        if typed != digits:
            assert family_number("".join(typed)) is None


@pytest.mark.parametrize("typed", ["F-000-0013", "f0000013", " 000 0013 ", "Ф-000-0013", "۰۰۰۰۰۱۳", "000-0013"])
def test_codes_are_read_as_people_type_them(typed):
    assert family_number(typed) == 1


@pytest.mark.parametrize("typed", ["", "F", "Зарина", "13", "F-000-0000", "12345", "F-000-0013x"])
def test_what_is_no_code_is_none(typed):
    assert family_number(typed) is None


def test_a_family_number_starts_at_one():
    with pytest.raises(ValueError, match="starts at 1"):
        family_code(0)


@given(st.dates(date(1900, 1, 1), TODAY))
def test_an_exact_age_grows_by_one_on_the_birthday(born):
    birth = Birth.on_day(born)
    years = birth.age(TODAY).years
    assert 0 <= years <= TODAY.year - born.year
    assert birth.age(TODAY + timedelta(days=366)).years in {years + 1, years + 2}


@pytest.mark.parametrize(("typed", "precision", "on"), [
    ("12.03.1984", "day", date(1984, 3, 12)), ("1984-03-12", "day", date(1984, 3, 12)),
    ("12/3/1984", "day", date(1984, 3, 12)),
    ("03.1984", "month", date(1984, 3, 1)), ("1984-03", "month", date(1984, 3, 1)),
    ("1984", "year", date(1984, 1, 1)), ("42", "estimate", date(1984, 1, 1)), ("0", "estimate", date(2026, 1, 1)),
])  # fmt: skip
def test_a_birth_is_read_as_people_tell_it(typed, precision, on):
    birth = read_birth(typed, TODAY)
    assert (birth.precision, birth.on) == (Precision(precision), on)


@pytest.mark.parametrize(
    "typed",
    ["31.02.1984", "13.1984.3", "about 40", "", "-", "1.2.3.4", "500", "12.13.1984", "99999", "²", "03.²", "9" * 5000],
)
def test_an_unreadable_birth_is_none(typed):
    assert read_birth(typed, TODAY) is None


@given(st.dates(date(1910, 1, 1), TODAY), st.sampled_from(["day", "month", "year"]))
def test_a_birth_written_into_the_form_is_read_back_the_same(day, precision):
    on = {"day": day, "month": day.replace(day=1), "year": day.replace(day=1, month=1)}[precision]
    birth = Birth(on, Precision(precision))
    assert read_birth(write_birth(birth, TODAY), TODAY) == birth


@pytest.mark.parametrize("said", ["٣", "½", "1_000", " 1", "+1", "1e3", "0x1"])
def test_what_is_no_plain_number_of_an_address_is_none(said):
    assert read_whole(said) is None
