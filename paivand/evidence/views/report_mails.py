"""The page of reports by mail: who gets what, how it went, and one more."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.evidence.actions import report_mails as actions
from paivand.evidence.forms.reports import MailForm
from paivand.evidence.queries import reports as queries
from paivand.evidence.rules.reports import MAIL_TROUBLE_NAMES, MailTrouble
from paivand.programme.queries.programmes import programme_by_code


@require_http_methods(["GET", "POST"])
def mail_list(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Who gets what by mail."""
    by = asking(request)
    demand(by, Verb.REPORT_LOCK)
    programme = programme_by_code(by, programme_code)
    if programme is None:
        lose(by, Verb.REPORT_LOCK)
    form = MailForm(request.POST or None, users=queries.may_receive(by), today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.send_regularly(
                programme=programme, schedule_id=form.form_key(), recipient=form.recipient_chosen(),
                draft=form.draft(), by=by,
            )  # fmt: skip
            messages.success(request, _("It will be sent."))
            return redirect("evidence:mail-list", programme_code=programme.code)
    rows = [
        (row, MAIL_TROUBLE_NAMES[MailTrouble(row.failure)] if row.failure else "")
        for row in queries.schedules(by, programme)
    ]
    context = {"programme": programme, "rows": rows, "form": form, "has_server": bool(settings.EMAIL_HOST)}
    return render(request, "evidence/mail_list.html", context, status=422 if form.errors else 200)


@require_POST
def mail_stop(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Send it no more."""
    by = asking(request)
    demand(by, Verb.REPORT_LOCK)
    schedule = queries.schedule_seen_by(by, schedule_id)
    if schedule is None:
        lose(by, Verb.REPORT_LOCK)
    actions.stop_sending(schedule=schedule, by=by)
    messages.success(request, _("It is not sent any more."))
    return redirect("evidence:mail-list", programme_code=schedule.programme.code)
