"""The pages of reports: the list, one report with its sections, and its way to the lock and back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.core.rules.whole_numbers import read_whole
from paivand.evidence.actions import report_locking as locking
from paivand.evidence.actions import reports as actions
from paivand.evidence.forms.reports import BeginForm, GiveForm, ReasonForm, language_names
from paivand.evidence.models import Report
from paivand.evidence.queries import reports as queries
from paivand.evidence.queries.works import works_of
from paivand.evidence.rules.reports import ReportState, SectionKey, SectionState
from paivand.evidence.views.found import back_to, report_of, works_on
from paivand.evidence.views.report_papers import papers_context
from paivand.programme.queries.programmes import agencies, programmes


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """Every report, the latest period first; for who writes none, the locked ones."""
    by = asking(request)
    demand(by, Verb.RESULTS_VIEW)
    context = {
        "reports": queries.reports(by), "writes": Verb.REPORT_WRITE in by.verbs, "works": works_on(by),
        "mails": programmes(by) if Verb.REPORT_LOCK in by.verbs else [],
    }  # fmt: skip
    return render(request, "evidence/report_list.html", context)


@require_http_methods(["GET", "POST"])
def report_begin(request: HttpRequest) -> HttpResponse:
    """Begin a report."""
    by = asking(request)
    demand(by, Verb.REPORT_WRITE)
    there = programmes(by)
    form = BeginForm(request.POST or None, programmes=there, initial=_last_year(there))
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            made = actions.begin_report(
                programme=form.programme_chosen(), report_id=form.form_key(), draft=form.draft(), by=by
            )
            messages.success(request, _("The report is begun. Its sections wait for their writers."))
            return back_to(made)
    context = {"form": form, "programmes": there}
    return render(request, "evidence/report_begin.html", context, status=422 if form.errors else 200)


def _last_year(there: list[Any]) -> dict[str, Any]:
    year = timezone.localdate().year - 1
    first = timezone.localdate().replace(year=year, month=1, day=1)
    return {
        "programme": str(there[0].pk) if there else "", "kind": "annual", "languages": ["en"],
        "first_on": first, "last_on": first.replace(month=12, day=31),
    }  # fmt: skip


@require_GET
def report_open(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """A report: its sections and where each stands, its figures, its stories, and its papers."""
    # The works are read first: one that ends before the report is read would be overlooked, and nothing ask again.
    under_way = works_of(asking(request), report_id)
    by, report = report_of(request, report_id)
    works = works_on(by)
    sections = queries.section_lines(by, report, get_language() or "en") if works else []
    rows = [row for line in sections for row in line.rows]
    context = {
        "report": report, "works": works, "sections": sections, **papers_context(by, report, under_way),
        "writes": Verb.REPORT_WRITE in by.verbs, "locks": by.reach(Verb.REPORT_LOCK).everywhere,
        "languages": language_names(report.languages),
        "n_missing": sum(row.state == SectionState.TO_WRITE for row in rows),
        "n_unreviewed": sum(row.state == SectionState.WRITTEN for row in rows),
        "n_comments": queries.n_open_comments(by, report) if works else 0,
        "stories": queries.stories_of(by, report) if works else [],
        "editions": queries.editions_of(by, report) if works or report.is_locked else [],
    }  # fmt: skip
    return render(request, "evidence/report.html", context)


# --- its way ---------------------------------------------------------------------------------------------------------


def _walk(request: HttpRequest, report: Report, step: Callable[[int], Report], said: str) -> HttpResponse:
    """One step that needs no words: carried out, or refused in a message."""
    typed = request.POST.get("version", "")
    with refuse(ReasonForm(), request):
        step(read_whole(typed) or 0)
        messages.success(request, said)
    return back_to(report)


@require_POST
def report_refresh(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Add the sections of new outputs."""
    by, report = report_of(request, report_id, Verb.REPORT_WRITE)
    return _walk(
        request, report, lambda _version: actions.refresh_sections(report=report, by=by),
        _("The sections are those of the plan as it stands now."),
    )  # fmt: skip


@require_POST
def report_review(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Send a report to review."""
    by, report = report_of(request, report_id, Verb.REPORT_WRITE)
    return _walk(
        request, report, lambda version: actions.send_to_review(report=report, version=version, by=by),
        _("The report is in review."),
    )  # fmt: skip


@require_POST
def report_lock(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Lock a report."""
    by, report = report_of(request, report_id, Verb.REPORT_LOCK)
    return _walk(
        request, report, lambda version: locking.lock_report(report=report, version=version, by=by),
        _("The report is locked. Everyone who sees results can read it."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def report_back(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Give a report in review back to its writers, or open a locked one again, with the reason."""
    by = asking(request)
    if not works_on(by):
        demand(by, Verb.REPORT_WRITE)
    by, report = report_of(request, report_id)
    if report.is_locked:
        demand(by, Verb.REPORT_LOCK)
    form = ReasonForm(request.POST or None, initial={"version": report.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            run = locking.reopen_report if report.is_locked else actions.give_back
            run(report=report, version=form.typed_version(), reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("The report can be changed again."))
            return back_to(report)
    context = {"report": report, "form": form, "locked": report.state == ReportState.LOCKED}
    return render(request, "evidence/report_back.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def report_give(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Say which agency writes a section."""
    by, report = report_of(request, report_id, Verb.REPORT_LOCK)
    lines = queries.section_lines(by, report, get_language() or "en")
    names = {f"{line.key}~{line.output}": line.title for line in lines}
    form = GiveForm(
        request.POST or None, sections=list(names.items()), agencies=agencies(by),
        initial={"section": request.GET.get("section", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        key, _tilde, output = form.cleaned_data["section"].partition("~")
        with refuse(form):
            actions.give_sections(
                report=report, key=SectionKey(key), output=output, agency=form.agency_chosen(), by=by
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return back_to(report)
    context = {"report": report, "form": form}
    return render(request, "evidence/report_give.html", context, status=422 if form.errors else 200)
