"""Groups: planned with their timetable, opened, begun, cancelled; and who teaches them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.learning.actions.enrolments import let_go
from paivand.learning.actions.inside import demand_not_over, locked_group, save_counts, within
from paivand.learning.actions.timetables import demand_free, fit, planned_lessons
from paivand.learning.models import Enrolment, Group, GroupRecord, GroupTrainer, Session
from paivand.learning.models.groups import GROUP_NUMBERS
from paivand.learning.models.records import HANDS_OVER
from paivand.learning.rules.course import Course
from paivand.learning.rules.courses import courses
from paivand.learning.rules.drafts import GroupDraft, TrainerDraft
from paivand.learning.rules.states import (
    ALIVE,
    GroupState,
    LeftWhy,
    SessionState,
    TrainerRole,
    group_may_turn,
)
from paivand.learning.rules.timetable import Pause
from paivand.registry.actions.families import demand_fresh
from paivand.registry.actions.registration import lying_in
from paivand.registry.models import Participant

# --- planning --------------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_PLAN, on="scope")
def plan_group(
    *, scope: Scope, group_id: uuid.UUID, draft: GroupDraft, by: User, pauses: tuple[Pause, ...] = (),
    anyway: bool = False,
) -> Group:  # fmt: skip
    """Plan a group with its whole timetable; ``scope`` says in which district and with which agency it lies.

    Its owner is the trainer who leads it. ``anyway`` plans it although somebody or a room is taken.

    Raises:
        Refused: ``twice``; ``course``, ``name``, ``place``, ``capacity``, ``trainer``, ``qualification``,
            ``timetable``; ``clash`` naming who or what is taken, and by which group.
    """
    if Group.objects.filter(pk=group_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    group = lying_in(scope, Group(id=group_id, state=GroupState.PLANNED, number=next_numbers(1)[0]))
    course = _fill(group, draft)
    lessons = planned_lessons(group, course, pauses)
    demand_free(group, lessons, anyway=anyway)
    group.n_sessions = len(lessons)
    group.ends_on, group.next_on = lessons[-1].on_day, lessons[0].on_day
    group.save(force_insert=True)
    Session.objects.bulk_create(lessons)
    _name_lead(group, draft)
    remark(act="group.plan", course=group.course, sessions=len(lessons))
    return group


@action(Verb.LEARNING_PLAN, on="group")
def edit_group(
    *, group: Group, version: int, draft: GroupDraft, by: User, pauses: tuple[Pause, ...] = (), anyway: bool = False
) -> Group:  # fmt: skip
    """Change what was planned for a group. Sessions that were held stay; those to come move to the new days.

    Raises:
        Refused: as ``plan_group``; ``stale``; ``state`` for a group that is over; ``capacity`` below those enrolled.
    """
    row = locked_group(group)
    demand_fresh(row, version)
    demand_not_over(row)
    if draft.course != row.course and (row.n_enrolled or row.n_asking or row.n_held):
        raise Refused(_("People are in this group already: its course stays. Plan another group."), "course",
                      field="course")  # fmt: skip
    if draft.capacity < row.n_enrolled:
        raise Refused(_("More people belong to the group already. Choose a larger number."), "capacity",
                      field="capacity")  # fmt: skip
    before = (row.owner_id, row.second_id)
    plan = (row.course, row.starts_on, row.weekdays, row.every_weeks, row.starts_at, row.session_hours, row.room)
    course = _fill(row, draft)
    now = (row.course, row.starts_on, row.weekdays, row.every_weeks, row.starts_at, row.session_hours, row.room)
    if plan != now or pauses:
        fit(row, course, pauses, anyway=anyway)
    row.version += 1
    row.save()
    if (row.owner_id, row.second_id) != before:
        _hand_over(row)
        _name_lead(row, draft)
    remark(act="group.edit")
    return row


def _fill(group: Group, draft: GroupDraft) -> Course:
    course = courses().get(draft.course)
    if course is None:
        raise Refused(_("Choose the course from the list."), "course", field="course")
    if not course.is_open_on(draft.starts_on):
        raise Refused(_("The course is not offered on that day. Check the day."), "course", field="starts_on")
    name = " ".join(draft.name.split())
    if not name:
        raise Refused(_("Give the group a name."), "name", field="name")
    if not 1 <= draft.capacity <= course.size.most:
        raise Refused(
            _("A group of this course has at most %(most)s places.") % {"most": course.size.most}, "capacity",
            field="capacity",
        )  # fmt: skip
    place = Place.objects.jamoats().filter(pk=draft.place, parent_id=group.district_id).first()
    if place is None:
        raise Refused(_("Choose the jamoat from the list."), "place", field="place")
    _demand_trainers(draft)
    group.course, group.course_from, group.name, group.language = course.code, course.since, name, draft.language
    group.place, group.venue, group.room = place, draft.venue.strip(), draft.room.strip()
    group.capacity, group.starts_on, group.weekdays = draft.capacity, draft.starts_on, sorted(set(draft.weekdays))
    group.every_weeks, group.starts_at, group.session_hours = draft.every_weeks, draft.starts_at, draft.session_hours
    group.child_care, group.transport, group.note = draft.child_care, draft.transport, draft.note.strip()
    group.owner_id, group.second_id = draft.lead, draft.second
    return course


def _demand_trainers(draft: GroupDraft) -> None:
    asked = {draft.lead, draft.second} - {None}
    if draft.second == draft.lead or User.objects.filter(pk__in=asked, is_active=True).count() != len(asked):
        raise Refused(_("Choose from the list who leads the group, and another one as second trainer."), "trainer",
                      field="lead")  # fmt: skip
    if not draft.qualification.strip():
        raise Refused(_("Write what entitles the trainer to teach this: a diploma, a training, years of practice."),
                      "qualification", field="qualification")  # fmt: skip


def next_numbers(n: int) -> list[int]:
    """The next ``n`` numbers of groups; a number that is drawn is never drawn again."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(%s) from generate_series(1, %s)", [GROUP_NUMBERS, n])
        return [int(number) for (number,) in cursor.fetchall()]


def _hand_over(group: Group) -> None:
    """Let every row of the group follow it to its new trainers."""
    with for_purpose(HANDS_OVER):
        for model in rows_of_groups():
            model.objects.filter(group=group).update(owner_id=group.owner_id, second_id=group.second_id)
    Session.objects.filter(group=group, state=SessionState.PLANNED).update(trainer_id=group.owner_id)


def rows_of_groups() -> list[type[GroupRecord]]:
    """Every table whose rows belong to a group."""
    return sorted(_concrete(GroupRecord), key=lambda model: model.__name__)  # type: ignore[type-abstract]


def _concrete(base: type[GroupRecord]) -> Iterable[type[GroupRecord]]:
    for model in base.__subclasses__():
        if model._meta.abstract:
            yield from _concrete(model)
        else:
            yield model


# --- who teaches -----------------------------------------------------------------------------------------------------


def _name_lead(group: Group, draft: GroupDraft) -> None:
    """The rows that name the lead and the second trainer; those who were before them end."""
    today = timezone.localdate()
    asked = [(TrainerRole.LEAD, draft.lead, draft.qualification)]
    if draft.second:
        asked.append((TrainerRole.SECOND, draft.second, draft.second_qualification or draft.qualification))
    names = {user.pk: user.full_name for user in User.objects.filter(pk__in=[key for _role, key, _text in asked])}
    stands = GroupTrainer.objects.filter(
        group=group, role__in=[TrainerRole.LEAD, TrainerRole.SECOND], until_on=None
    )  # fmt: skip
    stands.exclude(user_id__in=[key for _role, key, _text in asked]).update(until_on=max(today, group.starts_on))
    there = dict(stands.values_list("user_id", "role"))
    for role, key, qualification in asked:
        if there.get(key) == role:
            stands.filter(user_id=key).update(qualification=qualification.strip())
            continue
        within(
            group,
            GroupTrainer(
                user_id=key, name=names[key], qualification=qualification.strip(), role=role,
                from_on=min(today, group.starts_on),
            ),
        ).save(force_insert=True)  # fmt: skip


@action(Verb.LEARNING_PLAN, on="group")
def name_trainer(*, group: Group, trainer_id: uuid.UUID, draft: TrainerDraft, by: User) -> GroupTrainer:
    """Name somebody who teaches besides: a facilitator, perhaps a graduate of a training of trainers, or a guest.

    Raises:
        Refused: ``twice``, ``name``, ``qualification``, ``role`` for lead and second, who are named with the group.
    """
    row = locked_group(group)
    demand_not_over(row)
    if GroupTrainer.objects.filter(pk=trainer_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if draft.role in {TrainerRole.LEAD, TrainerRole.SECOND}:
        raise Refused(_("Who leads the group is named with the group itself."), "role", field="role")
    participant = Participant.objects.filter(pk=draft.participant).first() if draft.participant else None
    name = participant.name if participant else " ".join(draft.name.split())
    if not name:
        raise Refused(_("Write the name."), "name", field="name")
    if not draft.qualification.strip():
        raise Refused(_("Write what entitles the trainer to teach this: a diploma, a training, years of practice."),
                      "qualification", field="qualification")  # fmt: skip
    made = within(
        row,
        GroupTrainer(
            id=trainer_id, name=name, qualification=draft.qualification.strip(), role=draft.role,
            from_on=draft.from_on, user_id=draft.user, participant=participant,
        ),
    )  # fmt: skip
    made.save(force_insert=True)
    remark(act="group.trainer", role=draft.role)
    return made


@action(Verb.LEARNING_PLAN, on="trainer")
def end_trainer(*, trainer: GroupTrainer, version: int, by: User, on: date | None = None) -> GroupTrainer:
    """Say that somebody does not teach in the group any more."""
    row: GroupTrainer = GroupTrainer.objects.select_for_update(of=("self",)).select_related("group").get(pk=trainer.pk)
    demand_fresh(row, version)
    if row.role in {TrainerRole.LEAD, TrainerRole.SECOND}:
        raise Refused(_("Who leads the group is named with the group itself."), "role")
    row.until_on = max(on or timezone.localdate(), row.from_on)
    row.version += 1
    row.save()
    remark(act="group.trainer_ends")
    return row


# --- states ----------------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_PLAN, on="group")
def turn_group(
    *, group: Group, version: int, state: GroupState, by: User, why: str = "", on: date | None = None
) -> Group:  # fmt: skip
    """Open a group for enrolment, begin it, or cancel it. It is finished by ``finish_group``.

    Raises:
        Refused: ``twice``, ``stale``, ``state``; ``members`` when nobody is enrolled; ``why`` for a cancelled group
            without a reason.
    """
    row = locked_group(group)
    if row.state == state:
        raise Refused(_("This form was saved already."), "twice")
    demand_fresh(row, version)
    if state is GroupState.FINISHED or row.state == GroupState.FINISHED or not group_may_turn(row.state, state):
        raise Refused(_("This cannot be done with the group now. Load the page anew to see where it stands."), "state")
    day = on or timezone.localdate()
    if state is GroupState.OPEN:
        row.opened_on = day
    elif state is GroupState.RUNNING:
        if not row.n_enrolled:
            raise Refused(_("Nobody is enrolled yet. Take people in first."), "members")
        row.started_on = day
    else:
        _cancel(row, why, by=by, on=day)
    row.state = state
    row.version += 1
    row.save()
    remark(act=f"group.{state}")
    return row


def _cancel(group: Group, why: str, *, by: User, on: date) -> None:
    """Let everybody go, and strike out the sessions to come."""
    if not why.strip():
        raise Refused(_("Say why the group is cancelled."), "why", field="why")
    alive = Enrolment.objects.select_for_update(of=("self",)).filter(group=group, state__in=ALIVE)
    for row in alive.order_by("id"):
        row.group = group
        let_go(row, group, why=LeftWhy.CANCELLED, by=by, on=on)
    save_counts(group)
    Session.objects.filter(group=group, state=SessionState.PLANNED).update(
        state=SessionState.CANCELLED, cancelled_why=why.strip()[:300]
    )
    group.cancelled_on, group.cancelled_why, group.next_on = on, why.strip()[:300], None
