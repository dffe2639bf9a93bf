"""Reporting that an entry is wrong, answering, and reading what came of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.referrals.actions import directory_reports as actions
from paivand.referrals.forms.directory_reports import AnswerForm, ReportForm
from paivand.referrals.models import ServiceReport
from paivand.referrals.queries import directory_reports as queries
from paivand.referrals.rules.directory_reports import ReportState
from paivand.referrals.views.directory import service_of


@require_http_methods(["GET", "POST"])
def service_report(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """Report that an entry is wrong."""
    by = asking(request)
    demand(by, Verb.DIRECTORY_REPORT)
    service = service_of(by, service_id)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            try:
                actions.report_change(
                    service=service, report_id=form.form_key(), wrong=form.what, words=form.cleaned_data["words"], by=by
                )
            except Refused as refused:
                if refused.code != "twice":
                    raise
            messages.success(request, _("Thank you. Who keeps the directory looks at it, and you will see the answer."))
            return redirect("referrals:service-open", service_id=service.pk)
    context = {"form": form, "service": service}
    return render(request, "referrals/service_report.html", context, status=422 if form.errors else 200)


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """What one reported, and what came of it."""
    by = asking(request)
    return render(request, "referrals/service_report_list.html", {"reports": queries.own_reports(by)})


@require_http_methods(["GET", "POST"])
def report_answer(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Say what came of a report."""
    by = asking(request)
    demand(by, Verb.DIRECTORY_EDIT)
    report = _report(by, report_id)
    if not by.reach(Verb.DIRECTORY_EDIT).covers(report):
        raise WithoutRightError(Verb.DIRECTORY_EDIT)
    initial = {"version": report.version}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.answer_report(
                report=report, state=form.what, answer=form.cleaned_data["answer"],
                version=form.cleaned_data["version"] or 0, now=timezone.now(), by=by,
            )  # fmt: skip
            messages.success(request, _("Answered."))
            return redirect("referrals:service-open", service_id=report.service_id)
    context = {"form": form, "report": report, "service": report.service, "waits": report.state == ReportState.WAITING}
    return render(request, "referrals/service_report_answer.html", context, status=422 if form.errors else 200)


@require_POST
def report_seen(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Note that one has read the answer."""
    by = asking(request)
    demand(by, Verb.DIRECTORY_REPORT)
    report = queries.report_seen_by(by, report_id)
    if report is None or report.reported_by_id != by.pk:
        lose(by, Verb.DIRECTORY_REPORT)
    actions.see_answer(report=report, now=timezone.now(), by=by)
    return redirect("referrals:service-report-list")


def _report(by: User, report_id: uuid.UUID) -> ServiceReport:
    found = queries.report_seen_by(by, report_id)
    if found is None:
        raise Http404
    return found
