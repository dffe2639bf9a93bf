"""Appeals against a selection, and the second look at a sample of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.cases.actions import appeals, commission, selection_list, selection_review
from paivand.cases.actions.appeals import Verdict
from paivand.cases.actions.selection_review import Look
from paivand.cases.models import SelectionRevisit
from paivand.cases.queries import commission as queries
from paivand.cases.queries.selection import decisions_of, need_by_jamoat
from paivand.cases.rules.selection import ConflictKind, Finding, Group, How, Outcome
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError
from paivand.methods.selection import drawn
from paivand.registry.models import JourneyStep
from tests.cases.rounds import (
    ZARBDOR,
    ZIRAKI,
    begun,
    concluded,
    decided,
    decided_as_proposed,
    families,
    row_of,
    signed,
    whole,
)
from tests.cases.test_selection import events, refused
from tests.cast import register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def made(zarina, profiles):
    """Four families of Zarbdor: two for the places, one for the reserve, one whose need is small."""
    found = families(zarina, 4)
    for family, severity in zip(found, (80, 70, 60, 20), strict=True):
        profiles.say(family, severity)
    return found


@pytest.fixture
def chosen(zarina, nasiba, made):
    """Their round, decided as proposed and signed by Zarina and Nasiba."""
    return whole(zarina, nasiba)


def brought(by, chosen, family, **changes):
    form = {"chosen": chosen, "appeal_id": new_id(), "family": family, "brought_by": "head", "brought_on": TODAY,
            "words": "Мо се моҳ боз нони кофӣ надорем.", "by": by}  # fmt: skip
    with acting_as(by):
        return appeals.bring_appeal(**{**form, **changes})


def refuses(code, by, chosen, family, **changes):
    form = {"chosen": chosen, "appeal_id": new_id(), "family": family, "brought_by": "head", "brought_on": TODAY,
            "words": "Мо се моҳ боз нони кофӣ надорем.", "by": by}  # fmt: skip
    refused(code, appeals.bring_appeal, **{**form, **changes})


# --- bringing one ----------------------------------------------------------------------------------------------------


def test_an_appeal_keeps_who_when_and_what_was_said(chosen, made, zarina):
    appeal = brought(zarina, chosen, made[2])
    assert (appeal.brought_by, appeal.words, appeal.is_open) == ("head", "Мо се моҳ боз нони кофӣ надорем.", True)
    with acting_as(zarina):
        chosen.refresh_from_db()
        assert queries.n_open_appeals(zarina, chosen) == 1
    assert chosen.state == "appeals"
    event, = events(zarina, act="appeal.bring")  # fmt: skip
    assert event.subject_label == made[2].code
    assert "нон" not in str(event.detail)
    refuses("open", zarina, chosen, made[2])
    brought(zarina, chosen, made[3])


@pytest.mark.parametrize(("changes", "code"), [
    ({"brought_by": "king"}, "brought_by"),
    ({"words": " "}, "words"),
    ({"brought_on": TODAY - timedelta(days=1)}, "date"),
    ({"brought_on": TODAY + timedelta(days=2)}, "date"),
])  # fmt: skip
def test_an_impossible_appeal_is_refused(changes, code, chosen, made, zarina):
    refuses(code, zarina, chosen, made[2], **changes)


def test_who_is_selected_has_nothing_to_appeal_against(chosen, made, zarina):
    refuses("selected", zarina, chosen, made[0])


def test_nobody_appeals_before_the_decision_or_from_elsewhere(made, zarina, nasiba, farrukh):
    found = begun(zarina, zarina, nasiba)
    refuses("state", zarina, found, made[2])
    with acting_as(farrukh), pytest.raises(OutsideScopeError):
        appeals.bring_appeal(
            chosen=found, appeal_id=new_id(), family=made[2], brought_by="head", brought_on=TODAY, words="x", by=farrukh
        )


def decided_days_ago(zarina, nasiba, days):
    found = begun(zarina, zarina, nasiba)
    decided_as_proposed(zarina, found)
    signed(found, zarina, nasiba)
    day = TODAY - timedelta(days=days)
    return concluded(zarina, found, now=timezone.make_aware(datetime(day.year, day.month, day.day, 12)))  # noqa: DTZ001


def test_the_days_for_an_appeal_end(made, zarina, nasiba):
    found = decided_days_ago(zarina, nasiba, 16)
    refuses("late", zarina, found, made[2])
    brought(zarina, found, made[2], brought_on=TODAY - timedelta(days=1))


def test_the_days_run_from_the_day_on_which_the_family_was_told(made, zarina, nasiba):
    found = decided_days_ago(zarina, nasiba, 30)
    row = row_of(zarina, found, made[2])
    with acting_as(zarina):
        with connection.cursor() as cursor:  # decided as long ago as the round
            cursor.execute(
                "update cases_selectioncandidate set decided_at = decided_at - interval '30 days' where id=%s", [row.pk]
            )
        row.refresh_from_db()
        selection_list.tell_family(candidate=row, told_on=TODAY - timedelta(days=15), version=row.version, by=zarina)
    brought(zarina, found, made[2])
    refuses("late", zarina, found, made[3])


def test_a_forgotten_family_comes_onto_the_list_by_its_appeal(chosen, zarina, profiles):
    forgotten = register(zarina, given="Дермонда", members=0)
    profiles.say(forgotten, 75)
    appeal = brought(zarina, chosen, forgotten)
    row = row_of(zarina, chosen, forgotten)
    assert (row.added, row.outcome, row.rank, appeal.candidate_id) == ("by_appeal", "", 2, row.pk)
    with acting_as(zarina):
        assert queries.minutes_of(zarina, chosen).is_whole
    refuses("jamoat", zarina, chosen, register(zarina, jamoat=ZIRAKI, given="Дур"))


# --- deciding about it -----------------------------------------------------------------------------------------------


def answered(by, appeal, **verdict):
    with acting_as(by):
        appeal.refresh_from_db()
        return appeals.decide_appeal(
            appeal=appeal, verdict=Verdict(**{"upheld": True, "answer": "Хона сӯхт.", **verdict}),
            version=appeal.version, by=by,
        )  # fmt: skip


def not_answered(code, by, appeal, **verdict):
    refused(code, appeals.decide_appeal, appeal=appeal, version=appeal.version, by=by,
            verdict=Verdict(**{"upheld": True, "answer": "Хона сӯхт.", **verdict}))  # fmt: skip


def test_an_upheld_appeal_moves_the_family_beside_the_history(chosen, made, zarina, gulnoz):
    appeal = brought(zarina, chosen, made[2])
    not_answered("quota", gulnoz, appeal, moved_to=Outcome.SELECTED)
    appeal = answered(gulnoz, appeal, moved_to=Outcome.SELECTED, beyond_quota=True)
    row = row_of(zarina, chosen, made[2])
    assert (appeal.state, appeal.beyond_quota, appeal.by_signer) == ("upheld", True, False)
    assert (row.outcome, row.reason_code, row.told_on) == ("selected", "appeal_upheld", None)
    with acting_as(zarina):
        assert [(one.basis, one.outcome) for one in decisions_of(zarina, row)] == [
            ("appeal", "selected"), ("commission", "reserve"),
        ]  # fmt: skip
        assert JourneyStep.objects.filter(pk=row.step_id, person=made[2].head).exists()
        assert queries.minutes_of(zarina, chosen).is_whole
        assert need_by_jamoat(zarina, chosen)[ZARBDOR].n_beyond == 1
    not_answered("decided", gulnoz, appeal, moved_to=Outcome.RESERVE)


def test_an_appeal_may_free_nothing_but_the_reserve(chosen, made, zarina, gulnoz):
    appeal = answered(gulnoz, brought(zarina, chosen, made[3]), moved_to=Outcome.RESERVE)
    assert (appeal.moved_to, appeal.beyond_quota) == ("reserve", False)
    assert row_of(zarina, chosen, made[3]).step_id is None


def test_a_place_that_is_free_is_not_beyond_the_quota(chosen, made, zarina, gulnoz):
    row = row_of(zarina, chosen, made[0])
    with acting_as(zarina):
        selection_list.note_refusal(candidate=row, reason_code="no_time", words="", version=row.version, by=zarina)
    appeal = answered(gulnoz, brought(zarina, chosen, made[2]), moved_to=Outcome.SELECTED)
    assert not appeal.beyond_quota


def test_a_rejected_appeal_changes_nothing_and_says_why(chosen, made, zarina, gulnoz):
    appeal = brought(zarina, chosen, made[3])
    not_answered("answer", gulnoz, appeal, upheld=False, answer="")
    appeal = answered(gulnoz, appeal, upheld=False, answer="Шавҳар пул мефиристад.")
    row = row_of(zarina, chosen, made[3])
    assert (appeal.state, row.outcome, row.version) == ("rejected", "not_eligible", 2)
    with acting_as(gulnoz), connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("update cases_selectionappeal set answer='' where id=%s", [appeal.pk])


def test_who_signed_says_why_nobody_else_decides(chosen, made, zarina):
    appeal = brought(zarina, chosen, made[2])
    not_answered("signer", zarina, appeal, upheld=False)
    appeal = answered(zarina, appeal, upheld=False, why_same_person="дар ноҳия дигар касе нест")
    assert (appeal.by_signer, appeal.why_same_person) == (True, "дар ноҳия дигар касе нест")


def test_who_stepped_aside_does_not_decide_about_the_appeal(chosen, made, zarina, nasiba):
    row = row_of(nasiba, chosen, made[2])
    with acting_as(nasiba):
        commission.step_aside(
            candidate=row, seat=queries.seat_of(nasiba, chosen), kind=ConflictKind.NEIGHBOUR, words="", by=nasiba
        )
    appeal = brought(zarina, chosen, made[2])
    not_answered("conflict", nasiba, appeal, upheld=False, why_same_person="x")


def test_an_appeal_of_a_family_that_nobody_assessed_asks_for_it_first(chosen, zarina, gulnoz, profiles):
    forgotten = register(zarina, given="Дермонда", members=0)
    appeal = brought(zarina, chosen, forgotten)
    not_answered("unassessed", gulnoz, appeal, moved_to=Outcome.RESERVE)
    not_answered("moved_to", gulnoz, appeal)
    profiles.say(forgotten, 55)
    row = row_of(zarina, chosen, forgotten)
    with acting_as(zarina):
        selection_list.assess_anew(candidate=row, version=row.version, by=zarina)
    answered(gulnoz, appeal, moved_to=Outcome.RESERVE)
    assert row_of(zarina, chosen, forgotten).outcome == "reserve"


def test_two_people_deciding_about_an_appeal_see_each_other(chosen, made, zarina, gulnoz):
    appeal = brought(zarina, chosen, made[2])
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("update cases_selectionappeal set version = 2 where id=%s", [appeal.pk])
    not_answered("stale", gulnoz, appeal, upheld=False)


def test_a_round_with_an_open_appeal_is_not_closed(chosen, made, zarina):
    brought(zarina, chosen, made[2])
    with acting_as(zarina):
        chosen.refresh_from_db()
    refused("appeals", commission.close_round, chosen=chosen, reason="", version=chosen.version, by=zarina)


# --- the sample ------------------------------------------------------------------------------------------------------


def sampled(by, chosen, **changes):
    with acting_as(by):
        return selection_review.draw_sample(chosen=chosen, by=by, **changes)


def looks(by, revisit, finding, words="дидам", **changes):
    look = {"finding": Finding(finding), "how": How.HOME_VISIT, "found_on": TODAY, "words": words}
    with acting_as(by):
        revisit.refresh_from_db()
        return selection_review.record_revisit(
            revisit=revisit, look=Look(**{**look, **changes}), version=revisit.version, by=by
        )


def rows(by, chosen, group):
    with acting_as(by):
        return list(queries.revisits(by, chosen, Group(group)).rows)


def test_the_sample_is_drawn_once_by_its_seed(chosen, made, zarina):
    sample = sampled(zarina, chosen, seed="0192")
    assert (sample.n_selected, sample.n_others, sample.size_selected, sample.size_others) == (2, 2, 2, 2)
    expected = drawn([str(family.pk) for family in made[2:]], 2, "0192")
    assert [str(row.candidate.family_id) for row in rows(zarina, chosen, "others")] == expected
    refused("twice", selection_review.draw_sample, chosen=chosen, by=zarina)


def test_no_more_is_drawn_than_can_be_visited(chosen, zarina):
    refused("most", selection_review.draw_sample, chosen=chosen, by=zarina, most=0)
    sample = sampled(zarina, chosen, most=1)
    assert (sample.size_selected, sample.size_others) == (1, 1)
    assert len(sample.seed) == 32


def test_nothing_is_drawn_before_the_decision(made, zarina, nasiba):
    refused("state", selection_review.draw_sample, chosen=begun(zarina, zarina, nasiba), by=zarina)


def test_the_size_follows_the_formula():
    # Margin 0.15, confidence 0.95, one half expected: 43 at most.
    assert [selection_review.proposed_size(n) for n in (0, 2, 20, 100, 5000)] == [0, 2, 14, 31, 43]


def test_a_look_tells_whether_the_family_belonged_there_and_who_looked(chosen, zarina, gulnoz, nasiba):
    sampled(zarina, chosen)
    one, other = rows(zarina, chosen, "selected")
    assert looks(gulnoz, one, "right", "").is_independent is True
    assert looks(zarina, other, "wrong").is_independent is False
    assert looks(nasiba, other, "right").found_by_id == nasiba.pk
    with acting_as(zarina):
        found = queries.review(zarina, queries.sample_of(zarina, chosen))
    assert found.groups[Group.SELECTED].n_seen == 2
    assert found.errors.inclusion.share == 0
    assert found.n_independent == 1
    assert not found.is_shown(Group.SELECTED)
    event, *_ = events(zarina, act="sample.look")
    assert "дидам" not in str(event.detail)


@pytest.mark.parametrize(("changes", "code"), [
    ({"words": ""}, "words"),
    ({"found_on": TODAY + timedelta(days=2)}, "date"),
    ({"found_on": TODAY - timedelta(days=1)}, "date"),
    ({"how": How.ASSESSMENT}, "assessment"),
])  # fmt: skip
def test_an_impossible_look_is_refused(changes, code, chosen, zarina, profiles):
    for family in profiles.said:
        profiles.said[family] = profiles.aged(family, 3)
    sampled(zarina, chosen)
    row, _other = rows(zarina, chosen, "selected")
    look = {"finding": Finding.WRONG, "how": How.HOME_VISIT, "found_on": TODAY, "words": "дидам"}
    refused(code, selection_review.record_revisit, revisit=row, look=Look(**{**look, **changes}), version=1, by=zarina)


def test_a_look_by_a_new_assessment_names_it(chosen, made, zarina, profiles):
    found = profiles.say(made[0], 30)
    sampled(zarina, chosen)
    row = next(row for row in rows(zarina, chosen, "selected") if row.candidate.family_id == made[0].pk)
    assert looks(zarina, row, "wrong", how=How.ASSESSMENT).assessment_id == found.assessment_id
    assert looks(zarina, row, "not_found", how=How.ASSESSMENT).assessment_id is None


def test_who_was_not_found_counts_as_not_seen(chosen, zarina):
    sampled(zarina, chosen)
    one, other = rows(zarina, chosen, "others")
    looks(zarina, one, "not_found", "")
    looks(zarina, other, "wrong")
    with acting_as(zarina):
        found = queries.review(zarina, queries.sample_of(zarina, chosen))
    assert (found.groups[Group.OTHERS].n_seen, found.n_not_found[Group.OTHERS]) == (1, 1)
    assert found.errors.inclusion is None
    assert found.errors.missed is None


def test_who_stepped_aside_does_not_look(chosen, zarina, nasiba):
    sampled(zarina, chosen)
    row, _other = rows(zarina, chosen, "selected")
    with acting_as(nasiba):
        commission.step_aside(
            candidate=row.candidate, seat=queries.seat_of(nasiba, chosen), kind=ConflictKind.RELATIVE, words="",
            by=nasiba,
        )  # fmt: skip
    refused("conflict", selection_review.record_revisit, revisit=row, version=1, by=nasiba,
            look=Look(Finding.RIGHT, How.HOME_VISIT, TODAY))  # fmt: skip


def test_the_sample_is_seen_within_reach_only(chosen, zarina, farrukh):
    sampled(zarina, chosen)
    with acting_as(farrukh):
        assert not SelectionRevisit.objects.exists()
        assert queries.sample_of(farrukh, chosen) is None


def test_a_decision_in_the_commission_may_be_taken_anew_until_it_is_signed(made, zarina, nasiba):
    found = begun(zarina, zarina, nasiba)
    decided(zarina, found, made[3], "refused")
    assert decided(zarina, found, made[3], "not_eligible").outcome == "not_eligible"
