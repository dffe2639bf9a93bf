"""The page on which results are taken out: choose, see what the file will hold, take it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.evidence.actions.exports import export_results
from paivand.evidence.forms.exports import ExportForm
from paivand.evidence.queries.outward import made
from paivand.evidence.rules.outward.iati_checks import Severity, errors
from paivand.evidence.rules.outward.wanted import ABOUT, Made
from paivand.programme.queries.programmes import programmes


@require_http_methods(["GET", "POST"])
def results_export(request: HttpRequest) -> HttpResponseBase:
    """Without a question: the form. With one in the address: what the file would hold. Posted: the file itself."""
    by = asking(request)
    demand(by, Verb.RESULTS_EXPORT)
    asked = request.POST if request.method == "POST" else request.GET
    begun = asked if request.method == "POST" or "format" in asked else None
    form = ExportForm(begun, programmes=programmes(by), language=(get_language() or "en")[:2])
    if not form.is_valid():
        return _page(request, form, None, status=422 if form.is_bound else 200)
    found = None
    with refuse(form):
        found = made(by, form.wanted)
        if request.method == "POST":
            return _file(form, found, by)
    return _page(request, form, found, status=422 if form.errors else 200)


def _file(form: ExportForm, found: Made, by: User) -> HttpResponse:
    export_results(wanted=form.wanted, made=found, by=by)
    answer = HttpResponse(found.content, content_type=found.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest, form: ExportForm, found: Made | None, *, status: int) -> HttpResponse:
    told = found.findings if found else ()
    context = {
        "form": form,
        "formats": [(str(one), _(about.name), _(about.note)) for one, about in ABOUT.items()],
        "chosen": str(form["format"].value() or ""),
        "made": found,
        "broken": [(one.where, one.rule, one.said(_)) for one in errors(told)],
        "warned": [(one.where, one.rule, one.said(_)) for one in told if one.severity is Severity.WARNING],
        "left_out": [(one.what, _(one.why)) for one in found.left_out] if found else [],
        "repeated": form.repeated() if found else [],
    }
    return render(request, "evidence/results_export.html", context, status=status)
