"""Reviews of files: drawing a sample, looking at each file, telling the worker, putting things right."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.cases.actions.supervision import draw_review, finish_review, look_at_file, put_right
from paivand.cases.forms.supervision import DrawForm, FileForm, FinishForm
from paivand.cases.models import FileReview, ReviewedFile
from paivand.cases.queries import supervision as queries
from paivand.cases.rules.supervision import checklist
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole


@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """Reviews: a supervisor's of her workers' files, a worker's own when they are finished."""
    by = asking(request)
    demand(by, Verb.CASE_WORK)
    page = queries.reviews(by, after=request.GET.get("after", ""))
    return render(request, "cases/oversight/review_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def review_draw(request: HttpRequest) -> HttpResponse:
    """Draw files of a worker at random."""
    by = asking(request)
    demand(by, Verb.CASE_APPROVE)
    form = DrawForm(
        request.POST or None, workers=queries.guided(by), initial={"worker": request.GET.get("worker", "")}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            review_id = form.form_key()
            worker = form.chosen()
            scope = queries.scope_of(by, worker)
            if scope is None:
                raise Refused(
                    _("%(name)s works nowhere within your reach.") % {"name": worker.full_name}, "place"
                )  # fmt: skip
            try:
                draw_review(
                    scope=scope, review_id=review_id, worker=worker, size=clean["size"],
                    with_closed=clean["with_closed"], by=by,
                )  # fmt: skip
            except Refused as refused:
                if refused.code != "twice":
                    raise
            return redirect("cases:file-review-open", review_id)
    return render(request, "cases/oversight/review_draw.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def review_open(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """The files of a review, what was found, and what is put right."""
    by = asking(request)
    return _review_page(request, by, _review(by, review_id))


@require_POST
def review_finish(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """End a review: from now on the worker reads it."""
    by = asking(request)
    demand(by, Verb.CASE_APPROVE)
    review = _review(by, review_id)
    form = FinishForm(request.POST)
    if form.is_valid():
        with refuse(form):
            finish_review(
                review=review, remarks=form.cleaned_data["remarks"], version=form.cleaned_data["version"], by=by
            )
            messages.success(request, _("Finished. %(name)s can read it now.") % {"name": review.worker.full_name})
            return redirect("cases:file-review-open", review.pk)
    return _review_page(request, by, review, form)


@require_http_methods(["GET", "POST"])
def file_look(request: HttpRequest, reviewed_id: uuid.UUID) -> HttpResponse:
    """Look at one file of the sample; who was reviewed reads what was found."""
    by = asking(request)
    file = _file(by, reviewed_id)
    form = FileForm(
        request.POST or None, child=queries.has_child(by, file.case), closed=not file.case.is_open,
        initial=FileForm.initial_of(file),
    )  # fmt: skip
    writes = file.supervisor_id == by.pk and not file.review.is_finished and Verb.CASE_APPROVE in by.verbs
    if request.method == "POST":
        demand(by, Verb.CASE_APPROVE)
        if form.is_valid():
            with refuse(form):
                look_at_file(file=file, draft=form.draft(), version=form.cleaned_data["version"], by=by)
                messages.success(request, _("Saved."))
                return redirect("cases:file-review-open", file.review_id)
    context = {
        "file": file,
        "case": file.case,
        "form": form,
        "writes": writes,
        "corrections": queries.corrections_of_file(by, file),
        "found": _found(file),
    }
    return render(request, "cases/oversight/file.html", context, status=422 if form.errors else 200)


@require_POST
def correction_done(request: HttpRequest, correction_id: uuid.UUID) -> HttpResponse:
    """Note that something is put right."""
    by = asking(request)
    demand(by, Verb.CASE_WORK)
    correction = queries.correction_seen_by(by, correction_id)
    if correction is None:
        lose(by, Verb.CASE_WORK)
    typed = request.POST.get("version", "")
    try:
        put_right(correction=correction, version=read_whole(typed) or 0, by=by)
        messages.success(request, _("Put right."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("cases:case-open", correction.case.code)


def _review(by: User, review_id: uuid.UUID) -> FileReview:
    demand(by, Verb.CASE_WORK)
    review = queries.review_seen_by(by, review_id)
    if review is None:
        lose(by, Verb.CASE_WORK)
    return review


def _file(by: User, file_id: uuid.UUID) -> ReviewedFile:
    demand(by, Verb.CASE_WORK)
    file = queries.file_seen_by(by, file_id)
    if file is None:
        lose(by, Verb.CASE_WORK)
    return file


def _found(file: ReviewedFile) -> list[tuple[str, str, str, str]]:
    """Each item with what was found: its words, the finding, the finding in words, the note."""
    listed, language = checklist(), (get_language() or "en")[:2]
    rows = []
    for code, row in file.findings.items():
        item = listed.item(code)
        title = item.title(language) if item else code
        rows.append((title, row["finding"], listed.answer(row["finding"], language), row["note"]))
    return rows


def _review_page(
    request: HttpRequest, by: User, review: FileReview, form: FinishForm | None = None
) -> HttpResponse:  # fmt: skip
    context = {
        "review": review,
        "files": queries.files_of(by, review),
        "writes": review.supervisor_id == by.pk and not review.is_finished,
        "form": form or FinishForm(initial={"version": review.version}),
    }
    return render(request, "cases/oversight/review.html", context, status=422 if form and form.errors else 200)
