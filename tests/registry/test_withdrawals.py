"""What a withdrawn consent brings: named first, carried out wholly, and shown nowhere afterwards."""

from __future__ import annotations

import pytest
from django.db import connection

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.registry.actions.duplicates import decide_pair
from paivand.registry.actions.families import edit_family
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
from paivand.registry.queries import duplicates, search
from paivand.registry.rules import GivenBy, Relation
from paivand.registry.rules.consents import (
    Consequence,
    consequences,
)
from paivand.registry.rules.duplicates import Verdict
from paivand.registry.rules.families import FamilyState
from tests.cast import register
from tests.registry.talks import (
    TODAY,
    P,
    S,
    agree,
    consent_of,
    days,
    furnished,
    member_of,
    path,
    refused,
    state_of,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(family, zarina):
    return furnished(family, zarina)


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


# --- the screens ----------------------------------------------------------------------------------------------------


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
