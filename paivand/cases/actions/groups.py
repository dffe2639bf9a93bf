"""Psychosocial groups: planned, begun, attended, finished; a meeting reaches those who were there."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import note_contact
from paivand.cases.actions.reached import agreeing, give_step, recount_contact, take_back
from paivand.cases.actions.sessions import demand_no_specialist, demand_topics
from paivand.cases.models import Attendance, Case, GroupMeeting, GroupMember, PsychosocialGroup
from paivand.cases.rules.cases import CaseState
from paivand.cases.rules.sessions import (
    GROUP,
    LARGEST_GROUP,
    GroupDraft,
    GroupState,
    LeftWhy,
    MeetingDraft,
    flows,
    may_turn,
)
from paivand.core.models import Place
from paivand.core.rules.attendance import WAS_THERE, Mark
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh
from paivand.registry.actions.journey import Help, demand_agreed
from paivand.registry.actions.registration import lying_in
from paivand.registry.models import Person
from paivand.registry.queries.consents import grounds
from paivand.registry.queries.people import same_person
from paivand.registry.rules.catalogue import COMPLETED
from paivand.registry.rules.keys import row_key

# --- the group -------------------------------------------------------------------------------------------------------


@action(Verb.CASE_WORK, on="scope")
def plan_group(*, scope: Scope, group_id: uuid.UUID, draft: GroupDraft, by: User) -> PsychosocialGroup:
    """Plan a group; ``group_id`` is made by the form.

    Raises:
        Refused: ``twice``; ``name``, ``flow``, ``capacity``, ``place``, ``facilitator``.
    """
    if PsychosocialGroup.objects.filter(pk=group_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    group = lying_in(scope, PsychosocialGroup(id=group_id, state=GroupState.PLANNED))
    _fill(group, draft)
    group.save(force_insert=True)
    remark(act="group.plan", flow=draft.flow, capacity=draft.capacity)
    return group


@action(Verb.CASE_WORK, on="group")
def edit_group(*, group: PsychosocialGroup, version: int, draft: GroupDraft, by: User) -> PsychosocialGroup:
    """Change what was planned for a group that is not over."""
    row = _locked(group)
    demand_fresh(row, version)
    _demand_not_over(row)
    if draft.capacity < row.members.filter(left_on=None).count():
        raise Refused(_("More people belong to the group already. Choose a larger number."), "capacity",
                      field="capacity")  # fmt: skip
    _fill(row, draft)
    row.version += 1
    row.save()
    remark(act="group.edit")
    return row


def _fill(group: PsychosocialGroup, draft: GroupDraft) -> None:
    name = " ".join(draft.name.split())
    if not name:
        raise Refused(_("Give the group a name."), "name", field="name")
    if draft.flow not in flows():
        raise Refused(_("Choose the order of sessions from the list."), "flow", field="flow")
    if not 2 <= draft.capacity <= LARGEST_GROUP:
        raise Refused(_("A group has from 2 to %(most)s people.") % {"most": LARGEST_GROUP}, "capacity",
                      field="capacity")  # fmt: skip
    place = Place.objects.jamoats().filter(pk=draft.place, parent_id=group.district_id).first()
    if place is None:
        raise Refused(_("Choose the jamoat from the list."), "place", field="place")
    if not User.objects.filter(pk=draft.facilitator, is_active=True).exists():
        raise Refused(_("Choose from the list who leads the group."), "facilitator", field="facilitator")
    group.name, group.flow, group.language, group.place = name, draft.flow, draft.language, place
    group.facilitator_id, group.capacity = draft.facilitator, draft.capacity
    group.venue, group.starts_on = draft.venue.strip(), draft.starts_on
    if group.state == GroupState.PLANNED:
        group.next_on = draft.starts_on


@action(Verb.CASE_WORK, on="group")
def turn_group(
    *, group: PsychosocialGroup, version: int, state: GroupState, by: User, on: date | None = None
) -> PsychosocialGroup:  # fmt: skip
    """Begin a group, finish it, or call it off.

    Raises:
        Refused: ``state`` where it cannot be; ``members`` when nobody has joined yet; ``stale``.
    """
    row = _locked(group)
    if row.state == state:
        raise Refused(_("This form was saved already."), "twice")
    demand_fresh(row, version)
    if not may_turn(row.state, state):
        raise Refused(_("This cannot be done with the group now. Load the page anew to see where it stands."), "state")
    if state is GroupState.RUNNING and not row.members.filter(left_on=None).exists():
        raise Refused(_("Nobody has joined the group yet. Add its members first."), "members")
    row.state = state
    if state in {GroupState.FINISHED, GroupState.CALLED_OFF}:
        row.ended_on, row.next_on = on or timezone.localdate(), None
    row.version += 1
    row.save()
    remark(act=f"group.{state}")
    return row


# --- who belongs to it -----------------------------------------------------------------------------------------------


@action(Verb.CASE_WORK, on="group")
def join_group(
    *, group: PsychosocialGroup, member_id: uuid.UUID, person: Person, by: User, case: Case | None = None,
    on: date | None = None,
) -> GroupMember:  # fmt: skip
    """Take somebody into a group, within a case of hers or without one.

    Raises:
        Refused: ``twice``, ``state``, ``full``, ``listed``; ``consent`` or ``registration`` without agreement;
            ``refer_first`` while an answer of hers asks for a specialist.
    """
    row = _locked(group)
    if GroupMember.objects.filter(pk=member_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_not_over(row)
    present = list(row.members.filter(left_on=None).values_list("person_id", flat=True))
    if len(present) >= row.capacity:
        raise Refused(_("The group is full. Make room, or plan another one."), "full")
    records = same_person(by, [person.pk, *present])
    if records[person.pk] in {records[pk] for pk in present}:
        raise Refused(_("This person belongs to the group already."), "listed", field="person")
    demand_agreed(person, grounds(by, [person.pk])[person.pk])
    demand_no_specialist(by, [person])
    member = lying_in(row.scope, GroupMember(id=member_id, group=row, person=person, case=case))
    member.joined_on = on or timezone.localdate()
    member.save(force_insert=True)
    remark(act="group.join", members=len(present) + 1)
    return member


@action(Verb.CASE_WORK, on="member")
def leave_group(
    *, member: GroupMember, version: int, why: LeftWhy, by: User, on: date | None = None
) -> GroupMember:  # fmt: skip
    """Note that somebody left a group before its end, and why."""
    row: GroupMember = GroupMember.objects.select_for_update(of=("self",)).select_related("group").get(pk=member.pk)
    demand_fresh(row, version)
    _demand_not_over(row.group)
    if row.left_on:
        raise Refused(_("This person has left the group already."), "already")
    row.left_on, row.left_why = max(on or timezone.localdate(), row.joined_on), why
    row.version += 1
    row.save()
    remark(act="group.leave", why=why)
    return row


# --- meetings --------------------------------------------------------------------------------------------------------


@action(Verb.CASE_WORK, on="group")
def hold_meeting(
    *, group: PsychosocialGroup, meeting_id: uuid.UUID, draft: MeetingDraft, by: User, now: datetime | None = None
) -> GroupMeeting:  # fmt: skip
    """Write down a meeting and who was there; each of them whom it reached gets a step of the journey.

    Raises:
        Refused: ``twice``; ``state`` for a group that is not running; ``marks`` without a mark for each member;
            ``date``, ``topic``.
    """
    row = _locked(group)
    if GroupMeeting.objects.filter(pk=meeting_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if row.state != GroupState.RUNNING:
        raise Refused(_("The group is not running. Begin it first."), "state")
    moment = now or timezone.now()
    members = {member.pk: member for member in row.members.select_related("person", "case").filter(left_on=None)}
    _demand_possible(row, draft, members, timezone.localdate(moment))
    last = row.meetings.aggregate(last=Max("n"))["last"] or 0
    meeting = lying_in(row.scope, GroupMeeting(id=meeting_id, group=row, n=last + 1, written_by=by))
    _fill_meeting(meeting, draft)
    meeting.save(force_insert=True)
    n_steps = _mark(meeting, draft, members, by=by, reason="")
    _note_contacts(meeting, members, by=by, now=moment)
    row.next_on = draft.next_on
    row.version += 1
    row.save(update_fields=["next_on", "version", "changed_at"])
    remark(act="group.meet", n=meeting.n, members=len(members), steps=n_steps)
    return meeting


@action(Verb.CASE_WORK, on="meeting")
def correct_meeting(
    *, meeting: GroupMeeting, version: int, draft: MeetingDraft, reason: str, by: User, now: datetime | None = None
) -> GroupMeeting:  # fmt: skip
    """Correct a meeting: steps of those who were not there are reversed, those who were there get theirs."""
    group = _locked(meeting.group)
    row: GroupMeeting = (
        GroupMeeting.objects.select_for_update(of=("self",)).select_related("group").get(pk=meeting.pk)
    )  # fmt: skip
    demand_fresh(row, version)
    if not reason.strip():
        raise Refused(_("Say why it is corrected, in a few words and without names."), "reason", field="reason")
    moment = now or timezone.now()
    marked = set(row.attendances.values_list("member_id", flat=True))
    members = {member.pk: member for member in group.members.select_related("person", "case").filter(pk__in=marked)}
    _demand_possible(group, draft, members, timezone.localdate(moment), but=row)
    other_day = row.held_on != draft.held_on
    _fill_meeting(row, draft)
    row.version += 1
    row.save()
    n_steps = _mark(row, draft, members, by=by, reason=reason, anew=other_day)
    for case in _open_cases(members):
        recount_contact(case, by=by, now=moment)
    remark(act="group.correct", n=row.n, steps=n_steps)
    return row


def _demand_possible(
    group: PsychosocialGroup, draft: MeetingDraft, members: dict[uuid.UUID, GroupMember], today: date,
    but: GroupMeeting | None = None,
) -> None:  # fmt: skip
    if not group.starts_on <= draft.held_on <= today:
        raise Refused(_("The day lies before the group began, or in the future. Check it."), "date", field="held_on")
    others = group.meetings.exclude(pk=but.pk) if but else group.meetings.all()
    if others.filter(held_on=draft.held_on).exists():
        raise Refused(_("A meeting of this day is written down already."), "listed", field="held_on")
    if draft.next_on and draft.next_on <= draft.held_on:
        raise Refused(_("The next meeting lies before this one. Check both days."), "date", field="next_on")
    if set(draft.marks) != set(members):
        raise Refused(_("Say for each member whether she was there."), "marks", field="marks")
    demand_topics(draft.worked_on)


def _fill_meeting(meeting: GroupMeeting, draft: MeetingDraft) -> None:
    meeting.held_on, meeting.worked_on, meeting.note = draft.held_on, list(draft.worked_on), draft.note.strip()


def _mark(
    meeting: GroupMeeting, draft: MeetingDraft, members: dict[uuid.UUID, GroupMember], *, by: User, reason: str,
    anew: bool = False,
) -> int:  # fmt: skip
    """Write each member's mark, with the step of those who were there; returns how many steps count now."""
    agree = agreeing(by, [member.person for member in members.values()])
    given = Help(GROUP, COMPLETED, meeting.held_on, meeting.group.place)
    rows = {row.member_id: row for row in meeting.attendances.select_related("step")}
    n_steps = 0
    for pk, member in members.items():
        row = rows.get(pk) or lying_in(meeting.scope, Attendance(meeting=meeting, member=member))
        was_there = draft.marks[pk] in WAS_THERE
        former = row.step if row.step and (anew or not was_there) else None
        if former:
            row.step = None
        row.mark = Mark(draft.marks[pk])
        if was_there and row.step is None and member.person_id in agree:
            row.step = give_step(member.person, given, by, row_key(meeting.pk, "step", pk, meeting.version))
        row.version += 0 if row._state.adding else 1
        row.save()
        take_back(former, reason, by)
        n_steps += row.step is not None
    return n_steps


def _note_contacts(meeting: GroupMeeting, members: dict[uuid.UUID, GroupMember], *, by: User, now: datetime) -> None:
    """A meeting is a contact with those who were there, in the cases within which they take part."""
    there = set(meeting.attendances.filter(mark__in=WAS_THERE).values_list("member_id", flat=True))
    for case in _open_cases({pk: member for pk, member in members.items() if pk in there}):
        note_contact(case, meeting.held_on, by=by, now=now)


def _open_cases(members: dict[uuid.UUID, GroupMember]) -> list[Case]:
    """The open cases of these members, locked, as far as the facilitator works in them."""
    ids = {member.case_id for member in members.values() if member.case_id}
    rows = Case.objects.select_for_update(of=("self",)).select_related("family").filter(pk__in=ids)
    return list(rows.exclude(state=CaseState.CLOSED).order_by("pk"))


def _locked(group: PsychosocialGroup) -> PsychosocialGroup:
    row: PsychosocialGroup = PsychosocialGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    return row


def _demand_not_over(group: PsychosocialGroup) -> None:
    if group.state in {GroupState.FINISHED, GroupState.CALLED_OFF}:
        raise Refused(_("This group is over. Nothing can be changed in it."), "state")
