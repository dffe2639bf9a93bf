"""Sending a version for approval, reading exactly that version, deciding about it; and the sheet for the family."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, refuse
from paivand.cases.actions import approvals as actions
from paivand.cases.forms.plans import DecideForm, GoalNoteForm, StepNoteForm
from paivand.cases.models import Case, Plan, PlanAction
from paivand.cases.queries import plans as queries
from paivand.cases.queries.cases import case_people, languages_of
from paivand.cases.rules.plans import (
    AREA_NAMES,
    DOER_NAMES,
    FIELD_NAMES,
    HOW_NAMES,
    PART_NAMES,
    Area,
    Difference,
    Doer,
    GoalState,
    How,
    Part,
    PlanState,
    StepState,
    content_hash,
    differences,
)
from paivand.cases.rules.sheet import LANGUAGES, sheet_language, sheet_of
from paivand.cases.views.acts import page, try_at_once
from paivand.cases.views.cases import may_decide
from paivand.cases.views.files import case_of
from paivand.cases.views.plans import Writing, names_of, version_on_page
from paivand.core.rules.whole_numbers import read_whole
from paivand.core.templatetags.paivand import day
from paivand.referrals.rules.directory import service_type_title


@require_POST
def plan_submit(request: HttpRequest, case_code: str, n: int) -> HttpResponse:
    """Send a version for approval."""
    here = Writing.of(request, case_code, n)
    typed = request.POST.get("version", "")
    version = read_whole(typed) or 0
    done = _("The plan was sent. The supervisor reads exactly this version.")
    try_at_once(request, lambda: actions.submit_plan(plan=here.plan, version=version, by=here.by), done)
    return here.back()


@require_POST
def plan_take_back(request: HttpRequest, case_code: str, n: int) -> HttpResponse:
    """Take a version back to change it."""
    here = Writing.of(request, case_code, n)
    try_at_once(
        request, lambda: actions.take_back_plan(plan=here.plan, by=here.by), _("You can change the plan again.")
    )  # fmt: skip
    return here.back()


@require_http_methods(["GET", "POST"])
def plan_decide(request: HttpRequest, case_code: str, n: int) -> HttpResponse:
    """Read the version that waits, with its hash and what changed, and approve or return it."""
    by = asking(request)
    case = case_of(by, case_code, Verb.CASE_APPROVE, looks=request.method == "GET")
    plan = queries.plan_of(by, case, n)
    if plan is None:
        raise Http404
    shown = version_on_page(by, case, plan)
    stands = content_hash(shown["content"])
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        read, comment = form.cleaned_data["version_hash"], form.cleaned_data["comment"]
        with refuse(form):
            if "return" in request.POST:
                actions.return_plan(plan=plan, version_hash=read, comment=comment, by=by)
                messages.success(request, _("The plan goes back to the worker, with your comment."))
            else:
                actions.approve_plan(plan=plan, version_hash=read, by=by)
                messages.success(request, _("The plan is approved, and in force from now on."))
            return redirect("cases:case-open", case_code=case.code)
    form.shows(stands)
    former = queries.plan_in_force(shown["plans"])
    more = {
        "stands": stands,
        "same": stands == plan.version_hash,
        "former": former,
        "changes": changes(content_now(by, case, former), shown["content"], shown["names"]) if former else [],
        "decides": may_decide(by, case) and plan.submitted_by_id != by.pk and plan.state == PlanState.SUBMITTED,
    }
    return page(request, "plan_decide", form, **shown, **more)


# --- comparing ------------------------------------------------------------------------------------------------------


@require_GET
def plan_compare(request: HttpRequest, case_code: str, n: int) -> HttpResponse:
    """What differs between a version and an earlier one, the one before unless ``with`` names another."""
    by = asking(request)
    case = case_of(by, case_code, looks=True)
    typed = request.GET.get("with", "")
    asked_for = read_whole(typed)
    former = queries.plan_of(by, case, n - 1 if asked_for is None else asked_for)
    plan = queries.plan_of(by, case, n)
    if plan is None or former is None:
        raise Http404
    one, other = (content_now(by, case, row) for row in (former, plan))
    told = changes(one, other, names_of(case_people(by, case)))
    context = {"case": case, "plan": plan, "former": former, "changes": told}
    return render(request, "cases/plan_compare.html", context)


def content_now(by: User, case: Case, plan: Plan) -> dict[str, Any]:
    """What a version says."""
    return queries.content_of(case, plan, queries.needs_of(by, plan))


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[uuid.UUID, str]
) -> list[dict[str, Any]]:
    """The differences of two versions, in words."""
    return [_told(difference, names) for difference in differences(before, after)]


def _told(difference: Difference, names: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    row = difference.after or difference.before
    title = "" if difference.part is Part.WORDS else str(row.get("statement") or row.get("what") or "")
    fields = difference.fields or tuple(name for name, value in row.items() if value)
    lines = [
        {
            "name": _(FIELD_NAMES[name]),
            "before": _value(name, difference.before.get(name, ""), names),
            "after": _value(name, difference.after.get(name, ""), names),
        }
        for name in fields
        if name in FIELD_NAMES
    ]
    return {
        "part": PART_NAMES[difference.part],
        "how": HOW_NAMES[difference.how],
        "tone": {How.ADDED: "ok", How.REMOVED: "danger", How.CHANGED: "info"}[difference.how],
        "title": title,
        "lines": lines,
    }


def _value(name: str, value: str, names: Mapping[uuid.UUID, str]) -> str:
    """One value of a plan's content in the reader's words."""
    said: dict[str, Callable[[], str]] = {
        "area": lambda: _(AREA_NAMES[Area(value)]),
        "doer": lambda: _(DOER_NAMES[Doer(value)]),
        "person": lambda: names.get(uuid.UUID(value), ""),
        "service_type": lambda: service_type_title(value, translation.get_language() or "en"),
        "by": lambda: day(date.fromisoformat(value)),
    }
    return said.get(name, lambda: value)() if value else ""


# --- the sheet for the family ---------------------------------------------------------------------------------------


@require_GET
def plan_sheet(request: HttpRequest, case_code: str) -> HttpResponse:
    """The plan in force as a sheet for the family, in its language, without what may not lie in a house."""
    by = asking(request)
    case = case_of(by, case_code, looks=True)
    plan = queries.plan_in_force(queries.plans_of(by, case))
    if plan is None:
        raise Http404
    people = case_people(by, case)
    language = sheet_language(languages_of(by, people), request.GET.get("language", ""))
    needs = queries.needs_of(by, plan)
    with translation.override(language):
        given = {
            record: row.shown.given_name  # type: ignore[attr-defined]
            for row in people
            if row.shown  # type: ignore[attr-defined]
            for record in row.records  # type: ignore[attr-defined]
        }
        who = {str(step.key): _who(step, given) for need in needs for goal in need.goals for step in goal.steps}
        right_to_left = translation.get_language_bidi()
    sheet = sheet_of(queries.content_of(case, plan, needs), who)
    context = {
        "case": case,
        "plan": plan,
        "sheet": sheet,
        "goals": [
            (goal.statement, [(step.what, step.who, date.fromisoformat(step.by)) for step in goal.steps])
            for goal in sheet.goals
        ],
        "language": language,
        "choices": [(code, name) for code, name in settings.LANGUAGES if code in LANGUAGES],
        "direction": "rtl" if right_to_left else "ltr",
        "given_names": list(dict.fromkeys(given.values())),
    }
    return render(request, "cases/plan_sheet.html", context)


def _who(step: PlanAction, given: dict[uuid.UUID, str]) -> str:
    """Who takes a step, as the sheet calls her: by name, and never by an office that could betray."""
    if step.doer == Doer.WORKER:
        return step.doer_user.full_name if step.doer_user else ""
    if step.doer == Doer.PERSON:
        return given.get(step.doer_person_id, "") if step.doer_person_id else ""
    return step.doer_name or _(DOER_NAMES[Doer(step.doer)])


# --- what becomes of a plan in force --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def step_note(request: HttpRequest, case_code: str, n: int, action_id: uuid.UUID) -> HttpResponse:
    """Write down whether a step was taken."""
    here = Writing.of(request, case_code, n)
    step = queries.step_of(here.by, here.plan, action_id)
    if step is None:
        raise Http404
    initial = {"state": step.state, "note": step.note, "version": step.version}
    if step.state == StepState.OPEN:
        initial["state"] = StepState.DONE
    form = StepNoteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.note_step(
                step=step, version=form.seen, state=StepState(clean["state"]), on=clean["on"], note=clean["note"],
                by=here.by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return here.back(action_id)
    return here.page(request, "plan_step_note", form, step=step, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def goal_judge(request: HttpRequest, case_code: str, n: int, goal_id: uuid.UUID) -> HttpResponse:
    """Write down how far a goal is met."""
    here = Writing.of(request, case_code, n)
    goal = here.goal(goal_id)
    initial = {"state": goal.state, "version": goal.version}
    form = GoalNoteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.judge_goal(
                goal=goal, version=form.seen, state=GoalState(clean["state"]), on=clean["on"], by=here.by
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return here.back(goal_id)
    return here.page(request, "plan_goal_note", form, goal=goal, present=conflict(form, initial))
