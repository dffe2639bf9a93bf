"""Supervision sessions: the list, writing one down, reading it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, lose, refuse
from paivand.cases.actions.supervision import edit_session, hold_session
from paivand.cases.forms.supervision import SessionDraftForm
from paivand.cases.models import SupervisionSession
from paivand.cases.queries import supervision as queries
from paivand.core.rules.errors import Refused


@require_GET
def session_list(request: HttpRequest) -> HttpResponse:
    """Sessions: a supervisor's with her workers, a worker's own."""
    by = asking(request)
    demand(by, Verb.CASE_WORK)
    worker = _uuid(request.GET.get("worker", ""))
    page = queries.sessions(by, worker=worker, after=request.GET.get("after", ""))
    team = queries.guided(by) if Verb.CASE_APPROVE in by.verbs else []
    context = {"page": page, "team": team, "worker": str(worker or "")}
    return render(request, "cases/oversight/supervision_list.html", context)


@require_http_methods(["GET", "POST"])
def session_add(request: HttpRequest) -> HttpResponse:
    """Write down a session; first with whom."""
    by = asking(request)
    demand(by, Verb.CASE_APPROVE)
    team = queries.guided(by)
    named = set(request.GET.getlist("worker"))
    workers = [user for user in team if str(user.pk) in named]
    if not workers:
        status = 422 if request.method == "POST" else 200
        return render(request, "cases/oversight/supervision_whom.html", {"team": team}, status=status)
    form = SessionDraftForm(request.POST or None, workers=workers, cases=queries.cases_to_discuss(by, workers))
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            with transaction.atomic():
                for worker in workers:
                    _hold(by, form, worker)
            messages.success(request, _("Saved."))
            return redirect("cases:supervision-list")
    context = {"form": form, "workers": workers}
    return render(request, "cases/oversight/supervision_form.html", context, status=422 if form.errors else 200)


def _hold(by: User, form: SessionDraftForm, worker: User) -> None:
    """Write the session down for one of the workers; a second sending of the form changes nothing."""
    scope = queries.scope_of(by, worker)
    if scope is None:
        raise Refused(
            _("%(name)s works nowhere within your reach.") % {"name": worker.full_name}, "place"
        )  # fmt: skip
    try:
        hold_session(scope=scope, form_id=form.form_key(), worker=worker, draft=form.draft(worker), by=by)
    except Refused as refused:
        if refused.code != "twice":
            raise


@require_GET
def session_open(request: HttpRequest, supervision_id: uuid.UUID) -> HttpResponse:
    """What was spoken about and agreed; how the worker is only for the two who spoke."""
    by = asking(request)
    session = _session(by, supervision_id)
    context = {
        "session": session,
        "cases": queries.cases_of_session(by, session),
        "wellbeing": queries.wellbeing_of(by, session),
        "may_edit": session.supervisor_id == by.pk and Verb.CASE_APPROVE in by.verbs,
    }
    return render(request, "cases/oversight/supervision.html", context)


@require_http_methods(["GET", "POST"])
def session_edit(request: HttpRequest, supervision_id: uuid.UUID) -> HttpResponse:
    """Correct a session; only who wrote it down does."""
    by = asking(request)
    demand(by, Verb.CASE_APPROVE)
    session = _session(by, supervision_id)
    if session.supervisor_id != by.pk:
        lose(by, Verb.CASE_APPROVE)
    kept = queries.wellbeing_of(by, session)
    initial: dict[str, Any] = SessionDraftForm.initial_of(session, kept.words if kept else "")
    form = SessionDraftForm(request.POST or None, workers=[session.worker], initial=initial)
    if session.form == "group":
        form.fields["form"].choices = [("group", _("with a group"))]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            edit_session(session=session, draft=form.draft(), version=form.cleaned_data["version"] or 0, by=by)
            messages.success(request, _("Saved."))
            return redirect("cases:supervision-open", session.pk)
    context = {
        "form": form, "session": session, "workers": [session.worker], "present": conflict(form, initial),
    }  # fmt: skip
    return render(request, "cases/oversight/supervision_form.html", context, status=422 if form.errors else 200)


def _session(by: User, session_id: uuid.UUID) -> SupervisionSession:
    demand(by, Verb.CASE_WORK)
    session = queries.session_seen_by(by, session_id)
    if session is None:
        lose(by, Verb.CASE_WORK)
    return session


def _uuid(asked: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(asked)
    except ValueError:
        return None
