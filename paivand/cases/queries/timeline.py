"""The story of a case: what was done to it, what was decided, and how its risk changed."""

from __future__ import annotations

from paivand.access.models import AuditEvent, User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, CaseTransition, Due


def transitions_of(by: User, case: Case) -> list[CaseTransition]:
    """Every change of the state, the latest first."""
    found = CaseTransition.objects.seen_by(by).filter(case=case).select_related("written_by")
    return list(found.order_by("-at", "-id"))


def dues_told(by: User, case: Case, *, limit: int = 50) -> tuple[list[Due], list[Due]]:
    """What waits, the soonest first, and what was done, with who did it, the latest first; in one question.

    What was cancelled or moved is history of the clock, not of the case.
    """
    found = Due.objects.seen_by(by).filter(case=case).select_related("done_by")
    waiting = found.filter(done_at=None, cancelled_at=None)
    done = found.exclude(done_at=None).order_by("-done_at", "-id")[:limit]
    rows = list(waiting.union(done, all=True))
    return (
        sorted((row for row in rows if row.done_at is None), key=lambda row: (row.due_at, row.pk)),
        sorted((row for row in rows if row.done_at), key=lambda row: (row.done_at, row.pk), reverse=True),
    )


def case_openings(by: User, case: Case, *, limit: int = 30) -> list[AuditEvent]:
    """Who looked into a case last, as far as ``by`` may see it."""
    return list(
        AuditEvent.objects.filter(AuditEvent.policy.visible(by))
        .filter(subject_id=case.pk, event=Verb.CASE_VIEW, outcome="done")
        .order_by("-id")[:limit]
    )
