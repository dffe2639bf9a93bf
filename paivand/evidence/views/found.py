"""The report that a page is about, as who asks may see it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose
from paivand.evidence.models import Report
from paivand.evidence.queries import reports as queries


def works_on(by: User) -> bool:
    """Whether ``by`` writes or locks reports."""
    return bool({Verb.REPORT_WRITE, Verb.REPORT_LOCK} & by.verbs)


def report_of(request: HttpRequest, report_id: uuid.UUID, verb: Verb = Verb.RESULTS_VIEW) -> tuple[User, Report]:
    """Who asks, and the report; 403 without the right, 404 where there is none for her."""
    by = asking(request)
    demand(by, verb)
    report = queries.report_seen_by(by, report_id)
    if report is None:
        lose(by, verb)
    return by, report


def back_to(report: Report) -> HttpResponse:
    """The page of a report."""
    return redirect("evidence:report-open", report_id=report.pk)
