"""Giving a case to a worker: everything inside moves, a full worker is warned about, and each refusal is told."""

from __future__ import annotations

import pytest

from paivand.access.models import Agency, AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import ScopeKind
from paivand.cases.actions.assignment import assign_case, assign_cases
from paivand.cases.actions.transfers import ask_transfer
from paivand.cases.models import Case, CaseMove, CasePerson, CaseTransition, Due, Transfer, WorkerNotice
from paivand.cases.models.handover import tables_inside, tables_of_referrals
from paivand.cases.queries import oversight as queries
from paivand.cases.queries.workers import candidates
from paivand.cases.rules.cases import Risk
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from tests.cases.case_cast import a_case
from tests.cases.team import GBV, SUPERVISOR, WORKER, case_of, colleague, many_cases
from tests.cast import DUSTI, KULOB, fresh, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def mehri(admin, zarina):
    """A second social worker of Kulob, of Zarina's team."""
    return colleague(admin, "mehri", like=zarina)


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family)


def agency_of(user, admin):
    with acting_as(admin):
        return Agency.objects.get(pk=user.agency_id)


def give(case, owner, by, **more):
    with acting_as(by):
        stands = Case.objects.get(pk=case.pk)
        values = {"version": stands.version, "reason": "Zarina is on leave", **more}
        return assign_case(case=stands, owner=owner, by=by, **values)


def refusal(call, code):
    with pytest.raises(Refused) as refused:
        call()
    assert refused.value.code == code
    return refused.value


def test_a_case_goes_to_another_worker_with_everything_inside(case, zarina, mehri, nasiba):
    moved = give(case, mehri, nasiba)
    assert (moved.owner_id, moved.team_id, moved.agency_id) == (mehri.pk, mehri.team_id, mehri.agency_id)
    assert moved.former_owner_id == zarina.pk
    assert moved.version == case.version + 1
    with acting_as(mehri):
        for model in (CasePerson, CaseTransition, Due, CaseMove):
            owners = set(model.objects.filter(case=case).values_list("owner_id", flat=True))
            assert owners == {mehri.pk}, model


def test_every_table_inside_a_case_moves_with_it():
    """A new table is found by itself, because the function of the wall is written from the models."""
    from django.apps import apps

    from paivand.cases.models import CaseRecord
    from paivand.referrals.models.referrals import ReferralRecord

    inside = {model._meta.db_table for model in apps.get_models() if issubclass(model, CaseRecord)}
    assert set(tables_inside()) == inside
    assert len(inside) > 10
    assert set(tables_of_referrals()) == {
        model._meta.db_table for model in apps.get_models() if issubclass(model, ReferralRecord)
    }


def test_the_history_says_who_had_it_who_gave_it_and_why(case, zarina, mehri, nasiba):
    give(case, mehri, nasiba, reason="Zarina is on leave until May")
    with acting_as(mehri):
        (move,) = queries.moves_of(mehri, case)
    assert (move.from_owner_id, move.to_owner_id, move.written_by_id) == (zarina.pk, mehri.pk, nasiba.pk)
    assert move.reason == "Zarina is on leave until May"
    assert (move.load, move.limit, move.was_over) == (1, 25, False)


def test_an_assignment_is_an_event_that_names_no_family(case, mehri, nasiba):
    give(case, mehri, nasiba)
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="case.assign").order_by("-id").first()
    assert (event.outcome, event.subject_label) == ("done", case.code)
    assert event.detail == {"act": "assign", "case": case.code, "to": "mehri", "over": False}


def test_the_new_and_the_former_worker_are_told(case, zarina, mehri, nasiba):
    give(case, mehri, nasiba)
    for user, kind in ((mehri, "assigned"), (zarina, "taken")):
        with acting_as(user):
            assert [(one.kind, one.case_id) for one in queries.unseen(user)] == [(kind, case.pk)]
    with acting_as(nasiba):
        assert queries.unseen(nasiba) == []
        assert not WorkerNotice.objects.exists()  # nobody reads what others were told


def test_the_former_worker_still_reads_how_the_case_stands_and_what_she_wrote(admin, nasiba, zarina):
    own = colleague(admin, "munira", scope=ScopeKind.OWN, like=zarina)
    mine = case_of(own, register(own))
    give(mine, zarina, nasiba)
    with acting_as(own):
        assert Case.objects.seen_by(own).filter(pk=mine.pk).exists()
        assert CaseTransition.objects.seen_by(own).filter(case=mine).exists()
        assert not CaseMove.objects.seen_by(own).filter(case=mine).exists()
        assert not list(Case.objects.filter(pk=mine.pk).select_for_update())  # and changes nothing any more


def test_who_may_not_give_cases_is_refused(case, zarina, mehri, manija, farrukh, gulnoz):
    for by, error in ((zarina, WithoutRightError), (gulnoz, WithoutRightError), (manija, OutsideScopeError),
                      (farrukh, OutsideScopeError)):  # fmt: skip
        with acting_as(by), pytest.raises(error):
            assign_case(case=case, owner=mehri, version=case.version, reason="please", by=by)
    with acting_as(zarina):
        assert AuditEvent.objects.filter(event="case.assign", outcome="refused", actor_id=zarina.pk).count() == 1


def test_a_worker_without_reach_over_the_case_cannot_have_it(case, farrukh, anvar, manija, outsider, nasiba, admin):
    farrukh_here = colleague(admin, "farrukh.two", districts=(DUSTI,), agency=agency_of(nasiba, admin))
    for owner in (farrukh_here, manija, anvar, outsider):
        error = refusal(lambda owner=owner: give(case, owner, nasiba), "worker")
        assert owner.full_name in error.message
        assert error.field == "owner"


def test_a_suspended_worker_cannot_have_it(case, mehri, nasiba, admin):
    from paivand.access.actions.users import suspend_user

    with acting_as(admin):
        suspend_user(user=mehri, reason="left", by=admin)
    refusal(lambda: give(case, fresh(mehri), nasiba), "worker")


def test_another_organisation_takes_a_case_over_by_a_transfer_only(case, nasiba, admin, farrukh):
    other = colleague(admin, "other.ngo", agency=agency_of(farrukh, admin))
    refusal(lambda: give(case, other, nasiba), "agency")


def test_a_case_is_given_to_another_worker_with_a_reason(case, zarina, mehri, nasiba):
    refusal(lambda: give(case, zarina, nasiba), "same")
    refusal(lambda: give(case, mehri, nasiba, reason="  "), "reason")
    refusal(lambda: give(case, mehri, nasiba, version=case.version + 7), "stale")


def test_a_supervisor_of_a_team_gives_within_her_team_only(admin, zarina, farrukh, nasiba):
    guide = colleague(admin, "team.guide", role=SUPERVISOR, scope=ScopeKind.TEAM, like=zarina)
    away = colleague(admin, "without.team", agency=agency_of(zarina, admin))
    case = case_of(zarina, register(zarina, given="Савсан"))
    with acting_as(guide), pytest.raises(WithoutRightError):
        assign_case(case=Case.objects.get(pk=case.pk), owner=away, version=case.version, reason="leave", by=guide)
    near = colleague(admin, "of.the.team", like=zarina)
    assert give(case, near, guide).owner_id == near.pk


def test_a_full_worker_is_warned_about_with_numbers_and_given_more_only_nevertheless(case, mehri, nasiba):
    many_cases(mehri, 13, risk=Risk.HIGH)
    error = refusal(lambda: give(case, mehri, nasiba), "over_limit")
    assert (error.field, error.detail) == ("nevertheless", {"load": "27", "limit": "25", "open": 14})
    for word in ("27", "25", "14", mehri.full_name):
        assert word in error.message
    assert Case.objects.filter(owner=mehri).count() == 0  # nobody asks outside an identity
    moved = give(case, mehri, nasiba, reason="nobody else speaks Uzbek", nevertheless=True)
    assert moved.owner_id == mehri.pk
    with acting_as(nasiba):
        move = queries.moves_of(nasiba, moved)[0]
        event = AuditEvent.objects.filter(event="case.assign", outcome="done").order_by("-id").first()
    assert (move.was_over, move.load, move.reason) == (True, 27, "nobody else speaks Uzbek")
    assert event.detail["over"] is True


def test_the_limit_of_a_gbv_specialist_is_lower(case, gulnoz, nasiba):
    many_cases(gulnoz, 10, risk=Risk.HIGH)
    error = refusal(lambda: give(case, gulnoz, nasiba), "over_limit")
    assert error.detail == {"load": "21", "limit": "20", "open": 11}


def test_an_assignment_ends_the_transfer_that_waits(case, zarina, gulnoz, mehri, nasiba):
    with acting_as(zarina):
        ask_transfer(
            case=case, transfer_id=new_id(), receiver=gulnoz, reason="she knows them", note="", version=case.version,
            by=zarina,
        )  # fmt: skip
    give(case, mehri, nasiba)
    with acting_as(gulnoz):
        assert Transfer.objects.get(case=case).state == "withdrawn"
        assert {one.kind for one in queries.unseen(gulnoz)} == {"transfer_asked", "transfer_withdrawn"}
    with acting_as(mehri):
        assert Case.objects.get(pk=case.pk).offered_to_id is None


# --- who may have it --------------------------------------------------------------------------------------------------


def test_those_who_may_take_a_case_stand_in_order_of_what_they_carry(case, mehri, nasiba, gulnoz, farrukh, admin):
    many_cases(mehri, 3)
    colleague(admin, "other.ngo", "Дигар Ташкилот", agency=agency_of(farrukh, admin))
    with acting_as(nasiba):
        found = candidates(nasiba, Case.objects.select_related("family").get(pk=case.pk))
    assert [one.user.username for one in found] == ["nasiba", "gulnoz", "mehri", "other.ngo"]
    assert [one.other_agency for one in found] == [False, False, False, True]
    carried = {one.user.username: (one.load.weight, one.then.weight) for one in found}
    assert carried["mehri"] == (3, 4)


def test_a_worker_of_own_cases_only_may_have_a_case_if_she_can_open_the_family(case, zarina, nasiba, admin):
    own = colleague(admin, "munira", scope=ScopeKind.OWN, like=zarina)
    refusal(lambda: give(case, own, nasiba), "worker")
    hers = case_of(zarina, register(own, given="Савсан"))
    assert give(hers, own, nasiba).owner_id == own.pk


# --- many cases -------------------------------------------------------------------------------------------------------


def test_many_cases_are_given_one_by_one_and_each_refusal_is_told(zarina, mehri, nasiba, family):
    cases = many_cases(zarina, 12)
    with acting_as(nasiba):
        rows, unknown = queries.chosen_cases(nasiba, [case.code for case in cases])
        give(cases[3], nasiba, nasiba)
        answers = assign_cases(cases=rows, owner=mehri, reason="Zarina is on leave", by=nasiba)
    assert unknown == []
    assert [answer.why for answer in answers] == ["", "", "", "stale", *[""] * 8]  # it does not stop after the tenth
    with acting_as(mehri):
        assert Case.objects.filter(owner=mehri).count() == 11
        assert Case.objects.get(pk=cases[3].pk).owner_id == nasiba.pk


def test_a_full_worker_gets_as_many_as_there_is_room_for(zarina, mehri, nasiba):
    cases = many_cases(zarina, 14, risk=Risk.HIGH)
    with acting_as(nasiba):
        rows, _unknown = queries.chosen_cases(nasiba, [case.code for case in cases])
        answers = assign_cases(cases=rows, owner=mehri, reason="Zarina left", by=nasiba)
        assert [answer.why for answer in answers] == [""] * 12 + ["over_limit"] * 2
        assert all("26" in answer.refusal for answer in answers[12:])
        rest = [Case.objects.get(pk=answer.case.pk) for answer in answers[12:]]
        again = assign_cases(cases=rest, owner=mehri, reason="Zarina left", nevertheless=True, by=nasiba)
    assert all(answer.was_given for answer in again)


def test_cases_out_of_reach_are_never_given_and_are_told_as_not_there(zarina, mehri, nasiba, farrukh, dusti_family):
    away = case_of(farrukh, dusti_family)
    here = many_cases(zarina, 1)[0]
    with acting_as(nasiba):
        rows, unknown = queries.chosen_cases(nasiba, [away.code, here.code, "C-000-0000", "no code"])
        assert ([case.pk for case in rows], unknown) == ([here.pk], [away.code, "C-000-0000", "no code"])
        (answer,) = assign_cases(cases=[away], owner=mehri, reason="leave", by=nasiba)
    assert answer.why == "outside"
    with acting_as(farrukh):
        assert Case.objects.get(pk=away.pk).owner_id == farrukh.pk


def test_more_than_two_hundred_at_once_are_refused_before_anything_moves(zarina, mehri, nasiba):
    case = many_cases(zarina, 1)[0]
    with acting_as(nasiba):
        refusal(lambda: assign_cases(cases=[case] * 201, owner=mehri, reason="leave", by=nasiba), "many")
        assert Case.objects.get(pk=case.pk).owner_id == zarina.pk


# --- the database's own look ------------------------------------------------------------------------------------------


def test_the_database_hands_no_case_to_whoever_asks(case, zarina, mehri, gulnoz, anvar, nasiba, farrukh):
    from django.db import DatabaseError, transaction

    from paivand.cases.models.handover import hand_over

    for by in (zarina, mehri, gulnoz, farrukh):
        with acting_as(by), pytest.raises(DatabaseError), transaction.atomic():
            hand_over(case.pk, mehri.pk)
    with acting_as(nasiba), pytest.raises(DatabaseError), transaction.atomic():
        hand_over(case.pk, anvar.pk)  # he works with no cases
    with acting_as(zarina):
        assert Case.objects.get(pk=case.pk).owner_id == zarina.pk


def test_nothing_is_handed_over_without_an_identity(case, mehri):
    from django.db import DatabaseError, transaction

    from paivand.cases.models.handover import hand_over

    with pytest.raises(DatabaseError), transaction.atomic():
        hand_over(case.pk, mehri.pk)


def test_the_cast_of_the_tests_is_what_these_tests_believe(mehri, zarina, gulnoz):
    with acting_as(mehri):
        assert mehri.roles[0].key is WORKER
        assert mehri.reach("case.work").districts == {KULOB}
    with acting_as(gulnoz):
        assert gulnoz.roles[0].key is GBV
    assert mehri.agency_id == zarina.agency_id == gulnoz.agency_id


# --- what grew out of the case ---------------------------------------------------------------------------------------


def test_referrals_that_grew_out_of_a_case_move_and_their_answers_reach_the_new_worker(
    case, family, zarina, mehri, nasiba, anvar
):
    from paivand.referrals.models import Notice, Referral, ReferralStep
    from paivand.referrals.queries.referrals import desk_of
    from paivand.referrals.rules.referrals import Act
    from tests.referrals.handshake import answered, sent, service

    to = service(nasiba, user=anvar)
    unread = answered(sent(family, to, zarina, origin=("case", case.pk)), Act.ACCEPT, anvar)
    other = sent(family, to, zarina, without_consent=True)
    give(case, mehri, nasiba)
    with acting_as(mehri):
        moved, stays = Referral.objects.get(pk=unread.pk), Referral.objects.get(pk=other.pk)
        assert (moved.owner_id, moved.sender_id) == (mehri.pk, mehri.pk)
        assert (stays.owner_id, stays.sender_id) == (zarina.pk, zarina.pk)
        steps = ReferralStep.objects.filter(referral=moved)
        assert {step.owner_id for step in steps} == {mehri.pk}
        assert zarina.pk in {step.by_id for step in steps}  # who sent it stays written down
        assert [notice.referral_id for notice in desk_of(mehri).unread] == [moved.pk]
    with acting_as(zarina):
        assert not Notice.objects.seen_by(zarina).filter(referral=moved, seen_at=None, audience="sender").exists()
    done = answered(unread, Act.COMPLETE, anvar)
    with acting_as(mehri):
        assert {notice.referral_id for notice in desk_of(mehri).unread} == {done.pk}
