"""Where something that is due about one thing is answered."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.urls import reverse
from django.utils import timezone

from paivand.cases.models import Case, Due
from paivand.cases.rules.sop import DueKind

register = template.Library()

NEAR = timedelta(days=14)
"""What is due later is shown, but nobody answers it yet."""

_PAGES = {
    DueKind.VISIT: ("cases:visit-make", "visit_id"),
    DueKind.DECISION: ("cases:decision-answer", "decision_id"),
    DueKind.LEGAL_STEP: ("cases:matter-open", "matter_id"),
}


@register.simple_tag
def due_way(case: Case, due: Due) -> str:
    """The address at which this is answered; empty for what is far, and for what follows from the table of risks."""
    if due.about is None or due.due_at > timezone.now() + NEAR:
        return ""
    if due.kind in _PAGES:
        name, parameter = _PAGES[DueKind(due.kind)]
        return reverse(name, kwargs={"case_code": case.code, parameter: due.about})
    if due.kind == DueKind.SESSION:
        return f"{reverse('cases:session-note', kwargs={'case_code': case.code})}?person={due.about}"
    return "#schooling" if due.kind == DueKind.SCHOOL_CHECK else ""
