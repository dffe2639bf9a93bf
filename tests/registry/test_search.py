"""The search of the whole registry: codes, telephones, papers, names in any script."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.rules.writing import writing
from paivand.registry.models import Document, Family, Person, Phone
from paivand.registry.queries import families as queries
from paivand.registry.queries.lists import families
from paivand.registry.queries.search import places_named, search
from paivand.registry.rules.lists import FoundBy
from paivand.registry.rules.people import document_key
from tests.cast import DUSTI, KULOB, register

pytestmark = pytest.mark.django_db


def give_phone(person, by, number="+992918123456", **changes):
    """A telephone of a person, as the action of that page writes it."""
    values = {"may_call": "yes", "agreed_on": timezone.localdate(), **changes}
    with acting_as(by), writing("test"):
        return Phone.objects.create(
            person=person, number=number, district_id=person.district_id, agency_id=person.agency_id,
            team_id=person.team_id, owner_id=person.owner_id, **values,
        )  # fmt: skip


def give_paper(person, by, number="А 0123456", **changes):
    """A paper of a person."""
    values = {"kind": "passport", "status": "valid", "number_key": document_key(number), **changes}
    with acting_as(by), writing("test"):
        return Document.objects.create(
            person=person, number=number, district_id=person.district_id, agency_id=person.agency_id,
            team_id=person.team_id, owner_id=person.owner_id, **values,
        )  # fmt: skip


def found(by, typed):
    with acting_as(by):
        return [family.pk for family in search(by, typed)]


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Ҷамила", "Джамила", "Чамила", "Jamila", "ҷам", "КАРИМ", "Karimova", "Каримзода",
                                   "Ҷамила Каримова", "каримова ҷамила", "Фарҳод"])  # fmt: skip
def test_a_family_is_found_by_any_members_name_in_any_script(typed, family, zarina):
    assert found(zarina, typed) == [family.pk]


@pytest.mark.parametrize("typed", ["Фирӯза", "Karim Petrov", "", "К", "%", "'; drop table x; --", "F-000-0000"])
def test_what_is_not_there_is_not_found(typed, family, zarina):
    assert found(zarina, typed) == []


def test_a_name_in_arabic_script_is_found_by_itself(zarina):
    family = register(zarina, given="زرینه", surname="رحیمی", members=0)
    assert found(zarina, "زرینه") == found(zarina, "زرين") == [family.pk]


def test_search_finds_nothing_outside_the_scope(family, farrukh, zarina):
    give_phone(family.head, zarina)
    give_paper(family.head, zarina)
    for typed in ("Ҷамила", family.code, "918123456", "A0123456"):
        assert found(farrukh, typed) == []
    with acting_as(farrukh):
        assert queries.family_by_code(farrukh, family.code) is None


# --- codes ----------------------------------------------------------------------------------------------------------


def test_a_family_is_found_by_its_code_however_it_is_typed(family, zarina):
    digits = family.code.replace("F-", "").replace("-", "")
    for typed in (family.code, family.code.lower(), digits, f"f {digits}"):
        assert found(zarina, typed) == [family.pk]


def test_the_monitoring_officer_finds_codes_but_no_names_telephones_or_papers(family, manija, zarina):
    give_phone(family.head, zarina)
    give_paper(family.head, zarina)
    for typed in ("Ҷамила", "918123456", "A0123456"):
        assert found(manija, typed) == []
    assert found(manija, family.code) == [family.pk]
    with acting_as(manija):
        assert all(member.shown is None for member in queries.members(manija, family))
        assert families(manija).rows[0].code == family.code


# --- telephones and papers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["918123456", "+992 918 12-34-56", "00992918123456", "۹۱۸۱۲۳۴۵۶"])
def test_a_family_is_found_by_a_telephone_in_use_however_it_is_typed(typed, family, zarina):
    give_phone(family.head, zarina)
    with acting_as(zarina):
        [one] = search(zarina, typed)
    assert (one.pk, one.found_by) == (family.pk, FoundBy.TELEPHONE)


def test_a_telephone_that_is_not_used_any_more_leads_nowhere(family, zarina):
    give_phone(family.head, zarina, ended_on=date(2026, 1, 1))
    assert found(zarina, "918123456") == []


@pytest.mark.parametrize("typed", ["А 0123456", "a0123456", "A-0123456"])
def test_a_family_is_found_by_the_number_of_a_paper_in_either_alphabet(typed, family, zarina):
    give_paper(family.head, zarina)
    with acting_as(zarina):
        [one] = search(zarina, typed)
    assert (one.pk, one.found_by) == (family.pk, FoundBy.PAPER)


def test_a_paper_is_not_sought_by_fewer_than_four_signs(family, zarina):
    give_paper(family.head, zarina, number="A12")
    assert found(zarina, "A12") == []


def test_the_page_says_by_what_it_found_and_never_shows_the_number(family, zarina, sign_in):
    give_phone(family.head, zarina)
    page = sign_in(zarina).get("/search/", {"q": "918 12 34 56"}).content.decode()
    assert family.code in page
    assert "found by telephone" in page
    assert "+992918123456" not in page


def test_a_grant_officer_reads_telephones_and_finds_by_them(family, rustam, zarina):
    give_phone(family.head, zarina)
    assert found(rustam, "918123456") == [family.pk]


# --- joined and closed ----------------------------------------------------------------------------------------------


def test_a_former_spelling_leads_to_the_record_that_stays(family, zarina):
    other = register(zarina, surname="Раҷабова", given="Моҳира", members=0)
    with acting_as(zarina), writing("test"):
        Person.objects.filter(pk=other.head_id).update(merged_into=family.head_id, is_head=False)
        Family.objects.filter(pk=other.pk).update(state="merged", merged_into=family.pk, state_on=timezone.localdate())
    with acting_as(zarina):
        [one] = search(zarina, "Моҳира")
    assert (one.pk, one.found_by) == (family.pk, FoundBy.FORMER)
    assert [person.pk for person in one.found_people] == [family.head_id]


def test_a_closed_file_is_found_by_its_code_alone(family, zarina):
    with acting_as(zarina), writing("test"):
        Family.objects.filter(pk=family.pk).update(state="withdrawn", state_on=timezone.localdate())
    assert found(zarina, "Ҷамила") == []
    assert found(zarina, family.code) == [family.pk]


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "code"), [("Jilikul", DUSTI), ("Ҷиликӯл", DUSTI), ("Кӯлоб", KULOB), ("Kulo", KULOB)])
def test_a_place_is_found_by_a_present_or_former_name_in_any_script(typed, code, zarina, sign_in):
    answer = sign_in(zarina).get("/search/", {"q": typed})
    assert code in {name.place_id for name in answer.context["places"]}
    assert f"/places/{code}/" in answer.content.decode()


@pytest.mark.parametrize("typed", ["Ку", "918123456", "", "%%%"])
def test_what_names_no_place_finds_none(typed, zarina):
    with acting_as(zarina):
        assert places_named(zarina, typed) == []
