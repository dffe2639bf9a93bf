"""The pages of reports: the list, one report with its sections, and its way to the lock and back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.evidence.actions import report_locking as locking
from paivand.evidence.actions import reports as actions
from paivand.evidence.forms.reports import BeginForm, GiveForm, ReasonForm, language_names
from paivand.evidence.models import Report
from paivand.evidence.queries import reports as queries
from paivand.evidence.queries.report_contents import content_of, locked_content, photos_of
from paivand.evidence.queries.report_papers import report_docx, report_pdf
from paivand.evidence.rules.report_content import ReportContent
from paivand.evidence.rules.reports import ReportState, SectionKey, SectionState
from paivand.programme.queries.programmes import agencies, programmes

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = ("pdf", "docx")


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
    """A report: its sections and where each stands, its figures, its stories; a locked one with its papers."""
    by, report = report_of(request, report_id)
    works = works_on(by)
    sections = queries.section_lines(by, report, get_language() or "en") if works else []
    rows = [row for line in sections for row in line.rows]
    context = {
        "report": report, "works": works, "sections": sections,
        "writes": Verb.REPORT_WRITE in by.verbs, "locks": by.reach(Verb.REPORT_LOCK).everywhere,
        "languages": language_names(report.languages), "formats": FORMATS,
        "n_missing": sum(row.state == SectionState.TO_WRITE for row in rows),
        "n_unreviewed": sum(row.state == SectionState.WRITTEN for row in rows),
        "n_comments": queries.n_open_comments(by, report) if works else 0,
        "stories": queries.stories_of(by, report) if works else [],
        "editions": queries.editions_of(by, report) if works or report.is_locked else [],
    }  # fmt: skip
    return render(request, "evidence/report.html", context)


@require_GET
def report_paper(request: HttpRequest, report_id: uuid.UUID, report_language: str, paper_format: str) -> HttpResponse:
    """The report on paper: what was locked, or for who works on it, the draft as it stands."""
    by, report = report_of(request, report_id)
    if report_language not in report.languages or paper_format not in FORMATS:
        raise Http404
    content = _content(by, report, report_language)
    photos = photos_of(by, content)
    if paper_format == "pdf":
        made, kind = report_pdf(content, photos), "application/pdf"
    else:
        made, kind = report_docx(content, photos, report.locked_at or timezone.now()), DOCX
    record_event(
        Verb.RESULTS_EXPORT, by=by, subject=report,
        detail={"act": "report", "format": paper_format, "language": report_language, "state": report.state},
    )  # fmt: skip
    answer = HttpResponse(made, content_type=kind)
    name = f"{report.programme.code}-{report.kind}-{report.last_on}-{report_language}.{paper_format}".lower()
    shown = "inline" if paper_format == "pdf" else "attachment"
    answer["Content-Disposition"] = f'{shown}; filename="{name}"'
    answer["Cache-Control"] = "no-store, private"
    return answer


def _content(by: User, report: Report, language: str) -> ReportContent:
    today = timezone.localdate()
    edition = queries.edition_of(by, report, language)
    return locked_content(by, edition, today) if edition else content_of(by, report, language, today)


# --- its way ---------------------------------------------------------------------------------------------------------


def _walk(request: HttpRequest, report: Report, step: Callable[[int], Report], said: str) -> HttpResponse:
    """One step that needs no words: carried out, or refused in a message."""
    typed = request.POST.get("version", "")
    with refuse(ReasonForm(), request):
        step(int(typed) if typed.isascii() and typed.isdigit() else 0)
        messages.success(request, said)
    return back_to(report)


@require_POST
def report_figures(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Take the figures as they are known now."""
    by, report = report_of(request, report_id, Verb.REPORT_WRITE)
    return _walk(
        request, report, lambda version: locking.take_figures(report=report, version=version, by=by),
        _("The figures are taken as they are known now."),
    )  # fmt: skip


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
