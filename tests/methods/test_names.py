"""Keys of names: what must meet and what must stay apart."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.methods import names
from paivand.methods.names import TAJIK_ALPHABET, name_keys, sort_key


def test_the_examples_in_the_text_hold():
    assert doctest.testmod(names).failed == 0


@pytest.mark.parametrize("forms", [
    ("Ҷамшед", "Джамшед", "Чамшед", "Jamshed", "Љамшед"),
    ("Ғафур", "Гафур", "Ghafur", "Ѓафур"),
    ("Қурбон", "Курбон", "Qurbon", "Kurbon"),
    ("Муҳаммад", "Мухаммад", "Muhammad", "Магомед", "Mohammad"),
    ("Абдулло", "Абдулла", "Abdullo", "Абдуллоҳ"),
    ("Хайриддин", "Хайруддин", "Khayriddin"),
    ("Раҷабалӣ", "Раджабали", "Rajabali", "Рачабали"),
    ("Раҳмон", "Рахман", "Rachmon"),
    ("Ҳасан", "Хасан", "Гасан", "Hassan"),
    ("Наврӯз", "Науруз", "Nawruz", "Navrooz"),
    ("Холмурод", "Холмурат", "Kholmurad"),
    ("Фотима", "Фатима", "Fotimah", "Fatma"),
    ("Тоҳир", "Тоир", "Тахир", "Tohir"),
    ("Иброҳим", "Ибрагим", "Ibrokhim"),
    ("Юсуф", "Юсуп", "Yousof", "Iusuf"),
    ("Хосият", "Khosiat", "Хосиятхон"),
    ("Аҳмад", "Ахмед", "Ahmet"),
    ("Абдулҳамид", "Абдуҳамид", "Abdulhamid"),
    ("Ҷӯра", "Джура", "Jo'ra", "Joora"),
    ("Зиёуддин", "Зиёвуддин", "Зиёиддин"),
    ("Нурмуҳаммад", "Нурмахмад", "Nurmamad"),
    ("Неъмат", "Негмат", "Ne'mat"),
    ("Саид", "Саидҷон", "Саиджон", "Saidjon", "Саидджон"),
    ("Бобо", "Бобоҷон", "Бободжон", "Bobojon"),
])  # fmt: skip
def test_forms_of_one_given_name_meet(forms):
    assert len({name_keys(form, "given").k2 for form in forms}) == 1


@pytest.mark.parametrize("forms", [
    ("Каримов", "Каримова", "Karimov", "Каримзода", "Каримӣ", "Карим"),
    ("Шарифов", "Sharifova", "Шарифзода", "Шарифиён"),
    ("Назаров", "Nazarova", "Назарзода"),
    ("Муҳаммадиев", "Муҳаммадӣ", "Муҳаммадзода", "Mukhamadiyev"),
    ("Шоҳиён", "Шоҳиев", "Шохиён", "Shokhiev"),
    ("Ёров", "Ёрзода", "Yorov", "Ёрӣ"),
    ("Ҷӯрабоев", "Джурабаев", "Juraboev", "Ҷӯрабойзода"),
    ("Тоҳиров", "Тоиров", "Тахиров"),
])  # fmt: skip
def test_forms_of_one_surname_meet(forms):
    assert len({name_keys(form, "family").k2 for form in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [
    ("Карим", "Карам"), ("Раҳим", "Раҳмон"), ("Нодир", "Нодира"), ("Исмат", "Исматулло"), ("Ҳасан", "Ҳусейн"),
    ("Маҳмуд", "Муҳаммад"), ("Аҳмад", "Муҳаммад"), ("Амир", "Умар"), ("Шариф", "Шароф"), ("Ҳасан", "Ҳусан"),
    ("Аҳмад", "Ҳамид"), ("Ғафур", "Ҳафиз"), ("Моҳира", "Мира"), ("Бурҳон", "Бӯрӣ"), ("Марҷон", "Марям"),
    ("Фотима", "Фаттоҳ"), ("Муроди", "Мадад"), ("Ҷӯрабек", "Ҷӯрабой"), ("Сайёра", "Сора"),
])  # fmt: skip
def test_different_names_stay_apart(one, other):
    assert name_keys(one, "given").k2 != name_keys(other, "given").k2


def test_latin_look_alikes_and_legacy_letters_are_mended():
    assert name_keys("Kaримова", "family") == name_keys("Каримова", "family")
    assert name_keys("Њасан", "given") == name_keys("Ҳасан", "given")


def test_a_combining_macron_is_the_same_letter():
    assert name_keys("Алӣ", "given") == name_keys("Али\u0304", "given")


def test_names_in_arabic_script_meet_each_other_only():
    assert name_keys("زرينه", "given") == name_keys("زرینه", "given")
    assert name_keys("کریم", "given").k1 == name_keys("كريم", "given").k1
    assert name_keys("زرینه", "given").k2 != name_keys("Зарина", "given").k2


def test_surnames_in_arabic_script_lose_their_endings_too():
    assert len({name_keys(form, "family").k2 for form in ("کریم", "کریمی", "کریم‌زاده", "کریموف")}) == 1
    assert name_keys("کریمی", "given").k2 == name_keys("کریمی", "given").k1
    assert name_keys("کریم", "family").k3 == name_keys("کرام", "family").k3 != name_keys("رحیم", "family").k3


def test_the_sort_key_follows_the_tajik_alphabet():
    letters = list(TAJIK_ALPHABET)
    assert sorted({*letters}, key=sort_key) == letters


def test_a_shorter_name_comes_first_and_surnames_before_given_names():
    people = [("Каримов", "Ятим"), ("Карим", "Ҷамшед"), ("Каримов", "Аҳмад")]
    assert sorted(people, key=lambda p: sort_key(*p)) == [people[1], people[2], people[0]]


@given(st.text(max_size=40), st.sampled_from(["given", "family", "father"]))
def test_any_text_gives_keys_that_can_be_stored(text, part):
    keys = name_keys(text, part)
    for key in (keys.k1, keys.k2, keys.k3):
        key.encode()
        assert "\x00" not in key
    assert "\x00" not in sort_key(text)


@given(st.text(alphabet=TAJIK_ALPHABET, min_size=1, max_size=20))
def test_keys_do_not_depend_on_case_and_are_plain_letters(text):
    keys = name_keys(text, "given")
    assert keys == name_keys(text.upper(), "given")
    assert keys.k1.isascii()
    assert keys.k2.isascii()
