"""The attendance of a whole group: learners by sessions, in shapes and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from paivand.core.rules.whole_numbers import read_whole
from paivand.learning.models import Enrolment, Session
from paivand.learning.queries import groups as queries
from paivand.learning.rules.states import TOOK_PART, SessionState
from paivand.learning.templatetags.learning import mark_name
from paivand.learning.views.found import InGroup

WINDOW = 40
"""How many sessions stand side by side; a longer course is looked through in parts, the latest first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One learner with her marks at the sessions that are shown: each the code of the mark and its words."""

    row: Enrolment
    marks: Sequence[tuple[str, str]]


@require_GET
def group_attendance(request: HttpRequest, group_code: str) -> HttpResponse:
    """Who was at which session."""
    asked = InGroup.of(request, group_code)
    held = [one for one in queries.sessions_of(asked.by, asked.group) if one.state == SessionState.HELD]
    typed = request.GET.get("until", "")
    asked_for = read_whole(typed)
    until = len(held) if asked_for is None else min(asked_for, len(held))
    first = max(0, until - WINDOW)
    shown: Sequence[Session] = held[first:until]
    rows = [row for row in queries.learners_of(asked.by, asked.group) if row.state in TOOK_PART]
    marks = queries.marks_of(asked.by, asked.group, shown)
    words = {mark: mark_name(mark) for mark in ("", "present", "late", "excused", "absent")}
    lines = []
    for row in sorted(rows, key=lambda row: (row.name.casefold(), row.pk)):
        hers = marks.get(row.pk, {})
        if hers or not row.ended_on:
            found = [hers.get(session.pk, "") for session in shown]
            lines.append(Line(row, [(mark, words[mark]) for mark in found]))
    return asked.page(
        request, "group_attendance", here="attendance", sessions=shown, lines=lines, n_held=len(held),
        earlier=first if first else None, later=min(until + WINDOW, len(held)) if until < len(held) else None,
    )  # fmt: skip
