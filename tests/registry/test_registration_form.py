"""The page of registration: what each field becomes, what is asked further, and how mistakes are named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.registry.forms.countries import country_choices
from paivand.registry.models import Absence, Consent, Family, MigrationEpisode, Person, Phone
from paivand.registry.queries import families as queries

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PATH = "/families/register/"


def sent(**changes):
    """A whole form as a browser sends it."""
    values = {
        "form_id": str(new_id()), "jamoat": "TJ-KT-02-02", "village": "Навобод", "registered_on": TODAY,
        "given_name": "Ҷамила", "family_name": "Каримова", "father_name": "Раҳим", "sex": "female", "birth": "1988",
        "consent_given_by": "self", "consent_method": "thumbprint", "consent_language": "tg", "consent_on": TODAY,
        "agreed": "on", "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0", "may_call": "not_asked",
    }  # fmt: skip
    return {**values, **changes}


def with_member(**changes):
    row = {"relation": "spouse", "given_name": "Ҷамшед", "sex": "male", **changes}
    return sent(**{"members-TOTAL_FORMS": "1"}, **{f"members-0-{name}": value for name, value in row.items()})


def registered(browser, by, values):
    """The family that the form makes."""
    answer = browser.post(PATH, values)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    with acting_as(by):
        return Family.objects.select_related("head").get()


@pytest.fixture
def browser(zarina, sign_in):
    """Zarina's browser."""
    return sign_in(zarina)


def test_house_land_telephone_and_other_name_are_written_down(browser, zarina):
    family = registered(browser, zarina, sent(
        housing="in_laws", land="migrants_name", known_as="Гулҷон", phone="918 12-34-56", may_call="yes",
        hours="баъд аз 17:00", who_may_answer="хушдоман", say_what="Курси мо", belongs_to="ҳамсоя",
    ))  # fmt: skip
    with acting_as(zarina):
        assert (family.housing, family.land, family.head.known_as) == ("in_laws", "migrants_name", "Гулҷон")
        phone = Phone.objects.get()
        assert (phone.number, phone.may_call, phone.agreed_on) == ("+992918123456", "yes", TODAY)
        assert (phone.hours, phone.who_may_answer, phone.say_what) == ("баъд аз 17:00", "хушдоман", "Курси мо")
        assert phone.belongs_to == "ҳамсоя"


def test_a_number_that_was_not_asked_about_says_so(browser, zarina):
    registered(browser, zarina, sent(phone="918123456"))
    with acting_as(zarina):
        phone = Phone.objects.get()
        assert (phone.may_call, phone.agreed_on) == ("not_asked", None)


def test_a_member_abroad_is_written_down_with_his_absence(browser, zarina):
    registered(browser, zarina, with_member(abroad="on", country="RU", departed_on="03.2024", absence="missing"))
    with acting_as(zarina):
        stay, absence = MigrationEpisode.objects.get(), Absence.objects.get()
        assert (stay.country, stay.departed_on.isoformat(), stay.departed_precision) == ("RU", "2024-03-01", "month")
        assert (absence.status, absence.is_current) == ("missing", True)
        assert Family.objects.get().absence_status == "missing"


def test_what_is_typed_about_an_absence_counts_only_where_it_is_ticked(browser, zarina):
    registered(browser, zarina, with_member(country="RU", departed_on="2024", absence="missing"))
    with acting_as(zarina):
        assert not MigrationEpisode.objects.exists()
        assert not Absence.objects.exists()
        assert Person.objects.count() == 2


@pytest.mark.parametrize(("row", "said"), [
    ({"abroad": "on"}, "Say in which country."),
    ({"abroad": "on", "country": "RU"}, "Say since which month or year."),
    ({"abroad": "on", "country": "RU", "departed_on": "spring"}, "Write the month as 03.2024"),
    ({"abroad": "on", "country": "RU", "departed_on": "25"}, "Write the month as 03.2024"),
    ({"abroad": "on", "country": "XX", "departed_on": "2024"}, "XX"),
])  # fmt: skip
def test_an_absence_is_somewhere_since_some_time(row, said, browser):
    answer = browser.post(PATH, with_member(**row))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Ҷамшед" in answer.content.decode()


def test_a_departure_to_come_is_refused(browser):
    future = TODAY + timedelta(days=366)
    answer = browser.post(PATH, with_member(abroad="on", country="RU", departed_on=f"{future:%m.%Y}"))
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()


@pytest.mark.parametrize(("changes", "said"), [
    ({"phone": "12"}, "no telephone number"),
    ({"phone": "918123456", "may_call": "through_other"}, "Say through whom"),
    ({"known_as": "7"}, "letters only"),
    ({"housing": "castle"}, "castle"),
    ({"consent_given_by": "guardian"}, "Write down who gives the consent."),
    ({"consent_given_by": "guardian", "guardian_name": "Саодат", "assent": "no"}, "A child who says no"),
    ({"valid_until": TODAY - timedelta(days=1)}, "The consent ends before it is given."),
    ({"birth": "15"}, "under 18"),
    ({"purposes": ["everything"]}, "everything"),
])  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(changes, said, browser, zarina):
    answer = browser.post(PATH, sent(**changes))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert "Навобод" in html
    assert "data-bound" in html
    with acting_as(zarina):
        assert not Family.objects.exists()


def test_registration_is_always_agreed_to_and_further_purposes_where_they_are_ticked(browser, zarina):
    until = TODAY + timedelta(days=365)
    registered(browser, zarina, sent(purposes=["services", "referral"], extent="танҳо курсҳо", valid_until=until))
    with acting_as(zarina):
        consents = Consent.objects.all()
        assert {row.purpose for row in consents} == {"registration", "services", "referral"}
        assert {(row.extent, row.valid_until, row.assent) for row in consents} == {("танҳо курсҳо", until, None)}


def test_a_child_who_heads_a_family_has_a_guardian_and_assents(browser, zarina):
    registered(browser, zarina, sent(birth="15", consent_given_by="guardian", guardian_name="Саодат", assent="yes"))
    with acting_as(zarina):
        consent = Consent.objects.get()
        assert (consent.given_by, consent.guardian_name, consent.assent) == ("guardian", "Саодат", True)


def test_a_guardian_typed_and_then_not_chosen_is_forgotten(browser, zarina):
    registered(browser, zarina, sent(guardian_name="Саодат", assent="yes"))
    with acting_as(zarina):
        consent = Consent.objects.get()
        assert (consent.guardian_name, consent.assent) == ("", None)


def test_a_double_tap_registers_one_family(browser, zarina):
    values = sent(phone="918123456")
    answers = [browser.post(PATH, values) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    with acting_as(zarina):
        assert (Family.objects.count(), Phone.objects.count()) == (1, 1)


def test_a_double_tap_adds_one_member(browser, family, zarina):
    path = reverse("registry:member-add", kwargs={"code": family.code})
    values = {"given_name": "Ҷамшед", "family_name": "Каримов", "father_name": "Раҳим", "birth": "1984",
              "relation": "spouse", "sex": "male", "form_id": str(new_id())}  # fmt: skip
    assert [browser.post(path, values).status_code for _ in range(2)] == [302, 302]
    with acting_as(zarina):
        assert len(queries.members(zarina, family)) == 5


def test_an_empty_row_is_no_member_and_a_half_filled_one_is_asked_for(browser, zarina):
    empty = sent(**{"members-TOTAL_FORMS": "1", "members-0-country": "", "members-0-given_name": ""})
    assert registered(browser, zarina, empty).n_members == 1
    half = browser.post(PATH, sent(**{"members-TOTAL_FORMS": "1", "members-0-abroad": "on"}))
    assert half.status_code == 422


def test_places_for_likely_matches_stand_under_the_names(browser, family, zarina):
    html = browser.get(PATH).content.decode()
    assert html.count("data-matches") >= 2
    with acting_as(zarina):
        member = queries.members(zarina, family)[0]
    add = browser.get(reverse("registry:member-add", kwargs={"code": family.code})).content.decode()
    edit = browser.get(reverse("registry:member-edit", kwargs={"code": family.code, "member_id": member.pk}))
    assert "data-matches" in add
    assert "data-matches" not in edit.content.decode()


def test_a_draft_is_sealed_for_each_user_apart(browser, farrukh, sign_in):
    import re

    def seals(one):
        html = one.get(PATH).content.decode()
        found = [re.search(rf'data-draft-{part}="([^"]+)"', html) for part in ("owner", "key")]
        return [match.group(1) for match in found if match]

    mine, other = seals(browser), seals(sign_in(farrukh))
    assert len(mine) == len(other) == 2
    assert not set(mine) & set(other)
    assert mine == seals(browser), "the same user opens her draft again after signing in anew"


def test_who_signs_out_is_named_to_the_browser(browser):
    html = browser.get(PATH).content.decode()
    owner = html.split('data-draft-owner="')[1].split('"')[0]
    assert f'data-signs-out="{owner}"' in html


def test_the_short_list_of_countries_comes_first():
    choices = dict(country_choices()[1:])
    often, others = choices.values()
    assert [code for code, _name in often][:2] == ["RU", "KZ"]
    codes = [code for code, _name in others]
    assert "TJ" not in codes
    assert not set(codes) & {"RU", "EU", "UN", "ZZ"}
    assert len(codes) > 200


# --- a member who is added, the family's place ----------------------------------------------------------------------


def test_a_member_who_is_added_may_be_abroad(browser, family, zarina):
    path = reverse("registry:member-add", kwargs={"code": family.code})
    values = {"given_name": "Ҷамшед", "relation": "spouse", "sex": "male", "abroad": "on", "country": "KZ"}
    assert browser.post(path, values).status_code == 422
    assert browser.post(path, {**values, "departed_on": "2023", "form_id": str(new_id())}).status_code == 302
    with acting_as(zarina):
        assert MigrationEpisode.objects.get().departed_precision == "year"


def test_a_member_keeps_the_other_name_when_the_relation_is_changed(browser, family, zarina):
    with acting_as(zarina):
        member = next(row for row in queries.members(zarina, family) if row.relation == "parent_in_law")
    path = reverse("registry:member-edit", kwargs={"code": family.code, "member_id": member.pk})
    values = {"given_name": "Хадиҷа", "relation": "parent", "sex": "female", "known_as": "Бибиҷон", "version": 1}
    answer = browser.post(f"{path}?to=person", values)
    assert answer["Location"].endswith(f"/members/{member.pk}/")
    html = browser.get(path).content.decode()
    assert "Бибиҷон" in html


def test_place_house_and_land_are_changed_together(browser, family, zarina):
    path = reverse("registry:family-edit", kwargs={"code": family.code})
    values = {"jamoat": "TJ-KT-02-01", "village": "Чорбоғ", "housing": "rented", "land": "none", "version": 1}
    assert browser.post(path, values).status_code == 302
    stale = browser.post(path, {**values, "housing": "own"})
    assert stale.status_code == 422
    assert "rented" in stale.content.decode()
    with acting_as(zarina):
        row = Family.objects.get()
        assert (row.housing, row.land, row.village) == ("rented", "none", "Чорбоғ")


def test_who_registers_takes_turns_before_searching(browser, django_assert_max_num_queries):
    with django_assert_max_num_queries(200) as asked:
        assert browser.post(PATH, with_member()).status_code == 302
    said = [query["sql"] for query in asked.captured_queries]
    turn = next(n for n, one in enumerate(said) if "pg_advisory_xact_lock(7286)" in one)
    assert turn < next(n for n, one in enumerate(said) if "registry_matchkey" in one)
