"""The list of cases, the cases of a family, and the page of a case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.cases.actions.cases import view_case
from paivand.cases.forms.cases import FilterForm
from paivand.cases.models import Case, Due, Plan
from paivand.cases.queries import cases as queries
from paivand.cases.queries import lists
from paivand.cases.queries.closure import closure_that_waits, closures_of
from paivand.cases.queries.contents import kinds_in
from paivand.cases.queries.oversight import pending_transfer
from paivand.cases.queries.plans import Need, needs_of, plan_in_force, plan_in_work, plans_of
from paivand.cases.queries.timeline import dues_told
from paivand.cases.rules.cases import WORKED_ON, CaseState
from paivand.cases.rules.guidance import STEP_SENTENCES, NextStep, Standing, next_steps
from paivand.cases.rules.lists import Whose
from paivand.cases.rules.plans import GoalState, PlanState, StepState
from paivand.cases.rules.sop import ABOUT_ONE_THING, FROM_THE_TABLE
from paivand.cases.views.files import case_of, family_for
from paivand.cases.views.sections import SECTIONS
from paivand.registry.queries.families import sees_names


@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases within reach: mine, my team's or all; what is due first. A typed code leads to its case."""
    by = asking(request)
    demand(by, Verb.CASE_VIEW)
    typed = request.GET.get("code", "").strip()
    if typed:
        found = queries.case_by_code(by, typed)
        if found:
            return redirect("cases:case-open", case_code=found.code)
    first = Whose.ALL if Verb.CASE_APPROVE in by.verbs else Whose.MINE
    form = FilterForm(request.GET, by=by, first=first)
    now = timezone.localtime()
    page = lists.cases(by, form.filters, now=now, after=request.GET.get("after", ""))
    rows = list(page.rows)
    if not page.more:
        rows += lists.without_day(by, form.filters, now=now)
    people = queries.people_of_cases(by, rows) if rows else {}
    context = {
        "page": page,
        "rows": [(case, people.get(case.pk, [])) for case in rows],
        "form": form,
        "filters": form.filters,
        "chips": form.chips,
        "kept": form.filters.kept(),
        "typed": typed,
    }
    return render(request, "cases/case_list.html", context)


@require_GET
def family_cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases of a family, and the way to open one."""
    by = asking(request)
    family = family_for(by, code, Verb.CASE_VIEW)
    found = queries.cases_of_family(by, family)
    people = queries.people_of_cases(by, found) if found else {}
    context = {
        "family": family,
        "names": sees_names(by) and not family.is_withdrawn,
        "rows": [(case, people.get(case.pk, [])) for case in found],
        "may_open": family.is_active and by.reach(Verb.CASE_WORK).covers(family),
    }
    return render(request, "cases/family_cases.html", context)


@require_GET
def case_open(request: HttpRequest, case_code: str) -> HttpResponse:
    """A case: who it is about, what is next, its plan, and whatever the sections tell."""
    by = asking(request)
    case = case_of(by, case_code)
    if case.code != case_code:
        return redirect("cases:case-open", case_code=case.code)
    if not by.reach(Verb.CASE_VIEW).covers(case):
        return former(request, by, case)
    view_case(case=case, by=by)
    family = queries.family_of_case(by, case)
    people = queries.case_people_of(by, case, family)
    waiting, done = dues_told(by, case)
    # Asked once, and read again by the sections.
    case.page_family, case.page_people = family, people  # type: ignore[attr-defined]
    case.page_done, case.page_kinds = done, kinds_in(case)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "case": case,
        "family": family,
        "people": people,
        "names": sees_names(by) and not (family and family.is_withdrawn),
        "may_work": by.reach(Verb.CASE_WORK).covers(case),
        **plan_of_page(by, case),
        **_due(waiting),
    }
    for section in SECTIONS:
        context |= section(by, case)
    context |= _next(by, case, context)
    context |= _closure(by, case)
    return render(request, "cases/case.html", context)


def former(request: HttpRequest, by: User, case: Case) -> HttpResponse:
    """What is left to who had the case before, or is asked to take it over: the case's own row."""
    offered = case.offered_to_id == by.pk
    context = {"case": case, "offered": offered, "transfer": pending_transfer(by, case) if offered else None}
    return render(request, "cases/case_former.html", context)


def plan_of_page(by: User, case: Case) -> dict[str, Any]:
    """The plan as the page of the case shows it: what is in force, and what is being written or waits."""
    plans = plans_of(by, case)
    force, work = plan_in_force(plans), plan_in_work(plans)
    shown = force or work or (plans[0] if plans else None)
    needs = needs_of(by, shown) if shown else []
    return {
        "plan_versions": plans,
        "plan_force": force,
        "plan_work": work,
        "plan_shown": shown,
        "plan_needs": needs,
        "plan_progress": progress(needs) if force else None,
        "plan_may_begin": case.state in WORKED_ON and work is None and by.reach(Verb.CASE_WORK).covers(case),
    }


def progress(needs: list[Need]) -> dict[str, int]:
    """How many goals are met and steps done, of how many."""
    goals = [goal for need in needs for goal in need.goals]
    steps = [step for goal in goals for step in goal.steps]
    return {
        "goals": len(goals),
        "met": sum(goal.row.state == GoalState.MET for goal in goals),
        "steps": len(steps),
        "done": sum(step.state == StepState.DONE for step in steps),
    }


def _due(rows: list[Due]) -> dict[str, Any]:
    answered_here = {due.pk for due in rows if due.kind not in FROM_THE_TABLE and due.kind not in ABOUT_ONE_THING}
    return {"dues": rows, "dues_answered_here": answered_here}


def may_decide(by: User, case: Case) -> bool:
    """Whether ``by`` decides about the plan and the closure of this case."""
    return by.pk != case.owner_id and by.reach(Verb.CASE_APPROVE).covers(Scope.of(case))


def _next(by: User, case: Case, context: dict[str, Any]) -> dict[str, Any]:
    work: Plan | None = context["plan_work"]
    standing = Standing(
        state=CaseState(case.state),
        in_work=PlanState(work.state) if work else None,
        may_work=context["may_work"],
        may_decide=may_decide(by, case),
        n_assessments=len(context["assessments_complete"]),
    )
    steps = next_steps(standing)
    return {
        "next_steps": [(str(step), STEP_SENTENCES[step]) for step in steps],
        "decides": NextStep.DECIDE_PLAN in steps or NextStep.DECIDE_CLOSURE in steps,
    }


def _closure(by: User, case: Case) -> dict[str, Any]:
    if case.state == CaseState.CLOSURE_REVIEW:
        return {"closure": closure_that_waits(by, case)}
    if case.state == CaseState.CLOSED:
        return {"closure": next(iter(closures_of(by, case)), None)}
    return {}
