"""Psychosocial help: single sessions and groups; who was there is reached once, what was measured shows the change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.actions import groups
from paivand.cases.actions import sessions as actions
from paivand.cases.models import Attendance, Case, Due, FormerSession, GroupMember, PsychosocialSession
from paivand.cases.queries.flags import who_is_referred_first
from paivand.cases.queries.measures import Gain, flow_or_usual, gains
from paivand.cases.rules.sessions import (
    GROUP_EDGES,
    GroupDraft,
    GroupState,
    LeftWhy,
    MeetingDraft,
    SessionDraft,
    SessionOutcome,
    SessionWay,
    flows,
    may_turn,
    share_there,
    topics,
)
from paivand.core.models import new_id
from paivand.core.rules.attendance import WAS_THERE, Mark
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.rules.catalogue import instruments
from paivand.registry.actions.registration import lying_in
from paivand.registry.models import JourneyStep
from paivand.registry.queries.journey import steps_of
from paivand.registry.rules import ConsentPurpose
from tests.cases.case_cast import a_case, people_of
from tests.cast import KULOB, register
from tests.registry.talks import agree, withdraw

TODAY = timezone.localdate
PRESENT, LATE, EXCUSED, ABSENT = Mark.PRESENT, Mark.LATE, Mark.EXCUSED, Mark.ABSENT


# --- the parameters --------------------------------------------------------------------------------------------------


def test_topics_and_orders_are_declared_in_four_languages():
    for one in [*topics().values(), *flows().values()]:
        assert set(one.titles) == {"tg", "ru", "en", "fa"}, one.code


@pytest.mark.parametrize("flow", flows().values(), ids=lambda flow: flow.code)
def test_an_order_names_topics_and_a_questionnaire_that_exist(flow):
    assert set(flow.topics) <= set(topics())
    declared = instruments()[flow.instrument]
    assert flow.scale in {scale.code for scale in declared.scales}
    assert declared.about_person


def test_the_five_sessions_stand_in_their_order():
    assert flows()["five_sessions"].topics == (
        "managing_stress", "managing_problems", "getting_going", "social_support", "staying_well",
    )  # fmt: skip


@given(st.lists(st.sampled_from(Mark)))
def test_the_share_of_meetings_leaves_excused_ones_out(marks):
    share = share_there(marks)
    counted = [mark for mark in marks if mark is not EXCUSED]
    assert (share is None) == (not counted)
    assert share is None or share == sum(mark in WAS_THERE for mark in counted) / len(counted)


@given(st.lists(st.sampled_from(GroupState), max_size=6))
def test_a_group_that_is_over_never_turns_again(wanted):
    state = GroupState.PLANNED
    for end in wanted:
        if may_turn(state, end):
            assert state not in {GroupState.FINISHED, GroupState.CALLED_OFF}
            state = end
    assert {end for _start, end in GROUP_EDGES} == set(GroupState) - {GroupState.PLANNED}


# --- single sessions -------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family, kind="psychosocial", on=TODAY() - timedelta(days=30))


def told(family, name="Ҷамила", **changes):
    values = {
        "person": people_of(family)[name].pk, "happened_on": TODAY(), "way": SessionWay.OFFICE,
        "worked_on": ("managing_stress",), "flow": "five_sessions", **changes,
    }  # fmt: skip
    return SessionDraft(**values)


def held(case, family, by, **changes):
    with acting_as(by):
        draft = told(family, changes.pop("name", "Ҷамила"), **changes)
        return actions.note_session(case=case, session_id=new_id(), draft=draft, by=by)


def counting(by, people, service):
    with acting_as(by):
        found = steps_of(by, [person.pk for person in people])
        return sorted(one.person.given_name for steps in found.values() for one in steps if one.service == service)


def refused(code, run, **given):
    with pytest.raises(Refused) as error:
        run(**given)
    assert error.value.code == code


def test_a_session_reaches_the_person_and_is_counted_in_order(zarina, family, case):
    held(case, family, zarina, happened_on=TODAY() - timedelta(days=7))
    held(case, family, zarina)
    held(case, family, zarina, name="Фарҳод")
    with acting_as(zarina):
        rows = PsychosocialSession.objects.order_by("id").values_list("person__given_name", "n")
        assert list(rows) == [("Ҷамила", 1), ("Ҷамила", 2), ("Фарҳод", 1)]
        assert Case.objects.get().last_contact_on == TODAY()
        people = people_of(family).values()
    assert counting(zarina, people, "psychosocial.session") == ["Фарҳод", "Ҷамила", "Ҷамила"]


def test_the_next_session_is_due_and_done_with_it(zarina, family, case):
    held(case, family, zarina, happened_on=TODAY() - timedelta(days=7), next_on=TODAY())
    with acting_as(zarina):
        [due] = Due.objects.filter(kind="session", done_at=None, cancelled_at=None)
        assert (due.about, timezone.localdate(due.due_at)) == (family.head_id, TODAY())
    held(case, family, zarina)
    with acting_as(zarina):
        assert not Due.objects.filter(kind="session", done_at=None, cancelled_at=None).exists()


def test_what_cannot_be_is_refused(zarina, family, case):
    with acting_as(zarina):
        for changes, code in [
            ({"happened_on": TODAY() + timedelta(days=1)}, "date"), ({"next_on": TODAY()}, "date"),
            ({"worked_on": ("astrology",)}, "topic"), ({"flow": "twelve_steps"}, "flow"),
            ({"person": people_of(family)["Хадиҷа"].pk}, "people"),
        ]:  # fmt: skip
            draft = told(family, **changes)
            refused(code, actions.note_session, case=case, session_id=new_id(), draft=draft, by=zarina)
        key = new_id()
        actions.note_session(case=case, session_id=key, draft=told(family), by=zarina)
        refused("twice", actions.note_session, case=case, session_id=key, draft=told(family), by=zarina)


def test_a_correction_keeps_the_former_wording_and_moves_the_step(zarina, family, case):
    session = held(case, family, zarina, note="аз нав")
    with acting_as(zarina):
        draft = told(family, happened_on=TODAY() - timedelta(days=3), outcome=SessionOutcome.PARTLY)
        given = {"session": session, "version": 1, "draft": draft, "by": zarina}
        refused("reason", actions.correct_session, reason=" ", **given)
        actions.correct_session(reason="рӯзи дигар", **given)
        former = FormerSession.objects.get()
        assert (former.n, former.values["note"]) == (1, "аз нав")
        refused("stale", actions.correct_session, reason="боз", **given)
        assert Case.objects.get().last_contact_on == TODAY() - timedelta(days=3)
        [step] = [one for one in steps_of(zarina, [family.head_id])[family.head_id] if "session" in one.service]
        assert (step.outcome, step.happened_on) == ("partly", TODAY() - timedelta(days=3))


def flagged(family, by, person=None):
    """An open red flag about a family, or one of its people, as the room of questionnaires writes it."""
    with acting_as(by), writing("tests"):
        row = Assessment(
            family=family, person=person, instrument="vulnerability", instrument_version="1", stage="single",
            state="completed", answered_on=TODAY(), completed_at=timezone.now(), recorded_by=by,
        )  # fmt: skip
        lying_in(family.scope, row).save()
        flag = RedFlag(assessment=row, code="suicide_risk", urgency="at_once", raised_at=timezone.now(), recorded_by=by)
        flag.urgency = RedFlag._meta.get_field("urgency").choices[0][0]
        lying_in(family.scope, flag).save()
        return flag


def test_nobody_begins_sessions_before_a_specialist_was_seen(zarina, nasiba, family, case):
    flag = flagged(family, nasiba)
    with acting_as(zarina):
        assert not RedFlag.objects.exists(), "Zarina is not told of what her supervisor wrote down."
        refused("refer_first", actions.note_session, case=case, session_id=new_id(), draft=told(family), by=zarina)
    with acting_as(nasiba), writing("tests"):
        flag.answered_at, flag.answered_by, flag.note = timezone.now(), nasiba, "духтур дид"
        flag.save()
    assert held(case, family, zarina).n == 1


def test_a_session_that_was_held_is_written_down_even_then(zarina, nasiba, family, case):
    held(case, family, zarina, happened_on=TODAY() - timedelta(days=7))
    flagged(family, nasiba, family.head)
    assert held(case, family, zarina).n == 2


def test_who_must_see_a_specialist_is_told_within_reach_only(zarina, nasiba, farrukh, manija, outsider, family):
    flagged(family, nasiba, family.head)
    with acting_as(zarina):
        other = people_of(family)["Нигина"].pk
        assert who_is_referred_first(zarina, [family.head_id, other]) == [family.head_id]
    for who in (farrukh, manija, outsider):
        with acting_as(who):
            assert who_is_referred_first(who, [family.head_id]) == []


def test_a_flag_of_the_family_holds_for_each_of_its_members(zarina, nasiba, family):
    flagged(family, nasiba)
    with acting_as(zarina):
        everybody = [person.pk for person in people_of(family).values()]
        assert set(who_is_referred_first(zarina, everybody)) == set(everybody)


# --- groups ----------------------------------------------------------------------------------------------------------


def planned(by, **changes):
    values = {
        "name": "Токзор", "facilitator": by.pk, "flow": "five_sessions", "language": "tg", "place": "TJ-KT-02-02",
        "starts_on": TODAY() - timedelta(days=21), "capacity": 12, **changes,
    }  # fmt: skip
    with acting_as(by):
        return groups.plan_group(scope=placement(by, KULOB), group_id=new_id(), draft=GroupDraft(**values), by=by)


def joined(group, by, *people, **changes):
    with acting_as(by):
        return [
            groups.join_group(group=group, member_id=new_id(), person=person, by=by, on=group.starts_on, **changes)
            for person in people
        ]


def running(group, by):
    with acting_as(by):
        group.refresh_from_db()
        return groups.turn_group(group=group, version=group.version, state=GroupState.RUNNING, by=by)


def meets(group, by, marks, **changes):
    draft = MeetingDraft(**{"held_on": TODAY(), "marks": marks, "worked_on": ("managing_stress",), **changes})
    with acting_as(by):
        return groups.hold_meeting(group=group, meeting_id=new_id(), draft=draft, by=by)


@pytest.fixture
def twelve(zarina):
    """The heads of twelve families of Kulob."""
    names = ["Азиза", "Барно", "Ватан", "Гулрухсор", "Дилором", "Зебо"]
    names += ["Ирода", "Камила", "Лайло", "Мадина", "Нодира", "Ойдин"]
    return [register(zarina, given=name, surname="Ализода", members=0).head for name in names]


@pytest.fixture
def group(zarina, twelve):
    """A group of twelve that is running."""
    row = planned(zarina)
    joined(row, zarina, *twelve)
    return running(row, zarina)


def members(by):
    with acting_as(by):
        return {row.person.given_name: row.pk for row in GroupMember.objects.select_related("person")}


def test_a_meeting_reaches_those_who_were_there(zarina, twelve, group):
    marks = dict.fromkeys(members(zarina).values(), PRESENT)
    marks |= {members(zarina)["Барно"]: LATE, members(zarina)["Ватан"]: EXCUSED, members(zarina)["Зебо"]: ABSENT}
    meeting = meets(group, zarina, marks)
    reached = counting(zarina, twelve, "psychosocial.group")
    assert reached == sorted(set(members(zarina)) - {"Ватан", "Зебо"})
    with acting_as(zarina):
        assert meeting.n == 1
        assert Attendance.objects.filter(step=None).count() == 2
        event = AuditEvent.objects.filter(event="case.work").latest("id")
        assert event.detail == {"act": "group.meet", "n": 1, "members": 12, "steps": 10}
        assert "Токзор" not in event.subject_label


def test_a_corrected_mark_moves_the_step(zarina, twelve, group):
    marks = dict.fromkeys(members(zarina).values(), PRESENT)
    meeting = meets(group, zarina, marks)
    with acting_as(zarina):
        other = marks | {members(zarina)["Зебо"]: ABSENT}
        draft = MeetingDraft(held_on=TODAY(), marks=other)
        given = {"meeting": meeting, "draft": draft, "by": zarina}
        refused("reason", groups.correct_meeting, version=1, reason="", **given)
        groups.correct_meeting(version=1, reason="набуд", **given)
        refused("stale", groups.correct_meeting, version=1, reason="набуд", **given)
    assert counting(zarina, twelve, "psychosocial.group") == sorted(set(members(zarina)) - {"Зебо"})
    with acting_as(zarina):
        draft = MeetingDraft(held_on=TODAY() - timedelta(days=1), marks=marks)
        groups.correct_meeting(meeting=meeting, version=2, draft=draft, reason="дирӯз буд", by=zarina)
        steps = steps_of(zarina, [person.pk for person in twelve])
        days = {one.happened_on for own in steps.values() for one in own if one.service == "psychosocial.group"}
        assert days == {TODAY() - timedelta(days=1)}
    assert len(counting(zarina, twelve, "psychosocial.group")) == 12


def test_who_withdrew_services_is_marked_without_a_step(zarina, twelve, group):
    with acting_as(zarina):
        agree(zarina, twelve[0], ConsentPurpose.SERVICES)
        withdraw(zarina, twelve[0], ConsentPurpose.SERVICES, on=TODAY())
    meets(group, zarina, dict.fromkeys(members(zarina).values(), PRESENT))
    assert len(counting(zarina, twelve, "psychosocial.group")) == 11


def test_a_meeting_counts_as_a_contact_in_the_case_of_a_member(zarina, family):
    case = a_case(zarina, family, kind="psychosocial", on=TODAY() - timedelta(days=30))
    row = planned(zarina)
    [member] = joined(row, zarina, family.head, case=case)
    meeting = meets(running(row, zarina), zarina, {member.pk: PRESENT})
    with acting_as(zarina):
        assert Case.objects.get().last_contact_on == TODAY()
        draft = MeetingDraft(held_on=TODAY(), marks={member.pk: ABSENT})
        groups.correct_meeting(meeting=meeting, version=1, draft=draft, reason="набуд", by=zarina)
        assert Case.objects.get().last_contact_on is None


def test_every_member_is_marked(zarina, group):
    marks = dict.fromkeys(members(zarina).values(), PRESENT)
    marks.pop(members(zarina)["Зебо"])
    with acting_as(zarina):
        draft = MeetingDraft(held_on=TODAY(), marks=marks)
        refused("marks", groups.hold_meeting, group=group, meeting_id=new_id(), draft=draft, by=zarina)


def test_a_group_is_full_begins_with_somebody_and_ends_for_good(zarina, twelve, family):
    row = planned(zarina, capacity=2)
    with acting_as(zarina):
        given = {"group": row, "version": row.version, "by": zarina}
        refused("members", groups.turn_group, state=GroupState.RUNNING, **given)
        refused("state", groups.turn_group, state=GroupState.FINISHED, **given)
    joined(row, zarina, *twelve[:2])
    with acting_as(zarina):
        given = {"group": row, "member_id": new_id(), "by": zarina}
        refused("full", groups.join_group, person=twelve[2], **given)
        row = groups.turn_group(group=row, version=row.version, state=GroupState.RUNNING, by=zarina)
        row = groups.turn_group(group=row, version=row.version, state=GroupState.FINISHED, by=zarina)
        assert (row.ended_on, row.next_on) == (TODAY(), None)
        refused("state", groups.join_group, **{**given, "group": row}, person=twelve[2])
        refused("state", groups.hold_meeting, group=row, meeting_id=new_id(), draft=MeetingDraft(TODAY()), by=zarina)


def test_nobody_joins_twice_and_who_left_may_come_back(zarina, twelve, group):
    with acting_as(zarina):
        row = planned(zarina, capacity=13)
        [member] = joined(row, zarina, twelve[0])
        refused("listed", groups.join_group, group=row, member_id=new_id(), person=twelve[0], by=zarina)
        refused("twice", groups.join_group, group=row, member_id=member.pk, person=twelve[0], by=zarina)
        groups.leave_group(member=member, version=1, why=LeftWhy.TIME, by=zarina)
        refused("stale", groups.leave_group, member=member, version=1, why=LeftWhy.TIME, by=zarina)
        assert joined(row, zarina, twelve[0])


def test_who_must_see_a_specialist_does_not_join(zarina, nasiba, family):
    flagged(family, nasiba, family.head)
    row = planned(zarina)
    with acting_as(zarina):
        refused("refer_first", groups.join_group, group=row, member_id=new_id(), person=family.head, by=zarina)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "name"),
        ({"flow": "x"}, "flow"),
        ({"capacity": 99}, "capacity"),
        ({"place": "TJ-KT-20-04"}, "place"),
    ],
)
def test_what_cannot_be_planned_is_refused(zarina, changes, code):
    with pytest.raises(Refused) as error:
        planned(zarina, **changes)
    assert error.value.code == code


def test_a_group_is_seen_by_those_who_see_health_in_its_district(everyone, zarina, group):
    from django.db import connection

    sees = {}
    for name, user in everyone.items():
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_groupmember")
            sees[name] = cursor.fetchone()[0]
    assert {name for name, n in sees.items() if n} == {"zarina", "nasiba", "gulnoz"}


def test_who_works_elsewhere_and_who_has_no_right(zarina, farrukh, anvar, group):
    for who in (farrukh, anvar):
        with acting_as(who), pytest.raises((OutsideScopeError, WithoutRightError)):
            groups.turn_group(group=group, version=group.version, state=GroupState.FINISHED, by=who)


# --- before and after ------------------------------------------------------------------------------------------------


def scored(person, by, stage, value, days_ago):
    with acting_as(by), writing("tests"):
        when = timezone.now() - timedelta(days=days_ago)
        family = person.memberships.get().family
        row = Assessment(
            family=family, person=person, instrument="phq4", instrument_version="1", stage=stage, state="completed",
            answered_on=when.date(), completed_at=when, recorded_by=by,
        )  # fmt: skip
        lying_in(person.scope, row).save()
        score = Score(assessment=row, scale="total", value=value, band="x", computed_at=when, computed_by=by,
                      rules_hash="0" * 64)  # fmt: skip
        lying_in(person.scope, score).save()
        return row


def test_the_first_score_before_is_compared_with_the_last_one_after(zarina, twelve):
    one, other = twelve[:2]
    for stage, value, days_ago in [
        ("before", 9, 40), ("before", 7, 30), ("after", 6, 5), ("after", 3, 1), ("single", 12, 0),
    ]:  # fmt: skip
        scored(one, zarina, stage, value, days_ago)
    scored(other, zarina, "before", 8, 30)
    with acting_as(zarina):
        found = gains(zarina, [one.pk, other.pk], flow_or_usual("five_sessions"))
    assert (found[one.pk].before, found[one.pk].after, found[one.pk].change) == (9, 3, -6)
    assert found[one.pk].tone == "ok"
    assert (found[other.pk].change, found[other.pk].tone) == (None, "quiet")


def test_a_score_that_was_computed_anew_counts_in_its_place(zarina, twelve):
    person = twelve[0]
    row = scored(person, zarina, "before", 9, 40)
    scored(person, zarina, "before", 2, 20)
    with acting_as(zarina), writing("tests"):
        again = Score(assessment=row, scale="total", value=8, band="x", computed_at=timezone.now(), computed_by=zarina,
                      rules_hash="1" * 64)  # fmt: skip
        lying_in(person.scope, again).save()
    with acting_as(zarina):
        assert gains(zarina, [person.pk], flow_or_usual(""))[person.pk].before == 8


@given(st.decimals(0, 20, places=1), st.decimals(0, 20, places=1), st.sampled_from(["low", "high", ""]))
def test_a_change_is_good_in_the_direction_that_the_scale_names(before, after, better):
    gain = Gain(before, after, better)
    assert gain.change == after - before
    assert gain.size == abs(after - before)
    good = better and before != after and ((after < before) == (better == "low"))
    assert gain.tone == ("ok" if good else "quiet" if before == after or not better else "warn")
    assert Gain(None, Decimal(1), better).change is None


def test_steps_of_groups_and_sessions_are_apart(zarina, family, twelve, group):
    meets(group, zarina, dict.fromkeys(members(zarina).values(), PRESENT))
    with acting_as(zarina):
        assert not JourneyStep.objects.filter(service="psychosocial.session").exists()
