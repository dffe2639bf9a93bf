"""Rounds of a selection: opening, places, the list and its order, deciding about families."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.actions import selection, selection_list
from paivand.cases.models import SelectionCandidate, SelectionDecision, SelectionProfile, SelectionRound
from paivand.cases.queries import selection as queries
from paivand.cases.queries.selection_profiles import changed_since, n_children
from paivand.cases.rules.selection import Choice, Outcome
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.registry.actions.states import change_state
from paivand.registry.rules.families import FamilyState
from tests.cases.rounds import (
    ZARBDOR,
    ZIRAKI,
    begun,
    choice,
    decided,
    drawn,
    families,
    opened,
    row_of,
    rows_of,
    seated,
)
from tests.cast import KULOB, register

pytestmark = pytest.mark.django_db


def refused(code, action, **arguments):
    """The refusal of an action, which leaves an event of its own."""
    with acting_as(arguments["by"]):
        with pytest.raises(Refused) as raised:
            action(**arguments)
    assert raised.value.code == code
    return raised.value


def events(by, **detail):
    with acting_as(by):
        rows = AuditEvent.objects.filter(event="selection.sign", actor_id=by.pk).order_by("-id")
        return [row for row in rows if detail.items() <= row.detail.items()]


# --- the round -------------------------------------------------------------------------------------------------------


def test_a_round_begins_with_its_places_a_code_and_a_seed(zarina):
    chosen = opened(zarina, places={ZARBDOR: 3, ZIRAKI: 0})
    assert chosen.code.startswith("L-")
    assert len(chosen.seed) == 32
    assert chosen.state == "preparing"
    with acting_as(zarina):
        assert {place.jamoat_id: place.quota for place in queries.places_of(zarina, chosen)} == {ZARBDOR: 3, ZIRAKI: 0}
    event, = events(zarina, act="round.open")  # fmt: skip
    assert (event.outcome, event.district_id, event.detail["places"]) == ("done", KULOB, 3)


def test_a_second_sending_opens_no_second_round(zarina):
    form = {"round_id": new_id(), "scope": placement(zarina, KULOB), "programme": "relief", "purpose": "зимистон",
            "places": {ZARBDOR: 1}, "by": zarina}  # fmt: skip
    with acting_as(zarina):
        selection.open_round(**form)
    refused("twice", selection.open_round, **form)


@pytest.mark.parametrize(("changes", "code"), [
    ({"programme": "wagons"}, "programme"),
    ({"places": {}}, "places"),
    ({"places": {"TJ-KT-20-04": 2}}, "places"),
    ({"places": {ZARBDOR: -1}}, "places"),
    ({"places": {ZARBDOR: 5001}}, "places"),
])  # fmt: skip
def test_an_impossible_round_is_refused(changes, code, zarina):
    form = {"round_id": new_id(), "scope": placement(zarina, KULOB), "programme": "relief", "purpose": "",
            "places": {ZARBDOR: 1}, "by": zarina}  # fmt: skip
    refused(code, selection.open_round, **{**form, **changes})


def test_nobody_opens_a_round_elsewhere_or_without_the_right(zarina, farrukh, manija, rustam):
    for by in (farrukh, manija, rustam):
        with acting_as(by), pytest.raises(WithoutRightError):
            selection.open_round(
                scope=placement(by, KULOB),
                round_id=new_id(),
                programme="relief",
                purpose="",
                places={ZARBDOR: 1},
                by=by,
            )
    with acting_as(zarina):
        assert not SelectionRound.objects.seen_by(farrukh).exists()


def test_a_round_of_elsewhere_is_not_there(zarina, farrukh):
    chosen = opened(zarina)
    with acting_as(farrukh):
        assert queries.round_seen_by(farrukh, chosen.pk) is None
        with pytest.raises(OutsideScopeError):
            selection.draw_up_list(chosen=chosen, version=1, by=farrukh)
        assert not SelectionRound.objects.filter(pk=chosen.pk).exists()  # the second wall


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_stands_in_the_order_of_need(zarina, profiles):
    low, high, same, more = families(zarina, 4)
    bigger = register(zarina, jamoat=ZARBDOR, given="Серфарзанд", members=2)
    for family, severity in ((low, 20), (high, 80), (same, 50), (more, 50.01), (bigger, 50)):
        profiles.say(family, severity)
    chosen = drawn(opened(zarina), zarina)
    rows = rows_of(zarina, chosen)
    assert [row.family_id for row in rows] == [high.pk, more.pk, bigger.pk, same.pk, low.pk]
    assert [row.rank for row in rows] == [1, 2, 3, 4, 5]
    assert [row.proposal for row in rows] == ["selected", "selected", "reserve", "reserve", "not_eligible"]
    assert rows[2].n_children == 2


def test_equal_families_are_put_in_order_by_a_lot_that_can_be_drawn_again(zarina, profiles):
    made = families(zarina, 6)
    for family in made:
        profiles.say(family, 50)
    chosen = drawn(opened(zarina), zarina)
    order = [row.family_id for row in rows_of(zarina, chosen)]
    assert order == [row.family_id for row in rows_of(zarina, drawn(chosen, zarina))]
    by_hand = sorted(made, key=lambda family: hashlib.sha256(f"{chosen.seed}:{family.pk}".encode()).hexdigest())
    assert order == [family.pk for family in by_hand]


def test_who_cannot_wait_stands_on_top_and_gets_no_place_by_it(zarina, profiles):
    grave, urgent = families(zarina, 2)
    profiles.say(grave, 80)
    profiles.say(urgent, 40, urgent=["child_in_danger"])
    chosen = drawn(opened(zarina, places={ZARBDOR: 1}), zarina)
    first, second = rows_of(zarina, chosen)
    assert (first.family_id, first.rank, first.proposal) == (urgent.pk, 2, "reserve")
    assert (second.family_id, second.rank, second.proposal) == (grave.pk, 1, "selected")


def test_nobody_falls_out_silently(zarina, profiles):
    never, outdated, incomplete, edge = families(zarina, 4)
    profiles.say(outdated, 70, on=date(2026, 5, 28))
    profiles.say(incomplete, None)
    profiles.say(edge, 70, on=date(2026, 5, 29))
    now = timezone.make_aware(datetime(2026, 11, 29, 9))  # noqa: DTZ001
    chosen = drawn(opened(zarina), zarina, now)
    apart = {row.family_id: row.unassessed for row in rows_of(zarina, chosen, part="to_assess")}
    assert apart == {never.pk: "never", outdated.pk: "outdated", incomplete.pk: "incomplete"}
    assert [row.family_id for row in rows_of(zarina, chosen)] == [edge.pk]
    assert chosen.n_families == 4


def test_only_open_files_of_the_chosen_jamoats_stand_on_the_list(zarina, farrukh, profiles, family):
    elsewhere = register(zarina, jamoat=ZIRAKI, given="Дур")
    register(farrukh, jamoat="TJ-KT-20-04", given="Ойгул")
    moved = register(zarina, given="Кӯчида", members=0)
    with acting_as(zarina):
        change_state(family=moved, state=FamilyState.MOVED, reason="кӯчид", on=timezone.localdate(),
                     version=moved.version, by=zarina)  # fmt: skip
    chosen = drawn(opened(zarina), zarina)
    assert [row.family_id for row in rows_of(zarina, chosen, part="to_assess")] == [family.pk]
    assert elsewhere.pk != family.pk


def test_a_list_drawn_up_anew_forgets_the_former_one(zarina, profiles, family):
    profiles.say(family, 40)
    chosen = drawn(opened(zarina), zarina)
    profiles.say(family, 70)
    chosen = drawn(chosen, zarina)
    with acting_as(zarina):
        assert SelectionProfile.objects.filter(family=family).count() == 1
    assert [row.severity for row in rows_of(zarina, chosen)] == [Decimal(70)]


def test_the_profile_of_the_moment_stays_and_a_change_is_shown(zarina, nasiba, profiles, family):
    profiles.say(family, 40)
    chosen = begun(zarina, zarina, nasiba)
    profiles.say(family, 65.5, urgent=["homelessness"])
    row = row_of(zarina, chosen, family)
    with acting_as(zarina):
        row = queries.candidate_seen_by(zarina, row.pk)
        assert (row.severity, row.profile.severity, row.is_urgent) == (Decimal(40), Decimal(40), False)
        change = changed_since(zarina, [row])[row.pk]
    assert (change.graver, change.became_urgent) == (Decimal("25.5"), True)


def test_an_unchanged_profile_is_no_change(zarina, profiles, family):
    profiles.say(family, 40)
    chosen = drawn(opened(zarina), zarina)
    with acting_as(zarina):
        page = queries.candidates(zarina, chosen)
        assert changed_since(zarina, page.rows) == {}


def test_a_list_beyond_its_measure_is_refused(zarina, profiles, monkeypatch):
    families(zarina, 3)
    few = replace(selection.numbers(), most_families=2)
    monkeypatch.setattr(selection, "numbers", lambda: few)
    chosen = opened(zarina)
    refused("many", selection.draw_up_list, chosen=chosen, version=1, by=zarina)


def test_two_people_at_once_do_not_overwrite_each_other(zarina, nasiba, profiles, family):
    chosen = opened(zarina)
    with acting_as(nasiba):
        selection.plan_places(chosen=chosen, places={ZARBDOR: 4}, version=1, by=nasiba)
    refused("stale", selection.draw_up_list, chosen=chosen, version=1, by=zarina)


def test_children_are_counted_once_and_by_the_day(zarina, family):
    with acting_as(zarina):
        assert n_children(zarina, [family.pk], timezone.localdate()) == {family.pk: 2}
        assert n_children(zarina, [family.pk], date(2040, 1, 1)) == {}


# --- places ----------------------------------------------------------------------------------------------------------


def test_places_are_shared_by_need(zarina, profiles):
    for family in families(zarina, 3):
        profiles.say(family, 70)
    other = register(zarina, jamoat=ZIRAKI, given="Дигар", members=0)
    profiles.say(other, 36)
    profiles.say(register(zarina, jamoat=ZIRAKI, given="Паст", members=0), 10)
    chosen = drawn(opened(zarina, places={ZARBDOR: 0, ZIRAKI: 9}), zarina)
    with acting_as(zarina):
        selection.share_places(chosen=chosen, total=3, version=chosen.version, by=zarina)
        needs = queries.need_by_jamoat(zarina, chosen)
    assert {code: (need.quota, need.n_in_need) for code, need in needs.items()} == {ZARBDOR: (2, 3), ZIRAKI: (1, 1)}
    assert needs[ZARBDOR].share == 67
    assert queries.whole_need(needs).n_listed == 5


def test_other_jamoats_ask_for_a_new_list(zarina, profiles, family):
    chosen = drawn(opened(zarina), zarina)
    with acting_as(zarina):
        chosen = selection.plan_places(chosen=chosen, places={ZARBDOR: 1, ZIRAKI: 1}, version=chosen.version, by=zarina)
        assert chosen.drawn_at is None
        assert not SelectionCandidate.objects.filter(round=chosen).exists()


def test_in_the_commission_only_the_numbers_change_and_proposals_follow(zarina, nasiba, profiles):
    one, other = families(zarina, 2)
    profiles.say(one, 80)
    profiles.say(other, 70)
    chosen = begun(zarina, zarina, nasiba, places={ZARBDOR: 1})
    refused("places", selection.plan_places, chosen=chosen, places={ZARBDOR: 1, ZIRAKI: 1}, version=chosen.version,
            by=zarina)  # fmt: skip
    with acting_as(zarina):
        selection.plan_places(chosen=chosen, places={ZARBDOR: 2}, version=chosen.version, by=zarina)
    assert [row.proposal for row in rows_of(zarina, chosen)] == ["selected", "selected"]


# --- handing it to the commission ------------------------------------------------------------------------------------


def test_the_commission_begins_with_a_list_places_and_two_signers(zarina, nasiba, profiles, family):
    chosen = opened(zarina, places={ZARBDOR: 0})
    refused("list", selection.begin_commission, chosen=chosen, version=chosen.version, by=zarina)
    chosen = drawn(chosen, zarina)
    refused("places", selection.begin_commission, chosen=chosen, version=chosen.version, by=zarina)
    with acting_as(zarina):
        chosen = selection.plan_places(chosen=chosen, places={ZARBDOR: 1}, version=chosen.version, by=zarina)
    seated(chosen, zarina)
    refused("seats", selection.begin_commission, chosen=chosen, version=chosen.version, by=zarina)
    seated(chosen, nasiba)
    with acting_as(zarina):
        chosen = selection.begin_commission(chosen=chosen, version=chosen.version, by=zarina)
    assert chosen.in_commission
    refused("state", selection.draw_up_list, chosen=chosen, version=chosen.version, by=zarina)
    event, *_ = events(zarina, act="round.move")
    assert event.detail["edge"] == "preparing>commission"


def test_a_selection_that_is_not_signed_may_be_called_off(zarina, nasiba, profiles, family):
    chosen = opened(zarina)
    refused("reason", selection.call_off, chosen=chosen, reason=" ", version=1, by=zarina)
    with acting_as(zarina):
        chosen = selection.call_off(chosen=chosen, reason="маблағ нест", version=1, by=zarina)
    assert (chosen.state, chosen.closing_reason) == ("called_off", "маблағ нест")
    refused("state", selection.plan_places, chosen=chosen, places={ZARBDOR: 1}, version=2, by=zarina)


# --- deciding --------------------------------------------------------------------------------------------------------


@pytest.fixture
def commission(zarina, nasiba, profiles):
    """Four families of Zarbdor, two places, Zarina and Nasiba in the commission."""
    made = families(zarina, 4)
    for family, severity in zip(made, (80, 70, 60, 20), strict=True):
        profiles.say(family, severity)
    return begun(zarina, zarina, nasiba), made


def test_a_decision_keeps_reason_person_and_history(commission, zarina, nasiba):
    chosen, (first, *_) = commission
    decided(zarina, chosen, first, "selected", "")
    row = decided(nasiba, chosen, first, "referred", "ба беморхона")
    assert (row.outcome, row.reason_code, row.referred_to, row.decided_by_id) == (
        "referred", "better_helped_there", "health", nasiba.pk
    )  # fmt: skip
    with acting_as(zarina):
        told = [(one.outcome, one.decided_by_id) for one in queries.decisions_of(zarina, row)]
    assert told == [("referred", nasiba.pk), ("selected", zarina.pk)]
    event, = events(nasiba, act="list.decide")  # fmt: skip
    assert (event.subject_label, event.detail["outcome"]) == (first.code, "referred")
    assert "беморхона" not in str(event.detail)


@pytest.mark.parametrize(("given", "code"), [
    (Choice(Outcome.SELECTED, "wagon"), "reason"),
    (Choice(Outcome.SELECTED, "need_beyond_profile"), "words"),
    (Choice(Outcome.RESERVE, "others_in_greater_need"), "words"),
    (Choice(Outcome.REFERRED, "better_helped_there"), "where"),
    (Choice(Outcome.REFERRED, "better_helped_there", "", "safe_house"), "where"),
    (Choice(Outcome.NOT_ELIGIBLE, "helped_already"), "words"),
])  # fmt: skip
def test_a_decision_without_its_reason_is_refused(given, code, commission, zarina):
    chosen, (first, *_) = commission
    row = row_of(zarina, chosen, first)
    refused(code, selection_list.decide, candidate=row, choice=given, version=row.version, by=zarina)


def test_a_departure_from_the_order_is_explained(commission, zarina):
    chosen, made = commission
    row = row_of(zarina, chosen, made[2])
    bare = choice("selected")
    refused("words", selection_list.decide, candidate=row, choice=bare, version=row.version, by=zarina)
    assert decided(zarina, chosen, made[2], "selected", "хона сӯхт").outcome == "selected"


def test_there_are_no_more_selected_than_places(commission, zarina):
    chosen, (first, second, third, _last) = commission
    decided(zarina, chosen, first, "selected", "")
    decided(zarina, chosen, second, "selected", "")
    row = row_of(zarina, chosen, third)
    said = refused("quota", selection_list.decide, candidate=row, choice=choice("selected", "хона сӯхт"),
                   version=row.version, by=zarina)  # fmt: skip
    assert "2" in said.message
    decided(zarina, chosen, first, "reserve")
    decided(zarina, chosen, third, "selected", "хона сӯхт")


def test_only_the_commission_decides(commission, zarina, gulnoz, farrukh, manija):
    chosen, (first, *_) = commission
    row = row_of(zarina, chosen, first)
    refused("seat", selection_list.decide, candidate=row, choice=choice("selected"), version=row.version, by=gulnoz)
    with acting_as(farrukh), pytest.raises(OutsideScopeError):
        selection_list.decide(candidate=row, choice=choice("selected"), version=row.version, by=farrukh)
    with acting_as(manija), pytest.raises(OutsideScopeError):
        selection_list.decide(candidate=row, choice=choice("selected"), version=row.version, by=manija)


def test_two_signers_deciding_at_once_see_each_other(commission, zarina, nasiba):
    chosen, (first, *_) = commission
    row = row_of(zarina, chosen, first)
    decided(nasiba, chosen, first, "selected", "")
    refused("stale", selection_list.decide, candidate=row, choice=choice("refused"), version=row.version, by=zarina)


def test_whose_need_is_unknown_is_neither_selected_nor_on_the_reserve(zarina, nasiba, profiles):
    never, known = families(zarina, 2)
    profiles.say(known, 50)
    chosen = begun(zarina, zarina, nasiba)
    row = row_of(zarina, chosen, never)
    for outcome in ("selected", "reserve"):
        refused("unassessed", selection_list.decide, candidate=row, choice=choice(outcome, "ба ҳар ҳол"),
                version=row.version, by=zarina)  # fmt: skip
    assert decided(zarina, chosen, never, "refused").outcome == "refused"
    with acting_as(zarina), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update cases_selectioncandidate set outcome='selected' where id=%s", [row.pk])


def test_a_family_that_was_assessed_comes_into_the_order(zarina, nasiba, profiles):
    never, known = families(zarina, 2)
    profiles.say(known, 50)
    chosen = begun(zarina, zarina, nasiba, places={ZARBDOR: 1})
    row = row_of(zarina, chosen, never)
    refused("unassessed", selection_list.assess_anew, candidate=row, version=row.version, by=zarina)
    profiles.say(never, 90)
    with acting_as(zarina):
        row = selection_list.assess_anew(candidate=row, version=row.version, by=zarina)
    assert (row.part, row.rank, row.proposal) == ("listed", 1, "selected")
    assert row_of(zarina, chosen, known).proposal == "reserve"
    refused("listed", selection_list.assess_anew, candidate=row, version=row.version, by=zarina)


def test_a_forgotten_family_is_added(commission, zarina, profiles):
    chosen, _made = commission
    late = register(zarina, given="Дермонда", members=0)
    profiles.say(late, 95)
    with acting_as(zarina):
        row = selection_list.add_family(chosen=chosen, family=late, by=zarina)
    assert row_of(zarina, chosen, late).rank == 1
    assert row.added == "by_hand"
    refused("there", selection_list.add_family, chosen=chosen, family=late, by=zarina)
    elsewhere = register(zarina, jamoat=ZIRAKI, given="Дур")
    refused("jamoat", selection_list.add_family, chosen=chosen, family=elsewhere, by=zarina)


def test_the_rest_is_decided_as_proposed_and_who_needs_a_look_is_left(zarina, nasiba, profiles):
    made = families(zarina, 6)
    for family, severity in zip(made, (90, 80, 70, 50, 20, 10), strict=True):
        profiles.say(family, severity, urgent=["homelessness"] if severity == 50 else [])
    chosen = begun(zarina, zarina, nasiba)
    with acting_as(zarina):
        taken = selection_list.take_proposals(chosen=chosen, jamoat_id=ZARBDOR, by=zarina)
        assert (taken.n_decided, taken.n_left) == (3, 3)
        outcomes = dict(SelectionCandidate.objects.filter(round=chosen).values_list("family_id", "outcome"))
        assert SelectionDecision.objects.filter(round=chosen, decided_by=zarina).count() == 3
    assert [outcomes[family.pk] for family in made] == ["", "", "reserve", "", "not_eligible", "not_eligible"]


def test_a_decided_family_is_never_taken_from_the_list(commission, zarina):
    chosen, (first, *_) = commission
    row = decided(zarina, chosen, first, "selected", "")
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("delete from cases_selectioncandidate where id=%s", [row.pk])
        assert cursor.rowcount == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("update cases_selectiondecision set outcome='refused' where candidate_id=%s", [row.pk])


def test_the_list_is_paged_by_its_key(zarina, profiles):
    made = families(zarina, 5)
    for number, family in enumerate(made):
        profiles.say(family, 90 - number, urgent=["homelessness"] if number == 4 else [])
    chosen = drawn(opened(zarina), zarina)
    with acting_as(zarina):
        everything = [row.family_id for row in queries.candidates(zarina, chosen).rows]
        first = queries.candidates(zarina, chosen).rows[1]
        rest = [row.family_id for row in queries.candidates(zarina, chosen, after=first.order_key).rows]
        urgent = queries.candidates(zarina, chosen, queries.ListFilters(urgent=True)).rows
    assert everything[0] == made[4].pk
    assert rest == everything[2:]
    assert [row.family_id for row in urgent] == [made[4].pk]
