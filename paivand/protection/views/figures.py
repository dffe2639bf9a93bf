"""What leaves the room without a name: figures, the incident table, and what survivors think of our work."""

from __future__ import annotations

import tempfile
from datetime import date
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.rules.whole_numbers import read_whole
from paivand.protection.actions.exports import export_incidents, look_at_figures
from paivand.protection.actions.feedback import give_feedback
from paivand.protection.forms.help import ExportForm, FeedbackForm
from paivand.protection.queries.figures import feedback, years_with_figures
from paivand.protection.queries.registry import districts_of
from paivand.protection.rules.feedback import ANSWER_NAMES
from paivand.protection.rules.parameters import smallest_figure
from paivand.protection.views.door import sealed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@sealed(Verb.SURVIVOR_REPORT)
def figure_list(request: HttpRequest, by: User) -> HttpResponse:
    """Incidents that were told to us, in figures."""
    years = years_with_figures()
    asked = read_whole(request.GET.get("year", ""))
    year = asked if asked in years else years[0]
    context = {
        "year": year, "years": years, "edition": look_at_figures(year=year, by=by), "least": smallest_figure(),
    }  # fmt: skip
    return render(request, "protection/figures.html", context)


@require_http_methods(["GET", "POST"])
@sealed(Verb.SURVIVOR_REPORT)
def incident_export(request: HttpRequest, by: User) -> HttpResponseBase:
    """Give the reason, receive the incident table."""
    today = timezone.localdate()
    initial = {"since": date(today.year, 1, 1), "until": today}
    form = ExportForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            return _file(by, form)
    status = 422 if request.method == "POST" else 200
    return render(request, "protection/export.html", {"form": form}, status=status)


def _file(by: User, form: ExportForm) -> FileResponse:
    clean = form.cleaned_data
    into: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it once it is sent
    try:
        export_incidents(since=clean["since"], until=clean["until"], reason=clean["reason"], into=into, by=by)
    except Exception:
        into.close()
        raise
    # The name of the file lies about on desks and in lists of downloads: it tells nothing.
    return FileResponse(
        into, as_attachment=True, filename=f"table-{timezone.localdate():%Y-%m-%d}.xlsx", content_type=XLSX
    )


@require_http_methods(["GET", "POST"])
@sealed(handed_over=True)
def feedback_give(request: HttpRequest, by: User) -> HttpResponse:
    """The questions about our work, on a device that is handed over. Nothing says whose the answers are."""
    districts = districts_of(by, Verb.SURVIVOR_WORK)
    form = FeedbackForm(request.POST or None, districts=districts)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            place = Scope.of(placement(by, form.cleaned_data["district"]))
            give_feedback(scope=place, feedback_id=form.cleaned_data["form_id"], answers=form.answers(), by=by)
            return render(request, "protection/thanks.html")
    status = 422 if form.errors else 200
    return render(request, "protection/feedback_form.html", {"form": form}, status=status)


@require_GET
@sealed(Verb.SURVIVOR_REPORT)
def feedback_list(request: HttpRequest, by: User) -> HttpResponse:
    """What survivors think of our work, in sums."""
    context = {"quarters": feedback(by), "answers": ANSWER_NAMES}
    return render(request, "protection/feedback.html", context)
