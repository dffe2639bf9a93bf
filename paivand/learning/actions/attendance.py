"""Attendance: taken at a session, corrected with a trace; the counts of each learner are made from all her marks."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.attendance import WAS_THERE, Mark
from paivand.core.rules.errors import Refused
from paivand.learning.actions.inside import about, course_of, demand_day, demand_running, locked_group, within
from paivand.learning.actions.timetables import SESSION_COUNTS, recount_sessions
from paivand.learning.models import Attendance, Enrolment, FollowUp, FormerAttendance, Group, Session
from paivand.learning.rules.drafts import Marked, SessionDraft
from paivand.learning.rules.states import (
    MISSED_IN_A_ROW,
    EnrolmentState,
    FollowKind,
    FollowState,
    SessionState,
    missed_in_a_row,
)
from paivand.registry.actions.families import demand_fresh

ASKED_WITHIN = 3
"""Days within which somebody asks after a learner who missed sessions one after another."""

_COUNTS = ("n_held", "n_there", "n_late", "n_excused", "n_absent", "n_missed_in_row", "hours", "practical_hours")


@action(Verb.LEARNING_TEACH, on="group")
def take_attendance(
    *, group: Group, session: Session, version: int, draft: SessionDraft, by: User, now: datetime | None = None
) -> Session:  # fmt: skip
    """Write down a session that was held, and who was there.

    Everybody who is enrolled gets a mark. Two sessions missed one after another without excuse make a task for whoever
    follows the learner: the social worker of her family, or else the trainer.

    Raises:
        Refused: ``stale``, ``state``, ``date``, ``topics``; ``marks`` without a mark for each learner.
    """
    moment = now or timezone.now()
    row, found = _locked(group, session)
    demand_running(row)
    demand_fresh(found, version)
    if found.state == SessionState.HELD:
        raise Refused(_("This session is written down already. Correct it, with a reason."), "held")
    demand_day(draft.on_day, timezone.localdate(moment))
    learners = _learners(row, draft.on_day)
    if not learners or set(draft.marks) != set(learners):
        raise Refused(_("Say for each learner whether she was there."), "marks", field="marks")
    _tell(row, found, draft)
    found.state, found.taken_by, found.taken_at = SessionState.HELD, by, moment
    found.cancelled_why = ""
    _count(found, draft.marks.values())
    found.version += 1
    found.save()
    Attendance.objects.bulk_create(_marks(found, draft))
    recount(row, learners)
    _finish_counts(row)
    _ask_after(row, list(learners.values()), found, timezone.localdate(moment))
    remark(act="attendance.take", n=found.n, there=found.n_there)
    return found


@action(Verb.LEARNING_TEACH, on="group")
def take_register(
    *, group: Group, told: Sequence[tuple[Session, SessionDraft]], by: User, now: datetime | None = None
) -> Group:  # fmt: skip
    """Write down many sessions at once from a register on paper: all of them, or none.

    A learner needs a mark at each session from the day on which she was enrolled. Tasks about those who missed sessions
    are made from the last of them, as they stand then.

    Raises:
        Refused: as ``take_attendance``, with the number of the session; ``twice`` when a session is named twice.
    """
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    row = locked_group(group)
    demand_running(row)
    keys = [session.pk for session, _draft in told]
    planned = Session.objects.select_for_update(of=("self",)).filter(group=row, state=SessionState.PLANNED)
    there = {one.pk: one for one in planned.filter(pk__in=keys)}
    if len(there) < len(keys):
        raise Refused(_("A session is written down already, or named twice. Load the page anew."), "held")
    learners = _learners(row, max((draft.on_day for _session, draft in told), default=today))
    enrolled_on = {key: one.enrolled_on or date.min for key, one in learners.items()}
    found, marks = [], []
    for session, draft in told:
        one = there[session.pk]
        one.group = row
        demand_day(draft.on_day, today)
        expected = {key for key, day in enrolled_on.items() if day <= draft.on_day}
        if not expected or set(draft.marks) != expected:
            raise Refused(
                _("Session %(n)s: say for each learner whether she was there.") % {"n": one.n}, "marks", field="marks"
            )
        _tell(row, one, draft)
        one.state, one.taken_by, one.taken_at = SessionState.HELD, by, moment
        _count(one, draft.marks.values())
        one.version += 1
        found.append(one)
        marks += _marks(one, draft)
    Session.objects.bulk_update(found, _HELD, batch_size=200)
    Attendance.objects.bulk_create(marks, batch_size=2000)
    recount(row, learners)
    _finish_counts(row)
    if found:
        _ask_after(row, list(learners.values()), max(found, key=lambda one: (one.on_day, one.n)), today)
    remark(act="attendance.register", sessions=len(found), marks=len(marks))
    return row


_HELD = (
    "on_day", "topics", "life_topics", "energiser", "note", "state", "taken_by", "taken_at", "n_there", "n_marked",
    "version",
)  # fmt: skip


def _marks(session: Session, draft: SessionDraft) -> list[Attendance]:
    """The unsaved marks of a session."""
    return [
        within(session.group, Attendance(session=session, enrolment_id=key, mark=one.mark, note=one.note.strip()[:200]))
        for key, one in draft.marks.items()
    ]


@action(Verb.LEARNING_TEACH, on="group")
def correct_attendance(
    *, group: Group, session: Session, version: int, draft: SessionDraft, by: User, now: datetime | None = None
) -> Session:  # fmt: skip
    """Correct a session: each mark that changes keeps its former reading, with who changed it and why.

    Marks that the draft does not name stay. Whoever completed or failed already keeps that verdict until it is taken
    back; her marks cannot change before.

    Raises:
        Refused: ``stale``, ``state``, ``date``, ``topics``, ``reason``, ``marks`` for somebody of another group,
            ``judged`` for a learner whose result stands.
    """
    row, found = _locked(group, session)
    demand_fresh(found, version)
    if found.state != SessionState.HELD:
        raise Refused(_("This session is not written down yet."), "state")
    if not draft.reason.strip():
        raise Refused(_("Say why it is corrected, in a few words and without names."), "reason", field="reason")
    demand_day(draft.on_day, timezone.localdate(now or timezone.now()))
    marks = {one.enrolment_id: one for one in Attendance.objects.select_for_update().filter(session=found)}
    learners = {one.pk: one for one in Enrolment.objects.filter(group=row, pk__in=set(draft.marks) | set(marks))}
    if not set(draft.marks) <= set(learners):
        raise Refused(_("Somebody does not belong to this group. Load the page anew."), "marks", field="marks")
    changed = _corrected(found, marks, draft, learners, by)
    _tell(row, found, draft)
    _count(found, [Marked(Mark(one.mark)) for one in Attendance.objects.filter(session=found)])
    found.version += 1
    found.save()
    recount(row, {key: learners[key] for key in changed})
    _finish_counts(row)
    remark(act="attendance.correct", n=found.n, marks=len(changed))
    return found


def _corrected(
    session: Session, marks: Mapping[uuid.UUID, Attendance], draft: SessionDraft,
    learners: Mapping[uuid.UUID, Enrolment], by: User,
) -> list[uuid.UUID]:  # fmt: skip
    """Write the marks that differ, each with what it was; returns whose they are."""
    changed, former = [], []
    group, reason = session.group, draft.reason.strip()
    for key, told in draft.marks.items():
        row = marks.get(key)
        if row is not None and (row.mark, row.note) == (told.mark, told.note.strip()):
            continue
        counts = row is None or row.mark != told.mark
        if counts and learners[key].state in {EnrolmentState.COMPLETED, EnrolmentState.FAILED}:
            raise Refused(
                _("The result of %(name)s stands already. Take it back first, then correct the attendance.")
                % {"name": learners[key].name}, "judged", field="marks",
            )  # fmt: skip
        before = Attendance(mark="", note="") if row is None else row
        was = (before.mark, before.note)
        if row is None:
            row = within(group, Attendance(session=session, enrolment_id=key))
        row.mark, row.note = told.mark, told.note.strip()[:200]
        row.version += 0 if row._state.adding else 1
        row.save()
        former.append(within(group, FormerAttendance(attendance=row, mark=was[0], note=was[1], reason=reason, by=by)))
        changed.append(key)
    FormerAttendance.objects.bulk_create(former)
    return changed


def recount(group: Group, learners: Mapping[uuid.UUID, Enrolment]) -> None:
    """Make the counts of these learners anew from all their marks, and save them."""
    if not learners:
        return
    was_there = Q(mark__in=WAS_THERE)
    told: dict[uuid.UUID, dict[str, Any]] = {
        row["enrolment_id"]: dict(row)
        for row in Attendance.objects.filter(group=group, enrolment_id__in=list(learners))
        .values("enrolment_id")
        .annotate(
            held=Count("id"), there=Count("id", filter=was_there), late=Count("id", filter=Q(mark=Mark.LATE)),
            excused=Count("id", filter=Q(mark=Mark.EXCUSED)), absent=Count("id", filter=Q(mark=Mark.ABSENT)),
            hours=Sum("session__hours", filter=was_there),
            practical=Sum("session__hours", filter=was_there & Q(session__practical=True)),
        )
    }  # fmt: skip
    in_row = _in_a_row(group, [key for key, one in told.items() if one["absent"]])
    for key, one in learners.items():
        found = told.get(key, {})
        one.n_held, one.n_there, one.n_late = found.get("held", 0), found.get("there", 0), found.get("late", 0)
        one.n_excused, one.n_absent = found.get("excused", 0), found.get("absent", 0)
        one.hours = found.get("hours") or Decimal(0)
        one.practical_hours = found.get("practical") or Decimal(0)
        one.n_missed_in_row = in_row.get(key, 0)
        one.version += 1
    Enrolment.objects.bulk_update(list(learners.values()), [*_COUNTS, "version"])


def _in_a_row(group: Group, keys: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many sessions each of these missed one after another, up to the latest."""
    marks: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    rows = Attendance.objects.filter(group=group, enrolment_id__in=keys).order_by("session__on_day", "session__n")
    for key, mark in rows.values_list("enrolment_id", "mark"):
        marks[key].append(mark)
    return {key: missed_in_a_row(found) for key, found in marks.items()}


def _ask_after(group: Group, learners: Sequence[Enrolment], session: Session, today: date) -> None:
    """Make a task about each learner who has now missed so many sessions; one task for each row of absences."""
    missing = [one for one in learners if one.n_missed_in_row >= MISSED_IN_A_ROW]
    asked = set(
        FollowUp.objects.filter(
            enrolment__in=missing, kind=FollowKind.MISSED, state=FollowState.DUE
        ).values_list("enrolment_id", flat=True)
    )  # fmt: skip
    tasks = [
        about(
            one,
            FollowUp(
                enrolment=one, kind=FollowKind.MISSED, months=session.n, due_on=today + timedelta(days=ASKED_WITHIN),
                for_user_id=asked_of(one),
            ),
        )
        for one in missing
        if one.pk not in asked
    ]  # fmt: skip
    FollowUp.objects.bulk_create(tasks, ignore_conflicts=True)
    back = [one.pk for one in learners if one.n_missed_in_row == 0]
    FollowUp.objects.filter(enrolment_id__in=back, kind=FollowKind.MISSED, state=FollowState.DUE).update(
        state=FollowState.OFF
    )


def asked_of(row: Enrolment) -> uuid.UUID | None:
    """Who asks after a learner: the social worker of her family; for others the trainer who leads the group."""
    return row.home_owner_id if row.person_id else row.owner_id


def _learners(group: Group, day: date) -> dict[uuid.UUID, Enrolment]:
    """Those who are enrolled on that day, locked."""
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(group=group, state=EnrolmentState.ENROLLED)
    return {one.pk: _of(group, one) for one in rows.filter(enrolled_on__lte=day).order_by("id")}


def _of(group: Group, row: Enrolment) -> Enrolment:
    row.group = group
    return row


def _tell(group: Group, session: Session, draft: SessionDraft) -> None:
    course = course_of(group)
    if any(course.topic(topic) is None for topic in (*draft.topics, *draft.life_topics)):
        raise Refused(_("Choose the topics from the list."), "topics", field="topics")
    if draft.on_day < group.starts_on:
        raise Refused(_("The day lies before the group began. Check it."), "date", field="on_day")
    session.on_day, session.note = draft.on_day, draft.note.strip()
    session.topics = list(draft.topics) or session.topics
    session.life_topics = list(draft.life_topics) or session.life_topics
    session.energiser = draft.energiser.strip()[:120]


def _count(session: Session, marks: Iterable[Marked]) -> None:
    found = [one.mark for one in marks]
    session.n_marked, session.n_there = len(found), sum(mark in WAS_THERE for mark in found)


def _finish_counts(group: Group) -> None:
    recount_sessions(group)
    group.version += 1
    group.save(update_fields=SESSION_COUNTS)


def _locked(group: Group, session: Session) -> tuple[Group, Session]:
    row = locked_group(group)
    found = Session.objects.select_for_update(of=("self",)).filter(group=row, pk=session.pk).first()
    if found is None:
        raise Refused(_("This session does not belong to the group. Load the page anew."), "state")
    found.group = row
    return row, found
