"""What is done to a case itself: opened, its risk changed, assessed, begun, taken up, opened again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, refuse
from paivand.cases.actions import cases as actions
from paivand.cases.actions import dues
from paivand.cases.forms.cases import (
    AnswerDueForm,
    AssessedForm,
    OpenCaseForm,
    PersonForm,
    ReasonForm,
    ReopenForm,
    ReviewForm,
    RiskForm,
)
from paivand.cases.models import Case
from paivand.cases.queries import cases as queries
from paivand.cases.queries.assessments import assessment_in, assessments_in, completed
from paivand.cases.queries.closure import due_of
from paivand.cases.rules.cases import Risk
from paivand.cases.views.assessments import title_of
from paivand.cases.views.files import case_of, family_for
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.core.templatetags.paivand import day
from paivand.registry.models import FamilyMember
from paivand.registry.queries.families import members


def once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise


def worked(request: HttpRequest, case_code: str) -> tuple[User, Case]:
    """Who asks, and the case in which she works; 403 without the right, 404 out of reach."""
    by = asking(request)
    case = case_of(by, case_code, Verb.CASE_WORK)
    if not by.reach(Verb.CASE_WORK).covers(case):
        raise Http404
    return by, case


def to_case(case: Case) -> HttpResponse:
    """The way back to the case."""
    return redirect("cases:case-open", case_code=case.code)


def try_at_once(request: HttpRequest, save: Callable[[], object], done: str) -> None:
    """Do what a button asks, and say how it went."""
    try:
        save()
        messages.success(request, done)
    except Refused as refused:
        messages.error(request, refused.message)


def page(request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    """The page of a form."""
    return render(request, f"cases/{template}.html", {"form": form, **more}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def case_begin(request: HttpRequest, code: str) -> HttpResponse:
    """Open a case for a family."""
    by = asking(request)
    family = family_for(by, code, Verb.CASE_WORK)
    if not family.is_active:
        raise Http404
    form = OpenCaseForm(request.POST or None, members=members(by, family))
    if request.method == "POST" and form.is_valid():
        clean, key = form.cleaned_data, form.form_key()
        with refuse(form):
            try:
                once(
                    lambda: actions.open_case(
                        case_id=key, family=family, people=form.people(), kind=clean["kind"],
                        risk=Risk(clean["risk"]), reason=clean["reason"], second=clean["second"], on=clean["on"],
                        by=by,
                    )
                )  # fmt: skip
            except Refused as refused:
                form.asks_second = refused.code == "similar"
                raise
            messages.success(request, _("The case is open. Below stands what is due."))
            case = queries.case_by_key(by, key)
            return to_case(case) if case else redirect("cases:family-cases", code=family.code)
    similar = queries.cases_of_family(by, family) if form.asks_second else []
    return page(request, "case_begin", form, family=family, similar=[case for case in similar if case.is_open])


@require_http_methods(["GET", "POST"])
def case_edit(request: HttpRequest, case_code: str) -> HttpResponse:
    """Correct why the case was opened."""
    by, case = worked(request, case_code)
    initial = {"reason": case.reason, "version": case.version}
    form = ReasonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_case(case=case, version=form.seen, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("Saved."))
            return to_case(case)
    return page(request, "case_edit", form, case=case, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def risk_change(request: HttpRequest, case_code: str) -> HttpResponse:
    """Raise or lower the risk."""
    by, case = worked(request, case_code)
    initial = {"risk": case.risk, "version": case.version}
    form = RiskForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.change_risk(
                case=case, version=form.seen, risk=Risk(clean["risk"]), reason=clean["reason"], by=by
            )  # fmt: skip
            messages.success(request, _("Saved. What is due was computed anew."))
            return to_case(case)
    return page(request, "case_risk", form, case=case, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def assessed_note(request: HttpRequest, case_code: str) -> HttpResponse:
    """Say on which questionnaire the work rests."""
    by, case = worked(request, case_code)
    family, people = queries.family_of_case(by, case), queries.case_people(by, case)
    rows = completed(assessments_in(by, family, people)) if family else []
    choices = [(str(row.pk), f"{title_of(row)} · {day(row.answered_on)}") for row in rows]
    initial = {"version": case.version, "assessment": choices[0][0] if choices else ""}
    form = AssessedForm(request.POST or None, choices=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = assessment_in(by, rows, uuid.UUID(form.cleaned_data["assessment"]))
        if chosen is None:
            raise Http404
        with refuse(form):
            actions.note_assessed(case=case, version=form.seen, assessment=chosen, by=by)
            messages.success(request, _("The case is assessed. Next comes the plan."))
            return to_case(case)
    return page(
        request, "case_assessed", form, case=case, family=family, choices=choices, present=conflict(form, initial)
    )


@require_POST
def work_begin(request: HttpRequest, case_code: str) -> HttpResponse:
    """Say that the work on the plan began."""
    by, case = worked(request, case_code)
    version = _version(request)
    try_at_once(
        request, lambda: actions.begin_work(case=case, version=version, by=by), _("The work on the plan began.")
    )  # fmt: skip
    return to_case(case)


@require_POST
def case_take_up(request: HttpRequest, case_code: str) -> HttpResponse:
    """Go on with a case that was handed over."""
    by, case = worked(request, case_code)
    version = _version(request)
    try_at_once(
        request, lambda: actions.take_up_case(case=case, version=version, by=by), _("You go on with this case.")
    )  # fmt: skip
    return to_case(case)


def _version(request: HttpRequest) -> int:
    typed = request.POST.get("version", "")
    return read_whole(typed) or 0


@require_http_methods(["GET", "POST"])
def case_reopen(request: HttpRequest, case_code: str) -> HttpResponse:
    """Open a closed case again."""
    by, case = worked(request, case_code)
    form = ReopenForm(request.POST or None, initial={"version": case.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.reopen_case(case=case, version=form.seen, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("The case is open again. Below stands what is due."))
            return to_case(case)
    return page(request, "case_reopen", form, case=case)


# --- who belongs to it ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest, case_code: str) -> HttpResponse:
    """Take another member of the family into the case."""
    by, case = worked(request, case_code)
    others = _others(by, case)
    form = PersonForm(request.POST or None, members=others)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(lambda: actions.add_person(case=case, place_id=form.form_key(), one=form.one(), by=by))
            messages.success(request, _("Saved."))
            return to_case(case)
    return page(request, "case_person", form, case=case, others=others)


def _others(by: User, case: Case) -> list[FamilyMember]:
    """The members of the family who do not belong to the case."""
    family = queries.family_of_case(by, case)
    if family is None:
        raise Http404
    inside = {pk for person in queries.case_people(by, case) for pk in person.records}  # type: ignore[attr-defined]
    return [m for m in members(by, family) if m.shown and m.shown.pk not in inside]  # type: ignore[attr-defined]


@require_POST
def person_end(request: HttpRequest, case_code: str, concerned_id: uuid.UUID) -> HttpResponse:
    """Note that somebody does not belong to the case any more."""
    by, case = worked(request, case_code)
    place = next((row for row in queries.case_people(by, case) if row.pk == concerned_id), None)
    if place is None:
        raise Http404
    place.case = case
    try_at_once(request, lambda: actions.end_person(place=place, by=by), _("Saved."))
    return to_case(case)


# --- what is due ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def plan_review(request: HttpRequest, case_code: str) -> HttpResponse:
    """Write down that the plan was gone through and stays as it is."""
    by, case = worked(request, case_code)
    form = ReviewForm(request.POST or None, initial={"version": case.version, "on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            dues.review_plan(case=case, version=form.seen, note=clean["note"], on=clean["on"], by=by)
            messages.success(request, _("Saved. The next review is set."))
            return to_case(case)
    return page(request, "plan_review", form, case=case)


@require_http_methods(["GET", "POST"])
def due_answer(request: HttpRequest, case_code: str, due_id: uuid.UUID) -> HttpResponse:
    """Write down what came of something that was due."""
    by, case = worked(request, case_code)
    due = due_of(by, case, due_id)
    if due is None:
        raise Http404
    form = AnswerDueForm(request.POST or None, initial={"version": due.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            dues.answer_due(due=due, version=form.seen, note=form.cleaned_data["note"], by=by)
            messages.success(request, _("Saved."))
            return to_case(case)
    return page(request, "case_due", form, case=case, due=due)
