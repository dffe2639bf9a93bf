"""Entries: written down, confirmed, taken back, corrected; contacts that add up whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.outreach.actions.bulk import ManyEntry, record_many
from paivand.outreach.actions.entries import (
    confirm_entry,
    correct_entry,
    discard_entry,
    edit_entry,
    record_entry,
    reverse_entry,
)
from paivand.outreach.models import ReachEntry
from paivand.outreach.rules.contacts import EntryState
from paivand.outreach.rules.estimates import Way
from tests.cast import DUSTI, KULOB, fresh
from tests.outreach.reaching import DAHANA, day, planned, recorded, session_of, wide

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(everyone):
    return everyone["manager"]


def refused(run):
    with pytest.raises(Refused) as caught:
        run()
    return caught.value.code


def known_now(by):
    with acting_as(by):
        rows = ReachEntry.objects.seen_by(fresh(by)).filter(state=EntryState.CONFIRMED)
        return rows.aggregate(n=Sum("n_contacts"))["n"] or 0


def reported(by, then):
    with acting_as(by):
        rows = ReachEntry.objects.seen_by(fresh(by)).filter(confirmed_at__lte=then)
        return rows.aggregate(n=Sum("n_contacts"))["n"] or 0


def test_an_entry_adds_its_parts_and_tells_first_contacts_from_repeated_ones(zarina):
    row = recorded(zarina)
    assert (row.n_contacts, row.n_women, row.n_men, row.n_unknown) == (30, 24, 6, 0)
    assert (row.n_repeat, row.n_first, row.is_estimate, row.state) == (10, 20, False, "confirmed")
    assert (row.district_id, row.jamoat_id, row.agency_id) == (KULOB, DAHANA, zarina.agency_id)


def test_of_those_of_unknown_sex_the_age_may_be_known(zarina):
    draft = session_of(n_contacts=40, parts={"n_women": 10, "n_adults": 20, "n_children": 5}, n_repeat=None)
    row = recorded(zarina, draft)
    assert (row.n_unknown, row.n_adults, row.n_children) == (30, 20, 5)
    assert row.n_first is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parts": {}, "n_contacts": None, "way": Way.HEADCOUNT}, "none"),
        ({"parts": {"n_women": -1}}, "negative"),
        ({"n_contacts": -5, "parts": {}}, "negative"),
        ({"n_contacts": 20}, "parts"),
        ({"n_contacts": 10, "parts": {"n_women": 8, "n_adults": 3}}, "parts"),
        ({"n_repeat": 31}, "repeat"),
        ({"n_repeat": None, "repeat_share": Decimal(101)}, "share"),
        ({"repeat_share": Decimal(20)}, "twice"),
        ({"event_on": timezone.localdate() + timedelta(days=2)}, "date"),
        ({"event_on": date(1990, 3, 14)}, "date"),
        ({"until_on": day(9)}, "date"),
        ({"n_times": 0}, "times"),
        ({"channel": "smoke_signals"}, "channel"),
        ({"topic": "weather"}, "topic"),
        ({"way": Way.BROADCAST}, "way"),
        ({"jamoat": "TJ-KT-20-01"}, "place"),
        ({"cost_amount": Decimal(-1), "currency": "TJS"}, "cost"),
        ({"cost_amount": Decimal(5)}, "currency"),
        ({"languages": ("latin",)}, "language"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"reference": ""}, "evidence"),
        ({"n_contacts": 400}, "unlikely"),
        ({"n_contacts": 400_000}, "impossible"),
        ({"n_contacts": 200_000_000}, "many"),
        ({"campaign": new_id()}, "campaign"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(zarina, nasiba, changes, code):
    with acting_as(zarina):
        scope, by = placement(zarina, KULOB), fresh(zarina)
        draft = session_of(**changes)
        assert refused(lambda: record_entry(scope=scope, entry_id=new_id(), draft=draft, by=by, confirm=True)) == code
        assert not ReachEntry.objects.exists()
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="outreach.record", outcome="refused").latest("id")
        assert event.detail == {"why": code}


def test_the_unlikely_counts_once_it_is_said_to_be_so(zarina):
    row = recorded(zarina, session_of(n_contacts=400, sure=True))
    assert row.doubts == ["crowd"]
    campaign = planned(zarina, starts_on=day(2))
    assert refused(lambda: recorded(zarina, session_of(campaign=campaign.pk))) == "unlikely"


def test_several_sessions_are_compared_with_the_place_one_by_one(zarina):
    row = recorded(zarina, session_of(n_contacts=600, n_times=3))
    assert row.doubts == []


def test_an_estimate_is_computed_from_what_was_told_and_keeps_it(zarina):
    draft = session_of(
        channel="radio", way=Way.BROADCAST, jamoat=None, parts={}, n_repeat=None, n_times=4,
        told={"population": Decimal(204895), "coverage": Decimal(60), "listening": Decimal("7.5")},
        told_source="listeners' survey of Radio Khatlon, 2021",
    )  # fmt: skip
    row = recorded(zarina, draft)
    assert (row.n_contacts, row.n_unknown, row.is_estimate) == (9220, 9220, True)
    assert row.told == {"population": "204895", "coverage": "60", "listening": "7.5"}
    assert refused(lambda: recorded(zarina, replace(draft, told={"population": Decimal(5)}))) == "number"
    assert refused(lambda: recorded(zarina, replace(draft, told={**draft.told, "coverage": Decimal(101)}))) == "number"


def test_an_entry_takes_over_the_place_in_the_plan_from_its_campaign(zarina):
    campaign = planned(zarina, programme="JP", output="3.2")
    row = recorded(zarina, session_of(campaign=campaign.pk))
    assert (row.programme, row.output) == ("JP", "3.2")


def test_a_second_sending_changes_nothing(zarina):
    row = recorded(zarina)
    assert refused(lambda: recorded(zarina, entry_id=row.pk)) == "twice"
    assert known_now(zarina) == 30


def test_a_draft_counts_nowhere_and_may_be_changed(zarina):
    row = recorded(zarina, confirm=False)
    assert (row.state, known_now(zarina)) == ("draft", 0)
    with acting_as(zarina):
        by = fresh(zarina)
        changed = edit_entry(entry=row, version=row.version, draft=session_of(parts={"n_women": 9}, n_repeat=1), by=by)
        assert changed.n_contacts == 9
        stale = lambda: edit_entry(entry=row, version=1, draft=session_of(), by=by)  # noqa: E731
        assert refused(stale) == "stale"
        done = confirm_entry(entry=changed, version=changed.version, by=by)
        assert refused(lambda: confirm_entry(entry=done, version=done.version, by=by)) == "state"
        assert refused(lambda: edit_entry(entry=done, version=done.version, draft=session_of(), by=by)) == "state"
        assert refused(lambda: discard_entry(entry=done, version=done.version, by=by)) == "state"
    assert known_now(zarina) == 9


def test_a_draft_can_be_thrown_away(zarina):
    row = recorded(zarina, confirm=False)
    with acting_as(zarina):
        discard_entry(entry=row, version=row.version, by=fresh(zarina))
        assert not ReachEntry.objects.filter(pk=row.pk).exists()


def test_what_was_taken_back_adds_up_to_nothing_and_was_reported_then(zarina):
    monday = timezone.now() - timedelta(days=2)
    row = recorded(zarina, session_of(cost_amount=Decimal(120), currency="TJS"), now=monday)
    with acting_as(zarina):
        back = reverse_entry(entry=row, reversal_id=new_id(), reason="counted twice", by=fresh(zarina))
        row.refresh_from_db()
    assert (back.n_contacts, back.n_women, back.n_repeat, back.cost_amount) == (-30, -24, -10, Decimal(-120))
    assert (back.state, row.state, back.reverses_id) == ("reversed", "reversed", row.pk)
    assert known_now(zarina) == 0
    assert reported(zarina, timezone.now()) == 0
    assert reported(zarina, monday + timedelta(hours=1)) == 30
    with acting_as(zarina):
        again = lambda: reverse_entry(entry=row, reversal_id=new_id(), reason="again", by=fresh(zarina))  # noqa: E731
        assert refused(again) == "state"
        of_back = lambda: reverse_entry(entry=back, reversal_id=new_id(), reason="x", by=fresh(zarina))  # noqa: E731
        assert refused(of_back) == "state"


def test_nothing_is_taken_back_without_a_reason(zarina):
    row = recorded(zarina)
    with acting_as(zarina):
        run = lambda: reverse_entry(entry=row, reversal_id=new_id(), reason="  ", by=fresh(zarina))  # noqa: E731
        assert refused(run) == "reason"
    assert known_now(zarina) == 30


def test_a_correction_stands_instead_of_the_first(zarina):
    row = recorded(zarina)
    with acting_as(zarina):
        draft = session_of(parts={"n_women": 20, "n_men": 6}, n_repeat=None, reference="")
        made = correct_entry(entry=row, entry_id=new_id(), draft=draft, reason="four signed twice", by=fresh(zarina))
        row.refresh_from_db()
        assert (made.corrects_id, made.state, row.state) == (row.pk, "confirmed", "reversed")
        assert row.reversed_by.reason == "four signed twice"
    assert known_now(zarina) == 26


def test_a_correction_that_is_refused_leaves_the_first_standing(zarina):
    row = recorded(zarina)
    with acting_as(zarina):
        run = lambda: correct_entry(  # noqa: E731
            entry=row, entry_id=new_id(), draft=session_of(n_contacts=1), reason="x", by=fresh(zarina)
        )
        assert refused(run) == "parts"
    assert known_now(zarina) == 30


def test_who_works_elsewhere_sees_the_figure_and_cannot_touch_it(zarina, farrukh):
    row, draft = recorded(zarina), recorded(zarina, confirm=False)
    with acting_as(farrukh):
        by = fresh(farrukh)
        assert [one.pk for one in ReachEntry.objects.seen_by(by)] == [row.pk]
        with pytest.raises(WithoutRightError):
            reverse_entry(entry=row, reversal_id=new_id(), reason="x", by=by)
        with pytest.raises(OutsideScopeError):
            confirm_entry(entry=draft, version=1, by=by)
        with pytest.raises(WithoutRightError):
            record_entry(scope=placement(by, KULOB), entry_id=new_id(), draft=session_of(), by=by)


def test_who_sees_no_results_sees_no_entry(zarina, anvar, nasiba, dpo):
    recorded(zarina)
    for user, seen in ((anvar, 0), (dpo, 0), (nasiba, 1)):
        with acting_as(user):
            assert ReachEntry.objects.count() == seen
            assert ReachEntry.objects.seen_by(fresh(user)).count() == seen
    with acting_as(nasiba), pytest.raises(WithoutRightError):
        record_entry(scope=placement(nasiba, KULOB), entry_id=new_id(), draft=session_of(), by=fresh(nasiba))


def test_what_reaches_everybody_lies_in_no_district_and_needs_the_right_everywhere(zarina, manager):
    draft = session_of(
        channel="social_media", way=Way.PLATFORM_REACH, jamoat=None, parts={}, n_repeat=None,
        told={"reach": Decimal(5000)}, link="https://example.org/post",
    )  # fmt: skip
    with pytest.raises(WithoutRightError):
        recorded(zarina, draft, scope=wide(zarina))
    row = recorded(manager, draft, scope=wide(manager))
    assert (row.district_id, row.n_contacts) == (None, 5000)
    with acting_as(zarina):
        assert ReachEntry.objects.filter(pk=row.pk).exists()
    assert refused(lambda: recorded(manager, session_of(jamoat=None), scope=wide(manager))) == "place"


def test_many_entries_are_written_with_the_checks_of_one(manager, zarina):
    since = timezone.now() - timedelta(days=30)
    rows = [
        ManyEntry(new_id(), placement(manager, district), session_of(jamoat=None), since)
        for district in (KULOB, DUSTI)
    ]  # fmt: skip
    with acting_as(manager):
        made = record_many(rows=rows, by=fresh(manager))
        assert record_many(rows=rows, by=fresh(manager)) == []
        event = AuditEvent.objects.filter(event="outreach.record", detail__act="entry.many", detail__n=2).get()
    assert [row.confirmed_at for row in made] == [since, since]
    assert event.detail["contacts"] == 60
    assert known_now(manager) == 60
    wrong = [*rows, ManyEntry(new_id(), placement(manager, KULOB), session_of(parts={"n_women": -1}))]
    with acting_as(manager), pytest.raises(Refused) as caught:
        record_many(rows=wrong, by=fresh(manager))
    assert (caught.value.code, caught.value.detail) == ("negative", {"row": 3})
    with acting_as(zarina), pytest.raises(WithoutRightError):
        record_many(rows=rows, by=fresh(zarina))


def test_many_entries_never_count_before_they_are_written_down(manager):
    rows = [ManyEntry(new_id(), placement(manager, KULOB), session_of(), timezone.now() + timedelta(days=9))]
    with acting_as(manager):
        [row] = record_many(rows=rows, by=fresh(manager))
    assert row.confirmed_at <= timezone.now()


@pytest.mark.parametrize(
    "change",
    [
        {"n_contacts": 31}, {"n_women": -1, "n_men": 31}, {"n_repeat": 31}, {"state": "draft"},
        {"confirmed_at": None}, {"repeat_known": False}, {"n_adults": 1}, {"n_times": 0}, {"currency": "TJS"},
    ],
)  # fmt: skip
def test_the_database_itself_refuses_numbers_that_do_not_fit(zarina, change):
    row = recorded(zarina)
    with acting_as(zarina), pytest.raises(IntegrityError), transaction.atomic(), writing("outreach.record"):
        ReachEntry.objects.filter(pk=row.pk).update(**change)


def test_every_step_leaves_its_event(zarina, nasiba):
    row = recorded(zarina)
    with acting_as(zarina):
        reverse_entry(entry=row, reversal_id=new_id(), reason="counted twice", by=fresh(zarina))
    with acting_as(nasiba):
        events = list(AuditEvent.objects.filter(event="outreach.record", outcome="done").order_by("id"))
    assert [event.detail["act"] for event in events[-2:]] == ["entry.record", "entry.reverse"]
    assert (events[-1].reason, events[-1].detail["n"]) == ("counted twice", -30)
