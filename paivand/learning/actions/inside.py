"""What every action inside a group begins with: the group is locked, new rows lie where it lies, counts stay true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.rules.errors import Refused
from paivand.learning.models import Enrolment, EnrolmentMove, Group, GroupRecord, LearnerRecord
from paivand.learning.rules.course import Course
from paivand.learning.rules.courses import course
from paivand.learning.rules.states import (
    ASKING,
    EnrolmentState,
    GroupState,
    LeftWhy,
    enrolment_may_turn,
)

G = TypeVar("G", bound=GroupRecord)
L = TypeVar("L", bound=LearnerRecord)

_COUNTERS = {
    EnrolmentState.APPLIED: "n_asking",
    EnrolmentState.WAITING: "n_asking",
    EnrolmentState.ENROLLED: "n_enrolled",
    EnrolmentState.COMPLETED: "n_completed",
    EnrolmentState.FAILED: "n_failed",
}
COUNTERS = ("n_asking", "n_enrolled", "n_completed", "n_failed", "n_left")
"""The counters of a group that follow its enrolments."""


def locked_group(group: Group) -> Group:
    """The group's row, locked until the end of the transaction."""
    row: Group = Group.objects.select_for_update(of=("self",)).select_related("place", "agency").get(pk=group.pk)
    return row


def course_of(group: Group) -> Course:
    """The course of a group.

    Raises:
        Refused: ``course`` when it is not declared any more.
    """
    found = course(group.course)
    if found is None:
        raise Refused(_("This course is not offered any more. Ask whoever keeps the courses."), "course")
    return found


def demand_not_over(group: Group) -> None:
    """Raise a Refused when the group is finished or cancelled."""
    if group.is_over:
        raise Refused(_("This group is over. Nothing can be changed in it."), "state")


def demand_running(group: Group) -> None:
    """Raise a Refused unless the group is running."""
    if group.state != GroupState.RUNNING:
        raise Refused(_("The group is not running. Begin it first."), "state")


def within(group: Group, row: G) -> G:
    """``row``, lying where its group lies."""
    row.group = group
    row.district_id, row.agency_id = group.district_id, group.agency_id
    row.team_id, row.owner_id, row.second_id = group.team_id, group.owner_id, group.second_id
    return row


def about(enrolment: Enrolment, row: L) -> L:
    """``row``, lying where its group lies and where the learner lives."""
    within(enrolment.group, row)
    row.home_district_id, row.home_agency_id = enrolment.home_district_id, enrolment.home_agency_id
    row.home_team_id, row.home_owner_id = enrolment.home_team_id, enrolment.home_owner_id
    return row


def counter_of(state: str, *, was_in: bool) -> str | None:
    """The counter of the group for a learner of this state; who went before she was enrolled counts nowhere."""
    if state == EnrolmentState.LEFT:
        return "n_left" if was_in else None
    return _COUNTERS.get(EnrolmentState(state)) if state else None


def move(
    row: Enrolment, end: EnrolmentState, group: Group, *, by: User, on: date, why: LeftWhy | None = None,
    reason: str = "",
) -> EnrolmentMove:  # fmt: skip
    """Bring a learner into another state; the only place where it happens. ``group`` is locked and saved by the caller.

    Returns the row of her history, saved.

    Raises:
        Refused: ``state`` where no way leads there.
    """
    _demand_way(row, end)
    moved = turned(row, end, group, by=by, on=on, why=why, reason=reason)
    row.version += 1
    row.save()
    moved.save(force_insert=True)
    return moved


def move_all(
    rows: Sequence[Enrolment], end: EnrolmentState, group: Group, *, by: User, on: date, why: LeftWhy | None = None,
    reason: str = "",
) -> None:  # fmt: skip
    """Bring several learners of one group into another state, as ``move`` does, with two statements.

    Raises:
        Refused: ``state`` where no way leads there for one of them.
    """
    for row in rows:
        _demand_way(row, end)
    moves = [turned(row, end, group, by=by, on=on, why=why, reason=reason) for row in rows]
    for row in rows:
        row.version += 1
    Enrolment.objects.bulk_update(rows, STATE_FIELDS, batch_size=500)
    EnrolmentMove.objects.bulk_create(moves, batch_size=1000)


STATE_FIELDS = ("state", "enrolled_on", "ended_on", "left_why", "lacks", "version")
"""What a change of state changes in an enrolment."""


def _demand_way(row: Enrolment, end: EnrolmentState) -> None:
    if not enrolment_may_turn(row.state, end):
        raise Refused(_("This cannot be done with the learner now. Load the page anew to see where she stands."),
                      "state")  # fmt: skip


def turned(
    row: Enrolment, end: EnrolmentState, group: Group, *, by: User, on: date, why: LeftWhy | None = None,
    reason: str = "",
) -> EnrolmentMove:  # fmt: skip
    """Change the state of an enrolment and the counters of its group in memory; the unsaved row of the history."""
    before = "" if row._state.adding else row.state
    shift(group, counter_of(before, was_in=row.enrolled_on is not None), -1)
    row.state = end
    if end is EnrolmentState.ENROLLED:
        row.enrolled_on = row.enrolled_on or on
        row.ended_on, row.left_why, row.lacks = None, "", []
    elif end in ASKING:
        row.ended_on, row.left_why = None, ""
    else:
        row.ended_on = max(on, row.enrolled_on or row.asked_on)
        row.left_why = why or ""
    shift(group, counter_of(end, was_in=row.enrolled_on is not None), 1)
    return about(
        row,
        EnrolmentMove(
            enrolment=row, before=before, after=end, on_day=on, why=why or "", reason=reason.strip()[:300], by=by
        ),
    )


def shift(group: Group, counter: str | None, by: int) -> None:
    """Count one more or one less in memory."""
    if counter:
        setattr(group, counter, getattr(group, counter) + by)


def save_counts(group: Group) -> None:
    """Write the counters of a locked group."""
    group.version += 1
    group.save(update_fields=[*COUNTERS, "version", "changed_at"])


def demand_day(on: date, today: date | None = None, field: str = "on_day") -> None:
    """Raise a Refused for a day in the future."""
    if on > (today or timezone.localdate()):
        raise Refused(_("The day lies in the future. Check it."), "date", field=field)
