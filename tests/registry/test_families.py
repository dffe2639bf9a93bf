"""Registering, finding, opening and editing families."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import Place, new_id
from paivand.core.rules.dates import Birth
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent
from paivand.registry.actions.families import (
    add_member,
    edit_family,
    edit_member,
    open_family,
    remove_member,
)
from paivand.registry.actions.journey import record_step, reverse_step
from paivand.registry.models import Consent, Family, FamilyMember, JourneyStep, NameKey, Person
from paivand.registry.queries import families as queries
from paivand.registry.queries.search import search
from paivand.registry.rules import ConsentPurpose, GivenBy, Relation, Sex
from paivand.registry.rules.drafts import MemberDraft, PersonDraft
from tests.cast import agreed, person, register

pytestmark = pytest.mark.django_db
AHEAD = timezone.localdate() + timedelta(days=2)
"""Still to come where midnight passes before the tests of this file run."""


def members_of(family, by):
    return {member.relation: member for member in queries.members(by, family)}


# --- registration ---------------------------------------------------------------------------------------------------


def test_a_family_is_registered_with_everything_that_belongs_to_it(family, zarina):
    with acting_as(zarina):
        assert family.members.count() == 4
        assert Consent.objects.get().purpose == ConsentPurpose.REGISTRATION
        assert JourneyStep.objects.count() == 4
        assert {step.service for step in JourneyStep.objects.all()} == {"registry.registered"}
        assert family.head.is_head
        assert family.owner_id == zarina.pk
        assert NameKey.objects.filter(person=family.head).exists()


def test_every_row_of_a_family_lies_where_the_family_lies(family, zarina):
    with acting_as(zarina):
        for table in (Person, FamilyMember, NameKey, Consent, JourneyStep):
            assert {row.scope for row in table.objects.all()} == {family.scope}


def test_family_codes_are_handed_out_once(zarina):
    codes = {register(zarina, members=0).code for _ in range(5)}
    assert len(codes) == 5


def test_a_double_tap_registers_one_family(zarina):
    form_id = new_id()
    first = register(zarina, family_id=form_id)
    with pytest.raises(Refused) as refused:
        register(zarina, family_id=form_id)
    assert refused.value.code == "twice"
    assert refused.value.detail["code"] == first.code
    with acting_as(zarina):
        assert Family.objects.count() == 1


@pytest.mark.parametrize(("changes", "code"), [
    ({"registered_on": AHEAD}, "date"),
    ({"consent": agreed(given_on=AHEAD)}, "consent"),
    ({"head": PersonDraft("Ҷамила", Sex.FEMALE, birth=Birth.on_day(AHEAD))}, "birth"),
    ({"head": PersonDraft("Ҷамила", Sex.FEMALE, birth=Birth.in_year(1850))}, "birth"),
    ({"members": [MemberDraft(PersonDraft("Али", Sex.MALE, birth=Birth.in_year(1850)), Relation.CHILD)]}, "birth"),
    ({"head": PersonDraft("Ҷамила", Sex.FEMALE, birth=Birth.from_age(15, asked_on=timezone.localdate()))}, "consent"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(changes, code, zarina):
    with pytest.raises(Refused) as refused:
        register(zarina, **changes)
    assert refused.value.code == code
    with acting_as(zarina):
        assert not Family.objects.exists()
        assert not Person.objects.exists()


def test_a_child_who_heads_a_family_is_registered_with_a_guardians_consent(zarina):
    child = PersonDraft("Ҷамила", Sex.FEMALE, birth=Birth.from_age(15, asked_on=timezone.localdate()))
    family = register(zarina, head=child, consent=agreed(given_by=GivenBy.GUARDIAN))
    assert family.code


def test_a_jamoat_of_another_district_is_refused(zarina):
    place = Place.objects.get(pk="TJ-KT-20-04")
    with pytest.raises(Refused) as refused:
        register(zarina, jamoat=place.pk, scope=placement(zarina, "TJ-KT-02"))
    assert refused.value.code == "place"


# --- finding --------------------------------------------------------------------------------------------------------


def test_former_members_names_still_lead_nowhere(family, zarina):
    with acting_as(zarina):
        member = members_of(family, zarina)[Relation.PARENT_IN_LAW]
        remove_member(member=member, until_on=timezone.localdate(), reason="moved to her son", by=zarina)
        assert search(zarina, "Хадиҷа") == []
        assert len(queries.members(zarina, family)) == 3


# --- opening and editing --------------------------------------------------------------------------------------------


def test_the_file_shows_who_opened_it(family, zarina, nasiba):
    for user in (nasiba, zarina):
        with acting_as(user):
            open_family(family=family, by=user)
    with acting_as(zarina):
        assert [event.actor_id for event in queries.openings(zarina, family)] == [zarina.pk, nasiba.pk]
        assert [one.pk for one in queries.recently_opened(zarina)] == [family.pk]


def test_two_workers_editing_a_member_at_once_lose_nothing(family, zarina, nasiba):
    with acting_as(zarina):
        member = members_of(family, zarina)[Relation.PARENT_IN_LAW]
        draft = MemberDraft(person("Хадича", "Каримова"), Relation.PARENT_IN_LAW)
        edit_member(member=member, version=1, draft=draft, by=zarina)
    with acting_as(nasiba):
        member = members_of(family, nasiba)[Relation.PARENT_IN_LAW]
        with pytest.raises(Refused) as refused:
            edit_member(member=member, version=1, draft=draft, by=nasiba)
    assert refused.value.code == "stale"


def test_a_changed_name_is_found_anew_and_no_longer_under_the_old_one(family, zarina):
    with acting_as(zarina):
        member = members_of(family, zarina)[Relation.PARENT_IN_LAW]
        draft = MemberDraft(person("Марҷона", "Собирова"), Relation.PARENT_IN_LAW)
        edit_member(member=member, version=1, draft=draft, by=zarina)
        assert len(search(zarina, "Собирова")) == 1
        assert search(zarina, "Хадиҷа") == []


def test_a_family_has_one_head(family, zarina):
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            add_member(family=family, person_id=new_id(), draft=MemberDraft(person("А"), Relation.HEAD), by=zarina)
        assert refused.value.code == "head"
        child = members_of(family, zarina)[Relation.CHILD]
        with pytest.raises(Refused):
            edit_member(member=child, version=1, draft=MemberDraft(person("А"), Relation.HEAD), by=zarina)
        head = members_of(family, zarina)[Relation.HEAD]
        with pytest.raises(Refused):
            remove_member(member=head, until_on=timezone.localdate(), reason="x", by=zarina)


def test_a_member_added_twice_by_a_double_tap_is_one(family, zarina):
    key = new_id()
    draft = MemberDraft(person("Дилором", "Саидова"), Relation.SIBLING)
    with acting_as(zarina):
        add_member(family=family, person_id=key, draft=draft, by=zarina)
        with pytest.raises(Refused):
            add_member(family=family, person_id=key, draft=draft, by=zarina)
        assert len(queries.members(zarina, family)) == 5


def test_a_family_stays_in_its_district(family, zarina):
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            edit_family(family=family, version=1, jamoat=Place.objects.get(pk="TJ-KT-20-04"), village="", by=zarina)
    assert refused.value.code == "place"


@pytest.mark.parametrize("day", [AHEAD, date(2000, 1, 1)])
def test_nobody_leaves_before_joining_or_in_the_future(day, family, zarina):
    with acting_as(zarina):
        child = members_of(family, zarina)[Relation.CHILD]
        with pytest.raises(Refused):
            remove_member(member=child, until_on=day, reason="x", by=zarina)


# --- consent and journey --------------------------------------------------------------------------------------------


def test_a_consent_is_written_for_each_purpose(family, zarina):
    draft = agreed(purposes=(ConsentPurpose.SERVICES, ConsentPurpose.REFERRAL))
    with acting_as(zarina):
        record_consent(person=family.head, draft=draft, by=zarina)
        purposes = set(Consent.objects.filter(person=family.head).values_list("purpose", flat=True))
    assert purposes == {"registration", "services", "referral"}


def test_a_child_does_not_consent_alone(family, zarina):
    with acting_as(zarina):
        child = members_of(family, zarina)[Relation.CHILD].person
        with pytest.raises(Refused):
            record_consent(person=child, draft=agreed(), by=zarina)
        with pytest.raises(Refused):
            record_consent(person=family.head, draft=agreed(given_on=AHEAD), by=zarina)


def step(family, by, **changes):
    values = {"service": "information.given", "outcome": "completed", "happened_on": timezone.localdate()}
    return record_step(person=family.head, place=family.jamoat, by=by, **{**values, **changes})


def test_a_step_is_corrected_by_a_reversing_step(family, zarina):
    with acting_as(zarina):
        first = step(family, zarina)
        second = reverse_step(step=first, reason="wrong person", by=zarina)
        assert first.quantity + second.quantity == 0
        for again in (first, second):
            with pytest.raises(Refused):
                reverse_step(step=again, reason="x", by=zarina)
        assert AuditEvent.objects.filter(event="journey.reverse", outcome="done").count() == 1


@pytest.mark.parametrize("changes", [{"happened_on": AHEAD}, {"quantity": 0}, {"quantity": -1}])
def test_an_impossible_step_is_refused(changes, family, zarina):
    with acting_as(zarina), pytest.raises(Refused):
        step(family, zarina, **changes)


def test_a_correction_needs_a_reason(family, zarina):
    with acting_as(zarina):
        first = step(family, zarina)
        with pytest.raises(Refused):
            reverse_step(step=first, reason=" ", by=zarina)


# --- integrity in the database --------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [
    {"birth_on": date(1990, 5, 2), "birth_precision": ""},
    {"birth_on": None, "birth_precision": "day"},
    {"birth_on": date(1990, 5, 2), "birth_precision": "year"},
    {"birth_on": date(1990, 5, 2), "birth_precision": "month"},
    {"given_name": ""},
])  # fmt: skip
def test_the_database_refuses_a_person_that_cannot_be(change, family, zarina):
    with acting_as(zarina), writing("test"), pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.filter(pk=family.head_id).update(**change)


def test_the_database_refuses_a_second_head_and_a_membership_that_ends_before_it_begins(family, zarina):
    with acting_as(zarina), writing("test"):
        for change in ({"relation": "head"}, {"until_on": date(2000, 1, 1)}):
            with pytest.raises(DatabaseError), transaction.atomic():
                FamilyMember.objects.filter(family=family, relation="parent_in_law").update(**change)


def test_the_database_refuses_a_step_with_a_strange_service_or_quantity(family, zarina):
    with acting_as(zarina), writing("test"):
        for change in ({"service": "No Such"}, {"quantity": -1}):
            row = JourneyStep(
                person=family.head, outcome="x", happened_on=timezone.localdate(), place=family.jamoat,
                recorded_by=zarina, district_id=family.district_id, **{"service": "a.b", **change},
            )  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                row.save()
