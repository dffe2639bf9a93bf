"""Keeping the directory true: adding an entry, changing it, checking it, pausing and closing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse
from paivand.core.models import Place
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.referrals.actions import directory as actions
from paivand.referrals.forms.directory import ServiceForm, StateForm, VerifyForm
from paivand.referrals.models import DirectoryService
from paivand.referrals.queries import directory as queries
from paivand.referrals.queries import directory_reports as reports
from paivand.referrals.views.directory import service_of


@require_GET
def service_worklist(request: HttpRequest) -> HttpResponse:
    """What waits for those who keep the directory: reports, and entries that nobody checked for too long."""
    by = asking(request)
    demand(by, Verb.DIRECTORY_EDIT)
    shown = "reports" if request.GET.get("show") == "reports" else "stale"
    after = request.GET.get("after", "")
    if shown == "reports":
        page: Any = reports.waiting_reports(by, after=after)
    else:
        page = queries.to_verify(by, timezone.localdate(), after=after)
    return render(request, "referrals/service_worklist.html", {"shown": shown, "page": page})


@require_http_methods(["GET", "POST"])
def service_add(request: HttpRequest) -> HttpResponse:
    """Add a service to the directory of a district."""
    by = asking(request)
    demand(by, Verb.DIRECTORY_EDIT)
    places = queries.editable_districts(by)
    district = _chosen(places, request.GET.get("district", ""))
    if district is None:
        status = 422 if request.method == "POST" else 200
        return render(request, "referrals/service_place.html", {"places": places}, status=status)
    today = timezone.localdate()
    form = _form(request, by, district, initial={"checked_on": today})
    if request.method == "POST" and form.is_valid():
        draft, key = form.draft(), form.form_key()
        with refuse(form):
            _once(
                lambda: actions.add_service(
                    scope=actions.lying(district.pk, draft), service_id=key, draft=draft,
                    on=form.cleaned_data["checked_on"] or today, today=today, by=by,
                )
            )  # fmt: skip
            messages.success(request, _("The service stands in the directory."))
            return redirect("referrals:service-open", service_id=key)
    context = {"form": form, "district": district}
    return render(request, "referrals/service_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def service_edit(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """Change an entry."""
    by = asking(request)
    service = _kept(by, service_id)
    initial = ServiceForm.initial_of(service)
    form = _form(request, by, service.district, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_service(
                service=service, version=form.cleaned_data["version"] or 0, draft=form.draft(),
                checked_on=form.cleaned_data["checked_on"], today=timezone.localdate(), by=by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return redirect("referrals:service-open", service_id=service.pk)
    context = {"form": form, "district": service.district, "service": service, "present": conflict(form, initial)}
    return render(request, "referrals/service_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def service_verify(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """Write down that everything in an entry was asked about and is right."""
    by = asking(request)
    service = _kept(by, service_id)
    today = timezone.localdate()
    initial = {"on": today, "version": service.version}
    form = VerifyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.verify_service(
                service=service, version=form.cleaned_data["version"] or 0, on=form.cleaned_data["on"],
                note=form.cleaned_data["note"], today=today, by=by,
            )  # fmt: skip
            messages.success(request, _("Checked. Thank you."))
            return redirect("referrals:service-open", service_id=service.pk)
    context = {"form": form, "service": service, "present": conflict(form, initial)}
    return render(request, "referrals/service_verify.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def service_state(request: HttpRequest, service_id: uuid.UUID, act: str) -> HttpResponse:
    """Let a service pause, close it for good, or say that it takes people again; ``act`` comes with the address."""
    by = asking(request)
    service = _kept(by, service_id)
    today = timezone.localdate()
    initial = {"version": service.version}
    form = StateForm(request.POST or None, initial=initial, act=act, today=today)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        given = {"service": service, "version": clean["version"] or 0, "on": clean["on"], "today": today, "by": by}
        with refuse(form):
            if act == "pause":
                actions.pause_service(why=clean["why"], resumes_on=clean["resumes_on"], **given)
            elif act == "close":
                actions.close_service(why=clean["why"], **given)
            else:
                actions.reopen_service(note=clean["why"], **given)
            messages.success(request, _("Saved."))
            return redirect("referrals:service-open", service_id=service.pk)
    context = {"form": form, "service": service, "act": act, "present": conflict(form, initial)}
    return render(request, "referrals/service_state.html", context, status=422 if form.errors else 200)


def _kept(by: User, service_id: uuid.UUID) -> DirectoryService:
    """A service that ``by`` may change: 404 for one that may not be known, 403 for one that others keep."""
    demand(by, Verb.DIRECTORY_EDIT)
    service = service_of(by, service_id)
    if not queries.edits(by, service):
        raise WithoutRightError(Verb.DIRECTORY_EDIT)
    return service


def _form(request: HttpRequest, by: User, district: Place, *, initial: dict[str, Any]) -> ServiceForm:
    return ServiceForm(
        request.POST or None, initial=initial, jamoats=queries.jamoats_of(by, district.pk),
        agencies=queries.agencies(by), users=queries.answering_users(by),
    )  # fmt: skip


def _chosen(places: list[Place], code: str) -> Place | None:
    """The district that was chosen, or the only one there is."""
    if len(places) == 1 and not code:
        return places[0]
    found = next((place for place in places if place.pk == code), None)
    if code and found is None:
        raise Http404
    return found


def _once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise
