"""Names of places folded into keys, and the geometry of the map."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.methods import places
from paivand.methods.places import bounds, outline, place_key, projected, says_town, tiles_touch


@pytest.mark.parametrize("spellings", [
    ("Қӯрғонтеппа", "Qurghonteppa", "Курғонтеппа", "қурғон-теппа", "Qurgonteppa", "шаҳри Қӯрғонтеппа"),
    ("Курган-Тюбе", "Kurgan-Tube", "Kurgan Tyube", "Кургантюбе", "г. Курган-Тюбе", "KURGAN–TUBE"),
    ("Ҷиликӯл", "Джиликуль", "Jilikul", "Jilikul District", "Джиликуль район", "ноҳияи Ҷиликӯл"),
    ("Қумсангир", "Кумсангир", "Qumsangir", "р-н Кумсангир"),
    ("Шӯрообод", "Shuroobod", "Shuro-obod District", "Шурообод"),
    ("Восеъ", "Vose'", "Vose’", "Восе"),
    ("Роштқалъа", "Roshtqal'a", "Рошткала"),
    ("Ҷайҳун", "Jayhun", "Джайхун"),
    ("20-солагии Истиқлолият", "20 солагии Истиқлолият", "20-Solagii Istiqloliyat"),
])  # fmt: skip
def test_spellings_of_one_name_share_a_key(spellings):
    assert {place_key(spelling) for spelling in spellings} == {place_key(spellings[0])}
    assert place_key(spellings[0])


@pytest.mark.parametrize(("one", "other"), [
    ("Даҳана", "Данғара"), ("Панҷ", "Панҷоб"), ("20-солагии Истиқлолият", "50-солагии Истиқлолият"), ("Вахш", "Ванҷ"),
])  # fmt: skip
def test_different_names_have_different_keys(one, other):
    assert place_key(one) != place_key(other)


def test_dari_names_have_keys_of_their_own():
    assert place_key("ولایت ختلان") == place_key("ختلان") == "ar:ختلان"


def test_a_name_that_is_only_a_kind_of_place_is_still_a_name():
    assert place_key("Шаҳри") != ""


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_a_key_folds_to_itself(text):
    key = place_key(text)
    assert place_key(text) == key
    assert says_town(text) in {True, False, None}


def test_tiles_touch_on_six_sides():
    around = [(q, r) for q in range(-2, 3) for r in range(-2, 3) if tiles_touch((0, 0), (q, r))]
    assert len(around) == 6


def test_an_outline_is_rounded_relative_and_without_repeated_points():
    ring = [[69.0, 38.0], [69.0001, 38.0], [69.5, 38.0], [69.5, 38.4], [69.0, 38.0]]
    path = outline([[ring]])
    x, y = projected(69.0, 38.0)
    assert path.startswith(f"M{x} {y}l125 0 ")
    assert path.endswith("z")
    assert bounds([path]) == (x, y - 128, 125, 128)


def test_a_ring_smaller_than_the_drawing_is_left_out():
    ring = [[69.0, 38.0], [69.0001, 38.0], [69.0001, 38.0001], [69.0, 38.0]]
    assert outline([[ring]]) == ""
    assert bounds([]) is None


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(places).failed == 0
