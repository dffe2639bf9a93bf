"""The records behind a figure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.access.actions.mechanism import record_event
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand
from paivand.evidence.queries.behind import records_behind
from paivand.evidence.rules.indicators import Source
from paivand.evidence.views.reading import indicator_or_404, reading


@require_GET
def records_open(request: HttpRequest, indicator_code: str) -> HttpResponse:
    """The steps that a figure counts, as far as one may see them; none of a figure that counts survivors."""
    read = reading(request)
    demand(read.by, Verb.RESULTS_OPEN)
    indicator = indicator_or_404(indicator_code)
    sealed = indicator.sensitive or indicator.source is not Source.JOURNEY
    record_event(Verb.RESULTS_OPEN, by=read.by, label=indicator.code, detail={"sealed": indicator.sensitive})
    records = None if sealed else records_behind(read.by, indicator, read.ask(), request.GET.get("after", "")[:60])
    context = read.context(indicator=indicator, sealed=indicator.sensitive, records=records)
    return render(request, "evidence/records.html", context)
