"""Searching the directory: words in any script, one's own districts first, page by page, through indexes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.referrals.actions.directory import close_service, pause_service
from paivand.referrals.queries import directory as queries
from paivand.referrals.rules.directory import stale_after_days
from paivand.referrals.rules.directory_search import EVERYWHERE, ServiceFilters, asked_keys, types_called, word_keys
from tests.cast import DUSTI, KULOB
from tests.referrals.entries import entry

pytestmark = pytest.mark.django_db


def found(by, after="", **asked):
    with acting_as(by):
        return [row.name for row in queries.directory(by, ServiceFilters(**asked), after=after).rows]


@pytest.fixture
def town(nasiba):
    """Four services of Kulob."""
    entry(nasiba, name="Шуъбаи САҲШ", name_fa="دفتر ثبت احوال", provider_name="Вазорати адлия", languages=("tg", "ru"))
    entry(nasiba, name="Маркази саломатӣ", name_ru="Центр здоровья", type="health", cost="partly",
          provider_name="Раёсат", accessibility=("step_free",))  # fmt: skip
    entry(nasiba, name="Бюрои ёрии ҳуқуқӣ", name_en="Legal aid bureau", type="legal", languages=("uz",),
          provider_name="Марказ")  # fmt: skip
    entry(nasiba, name="Курси дӯзандагӣ", type="livelihood", women_only=True, address="Зиракӣ, назди мактаб",
          provider_name="Умед")  # fmt: skip
    return nasiba


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "names"), [
    ("САҲШ", ["Шуъбаи САҲШ"]), ("сахш", ["Шуъбаи САҲШ"]), ("sahsh", ["Шуъбаи САҲШ"]),
    ("адлия", ["Шуъбаи САҲШ"]), ("دفتر", ["Шуъбаи САҲШ"]),
    ("здоров", ["Маркази саломатӣ"]), ("Salomati", ["Маркази саломатӣ"]),
    ("bureau", ["Бюрои ёрии ҳуқуқӣ"]), ("дузандаги", ["Курси дӯзандагӣ"]), ("Ziraki", ["Курси дӯзандагӣ"]),
    ("марказ саломат", ["Маркази саломатӣ"]), ("марказ адлия", []), ("цирк", []), ("ц", []), ("…", []),
])  # fmt: skip
def test_a_service_is_found_by_the_beginnings_of_its_words_in_any_script(town, zarina, words, names):
    assert found(zarina, words=words) == names


@pytest.mark.parametrize(("words", "name"), [
    ("духтур", "Маркази саломатӣ"), ("врач", "Маркази саломатӣ"), ("doctor", "Маркази саломатӣ"),
    ("داکتر", "Маркази саломатӣ"), ("алимент", "Бюрои ёрии ҳуқуқӣ"), ("шаҳодатномаи таваллуд", "Шуъбаи САҲШ"),
    ("job", "Курси дӯзандагӣ"), ("گرانت", "Курси дӯзандагӣ"),
])  # fmt: skip
def test_a_service_is_found_by_what_its_kind_is_for(town, zarina, words, name):
    assert name in found(zarina, words=words)


def test_a_word_and_a_kind_narrow_together(town, zarina):
    assert found(zarina, words="духтур марказ") == ["Маркази саломатӣ"]
    assert found(zarina, words="духтур адлия") == []
    assert found(zarina, words="мактаб", type="livelihood") == ["Курси дӯзандагӣ"]


def test_of_many_words_the_longest_four_are_asked_for_and_of_none_nothing():
    assert asked_keys("я и очень хочу найти врача") == word_keys("найти врача очень хочу")
    assert asked_keys("   ") == []


def test_two_letters_call_no_kind():
    assert types_called(word_keys("ма")[0]) == frozenset()
    assert "education" in types_called(word_keys("мак")[0])


@pytest.mark.parametrize(("asked", "names"), [
    ({"type": "health"}, ["Маркази саломатӣ"]), ({"free": True, "type": "health"}, []),
    ({"women_only": True}, ["Курси дӯзандагӣ"]), ({"language": "uz"}, ["Бюрои ёрии ҳуқуқӣ"]),
    ({"access": "step_free"}, ["Маркази саломатӣ"]), ({"language": "uz", "access": "step_free"}, []),
])  # fmt: skip
def test_filters_narrow(town, zarina, asked, names):
    assert found(zarina, **asked) == names


# --- places and states -----------------------------------------------------------------------------------------------


def test_ones_own_districts_come_without_asking_and_others_when_asked(town, zarina, farrukh, gulnoz, everyone):
    entry(gulnoz, district=DUSTI, name="Ҳуқуқшиноси ноҳия", type="legal")
    assert len(found(zarina)) == 4
    assert found(farrukh) == ["Ҳуқуқшиноси ноҳия"]
    assert len(found(gulnoz)) == len(found(zarina, district=EVERYWHERE)) == len(found(everyone["manager"])) == 5
    assert found(zarina, district=DUSTI) == ["Ҳуқуқшиноси ноҳия"]
    with acting_as(zarina):
        first = queries.districts(zarina)[0]
        assert (first.pk, queries.own_districts(zarina)) == (KULOB, [KULOB])


def test_kinds_stand_together_danger_first_then_by_the_tajik_alphabet(nasiba, zarina):
    for name, kind in (("Ҷомеа", "legal"), ("Ёрӣ", "legal"), ("Ятим", "other"), ("Аҳмад", "education")):
        entry(nasiba, name=name, type=kind)
    entry(nasiba, type="safe_house")
    assert found(zarina) == ["Хонаи ором", "Ёрӣ", "Ҷомеа", "Аҳмад", "Ятим"]


def test_a_paused_service_stays_in_the_list_and_a_closed_one_only_where_it_is_asked_for(nasiba, zarina):
    one, other = entry(nasiba, name="Анбор"), entry(nasiba, name="Ошхона")
    today = timezone.localdate()
    with acting_as(nasiba):
        pause_service(service=one, version=1, on=today, why="холӣ", today=today, by=nasiba)
        close_service(service=other, version=1, on=today, why="нест", today=today, by=nasiba)
    assert found(zarina) == ["Анбор"]
    assert found(zarina, stopped=True) == ["Ошхона"]
    with acting_as(zarina):
        assert queries.services_for(zarina, KULOB) == []


def test_what_can_be_chosen_for_a_referral_is_open_and_of_the_district(town, zarina, gulnoz):
    entry(gulnoz, district=DUSTI, type="legal")
    with acting_as(zarina):
        assert [row.name for row in queries.services_for(zarina, KULOB, ["legal", "health"])] == [
            "Маркази саломатӣ", "Бюрои ёрии ҳуқуқӣ",
        ]  # fmt: skip
        assert len(queries.services_for(zarina, KULOB)) == 4


def test_pages_go_on_without_losing_or_repeating_a_service(nasiba, zarina, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    for number in range(10):
        entry(nasiba, name=f"Мактаби {number % 4}", type=("education", "health")[number % 2])
    seen, after = [], ""
    with acting_as(zarina):
        while True:
            page = queries.directory(zarina, after=after)
            seen += [row.pk for row in page.rows]
            if not page.more:
                break
            after = page.after
        assert len(seen) == len(set(seen)) == 10


@pytest.mark.parametrize("after", ["x", "1~", "~~", "1~a~b", "z~a~01a225ff-4bbd-7740-9b7c-52f492a78bfb"])
def test_a_broken_key_gives_an_empty_page(town, zarina, after):
    assert found(zarina, after=after) == []


# --- worklist --------------------------------------------------------------------------------------------------------


def test_the_longest_unchecked_wait_first_and_only_for_who_may_change_them(nasiba, gulnoz, zarina):
    today = timezone.localdate()
    old, older, fresh_one = stale_after_days() + 1, stale_after_days() + 50, stale_after_days()
    entry(nasiba, name="Кӯҳна", on=today - timedelta(days=old))
    entry(nasiba, name="Кӯҳнатар", on=today - timedelta(days=older))
    entry(nasiba, name="Нав", on=today - timedelta(days=fresh_one))
    entry(gulnoz, district=DUSTI, name="Дигар", on=today - timedelta(days=old))
    with acting_as(nasiba):
        assert [row.name for row in queries.to_verify(nasiba, today).rows] == ["Кӯҳнатар", "Кӯҳна"]
        assert queries.n_to_verify(nasiba, today, most=99) == 2
        assert queries.n_to_verify(nasiba, today, most=1) == 2
    with acting_as(gulnoz):
        assert len(queries.to_verify(gulnoz, today).rows) == 3
    with acting_as(zarina):
        assert queries.to_verify(zarina, today).rows == []


def test_the_worklist_goes_on_page_by_page(nasiba, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    today = timezone.localdate()
    for days in (100, 100, 100, 120, 95):
        entry(nasiba, on=today - timedelta(days=days))
    seen, after = [], ""
    with acting_as(nasiba):
        while True:
            page = queries.to_verify(nasiba, today, after=after)
            seen += [(row.verified_on, row.pk) for row in page.rows]
            if not page.more:
                break
            after = page.after
        assert seen == sorted(set(seen))
        assert len(seen) == 5
        assert queries.to_verify(nasiba, today, after="x~y").rows == []


# --- indexes ---------------------------------------------------------------------------------------------------------


def test_a_search_asks_only_what_indexes_answer_under_row_security(town, zarina):
    asked = ServiceFilters(words="марказ саломатӣ", language="tg", type="health")
    with acting_as(zarina), CaptureQueriesContext(connection) as captured:
        list(queries.directory(zarina, asked, after="3~a~01a225ff-4bbd-7740-9b7c-52f492a78bfb").rows)
    sql = " ".join(query["sql"] for query in captured.captured_queries)
    assert "LIKE" not in sql.upper()
    assert "@>" not in sql
    assert "OFFSET" not in sql.upper()
    assert "COUNT(" not in sql.upper()
