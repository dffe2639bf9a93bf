"""The results framework."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.core.rules.pictures_lines import spark
from paivand.evidence.queries.framework import Framework, framework
from paivand.evidence.queries.naming import said
from paivand.evidence.rules.reading import indicators
from paivand.evidence.views.reading import reading

NOTHING_NEW = 204


@require_GET
def results_list(request: HttpRequest) -> HttpResponse:
    """Outcomes, outputs and indicators with baseline, target, actual, progress and trend.

    The page asks again by itself; while no figure has changed it is answered with nothing.
    """
    read = reading(request)
    programme = request.GET.get("programme", "")[:40]
    found = framework(
        read.by, list(indicators().values()), read.filters, today=read.today, zone=read.zone, language=read.language,
        programme=programme,
    )  # fmt: skip
    mark = _mark(found)
    if request.GET.get("mark") == mark:
        return HttpResponse(status=NOTHING_NEW)
    sparks = {line.indicator.code: spark(line.months) for line in found.lines if line.months}
    told = {line.indicator.code: said(line.told) for line in found.lines}
    context = read.context(framework=found, sparks=sparks, told=told, mark=mark, kept=[("programme", programme)])
    return render(request, "evidence/results_list.html", context)


def _mark(found: Framework) -> str:
    """A short name of what the table says, the same as long as no figure changes."""
    said_now = [(line.indicator.code, line.told, line.months, len(line.external), line.goals) for line in found.lines]
    return hashlib.sha256(repr(said_now).encode()).hexdigest()[:16]
