"""A case goes to another worker: given by a supervisor, one or many at once, or handed over and accepted."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.cases.actions.assignment import Answer, assign_case, assign_cases, no_such_case
from paivand.cases.actions.notices import see_notices
from paivand.cases.actions.transfers import accept_transfer, ask_transfer, decline_transfer, withdraw_transfer
from paivand.cases.forms.oversight import AnswerForm, AssignForm, AssignManyForm, TransferForm, WorkerForm
from paivand.cases.models import Case, CaseMove, Correction, SupervisedCase, Transfer
from paivand.cases.queries import oversight as queries
from paivand.cases.queries.cases import case_people, people_of_cases
from paivand.cases.queries.contents import Kinds
from paivand.cases.queries.supervision import corrections_of, supervision_of
from paivand.cases.queries.workers import candidates, caseload, worker_seen_by
from paivand.cases.views.files import case_of
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.whole_numbers import read_whole


def section(by: User, case: Case) -> dict[str, Any]:
    """What the case's page shows of its workers: who had it, who is asked, and the supervision it was given."""
    there: Kinds = case.page_kinds  # type: ignore[attr-defined]
    told = {
        "moves": queries.moves_of(by, case) if CaseMove in there else [],
        "transfer": queries.pending_transfer(by, case) if Transfer in there else None,
        "corrections": corrections_of(by, case) if Correction in there else [],
        "supervised": supervision_of(by, case) if SupervisedCase in there else [],
        "may_assign": by.reach(Verb.CASE_ASSIGN).covers(case) and case.is_open,
        "may_ask": case.is_open and (case.owner_id == by.pk or by.reach(Verb.CASE_ASSIGN).covers(case)),
    }
    return {"oversight": told}


# --- one case -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def case_assign(request: HttpRequest, case_code: str) -> HttpResponse:
    """Give a case to a worker; each is shown with what she carries."""
    by = asking(request)
    case = case_of(by, case_code, Verb.CASE_ASSIGN)
    if not by.reach(Verb.CASE_ASSIGN).covers(case):
        raise WithoutRightError(Verb.CASE_ASSIGN)
    able = [one for one in candidates(by, case) if not one.other_agency]
    form = AssignForm(request.POST or None, candidates=able, initial={"version": case.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            moved = assign_case(
                case=case, owner=form.worker(), version=clean["version"] or 0, reason=clean["reason"],
                nevertheless=clean["nevertheless"], by=by,
            )  # fmt: skip
            messages.success(
                request, _("%(name)s has the case now.") % {"name": moved.owner.full_name if moved.owner else ""}
            )
            return redirect("cases:case-open", moved.code)
    return _shown(request, "assign_form", by, case, form)


@require_http_methods(["GET", "POST"])
def transfer_ask(request: HttpRequest, case_code: str) -> HttpResponse:
    """Ask another worker to take a case over."""
    by = asking(request)
    case = case_of(by, case_code, Verb.CASE_WORK)
    if case.owner_id not in {by.pk, None} and not by.reach(Verb.CASE_ASSIGN).covers(case):
        raise WithoutRightError(Verb.CASE_WORK)
    able = [one for one in candidates(by, case) if one.user.pk != by.pk]
    form = TransferForm(request.POST or None, candidates=able, initial={"version": case.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            try:
                ask_transfer(
                    case=case, transfer_id=form.form_key(), receiver=form.worker(), reason=clean["reason"],
                    note=clean["note"], version=clean["version"] or 0, by=by,
                )  # fmt: skip
            except Refused as refused:
                if refused.code != "twice":
                    raise
            messages.success(request, _("Asked. The case stays with you until the answer."))
            return redirect("cases:case-open", case.code)
    return _shown(request, "transfer_form", by, case, form)


def _shown(request: HttpRequest, template: str, by: User, case: Case, form: WorkerForm) -> HttpResponse:
    people = case_people(by, case)
    context = {
        "case": case,
        "main": people[0].shown if people else None,  # type: ignore[attr-defined]
        "form": form,
        "pending": queries.pending_transfer(by, case),
    }
    return render(request, f"cases/oversight/{template}.html", context, status=422 if form.errors else 200)


# --- answering a transfer -------------------------------------------------------------------------------------------


@require_GET
def transfer_open(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """What is asked, and its answer; the receiver answers here, and who asked may withdraw."""
    by = asking(request)
    return _transfer_page(request, by, _transfer(by, transfer_id))


@require_POST
def transfer_answer(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """Yes or no: the receiver's alone."""
    by = asking(request)
    transfer = _transfer(by, transfer_id)
    form = AnswerForm(request.POST)
    if transfer.receiver_id != by.pk:
        form = AnswerForm({"version": transfer.version})  # the action refuses, and the audit keeps it
    if form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            if request.POST.get("act") == "decline":
                decline_transfer(transfer=transfer, answer=clean["answer"], version=clean["version"], by=by)
                messages.success(request, _("You said no. The case stays where it is."))
                return redirect("desk:home")
            moved = accept_transfer(
                transfer=transfer, answer=clean["answer"], nevertheless=clean["nevertheless"],
                version=clean["version"], by=by,
            )  # fmt: skip
            messages.success(request, _("The case is yours now."))
            return redirect("cases:case-open", moved.code)
    return _transfer_page(request, by, transfer, form)


@require_POST
def transfer_withdraw(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """Ask nobody any more."""
    by = asking(request)
    transfer = _transfer(by, transfer_id)
    typed = request.POST.get("version", "")
    try:
        withdraw_transfer(transfer=transfer, version=read_whole(typed) or 0, by=by)
        messages.success(request, _("Withdrawn. Nobody is asked any more."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("cases:case-open", transfer.case.code)


def _transfer(by: User, transfer_id: uuid.UUID) -> Transfer:
    demand(by, Verb.CASE_WORK)
    transfer = queries.transfer_seen_by(by, transfer_id)
    if transfer is None:
        lose(by, Verb.CASE_WORK)
    return transfer


def _transfer_page(
    request: HttpRequest, by: User, transfer: Transfer, form: AnswerForm | None = None
) -> HttpResponse:  # fmt: skip
    receives = transfer.receiver_id == by.pk
    people = case_people(by, transfer.case)
    load = caseload(by) if receives and transfer.is_pending else None
    context = {
        "transfer": transfer,
        "case": transfer.case,
        "main": people[0].shown if people else None,  # type: ignore[attr-defined]
        "receives": receives,
        "may_withdraw": by.pk in {transfer.owner_id, transfer.written_by_id}
        or by.reach(Verb.CASE_ASSIGN).covers(transfer),
        "form": form or AnswerForm(initial={"version": transfer.version}),
        "load": load,
        "then": load.with_one(transfer.case.risk) if load else None,
    }
    return render(request, "cases/oversight/transfer.html", context, status=422 if form and form.errors else 200)


# --- many cases -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def assign_many(request: HttpRequest) -> HttpResponse:
    """Give many cases of one worker, or those chosen in a list, to another; the answer tells about each."""
    by = asking(request)
    demand(by, Verb.CASE_ASSIGN)
    if request.method == "POST" and "cases" in request.POST:
        asked = request.POST.getlist("cases")
    else:
        asked = request.GET.getlist("case")
    source = _source(by, request.GET.get("worker", ""))
    rows, unknown = queries.chosen_cases(by, asked)
    listed = queries.cases_to_give(by, source) if source is not None else rows
    able = queries.receivers(by, leaving_out=source.pk if isinstance(source, User) else None)
    codes = [case.code for case in listed]
    form = AssignManyForm(
        request.POST or None, codes=[*codes, *asked], candidates=able, initial={"cases": asked or codes}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            answers = assign_cases(
                cases=rows, owner=form.worker(), reason=clean["reason"], nevertheless=clean["nevertheless"], by=by
            )
            answers += [Answer(code, None, no_such_case(), "outside") for code in unknown]
            return _answers_page(request, form, answers)
    people = people_of_cases(by, listed) if listed else {}
    for case in listed:
        case.main = next((row.shown for row in people.get(case.pk, ())), None)  # type: ignore[attr-defined]
    context = {"form": form, "listed": listed, "source": source, "chosen": set(form["cases"].value() or ())}
    return render(request, "cases/oversight/assign_many.html", context, status=422 if form.errors else 200)


def _source(by: User, asked: str) -> User | str | None:
    """Whose cases are listed: those of a worker, those without one, or those that were chosen elsewhere."""
    if asked == "none":
        return "none"
    try:
        return worker_seen_by(by, uuid.UUID(asked))
    except ValueError:
        return None


def _answers_page(request: HttpRequest, form: AssignManyForm, answers: list[Answer]) -> HttpResponse:
    given = [answer for answer in answers if answer.was_given]
    refused = [answer for answer in answers if not answer.was_given]
    context = {
        "worker": form.worker(),
        "given": given,
        "refused": refused,
        "too_much": [answer.code for answer in refused if answer.why == "over_limit"],
        "reason": form.cleaned_data["reason"],
    }
    return render(request, "cases/oversight/assign_answers.html", context)


# --- what a worker is told ------------------------------------------------------------------------------------------


@require_POST
def notice_open(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Put a notice aside and go to what it is about."""
    by = asking(request)
    demand(by, Verb.CASE_WORK)
    notice = queries.notice_seen_by(by, notice_id)
    if notice is None:
        lose(by, Verb.CASE_WORK)
    see_notices(notices=[notice], by=by)
    if notice.case is None:
        return redirect("cases:due-list")
    if notice.kind == "transfer_asked":
        waiting = next((one for one in queries.transfers_to_answer(by) if one.case_id == notice.case_id), None)
        if waiting is not None:
            return redirect("cases:transfer-open", waiting.pk)
    return redirect("cases:case-open", notice.case.code)


@require_POST
def notices_see(request: HttpRequest) -> HttpResponse:
    """Put all notices aside."""
    by = asking(request)
    demand(by, Verb.CASE_WORK)
    see_notices(notices=queries.unseen(by), by=by)
    return redirect("desk:home")
