"""Groups, their sessions and who learns in them, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.core.rules.codes import number_in_code
from paivand.core.rules.pages import Page
from paivand.core.rules.whole_numbers import read_whole
from paivand.learning.models import (
    Attendance,
    Enrolment,
    EnrolmentMove,
    FormerAttendance,
    Group,
    GroupTrainer,
    Session,
)
from paivand.learning.models.records import SEES
from paivand.learning.rules.states import OVER, EnrolmentState, GroupState

PAGE = 25

_ORDER = {
    EnrolmentState.ENROLLED: 0,
    EnrolmentState.COMPLETED: 1,
    EnrolmentState.FAILED: 2,
    EnrolmentState.LEFT: 3,
    EnrolmentState.APPLIED: 4,
    EnrolmentState.WAITING: 5,
    EnrolmentState.DECLINED: 6,
}


# --- groups ----------------------------------------------------------------------------------------------------------


def groups_within(by: User) -> QuerySet[Group]:
    """The groups that lie within reach of ``by``, or that she teaches as second trainer.

    The catalogue shows every group, wherever it lies; the pages of a group are for those who have to do with it.
    """
    found: QuerySet[Group] = Group.objects.seen_by(by).filter(SEES.q(by, None))
    return found.select_related("place", "district", "owner", "second")


def group_by_code(by: User, code: str) -> Group | None:
    """The group with this code, wherever it lies, if ``by`` may see groups at all."""
    number = number_in_code("G", code)
    if not number:
        return None
    found = Group.objects.seen_by(by).select_related("place", "district", "agency", "owner", "second")
    row: Group | None = found.filter(number=number).first()
    return row


def group_within(by: User, code: str) -> Group | None:
    """The group with this code within reach of ``by``."""
    number = number_in_code("G", code)
    return groups_within(by).filter(number=number).first() if number else None


def groups(by: User, *, over: bool = False, after: str = "", size: int = PAGE) -> Page[Group]:
    """A page of the groups within reach, the latest first: those to come and under way, or those that are over."""
    found = groups_within(by).filter(state__in=OVER) if over else groups_within(by).exclude(state__in=OVER)
    if after:
        last = read_whole(after)
        if last is None:
            return Page([], None, more=False)
        found = found.filter(number__lt=last)
    return Page.cut(list(found.order_by("-number")[: size + 1]), size, lambda row: str(row.number))


def own_groups(by: User) -> list[Group]:
    """The groups that ``by`` leads or teaches as second trainer and that are not over, the next session first."""
    found = groups_within(by).filter(Q(owner_id=by.pk) | Q(second_id=by.pk)).exclude(state__in=OVER)
    late = {GroupState.RUNNING: 0, GroupState.OPEN: 1, GroupState.PLANNED: 2}
    return sorted(found, key=lambda row: (late[GroupState(row.state)], row.next_on or row.starts_on, row.number))


def trainers_of(by: User, group: Group) -> list[GroupTrainer]:
    """Who teaches, or taught, in a group: those who teach now first, the lead before the others."""
    found = GroupTrainer.objects.seen_by(by).filter(group=group)
    order = {"lead": 0, "second": 1, "facilitator": 2, "guest": 3}
    return sorted(found, key=lambda row: (row.until_on is not None, order[row.role], row.pk))


def trainer_by_id(by: User, group: Group, key: uuid.UUID) -> GroupTrainer | None:
    """One trainer of a group."""
    row: GroupTrainer | None = (
        GroupTrainer.objects.seen_by(by).filter(group=group, pk=key).select_related("group").first()
    )
    return row


# --- sessions --------------------------------------------------------------------------------------------------------


def sessions_of(by: User, group: Group) -> list[Session]:
    """All the sessions of a group, in the order of their days."""
    found = Session.objects.seen_by(by).filter(group=group).select_related("trainer")
    return list(found.order_by("on_day", "starts_at", "n"))


def session_by_number(by: User, group: Group, n: int) -> Session | None:
    """One session of a group, by its number."""
    row: Session | None = (
        Session.objects.seen_by(by).filter(group=group, n=n).select_related("trainer", "taken_by").first()
    )
    if row is not None:
        row.group = group
    return row


# --- learners --------------------------------------------------------------------------------------------------------


def learners_of(by: User, group: Group) -> list[Enrolment]:
    """Everybody who asks for a group, learns or learnt in it: those enrolled first, each state by names."""
    rows = list(Enrolment.objects.seen_by(by).filter(group=group))
    for row in rows:
        row.group = group
    return sorted(rows, key=lambda row: (_ORDER[EnrolmentState(row.state)], row.name.casefold(), row.pk))


def enrolment_by_id(by: User, group: Group, key: uuid.UUID) -> Enrolment | None:
    """One learner of a group."""
    row: Enrolment | None = Enrolment.objects.seen_by(by).filter(group=group, pk=key).first()
    if row is not None:
        row.group = group
    return row


def enrolments_by_id(by: User, group: Group, keys: Iterable[uuid.UUID]) -> list[Enrolment]:
    """These learners of a group."""
    return list(Enrolment.objects.seen_by(by).filter(group=group, pk__in=list(keys)).order_by("id"))


def moves_of(by: User, enrolment: Enrolment) -> list[EnrolmentMove]:
    """Every change of where a learner stands, the latest first."""
    found = EnrolmentMove.objects.seen_by(by).filter(enrolment=enrolment).select_related("by")
    return list(found.order_by("-id"))


# --- attendance ------------------------------------------------------------------------------------------------------


def marks_of(by: User, group: Group, sessions: Sequence[Session]) -> Mapping[uuid.UUID, Mapping[uuid.UUID, str]]:
    """The marks at these sessions, by learner and session."""
    found: defaultdict[uuid.UUID, dict[uuid.UUID, str]] = defaultdict(dict)
    rows = Attendance.objects.seen_by(by).filter(group=group, session__in=[one.pk for one in sessions])
    for learner, session, mark in rows.values_list("enrolment_id", "session_id", "mark"):
        found[learner][session] = mark
    return found


def attendance_at(by: User, session: Session) -> list[Attendance]:
    """Who was at a session, each with her enrolment and with ``formers``, what stood there before."""
    rows: list[Any] = list(
        Attendance.objects.seen_by(by).filter(session=session).select_related("enrolment").order_by("id")
    )
    before: defaultdict[uuid.UUID, list[FormerAttendance]] = defaultdict(list)
    formers = FormerAttendance.objects.seen_by(by).filter(group=session.group_id, attendance__in=[r.pk for r in rows])
    for former in formers.select_related("by").order_by("id"):
        before[former.attendance_id].append(former)
    for row in rows:
        row.formers = before[row.pk]
    return sorted(rows, key=lambda row: (row.enrolment.name.casefold(), row.pk))


def attendance_of(by: User, enrolment: Enrolment) -> list[Attendance]:
    """The marks of one learner, the latest session first."""
    found = Attendance.objects.seen_by(by).filter(group=enrolment.group_id, enrolment=enrolment)
    return list(found.select_related("session").order_by("-session__on_day", "-session__n"))
