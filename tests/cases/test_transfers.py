"""A transfer moves a case only when its receiver says yes: no other reader, not twice, not after its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import ScopeKind
from paivand.cases.actions.transfers import (
    accept_transfer,
    ask_transfer,
    decline_transfer,
    end_reading_of_former_workers,
    expire_transfers,
    withdraw_transfer,
)
from paivand.cases.models import Case, CaseMove, CasePerson, CaseTransition, Transfer
from paivand.cases.queries import oversight as queries
from paivand.cases.rules.cases import Risk
from paivand.cases.rules.transfers import ANSWERS, TRANSITIONS, TransferState, may_become
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent
from paivand.registry.rules import ConsentPurpose
from tests.cases.case_cast import a_case
from tests.cases.team import case_of, colleague, many_cases
from tests.cases.test_assignment import agency_of, give, refusal
from tests.cast import agreed, register

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def mehri(admin, zarina):
    """A second social worker of Kulob, of Zarina's team."""
    return colleague(admin, "mehri", like=zarina)


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family)


def ask(case, receiver, by, **more):
    with acting_as(by):
        stands = Case.objects.get(pk=case.pk)
        values = {"reason": "I move to Dushanbe", "note": "Calls are best in the evening.", "transfer_id": new_id(),
                  "version": stands.version, **more}  # fmt: skip
        return ask_transfer(case=stands, receiver=receiver, by=by, **values)


def answer(act, transfer, by, **more):
    with acting_as(by):
        return act(transfer=transfer, version=more.pop("version", transfer.version), by=by, **more)


def stands(case, by):
    with acting_as(by):
        return Case.objects.select_related("owner").get(pk=case.pk)


def test_the_receiver_accepts_and_the_case_moves_with_everything_inside(case, zarina, mehri):
    transfer = ask(case, mehri, zarina)
    assert stands(case, zarina).owner_id == zarina.pk  # nothing moves before the answer
    moved = answer(accept_transfer, transfer, mehri)
    assert (moved.owner_id, moved.former_owner_id, moved.offered_to_id) == (mehri.pk, zarina.pk, None)
    with acting_as(mehri):
        for model in (CasePerson, CaseTransition, CaseMove, Transfer):
            assert set(model.objects.filter(case=case).values_list("owner_id", flat=True)) == {mehri.pk}, model
        kept = Transfer.objects.get(pk=transfer.pk)
        move = CaseMove.objects.get(case=case)
    assert (kept.state, kept.decided_by_id) == ("accepted", mehri.pk)
    assert (move.kind, move.reason, move.written_by_id) == ("transferred", "I move to Dushanbe", mehri.pk)


def test_a_transfer_keeps_the_case_open_where_it_stood_and_both_edges_are_written_down(case, zarina, mehri):
    moved = answer(accept_transfer, ask(case, mehri, zarina), mehri)
    assert moved.state == "opened"
    with acting_as(mehri):
        acts = list(CaseTransition.objects.filter(case=case).order_by("id").values_list("act", "start", "end"))
    assert acts[1:] == [("transfer", "opened", "transferred"), ("take_up", "transferred", "opened")]


def test_another_reader_of_the_case_cannot_answer_for_the_receiver(case, zarina, mehri, nasiba, gulnoz, farrukh):
    transfer = ask(case, mehri, zarina)
    for by, error in ((zarina, WithoutRightError), (nasiba, WithoutRightError), (gulnoz, WithoutRightError),
                      (farrukh, OutsideScopeError)):  # fmt: skip
        for act, more in ((accept_transfer, {}), (decline_transfer, {"answer": "no"})):
            with acting_as(by), pytest.raises(error):
                act(transfer=transfer, version=transfer.version, by=by, **more)
        with acting_as(by):
            tried = AuditEvent.objects.filter(event="case.work", outcome="refused", actor_id=by.pk)
            assert [event.detail["why"] for event in tried] == [error.__name__] * 2
    assert stands(case, zarina).owner_id == zarina.pk


def test_the_database_takes_no_answer_of_anybody_else(case, zarina, mehri):
    transfer = ask(case, mehri, zarina)
    with acting_as(zarina), writing("tests"), pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(state="accepted", decided_at=NOW, decided_by=zarina)


def test_a_receiver_who_does_not_reach_the_case_sees_only_that_she_is_asked(zarina, admin):
    own = colleague(admin, "munira", scope=ScopeKind.OWN, like=zarina)
    case = case_of(zarina, register(own, given="Савсан"))
    transfer = ask(case, own, zarina)
    with acting_as(own):
        assert [one.pk for one in queries.transfers_to_answer(own)] == [transfer.pk]
        assert not CasePerson.objects.seen_by(own).filter(case=case).exists()
        assert not list(CasePerson.objects.filter(case=case))  # nor past the second wall
    moved = answer(accept_transfer, transfer, own)
    assert moved.owner_id == own.pk
    with acting_as(own):
        assert CasePerson.objects.seen_by(own).filter(case=case).count() == 3


def test_a_receiver_who_says_no_stops_seeing_the_case(zarina, admin):
    own = colleague(admin, "munira", scope=ScopeKind.OWN, like=zarina)
    case = case_of(zarina, register(own, given="Савсан"))
    transfer = ask(case, own, zarina)
    answer(decline_transfer, transfer, own, answer="I am on leave")
    with acting_as(own):
        assert not Case.objects.seen_by(own).filter(pk=case.pk).exists()
    with acting_as(zarina):
        kept = Transfer.objects.get(pk=transfer.pk)
        assert (kept.state, kept.answer) == ("declined", "I am on leave")
        assert [one.kind for one in queries.unseen(zarina)] == ["transfer_declined"]
        assert Case.objects.get(pk=case.pk).offered_to_id is None


def test_saying_no_needs_a_reason(case, zarina, mehri):
    transfer = ask(case, mehri, zarina)
    refusal(lambda: answer(decline_transfer, transfer, mehri, answer=" "), "reason")


def test_what_was_decided_is_not_decided_again(case, zarina, mehri):
    transfer = ask(case, mehri, zarina)
    answer(accept_transfer, transfer, mehri)
    for act, by, more in ((decline_transfer, mehri, {"answer": "no"}), (accept_transfer, mehri, {}),
                          (withdraw_transfer, mehri, {})):  # fmt: skip
        with acting_as(by):
            fresh = Transfer.objects.get(pk=transfer.pk)
        refusal(lambda act=act, by=by, fresh=fresh, more=more: answer(act, fresh, by, **more), "decided")


def test_who_asked_may_withdraw_and_the_receiver_is_told(case, zarina, mehri, gulnoz, nasiba):
    transfer = ask(case, mehri, zarina)
    with pytest.raises(WithoutRightError):
        answer(withdraw_transfer, transfer, gulnoz)
    answer(withdraw_transfer, transfer, zarina)
    with acting_as(mehri):
        assert [one.kind for one in queries.unseen(mehri)] == ["transfer_withdrawn", "transfer_asked"]
        refusal(lambda: answer(accept_transfer, Transfer.objects.get(pk=transfer.pk), mehri), "decided")
    again = ask(case, mehri, nasiba)  # a supervisor asks for somebody, and may withdraw what others asked
    assert answer(withdraw_transfer, again, nasiba).state == "withdrawn"


def test_only_the_worker_of_the_case_or_a_supervisor_asks(case, gulnoz, mehri, nasiba, manija, farrukh):
    with pytest.raises(WithoutRightError):
        ask(case, mehri, gulnoz)
    for by, error in ((manija, OutsideScopeError), (farrukh, OutsideScopeError)):
        with acting_as(by), pytest.raises(error):
            ask_transfer(
                case=case, receiver=mehri, reason="x", note="", transfer_id=new_id(), version=1, by=by
            )  # fmt: skip
    assert ask(case, mehri, nasiba).state == "asked"


def test_one_is_asked_at_a_time_and_a_second_sending_changes_nothing(case, zarina, mehri, gulnoz):
    transfer = ask(case, mehri, zarina)
    refusal(lambda: ask(case, gulnoz, zarina), "pending")
    refusal(lambda: ask(case, mehri, zarina, transfer_id=transfer.pk), "twice")
    with acting_as(zarina):
        assert Transfer.objects.filter(case=case).count() == 1


def test_what_cannot_be_asked_is_refused_in_words(case, zarina, mehri, farrukh):
    refusal(lambda: ask(case, zarina, zarina), "same")
    refusal(lambda: ask(case, mehri, zarina, reason=""), "reason")
    refusal(lambda: ask(case, mehri, zarina, version=99), "stale")
    refusal(lambda: ask(case, farrukh, zarina), "worker")


def test_another_organisation_needs_the_persons_consent(case, zarina, farrukh, admin, family):
    other = colleague(admin, "other.ngo", agency=agency_of(farrukh, admin))
    error = refusal(lambda: ask(case, other, zarina), "consent")
    assert "Умед" in error.message
    with acting_as(zarina):
        draft = agreed(purposes=(ConsentPurpose.REFERRAL,), extent="Чашмаи умед танҳо ба мактаб")
        record_consent(person=family.head, draft=agreed(purposes=(ConsentPurpose.REFERRAL,), extent="Ҳилол"), by=zarina)
        refusal(lambda: ask(case, other, zarina), "consent")  # it names another organisation
        record_consent(person=family.head, draft=draft, by=zarina)
    moved = answer(accept_transfer, ask(case, other, zarina), other)
    assert moved.agency_id == other.agency_id


def test_a_transfer_expires_and_the_case_stays(case, zarina, mehri):
    transfer = ask(case, mehri, zarina)
    assert expire_transfers(now=NOW + timedelta(days=13)) == 0
    later = NOW + timedelta(days=15)
    refusal(lambda: answer(accept_transfer, transfer, mehri, now=later), "expired")
    assert expire_transfers(now=later) == 1
    assert expire_transfers(now=later) == 0
    with acting_as(zarina):
        assert Transfer.objects.get(pk=transfer.pk).state == "expired"
        assert [one.kind for one in queries.unseen(zarina)] == ["transfer_expired"]
        row = Case.objects.get(pk=case.pk)
    assert (row.owner_id, row.offered_to_id) == (zarina.pk, None)


def test_a_full_receiver_takes_a_case_only_nevertheless_and_says_why(case, zarina, mehri):
    many_cases(mehri, 13, risk=Risk.HIGH)
    transfer = ask(case, mehri, zarina)
    refusal(lambda: answer(accept_transfer, transfer, mehri), "over_limit")
    refusal(lambda: answer(accept_transfer, transfer, mehri, nevertheless=True), "reason")
    answer(accept_transfer, transfer, mehri, nevertheless=True, answer="she is my neighbour's child")
    with acting_as(mehri):
        assert queries.moves_of(mehri, case)[0].was_over


def test_the_case_may_go_on_and_back_but_never_closed(case, zarina, mehri, nasiba):
    answer(accept_transfer, ask(case, mehri, zarina), mehri)
    answer(accept_transfer, ask(case, zarina, mehri), zarina)
    assert stands(case, zarina).owner_id == zarina.pk
    give(case, mehri, nasiba)
    with acting_as(nasiba):
        assert [move.to_owner_id for move in queries.moves_of(nasiba, case)] == [mehri.pk, zarina.pk, mehri.pk]


def test_former_workers_stop_reading_after_the_days_of_the_parameter(admin, zarina, nasiba):
    own = colleague(admin, "munira", scope=ScopeKind.OWN, like=zarina)
    case = case_of(own, register(own, given="Савсан"))
    give(case, zarina, nasiba)
    assert end_reading_of_former_workers(now=NOW + timedelta(days=89)) == 0
    assert end_reading_of_former_workers(now=NOW + timedelta(days=91)) == 1
    with acting_as(own):
        assert not Case.objects.seen_by(own).filter(pk=case.pk).exists()


def test_nobody_ends_what_former_workers_read_but_the_program(zarina, nasiba, case, mehri):
    from paivand.cases.models.handover import end_former_reading

    give(case, mehri, nasiba)
    with acting_as(nasiba):
        assert end_former_reading(NOW + timedelta(days=900)) == 0


# --- the machine ----------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(st.lists(st.sampled_from(list(TransferState)), max_size=6))
def test_no_way_leads_out_of_a_decision(path):
    now = TransferState.ASKED
    for then in path:
        if may_become(now, then):
            assert now is TransferState.ASKED
            assert then is not TransferState.ASKED
            now = then
        else:
            assert now is not TransferState.ASKED or then is TransferState.ASKED
    assert now is TransferState.ASKED or not TRANSITIONS[now]


def test_answers_are_what_only_a_receiver_says():
    assert {TransferState.ACCEPTED, TransferState.DECLINED} == ANSWERS
    assert set(TRANSITIONS) == set(TransferState)


def test_a_refusal_says_what_to_do():
    for code in ("twice", "decided"):
        assert Refused("x", code).code == code
