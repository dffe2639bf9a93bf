"""Asking for the closure of a case, reading exactly that request, and deciding about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.cases.actions import closure as actions
from paivand.cases.forms.closure import ClosureForm, DecideClosureForm
from paivand.cases.models import Case, Closure
from paivand.cases.queries import closure as queries
from paivand.cases.rules.cases import WORKED_ON, CaseState
from paivand.cases.rules.closure import (
    ANSWER_NAMES,
    CHECKED_NAMES,
    Answer,
    Checked,
    ClosureState,
    OpenKind,
    OpenThing,
    checklist_on,
    checklists,
    failed,
)
from paivand.cases.templatetags.cases import due_name
from paivand.cases.views.acts import once, try_at_once, worked
from paivand.cases.views.cases import may_decide
from paivand.cases.views.files import case_of
from paivand.core.templatetags.paivand import apart, day


@require_http_methods(["GET", "POST"])
def closure_ask(request: HttpRequest, case_code: str) -> HttpResponse:
    """Ask for the closure of a case."""
    by, case = worked(request, case_code)
    if case.state not in WORKED_ON:
        return redirect("cases:case-open", case_code=case.code)
    checklist = checklist_on(timezone.localdate())
    things = [(thing, label_of(thing, row)) for thing, row in queries.open_things(by, case)]
    form = ClosureForm(request.POST or None, checklist=checklist, things=things, initial={"version": case.version})
    if request.method == "POST" and form.is_valid():
        key = form.form_key()
        with refuse(form):
            once(
                lambda: actions.ask_closure(
                    case=case, closure_id=key, version=form.seen, draft=form.draft(), by=by
                )
            )  # fmt: skip
            messages.success(request, _("The request was sent. Somebody else decides about it."))
            return redirect("cases:case-open", case_code=case.code)
    status = 422 if form.errors else 200
    return render(request, "cases/closure_ask.html", {"form": form, "case": case}, status=status)


def label_of(thing: OpenThing, row: Any) -> str:
    """What an open thing is called on the form: a step, a referral, or something due."""
    if thing.kind is OpenKind.STEP:
        return _("%(what)s (until %(day)s)") % {"what": apart(row.what), "day": day(row.by_on)}
    if thing.kind is OpenKind.REFERRAL:
        return f"{apart(row.code)} · {apart(row.service.title)} · {_(row.get_state_display())}"
    return _("%(what)s (due on %(day)s)") % {"what": due_name(row.kind), "day": day(row.due_at)}


@require_http_methods(["GET", "POST"])
def closure_open(request: HttpRequest, case_code: str) -> HttpResponse:
    """The latest request for closure; whoever may decides about it here."""
    by = asking(request)
    case = case_of(by, case_code, looks=request.method == "GET")
    closure = next(iter(queries.closures_of(by, case)), None)
    if closure is None:
        raise Http404
    waits = closure.state == ClosureState.ASKED
    form = DecideClosureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        demand(by, Verb.CASE_APPROVE)
        with refuse(form):
            _decide(request, by, closure, form)
            return redirect("cases:case-open", case_code=case.code)
    form.shows(closure.version_hash)
    things = queries.open_things(by, case) if waits else []
    plan = queries.plan_in_force_of(by, case) if waits else None
    stands = queries.closure_hash_of(case, closure, plan, [thing for thing, _row in things]) if waits else ""
    context = {
        "form": form,
        "case": case,
        "closure": closure,
        "waits": waits,
        "same": stands == closure.version_hash,
        "decides": waits and may_decide(by, case) and closure.written_by_id != by.pk,
        "may_take_back": waits and by.reach(Verb.CASE_WORK).covers(case),
        **told(by, case, closure, things),
    }
    return render(request, "cases/closure.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, by: User, closure: Closure, form: DecideClosureForm) -> None:
    read, comment = form.cleaned_data["version_hash"], form.cleaned_data["comment"]
    if "return" in request.POST:
        actions.return_closure(closure=closure, version_hash=read, comment=comment, by=by)
        messages.success(request, _("The request goes back to the worker, with your comment."))
    elif "waive" in request.POST:
        actions.waive_closure(closure=closure, version_hash=read, reason=comment, by=by)
        messages.success(request, _("The case is closed. Your reason stays with it."))
    else:
        actions.approve_closure(closure=closure, version_hash=read, by=by)
        messages.success(request, _("The case is closed. What came of it stays."))


def told(by: User, case: Case, closure: Closure, things: list[tuple[OpenThing, Any]]) -> dict[str, Any]:
    """A request in words: its ground, each check with its answer, and what became of what was open."""
    language = get_language() or "en"
    checklist = checklists()[closure.checklist_version]
    labels = {thing.name: label_of(thing, row) for thing, row in things}
    answers = []
    for row in closure.answers:
        name = f"{row['kind']}-{row['key']}"
        label = labels.get(name) or _label_later(by, case, row)
        answers.append((label, _(ANSWER_NAMES[Answer(row["answer"])])))
    grounds = {str(reason): check.title(language) for reason, check in checklist.grounds.items()}
    return {
        "ground": grounds.get(closure.reason, _(closure.get_reason_display())),
        "checks": [
            (check.title(language), _(CHECKED_NAMES[Checked(closure.checklist[check.code])]),
             closure.checklist[check.code] == Checked.NO)
            for check in checklist.checks
            if check.code in closure.checklist
        ],
        "answers": answers,
        "fails": bool(failed(checklist, closure.checklist)),
    }  # fmt: skip


def _label_later(by: User, case: Case, row: dict[str, str]) -> str:
    """What something was called that is not open any more."""
    if row["kind"] == OpenKind.DUE:
        return due_name(row["key"].split(".", maxsplit=1)[0])
    if row["kind"] == OpenKind.STEP:
        return queries.step_words(by, case, row["key"]) or _("A step of the plan")
    return queries.referral_words(by, case, row["key"]) or _("A referral")


@require_POST
def closure_take_back(request: HttpRequest, case_code: str) -> HttpResponse:
    """Take the request back."""
    by, case = worked(request, case_code)
    closure = queries.closure_that_waits(by, case)
    if closure is None or case.state != CaseState.CLOSURE_REVIEW:
        return redirect("cases:case-open", case_code=case.code)
    try_at_once(
        request, lambda: actions.take_back_closure(closure=closure, by=by), _("The case goes on where it stood.")
    )  # fmt: skip
    return redirect("cases:case-open", case_code=case.code)
