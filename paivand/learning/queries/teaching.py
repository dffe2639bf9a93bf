"""What a trainer has before her: today's sessions, those not written down, and the coming week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from paivand.access.models import User
from paivand.learning.models import Group, Session
from paivand.learning.queries.groups import own_groups
from paivand.learning.rules.states import OVER, GroupState, SessionState

AHEAD = timedelta(days=7)
MOST = 50
"""So many sessions are listed of those that were not written down, and of those to come."""


@dataclass(frozen=True, slots=True)
class TeachingDay:
    """The sessions of one trainer by when they are, each with its group; her groups that are not over."""

    late: Sequence[Session] = ()
    today: Sequence[Session] = ()
    coming: Sequence[Session] = ()
    groups: Sequence[Group] = field(default_factory=list)

    @property
    def has_work(self) -> bool:
        """Whether a session is held today, or waits to be written down, or somebody waits for an answer."""
        return bool(self.late or self.today or self.asked)

    @property
    def asked(self) -> list[Group]:
        """Her groups for which somebody waits for an answer, and that can take people in."""
        return [one for one in self.groups if one.n_asking and one.state in {GroupState.OPEN, GroupState.RUNNING}]


def teaching_day(by: User, *, today: date | None = None) -> TeachingDay:
    """The sessions that ``by`` teaches, up to a week ahead: of groups that she leads or assists, or that name her.

    Those of groups that have not begun cannot be written down: they are shown from today on only.
    """
    day = today or timezone.localdate()
    groups = own_groups(by)
    mine = Q(group_id__in=[one.pk for one in groups]) | Q(trainer_id=by.pk)
    found = Session.objects.seen_by(by).filter(mine).exclude(group__state__in=OVER)
    found = found.select_related("group__place", "trainer").order_by("on_day", "starts_at", "n")
    planned = found.filter(state=SessionState.PLANNED)
    # Of the others none is late: a group that has not begun holds no session.
    late = planned.filter(on_day__lt=day, group__state=GroupState.RUNNING)[:MOST]
    rows = found.filter(on_day__gte=day, on_day__lte=day + AHEAD).exclude(state=SessionState.CANCELLED)[:MOST]
    ahead = list(rows)
    return TeachingDay(
        list(late), [one for one in ahead if one.on_day == day],
        [one for one in ahead if one.on_day > day and one.state == SessionState.PLANNED], groups,
    )  # fmt: skip
