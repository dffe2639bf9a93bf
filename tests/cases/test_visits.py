"""Contacts in a case: agreed, made, missed, corrected; each one made reaches people and counts once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import visits as actions
from paivand.cases.models import Case, Due, FormerVersion, Visit, VisitPerson
from paivand.cases.rules.records import (
    GoalSeen,
    MissedDraft,
    MissedWhy,
    NextVisit,
    Progress,
    VisitDraft,
    VisitOutcome,
    VisitState,
    Way,
    may_become,
    visit_service,
)
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.writing import writing
from paivand.registry.models import JourneyStep
from paivand.registry.queries.journey import steps_of
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.catalogue import services
from tests.cases.case_cast import a_case, people_of
from tests.registry.talks import agree, withdraw

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family)


def told(family, *names, **changes):
    people = people_of(family)
    values = {
        "happened_on": TODAY(), "way": Way.HOME, "people": tuple(people[name].pk for name in names),
        "seen": "Хона тоза, оташ нест.", "agreed": "Пагоҳ ба мактаб меравем.",
    }  # fmt: skip
    return VisitDraft(**{**values, **changes})


def visited(case, family, by, *names, **changes):
    with acting_as(by):
        return actions.note_visit(case=case, visit_id=new_id(), draft=told(family, *names, **changes), by=by)


def counting(by, family, service):
    with acting_as(by):
        found = steps_of(by, [person.pk for person in people_of(family).values()])
        return sorted(step.person.given_name for steps in found.values() for step in steps if step.service == service)


def refused(code, run, **given):
    with pytest.raises(Refused) as error:
        run(**given)
    assert error.value.code == code
    return error.value


# --- made ------------------------------------------------------------------------------------------------------------


def test_a_home_visit_reaches_everyone_who_was_met_once(zarina, family, case):
    visit = visited(case, family, zarina, "Ҷамила", "Фарҳод")
    with acting_as(zarina):
        row = Visit.objects.get()
        assert (row.state, row.way, row.outcome, row.case_id) == ("made", "home", "completed", case.pk)
        assert (row.district_id, row.owner_id, row.written_by_id) == (case.district_id, zarina.pk, zarina.pk)
        assert VisitPerson.objects.filter(visit=visit, was_met=True, step__isnull=False).count() == 2
    assert counting(zarina, family, "visit.made") == ["Фарҳод", "Ҷамила"]


@pytest.mark.parametrize("way", [Way.OFFICE, Way.PHONE, Way.SCHOOL, Way.OTHER])
def test_any_other_contact_is_social_support(zarina, family, case, way):
    before = counting(zarina, family, "social.supported")
    visited(case, family, zarina, "Ҷамила", way=way)
    assert counting(zarina, family, "social.supported") == sorted([*before, "Ҷамила"])
    assert visit_service(way) in services()


def test_a_second_sending_writes_nothing_twice(zarina, family, case):
    key = new_id()
    with acting_as(zarina):
        actions.note_visit(case=case, visit_id=key, draft=told(family, "Ҷамила"), by=zarina)
        refused("twice", actions.note_visit, case=case, visit_id=key, draft=told(family, "Ҷамила"), by=zarina)
        assert Visit.objects.count() == 1
    assert counting(zarina, family, "visit.made") == ["Ҷамила"]


def test_a_contact_moves_what_is_due(zarina, family, case):
    visited(case, family, zarina, "Ҷамила")
    with acting_as(zarina):
        case = Case.objects.get()
        assert case.last_contact_on == TODAY()
        waiting = {due.kind: due for due in Due.objects.filter(done_at=None, cancelled_at=None)}
        assert "first_contact" not in waiting
        assert waiting["contact"].due_at.date() > TODAY()
        assert Due.objects.get(kind="first_contact").done_by_id == zarina.pk


def test_speaking_with_the_teacher_alone_is_no_contact_with_the_family(zarina, family, case):
    visited(case, family, zarina, way=Way.SCHOOL, others_met="муаллимаи синф")
    with acting_as(zarina):
        assert Case.objects.get().last_contact_on is None
        assert not VisitPerson.objects.exists()


def test_a_visit_meets_somebody(zarina, family, case):
    with acting_as(zarina):
        given = {"case": case, "visit_id": new_id(), "draft": told(family), "by": zarina}
        assert refused("people", actions.note_visit, **given).field == "people"


def test_only_people_of_the_case_are_met(zarina, family, case):
    with acting_as(zarina):
        draft = told(family, "Хадиҷа")
        refused("people", actions.note_visit, case=case, visit_id=new_id(), draft=draft, by=zarina)


@pytest.mark.parametrize("days", [1, -1])
def test_the_day_lies_between_the_opening_and_today(zarina, family, case, days):
    with acting_as(zarina):
        draft = told(family, "Ҷамила", happened_on=TODAY() + timedelta(days=days))
        refused("date", actions.note_visit, case=case, visit_id=new_id(), draft=draft, by=zarina)


def test_who_withdrew_services_is_met_without_a_step(zarina, family, case):
    with acting_as(zarina):
        agree(zarina, family.head, ConsentPurpose.SERVICES)
        withdraw(zarina, family.head, ConsentPurpose.SERVICES, on=TODAY())
    visited(case, family, zarina, "Ҷамила", "Фарҳод")
    with acting_as(zarina):
        steps = dict(VisitPerson.objects.values_list("person__given_name", "step"))
    assert steps["Ҷамила"] is None
    assert steps["Фарҳод"] is not None


def test_nothing_is_written_into_a_closed_case(zarina, family, case, closed):
    with acting_as(zarina):
        refused("closed", actions.note_visit, case=case, visit_id=new_id(), draft=told(family, "Ҷамила"), by=zarina)


@pytest.fixture
def closed(case, zarina):
    """The case, closed behind the program's back."""
    with writing("tests"), acting_as(zarina):
        Case.objects.filter(pk=case.pk).update(
            state="closed", closed_on=TODAY(), closing_reason="moved", outcome="not_known", next_due_at=None,
            next_due_kind="",
        )  # fmt: skip


# --- agreed, missed, called off --------------------------------------------------------------------------------------


def agreed_on(days=0, **changes):
    return NextVisit(TODAY() + timedelta(days=days), changes.pop("way", Way.HOME), **changes)


def planned(case, by, days=0):
    with acting_as(by):
        return actions.plan_visit(case=case, visit_id=new_id(), agreed=agreed_on(days), by=by)


def waits(visit):
    return Due.objects.filter(kind="visit", about=visit.pk, done_at=None, cancelled_at=None).exists()


def test_an_agreed_visit_is_due_on_its_day(zarina, case):
    visit = planned(case, zarina, days=3)
    with acting_as(zarina):
        due = Due.objects.get(about=visit.pk)
        assert (due.kind, timezone.localdate(due.due_at)) == ("visit", TODAY() + timedelta(days=3))
        refused("date", actions.plan_visit, case=case, visit_id=new_id(), agreed=agreed_on(-1), by=zarina)


def test_two_visits_may_be_agreed_at_once(zarina, case):
    one, other = planned(case, zarina, days=1), planned(case, zarina, days=9)
    with acting_as(zarina):
        assert waits(one)
        assert waits(other)


def test_an_agreed_visit_that_was_made_is_not_due_any_more(zarina, family, case):
    visit = planned(case, zarina)
    with acting_as(zarina):
        draft = told(family, "Ҷамила", next=agreed_on(14, way=Way.PHONE, purpose="дар бораи мактаб"))
        made = actions.make_visit(visit=visit, version=visit.version, draft=draft, by=zarina)
        assert not waits(visit)
        after = Visit.objects.get(after=made)
        assert (after.state, after.way, after.purpose) == ("planned", "phone", "дар бораи мактаб")
        assert waits(after)
        refused("twice", actions.make_visit, visit=visit, version=visit.version, draft=draft, by=zarina)


def test_a_missed_visit_says_why_and_agrees_on_another_day(zarina, case):
    visit = planned(case, zarina)
    with acting_as(zarina):
        draft = MissedDraft(MissedWhy.NOBODY_HOME, "ҳамсоя гуфт: дар бозор", agreed_on(2))
        row = actions.miss_visit(visit=visit, version=visit.version, draft=draft, by=zarina)
        assert (row.state, row.missed_why) == ("missed", "nobody_home")
        assert not waits(visit)
        assert waits(Visit.objects.get(after=visit))
        assert Case.objects.get().last_contact_on is None
        assert JourneyStep.objects.filter(service="visit.made").count() == 0


def test_a_missed_visit_may_turn_out_to_have_been_made(zarina, family, case):
    visit = planned(case, zarina)
    with acting_as(zarina):
        draft = MissedDraft(MissedWhy.WORKER)
        row = actions.miss_visit(visit=visit, version=visit.version, draft=draft, by=zarina)
        made = actions.make_visit(visit=row, version=row.version, draft=told(family, "Ҷамила"), by=zarina)
        assert (made.state, made.missed_why) == ("made", "")


def test_a_visit_is_not_missed_before_its_day(zarina, case):
    visit = planned(case, zarina, days=2)
    with acting_as(zarina):
        draft = MissedDraft(MissedWhy.ROAD)
        given = {"visit": visit, "version": visit.version, "draft": draft, "by": zarina}
        refused("early", actions.miss_visit, **given)
        assert actions.call_off_visit(**given).state == "called_off"
        refused("twice", actions.call_off_visit, **given)
        refused("stale", actions.miss_visit, **given)


def test_an_old_page_changes_nothing(zarina, family, case):
    visit = planned(case, zarina)
    with acting_as(zarina):
        refused("stale", actions.make_visit, visit=visit, version=7, draft=told(family, "Ҷамила"), by=zarina)
        refused("stale", actions.miss_visit, visit=visit, version=7, draft=MissedDraft(MissedWhy.ILL), by=zarina)


@given(start=st.sampled_from(VisitState), end=st.sampled_from(VisitState))
def test_only_what_waits_or_was_missed_is_made(start, end):
    if may_become(start, end):
        assert start is not VisitState.CALLED_OFF
        assert end is not VisitState.PLANNED
        assert end is not VisitState.MADE or start in {VisitState.PLANNED, VisitState.MISSED}


# --- corrected -------------------------------------------------------------------------------------------------------


def test_a_correction_keeps_the_former_wording(zarina, family, case):
    visit = visited(case, family, zarina, "Ҷамила")
    with acting_as(zarina):
        draft = told(family, "Ҷамила", seen="Хона тоза, оташ ҳаст.")
        row = actions.correct_visit(visit=visit, version=visit.version, draft=draft, reason="иштибоҳ", by=zarina)
        assert row.seen == "Хона тоза, оташ ҳаст."
        [former] = FormerVersion.objects.filter(about=visit.pk)
        assert (former.kind, former.n, former.values["seen"]) == ("visit", 1, "Хона тоза, оташ нест.")
        assert former.values["people"] == [str(family.head_id)]
    assert counting(zarina, family, "visit.made") == ["Ҷамила"]


def test_who_was_not_there_after_all_does_not_count(zarina, family, case):
    visit = visited(case, family, zarina, "Ҷамила", "Фарҳод")
    with acting_as(zarina):
        draft = told(family, "Ҷамила", "Нигина")
        actions.correct_visit(visit=visit, version=visit.version, draft=draft, reason="Нигина буд", by=zarina)
    assert counting(zarina, family, "visit.made") == ["Нигина", "Ҷамила"]
    with acting_as(zarina):
        assert JourneyStep.objects.filter(service="visit.made").count() == 4
        visit = Visit.objects.get()
        draft = told(family, "Ҷамила", "Фарҳод")
        actions.correct_visit(visit=visit, version=visit.version, draft=draft, reason="не, Фарҳод", by=zarina)
    assert counting(zarina, family, "visit.made") == ["Фарҳод", "Ҷамила"]


def test_another_day_or_way_reverses_every_step_and_gives_new_ones(zarina, family):
    case = a_case(zarina, family, on=TODAY() - timedelta(days=9))
    visit = visited(case, family, zarina, "Ҷамила", "Фарҳод")
    with acting_as(zarina):
        draft = told(family, "Ҷамила", "Фарҳод", way=Way.PHONE, happened_on=TODAY() - timedelta(days=4))
        actions.correct_visit(visit=visit, version=visit.version, draft=draft, reason="занг буд", by=zarina)
        assert Case.objects.get().last_contact_on == TODAY() - timedelta(days=4)
    assert counting(zarina, family, "visit.made") == []
    assert "Ҷамила" in counting(zarina, family, "social.supported")


def test_a_visit_that_never_was_is_taken_back_with_its_contact(zarina, family, case):
    visit = visited(case, family, zarina, "Ҷамила")
    with acting_as(zarina):
        row = actions.take_back_visit(visit=visit, version=visit.version, reason="дигар оила", by=zarina)
        assert (row.state, row.missed_why, row.seen) == ("called_off", "mistake", "")
        assert FormerVersion.objects.get(about=visit.pk).values["seen"] == "Хона тоза, оташ нест."
        case = Case.objects.get()
        assert case.last_contact_on is None
        assert Due.objects.filter(kind="first_contact", done_at=None, cancelled_at=None).exists()
    assert counting(zarina, family, "visit.made") == []


def test_a_correction_says_why(zarina, family, case):
    visit = visited(case, family, zarina, "Ҷамила")
    with acting_as(zarina):
        given = {"visit": visit, "version": visit.version, "by": zarina, "reason": " "}
        refused("reason", actions.correct_visit, draft=told(family, "Ҷамила"), **given)
        refused("reason", actions.take_back_visit, **given)
        refused("state", actions.correct_visit, **{**given, "visit": planned(case, zarina), "reason": "x"},
                draft=told(family, "Ҷамила"))  # fmt: skip


def test_a_former_wording_cannot_be_rewritten(zarina, family, case):
    visit = visited(case, family, zarina, "Ҷамила")
    with acting_as(zarina):
        actions.correct_visit(visit=visit, version=1, draft=told(family, "Ҷамила", seen="б"), reason="а", by=zarina)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update cases_formerversion set reason = 'other'")


# --- who may ---------------------------------------------------------------------------------------------------------


def test_who_works_elsewhere_and_who_has_no_right(zarina, farrukh, manija, anvar, family, case):
    with acting_as(zarina):
        draft = told(family, "Ҷамила")
    for who in (farrukh, manija, anvar):
        with acting_as(who), pytest.raises(OutsideScopeError):
            actions.note_visit(case=case, visit_id=new_id(), draft=draft, by=who)
    with acting_as(farrukh):
        assert Visit.objects.count() == 0


def test_the_event_says_what_was_done_and_for_how_many(zarina, family, case):
    visited(case, family, zarina, "Ҷамила", "Фарҳод")
    with acting_as(zarina):
        event = AuditEvent.objects.filter(event="case.work").latest("id")
    assert event.subject_label == case.code
    assert event.detail == {"act": "visit.make", "way": "home", "people": 2, "steps": 2}


def test_progress_is_noted_for_goals_of_the_plan_only(zarina, family, case):
    with acting_as(zarina):
        draft = told(family, "Ҷамила", goals=(GoalSeen(new_id(), Progress.SOME),))
        refused("goal", actions.note_visit, case=case, visit_id=new_id(), draft=draft, by=zarina)


def test_outcomes_of_visits_are_outcomes_of_the_journey():
    for service in ("visit.made", "social.supported"):
        assert set(services()[service].outcomes) == set(VisitOutcome)
