"""Writing a plan: its page, its words, and its parts one by one, so that a phone is enough."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, refuse
from paivand.cases.actions import plans as actions
from paivand.cases.forms.plans import GoalForm, NeedForm, StepForm, WordsForm
from paivand.cases.models import Case, CasePerson, Plan, PlanGoal, PlanNeed
from paivand.cases.queries import plans as queries
from paivand.cases.queries.cases import case_people, child_among, has_child
from paivand.cases.queries.closure import referrals_of_case
from paivand.cases.rules.cases import WORKED_ON
from paivand.cases.rules.kinds import case_kinds
from paivand.cases.rules.plans import MISSING_SENTENCES, WRITABLE, Decision, PlanState, missing
from paivand.cases.views.acts import once, page, try_at_once, worked
from paivand.cases.views.cases import may_decide
from paivand.cases.views.files import case_of
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused

T = TypeVar("T")


@dataclass(frozen=True)
class Writing:
    """Who writes, in which version of which plan."""

    by: User
    case: Case
    plan: Plan

    @classmethod
    def of(cls, request: HttpRequest, case_code: str, n: int) -> Writing:
        """The version of the address, for those who work in the case; else 403 or 404."""
        by, case = worked(request, case_code)
        plan = queries.plan_of(by, case, n)
        if plan is None:
            raise Http404
        return cls(by, case, plan)

    @property
    def people(self) -> list[CasePerson]:
        """Who belongs to the case."""
        return case_people(self.by, self.case)

    def page(self, request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
        """The page of a form."""
        return page(request, template, form, case=self.case, plan=self.plan, **more)

    def back(self, part: object = "") -> HttpResponse:
        """The way back to the plan, at the part that was written."""
        address = reverse("cases:plan-open", kwargs={"case_code": self.case.code, "n": self.plan.n})
        return redirect(f"{address}#part-{part}" if part else address)

    def need(self, need_id: uuid.UUID) -> PlanNeed:
        """One need of the version, or 404."""
        return _found(queries.need_of(self.by, self.plan, need_id))

    def goal(self, goal_id: uuid.UUID) -> PlanGoal:
        """One goal of the version, or 404."""
        return _found(queries.goal_of(self.by, self.plan, goal_id))


def _found(row: T | None) -> T:
    if row is None:
        raise Http404
    return row


# --- the page of a version ------------------------------------------------------------------------------------------


@require_GET
def plan_open(request: HttpRequest, case_code: str, n: int) -> HttpResponse:
    """One version of a plan, with the ways to write it while it may be written."""
    by = asking(request)
    case = case_of(by, case_code, looks=True)
    plan = queries.plan_of(by, case, n)
    if plan is None:
        raise Http404
    return render(request, "cases/plan.html", version_on_page(by, case, plan))


def version_on_page(by: User, case: Case, plan: Plan) -> dict[str, Any]:
    """Everything that a page shows of one version."""
    needs, people = queries.needs_of(by, plan), case_people(by, case)
    content = queries.content_of(case, plan, needs)
    works = by.reach(Verb.CASE_WORK).covers(case)
    writable = works and case.state in WORKED_ON and plan.state in WRITABLE
    kind = case_kinds().get(case.kind)
    interest, child = bool(kind and kind.best_interest), child_among(people)
    plans = queries.plans_of(by, case)
    decided = [row for row in queries.approvals_of(by, case) if row.plan_id == plan.pk]
    return {
        "case": case,
        "plan": plan,
        "needs": needs,
        "plans": plans,
        "names": names_of(people),
        "writable": writable,
        "lacks": [MISSING_SENTENCES[one] for one in missing(content, best_interest=interest, child=child)],
        "content": content,
        "best_interest": interest,
        "child": child,
        "decided": decided,
        "returned": next((row for row in decided if row.decision == Decision.RETURNED), None),
        "may_decide": plan.state == PlanState.SUBMITTED and may_decide(by, case) and plan.submitted_by_id != by.pk,
        "may_take_back": works and plan.state == PlanState.SUBMITTED and case.is_open,
        "may_begin": works and plan.state == PlanState.APPROVED and case.state in WORKED_ON
        and queries.plan_in_work(plans) is None,
        "notes": works and plan.state == PlanState.APPROVED and case.state in {"planned", "in_progress"},
        "earlier": [one for one in plans if one.n < plan.n],
        "later": [one for one in plans if one.n > plan.n],
    }  # fmt: skip


def names_of(people: list[CasePerson]) -> dict[uuid.UUID, str]:
    """What to call each person of a case, by every record of hers."""
    return {
        record: row.shown.full_name  # type: ignore[attr-defined]
        for row in people
        if row.shown  # type: ignore[attr-defined]
        for record in row.records  # type: ignore[attr-defined]
    }


@require_POST
def plan_start(request: HttpRequest, case_code: str) -> HttpResponse:
    """Begin a version: the first one, or the next as a copy of the latest."""
    by, case = worked(request, case_code)
    try:
        plan = actions.start_plan(case=case, plan_id=new_id(), by=by)
        return redirect("cases:plan-open", case_code=case.code, n=plan.n)
    except Refused as refused:
        messages.error(request, refused.message)
    work = queries.plan_in_work(queries.plans_of(by, case))
    if work:
        return redirect("cases:plan-open", case_code=case.code, n=work.n)
    return redirect("cases:case-open", case_code=case.code)


@require_http_methods(["GET", "POST"])
def plan_words(request: HttpRequest, case_code: str, n: int) -> HttpResponse:
    """Write what the person and the child say, and the note on the child's best interest."""
    here = Writing.of(request, case_code, n)
    initial = WordsForm.initial_of(here.plan)
    kind = case_kinds().get(here.case.kind)
    form = WordsForm(
        request.POST or None, initial=initial, best_interest=bool(kind and kind.best_interest),
        child=has_child(here.by, here.case),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.write_words(plan=here.plan, version=form.seen, draft=form.draft(here.plan), by=here.by)
            messages.success(request, _("Saved."))
            return here.back("words")
    return here.page(request, "plan_words", form, present=conflict(form, initial))


# --- needs ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def need_add(request: HttpRequest, case_code: str, n: int) -> HttpResponse:
    """Add a need, and go on to its first goal if wished."""
    here = Writing.of(request, case_code, n)
    form = NeedForm(request.POST or None, people=here.people)
    if request.method == "POST" and form.is_valid():
        key = form.form_key()
        with refuse(form):
            once(lambda: actions.add_need(plan=here.plan, need_id=key, draft=form.draft(), by=here.by))
            if "further" in request.POST:
                return redirect("cases:goal-add", case_code=here.case.code, n=n, need_id=key)
            return here.back(key)
    return here.page(request, "plan_need", form)


@require_http_methods(["GET", "POST"])
def need_edit(request: HttpRequest, case_code: str, n: int, need_id: uuid.UUID) -> HttpResponse:
    """Change a need."""
    here = Writing.of(request, case_code, n)
    need = here.need(need_id)
    initial = NeedForm.initial_of(need)
    form = NeedForm(request.POST or None, people=here.people, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_need(need=need, version=form.seen, draft=form.draft(), by=here.by)
            return here.back(need_id)
    return here.page(request, "plan_need", form, need=need, present=conflict(form, initial))


@require_POST
def need_remove(request: HttpRequest, case_code: str, n: int, need_id: uuid.UUID) -> HttpResponse:
    """Take away a need with everything in it."""
    here = Writing.of(request, case_code, n)
    need = here.need(need_id)
    return _removed(request, here, lambda: actions.remove_need(need=need, by=here.by))


def _removed(request: HttpRequest, here: Writing, remove: Callable[[], object]) -> HttpResponse:
    try_at_once(request, remove, _("It is taken away."))
    return here.back()


# --- goals ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def goal_add(request: HttpRequest, case_code: str, n: int, need_id: uuid.UUID) -> HttpResponse:
    """Add a goal to a need, and go on to its first step if wished."""
    here = Writing.of(request, case_code, n)
    need = here.need(need_id)
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = form.form_key()
        with refuse(form):
            once(lambda: actions.add_goal(need=need, goal_id=key, draft=form.draft(), by=here.by))
            if "further" in request.POST:
                return redirect("cases:step-add", case_code=here.case.code, n=n, goal_id=key)
            return here.back(key)
    return here.page(request, "plan_goal", form, need=need)


@require_http_methods(["GET", "POST"])
def goal_edit(request: HttpRequest, case_code: str, n: int, goal_id: uuid.UUID) -> HttpResponse:
    """Change a goal."""
    here = Writing.of(request, case_code, n)
    goal = here.goal(goal_id)
    initial = GoalForm.initial_of(goal)
    form = GoalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_goal(goal=goal, version=form.seen, draft=form.draft(), by=here.by)
            return here.back(goal_id)
    return here.page(request, "plan_goal", form, goal=goal, need=goal.need, present=conflict(form, initial))


@require_POST
def goal_remove(request: HttpRequest, case_code: str, n: int, goal_id: uuid.UUID) -> HttpResponse:
    """Take away a goal with its steps."""
    here = Writing.of(request, case_code, n)
    goal = here.goal(goal_id)
    return _removed(request, here, lambda: actions.remove_goal(goal=goal, by=here.by))


# --- steps ----------------------------------------------------------------------------------------------------------


def _step_form(request: HttpRequest, here: Writing, initial: dict[str, Any] | None = None) -> StepForm:
    return StepForm(
        request.POST or None, people=here.people, kind=here.case.kind,
        referrals=referrals_of_case(here.by, here.case), initial=initial,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def step_add(request: HttpRequest, case_code: str, n: int, goal_id: uuid.UUID) -> HttpResponse:
    """Add a step to a goal, and another one if wished."""
    here = Writing.of(request, case_code, n)
    goal = here.goal(goal_id)
    form = _step_form(request, here)
    if request.method == "POST" and form.is_valid():
        key = form.form_key()
        with refuse(form):
            once(lambda: actions.add_step(goal=goal, step_id=key, draft=form.draft(), by=here.by))
            if "further" in request.POST:
                return redirect("cases:step-add", case_code=here.case.code, n=n, goal_id=goal_id)
            return here.back(key)
    return here.page(request, "plan_step", form, goal=goal)


@require_http_methods(["GET", "POST"])
def step_edit(request: HttpRequest, case_code: str, n: int, action_id: uuid.UUID) -> HttpResponse:
    """Change a step."""
    here = Writing.of(request, case_code, n)
    step = _found(queries.step_of(here.by, here.plan, action_id))
    initial = StepForm.initial_of(step)
    form = _step_form(request, here, initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_step(step=step, version=form.seen, draft=form.draft(), by=here.by)
            return here.back(action_id)
    return here.page(request, "plan_step", form, step=step, goal=step.goal, present=conflict(form, initial))


@require_POST
def step_remove(request: HttpRequest, case_code: str, n: int, action_id: uuid.UUID) -> HttpResponse:
    """Take away a step."""
    here = Writing.of(request, case_code, n)
    step = _found(queries.step_of(here.by, here.plan, action_id))
    return _removed(request, here, lambda: actions.remove_step(step=step, by=here.by))
