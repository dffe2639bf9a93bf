"""The section of a case that tells its story, and who looked into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.views.words import Told, told
from paivand.cases.models import Approval, Case, CaseTransition
from paivand.cases.queries.plans import approvals_of
from paivand.cases.queries.timeline import case_openings, transitions_of
from paivand.cases.rules.cases import ACT_NAMES, Act
from paivand.cases.rules.guidance import DONE_SENTENCES, TOLD_BY_AN_EDGE
from paivand.cases.rules.plans import Decision, Subject
from paivand.cases.templatetags.cases import due_name

SHOWN = 12
"""The latest entries stand open; earlier ones are unfolded."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened in a case."""

    at: datetime
    words: str
    who: str = ""
    note: str = ""
    strong: bool = False


def section(by: User, case: Case) -> dict[str, Any]:
    """The story of the case, the latest first, and who looked into it."""
    entries = [_edge(row) for row in transitions_of(by, case)]
    for approval in approvals_of(by, case) if Approval in case.page_kinds else ():  # type: ignore[attr-defined]
        if approval.subject == Subject.PLAN and approval.decision == Decision.RETURNED:
            words = _("Version %(n)s of the plan was returned") % {"n": approval.plan.n if approval.plan else ""}
            entries.append(Entry(approval.decided_at, words, approval.written_by.full_name, approval.comment))
        elif approval.subject == Subject.CLOSURE and approval.decision == Decision.WAIVED:
            words = _("Closed although the checklist was not fulfilled")
            entries.append(Entry(approval.decided_at, words, approval.written_by.full_name, approval.comment))
    for due in case.page_done:  # type: ignore[attr-defined]
        if due.kind in TOLD_BY_AN_EDGE:
            continue
        who = due.done_by.full_name if due.done_by else ""
        said = DONE_SENTENCES.get(due.kind)
        words = _(said) if said else _("Done: %(what)s") % {"what": due_name(due.kind)}
        entries.append(Entry(due.done_at or due.due_at, words, who, due.note))
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return {
        "story_latest": entries[:SHOWN],
        "story_earlier": entries[SHOWN:],
        "openings": once_a_day(told(case_openings(by, case))),
    }


def _edge(row: CaseTransition) -> Entry:
    return Entry(row.at, _(ACT_NAMES[Act(row.act)]), row.written_by.full_name, row.reason, strong=True)


def once_a_day(rows: list[Told]) -> list[tuple[Told, int]]:
    """Who looked, the latest first: one line for each person and day, with the number of times."""
    counted: dict[tuple[Any, ...], tuple[Told, int]] = {}
    for row in rows:
        key = (row.event.actor_id, timezone.localdate(row.event.at), row.by_glass)
        first, times = counted.get(key, (row, 0))
        counted[key] = (first, times + 1)
    return list(counted.values())[:10]
