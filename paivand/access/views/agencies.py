"""Pages on agencies and teams."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.actions import agencies as actions
from paivand.access.forms.users import AgencyForm, TeamForm
from paivand.access.queries import users as queries
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse


@require_GET
def agency_list(request: HttpRequest) -> HttpResponse:
    """All agencies with their teams."""
    by = asking(request)
    demand(by, Verb.USER_VIEW)
    return render(request, "access/agency_list.html", {"agencies": queries.agencies(by)})


@require_http_methods(["GET", "POST"])
def agency_add(request: HttpRequest) -> HttpResponse:
    """Add an agency."""
    by = asking(request)
    demand(by, Verb.AGENCY_EDIT)
    form = AgencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.add_agency(**form.cleaned_data, by=by)
            messages.success(request, _("Saved."))
            return redirect("access:agency-list")
    return render(request, "access/agency_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def agency_edit(request: HttpRequest, agency_id: uuid.UUID) -> HttpResponse:
    """Change an agency."""
    by = asking(request)
    demand(by, Verb.AGENCY_EDIT)
    agency = queries.agency_seen_by(by, agency_id)
    if agency is None:
        raise Http404
    form = AgencyForm(request.POST or None, agency=agency, initial={"name": agency.name, "kind": agency.kind})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.rename_agency(agency=agency, **form.cleaned_data, by=by)
            messages.success(request, _("Saved."))
            return redirect("access:agency-list")
    context = {"form": form, "agency": agency}
    return render(request, "access/agency_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def team_add(request: HttpRequest, agency_id: uuid.UUID) -> HttpResponse:
    """Add a team to an agency."""
    by = asking(request)
    demand(by, Verb.TEAM_EDIT)
    agency = queries.agency_seen_by(by, agency_id)
    if agency is None:
        raise Http404
    form = TeamForm(request.POST or None, agency=agency)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.add_team(**form.cleaned_data, agency=agency, by=by)
            messages.success(request, _("Saved."))
            return redirect("access:agency-list")
    context = {"form": form, "agency": agency, "team": True}
    return render(request, "access/agency_form.html", context, status=422 if form.errors else 200)
