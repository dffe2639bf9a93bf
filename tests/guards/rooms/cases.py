"""What the guards ask of cases and plans: answers, examples, counted pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, WORKERS, Row

WRITTEN = Row(
    get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL}
)  # fmt: skip
"""A form in a case: whoever works there fills it in."""
PRESSED = Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL})
"""A button in a case."""
READ = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL})

ROWS: dict[str, Row] = {
    "cases:case-list": Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "cases:family-cases": READ,
    "cases:case-begin": WRITTEN,
    "cases:case-open": READ,
    "cases:case-edit": WRITTEN,
    "cases:risk-change": WRITTEN,
    "cases:assessed-note": WRITTEN,
    "cases:work-begin": PRESSED,
    "cases:case-take-up": PRESSED,
    "cases:case-reopen": WRITTEN,
    "cases:person-add": WRITTEN,
    "cases:person-end": PRESSED,
    "cases:plan-review": WRITTEN,
    "cases:due-answer": WRITTEN,
    "cases:plan-start": PRESSED,
    "cases:plan-open": READ,
    "cases:plan-words": WRITTEN,
    "cases:plan-submit": PRESSED,
    "cases:plan-take-back": PRESSED,
    "cases:plan-decide": Row(get={200: "nasiba", 403: ALL}, post={422: "nasiba", 403: ALL}),
    "cases:plan-compare": READ,
    "cases:plan-sheet": READ,
    "cases:need-add": WRITTEN,
    "cases:need-edit": WRITTEN,
    "cases:need-remove": PRESSED,
    "cases:goal-add": WRITTEN,
    "cases:goal-edit": WRITTEN,
    "cases:goal-remove": PRESSED,
    "cases:goal-judge": WRITTEN,
    "cases:step-add": WRITTEN,
    "cases:step-edit": WRITTEN,
    "cases:step-remove": PRESSED,
    "cases:step-note": WRITTEN,
    # Whoever sees the case reads the request; deciding is for a supervisor who did not ask.
    "cases:closure-open": Row(get=READ.get, post={422: "nasiba", 404: ELSEWHERE, 403: ALL}),
    "cases:closure-ask": WRITTEN,
    "cases:closure-take-back": PRESSED,
}
PAGES: dict[str, str] = {
    "cases:case-list": "zarina nasiba",
    "cases:case-list?whose=all&order=new": "nasiba",
    "cases:family-cases": "zarina",
    "cases:case-begin": "zarina",
    "cases:case-open": "zarina nasiba",
    "cases:plan-open": "zarina",
    "cases:plan-decide": "nasiba",
    "cases:plan-compare": "zarina",
    "cases:plan-sheet": "zarina",
    "cases:step-add": "zarina",
    "cases:closure-open": "nasiba",
    "cases:closure-ask": "zarina",
}
ABOUT: dict[str, list[str]] = {
    "cases:family-cases": ["code"], "cases:case-begin": ["code"], "cases:case-open": ["case_code"],
    "cases:plan-open": ["case_code", "n"], "cases:plan-decide": ["case_code", "n"],
    "cases:plan-compare": ["case_code", "n"], "cases:plan-sheet": ["case_code"],
    "cases:step-add": ["case_code", "n", "goal_id"], "cases:closure-open": ["case_code"],
    "cases:closure-ask": ["case_code"],
}  # fmt: skip


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """An example for each parameter of an address; ``made`` holds those of the rooms before.

    A case of Zarina's with a plan in force, its next version being written, and a request for closure taken back. It is
    of a family of its own: about the other one there is an answer that asks for a specialist first. ``case`` is for
    the rooms that write into it.
    """
    from django.utils import timezone

    from paivand.access.models.identity import acting_as
    from paivand.cases.actions.closure import take_back_closure
    from paivand.cases.actions.plans import start_plan
    from paivand.cases.models import Due, PlanAction
    from paivand.core.models import new_id
    from tests.cases.case_cast import asked, planned_case
    from tests.cast import register

    zarina, nasiba = people["zarina"], people["nasiba"]
    family = register(zarina, surname="Раҷабова")
    case = planned_case(
        zarina, nasiba, family, kind="legal_aid", on=timezone.localdate() - timedelta(days=200)
    )  # fmt: skip
    request = asked(zarina, case)
    with acting_as(zarina):
        take_back_closure(closure=request, by=zarina)
        plan = start_plan(case=case, plan_id=new_id(), by=zarina)
        step = PlanAction.objects.filter(goal__need__plan=plan).select_related("goal__need").first()
        place = case.casepersons.filter(role="child").order_by("pk").first()
        due = Due.objects.filter(case=case, kind="review", done_at=None, cancelled_at=None).first()
        assert step
        assert place
        assert due
        return {
            "case": case,
            "case_code": case.code,
            "n": plan.n,
            "need_id": step.goal.need_id,
            "goal_id": step.goal_id,
            "action_id": step.pk,
            "concerned_id": place.pk,
            "due_id": due.pk,
        }
