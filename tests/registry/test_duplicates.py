"""Finding, deciding and merging records of one person, and what is told about people elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.dates import Birth
from paivand.registry.queries.matches import facts_of_draft, likely_matches, matches_elsewhere, tells_enough
from paivand.registry.rules import Sex
from paivand.registry.rules.drafts import PersonDraft, PhoneDraft
from tests.cast import register

pytestmark = pytest.mark.django_db

JAMSHED = PersonDraft("Ҷамшед", Sex.MALE, "Каримов", "Раҳимович", Birth.on_day(date(1984, 3, 12)))
PHONE = PhoneDraft("+992918123456")


def registered(by, draft=JAMSHED, **changes):
    """A family whose head is ``draft``."""
    return register(by, head=draft, **{"members": 0, **changes})


def found(by, draft, **place):
    with acting_as(by):
        return likely_matches(by, facts_of_draft(draft, **place))


def looks(by):
    with acting_as(by):
        return list(AuditEvent.objects.filter(event="duplicate.look", actor_id=by.pk))


# --- search before create --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["Ҷамшед", "Джамшед", "Чамшед", "Jamshed"])
def test_a_person_is_met_before_being_registered_again(given, zarina):
    family = registered(zarina)
    match, = found(zarina, replace(JAMSHED, given_name=given, father_name=""))  # fmt: skip
    assert match.is_likely
    assert (match.person.pk, match.family.code) == (family.head_id, family.code)
    assert {"given", "family", "birth", "sex"} <= set(match.comparison.agreeing)


@pytest.mark.parametrize("draft", [
    replace(JAMSHED, given_name="Фарҳод"),
    replace(JAMSHED, father_name="Назарович", birth=Birth.on_day(date(1987, 5, 1))),
    replace(JAMSHED, given_name="Зебо", family_name="Азизова", father_name=""),
])  # fmt: skip
def test_twins_namesakes_and_strangers_are_not_met(draft, zarina):
    registered(zarina)
    assert found(zarina, draft) == []


def test_a_telephone_alone_brings_nobody_and_with_a_name_it_does(zarina):
    registered(zarina, replace(JAMSHED, birth=None, father_name="", phone=PHONE))
    assert found(zarina, PersonDraft("Зебо", Sex.FEMALE, "Азизова", phone=PHONE)) == []
    match, = found(zarina, PersonDraft("Jamshed", Sex.MALE, "Karimzoda", phone=PHONE))  # fmt: skip
    assert match.is_likely
    assert "phone" in match.comparison.agreeing


def test_nobody_is_met_beyond_ones_reach(zarina, farrukh):
    registered(zarina)
    assert found(farrukh, JAMSHED) == []


def test_a_search_needs_two_names_and_a_fact(zarina):
    def enough(**changes):
        bare = PersonDraft("Ҷамшед", Sex.MALE)
        return tells_enough(facts_of_draft(replace(bare, **changes)))

    assert enough(family_name="Каримов", birth=Birth.in_year(1984))
    assert enough(father_name="Раҳим", phone=PHONE)
    assert not enough(family_name="Каримов")
    assert not enough(birth=Birth.in_year(1984))


# --- the look elsewhere ----------------------------------------------------------------------------------------------


def test_a_likely_match_elsewhere_tells_district_and_agency_and_is_noted(zarina, farrukh):
    registered(zarina)
    with acting_as(farrukh):
        one, = matches_elsewhere(facts_of_draft(JAMSHED))  # fmt: skip
    assert (one.district.pk, one.agency) == ("TJ-KT-02", "Ҳамроҳ")
    event, = looks(farrukh)  # fmt: skip
    assert event.outcome == "done"
    assert event.detail == {"found": 1}
    assert (event.actor_name, event.roles, event.district_id) == ("Фаррух Назаров", "social_worker", "TJ-KT-20")
    assert (event.subject_label, event.reason, event.subject_id) == ("", "", None)


@pytest.mark.parametrize("draft", [
    replace(JAMSHED, given_name="Jamshed", family_name="Karimzoda", father_name=""),
    replace(JAMSHED, family_name="Азизов"),
])  # fmt: skip
def test_the_look_elsewhere_knows_other_dresses(draft, zarina, farrukh):
    registered(zarina)
    with acting_as(farrukh):
        assert matches_elsewhere(facts_of_draft(draft))


@pytest.mark.parametrize("draft", [
    replace(JAMSHED, birth=Birth.on_day(date(1984, 3, 13))),
    replace(JAMSHED, father_name="Назарович"),
    replace(JAMSHED, given_name="Фарҳод"),
    replace(JAMSHED, sex=Sex.FEMALE),
    replace(JAMSHED, birth=None),
    PersonDraft("Зебо", Sex.FEMALE, "Азизова", phone=PHONE),
])  # fmt: skip
def test_what_is_not_likely_is_neither_told_nor_noted(draft, zarina, farrukh):
    registered(zarina, replace(JAMSHED, phone=PHONE))
    with acting_as(farrukh):
        assert matches_elsewhere(facts_of_draft(draft)) == []
    assert not looks(farrukh)


def test_files_within_reach_are_not_told_again(zarina, gulnoz):
    registered(zarina)
    for by in (zarina, gulnoz):
        with acting_as(by):
            assert matches_elsewhere(facts_of_draft(JAMSHED)) == []
        assert not looks(by)


LOOK = "select * from paivand_likely_elsewhere(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s, %s)"
KEYS = ["gfy:jamwid|karim|1984"]


def asked(by, *arguments):
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute(LOOK, arguments or [KEYS, [], [], [], [], "", date(1984, 3, 12)])
        return cursor.fetchall(), [column.name for column in cursor.description]


def test_by_raw_sql_the_function_gives_district_and_agency_only(zarina, farrukh):
    for _ in range(2):
        registered(zarina)
    rows, columns = asked(farrukh)
    assert columns == ["district", "agency"]
    assert rows == [("TJ-KT-02", zarina.agency_id)]


def test_by_raw_sql_nobody_without_the_right_is_told_anything(zarina, manija, anvar, outsider, rustam):
    registered(zarina)
    for by in (manija, anvar, outsider, rustam):
        assert asked(by)[0] == []
        assert not looks(by)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOOK, [KEYS, [], [], [], [], "", date(1984, 3, 12)])
        assert cursor.fetchall() == []


def test_by_raw_sql_one_fact_alone_tells_nothing(zarina, farrukh):
    registered(zarina, replace(JAMSHED, phone=PHONE))
    assert asked(farrukh, [], [], [], [PHONE.number], [], "", None)[0] == []
    assert asked(farrukh, [], [], ["gf:jamwid|karim"], [], [], "", None)[0] == []
    assert asked(farrukh, [], [], ["gf:jamwid|karim"], [PHONE.number], [], "", None)[0]


def test_the_application_cannot_look_without_the_note(zarina, farrukh):
    """The function writes the note itself: the caller cannot pass it by, and cannot write one for somebody else."""
    registered(zarina)
    asked(farrukh)
    assert len(looks(farrukh)) == 1
    with acting_as(farrukh), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update access_auditevent set event = 'x' where event = 'duplicate.look'")
