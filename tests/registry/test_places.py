"""Places: found by any name, counted within the scope, drawn, and villages added by administrators."""

from __future__ import annotations

import gzip
import os

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext, override

from paivand.access.models.identity import acting_as
from paivand.core.models import Place, PlaceName
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.methods.places import outline
from paivand.registry.actions.places import add_village, edit_village
from paivand.registry.queries import maps
from paivand.registry.queries import places as queries
from paivand.registry.rules.places import MOST_COUNTED, FamilyCount, VillageDraft
from tests.cast import DUSTI, KULOB, fresh, register

pytestmark = pytest.mark.django_db
DAHANA = "TJ-KT-02-02"


def place(code):
    return Place.objects.get(pk=code)


@pytest.fixture
def village(admin):
    with acting_as(admin):
        code = add_village(jamoat=place(DAHANA), draft=VillageDraft("Чорбоғ", "Чорбог", "Chorbogh"), by=admin)
    return place(code)


# --- finding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "code"), [
    ("Курган-Тюбе", "TJ-KT-01"), ("Қӯрғонтеппа", "TJ-KT-01"), ("Qurghonteppa", "TJ-KT-01"), ("Kurgan-Tube", "TJ-KT-01"),
    ("kurgan tyube", "TJ-KT-01"), ("кургантюбе", "TJ-KT-01"), ("Кӯлоб", "TJ-KT-02"), ("Kulyab", "TJ-KT-02"),
    ("Jilikul", "TJ-KT-20"), ("Джиликуль", "TJ-KT-20"), ("Кумсангир", "TJ-KT-23"), ("Ленинабадская область", "TJ-SU"),
    ("ختلان", "TJ-KT"), ("3507221", "TJ-KT-02"), ("tj-kt-20", "TJ-KT-20"), ("Гиссар", "TJ-RA-04"),
])  # fmt: skip
def test_a_place_is_found_by_any_of_its_names_and_codes(zarina, text, code):
    assert queries.places_found(zarina, text)[0].place.pk == code


def test_a_former_name_is_told_as_such(zarina):
    first, second = queries.places_found(zarina, "Джиликуль")[:2]
    assert (first.place.pk, first.is_former, first.until_year) == (DUSTI, True, 2016)
    assert (second.place.pk, second.is_former) == ("TJ-KT-20-04", False)


def test_larger_places_come_first_and_parts_of_a_name_are_enough(zarina):
    found = [one.place.pk for one in queries.places_found(zarina, "Дахана")]
    assert found == ["TJ-KT-02-02", "TJ-KT-10-04"]
    assert "TJ-KT-13" in [one.place.pk for one in queries.places_found(zarina, "Хамадони")]
    assert queries.places_found(zarina, "Атлантида") == []
    assert queries.places_found(zarina, "к") == []


# --- counting --------------------------------------------------------------------------------------------------------


def test_families_are_counted_within_the_scope_only(family, dusti_family, zarina, farrukh, gulnoz):
    districts = [place(KULOB), place(DUSTI)]
    for user, expected in ((zarina, {KULOB: 1}), (farrukh, {DUSTI: 1}), (gulnoz, {KULOB: 1, DUSTI: 1})):
        with acting_as(user):
            found = queries.family_counts(user, districts)
        assert {code: count.n for code, count in found.items()} == expected


def test_who_opens_no_family_sees_no_count(family, everyone):
    for name in ("admin", "dpo", "ministry", "outsider", "tahmina"):
        with acting_as(everyone[name]):
            assert queries.family_counts(everyone[name], [place(KULOB)]) == {}


def test_small_numbers_are_hidden_from_who_sees_no_names(family, manija, zarina):
    with acting_as(manija):
        assert queries.family_counts(manija, [place(DAHANA)])[DAHANA].is_hidden
    with acting_as(zarina):
        assert not queries.family_counts(zarina, [place(DAHANA)])[DAHANA].is_hidden


def test_only_active_families_count(family, zarina):
    with acting_as(zarina):
        count = queries.family_counts(zarina, [place(DAHANA), place("TJ-KT-02-01")])
    assert (count[DAHANA].n, count["TJ-KT-02-01"].n) == (1, 0)


def test_counting_stops_at_a_bound(family, zarina, monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 1)
    register(zarina)
    register(zarina)
    with acting_as(zarina):
        assert queries.family_counts(zarina, [place(DAHANA)])[DAHANA].n == 2
    assert FamilyCount(MOST_COUNTED + 1, exact=True).is_more


def test_all_counts_of_a_page_are_one_statement(family, gulnoz, django_assert_num_queries):
    districts = [place(KULOB), place(DUSTI)]
    with acting_as(gulnoz):
        queries.family_counts(gulnoz, districts)  # the rights are read once
        with django_assert_num_queries(1):
            queries.family_counts(gulnoz, districts)


# --- the map ---------------------------------------------------------------------------------------------------------


def test_every_district_has_a_tile_on_the_map(zarina):
    drawn = maps.district_map(zarina, queries.districts(zarina), {})
    assert len(drawn.shapes) == 65
    assert not drawn.has_outlines
    assert len({shape.path for shape in drawn.shapes}) == 65


@pytest.fixture
def outlined(db):
    """Outlines of two districts, committed by the owner and taken away again."""
    insert = (
        "insert into core_placeboundary (place_id, geometry, drawing, source, licence, imported_at) "
        "values (%s, '{}', %s, 'Бюро <b>', 'CC0', now())"
    )
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        for code, west in ((KULOB, 69.6), (DUSTI, 68.4)):
            ring = [[west, 37.5], [west + 0.5, 37.5], [west + 0.5, 37.9], [west, 37.5]]
            owner.execute(insert, [code, outline([[ring]])])
        yield
        owner.execute("delete from core_placeboundary")


def test_outlines_are_drawn_where_a_site_has_them_and_dots_elsewhere(outlined, zarina, sign_in):
    page = sign_in(zarina).get(reverse("registry:place-list")).content.decode()
    assert "is-drawn" in page
    assert page.count("<circle") >= 20
    assert "Бюро &lt;b&gt; (CC0)" in page
    tiles = sign_in(zarina).get(reverse("registry:place-list"), {"map": "tiles"}).content.decode()
    assert "is-drawn" not in tiles


# --- villages --------------------------------------------------------------------------------------------------------


def test_an_administrator_adds_a_village_that_is_found_at_once(village, zarina):
    assert village.pk == "KT0202-001"
    assert village.parent_id == DAHANA
    assert [one.place.pk for one in queries.places_found(zarina, "чорбог")] == [village.pk]
    assert [one.name_tg for one in queries.villages(zarina, DAHANA)] == ["Чорбоғ"]


def test_villages_are_numbered_within_their_jamoat(village, admin):
    with acting_as(admin):
        assert add_village(jamoat=place(DAHANA), draft=VillageDraft("Навобод"), by=admin) == "KT0202-002"
        assert add_village(jamoat=place("TJ-KT-20-04"), draft=VillageDraft("Чорбоғ"), by=admin) == "KT2004-001"


@pytest.mark.parametrize(("draft", "code"), [
    (VillageDraft("Chorbogh"), "taken"),
    (VillageDraft("Навобод", latitude=38), "coordinates"),
    (VillageDraft("Навобод", latitude=55, longitude=37), "coordinates"),
    (VillageDraft("—"), "name"),
])  # fmt: skip
def test_a_village_that_cannot_be_is_refused(village, admin, draft, code):
    with acting_as(admin), pytest.raises(Refused) as refused:
        add_village(jamoat=place(DAHANA), draft=draft, by=admin)
    assert refused.value.code == code


def test_a_village_lies_in_a_jamoat(admin):
    with acting_as(admin), pytest.raises(Refused):
        add_village(jamoat=place(KULOB), draft=VillageDraft("Навобод"), by=admin)


def test_a_renamed_village_is_found_by_both_names(village, admin):
    with acting_as(admin):
        edit_village(village=village, draft=VillageDraft("Истиқлол"), renamed=True, by=admin)
        assert [one.place.pk for one in queries.places_found(admin, "Чорбоғ")] == [village.pk]
        edit_village(village=place(village.pk), draft=VillageDraft("Чорбоғ"), renamed=True, by=admin)
        edit_village(village=place(village.pk), draft=VillageDraft("Истиқлол"), renamed=True, by=admin)
    former = set(PlaceName.objects.filter(place=village, is_former=True).values_list("name", flat=True))
    assert former >= {"Чорбоғ", "Истиқлол"}


def test_a_corrected_village_is_found_by_the_right_name_only(village, admin):
    with acting_as(admin):
        edit_village(village=village, draft=VillageDraft("Чорбед"), by=admin)
        assert queries.places_found(admin, "Чорбоғ") == []
    assert place(village.pk).name_ru == ""


def test_a_district_is_not_changed_on_the_screen(admin):
    with acting_as(admin), pytest.raises(Refused):
        edit_village(village=place(KULOB), draft=VillageDraft("Кӯлоб"), by=admin)


def test_nobody_else_adds_a_village(everyone):
    for name in ("zarina", "nasiba", "manager", "dpo", "outsider"):
        with acting_as(everyone[name]), pytest.raises(WithoutRightError):
            add_village(jamoat=place(DAHANA), draft=VillageDraft("Навобод"), by=everyone[name])


# --- the second wall -------------------------------------------------------------------------------------------------

INSERT = (
    "insert into core_place (code, level, is_town, parent_id, name_tg, name_ru, name_en, name_fa, short_names, source, "
    "coordinates_source, sort_key) values (%s, %s, false, %s, 'x', '', '', '', '{}', '', '', '')"
)


def test_row_security_lets_administrators_add_villages_and_nothing_else(admin):
    with acting_as(admin), connection.cursor() as cursor:
        cursor.execute(INSERT, ["KT0202-900", "village", DAHANA])
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(INSERT, ["TJ-KT-02-90", "jamoat", KULOB])
        cursor.execute("update core_place set name_tg = 'x' where level <> 'village'")
        assert cursor.rowcount == 0


@pytest.mark.parametrize("who", ["zarina", "nasiba", "manager"])
def test_row_security_lets_nobody_else_add_a_village(everyone, who):
    with acting_as(everyone[who]), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(INSERT, ["KT0202-900", "village", DAHANA])


@pytest.mark.parametrize("statement", [
    "delete from core_place", "delete from core_placename", "update core_placecode set code = 'x'",
    "delete from core_placecode", "update core_placeboundary set source = 'x'", "delete from core_placeboundary",
])  # fmt: skip
def test_the_application_cannot_touch_what_the_owner_writes(admin, statement):
    with acting_as(admin), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)


def test_everyone_reads_places_also_before_signing_in():
    assert Place.objects.count() == 141
    assert isinstance(PlaceName.objects.first(), PlaceName)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_page_of_places_is_small_and_starts_with_the_own_region(family, zarina, everyone, sign_in):
    answer = sign_in(zarina).get(reverse("registry:place-list"))
    page = answer.content.decode()
    assert page.count("<path d=") >= 25
    assert "Panjakent" not in page
    whole = sign_in(zarina).get(reverse("registry:place-list"), {"region": "all"}).content
    assert b"Panjakent" in whole
    assert len(gzip.compress(whole)) < 30_000
    assert b"1 family" in whole
    assert b"1 family" not in sign_in(everyone["ministry"]).get(reverse("registry:place-list")).content


def test_a_search_shows_the_former_name(zarina, sign_in):
    page = sign_in(zarina).get(reverse("registry:place-list"), {"q": "Курган-Тюбе"}).content.decode()
    assert "formerly <bdi>Курган-Тюбе</bdi>, until 2018" in page
    assert reverse("registry:place-open", args=["TJ-KT-01"]) in page
    nothing = sign_in(zarina).get(reverse("registry:place-list"), {"q": "Атлантида"}).content.decode()
    assert "No place of this name" in nothing


def test_the_page_of_a_place_tells_names_codes_people_and_parts(family, zarina, sign_in):
    page = sign_in(zarina).get(reverse("registry:place-open", args=[KULOB])).content.decode()
    for told in ("Кӯлоб", "Куляб", "کولاب", "3507405", "3507221", "216,830", "(2020)", "37.9672", "Dahana", "1 family"):
        assert told in page, told
    bokhtar = sign_in(zarina).get(reverse("registry:place-open", args=["TJ-KT-01"])).content.decode()
    assert "Қӯрғонтеппа" in bokhtar
    assert "until 2018" in bokhtar
    assert "outside your scope" in bokhtar


def test_the_page_of_a_jamoat_leads_to_its_families(family, zarina, manija, sign_in):
    address = reverse("registry:place-open", args=[DAHANA])
    assert f"{reverse('registry:family-list')}?jamoat={DAHANA}" in sign_in(zarina).get(address).content.decode()
    assert "fewer than 5" in sign_in(manija).get(address).content.decode()


def test_an_unknown_place_is_not_found(zarina, sign_in):
    browser = sign_in(zarina)
    assert browser.get(reverse("registry:place-open", args=["TJ-XX"])).status_code == 404
    assert browser.get(reverse("registry:village-list", args=[KULOB])).status_code == 404


def test_the_villages_of_a_jamoat_are_offered(village, zarina, sign_in):
    browser = sign_in(zarina)
    answer = browser.get(reverse("registry:village-list", args=[DAHANA]))
    assert answer.json() == {"villages": ["Chorbogh"]}
    assert "data-villages" in browser.get(reverse("registry:family-register")).content.decode()
    with override("tg"):
        assert village.name == "Чорбоғ"
    with override("fa"):
        assert village.name == "Chorbogh"


def test_a_village_is_added_and_changed_on_the_screen(admin, sign_in):
    browser = sign_in(fresh(admin))
    address = reverse("registry:village-add", args=[DAHANA])
    typed = {"name_tg": " Сари  Пул ", "latitude": "37.95", "longitude": "69.75"}
    assert browser.post(address, typed).status_code == 302
    twice = browser.post(address, typed)
    assert twice.status_code == 422
    with override(admin.language):
        assert gettext("The jamoat has a village of this name already.") in twice.content.decode()
    village = Place.objects.villages().get()
    assert (village.name_tg, str(village.latitude)) == ("Сари Пул", "37.9500")
    change = reverse("registry:village-edit", args=[village.pk])
    assert "37.9500" in browser.get(change).content.decode()
    assert browser.post(change, {"name_tg": "Сари Пули", "renamed": "on"}).status_code == 302
    page = browser.get(reverse("registry:place-open", args=[village.pk])).content.decode()
    assert "Сари Пули" in page
    with override(admin.language):
        assert gettext("Formerly") in page
