"""The papers and the figures of a report: asked for, watched while they are made, and fetched."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, refuse
from paivand.core.models.files import content_of
from paivand.core.rules.whole_numbers import read_whole
from paivand.evidence.actions import report_works as actions
from paivand.evidence.forms.reports import ReasonForm, language_names
from paivand.evidence.models import KeptPaper, Report
from paivand.evidence.queries.works import Works, kept_papers, works_of
from paivand.evidence.rules.making import FORMATS, TROUBLE_WORDS, Trouble, WorkState, paper_key
from paivand.evidence.views.found import back_to, report_of

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class _Line:
    """A language of the report and its papers: key, form, and what is kept of it."""

    language: str
    name: str
    papers: list[tuple[str, str, KeptPaper | None]]


def papers_context(by: User, report: Report, under_way: Works) -> dict[str, Any]:
    """What the page of a report says of its papers and of what is being made."""
    kept = kept_papers(by, report, timezone.localdate())
    lines = [
        _Line(
            language, name, [(paper_key(language, form), form, kept.get(paper_key(language, form))) for form in FORMATS]
        )
        for language, name in language_names(report.languages)
    ]
    troubles = [
        _(TROUBLE_WORDS[Trouble(work.trouble)])
        for work in (under_way.figures, under_way.papers)
        if work is not None and work.state == WorkState.FAILED
    ]
    return {
        "papers": lines, "made_at": min((row.made_at for row in kept.values()), default=None),
        "under_way": under_way, "troubles": troubles, "lacks_papers": len(kept) < len(lines) * len(FORMATS),
    }  # fmt: skip


@require_POST
def report_figures(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Ask that the figures are taken as they are known now."""
    by, report = report_of(request, report_id, Verb.REPORT_WRITE)
    typed = request.POST.get("version", "")
    with refuse(ReasonForm(), request):
        actions.ask_figures(report=report, version=read_whole(typed) or 0, by=by)
    return back_to(report)


@require_POST
def report_papers(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Ask for one paper of a report, or for all of them."""
    by, report = report_of(request, report_id)
    with refuse(ReasonForm(), request):
        actions.ask_papers(report=report, papers=[one for one in request.POST.getlist("paper") if one], by=by)
    return back_to(report)


@require_GET
def report_progress(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """How far figures and papers are; when both have ended, the page is loaded anew."""
    under_way = works_of(asking(request), report_id)
    _by, report = report_of(request, report_id)
    response = render(request, "evidence/parts/report_progress.html", {"report": report, "under_way": under_way})
    if not under_way.running:
        response["HX-Refresh"] = "true"
    return response


@require_GET
def report_paper(request: HttpRequest, report_id: uuid.UUID, report_language: str, paper_format: str) -> HttpResponse:
    """A paper that was made and is kept for who asks; where there is none, the page on which it can be asked for."""
    by, report = report_of(request, report_id)
    if report_language not in report.languages or paper_format not in FORMATS:
        raise Http404
    row = kept_papers(by, report, timezone.localdate()).get(paper_key(report_language, paper_format))
    if row is None:
        return back_to(report)
    record_event(
        Verb.RESULTS_EXPORT, by=by, subject=report,
        detail={
            "act": "report", "format": paper_format, "language": report_language, "state": report.state,
            "sha256": row.sha256,
        },
    )  # fmt: skip
    answer = HttpResponse(content_of(row), content_type=MEDIA_TYPES[paper_format])
    name = f"{report.programme.code}-{report.kind}-{report.last_on}-{report_language}.{paper_format}".lower()
    shown = "inline" if paper_format == "pdf" else "attachment"
    answer["Content-Disposition"] = f'{shown}; filename="{name}"'
    answer["Cache-Control"] = "no-store, private"
    return answer
