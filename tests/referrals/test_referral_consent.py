"""Consent on the server: without one that reaches the receiver nothing leaves; withdrawn, it stops what rests on it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.referrals.actions import drafts, sending
from paivand.referrals.models import Disclosure, Notice, Preparation, Referral, ReferralStep
from paivand.referrals.queries.consent import ground_of
from paivand.referrals.rules.consent import covering, names_receiver
from paivand.referrals.rules.notices import NoticeKind
from paivand.referrals.rules.referrals import Act, Way
from paivand.registry.actions.consents import withdraw_consent
from paivand.registry.models import Consent, Person
from paivand.registry.queries.consents import consequences_of_withdrawal
from paivand.registry.rules import ConsentPurpose, Relation, Sex
from paivand.registry.rules.consents import Consequence
from paivand.registry.rules.drafts import MemberDraft
from tests.cast import DUSTI, agreed, person, register
from tests.referrals.handshake import NOW, answered, consented, consented_child, drafted, sent, service, today

pytestmark = pytest.mark.django_db
WHY = "писараш дар хатар аст, милитсия бояд донад"


def refused_to_send(row: Any, by: Any, **more: Any) -> Refused:
    """How sending the draft ``row`` is refused."""
    with acting_as(by), pytest.raises(Refused) as refused:
        sending.send_referral(referral=row, version=row.version, by=by, now=NOW, **more)
    return refused.value


def withdraw(who: Any, by: Any, purpose: ConsentPurpose = ConsentPurpose.REFERRAL, extent: str | None = None) -> Any:
    """The person withdraws a consent; how many referrals the screen promised to stop."""
    with acting_as(by):
        rows = Consent.objects.filter(person=who, purpose=purpose, withdrawn_on=None)
        consent = rows.filter(extent=extent).get() if extent is not None else rows.first()
        named = {one.consequence: one.n for one in consequences_of_withdrawal(by, consent)}
        withdraw_consent(consent=consent, on=today(), reason="намехоҳад", by=by)
    return named.get(Consequence.REFERRALS_STOPPED)


# --- the rule --------------------------------------------------------------------------------------------------------


def row(given: int = 0, withdrawn: int | None = None, extent: str = "", number: int = 1) -> Any:
    """A row of the ledger, in days from today."""
    day = today()
    return SimpleNamespace(
        id=number, extent=extent, given_on=day + timedelta(days=given), valid_until=None,
        withdrawn_on=None if withdrawn is None else day + timedelta(days=withdrawn),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("extent", "receivers", "reached"),
    [
        ("Маркази ҳуқуқӣ", ["Markazi huquqi"], True),
        ("маркази «ҲУҚУҚӢ»", ["Маркази ҳуқуқӣ"], True),
        ("Умед, Ҳамроҳ", ["Ҳамроҳ"], True),
        ("Умед; Юридическая помощь", ["Юридическая помощь"], True),
        ("Умед", ["Умеди нав"], False),
        ("Умеди нав", ["Умед"], False),
        ("Мактаби 5", ["Мактаби 6"], False),
        ("Ҳамроҳ", ["", "…"], False),
    ],
)
def test_a_consent_names_a_receiver_whatever_the_script_and_never_by_a_part_of_the_name(extent, receivers, reached):
    assert names_receiver(extent, receivers) is reached


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], None),
        ([row()], 1),
        ([row(extent="Умед")], None),
        ([row(extent="Ҳамроҳ")], 1),
        ([row(given=1)], None),
        ([row(given=-5, withdrawn=-1)], None),
        # What was said later about this receiver by name outweighs what was said earlier about all.
        ([row(given=-9), row(given=-5, withdrawn=-1, extent="Ҳамроҳ", number=2)], None),
        ([row(given=-9, withdrawn=-5, extent="Ҳамроҳ"), row(given=-2, number=2)], 2),
        # A withdrawal for somebody else says nothing about this receiver.
        ([row(given=-9), row(given=-5, withdrawn=-1, extent="Умед", number=2)], 1),
        # A withdrawal of the whole ends what was given to one by name before it.
        ([row(given=-9, extent="Ҳамроҳ"), row(given=-8, withdrawn=-1, number=2)], None),
    ],
)
def test_the_row_on_which_a_referral_rests(rows, found):
    covered = covering(rows, ["Ҳамроҳ"], today())
    assert (covered and covered.id) == found


# --- sending ---------------------------------------------------------------------------------------------------------


def test_without_a_consent_nothing_leaves_and_the_refusal_says_what_to_do(family, legal, zarina):
    refused = refused_to_send(drafted(family, legal, zarina), zarina)
    assert (refused.code, refused.detail["why"], "Ask, and write the answer down" in refused.message) == (
        "consent", "never_asked", True,
    )  # fmt: skip
    with acting_as(zarina):
        assert (Referral.objects.get().state, Disclosure.objects.count()) == ("drafted", 0)
        assert AuditEvent.objects.get(outcome="refused").detail == {"why": "consent"}


def test_a_consent_for_another_purpose_is_none(family, legal, zarina):
    with acting_as(zarina):
        assert Consent.objects.filter(person=family.head, purpose=ConsentPurpose.REGISTRATION).exists()
    assert refused_to_send(drafted(family, legal, zarina), zarina).code == "consent"


@pytest.mark.parametrize("extent", ["Маркази ҳуқуқӣ", "markazi huquqii kulob", "Legal aid", "Умед, Правовая помощь"])
def test_a_consent_limited_to_the_receiver_by_any_of_its_names_is_enough(extent, family, legal, zarina):
    consented(family.head, zarina, extent=extent)
    row = drafted(family, legal, zarina)
    with acting_as(zarina):
        sent_row = sending.send_referral(referral=row, version=row.version, by=zarina, now=NOW)
        assert sent_row.consent.extent == extent


def test_a_consent_limited_to_somebody_else_is_not(family, legal, zarina):
    consented(family.head, zarina, extent="Беморхонаи Кӯлоб")
    refused = refused_to_send(drafted(family, legal, zarina), zarina)
    assert (refused.code, refused.detail["why"]) == ("consent", "others")


def test_a_consent_that_has_ended_is_none(family, legal, zarina):
    consented(family.head, zarina, given_on=today() - timedelta(days=9), valid_until=today())
    row = drafted(family, legal, zarina)
    with acting_as(zarina):
        assert ground_of(zarina, family.head, legal).consent
        assert ground_of(zarina, family.head, legal, today() + timedelta(days=1)).why == "ended"
        with pytest.raises(Refused):
            sending.send_referral(referral=row, version=row.version, by=zarina, now=NOW + timedelta(days=1))


def test_for_a_child_the_row_of_a_guardian_counts_and_no_other(family, legal, zarina):
    with acting_as(zarina):
        child = Person.objects.get(given_name="Фарҳод")
    consented(family.head, zarina)
    draft = drafted(family, legal, zarina, person=child)
    assert refused_to_send(draft, zarina).detail["why"] == "never_asked"
    consented_child(child, zarina)
    with acting_as(zarina):
        row = sending.send_referral(referral=draft, version=draft.version, by=zarina, now=NOW)
        assert (row.consent.given_by, row.consent.guardian_name) == ("guardian", "Ҷамила")


def test_who_grew_up_is_asked_anew(legal, zarina):
    born = today().year - 17
    family = register(zarina, members=[MemberDraft(person("Далер", sex=Sex.MALE, born=born), Relation.CHILD)])
    with acting_as(zarina):
        child = Person.objects.get(given_name="Далер")
    consented_child(child, zarina)
    with acting_as(zarina):
        assert ground_of(zarina, child, legal).consent
        assert ground_of(zarina, child, legal, today() + timedelta(days=3 * 366)).why == "giver"
    assert family


def test_the_consent_of_a_merged_record_counts(family, legal, zarina):
    other = register(zarina, given="Ҷамила", surname="Каримова", members=0)
    consented(other.head, zarina)
    with acting_as(zarina), writing("a test"):
        Person.objects.filter(pk=other.head_id).update(merged_into=family.head)
    with acting_as(zarina):
        assert ground_of(zarina, family.head, legal).consent.person_id == other.head_id


def test_while_registration_is_withdrawn_nothing_leaves(family, legal, zarina):
    consented(family.head, zarina)
    draft = drafted(family, legal, zarina)
    withdraw(family.head, zarina, ConsentPurpose.REGISTRATION)
    assert refused_to_send(draft, zarina).detail["why"] == "closed"


# --- deciding against it ---------------------------------------------------------------------------------------------


def test_an_override_is_a_right_of_its_own_with_a_reason_and_supervisors_are_told(family, legal, zarina, nasiba):
    row = drafted(family, legal, zarina)
    with acting_as(nasiba):
        decided = drafts.override_consent(referral=row, reason=WHY, version=row.version, by=nasiba, now=NOW)
        assert Preparation.objects.get().override_reason == WHY
        assert {one.audience for one in Notice.objects.seen_by(nasiba)} == {"supervisors"}
        event = AuditEvent.objects.get(event="referral.override")
        assert (event.reason, event.subject_label, event.outcome) == (WHY, row.code, "done")
    with acting_as(zarina):
        assert Notice.objects.seen_by(zarina).get().kind == NoticeKind.OVERRIDDEN
        row = sending.send_referral(referral=decided, version=decided.version, by=zarina, now=NOW)
        assert (row.state, row.consent_id, row.overridden_by_id) == ("sent", None, nasiba.pk)
        assert AuditEvent.objects.filter(event="referral.send").last()


def test_who_has_not_that_right_decides_nothing(family, legal, zarina, farrukh, anvar):
    row = drafted(family, legal, zarina)
    for who in (zarina, farrukh, anvar):
        with acting_as(who), pytest.raises((WithoutRightError, OutsideScopeError)):
            drafts.override_consent(referral=row, reason=WHY, version=row.version, by=who)
    assert refused_to_send(row, zarina).code == "consent"


@pytest.mark.parametrize(("reason", "code"), [("зарур", "reason"), ("  " + "." * 10, "reason")])
def test_an_override_without_a_reason_is_refused(reason, code, family, legal, zarina, nasiba):
    row = drafted(family, legal, zarina)
    with acting_as(nasiba), pytest.raises(Refused) as refused:
        drafts.override_consent(referral=row, reason=reason, version=row.version, by=nasiba)
    assert refused.value.code == code


def test_an_override_where_a_consent_is_there_is_refused(family, legal, zarina, nasiba):
    consented(family.head, zarina)
    row = drafted(family, legal, zarina)
    with acting_as(nasiba), pytest.raises(Refused) as refused:
        drafts.override_consent(referral=row, reason=WHY, version=row.version, by=nasiba)
    assert refused.value.code == "needless"


def test_a_receiver_never_reads_why_it_was_sent_without_a_consent(family, legal, zarina, nasiba, anvar):
    row = drafted(family, legal, zarina)
    with acting_as(nasiba):
        row = drafts.override_consent(referral=row, reason=WHY, version=row.version, by=nasiba, now=NOW)
    with acting_as(zarina):
        sending.send_referral(referral=row, version=row.version, by=zarina, now=NOW)
    with acting_as(anvar):
        assert Referral.objects.get().state == "sent"
        assert not Preparation.objects.exists()
        assert {one.kind for one in Notice.objects.all()} == {"arrived"}


# --- withdrawing it --------------------------------------------------------------------------------------------------


def test_a_withdrawal_stops_what_is_under_way_and_tells_the_holder(family, legal, zarina, anvar):
    under_way = sent(family, legal, zarina)
    answered(under_way, Act.ACCEPT, anvar)
    assert withdraw(family.head, zarina) == 1
    with acting_as(anvar):
        row = Referral.objects.get()
        assert (row.state, row.reason, row.reason_name) == (
            "withdrawn", "consent_withdrawn", "the consent was withdrawn",
        )  # fmt: skip
        assert not Disclosure.objects.exists()
        assert "withdrawn" in {one.kind for one in Notice.objects.seen_by(anvar)}
    with acting_as(zarina):
        assert ReferralStep.objects.filter(act="withdraw").get().by_id == zarina.pk
        event = AuditEvent.objects.filter(subject_id=row.pk).order_by("id").last()
        assert event.detail == {"act": "withdraw", "edge": "accepted>withdrawn", "why": "consent"}
        assert AuditEvent.objects.get(event="consent.withdraw").detail["referrals"] == 1


def test_what_has_ended_stays_as_it_ended(family, legal, zarina, anvar):
    done = sent(family, legal, zarina)
    answered(done, Act.ACCEPT, anvar)
    answered(done, Act.COMPLETE, anvar)
    assert withdraw(family.head, zarina) == 0
    with acting_as(zarina):
        assert Referral.objects.get().state == "completed"


def test_a_withdrawal_reaches_referrals_that_lie_out_of_the_workers_reach(family, legal, zarina, gulnoz, farrukh):
    row = sent(family, legal, zarina)
    with acting_as(gulnoz), writing("a test"):
        Referral.objects.filter(pk=row.pk).update(district_id=DUSTI)
    with acting_as(zarina):
        assert not Referral.objects.exists()
    assert withdraw(family.head, zarina) == 1
    with acting_as(farrukh):
        assert Referral.objects.get().state == "withdrawn"


def test_the_withdrawal_for_one_receiver_stops_what_went_to_it_and_nothing_else(family, legal, nasiba, zarina):
    school = service(nasiba, type="education", name="Мактаби 5", provider_name="Мактаби 5")
    consented(family.head, zarina, extent="Маркази ҳуқуқӣ")
    consented(family.head, zarina, extent="Мактаби 5")
    to_legal = sent(family, legal, zarina, without_consent=True)
    to_school = sent(family, school, zarina, without_consent=True, way=Way.SPOKEN)
    assert withdraw(family.head, zarina, extent="Маркази ҳуқуқӣ") == 1
    with acting_as(zarina):
        assert Referral.objects.get(pk=to_legal.pk).state == "withdrawn"
        assert Referral.objects.get(pk=to_school.pk).state == "sent"


def test_a_word_against_one_receiver_stops_what_rests_on_a_consent_to_all(family, legal, zarina):
    before = today() - timedelta(days=2)
    consented(family.head, zarina, extent="Маркази ҳуқуқӣ", given_on=before)
    consented(family.head, zarina, given_on=before)
    row = sent(family, legal, zarina, without_consent=True)
    with acting_as(zarina):
        assert row.consent_id
    assert withdraw(family.head, zarina, extent="Маркази ҳуқуқӣ") == 1
    assert refused_to_send(drafted(family, legal, zarina), zarina).detail["why"] == "others"


def test_when_the_head_withdraws_registration_the_referrals_of_all_who_lived_by_it_stop(family, legal, zarina):
    with acting_as(zarina):
        child = Person.objects.get(given_name="Нигина")
    consented_child(child, zarina)
    of_child = sent(family, legal, zarina, person=child, without_consent=True)
    of_head = sent(family, legal, zarina)
    assert withdraw(family.head, zarina, ConsentPurpose.REGISTRATION) == 2
    with acting_as(zarina):
        assert {row.state for row in Referral.objects.filter(pk__in=[of_child.pk, of_head.pk])} == {"withdrawn"}


def test_referrals_of_others_and_drafts_stay(family, legal, zarina):
    other = sent(register(zarina, given="Саодат"), legal, zarina)
    draft = drafted(family, legal, zarina)
    consented(family.head, zarina)
    assert withdraw(family.head, zarina) == 0
    with acting_as(zarina):
        assert (Referral.objects.get(pk=other.pk).state, Referral.objects.get(pk=draft.pk).state) == ("sent", "drafted")


def test_what_was_sent_without_a_consent_goes_on_and_supervisors_decide(family, legal, zarina, nasiba, anvar):
    row = drafted(family, legal, zarina)
    with acting_as(nasiba):
        row = drafts.override_consent(referral=row, reason=WHY, version=row.version, by=nasiba, now=NOW)
    with acting_as(zarina):
        row = sending.send_referral(referral=row, version=row.version, by=zarina, now=NOW)
    assert withdraw(family.head, zarina, ConsentPurpose.REGISTRATION) == 0
    with acting_as(nasiba):
        assert Referral.objects.get().state == "sent"
        assert "consent" in {one.kind for one in Notice.objects.seen_by(nasiba)}
        done = sending.withdraw_referral(referral=row, reason="not_needed", version=row.version, by=nasiba)
        assert done.state == "withdrawn"
    with acting_as(anvar):
        assert not Disclosure.objects.exists()


def test_the_withdrawal_of_another_purpose_stops_nothing(family, legal, zarina):
    sent(family, legal, zarina)
    consented_for = ConsentPurpose.PHOTO
    with acting_as(zarina):
        from paivand.registry.actions.consents import record_consent

        record_consent(person=family.head, draft=agreed(purposes=(consented_for,)), by=zarina)
    assert withdraw(family.head, zarina, consented_for) is None
    with acting_as(zarina):
        assert Referral.objects.get().state == "sent"
