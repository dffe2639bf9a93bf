"""The pages of a section: read with its comments and former texts, and written."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, lose, refuse
from paivand.evidence.actions import reports as actions
from paivand.evidence.forms.reports import CommentForm, SectionForm, language_names
from paivand.evidence.models import ReportSection
from paivand.evidence.queries import reports as queries
from paivand.evidence.rules.markup import blocks
from paivand.evidence.rules.reports import SECTION_HELP, SectionKey
from paivand.evidence.rules.telltale import TELLTALE_NAMES, telltales


def _section(request: HttpRequest, section_id: uuid.UUID, *, acts: bool = False) -> tuple[User, ReportSection]:
    by = asking(request)
    if acts or Verb.REPORT_LOCK not in by.verbs:
        demand(by, Verb.REPORT_WRITE)
    section = queries.section_seen_by(by, section_id)
    if section is None:
        lose(by, Verb.REPORT_WRITE)
    return by, section


def _about(by: User, section: ReportSection) -> dict[str, Any]:
    return {
        "section": section, "report": section.report, "title": queries.title_of(by, section, get_language() or "en"),
        "help": SECTION_HELP[SectionKey(section.key)], "may_write": actions.may_write(by, section),
        "language_name": dict(language_names([section.language]))[section.language],
        "met": [(TELLTALE_NAMES[met.kind], met.words) for met in telltales(section.text)],
    }  # fmt: skip


def _back(section: ReportSection) -> HttpResponse:
    return redirect("evidence:section-open", section_id=section.pk)


@require_GET
def section_open(request: HttpRequest, section_id: uuid.UUID) -> HttpResponse:
    """A section as it is printed, what was said about it, and its former texts."""
    by, section = _section(request, section_id)
    context = {
        **_about(by, section), "blocks": blocks(section.text), "comments": queries.comments_of(by, section),
        "versions": queries.versions_of(by, section), "form": CommentForm(), "writes": Verb.REPORT_WRITE in by.verbs,
        "is_own": section.written_by_id == by.pk,
    }  # fmt: skip
    return render(request, "evidence/section.html", context)


@require_http_methods(["GET", "POST"])
def section_write(request: HttpRequest, section_id: uuid.UUID) -> HttpResponse:
    """Write a section. What two people wrote at once stands side by side."""
    by, section = _section(request, section_id, acts=True)
    initial = SectionForm.initial_of(section)
    form = SectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            row = actions.write_section(
                section=section, version=form.typed_version(), text=form.cleaned_data["text"], by=by
            )
            messages.success(request, _("Saved."))
            return _back(row)
    present = conflict(form, initial) if form.is_bound and form.errors else []
    context = {**_about(by, section), "form": form, "present": present}
    return render(request, "evidence/section_write.html", context, status=422 if form.errors else 200)


@require_POST
def section_review(request: HttpRequest, section_id: uuid.UUID) -> HttpResponse:
    """Say that a text is right."""
    by, section = _section(request, section_id, acts=True)
    form = CommentForm({**request.POST.dict(), "text": "-"})
    with refuse(form, request):
        actions.review_section(section=section, version=form.typed_version() if form.is_valid() else 0, by=by)
        messages.success(request, _("The text is reviewed."))
    return _back(section)


@require_POST
def section_comment(request: HttpRequest, section_id: uuid.UUID) -> HttpResponse:
    """Say something about a text."""
    by, section = _section(request, section_id, acts=True)
    form = CommentForm(request.POST)
    with refuse(form, request):
        if form.is_valid():
            actions.comment_section(
                section=section, comment_id=form.form_key(), text=form.cleaned_data["text"], by=by
            )  # fmt: skip
        else:
            messages.error(request, _("Write what should be different."))
    return _back(section)


@require_POST
def comment_settle(request: HttpRequest, comment_id: uuid.UUID) -> HttpResponse:
    """Say that a comment is dealt with."""
    by = asking(request)
    demand(by, Verb.REPORT_WRITE)
    comment = queries.comment_seen_by(by, comment_id)
    if comment is None:
        lose(by, Verb.REPORT_WRITE)
    with refuse(CommentForm(), request):
        actions.settle_comment(comment=comment, by=by)
    return _back(comment.section)
