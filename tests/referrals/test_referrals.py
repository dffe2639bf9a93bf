"""The handshake: a referral moves along its edges, each with its step and its event, and along no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.referrals.actions import answers, drafts, sending
from paivand.referrals.models import Disclosure, Notice, Preparation, Referral, ReferralStep
from paivand.referrals.queries.referrals import desk_of, referral_by_code, referrals_of_origin, referrals_of_people
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import (
    Act,
    DeclineReason,
    FailReason,
    Outcome,
    Priority,
    ReferralState,
    Way,
    WithdrawReason,
)
from paivand.registry.models import JourneyStep
from tests.cast import register
from tests.referrals.handshake import NOW, answered, consented, drafted, sent, service

pytestmark = pytest.mark.django_db


def refusal(**call: Any) -> str:
    """The code with which a call is refused."""
    body = call.pop("body")
    with acting_as(call["by"]), pytest.raises(Refused) as refused:
        body(**call)
    return refused.value.code


def events(by: Any, row: Any) -> list[AuditEvent]:
    with acting_as(by):
        return list(AuditEvent.objects.filter(subject_id=row.pk).order_by("id"))


# --- drafting --------------------------------------------------------------------------------------------------------


def test_a_draft_lies_where_the_person_lies_and_nothing_has_left(family, legal, zarina, anvar):
    row = drafted(family, legal, zarina)
    with acting_as(zarina):
        row.refresh_from_db()
        assert (row.state, row.scope, row.code[:2]) == (ReferralState.DRAFTED, family.head.scope, "R-")
        assert (row.reference, row.receiver_id, row.sent_at, row.due_at) == (family.code, None, None, None)
        assert not Disclosure.objects.exists()
        assert Preparation.objects.get().lens == "legal"
    with acting_as(anvar):
        assert not Referral.objects.exists()


def test_a_form_sent_twice_drafts_once(family, legal, zarina):
    row = drafted(family, legal, zarina)
    with acting_as(zarina), pytest.raises(Refused) as refused:
        drafts.draft_referral(referral_id=row.pk, family=family, service=legal, priority="normal", needs="…", by=zarina)
    assert (refused.value.code, refused.value.detail) == ("twice", {"code": row.code})
    with acting_as(zarina):
        assert Referral.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"priority": "soon"}, "priority"), ({"lens": "everything"}, "lens"), ({"lens": "survivor_code"}, "lens")],
)
def test_a_draft_is_refused_with_what_is_wrong(changes, code, family, legal, zarina):
    with pytest.raises(Refused) as refused:
        drafted(family, legal, zarina, **changes)
    assert refused.value.code == code


def test_nobody_is_sent_to_a_service_that_takes_nobody(family, nasiba, zarina):
    paused = service(nasiba, state="paused", stopped_on=NOW.date())
    with pytest.raises(Refused) as refused:
        drafted(family, paused, zarina)
    assert refused.value.code == "service"


def test_somebody_who_left_the_family_is_not_referred_from_it(family, legal, zarina):
    from paivand.registry.actions.families import remove_member

    with acting_as(zarina):
        member = family.members.exclude(relation="head").select_related("person", "family").first()
        child = member.person
        remove_member(member=member, until_on=member.from_on, reason="", by=zarina)
    with pytest.raises(Refused) as refused:
        drafted(family, legal, zarina, person=child)
    assert refused.value.code == "closed"


def test_who_works_elsewhere_or_has_no_right_drafts_nothing(family, legal, farrukh, rustam, anvar):
    for who in (farrukh, rustam, anvar):
        with pytest.raises((OutsideScopeError, WithoutRightError)):
            drafted(family, legal, who)


def test_a_draft_changes_until_it_is_sent(family, legal, zarina):
    row = drafted(family, legal, zarina)
    with acting_as(zarina):
        changed = drafts.prepare_referral(
            referral=row, priority=Priority.URGENT, needs="Алимент", lens="code_only", fields=["sex"],
            version=row.version, by=zarina,
        )  # fmt: skip
        prepared = Preparation.objects.get()
        assert (changed.priority, prepared.needs, prepared.fields) == (
            "urgent", "Алимент", ["reference", "needs", "priority", "sex"],
        )  # fmt: skip
    stale = {"priority": "normal", "needs": "…", "lens": "legal", "fields": [], "by": zarina}
    assert refusal(body=drafts.prepare_referral, referral=row, version=1, **stale) == "stale"
    consented(family.head, zarina)
    with acting_as(zarina):
        row = sending.send_referral(referral=changed, version=changed.version, by=zarina, now=NOW)
    assert refusal(body=drafts.prepare_referral, referral=row, version=row.version, **stale) == "state"


# --- sending and answering -------------------------------------------------------------------------------------------


def test_a_referral_that_is_sent_has_its_clock_its_step_its_disclosure_and_its_event(family, legal, zarina, anvar):
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    assert (row.state, row.way, row.due_at - row.sent_at) == ("sent", Way.ACCOUNT, timedelta(hours=24))
    assert (row.receiver_id, row.consent_id is not None) == (anvar.pk, True)
    with acting_as(zarina):
        [step] = ReferralStep.objects.all()
        assert (step.act, step.source, step.target, step.by_id, step.at) == ("send", "drafted", "sent", zarina.pk, NOW)
        assert Disclosure.objects.get().is_intact
    last = events(zarina, row)[-1]
    assert (last.event, last.outcome, last.detail["edge"], last.detail["way"]) == (
        "referral.send", "done", "drafted>sent", "account",
    )  # fmt: skip
    with acting_as(anvar):
        notice = Notice.objects.get()
        assert (notice.kind, notice.audience) == (NoticeKind.ARRIVED, Audience.RECEIVER)


def test_a_referral_goes_all_the_way_and_comes_back(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    with acting_as(anvar):
        seen = answers.receive(referral=row, by=anvar, now=NOW + timedelta(minutes=5))
    assert (seen.state, seen.due_at) == ("received", row.due_at)
    accepted = answered(row, Act.ACCEPT, anvar, note="Рӯзи душанбе биёянд")
    assert (accepted.state, accepted.due_at) == ("accepted", NOW + timedelta(hours=1, days=14))
    begun = answered(row, Act.BEGIN, anvar, now=NOW + timedelta(days=1))
    done = answered(row, Act.COMPLETE, anvar, now=NOW + timedelta(days=3), note="Шаҳодатнома дода шуд")
    assert (begun.state, done.state, done.outcome, done.due_at) == ("in_service", "completed", "completed", None)
    with acting_as(zarina):
        step = JourneyStep.objects.get(service="referral.legal")
        assert (step.person_id, step.outcome, step.happened_on, step.recorded_by_id) == (
            family.head_id, "completed", (NOW + timedelta(days=3)).date(), anvar.pk,
        )  # fmt: skip
        assert [one.kind for one in Notice.objects.seen_by(zarina)] == ["answered"] * 3
        assert [one.edge for one in _edges()] == [
            "drafted>sent", "sent>received", "received>accepted", "accepted>in_service", "in_service>completed",
        ]  # fmt: skip
        assert ReferralStep.objects.get(target="completed").note == "Шаҳодатнома дода шуд"


def _edges() -> list[Any]:
    from paivand.referrals.rules.referrals import Step

    return [Step(ReferralState(one.source), Act(one.act), ReferralState(one.target))
            for one in ReferralStep.objects.exclude(act="").order_by("id")]  # fmt: skip


def test_a_full_house_declines_with_its_reason(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    done = answered(row, Act.DECLINE, anvar, reason=DeclineReason.FULL)
    assert (done.state, done.reason, done.ended_at is not None) == ("declined", "full", True)
    with acting_as(zarina):
        assert Notice.objects.seen_by(zarina).get().act == "decline"
        assert not JourneyStep.objects.filter(service="referral.legal").exists()
    assert events(anvar, row)[-1].detail == {"act": "decline", "edge": "sent>declined"}


@pytest.mark.parametrize("reason", list(FailReason))
def test_help_that_did_not_come_about_says_why(reason, family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    answered(row, Act.ACCEPT, anvar)
    done = answered(row, Act.NOT_COMPLETE, anvar, reason=reason)
    assert (done.state, done.reason) == ("not_completed", reason)


def test_help_in_part_is_a_step_in_part(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    answered(row, Act.ACCEPT, anvar)
    answered(row, Act.COMPLETE, anvar, outcome=Outcome.PARTLY)
    with acting_as(zarina):
        assert JourneyStep.objects.get(service="referral.legal").outcome == "partly"


def test_answers_are_refused_that_say_nothing_or_cannot_be(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    with acting_as(anvar):
        row = Referral.objects.get(pk=row.pk)
    here = {"referral": row, "version": row.version, "by": anvar, "now": NOW}
    assert refusal(body=answers.decline, reason="tired", **here) == "reason"
    assert refusal(body=answers.decline, reason=FailReason.NO_SHOW, **here) == "reason"
    assert refusal(body=answers.begin_service, **here) == "state"
    row = answered(row, Act.ACCEPT, anvar)
    here |= {"referral": row, "version": row.version}
    assert refusal(body=answers.complete, outcome="wonderful", happened_on=NOW.date(), **here) == "outcome"
    for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=1)):
        assert refusal(body=answers.complete, outcome="completed", happened_on=day, **here) == "date"
    with acting_as(anvar):
        refused = AuditEvent.objects.filter(subject_id=row.pk, outcome="refused")
        assert [one.detail["why"] for one in refused.order_by("id")] == [
            "reason", "reason", "state", "outcome", "date", "date",
        ]  # fmt: skip


# --- the defects of other systems, each a test -----------------------------------------------------------------------


@pytest.mark.parametrize("end", [Act.DECLINE, Act.COMPLETE, Act.NOT_COMPLETE])
def test_what_has_ended_is_never_taken_back(end, family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    if end is not Act.DECLINE:
        answered(row, Act.ACCEPT, anvar)
    done = answered(row, end, anvar)
    code = refusal(
        body=sending.withdraw_referral, referral=done, reason=WithdrawReason.NOT_NEEDED, version=done.version, by=zarina
    )
    assert code == "ended"
    with acting_as(zarina):
        assert Referral.objects.get(pk=row.pk).state == done.state


def test_nobody_answers_for_somebody_else(family, legal, zarina, nasiba, gulnoz, farrukh, rustam):
    row = sent(family, legal, zarina)
    for who in (zarina, nasiba, gulnoz, farrukh, rustam):
        with acting_as(who), pytest.raises((WithoutRightError, OutsideScopeError)):
            answers.accept(referral=row, version=row.version, by=who, now=NOW)
    with acting_as(zarina):
        assert Referral.objects.get(pk=row.pk).state == "sent"
        refused = AuditEvent.objects.filter(event="referral.answer", outcome="refused", actor_id=zarina.pk)
        assert refused.count() == 1


def test_the_sender_does_not_tell_an_answer_for_somebody_with_an_account(family, legal, zarina):
    row = sent(family, legal, zarina)
    assert refusal(body=sending.tell_answer, referral=row, act="accept", version=row.version, by=zarina) == "account"


def test_of_two_who_answer_at_once_the_second_is_told(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    answered(row, Act.ACCEPT, anvar)
    assert refusal(
        body=answers.decline, referral=row, reason=DeclineReason.FULL, version=row.version, by=anvar, now=NOW
    ) == "stale"  # fmt: skip
    with acting_as(anvar):
        assert Referral.objects.get(pk=row.pk).state == "accepted"


def test_a_second_tap_on_the_same_answer_changes_nothing(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    with acting_as(anvar):
        once = answers.accept(referral=row, version=row.version, by=anvar, now=NOW)
        twice = answers.accept(referral=row, version=row.version, by=anvar, now=NOW)
    assert (twice.version, twice.state) == (once.version, "accepted")
    with acting_as(zarina):
        assert ReferralStep.objects.filter(act="accept").count() == 1
        assert Notice.objects.seen_by(zarina).count() == 1


def test_a_receiver_sees_only_what_was_sent_to_him(family, legal, nasiba, zarina, anvar):
    mine = sent(family, legal, zarina)
    other = sent(register(zarina, given="Саодат"), service(nasiba, user=nasiba), zarina)
    with acting_as(anvar):
        assert list(Referral.objects.all()) == [mine]
        assert referral_by_code(anvar, other.code) is None
        assert referral_by_code(anvar, mine.code) == mine
    with acting_as(anvar), pytest.raises(OutsideScopeError):
        answers.accept(referral=other, version=other.version, by=anvar, now=NOW)


def test_the_database_lets_no_row_leave_the_draft_without_a_ground(family, legal, zarina):
    row = drafted(family, legal, zarina)
    with acting_as(zarina), writing("a test"), pytest.raises(IntegrityError, match="without_ground"):
        with transaction.atomic():
            Referral.objects.filter(pk=row.pk).update(
                state="sent", sent_at=NOW, due_at=NOW, way="spoken"
            )  # fmt: skip


# --- taking back, notes, answers told --------------------------------------------------------------------------------


def test_a_referral_taken_back_is_told_and_its_content_is_shut(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    with acting_as(anvar):
        assert Disclosure.objects.count() == 1
    with acting_as(zarina):
        done = sending.withdraw_referral(
            referral=row, reason=WithdrawReason.SENT_WRONGLY, version=row.version, by=zarina, now=NOW
        )
        assert (done.state, done.reason) == ("withdrawn", "sent_wrongly")
        assert Disclosure.objects.count() == 1
    with acting_as(anvar):
        assert Disclosure.objects.count() == 0
        assert Referral.objects.get().reason_name == "sent by mistake"
        assert {one.kind for one in Notice.objects.seen_by(anvar)} == {"arrived", "withdrawn"}
    assert refusal(body=answers.accept, referral=done, version=done.version, by=anvar, now=NOW) == "ended"


def test_the_reason_of_the_ledger_is_not_given_by_hand(family, legal, zarina):
    row = sent(family, legal, zarina)
    assert refusal(
        body=sending.withdraw_referral, referral=row, reason=WithdrawReason.CONSENT_WITHDRAWN, version=row.version,
        by=zarina,
    ) == "reason"  # fmt: skip


def test_a_draft_is_thrown_away_and_no_receiver_hears_of_it(family, legal, zarina, anvar):
    row = drafted(family, legal, zarina)
    with acting_as(zarina):
        sending.withdraw_referral(referral=row, reason=WithdrawReason.NOT_NEEDED, version=row.version, by=zarina)
    with acting_as(anvar):
        assert not Referral.objects.exists()
        assert not Notice.objects.exists()


def test_both_sides_write_to_each_other(family, legal, zarina, anvar):
    row = sent(family, legal, zarina)
    with acting_as(zarina):
        sending.write_to_receiver(referral=row, note="Вай танҳо пас аз соати 15 метавонад", by=zarina)
    with acting_as(anvar):
        answers.write_to_sender(referral=row, note="Хуб", by=anvar)
        assert [one.note for one in ReferralStep.objects.filter(act="").order_by("id")] == [
            "Вай танҳо пас аз соати 15 метавонад", "Хуб",
        ]  # fmt: skip
    assert refusal(body=sending.write_to_receiver, referral=row, note=" ", by=zarina) == "note"
    assert refusal(body=answers.write_to_sender, referral=row, note="", by=anvar) == "note"


def test_nobody_writes_to_a_receiver_of_a_draft_or_of_what_has_ended(family, legal, zarina, anvar):
    row = drafted(family, legal, zarina)
    assert refusal(body=sending.write_to_receiver, referral=row, note="…", by=zarina) == "ended"


def test_the_sender_writes_down_what_was_told_by_telephone(family, legal_outside, zarina):
    row = sent(family, legal_outside, zarina, way=Way.SPOKEN)
    with acting_as(zarina):
        row = sending.tell_answer(referral=row, act="accept", version=row.version, by=zarina, now=NOW)
        row = sending.tell_answer(
            referral=row, act="complete", version=row.version, outcome="completed", happened_on=NOW.date(), by=zarina,
            now=NOW, note="гуфт, ки тамом",
        )  # fmt: skip
        assert (row.state, JourneyStep.objects.get(service="referral.legal").recorded_by_id) == ("completed", zarina.pk)
        assert set(ReferralStep.objects.exclude(act="send").values_list("told", flat=True)) == {True}
        assert not Notice.objects.exists()
    assert events(zarina, row)[-1].detail == {"act": "told.complete", "edge": "accepted>completed"}


def test_only_answers_are_told(family, legal_outside, zarina):
    row = sent(family, legal_outside, zarina, way=Way.SPOKEN)
    assert refusal(body=sending.tell_answer, referral=row, act="expire", version=row.version, by=zarina) == "act"


def test_a_service_without_an_account_is_not_reached_by_one(family, legal_outside, zarina):
    consented(family.head, zarina)
    row = drafted(family, legal_outside, zarina)
    assert refusal(body=sending.send_referral, referral=row, version=row.version, by=zarina, way=Way.ACCOUNT) == "way"


# --- what other rooms ask --------------------------------------------------------------------------------------------


def test_a_case_finds_the_referrals_that_grew_out_of_it(family, legal, zarina, farrukh):
    case = new_id()
    row = drafted(family, legal, zarina, origin=("case", case), told={"reference": "C-000-0013"})
    drafted(family, legal, zarina)
    assert row.reference == "C-000-0013"
    with acting_as(zarina):
        assert referrals_of_origin(zarina, "case", case) == [row]
        assert len(referrals_of_people(zarina, [family.head_id])) == 2
    with acting_as(farrukh):
        assert referrals_of_origin(farrukh, "case", case) == []


def test_a_desk_holds_what_is_late_what_is_new_what_waits_and_what_to_answer(family, legal, zarina, nasiba, anvar):
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    with acting_as(zarina):
        soon, late = (desk_of(zarina, NOW + timedelta(hours=hours)) for hours in (23, 24))
    assert ([soon.waiting, soon.overdue], [late.waiting, late.overdue]) == ([[row], []], [[], [row]])
    with acting_as(nasiba):
        assert desk_of(nasiba, NOW + timedelta(hours=25)).overdue == [row]
    with acting_as(anvar):
        desk = desk_of(anvar, NOW)
        assert (desk.to_answer, [one.kind for one in desk.unread]) == ([row], ["arrived"])
        assert (desk.overdue, desk.waiting) == ([], [])
