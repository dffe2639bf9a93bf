"""The commission of a selection: seats, stepping aside, signatures, and the signed list as the decision."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import commission, selection, selection_list
from paivand.cases.models import SelectionCandidate, SelectionConflict, SelectionSignature
from paivand.cases.queries import commission as queries
from paivand.cases.queries.selection import without_step
from paivand.cases.rules.selection import EDGES, ConflictKind, RoundState, may_move
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.registry.models import JourneyStep
from paivand.registry.rules import ConsentPurpose
from tests.cases.rounds import (
    ZARBDOR,
    begun,
    choice,
    concluded,
    decided,
    decided_as_proposed,
    families,
    opened,
    row_of,
    rows_of,
    seated,
    signed,
    whole,
)
from tests.cases.test_selection import events, refused
from tests.cast import register
from tests.registry.talks import agree, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(zarina, profiles):
    """Four families of Zarbdor: two for the places, one for the reserve, one whose need is small."""
    found = families(zarina, 4)
    for family, severity in zip(found, (80, 70, 60, 20), strict=True):
        profiles.say(family, severity)
    return found


@pytest.fixture
def chosen(zarina, nasiba, made):
    """Their round, with Zarina and Nasiba in the commission and everything decided as proposed."""
    found = begun(zarina, zarina, nasiba)
    decided_as_proposed(zarina, found)
    return found


def seat(by, chosen):
    with acting_as(by):
        return queries.seat_of(by, chosen)


def live(by, chosen):
    with acting_as(by):
        return list(SelectionSignature.objects.filter(round=chosen, voided_at=None))


def steps_aside(by, chosen, family, *, seat_of=None, kind=ConflictKind.RELATIVE, words=""):
    row = row_of(by, chosen, family)
    with acting_as(by):
        return commission.step_aside(candidate=row, seat=seat_of or seat(by, chosen), kind=kind, words=words, by=by)


# --- seats -----------------------------------------------------------------------------------------------------------


def test_a_seat_is_offered_and_taken_by_the_signer_herself(zarina, nasiba):
    chosen = opened(zarina)
    with acting_as(zarina):
        assert {user.username for user in queries.possible_signers(zarina, chosen)} == {"zarina", "nasiba", "gulnoz"}
        offered = commission.offer_seat(chosen=chosen, seat_id=new_id(), user=nasiba, function="supervisor", by=zarina)
    assert not offered.is_taken
    with acting_as(nasiba):
        taken = commission.take_seat(chosen=chosen, function="", by=nasiba)
    assert (taken.pk, taken.function, taken.is_taken) == (offered.pk, "supervisor", True)
    refused("twice", commission.take_seat, chosen=chosen, function="", by=nasiba)


def test_a_seat_is_offered_to_nobody_whose_right_does_not_reach(zarina, farrukh, rustam):
    chosen = opened(zarina)
    for user in (farrukh, rustam):
        refused("user", commission.offer_seat, chosen=chosen, seat_id=new_id(), user=user, function="ngo", by=zarina)
    with acting_as(rustam), pytest.raises(OutsideScopeError):
        commission.take_seat(chosen=chosen, function="ngo", by=rustam)


def test_an_outside_member_is_kept_by_function_and_organisation(zarina):
    chosen = opened(zarina)
    refused("organisation", commission.seat_outside_member, chosen=chosen, seat_id=new_id(), function="jamoat",
            organisation=" ", by=zarina)  # fmt: skip
    refused("function", commission.seat_outside_member, chosen=chosen, seat_id=new_id(), function="king",
            organisation="Ҷамоати Зарбдор", by=zarina)  # fmt: skip
    with acting_as(zarina):
        found = commission.seat_outside_member(
            chosen=chosen, seat_id=new_id(), function="jamoat", organisation="Ҷамоати Зарбдор", by=zarina
        )
    assert (found.user_id, found.is_taken, found.is_signer) == (None, True, False)


def test_a_signer_leaves_the_seat_herself(zarina, nasiba):
    chosen = opened(zarina)
    seated(chosen, zarina, nasiba)
    refused("user", commission.leave_seat, seat=seat(nasiba, chosen), reason="набуд", by=zarina)
    refused("reason", commission.leave_seat, seat=seat(nasiba, chosen), reason="", by=nasiba)
    with acting_as(nasiba):
        commission.leave_seat(seat=queries.seat_of(nasiba, chosen), reason="бемор", by=nasiba)
        assert queries.seat_of(nasiba, chosen) is None
        assert [one.left_reason for one in queries.seats(nasiba, chosen)] == ["", "бемор"]
    seated(chosen, nasiba)


def test_an_offer_that_was_not_taken_may_be_withdrawn_by_others(zarina, nasiba):
    chosen = opened(zarina)
    with acting_as(zarina):
        offered = commission.offer_seat(chosen=chosen, seat_id=new_id(), user=nasiba, function="supervisor", by=zarina)
        commission.leave_seat(seat=offered, reason="дар рухсатӣ", by=zarina)


# --- stepping aside --------------------------------------------------------------------------------------------------


def test_who_stepped_aside_neither_decides_nor_speaks_for_the_family(chosen, made, zarina, nasiba, gulnoz):
    steps_aside(nasiba, chosen, made[0])
    row = row_of(nasiba, chosen, made[0])
    refused("conflict", selection_list.decide, candidate=row, choice=choice("refused"), version=row.version, by=nasiba)
    signed(chosen, zarina, nasiba)
    with acting_as(zarina):
        signature = SelectionSignature.objects.get(round=chosen, signer=nasiba)
        assert signature.n_aside == 1
        chosen.refresh_from_db()
    said = refused("signatures", commission.conclude, chosen=chosen, leave_unassessed=True, version=chosen.version,
                   by=zarina)  # fmt: skip
    assert "1" in said.message
    seated(chosen, gulnoz)
    signed(chosen, zarina, nasiba, gulnoz)
    assert concluded(zarina, chosen).state == "decided"


def test_a_conflict_is_recorded_and_only_another_signer_ends_it(chosen, made, zarina, nasiba):
    found = steps_aside(nasiba, chosen, made[0])
    refused("twice", commission.step_aside, candidate=row_of(nasiba, chosen, made[0]), seat=seat(nasiba, chosen),
            kind=ConflictKind.RELATIVE, words="", by=nasiba)  # fmt: skip
    refused("self", commission.end_conflict, conflict=found, reason="хато", by=nasiba)
    refused("reason", commission.end_conflict, conflict=found, reason="", by=zarina)
    with acting_as(zarina):
        commission.end_conflict(conflict=found, reason="ҳамном аст, хеш не", by=zarina)
        assert queries.conflicts(zarina, chosen) == {}
        kept, = queries.conflicts_of(zarina, row_of(zarina, chosen, made[0]))  # fmt: skip
    assert (kept.declared_by_id, kept.ended_by_id, kept.ended_reason) == (
        nasiba.pk, zarina.pk, "ҳамном аст, хеш не"
    )  # fmt: skip
    decided(nasiba, chosen, made[0], "refused")


def test_a_signer_says_it_of_herself_and_of_those_who_are_heard(chosen, made, zarina, nasiba):
    row = row_of(zarina, chosen, made[1])
    refused("seat", commission.step_aside, candidate=row, seat=seat(nasiba, chosen), kind=ConflictKind.RELATIVE,
            words="", by=zarina)  # fmt: skip
    refused("words", commission.step_aside, candidate=row, seat=seat(zarina, chosen), kind=ConflictKind.OTHER, words="",
            by=zarina)  # fmt: skip
    with acting_as(zarina):
        heard = commission.seat_outside_member(
            chosen=chosen, seat_id=new_id(), function="mahalla", organisation="Маҳаллаи Чорбоғ", by=zarina
        )
        found = commission.step_aside(candidate=row, seat=heard, kind=ConflictKind.NEIGHBOUR, words="", by=zarina)
    assert found.seat_id == heard.pk


def test_the_database_lets_nobody_end_the_own_conflict(chosen, made, zarina, nasiba):
    found = steps_aside(nasiba, chosen, made[0])
    with acting_as(nasiba), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update cases_selectionconflict set ended_at=now(), ended_by_id=declared_by_id, ended_reason='x' "
            "where id=%s", [found.pk],
        )  # fmt: skip


# --- signatures ------------------------------------------------------------------------------------------------------


def test_a_list_is_signed_whole_and_by_nobody_twice(chosen, zarina, nasiba):
    signed(chosen, zarina)
    with acting_as(zarina):
        found = queries.present_list(zarina, chosen).fingerprint
        signature, = live(zarina, chosen)  # fmt: skip
    assert (signature.list_hash, signature.n_families) == (found, 4)
    refused("twice", commission.sign_list, chosen=chosen, list_hash=found, by=zarina)
    refused("changed", commission.sign_list, chosen=chosen, list_hash="0" * 64, by=nasiba)
    with acting_as(zarina), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_selectionsignature select (gen_random_uuid()), version, created_at, changed_at, "
            "list_hash, n_families, n_aside, signed_at, null, '', agency_id, district_id, owner_id, round_id, seat_id, "
            "signer_id, team_id from cases_selectionsignature where id=%s", [signature.pk],
        )  # fmt: skip


def test_a_list_with_an_undecided_family_is_not_signed(zarina, nasiba, made):
    chosen = begun(zarina, zarina, nasiba)
    said = refused("undecided", commission.sign_list, chosen=chosen, list_hash="", by=zarina)
    assert "4" in said.message


def test_who_does_not_sit_in_the_commission_does_not_sign(chosen, gulnoz, farrukh):
    with acting_as(gulnoz):
        found = queries.present_list(gulnoz, chosen).fingerprint
    refused("seat", commission.sign_list, chosen=chosen, list_hash=found, by=gulnoz)
    with acting_as(farrukh), pytest.raises(OutsideScopeError):
        commission.sign_list(chosen=chosen, list_hash=found, by=farrukh)


def changes(chosen, made, by):
    """Everything that changes a signed list, by the cause that the signature then tells."""

    def decides():
        decided(by, chosen, made[3], "refused")

    def parts_places():
        chosen.refresh_from_db()
        selection.plan_places(chosen=chosen, places={ZARBDOR: 3}, version=chosen.version, by=by)

    def steps():
        steps_aside(by, chosen, made[3])

    def seats_somebody():
        commission.seat_outside_member(chosen=chosen, seat_id=new_id(), function="ngo", organisation="Ҷамъият", by=by)

    def adds():
        selection_list.add_family(chosen=chosen, family=register(by, given="Дермонда", members=0), by=by)

    return {"decision": decides, "places": parts_places, "conflict": steps, "seats": seats_somebody, "families": adds}


@pytest.mark.parametrize("cause", ["decision", "places", "conflict", "seats", "families"])
def test_any_later_change_makes_signatures_void(cause, chosen, made, zarina, nasiba):
    signed(chosen, zarina, nasiba)
    with acting_as(zarina):
        before = queries.present_list(zarina, chosen).fingerprint
        changes(chosen, made, zarina)[cause]()
        assert queries.present_list(zarina, chosen).fingerprint != before
        void = list(SelectionSignature.objects.filter(round=chosen))
    assert [(one.void_cause, one.is_void) for one in void] == [(cause, True)] * 2
    assert live(zarina, chosen) == []
    assert refused_conclusion(chosen, zarina) in {"signatures", "undecided"}


def refused_conclusion(chosen, by):
    with acting_as(by):
        chosen.refresh_from_db()
        with pytest.raises(Refused) as raised:
            commission.conclude(chosen=chosen, leave_unassessed=True, version=chosen.version, by=by)
    return raised.value.code


def test_a_list_changed_behind_the_signatures_is_not_decided(chosen, made, zarina, nasiba):
    signed(chosen, zarina, nasiba)
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("update cases_selectioncandidate set words='x' where family_id=%s", [made[0].pk])
    assert refused_conclusion(chosen, zarina) == "changed"


def test_a_signature_is_voided_and_otherwise_never_changed(chosen, zarina):
    signed(chosen, zarina)
    with acting_as(zarina), connection.cursor() as cursor:
        for change in ("list_hash=''", "signer_id=owner_id", "n_families=9"):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(f"update cases_selectionsignature set {change} where round_id=%s", [chosen.pk])
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("delete from cases_selectionsignature where round_id=%s", [chosen.pk])


# --- the decision ----------------------------------------------------------------------------------------------------


def test_one_signature_decides_nothing(chosen, zarina):
    signed(chosen, zarina)
    assert refused_conclusion(chosen, zarina) == "signatures"


def test_a_signed_list_becomes_the_decision_and_the_journey_says_so(chosen, made, zarina, nasiba):
    signed(chosen, zarina, nasiba)
    row = concluded(zarina, chosen)
    assert (row.state, row.decided_on) == ("decided", timezone.localdate())
    with acting_as(zarina):
        steps = list(JourneyStep.objects.filter(service="family.selected"))
        minutes = queries.minutes_of(zarina, row)
    assert {step.person_id for step in steps} == {made[0].head_id, made[1].head_id}
    assert {step.place_id for step in steps} == {ZARBDOR}
    assert (minutes.is_whole, minutes.list_hash) == (True, row.list_hash)
    event, *_ = events(zarina, act="round.move")
    assert event.detail | {"selected": 2, "steps": 2, "edge": "commission>decided"} == event.detail
    for family in made:
        row = row_of(zarina, chosen, family)
        refused("state", selection_list.decide, candidate=row, choice=choice("refused"), version=row.version, by=zarina)


def test_the_minutes_are_never_changed(chosen, zarina, nasiba):
    signed(chosen, zarina, nasiba)
    concluded(zarina, chosen)
    with acting_as(zarina), connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("update cases_selectionminutes set content='{}'")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("delete from cases_selectionminutes")


def test_families_that_nobody_assessed_stay_knowingly_without_a_decision(chosen, zarina, nasiba, profiles):
    late = register(zarina, given="Дермонда", members=0)
    with acting_as(zarina):
        selection_list.add_family(chosen=chosen, family=late, by=zarina)
    signed(chosen, zarina, nasiba)
    with acting_as(zarina):
        chosen.refresh_from_db()
    said = refused("unassessed", commission.conclude, chosen=chosen, leave_unassessed=False, version=chosen.version,
                   by=zarina)  # fmt: skip
    assert "1" in said.message
    assert concluded(zarina, chosen, leave=True).is_signed
    assert [row.family_id for row in rows_of(zarina, chosen, part="to_assess")] == [late.pk]


def test_without_consent_to_services_the_journey_waits_and_the_family_stays_selected(made, zarina, nasiba):
    head = made[0].head
    with acting_as(zarina):
        agree(zarina, head, ConsentPurpose.SERVICES)
        withdraw(zarina, head, ConsentPurpose.SERVICES)
    chosen = whole(zarina, nasiba)
    row = row_of(zarina, chosen, made[0])
    assert (row.outcome, row.step_id) == ("selected", None)
    with acting_as(zarina):
        assert [one.pk for one in without_step(zarina, chosen)] == [row.pk]
    refused("consent", selection_list.write_selection, candidate=row, version=row.version, by=zarina)
    with acting_as(zarina):
        agree(zarina, head, ConsentPurpose.SERVICES)
        row = selection_list.write_selection(candidate=row, version=row.version, by=zarina)
        assert without_step(zarina, chosen) == []
    refused("selected", selection_list.write_selection, candidate=row, version=row.version, by=zarina)


# --- after the decision ----------------------------------------------------------------------------------------------


def test_a_family_that_refuses_makes_a_place_free_and_the_reserve_moves_up(made, zarina, nasiba):
    chosen = whole(zarina, nasiba)
    row, reserve = row_of(zarina, chosen, made[0]), row_of(zarina, chosen, made[2])
    refused("quota", selection_list.fill_place, candidate=reserve, words="", version=reserve.version, by=zarina)
    with acting_as(zarina):
        row = selection_list.note_refusal(
            candidate=row, reason_code="does_not_want", words="", version=row.version, by=zarina
        )
        taken_back = JourneyStep.objects.filter(person=made[0].head, service="family.selected").order_by("pk")
        assert [step.quantity for step in taken_back] == [1, -1]
        reserve = selection_list.fill_place(candidate=reserve, words="", version=reserve.version, by=zarina)
        assert JourneyStep.objects.filter(pk=reserve.step_id, person=made[2].head).exists()
        basis = [one.basis for one in reserve.decisions.order_by("pk")]
    assert (row.outcome, reserve.outcome) == ("refused", "selected")
    assert basis == ["commission", "place_freed"]
    with acting_as(zarina):
        assert queries.minutes_of(zarina, chosen).is_whole


def test_the_first_of_the_reserve_goes_first(zarina, nasiba, profiles):
    found = families(zarina, 3)
    for family, severity in zip(found, (80, 70, 60), strict=True):
        profiles.say(family, severity)
    chosen = whole(zarina, nasiba, places={ZARBDOR: 1})
    first = row_of(zarina, chosen, found[0])
    with acting_as(zarina):
        selection_list.note_refusal(candidate=first, reason_code="no_time", words="", version=first.version, by=zarina)
    last = row_of(zarina, chosen, found[2])
    refused("order", selection_list.fill_place, candidate=last, words="", version=last.version, by=zarina)
    with acting_as(zarina):
        selection_list.fill_place(candidate=last, words="дигаре кӯчид", version=last.version, by=zarina)


def test_a_family_is_told_after_the_decision_and_told_anew_after_another(made, zarina, nasiba):
    chosen = whole(zarina, nasiba)
    row, today = row_of(zarina, chosen, made[0]), timezone.localdate()
    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        refused("date", selection_list.tell_family, candidate=row, told_on=day, version=row.version, by=zarina)
    with acting_as(zarina):
        row = selection_list.tell_family(candidate=row, told_on=today, version=row.version, by=zarina)
        assert row.told_on == today
        row = selection_list.note_refusal(
            candidate=row, reason_code="no_time", words="", version=row.version, by=zarina
        )
    assert row.told_on is None


def test_a_round_is_closed_when_no_family_may_appeal_any_more(made, zarina, nasiba):
    chosen, today = whole(zarina, nasiba), timezone.localdate()

    def closes(reason, on):
        return {"chosen": chosen, "reason": reason, "version": chosen.version, "by": zarina, "on": on}

    far = today + timedelta(days=60)
    refused("untold", commission.close_round, **closes("", far))
    refused("early", commission.close_round, **closes("кӯчиданд", today + timedelta(days=15)))
    with acting_as(zarina):
        row = commission.close_round(**closes("кӯчиданд", today + timedelta(days=16)))
    assert (row.state, row.closing_reason) == ("closed", "кӯчиданд")


# --- the machine -----------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(list(RoundState)), min_size=1, max_size=6))
@settings(max_examples=300)
def test_no_round_comes_back_to_where_it_was(path):
    state, been = RoundState.PREPARING, {RoundState.PREPARING}
    for to in path:
        if may_move(state, to):
            assert to not in been
            state = to
            been.add(to)
    assert set(EDGES) == set(RoundState)


STRAIGHT = ("draw", "begin", "decide", "sign", "other_signs", "conclude")
ACTS = (*STRAIGHT, "call_off", "close")


@given(so_far=st.integers(0, len(STRAIGHT)), then=st.lists(st.sampled_from(ACTS), max_size=4))
@settings(max_examples=20)
def test_whatever_is_tried_in_whatever_order_moves_along_the_edges_only(so_far, then, zarina, nasiba, made):
    with transaction.atomic():
        chosen = opened(zarina)
        seated(chosen, zarina, nasiba)
        before = [chosen.state]
        for act in (*STRAIGHT[:so_far], *then):
            tried(act, chosen, zarina, nasiba)
            with acting_as(zarina):
                chosen.refresh_from_db()
            if chosen.state != before[-1]:
                assert may_move(RoundState(before[-1]), RoundState(chosen.state))
                before.append(chosen.state)
        with acting_as(zarina):
            told = AuditEvent.objects.filter(subject_id=chosen.pk, outcome="done", detail__act="round.move")
            edges = [row.detail["edge"] for row in told.order_by("id")]
            if chosen.state == "decided":
                assert SelectionSignature.objects.filter(
                    round=chosen, voided_at=None, list_hash=chosen.list_hash
                ).count() == 2  # fmt: skip
        assert edges == [f"{one}>{other}" for one, other in pairwise(before)]
        transaction.set_rollback(True)


def tried(act, chosen, zarina, nasiba):
    """Try one act; a refusal changes nothing."""
    on = {"chosen": chosen, "version": chosen.version, "by": zarina}
    acts = {
        "draw": lambda: selection.draw_up_list(**on),
        "begin": lambda: selection.begin_commission(**on),
        "decide": lambda: decided_as_proposed(zarina, chosen),
        "sign": lambda: signed(chosen, zarina),
        "other_signs": lambda: signed(chosen, nasiba),
        "conclude": lambda: commission.conclude(**on, leave_unassessed=True),
        "call_off": lambda: selection.call_off(**on, reason="маблағ нест"),
        "close": lambda: commission.close_round(**on, reason="кӯчиданд"),
    }
    by = nasiba if act == "other_signs" else zarina
    with acting_as(by):
        try:
            acts[act]()
        except Refused:
            return


def test_the_conflicts_of_a_commission_are_seen_within_reach_only(chosen, made, nasiba, farrukh):
    steps_aside(nasiba, chosen, made[0])
    with acting_as(farrukh):
        assert not SelectionConflict.objects.exists()
        assert not SelectionCandidate.objects.exists()
        with pytest.raises(OutsideScopeError):
            commission.take_seat(chosen=chosen, function="ngo", by=farrukh)
