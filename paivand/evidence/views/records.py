"""The records behind a figure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.access.actions.mechanism import record_event
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand
from paivand.evidence.queries.codes import with_codes
from paivand.evidence.queries.records import records
from paivand.evidence.rules.filters import place_after
from paivand.evidence.views.reading import indicator_or_404, reading


@require_GET
def records_open(request: HttpRequest, indicator_code: str) -> HttpResponse:
    """The steps that a figure counts, as far as one may see them; none of a figure that counts survivors."""
    read = reading(request)
    demand(read.by, Verb.RESULTS_OPEN)
    indicator = indicator_or_404(indicator_code)
    record_event(Verb.RESULTS_OPEN, by=read.by, label=indicator.code, detail={"sealed": indicator.sensitive})
    if indicator.sensitive:
        return render(request, "evidence/records.html", read.context(indicator=indicator))
    found = records(read.by, indicator, read.ask(), place_after(request.GET.get("after", "")))
    following = f"{found.next[0].isoformat()}~{found.next[1]}" if found.next else ""
    context = read.context(
        indicator=indicator, records=found, rows=with_codes(read.by, found.rows),
        page={"more": bool(following), "after": following},
    )  # fmt: skip
    return render(request, "evidence/records.html", context)
