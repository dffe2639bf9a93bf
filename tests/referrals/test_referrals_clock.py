"""The clock: what is late is seen at once, told once, and what nobody answers ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_purpose
from paivand.core.rules.errors import Refused
from paivand.referrals import tasks
from paivand.referrals.actions import answers, clock
from paivand.referrals.models import Disclosure, Notice, Referral, ReferralStep
from paivand.referrals.rules.clock import due_at, expires_at
from paivand.referrals.rules.referrals import Act, Priority
from tests.cast import register
from tests.referrals.handshake import NOW, answered, drafted, sent

pytestmark = pytest.mark.django_db
HOURS = {Priority.EMERGENCY: 24, Priority.URGENT: 72, Priority.NORMAL: 14 * 24}
EXPIRES = {Priority.EMERGENCY: 24 * 7, Priority.URGENT: 24 * 14, Priority.NORMAL: 24 * 30}


def kinds(who: Any) -> list[str]:
    """What ``who`` is told, in order."""
    with acting_as(who):
        return list(Notice.objects.seen_by(who).order_by("id").values_list("kind", flat=True))


def state_of(row: Any, by: Any) -> str:
    with acting_as(by):
        return str(Referral.objects.get(pk=row.pk).state)


@pytest.mark.parametrize("priority", list(Priority))
def test_the_answer_is_due_as_the_priority_says(priority, family, legal, zarina):
    row = sent(family, legal, zarina, priority=priority)
    assert row.due_at == NOW + timedelta(hours=HOURS[priority])
    assert not row.is_overdue(row.due_at - timedelta(seconds=1))
    assert row.is_overdue(row.due_at)


def test_that_it_was_seen_does_not_move_the_clock_and_an_answer_begins_the_next_one(family, legal, zarina, anvar):
    row = sent(family, legal, zarina, priority=Priority.URGENT)
    with acting_as(anvar):
        seen = answers.receive(referral=row, by=anvar, now=NOW + timedelta(hours=9))
    assert seen.due_at == row.due_at
    accepted = answered(row, Act.ACCEPT, anvar, now=NOW + timedelta(hours=10))
    assert accepted.due_at == NOW + timedelta(hours=10 + 168)
    begun = answered(row, Act.BEGIN, anvar, now=NOW + timedelta(hours=20))
    assert begun.due_at == NOW + timedelta(hours=20 + 720)
    assert due_at("completed", "urgent", NOW) is None


def test_an_emergency_left_alone_goes_to_the_supervisor_once(family, legal, zarina, nasiba, farrukh):
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    late = NOW + timedelta(hours=24)
    assert clock.escalate_overdue(now=late - timedelta(seconds=1)) == clock.Run(0, 0)
    assert clock.escalate_overdue(now=late) == clock.Run(1, 0)
    assert clock.escalate_overdue(now=late + timedelta(hours=1)) == clock.Run(0, 0)
    assert (kinds(nasiba), kinds(zarina), kinds(farrukh)) == (["escalated"], [], [])
    with acting_as(nasiba):
        event = AuditEvent.objects.get(event="referral.send", detail__act="escalate")
        assert (event.actor_id, event.subject_label, event.district_id) == (None, row.code, "TJ-KT-02")
    assert state_of(row, zarina) == "sent"


def test_each_clock_that_runs_out_is_told_once(family, legal, zarina, nasiba, anvar):
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    clock.escalate_overdue(now=NOW + timedelta(hours=25))
    answered(row, Act.ACCEPT, anvar, now=NOW + timedelta(hours=30))
    assert clock.escalate_overdue(now=NOW + timedelta(hours=53)).escalated == 0
    assert clock.escalate_overdue(now=NOW + timedelta(hours=54)).escalated == 1
    assert kinds(nasiba) == ["escalated", "escalated"]


def test_what_was_answered_in_time_a_draft_and_what_has_ended_are_never_late(family, legal, zarina, anvar, nasiba):
    drafted(family, legal, zarina)
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    answered(row, Act.DECLINE, anvar)
    assert clock.escalate_overdue(now=NOW + timedelta(days=900)) == clock.Run(0, 0)
    assert kinds(nasiba) == []


@pytest.mark.parametrize("priority", list(Priority))
def test_what_is_never_answered_ends_and_both_sides_are_told(priority, family, legal, zarina, anvar, nasiba):
    row = sent(family, legal, zarina, priority=priority)
    ends = NOW + timedelta(hours=HOURS[priority] + EXPIRES[priority])
    assert expires_at(priority, row.due_at) == ends
    assert clock.escalate_overdue(now=ends - timedelta(seconds=1)).expired == 0
    assert clock.escalate_overdue(now=ends).expired == 1
    assert state_of(row, zarina) == "expired"
    assert (kinds(zarina), kinds(nasiba)) == (["expired"], ["escalated", "expired"])
    assert kinds(anvar) == ["arrived", "expired"]
    with acting_as(anvar):
        assert not Disclosure.objects.exists()
    with acting_as(anvar), pytest.raises(Refused) as refused:
        answers.accept(referral=row, version=row.version + 1, by=anvar, now=ends)
    assert refused.value.code == "ended"
    with acting_as(zarina):
        step = ReferralStep.objects.get(act="expire")
        assert (step.by_id, step.at) == (None, ends)
    with acting_as(nasiba):
        assert AuditEvent.objects.get(detail__act="expire").detail["edge"] == "sent>expired"


def test_what_was_accepted_does_not_end_by_itself(family, legal, zarina, anvar):
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    answered(row, Act.ACCEPT, anvar)
    assert clock.escalate_overdue(now=NOW + timedelta(days=900)).expired == 0
    assert state_of(row, zarina) == "accepted"


def test_many_late_ones_are_told_in_one_look(legal, zarina, monkeypatch):
    monkeypatch.setattr(clock, "AT_ONCE", 2)
    for number in range(5):
        sent(register(zarina, given=f"Ҷамила{'абвгд'[number]}"), legal, zarina, priority=Priority.EMERGENCY)
    assert clock.escalate_overdue(now=NOW + timedelta(hours=25)).escalated == 5


def test_the_task_of_the_worker_looks_at_the_clock_of_the_wall(family, legal, zarina, nasiba):
    before = NOW - timedelta(days=3)
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    with acting_as(zarina):
        from paivand.core.rules.writing import writing

        with writing("a test"):
            Referral.objects.filter(pk=row.pk).update(sent_at=before, due_at=before + timedelta(hours=24))
    tasks.escalate_overdue(timestamp=0)
    assert kinds(nasiba) == ["escalated"]
    with for_purpose("upkeep"):
        assert Referral.objects.get(pk=row.pk).escalated_at
