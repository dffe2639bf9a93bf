"""Consents: who gives them, how long they count, and what follows when they are withdrawn."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.dates import Age, Birth
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent, record_consents, withdraw_consent
from paivand.registry.actions.duplicates import decide_pair
from paivand.registry.actions.families import add_member, edit_family
from paivand.registry.actions.people import phone_row
from paivand.registry.models import (
    Consent,
    Document,
    DuplicatePair,
    Family,
    FamilyMember,
    MatchKey,
    NameKey,
    Person,
    Phone,
)
from paivand.registry.queries import consents as queries
from paivand.registry.queries import duplicates, families, search
from paivand.registry.rules import ConsentPurpose, GivenBy, Relation, Sex
from paivand.registry.rules.consents import (
    ConsentState,
    Consequence,
    assent_is_asked,
    consequences,
    may_give,
    permits,
    renews,
    standing,
)
from paivand.registry.rules.drafts import MemberDraft, PersonDraft, PhoneDraft
from paivand.registry.rules.duplicates import Verdict
from paivand.registry.rules.families import FamilyState
from tests.cast import agreed, register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
P, S = ConsentPurpose, ConsentState


def days(n: int) -> date:
    return TODAY + timedelta(days=n)


def row(given: int = 0, until: int | None = None, withdrawn: int | None = None, extent: str = "") -> Consent:
    """An unsaved row of the ledger; days counted from today."""
    return Consent(
        id=uuid.uuid4(), purpose=P.SERVICES, given_on=days(given), extent=extent,
        valid_until=None if until is None else days(until), withdrawn_on=None if withdrawn is None else days(withdrawn),
    )  # fmt: skip


def member_of(family, relation):
    return family.members.select_related("person").filter(relation=relation, until_on=None).order_by("pk").first()


def consent_of(person_, purpose=P.REGISTRATION):
    return Consent.objects.filter(person=person_, purpose=purpose).order_by("-id").first()


def state_of(by, person_, purpose, day=None):
    return {entry.purpose: entry.standing.state for entry in queries.ledger(by, [person_], day)[person_]}[purpose]


def agree(by, person_, *purposes, **changes):
    record_consent(person=person_, draft=agreed(purposes=purposes, **changes), by=by)


def withdraw(by, person_, purpose=P.REGISTRATION, on=TODAY, reason="does not want it any more"):
    return withdraw_consent(consent=consent_of(person_, purpose), on=on, reason=reason, by=by)


def refused(call, code):
    with pytest.raises(Refused) as error:
        call()
    assert error.value.code == code


@pytest.fixture
def known(family, zarina):
    """The family with a telephone and a passport of the head, a telephone of a child, and a pair that waits."""
    other = register(zarina, given="Ҷамила", surname="Каримзода", members=0)
    with acting_as(zarina), writing("test"):
        child = member_of(family, Relation.CHILD).person
        phone_row(family.head, PhoneDraft("+992918123456")).save()
        phone_row(child, PhoneDraft("+992935000000")).save()
        places = {name: getattr(family, f"{name}_id") for name in ("district", "agency", "team", "owner")}
        columns = {f"{name}_id": value for name, value in places.items()}
        Document(person=family.head, kind="passport", number="A0123456", number_key="A0123456", status="valid",
                 **columns).save()  # fmt: skip
        one, two = sorted([family.head, other.head], key=lambda each: each.pk)
        DuplicatePair(one=one, other=two, other_district_id=family.district_id, weight=9.5, **columns).save()
    return family


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


# --- withdrawing ----------------------------------------------------------------------------------------------------


def test_the_consequences_are_named_with_what_they_touch(known, zarina):
    with acting_as(zarina):
        agree(zarina, known.head, P.REFERRAL)
        named = {one.consequence: one for one in queries.consequences_of_withdrawal(zarina, consent_of(known.head))}
    assert set(named) == set(consequences(P.REGISTRATION))
    assert named[Consequence.FILE_CLOSED].codes == (known.code,)
    assert named[Consequence.FILE_CLOSED].n == 4
    assert named[Consequence.PHONES_ERASED].n == 2
    assert named[Consequence.DOCUMENTS_ERASED].n == 1
    assert named[Consequence.PAIRS_CLOSED].n == 1
    assert named[Consequence.OTHER_CONSENTS_END].purposes == (P.REFERRAL,)
    assert named[Consequence.STEPS_STAY].n == 4


def test_when_the_head_withdraws_registration_all_of_it_is_carried_out(known, zarina):
    with acting_as(zarina):
        agree(zarina, known.head, P.REFERRAL)
        withdraw(zarina, known.head)
        family = Family.objects.get(pk=known.pk)
        assert (family.state, family.state_on) == (FamilyState.WITHDRAWN, TODAY)
        assert not Person.objects.get(pk=known.head_id).is_head
        for table in (Phone, Document, DuplicatePair):
            assert not table.objects.exists()
        people = list(family.members.values_list("person_id", flat=True))
        for table in (NameKey, MatchKey):
            assert not table.objects.filter(person_id__in=people).exists()
        assert not Consent.objects.filter(person=known.head, withdrawn_on=None).exists()
        for typed in ("Ҷамила Каримова", "Фарҳод", "+992918123456", "A0123456"):
            assert known.pk not in [found.pk for found in search.search(zarina, typed)]
        assert family.members.count() == 4
        event = AuditEvent.objects.filter(event="consent.withdraw", outcome="done").get()
    assert (event.subject_label, event.detail["phones"], event.detail["documents"]) == (known.code, 2, 1)


def test_a_pair_that_was_decided_does_not_show_who_withdrew(known, zarina):
    with acting_as(zarina):
        pair = DuplicatePair.objects.get()
        decide_pair(pair=pair, verdict=Verdict.DIFFERENT, reason="two cousins", version=1, by=zarina)
        assert duplicates.pairs(zarina, verdict=Verdict.DIFFERENT).rows
        withdraw(zarina, known.head)
        assert not duplicates.pairs(zarina, verdict=Verdict.DIFFERENT).rows
        assert duplicates.pair(zarina, pair.pk) is None
        agree(zarina, known.head, P.REGISTRATION)
        assert duplicates.pair(zarina, pair.pk) == pair  # the decision stays


def test_no_row_of_what_was_erased_is_left_in_the_database(known, zarina):
    with acting_as(zarina):
        withdraw(zarina, known.head)
        with connection.cursor() as cursor:
            for table in ("registry_phone", "registry_document", "registry_duplicatepair"):
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone() == (0,)


def test_nothing_can_be_done_with_a_withdrawn_file(known, zarina):
    with acting_as(zarina):
        child = member_of(known, Relation.CHILD).person
        withdraw(zarina, known.head)
        refused(lambda: edit_family(family=known, version=1, jamoat=known.jamoat, village="", by=zarina), "closed")
        refused(lambda: agree(zarina, known.head, P.SERVICES), "closed")
        refused(
            lambda: agree(zarina, child, P.SERVICES, given_by=GivenBy.GUARDIAN, guardian_name="Ҷ.", assent=True),
            "closed",
        )
        for purpose in P:
            assert queries.covered(zarina, [known.head_id, child.pk], purpose) == set()


def test_the_head_may_agree_again_and_what_was_erased_stays_erased(known, zarina):
    with acting_as(zarina):
        withdraw(zarina, known.head)
        agree(zarina, known.head, P.REGISTRATION)
        family = Family.objects.get(pk=known.pk)
        assert (family.state, family.state_on, family.state_reason) == (FamilyState.ACTIVE, None, "")
        assert Person.objects.get(pk=known.head_id).is_head
        assert [found.pk for found in search.search(zarina, "Фарҳод")] == [known.pk]
        assert not Phone.objects.exists()
        assert queries.covers(zarina, known.head_id, P.SERVICES)
        assert Consent.objects.filter(person=known.head).exclude(withdrawn_on=None).count() == 1


def test_when_another_member_withdraws_she_alone_leaves(known, zarina):
    with acting_as(zarina):
        member = member_of(known, Relation.PARENT_IN_LAW)
        agree(zarina, member.person, P.REGISTRATION, P.PHOTO)
        named = [one.consequence for one in queries.consequences_of_withdrawal(zarina, consent_of(member.person))]
        assert Consequence.MEMBERSHIP_ENDS in named
        withdraw(zarina, member.person)
        member.refresh_from_db()
        family = Family.objects.get(pk=known.pk)
        assert member.until_on == TODAY
        assert (family.state, family.n_members) == (FamilyState.ACTIVE, 3)
        assert search.search(zarina, "Хадиҷа") == []
        assert Phone.objects.count() == 2
        assert not Consent.objects.filter(person=member.person, withdrawn_on=None).exists()
        refused(lambda: agree(zarina, member.person, P.REGISTRATION), "closed")


def test_who_belongs_to_another_open_file_keeps_what_belongs_there(known, zarina):
    other = register(zarina, given="Мавлуда", surname="Саидова", members=0)
    with acting_as(zarina):
        child = member_of(known, Relation.CHILD).person
        with writing("test"):
            FamilyMember(family=other, person=child, relation="child", from_on=TODAY, district_id=known.district_id,
                         agency_id=known.agency_id, team_id=known.team_id, owner_id=known.owner_id).save()  # fmt: skip
        withdraw(zarina, known.head)
        assert [phone.person_id for phone in Phone.objects.all()] == [child.pk]
        assert [found.pk for found in search.search(zarina, "Фарҳод")] == [other.pk]


@pytest.mark.parametrize(("changes", "code"), [({"on": days(1)}, "date"), ({"on": days(-1)}, "date"),
                                               ({"reason": " "}, "reason")])  # fmt: skip
def test_a_withdrawal_that_cannot_be_is_refused(changes, code, known, zarina):
    with acting_as(zarina):
        refused(lambda: withdraw(zarina, known.head, **changes), code)
        assert Family.objects.get(pk=known.pk).is_active
        assert Phone.objects.count() == 2


def test_a_withdrawal_is_never_repeated_or_undone(family, zarina):
    with acting_as(zarina):
        agree(zarina, family.head, P.PHOTO)
        first = consent_of(family.head, P.PHOTO)
        withdraw(zarina, family.head, P.PHOTO)
        refused(lambda: withdraw(zarina, family.head, P.PHOTO), "already")
        agree(zarina, family.head, P.PHOTO)
        first.refresh_from_db()
        assert first.withdrawn_on == TODAY
        assert state_of(zarina, family.head_id, P.PHOTO) is S.GIVEN


def test_a_consent_with_an_earlier_day_does_not_undo_a_withdrawal(family, zarina):
    with acting_as(zarina):
        agree(zarina, family.head, P.PHOTO, given_on=days(-9))
        withdraw(zarina, family.head, P.PHOTO, on=days(-2))
        refused(lambda: agree(zarina, family.head, P.PHOTO, given_on=days(-5)), "consent")
        agree(zarina, family.head, P.PHOTO, given_on=days(-1))


def test_services_withdrawn_leave_the_file_open(known, zarina):
    with acting_as(zarina):
        agree(zarina, known.head, P.SERVICES)
        withdraw(zarina, known.head, P.SERVICES)
        assert Family.objects.get(pk=known.pk).is_active
        assert Phone.objects.count() == 2
        assert not queries.covers(zarina, known.head_id, P.SERVICES)
        assert queries.covers(zarina, known.head_id, P.REGISTRATION)


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


# --- the screens ----------------------------------------------------------------------------------------------------


def path(family, rest=""):
    return f"/families/{family.code}/{rest}"


def test_the_page_names_the_consequences_and_then_carries_them_out(known, zarina, sign_in):
    with acting_as(zarina):
        consent = consent_of(known.head)
    browser = sign_in(zarina)
    address = path(known, f"consents/{consent.pk}/withdraw/")
    page = browser.get(address).content.decode()
    for words in (known.code, "4 members", "2 numbers", "1 paper", "Withdraw and close the file"):
        assert words in page
    assert browser.post(address, {"on": TODAY, "reason": "moved"}).status_code == 422  # without the tick
    with acting_as(zarina):
        assert Phone.objects.count() == 2
    answer = browser.post(address, {"on": TODAY, "reason": "does not want it", "understood": "on"}, follow=True)
    done = answer.content.decode()
    assert "This was carried out" in done
    assert "2 numbers" in done
    assert browser.get(path(known, "consents/withdrawn/")).status_code == 302  # shown once


def test_a_withdrawn_file_shows_nobodys_name_on_any_page(known, zarina, sign_in):
    with acting_as(zarina):
        member = member_of(known, Relation.CHILD)
        withdraw(zarina, known.head)
    browser = sign_in(zarina)
    for address in (path(known), path(known, "consents/record/"), f"/search/?q={known.code}", "/families/", "/"):
        page = browser.get(address, follow=True)
        assert page.status_code == 200
        for name in ("Каримова Ҷамила", "Фарҳод", "+992918123456", "A0123456"):
            assert name not in page.content.decode(), address
    for rest in ("edit/", "members/add/", "help/", "head/", f"members/{member.pk}/", f"members/{member.pk}/edit/"):
        assert browser.get(path(known, rest)).status_code == 404


def test_the_head_agrees_again_on_the_page_of_the_closed_file(known, zarina, sign_in):
    with acting_as(zarina):
        withdraw(zarina, known.head)
    browser = sign_in(zarina)
    sent = {
        "form_id": new_id(), "people": known.head_id, "purposes": "registration", "consent_method": "spoken",
        "consent_language": "tg", "consent_on": TODAY, "agreed": "on",
    }  # fmt: skip
    address = path(known, "consents/record/")
    assert browser.post(address, {**sent, "purposes": "photo"}).status_code == 422
    assert "Каримова Ҷамила" in browser.post(address, sent, follow=True).content.decode()


def test_one_talk_with_a_mother_and_her_child_is_one_form(known, zarina, sign_in):
    with acting_as(zarina):
        child = member_of(known, Relation.CHILD).person
    browser = sign_in(zarina)
    sent = {
        "form_id": new_id(), "people": [known.head_id, child.pk], "purposes": ["services", "photo"],
        "consent_method": "thumbprint", "consent_language": "tg", "consent_on": TODAY, "agreed": "on",
    }  # fmt: skip
    address = path(known, "consents/record/")
    refusal = browser.post(address, sent).content.decode()
    assert "Write who answers for the child." in refusal
    assert "Write down what the child says." in refusal
    sent |= {"guardian_name": "Каримова Ҷамила", f"assent_{child.pk.hex}": "yes"}
    for _again in range(2):  # a double tap
        assert browser.post(address, sent).status_code == 302
    with acting_as(zarina):
        rows = {
            (one.person_id, one.purpose, one.given_by, one.assent) for one in Consent.objects.filter(purpose="photo")
        }
    assert rows == {(known.head_id, "photo", "self", None), (child.pk, "photo", "guardian", True)}


def test_the_consent_of_another_family_is_not_withdrawn_here(known, zarina, sign_in):
    other = register(zarina, given="Мавлуда", surname="Саидова", members=0)
    with acting_as(zarina):
        foreign = consent_of(other.head)
    assert sign_in(zarina).get(path(known, f"consents/{foreign.pk}/withdraw/")).status_code == 404


def test_who_sees_no_names_sees_the_ledger_by_relation(known, zarina, manija, sign_in):
    with acting_as(zarina):
        child = member_of(known, Relation.CHILD).person
        agree(zarina, child, P.PHOTO, given_by=GivenBy.GUARDIAN, guardian_name="Каримова Ҷамила", assent=True)
    page = sign_in(manija).get(path(known)).content.decode()
    assert "Consents" in page
    assert "Ҷамила" not in page
    assert "/withdraw/" not in page
