"""The story of a case: what was done to it, what was decided, and how its risk changed."""

from __future__ import annotations

from paivand.access.models import AuditEvent, User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, CaseTransition, Due


def transitions_of(by: User, case: Case) -> list[CaseTransition]:
    """Every change of the state, the latest first."""
    found = CaseTransition.objects.seen_by(by).filter(case=case).select_related("written_by")
    return list(found.order_by("-at", "-id"))


def past_dues(by: User, case: Case, *, limit: int = 50) -> list[Due]:
    """What was done, with who did it; what was cancelled or moved is history of the clock, not of the case."""
    found = Due.objects.seen_by(by).filter(case=case).exclude(done_at=None).select_related("done_by")
    return list(found.order_by("-done_at", "-id")[:limit])


def case_openings(by: User, case: Case, *, limit: int = 30) -> list[AuditEvent]:
    """Who looked into a case last, as far as ``by`` may see it."""
    return list(
        AuditEvent.objects.filter(AuditEvent.policy.visible(by))
        .filter(subject_id=case.pk, event=Verb.CASE_VIEW, outcome="done")
        .order_by("-id")[:limit]
    )
