"""Files of survivors: opened only where help can be had, mended, closed, opened again, found, linked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.models.sealed import pseudonym
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.protection.actions.links import link_person
from paivand.protection.actions.survivors import close_file, edit_file, open_file, read_file, reopen_file
from paivand.protection.models import Survivor, SurvivorConsent, SurvivorKey, SurvivorTransition
from paivand.protection.queries.survivors import file_of, namesakes, survivors, survivors_found
from paivand.protection.rules.consents import Caregiver, Given, Kind, Method
from paivand.protection.rules.drafts import Name
from paivand.protection.rules.people import AgeGroup
from paivand.protection.rules.sectors import Sector
from paivand.protection.rules.states import Check, Closing, ClosingReason
from paivand.registry.models import JourneyStep
from tests.cast import DUSTI, KULOB
from tests.protection.stage import ACCOUNT, GIVEN, NAME, PHONE, TODAY, YESTERDAY, draft, opened, service

pytestmark = pytest.mark.django_db


def closing(reason=ClosingReason.NEEDS_MET, last=None, **changes):
    return Closing(reason, changes.pop("checks", frozenset(Check)), last, **changes)


def close(survivor, by, how=None, **changes):
    values = {"closing": how or closing(), "note": "", "on": TODAY, **changes}
    with acting_as(by):
        fresh = Survivor.objects.get(pk=survivor.pk)
        return close_file(survivor=fresh, version=changes.pop("version", fresh.version), by=by, **{
            key: value for key, value in values.items() if key != "version"})  # fmt: skip


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_file_is_opened_under_a_code_with_consents_keys_and_a_coded_step(survivor, gulnoz):
    with acting_as(gulnoz):
        row = Survivor.objects.get(pk=survivor.pk)
        assert row.code.startswith("S-")
        assert (row.state, row.name_told, row.contact["phone"]) == ("open", NAME, PHONE)
        kinds = set(SurvivorConsent.objects.filter(survivor=row).values_list("kind", flat=True))
        assert kinds == {Kind.SERVICES, Kind.REPORTING}
        assert SurvivorKey.objects.filter(survivor=row).count() == 1
        assert SurvivorTransition.objects.get(survivor=row).to_state == "open"
        step = JourneyStep.objects.get(pseudonym=pseudonym(row.pk))
        assert (step.service, step.person, step.happened_on.day) == ("survivor.supported", None, 1)
        assert (step.coded_sex, step.coded_age, step.place_id) == ("female", "26-40", KULOB)
        assert (step.agency_id, step.team_id, step.owner_id) == (None, None, None)


def test_codes_are_drawn_and_do_not_run(health, gulnoz):
    numbers = [opened(gulnoz, name=Name()).number for _each in range(5)]
    assert len(set(numbers)) == 5
    assert sorted(numbers) != numbers or max(numbers) - min(numbers) > 5
    with connection.cursor() as cursor:
        cursor.execute("select sequencename from pg_sequences where sequencename like 'protection%'")
        assert cursor.fetchall() == []  # no sequence tells how many files there are


def test_nothing_is_collected_where_no_service_is_open(gulnoz):
    with pytest.raises(Refused) as refused:
        opened(gulnoz)
    assert refused.value.code == "no_service"
    with acting_as(gulnoz):
        assert not Survivor.objects.exists()


def test_a_service_of_another_district_or_a_paused_one_does_not_count(nasiba, gulnoz):
    service(nasiba, district=KULOB, state="paused", stopped_on=TODAY)
    service(gulnoz, district=DUSTI)
    with pytest.raises(Refused) as refused:
        opened(gulnoz)
    assert refused.value.code == "no_service"


def test_a_part_that_cannot_be_had_is_told_and_she_decides(health, gulnoz):
    wanted = (Sector.HEALTH, Sector.LEGAL)
    with pytest.raises(Refused) as refused:
        opened(gulnoz, wanted=wanted)
    assert (refused.value.code, refused.value.detail) == ("unavailable", {"sectors": ["legal"]})
    assert opened(gulnoz, wanted=wanted, although=True).unavailable == ["legal"]


def test_without_a_wish_for_help_nothing_is_written(health, gulnoz):
    with pytest.raises(Refused) as refused:
        opened(gulnoz, wanted=())
    assert refused.value.code == "wanted"


def test_duties_to_report_are_told_before_anything_else(health, gulnoz):
    for changes in ({"told_on": TODAY + timedelta(days=2)}, {"given": Given(YESTERDAY, Method.SPOKEN)}):
        with pytest.raises(Refused) as refused:
            opened(gulnoz, **changes)
        assert refused.value.code == "date"


def test_a_child_is_not_helped_against_its_word(health, gulnoz):
    said = Given(TODAY, Method.SPOKEN, assent=False, caregiver=Caregiver.AGREES)
    with pytest.raises(Refused) as refused:
        opened(gulnoz, age_group=AgeGroup.ADOLESCENT, given=said)
    assert (refused.value.code, refused.value.field) == ("consent", "assent")


def test_a_child_is_helped_without_the_caregiver_where_asking_is_unsafe(health, gulnoz):
    said = Given(TODAY, Method.SPOKEN, True, Caregiver.UNSAFE, "падараш хатар дорад, холааш ҳамроҳ")
    survivor = opened(gulnoz, age_group=AgeGroup.ADOLESCENT, given=said)
    with acting_as(gulnoz):
        consent = SurvivorConsent.objects.get(survivor=survivor, kind=Kind.SERVICES)
        assert (consent.assent, consent.caregiver) == (True, "unsafe")
        assert "холааш" in consent.caregiver_reason


def test_declined_is_an_answer_and_no_gap(health, gulnoz):
    survivor = opened(
        gulnoz, sex="", age_group=None, name=Name(), declined=frozenset({"sex", "age_group", "name", "marital"})
    )
    with acting_as(gulnoz):
        row = Survivor.objects.get(pk=survivor.pk)
        assert (row.sex, row.age_group, row.name) == ("", "", {})
        assert row.declined == ["age_group", "marital", "name", "sex"]
        assert "disability" not in row.declined  # not asked


@pytest.mark.parametrize("changes", [{"sex": ""}, {"age_group": None}])
def test_sex_and_age_are_told_or_declined(changes, health, gulnoz):
    with pytest.raises(Refused):
        opened(gulnoz, **changes)


def test_a_declined_question_is_not_answered_too(health, gulnoz):
    with pytest.raises(Refused) as refused:
        opened(gulnoz, declined=frozenset({"sex"}))
    assert (refused.value.code, refused.value.field) == ("declined", "sex")


def test_the_database_itself_refuses_an_answer_beside_a_no(survivor, gulnoz):
    with acting_as(gulnoz), writing("test"), pytest.raises(IntegrityError), transaction.atomic():
        Survivor.objects.filter(pk=survivor.pk).update(declined=["sex"])


def test_year_and_age_do_not_contradict_each_other(health, gulnoz):
    with pytest.raises(Refused) as refused:
        opened(gulnoz, birth_year=TODAY.year - 50)
    assert refused.value.field == "birth_year"
    assert opened(gulnoz, birth_year=TODAY.year - 30).age_group == "26-40"
    assert opened(gulnoz, birth_year=TODAY.year - 26, age_group=AgeGroup.YOUNG).age_group == "26-40"


def test_a_double_tap_opens_one_file(health, gulnoz):
    key = new_id()
    opened(gulnoz, survivor_id=key)
    with pytest.raises(Refused) as refused:
        opened(gulnoz, survivor_id=key)
    assert refused.value.code == "twice"


@pytest.mark.parametrize("who", ["zarina", "nasiba", "manija", "admin", "dpo", "anvar", "outsider", "manager"])
def test_nobody_else_opens_a_file(who, health, everyone):
    user = everyone[who]
    with pytest.raises(WithoutRightError), acting_as(user):
        open_file(
            scope=placement(user, KULOB), survivor_id=new_id(), draft=draft(), given=GIVEN, reporting=False,
            told_on=TODAY, by=user,
        )  # fmt: skip


def test_a_specialist_opens_none_outside_her_districts(health, gulnoz):
    with pytest.raises(WithoutRightError):
        opened(gulnoz, district="TJ-KT-01")


def test_the_event_is_sealed_and_says_nothing_of_her(survivor, gulnoz, dpo, nasiba):
    with acting_as(dpo):
        event = AuditEvent.objects.filter(event="survivor.work", outcome="done").first()
    assert event.sealed
    assert (event.subject_label, event.reason) == ("", "")
    assert event.detail == {"act": "file.open", "sectors": 1, "declined": 0}
    with acting_as(nasiba):
        assert not AuditEvent.objects.filter(event="survivor.work").exists()


# --- mending ----------------------------------------------------------------------------------------------------------


def test_what_is_known_is_mended_and_the_name_found_anew(survivor, gulnoz):
    with acting_as(gulnoz):
        edit_file(survivor=survivor, version=1, draft=draft(name=Name("Ситора", "Назарова"), marital="married"),
                  by=gulnoz)  # fmt: skip
        assert [row.pk for row in survivors_found(gulnoz, "Назарова Ситора")] == [survivor.pk]
        assert survivors_found(gulnoz, "Мадина Сафарова") == []
        with pytest.raises(Refused) as refused:
            edit_file(survivor=survivor, version=1, draft=draft(), by=gulnoz)
        assert refused.value.code == "stale"


def test_reading_a_file_is_noted_for_who_watches_over_the_room(survivor, gulnoz, dpo):
    with acting_as(gulnoz):
        read_file(survivor=survivor, by=gulnoz)
    with acting_as(dpo):
        assert AuditEvent.objects.filter(event="survivor.work", detail__act="file.read").count() == 1


# --- finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sought", [
    "Мадина Сафарова", "Сафарова Мадина", "Madina Safarova", "Мадина Сафарзода", "Сафарова Мадина Ҷумаевна",
])  # fmt: skip
def test_a_file_is_found_by_two_parts_of_the_name_in_any_order_and_script(sought, survivor, gulnoz):
    with acting_as(gulnoz):
        assert [row.pk for row in survivors_found(gulnoz, sought)] == [survivor.pk]


@pytest.mark.parametrize("sought", ["Мадина", "Сафарова", "Мадина Раҳимова", "", "а б в г"])
def test_one_part_of_a_name_finds_nobody(sought, survivor, gulnoz):
    with acting_as(gulnoz):
        assert survivors_found(gulnoz, sought) == []


def test_a_file_is_found_by_its_code_with_or_without_the_letter(survivor, gulnoz, zarina):
    with acting_as(gulnoz):
        for sought in (survivor.code, survivor.code.lower(), survivor.code[2:]):
            assert [row.pk for row in survivors_found(gulnoz, sought)] == [survivor.pk]
    with acting_as(zarina):
        assert survivors_found(zarina, survivor.code) == []


def test_namesakes_are_shown_before_a_second_file_is_written(survivor, gulnoz):
    with acting_as(gulnoz):
        assert [row.pk for row in namesakes(gulnoz, Name("Madina", "Safarova"))] == [survivor.pk]
        assert namesakes(gulnoz, Name("Мадина")) == []


def test_what_lies_in_the_database_holds_neither_name_nor_words(survivor, incident, gulnoz):
    with acting_as(gulnoz), connection.cursor() as cursor:
        cursor.execute("select row_to_json(s)::text from protection_survivor s")
        raw = cursor.fetchone()[0]
        cursor.execute("select row_to_json(i)::text from protection_incident i")
        raw += cursor.fetchone()[0]
        cursor.execute("select string_agg(digest, ' ') from protection_survivorkey")
        raw += cursor.fetchone()[0]
    for word in ("Мадина", "Сафарова", "safar", PHONE, PHONE[1:], ACCOUNT, "хона"):
        assert word not in raw


# --- closing and opening again ----------------------------------------------------------------------------------------


def test_a_file_is_closed_with_its_checklist_and_opened_again_with_a_word(survivor, gulnoz):
    closed = close(survivor, gulnoz, note="розӣ рафт")
    assert (closed.state, closed.closed_on, closed.closing_reason) == ("closed", TODAY, "needs_met")
    with acting_as(gulnoz):
        step = SurvivorTransition.objects.filter(survivor=survivor, edge="close").get()
        assert (step.checks, step.note) == (sorted(Check), "розӣ рафт")
        again = reopen_file(survivor=closed, version=closed.version, why="боз омад", by=gulnoz)
        assert (again.state, again.closed_on, again.reopened_on) == ("reopened", None, TODAY)
        assert [row.to_state for row in file_of(gulnoz, again).transitions] == ["reopened", "closed", "open"]


@pytest.mark.parametrize(("changes", "code"), [
    ({"how": closing(checks=frozenset())}, "checks"),
    ({"how": closing(ClosingReason.NO_CONTACT, TODAY)}, "too_early"),
    ({"on": TODAY + timedelta(days=2)}, "date"),
    ({"on": YESTERDAY}, "date"),
    ({"version": 7}, "stale"),
])  # fmt: skip
def test_closing_is_refused(changes, code, survivor, gulnoz):
    with pytest.raises(Refused) as refused:
        close(survivor, gulnoz, **changes)
    assert refused.value.code == code


def test_a_closed_file_is_not_closed_again_and_an_open_one_not_opened(survivor, gulnoz):
    with acting_as(gulnoz), pytest.raises(Refused) as refused:
        reopen_file(survivor=survivor, version=1, why="x", by=gulnoz)
    assert refused.value.code == "state"
    close(survivor, gulnoz)
    with pytest.raises(Refused) as refused:
        close(survivor, gulnoz)
    assert refused.value.code == "state"


def test_opening_again_asks_for_a_word(survivor, gulnoz):
    closed = close(survivor, gulnoz)
    with acting_as(gulnoz), pytest.raises(Refused) as refused:
        reopen_file(survivor=closed, version=closed.version, why=" ", by=gulnoz)
    assert refused.value.code == "why"


def test_lists_hold_codes_open_or_closed(survivor, gulnoz):
    with acting_as(gulnoz):
        assert [row.survivor.pk for row in survivors(gulnoz).rows] == [survivor.pk]
    close(survivor, gulnoz)
    with acting_as(gulnoz):
        assert survivors(gulnoz).rows == []
        assert [row.survivor.pk for row in survivors(gulnoz, state="closed").rows] == [survivor.pk]
        assert survivors(gulnoz, after="no key").rows == []


def test_somebody_from_elsewhere_finds_no_file(survivor, everyone):
    farrukh = everyone["farrukh"]
    with acting_as(farrukh), pytest.raises((OutsideScopeError, WithoutRightError)):
        read_file(survivor=survivor, by=farrukh)


# --- the link with the registry ---------------------------------------------------------------------------------------


def test_a_link_counts_her_once_and_leaves_no_trace_in_the_registry(survivor, family, gulnoz, zarina):
    person = family.head
    with acting_as(gulnoz):
        before = AuditEvent.objects.filter(event="family.open").count()
        linked = link_person(survivor=survivor, version=1, person=person, by=gulnoz)
        assert linked.person_link == str(person.pk)
        steps = JourneyStep.objects.filter(service="survivor.supported")
        live = [row for row in steps if row.reverses_id is None and not steps.filter(reverses=row).exists()]
        assert [row.pseudonym for row in live] == [pseudonym(person.pk)]
        assert sum(row.quantity for row in steps) == 1
        assert AuditEvent.objects.filter(event="family.open").count() == before
        with connection.cursor() as cursor:
            cursor.execute("select person_link from protection_survivor")
            assert str(person.pk) not in cursor.fetchone()[0]
        again = link_person(survivor=linked, version=linked.version, person=None, by=gulnoz)
        assert again.person_link == ""
        live = [row for row in steps.all() if row.reverses_id is None and not steps.filter(reverses=row).exists()]
        assert [row.pseudonym for row in live] == [pseudonym(survivor.pk)]
    with acting_as(zarina):
        assert not AuditEvent.objects.filter(sealed=True).exists()


def test_the_same_link_twice_is_refused(survivor, family, gulnoz):
    with acting_as(gulnoz):
        linked = link_person(survivor=survivor, version=1, person=family.head, by=gulnoz)
        with pytest.raises(Refused) as refused:
            link_person(survivor=linked, version=linked.version, person=family.head, by=gulnoz)
    assert refused.value.code == "same"
