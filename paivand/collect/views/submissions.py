"""One form from the field: as it was filled in, why it waits, and what a person does about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from csp.decorators import csp
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, forbid, lose, refuse
from paivand.access.views.uploads import SANDBOX, sent_file
from paivand.collect.actions import inbox as actions
from paivand.collect.actions.survey_exports import without_traces
from paivand.collect.forms.field import AsideForm, DecisionForm, MendForm, VersionForm
from paivand.collect.models import Submission
from paivand.collect.queries import inbox as queries
from paivand.collect.rules.answered import Line, around, complains
from paivand.collect.rules.keeping import kept_for
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.survey_export import STAYS
from paivand.collect.rules.taking import Act, Problem, acts_of
from paivand.core.models.files import LostFileError
from paivand.core.rules.errors import Refused


def _language() -> str:
    return (get_language() or "tg")[:2]


def submission_of(request: HttpRequest, submission_id: uuid.UUID) -> tuple[User, Submission]:
    """Who asks, and the form within her reach; else 404."""
    by = asking(request)
    demand(by, Verb.FORM_FILL)
    sent = queries.submission_seen_by(by, submission_id)
    if sent is None:
        lose(by, Verb.FORM_FILL, str(submission_id))
    return by, sent


@require_GET
def submission_open(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """One form with its reason, its answers and its way. A page that waits asks by itself whether it is taken in."""
    by, sent = submission_of(request, submission_id)
    if "X-By-Itself" in request.headers:
        moved = {} if sent.state == SubmissionState.WAITING else {"HX-Refresh": "true"}
        return HttpResponse(status=204, headers=moved)
    return render(request, "collect/field_submission.html", _context(by, sent))


_NOT_MENDED = frozenset({Problem.EDIT, Problem.UNOFFERED})
"""Problems that no other answer solves."""


def _context(by: User, sent: Submission) -> dict[str, Any]:
    said = queries.said_by(by, sent)
    field = str((sent.problem_words or {}).get("field") or "")
    lines = said.lines(_language()) if said else []
    may = queries.may_mend(by, sent)
    acts = acts_of(sent.state) if may else frozenset()
    return {
        "sent": sent,
        "title": sent.form.title(_language()),
        "lines": lines,
        "complained": {line.path for line in lines if complains(line.path, field)},
        "at_fault": [(line, around(lines, line.path)) for line in lines if complains(line.path, field)],
        "steps": queries.steps_of(by, sent),
        "files": {file.name: file for file in queries.files_of(by, sent)},
        "made": _made(sent),
        "is_mine": sent.owner_id == by.pk,
        "may_mend": Act.MEND in acts and said is not None and sent.problem not in _NOT_MENDED,
        "may_run": Act.RUN_AGAIN in acts,
        "may_aside": Act.SET_ASIDE in acts and sent.state != SubmissionState.WAITING,
        "may_take_up": Act.TAKE_UP_AGAIN in acts and not sent.replaced_by_id and not sent.erased_at,
        "aside_days": None if sent.is_survey else kept_for().days,
        "may_decide": Act.DECIDE in acts and queries.may_decide(by, sent),
        **(_likely(by, sent, lines) if sent.problem == Problem.DUPLICATE else {}),
        "disputed": queries.what_differs(by, sent, _language()),
        **_compared(by, sent, lines),
    }


def _made(sent: Submission) -> list[dict[str, str]]:
    """What it became, each with the way to it, where there is one."""
    found = []
    for one in sent.taken_as or []:
        try:
            address = reverse(one["url_name"], kwargs=one["url_kwargs"]) if one["url_name"] else ""
        except NoReverseMatch:
            address = ""
        found.append({"label": one["label"], "kind": one["kind"], "address": address})
    return found


def _likely(by: User, sent: Submission, lines: list[Line]) -> dict[str, Any]:
    """A registration beside the registered families that it is like."""
    return {
        "alike": queries.registered_alike(by, sent), "sent_people": queries.sent_people(lines),
        "sent_home": queries.sent_home(lines),
    }  # fmt: skip


def _compared(by: User, sent: Submission, lines: list[Line]) -> dict[str, Any]:
    """For an edit of a form that was taken in: what was taken in and what came now, where they differ."""
    if sent.problem != Problem.EDIT:
        return {}
    older = queries.older_of(by, sent)
    before = queries.said_by(by, older) if older else None
    if older is None or before is None:
        return {"older": older, "older_made": _made(older) if older else [], "differences": None}
    differences = queries.what_was_changed(before.lines(_language()), lines)
    return {"older": older, "older_made": _made(older), "differences": differences}


@require_http_methods(["GET", "POST"])
def submission_mend(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Other answers beside the form: what the rule complained about stands open, all else can be reached."""
    by, sent = _to_act_on(request, submission_id)
    said = queries.said_by(by, sent)
    if said is None or (request.method == "GET" and Act.MEND not in acts_of(sent.state)):
        return redirect("collect:submission-open", submission_id=sent.pk)
    lines = said.lines(_language(), unanswered=True)
    lists: dict[str, Any] = {}

    def offered(name: str) -> Any:
        if name not in lists:
            lists[name] = queries.offered_in_list(by, name, said.wanted)
        return lists[name]

    given = request.POST if request.method == "POST" else None
    here = {file.name for file in queries.files_of(by, sent)}
    form = MendForm(given, lines=lines, offered=offered, arrived=here, initial={"version": sent.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.mend_submission(sent=sent, version=form.cleaned_data["version"], values=form.values(), by=by)
            messages.success(request, _("The form is taken in anew with your answers."))
            return redirect("collect:submission-open", submission_id=sent.pk)
    field = str((sent.problem_words or {}).get("field") or "")
    shown = [(line, form.bound(line)) for line in lines]
    asked = [(line, bound) for line, bound in shown if bound and (complains(line.path, field) or bound.errors)]
    asked_paths = {line.path for line, _bound in asked}
    context = {
        "sent": sent, "form": form, "title": sent.form.title(_language()), "shown": shown, "asked_paths": asked_paths,
        "asked": [(line, bound, around(lines, line.path)) for line, bound in asked],
        "conflict": conflict(form, form.initial),
    }  # fmt: skip
    return render(request, "collect/field_mend.html", context, status=422 if form.errors else 200)


def _to_act_on(request: HttpRequest, submission_id: uuid.UUID) -> tuple[User, Submission]:
    by, sent = submission_of(request, submission_id)
    if not queries.may_mend(by, sent):
        forbid(by, Verb.FORM_MEND, sent)
    return by, sent


@require_POST
def submission_decide(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """The answer to what is held."""
    by, sent = _to_act_on(request, submission_id)

    def act(clean: dict[str, Any]) -> str:
        row = actions.decide_submission(
            sent=sent, version=clean["version"], answer=clean["answer"], reason=clean["reason"], by=by
        )
        return (
            _("The form counts as taken in.")
            if row.state == SubmissionState.TAKEN
            else _("The form is taken in as you decided.")
        )

    return _acted(request, by, sent, DecisionForm(request.POST), act)


@require_POST
def submission_again(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Run it again as it is."""
    by, sent = _to_act_on(request, submission_id)

    def act(clean: dict[str, Any]) -> str:
        actions.run_again(sent=sent, version=clean["version"], by=by)
        return _("The form is taken in anew.")

    return _acted(request, by, sent, VersionForm(request.POST), act)


@require_POST
def submission_aside(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Set it aside, with a reason."""
    by, sent = _to_act_on(request, submission_id)

    def act(clean: dict[str, Any]) -> str:
        actions.set_aside(sent=sent, version=clean["version"], reason=clean["reason"], by=by)
        if sent.is_survey:
            return _("The form is set aside. You can take it up again at any time.")
        told = _("The form is set aside. You can take it up again for %(days)s days; then what it says is erased.")
        return told % {"days": kept_for().days}

    return _acted(request, by, sent, AsideForm(request.POST), act)


@require_POST
def submission_take_up(request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Have it taken in after all."""
    by, sent = _to_act_on(request, submission_id)

    def act(clean: dict[str, Any]) -> str:
        actions.take_up_again(sent=sent, version=clean["version"], by=by)
        return _("The form is taken in anew.")

    return _acted(request, by, sent, VersionForm(request.POST), act)


def _acted(
    request: HttpRequest, by: User, sent: Submission, form: forms.Form, act: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Do it, say what came of it, and go back to the form. Where it may not be, nothing that was typed is lost."""
    try:
        if not form.is_valid():
            raise Refused(_("Open the form again, then choose."), "form")
        messages.success(request, act(form.cleaned_data))
    except Refused as refused:
        now = queries.submission_seen_by(by, sent.pk) or sent  # a colleague may have moved it in the meantime
        typed = str(form.data.get("reason") or "")
        context = {**_context(by, now), "refused": refused.message}
        if isinstance(form, DecisionForm):
            context["typed_why"] = typed
        elif typed:
            context |= {"typed_reason": typed, "may_aside": Act.SET_ASIDE in acts_of(now.state)}
        return render(request, "collect/field_submission.html", context, status=422)
    return redirect("collect:submission-open", submission_id=sent.pk)


@require_GET
@csp(SANDBOX)  # type: ignore[untyped-decorator]
def submission_file(request: HttpRequest, submission_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A photograph that came with the form, without what is told beside it; no other file is given out."""
    by, sent = submission_of(request, submission_id)
    file = queries.file_seen_by(by, sent, file_id)
    if file is None:
        raise Http404
    try:
        content = without_traces(file)
    except LostFileError:
        raise Http404 from None
    if content is None:
        context = {"sent": sent, "title": sent.form.title(_language()), "words": _(STAYS)}
        return render(request, "collect/field_file_stays.html", context, status=404)
    return sent_file(content, file.mime, f"{sent.form.code}-{str(file.pk)[-6:]}", shown=True)
