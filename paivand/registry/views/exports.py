"""The page on which a list of families is taken out as a file."""

from __future__ import annotations

import tempfile
from typing import IO
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.access.views.words import DATA_CLASS_NAMES
from paivand.core.rules.privacy import DataClass
from paivand.registry.actions.exports import export_families
from paivand.registry.forms.exports import ExportForm
from paivand.registry.forms.lists import FilterForm
from paivand.registry.queries.exports import classes_to_export
from paivand.registry.queries.lists import n_fitting
from paivand.registry.rules.exports import FileKind, Per

COUNTED = 1000
KINDS = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
}


@require_http_methods(["GET", "POST"])
def family_export(request: HttpRequest) -> HttpResponseBase:
    """Choose columns, give the reason, receive the file. The filters of the list come in the query."""
    by = asking(request)
    demand(by, Verb.FAMILY_EXPORT)
    sees = classes_to_export(by)
    classes = {one: name for one, name in DATA_CLASS_NAMES.items() if one in sees}
    asked = FilterForm(request.GET, by=by)
    form = ExportForm(request.POST or None, classes=classes)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            return _file(by, asked, form)
    return _page(request, by, asked, form, status=422 if request.method == "POST" else 200)


def _file(by: User, asked: FilterForm, form: ExportForm) -> FileResponse:
    clean = form.cleaned_data
    kind = FileKind(clean["kind"])
    into: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it once it is sent
    try:
        export_families(
            filters=asked.filters, said=[(chip.label, chip.value) for chip in asked.chips], chosen=clean["columns"],
            per=Per(clean["per"]), kind=kind, reason=clean["reason"], into=into, by=by,
        )  # fmt: skip
    except Exception:
        into.close()
        raise
    name = f"families-{timezone.localdate():%Y-%m-%d}.{kind}"
    answer = FileResponse(into, as_attachment=True, filename=name, content_type=KINDS[kind])
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest, by: User, asked: FilterForm, form: ExportForm, *, status: int) -> HttpResponse:
    n_families = n_fitting(by, asked.filters, Verb.FAMILY_EXPORT, most=COUNTED)
    context = {
        "form": form,
        "chips": asked.chips,
        "query": urlencode(asked.filters.kept()),
        "n_families": min(n_families, COUNTED),
        "more": n_families > COUNTED,
        "without_names": DataClass.IDENTITY not in form.classes,
        "closed_asked": not asked.filters.is_open_only,
    }
    return render(request, "registry/family_export.html", context, status=status)
