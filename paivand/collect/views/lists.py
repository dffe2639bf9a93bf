"""Pages on lists of families: all of them, one of them, and each of its steps."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.collect.actions import lists as actions
from paivand.collect.forms.lists import ColumnsForm, UploadForm
from paivand.collect.models import ImportBatch
from paivand.collect.queries import lists as queries
from paivand.collect.rules.lists import (
    KEPT_DAYS,
    Job,
    ListState,
    RowState,
    may_be_mapped,
    may_be_refused,
    may_be_taken_in,
)
from paivand.collect.rules.problems import Level, Unreadable
from paivand.collect.rules.sheets import read_grid, shown
from paivand.collect.views.found import list_of
from paivand.core.rules.errors import Refused
from paivand.core.rules.texts import text
from paivand.core.rules.whole_numbers import read_whole

STEPS = (text("File of the list"), text("Columns"), text("Check"), text("Taken in"))
SHOWS = ("", RowState.ERROR, "note", RowState.DUPLICATE, RowState.SKIPPED, RowState.TAKEN_IN)
SAMPLES = 3
LATE = timedelta(minutes=2)


@require_GET
def list_list(request: HttpRequest) -> HttpResponse:
    """All lists within reach, the newest first."""
    by = asking(request)
    demand(by, Verb.FAMILY_IMPORT)
    return render(request, "collect/list_list.html", {"page": queries.lists(by, after=request.GET.get("after", ""))})


@require_http_methods(["GET", "POST"])
def list_upload(request: HttpRequest) -> HttpResponse:
    """Choose a file and say how consent was taken."""
    by = asking(request)
    demand(by, Verb.FAMILY_IMPORT)
    form = UploadForm(request.POST or None, request.FILES or None, by=by)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, by=by)
        if form.is_valid():
            with refuse(form):
                return _uploaded(by, form)
    return render(
        request, "collect/list_upload.html", {"form": form, "steps": STEPS}, status=422 if form.errors else 200
    )


def _uploaded(by: User, form: UploadForm) -> HttpResponse:
    clean = form.cleaned_data
    try:
        batch = actions.upload_list(
            scope=placement(by, clean["district"]), file_name=clean["file"].name, content=clean["file"].read(),
            declared=form.declared(), by=by,
        )  # fmt: skip
    except Refused as refused:
        if refused.code != "twice":
            raise
        return redirect("collect:list-open", list_id=str(refused.detail["list"]))
    return redirect("collect:list-columns", list_id=batch.pk)


@require_GET
def list_open(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """One list: how far it has come, what is wrong with it, and what to do next."""
    by = asking(request)
    batch = list_of(by, list_id)
    show = request.GET.get("show", RowState.ERROR if batch.n_errors else "")
    show = show if show in SHOWS else ""
    code = request.GET.get("code", "")
    after = request.GET.get("after", "")
    page = queries.rows(
        by, batch, show="" if code else show, code=code, after=read_whole(after) or 0
    )  # fmt: skip
    kinds = sorted(batch.summary.items(), key=lambda item: (item[1]["level"] != Level.ERROR, -item[1]["count"]))
    context = {
        "batch": batch,
        "steps": STEPS,
        "at": _step(batch),
        "page": page,
        "show": show,
        "code": code if code in batch.summary else "",
        "errors": [(key, found["count"]) for key, found in kinds if found["level"] == Level.ERROR],
        "notes": [(key, found["count"]) for key, found in kinds if found["level"] == Level.NOTE],
        "may_take_in": may_be_taken_in(batch.state, batch.job_state) and batch.n_ok,
        "may_map": may_be_mapped(batch.state, batch.job_state) and not batch.erased_at,
        "may_refuse": may_be_refused(batch.state, batch.job_state, batch.job),
        "may_repeat": batch.error.get("code") in actions.REPEATABLE and not batch.erased_at,
        "own": batch.uploaded_by_id == by.pk,
        "has_file": queries.has_file(by, batch),
        "kept_days": KEPT_DAYS,
        **_progress(batch),
    }
    return render(request, "collect/list.html", context)


def _step(batch: ImportBatch) -> int:
    """The step at which a list is, counted from 1."""
    if batch.state == ListState.MERGED:
        return 5
    if batch.job == Job.TAKE_IN:
        return 4
    return 3 if batch.job else 2


def _progress(batch: ImportBatch) -> dict[str, Any]:
    """How far the work has come. Nobody seems to work when a lease ended a while ago."""
    late = batch.is_busy and batch.lease_until and timezone.now() - batch.lease_until > LATE
    whole = batch.n_ok if batch.job == Job.TAKE_IN else batch.n_rows
    return {"late": bool(late), "done": batch.n_done if whole else None, "whole": whole}


@require_GET
def list_progress(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """How far the work has come, for a page that asks again and again; when it is done, the page loads anew."""
    by = asking(request)
    batch = list_of(by, list_id)
    if not request.headers.get("HX-Request"):
        return redirect("collect:list-open", list_id=batch.pk)
    if not batch.is_busy:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "collect/parts/progress.html", {"batch": batch, **_progress(batch)})


@require_http_methods(["GET", "POST"])
def list_columns(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Say what the columns mean; most are known by their headings."""
    by = asking(request)
    batch = list_of(by, list_id)
    if not may_be_mapped(batch.state, batch.job_state) or batch.erased_at:
        return redirect("collect:list-open", list_id=batch.pk)
    form = ColumnsForm(request.POST or None, batch=batch)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.check_list(batch=batch, mapping=form.mapping(), by=by)
            return redirect("collect:list-open", list_id=batch.pk)
    samples, first_rows = _samples(by, batch)
    context = {
        "batch": batch,
        "form": form,
        "steps": STEPS,
        "columns": [(field, batch.headers[index], samples[index]) for index, field in enumerate(form) if batch.headers],
        "first_rows": first_rows,
    }
    return render(request, "collect/list_columns.html", context, status=422 if form.errors else 200)


def _samples(by: User, batch: ImportBatch) -> tuple[list[list[str]], list[tuple[int, str]]]:
    """For each column what stands in its first rows; and the first rows themselves, to find the headings among."""
    content = queries.content(by, batch)
    if content is None:
        return [[] for _heading in batch.headers], []
    try:
        grid = read_grid(batch.kind, content, batch.sheet)
    except Unreadable:
        return [[] for _heading in batch.headers], []
    first = [
        (grid.numbers[place], " · ".join(shown(cell) for cell in row if shown(cell))[:90])
        for place, row in enumerate(grid.rows[:25])
    ]
    start = grid.numbers.index(batch.header_row) + 1 if batch.header_row in grid.numbers else 0
    samples = []
    for index in range(len(batch.headers)):
        cells = (shown(row[index]) for row in grid.rows[start : start + 200] if index < len(row))
        samples.append(list(dict.fromkeys(cell[:40] for cell in cells if cell))[:SAMPLES])
    return samples, [row for row in first if row[1]]


@require_POST
def list_sheet(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Read another sheet, or take another row for the headings."""
    by = asking(request)
    batch = list_of(by, list_id)
    row = request.POST.get("header_row", "")
    sheet = request.POST.get("sheet", batch.sheet)
    try:
        actions.choose_sheet(
            batch=batch, sheet=sheet,
            header_row=read_whole(row) if len(row) < 7 and sheet == batch.sheet else None, by=by,
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("collect:list-columns", list_id=batch.pk)


@require_POST
def list_take_in(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Have the families that are ready taken in."""
    by = asking(request)
    batch = list_of(by, list_id)
    try:
        actions.take_in(batch=batch, by=by)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("collect:list-open", list_id=batch.pk)


@require_POST
def list_refuse(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Set the list aside, with a reason."""
    by = asking(request)
    batch = list_of(by, list_id)
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    try:
        if not reason:
            raise Refused(_("Write why the list is set aside."), "reason")
        actions.refuse_list(batch=batch, reason=reason, by=by)
        messages.success(request, _("The list is set aside. Nothing of it was taken in."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("collect:list-open", list_id=batch.pk)


@require_POST
def list_again(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Begin work anew that broke."""
    by = asking(request)
    batch = list_of(by, list_id)
    try:
        actions.try_again(batch=batch, by=by)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("collect:list-open", list_id=batch.pk)
