"""Consents: who gives them, how long they count, and what they cover."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.dates import Age, Birth
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent, record_consents, withdraw_consent
from paivand.registry.actions.families import add_member
from paivand.registry.models import (
    Consent,
    Person,
)
from paivand.registry.queries import consents as queries
from paivand.registry.queries import families
from paivand.registry.rules import GivenBy, Relation, Sex
from paivand.registry.rules.consents import (
    Consequence,
    assent_is_asked,
    consequences,
    may_give,
    permits,
    renews,
    standing,
)
from paivand.registry.rules.drafts import MemberDraft, PersonDraft
from paivand.registry.views.consents import _touches
from tests.cast import agreed, register
from tests.registry.talks import (
    TODAY,
    P,
    S,
    agree,
    consent_of,
    days,
    furnished,
    member_of,
    refused,
    state_of,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(family, zarina):
    return furnished(family, zarina)


def row(given: int = 0, until: int | None = None, withdrawn: int | None = None, extent: str = "") -> Consent:
    """An unsaved row of the ledger; days counted from today."""
    return Consent(
        id=uuid.uuid4(), purpose=P.SERVICES, given_on=days(given), extent=extent,
        valid_until=None if until is None else days(until), withdrawn_on=None if withdrawn is None else days(withdrawn),
    )  # fmt: skip


# --- the rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "state"), [
    ([], S.NEVER_ASKED),
    ([row(1)], S.NEVER_ASKED),
    ([row(-5)], S.GIVEN),
    ([row(-5, until=0)], S.GIVEN),
    ([row(-5, until=-1)], S.ENDED),
    ([row(-5, until=-1), row(-1)], S.GIVEN),
    ([row(-5, withdrawn=0)], S.WITHDRAWN),
    ([row(-5, withdrawn=-2), row(-1)], S.GIVEN),
    ([row(-9), row(-20, withdrawn=-3)], S.WITHDRAWN),
    ([row(-9, extent="legal help"), row(-20, withdrawn=-3, extent="health")], S.GIVEN),
    ([row(-9, extent="legal help"), row(-20, withdrawn=-3)], S.WITHDRAWN),
    ([row(-20, until=-8), row(-30, withdrawn=-9)], S.WITHDRAWN),
    ([row(-20, until=-3), row(-30, withdrawn=-25)], S.ENDED),
])  # fmt: skip
def test_the_ledger_tells_where_a_purpose_stands(rows, state):
    assert standing(rows, TODAY).state is state
    assert standing(rows[::-1], TODAY).state is state


@pytest.mark.parametrize(("until", "soon"), [(None, False), (31, False), (30, True), (0, True)])
def test_a_consent_warns_thirty_days_before_it_ends(until, soon):
    found = standing([row(-5, until=until)], TODAY)
    assert found.ends_soon is soon
    assert found.days_left == until


@pytest.mark.parametrize(("age", "may"), [
    (Age(17, exact=True), {GivenBy.GUARDIAN}),
    (Age(17, exact=False), {GivenBy.GUARDIAN}),
    (Age(18, exact=True), {GivenBy.SELF}),
    (Age(18, exact=False), set(GivenBy)),
    (Age(20, exact=False), {GivenBy.SELF}),
    (None, set(GivenBy)),
])  # fmt: skip
def test_who_is_grown_up_gives_the_consent_herself(age, may):
    assert may_give(age) == may


@pytest.mark.parametrize(("years", "asked"), [(6, False), (7, True), (17, True)])
def test_a_child_is_asked_too_from_seven_on(years, asked):
    assert assent_is_asked(Age(years, exact=True), GivenBy.GUARDIAN) is asked
    assert not assent_is_asked(Age(years, exact=True), GivenBy.SELF)


def test_a_renewal_lasts_longer():
    assert renews(row(-5, until=10), days(20))
    assert renews(row(-5, until=10), None)
    assert not renews(row(-5, until=10), days(10))
    assert not renews(row(-5), None)


@pytest.mark.parametrize("purpose", list(P))
def test_nothing_is_permitted_without_registration(purpose):
    given = standing([row(-5)], TODAY)
    assert not permits(purpose, given, registered=False)
    assert permits(purpose, given, registered=True)
    assert not permits(purpose, standing([row(-5, withdrawn=-1)], TODAY), registered=True)


@pytest.mark.parametrize("purpose", list(P))
def test_only_services_and_reporting_come_with_registration(purpose):
    asked_nothing = standing([], TODAY)
    expected = purpose in {P.REGISTRATION, P.SERVICES, P.REPORTING}
    assert permits(purpose, asked_nothing, registered=True) is expected


@pytest.mark.parametrize("purpose", list(P))
def test_every_withdrawal_has_consequences(purpose):
    assert consequences(purpose)
    assert consequences(purpose, head=False)
    assert Consequence.FILE_CLOSED not in consequences(purpose, head=False)


# --- writing down ---------------------------------------------------------------------------------------------------


def test_the_ledger_holds_every_purpose_of_every_member(family, zarina):
    with acting_as(zarina):
        agree(zarina, family.head, P.REFERRAL, valid_until=days(10))
        child = member_of(family, Relation.CHILD).person
        book = queries.ledger(zarina, [family.head_id, child.pk])
    assert {entry.purpose for entry in book[child.pk]} == set(P)
    assert all(entry.standing.state is S.NEVER_ASKED for entry in book[child.pk])
    states = {entry.purpose: entry.standing for entry in book[family.head_id]}
    assert states[P.REGISTRATION].state is S.GIVEN
    assert states[P.REFERRAL].days_left == 10


def test_a_second_live_consent_is_refused_unless_it_lasts_longer(family, zarina):
    with acting_as(zarina):
        agree(zarina, family.head, P.SERVICES, valid_until=days(10))
        refused(lambda: agree(zarina, family.head, P.SERVICES, valid_until=days(10)), "already")
        refused(lambda: agree(zarina, family.head, P.SERVICES, valid_until=days(9)), "already")
        agree(zarina, family.head, P.SERVICES, valid_until=days(300))
        agree(zarina, family.head, P.SERVICES)
        refused(lambda: agree(zarina, family.head, P.SERVICES), "already")
        assert Consent.objects.filter(person=family.head, purpose=P.SERVICES).count() == 3


def test_referrals_of_different_extent_are_agreed_to_one_by_one(family, zarina):
    with acting_as(zarina):
        agree(zarina, family.head, P.REFERRAL, extent="legal help")
        agree(zarina, family.head, P.REFERRAL, extent="health")
        refused(lambda: agree(zarina, family.head, P.REFERRAL, extent="health"), "already")
        withdraw(zarina, family.head, P.REFERRAL)  # the later one: health
        assert queries.has_live_consent(zarina, family.head_id, P.REFERRAL)
        extents = [one.extent for one in Consent.objects.filter(purpose=P.REFERRAL, withdrawn_on=None)]
    assert extents == ["legal help"]


@pytest.mark.parametrize(("changes", "code"), [
    ({"given_on": days(1)}, "consent"),
    ({"valid_until": days(-1)}, "until"),
    ({"given_by": GivenBy.GUARDIAN, "guardian_name": "Зебо"}, "consent"),
    ({"purposes": ()}, "purposes"),
])  # fmt: skip
def test_a_consent_that_cannot_be_is_refused(changes, code, family, zarina):
    draft = agreed(**{"purposes": (P.SERVICES,), **changes})
    with acting_as(zarina):
        refused(lambda: record_consent(person=family.head, draft=draft, by=zarina), code)
        assert Consent.objects.count() == 1


def test_for_a_child_a_named_guardian_agrees_and_the_child_is_asked(family, zarina):
    guardian = {"given_by": GivenBy.GUARDIAN, "guardian_name": "Каримова Ҷамила"}
    with acting_as(zarina):
        child = member_of(family, Relation.CHILD).person
        refused(lambda: agree(zarina, child, P.SERVICES), "consent")
        refused(lambda: agree(zarina, child, P.SERVICES, given_by=GivenBy.GUARDIAN, assent=True), "guardian")
        refused(lambda: agree(zarina, child, P.SERVICES, **guardian), "assent")
        agree(zarina, child, P.SERVICES, **guardian, assent=False)
        found = Consent.objects.get(person=child)
        assert (found.assent, found.guardian_name) == (False, "Каримова Ҷамила")


@pytest.mark.parametrize("purpose", [P.PHOTO, P.RESEARCH])
def test_a_childs_no_to_photos_and_research_is_the_last_word(purpose, family, zarina):
    guardian = {"given_by": GivenBy.GUARDIAN, "guardian_name": "Каримова Ҷамила"}
    with acting_as(zarina):
        child = member_of(family, Relation.CHILD).person
        refused(lambda: agree(zarina, child, purpose, **guardian, assent=False), "assent")
        agree(zarina, child, purpose, **guardian, assent=True)


def test_a_small_child_is_not_asked(family, zarina):
    small = PersonDraft("Сино", Sex.MALE, birth=Birth.on_day(days(-400)))
    with acting_as(zarina):
        key = new_id()
        add_member(family=family, person_id=key, draft=MemberDraft(small, Relation.CHILD), by=zarina)
        child = Person.objects.get(pk=key)
        agree(zarina, child, P.SERVICES, given_by=GivenBy.GUARDIAN, guardian_name="Каримова Ҷамила", assent=True)
        assert Consent.objects.get(person=child).assent is None


def test_other_purposes_are_not_asked_for_while_registration_has_ended(zarina):
    family = register(zarina, consent=agreed(given_on=days(-90), valid_until=days(-1)))
    with acting_as(zarina):
        refused(lambda: agree(zarina, family.head, P.REFERRAL), "registration")
        agree(zarina, family.head, P.REGISTRATION, P.REFERRAL)
        assert queries.covers(zarina, family.head_id, P.REFERRAL)


def test_one_talk_is_written_down_for_several_members_and_once(family, zarina):
    form_id = new_id()
    with acting_as(zarina):
        child = member_of(family, Relation.CHILD).person
        given = [
            (family.head, agreed(purposes=(P.SERVICES, P.PHOTO))),
            (child, agreed(purposes=(P.SERVICES, P.PHOTO), given_by=GivenBy.GUARDIAN, guardian_name="Ҷ.", assent=True)),
        ]
        record_consents(family=family, given=given, form_id=form_id, by=zarina)
        refused(lambda: record_consents(family=family, given=given, form_id=form_id, by=zarina), "twice")
        assert Consent.objects.count() == 1 + 4
        event = AuditEvent.objects.filter(event="consent.record", outcome="done").get()
        assert (event.subject_label, event.detail["members"]) == (family.code, 2)


def test_if_one_consent_of_a_talk_is_refused_none_is_written(family, zarina):
    with acting_as(zarina):
        child = member_of(family, Relation.CHILD).person
        given = [(family.head, agreed(purposes=(P.PHOTO,))), (child, agreed(purposes=(P.PHOTO,)))]
        refused(lambda: record_consents(family=family, given=given, form_id=new_id(), by=zarina), "consent")
        assert not Consent.objects.filter(purpose=P.PHOTO).exists()


# --- what is covered ------------------------------------------------------------------------------------------------


def test_the_heads_consent_to_registration_speaks_for_the_family(family, zarina):
    with acting_as(zarina):
        child = member_of(family, Relation.CHILD).person
        assert queries.covers(zarina, child.pk, P.REGISTRATION)
        assert queries.covers(zarina, child.pk, P.SERVICES)
        assert not queries.has_live_consent(zarina, child.pk, P.REGISTRATION)
        assert not queries.covers(zarina, child.pk, P.REFERRAL)


def test_consent_follows_a_person_with_two_records(family, zarina):
    other = register(zarina, given="Джамила", surname="Каримова", members=0)
    with acting_as(zarina):
        agree(zarina, other.head, P.REFERRAL)
        assert not queries.has_live_consent(zarina, family.head_id, P.REFERRAL)
        with writing("test"):
            Person.objects.filter(pk=other.head_id).update(merged_into=family.head)
        assert queries.has_live_consent(zarina, family.head_id, P.REFERRAL)
        assert queries.covers(zarina, family.head_id, P.REFERRAL)
        withdraw(zarina, other.head, P.REFERRAL)
        for record in (family.head_id, other.head_id):
            assert not queries.covers(zarina, record, P.REFERRAL)
            assert queries.withdrawn_people(zarina, P.REFERRAL, [record]) == {record}


def test_who_withdrew_reporting_is_left_out_of_lists_of_any_length(family, zarina, monkeypatch):
    monkeypatch.setattr(queries, "AT_ONCE", 2)
    with acting_as(zarina):
        people = list(family.members.values_list("person_id", flat=True))
        agree(zarina, family.head, P.REPORTING, given_on=days(-9))
        assert queries.withdrawn_people(zarina, P.REPORTING, people) == set()
        withdraw(zarina, family.head, P.REPORTING)
        assert queries.withdrawn_people(zarina, P.REPORTING, people) == {family.head_id}
        assert queries.withdrawn_people(zarina, P.REPORTING, people, days(-1)) == set()
        agree(zarina, family.head, P.REPORTING)
        assert queries.withdrawn_people(zarina, P.REPORTING, people) == set()


def test_a_consent_that_ended_is_no_consent(family, zarina):
    with acting_as(zarina):
        agree(zarina, family.head, P.REPORTING, valid_until=TODAY)
        assert queries.covers(zarina, family.head_id, P.REPORTING)
        assert not queries.covers(zarina, family.head_id, P.REPORTING, days(1))
        assert queries.withdrawn_people(zarina, P.REPORTING, [family.head_id], days(1)) == {family.head_id}
        assert [entry.purpose for _who, entry in queries.ending_soon(zarina, [family.head_id])] == [P.REPORTING]


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rustam", "behruz", "manija", "dpo", "anvar", "outsider", "admin"])
def test_who_has_no_right_neither_records_nor_withdraws(who, family, zarina, everyone):
    by = everyone[who]
    with acting_as(zarina):
        consent = consent_of(family.head)
        head = family.head
    with acting_as(by):
        with pytest.raises((WithoutRightError, OutsideScopeError)):
            record_consent(person=head, draft=agreed(purposes=(P.PHOTO,)), by=by)
        with pytest.raises((WithoutRightError, OutsideScopeError)):
            withdraw_consent(consent=consent, on=TODAY, reason="x", by=by)


def test_another_district_neither_sees_nor_withdraws(family, zarina, farrukh):
    with acting_as(zarina):
        consent = consent_of(family.head)
    with acting_as(farrukh):
        assert queries.consent_of(farrukh, [family.head_id], consent.pk) is None
        assert state_of(farrukh, family.head_id, P.REGISTRATION) is S.NEVER_ASKED
        with pytest.raises(OutsideScopeError):
            withdraw_consent(consent=consent, on=TODAY, reason="x", by=farrukh)


def test_the_database_lets_nobody_withdraw_for_another_district(family, zarina, farrukh):
    with acting_as(farrukh), connection.cursor() as cursor:
        cursor.execute("update registry_consent set extent = 'x'")
        assert cursor.rowcount == 0
        cursor.execute("delete from registry_namekey")
        assert cursor.rowcount == 0


def test_no_consent_is_ever_deleted(family, zarina):
    from django.db import DatabaseError, transaction

    with acting_as(zarina), connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("delete from registry_consent")


def test_the_monitoring_officer_sees_the_ledger_without_names(family, manija):
    with acting_as(manija):
        people = [member.person_id for member in families.members(manija, family)]
        assert state_of(manija, family.head_id, P.REGISTRATION) is S.GIVEN
        assert queries.covered(manija, people, P.REPORTING) == set(people)


def test_a_merge_does_not_hide_a_withdrawal(family, zarina):
    other = register(zarina, given="Джамила", surname="Каримова", members=0, consent=agreed(given_on=days(-9)))
    with acting_as(zarina):
        agree(zarina, other.head, P.PHOTO, given_on=days(-9))
        agree(zarina, family.head, P.PHOTO, given_on=TODAY)
        withdraw(zarina, other.head, P.PHOTO, on=days(-3))
        with writing("test"):
            Person.objects.filter(pk=other.head_id).update(merged_into=family.head)
        assert state_of(zarina, other.head_id, P.PHOTO) is S.GIVEN


def test_what_other_rooms_hang_in_says_what_it_touches():
    assert queries.FOLLOW_UPS
    for consequence in queries.FOLLOW_UPS:
        assert _touches(queries.Touched(consequence, n=2))
