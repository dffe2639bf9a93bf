"""The pages of a group: its timetable, who learns in it, the attendance, and how it comes into another state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.learning.models import Session
from paivand.learning.queries import groups as queries
from paivand.learning.rules.states import SessionState
from paivand.learning.rules.timetable import kept_free
from paivand.learning.views.found import InGroup


@dataclass(frozen=True, slots=True)
class Month:
    """The sessions of one month; ``opened`` where something is still to be done in it."""

    first: date
    sessions: Sequence[Session]
    n_held: int
    n_on: int
    opened: bool


@require_GET
def group_list(request: HttpRequest) -> HttpResponse:
    """The groups within reach: those to come and under way, or those that are over."""
    by = asking(request)
    demand(by, Verb.LEARNING_VIEW)
    over = bool(request.GET.get("over"))
    page = queries.groups(by, over=over, after=request.GET.get("after", ""))
    return render(request, "learning/group_list.html", {"page": page, "over": over})


@require_GET
def group_open(request: HttpRequest, group_code: str) -> HttpResponse:
    """One group: what comes next in it, and its whole timetable."""
    asked = InGroup.of(request, group_code)
    group, today = asked.group, timezone.localdate()
    sessions = queries.sessions_of(asked.by, group)
    for session in sessions:
        session.group = group
    planned = [one for one in sessions if one.state == SessionState.PLANNED]
    last = group.ends_on or group.starts_on
    return asked.page(
        request, "group", here="group",
        months=_months(sessions, today), today=today,
        late=[one for one in planned if one.on_day < today],
        coming=[one for one in planned if one.on_day >= today][:1],
        all_held=bool(sessions) and not planned,
        free=kept_free(group.starts_on, last, group.weekdays, [one.on_day for one in sessions]),
        trainers=queries.trainers_of(asked.by, group),
    )  # fmt: skip


def _months(sessions: Sequence[Session], today: date) -> list[Month]:
    """The timetable month by month; the month of the next session is open, and those with something left behind."""
    found = []
    coming = next((one for one in sessions if one.state == SessionState.PLANNED and one.on_day >= today), None)
    for first, several in groupby(sessions, key=lambda one: one.on_day.replace(day=1)):
        rows = list(several)
        states = [one.state for one in rows]
        late = any(one.state == SessionState.PLANNED and one.on_day < today for one in rows)
        found.append(
            Month(
                first, rows, states.count(SessionState.HELD), len(rows) - states.count(SessionState.CANCELLED),
                late or (coming is not None and coming in rows),
            )
        )  # fmt: skip
    if found and not any(month.opened for month in found) and len(found) == 1:
        found[0] = Month(found[0].first, found[0].sessions, found[0].n_held, found[0].n_on, opened=True)
    return found
