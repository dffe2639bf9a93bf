"""The timetable of a group: made from its plan, moved, cancelled, added to; who and what is taken already is named."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.learning.actions.inside import course_of, demand_not_over, locked_group, within
from paivand.learning.models import Group, Session
from paivand.learning.rules.course import Course
from paivand.learning.rules.drafts import SlotDraft
from paivand.learning.rules.states import SessionState
from paivand.learning.rules.timetable import Booked, Clash, Pause, Plan, Shared, clashes, timetable
from paivand.registry.actions.families import demand_fresh

TOLD = 3
"""How many clashes a refusal names; the rest is counted."""


def planned_lessons(
    group: Group, course: Course, pauses: tuple[Pause, ...] = (), first: date | None = None
) -> list[Session]:
    """The unsaved sessions of a group by its plan and the curriculum of its course.

    Args:
        first: the day from which they are planned, where it is not the group's first day.

    Raises:
        Refused: ``timetable`` when the plan cannot be.
    """
    try:
        plan = Plan(
            first or group.starts_on, tuple(group.weekdays), group.starts_at, group.session_hours, group.every_weeks,
            pauses,
        )  # fmt: skip
        found = timetable(course, plan)
    except ValueError:
        raise Refused(
            _("With these days and hours the curriculum cannot be taught: choose at least one day of the week, and "
              "sessions that end on the day on which they begin."), "timetable", field="weekdays",
        ) from None  # fmt: skip
    return [
        within(
            group,
            Session(
                n=lesson.n, on_day=lesson.on, starts_at=lesson.starts_at, ends_at=lesson.ends_at, hours=lesson.hours,
                module=lesson.module, topics=list(lesson.topics), practical=lesson.practical, room=group.room,
                trainer_id=group.owner_id, life_topics=list(lesson.life_topics),
            ),
        )
        for lesson in found.lessons
    ]  # fmt: skip


def fit(group: Group, course: Course, pauses: tuple[Pause, ...] = (), *, anyway: bool = False) -> None:
    """Bring the sessions that were not held to the plan as it stands now.

    As many lessons of the curriculum as were held count as taught. The others take the days of the plan from its first
    day on, or from the day after the last session that was held.
    """
    held = Session.objects.filter(group=group, state=SessionState.HELD).aggregate(n=Count("id"), last=Max("on_day"))
    first = max(group.starts_on, held["last"] + timedelta(days=1)) if held["last"] else group.starts_on
    coming = planned_lessons(group, course, pauses)[held["n"] :]
    for lesson, day in zip(coming, planned_lessons(group, course, pauses, first), strict=False):
        lesson.on_day = day.on_day
    demand_free(group, coming, anyway=anyway)
    there = list(Session.objects.filter(group=group, state=SessionState.PLANNED).order_by("n"))
    for row, lesson in zip(there, coming, strict=False):
        for name in _PLANNED:
            setattr(row, name, getattr(lesson, name))
        row.version += 1
    Session.objects.bulk_update(there, [*_PLANNED, "version"])
    for row in there[len(coming) :]:
        row.state, row.cancelled_why = SessionState.CANCELLED, _("The timetable was changed.")
        row.save(update_fields=["state", "cancelled_why", "changed_at"])
    n = Session.objects.filter(group=group).aggregate(n=Max("n"))["n"] or 0
    for i, lesson in enumerate(coming[len(there) :], start=1):
        lesson.n = n + i
    Session.objects.bulk_create(coming[len(there) :])
    recount_sessions(group)


_PLANNED = ("on_day", "starts_at", "ends_at", "hours", "module", "topics", "practical", "room", "life_topics")


def recount_sessions(group: Group) -> None:
    """Bring the counts and days of a locked group up to date with its sessions, in memory."""
    told = Session.objects.filter(group=group).exclude(state=SessionState.CANCELLED).aggregate(
        last=Max("on_day"), next=Min("on_day", filter=Q(state=SessionState.PLANNED)),
    )  # fmt: skip
    states = list(Session.objects.filter(group=group).values_list("state", flat=True))
    group.n_held = states.count(SessionState.HELD)
    group.n_sessions = group.n_held + states.count(SessionState.PLANNED)
    group.ends_on = max(told["last"], group.starts_on) if told["last"] else group.ends_on
    group.next_on = told["next"]


SESSION_COUNTS = ("n_held", "n_sessions", "ends_on", "next_on", "version", "changed_at")
"""What ``recount_sessions`` changes."""


# --- single sessions -------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def move_session(
    *, group: Group, session: Session, version: int, slot: SlotDraft, by: User, anyway: bool = False
) -> Session:  # fmt: skip
    """Hold a session on another day, at another time, in another room, or by another trainer.

    Raises:
        Refused: ``stale``; ``state`` unless it is still planned; ``clash``; ``timetable``, ``topics``.
    """
    row, found = _locked(group, session)
    demand_fresh(found, version)
    if found.state != SessionState.PLANNED:
        raise Refused(_("Only a session that is still to come can be moved."), "state")
    _place(row, found, slot)
    demand_free(row, [found], anyway=anyway)
    found.version += 1
    found.save()
    recount_sessions(row)
    row.save(update_fields=SESSION_COUNTS)
    remark(act="session.move", n=found.n)
    return found


@action(Verb.LEARNING_TEACH, on="group")
def add_session(
    *, group: Group, session_id: uuid.UUID, slot: SlotDraft, by: User, anyway: bool = False, practical: bool = False
) -> Session:  # fmt: skip
    """Add a session to the timetable: one that makes up for a missed one, a field day, a repetition."""
    row = locked_group(group)
    demand_not_over(row)
    if Session.objects.filter(pk=session_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    last = Session.objects.filter(group=row).aggregate(n=Max("n"))["n"] or 0
    made = within(row, Session(id=session_id, n=last + 1, practical=practical, trainer_id=row.owner_id))
    _place(row, made, slot)
    demand_free(row, [made], anyway=anyway)
    made.save(force_insert=True)
    recount_sessions(row)
    row.save(update_fields=SESSION_COUNTS)
    remark(act="session.add", n=made.n)
    return made


@action(Verb.LEARNING_TEACH, on="group")
def cancel_session(*, group: Group, session: Session, version: int, why: str, by: User) -> Session:
    """Strike a session out that will not be held, or was not, with the reason."""
    row, found = _locked(group, session)
    demand_fresh(found, version)
    if found.state != SessionState.PLANNED:
        raise Refused(_("Only a session that is still to come can be cancelled."), "state")
    if not why.strip():
        raise Refused(_("Say why the session is not held."), "why", field="why")
    found.state, found.cancelled_why = SessionState.CANCELLED, why.strip()[:300]
    found.version += 1
    found.save()
    recount_sessions(row)
    row.save(update_fields=SESSION_COUNTS)
    remark(act="session.cancel", n=found.n)
    return found


def _locked(group: Group, session: Session) -> tuple[Group, Session]:
    row = locked_group(group)
    demand_not_over(row)
    found = Session.objects.select_for_update(of=("self",)).filter(group=row, pk=session.pk).first()
    if found is None:
        raise Refused(_("This session does not belong to the group. Load the page anew."), "state")
    return row, found


def _place(group: Group, session: Session, slot: SlotDraft) -> None:
    course = course_of(group)
    unknown = [topic for topic in slot.topics if course.topic(topic) is None]
    if unknown:
        raise Refused(_("Choose the topics from the list."), "topics", field="topics")
    if not Decimal(0) < slot.hours <= Decimal(12):
        raise Refused(_("A session lasts from a quarter of an hour to twelve hours."), "timetable", field="hours")
    if slot.on_day < group.starts_on:
        raise Refused(_("The day lies before the group began. Check it."), "date", field="on_day")
    session.on_day, session.starts_at, session.hours = slot.on_day, slot.starts_at, slot.hours
    session.ends_at = _ends(slot.starts_at, slot.hours)
    session.room, session.topics = slot.room.strip(), list(slot.topics) or session.topics
    if slot.trainer:
        session.trainer_id = slot.trainer


def _ends(at: time, hours: Decimal) -> time:
    begins = datetime.combine(date.min, at)
    ends = begins + timedelta(minutes=int(hours * 60))
    if ends.date() != begins.date():
        raise Refused(_("The session ends after midnight. Let it begin earlier, or make it shorter."), "timetable",
                      field="starts_at")  # fmt: skip
    return ends.time()


# --- what is taken ---------------------------------------------------------------------------------------------------


def demand_free(group: Group, lessons: Sequence[Session], *, anyway: bool) -> None:
    """Raise a Refused that names which trainer or room is taken by which group, unless it is meant ``anyway``."""
    if anyway or not lessons:
        return
    found = clashes_of(group, lessons)
    if not found:
        return
    names = {str(user.pk): user.full_name for user in User.objects.filter(
        pk__in=[one.name for one in found if one.what is Shared.TRAINER]
    )}  # fmt: skip
    told = [one.sentence(date_format(one.on, "d.m.Y"), names.get(one.name, one.name)).said(_) for one in found[:TOLD]]
    if len(found) > TOLD:
        told.append(_("And %(n)s more.") % {"n": len(found) - TOLD})
    told.append(_("Choose other days or another room, or tick that it is meant so."))
    raise Refused(" ".join(told), "clash", field="anyway")


def clashes_of(group: Group, lessons: Iterable[Session]) -> list[Clash]:
    """What these sessions of ``group`` would share with sessions of other groups at the same time."""
    ours = list(lessons)
    days = [lesson.on_day for lesson in ours]
    trainers = {lesson.trainer_id for lesson in ours} - {None}
    others = (
        Session.objects.filter(on_day__gte=min(days), on_day__lte=max(days), state=SessionState.PLANNED)
        .exclude(group_id=group.pk)
        .filter(Q(trainer_id__in=trainers) | Q(district_id=group.district_id) & ~Q(room=""))
        .select_related("group")
    )
    return clashes(
        [_booked(lesson, group) for lesson in ours if lesson.on_day >= timezone.localdate() - timedelta(days=1)],
        [_booked(other, other.group) for other in others],
    )


def _booked(session: Session, group: Group) -> Booked:
    trainers = frozenset({str(session.trainer_id)}) if session.trainer_id else frozenset()
    room = f"{group.venue} {session.room}".strip() if session.room else ""
    return Booked(group.name, session.on_day, session.starts_at, session.ends_at, trainers, room)
