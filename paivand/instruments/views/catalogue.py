"""The questionnaires themselves: what they ask, how they are computed, where they come from and on which terms."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.access.views.gate import asking
from paivand.instruments.rules.catalogue import instrument, instruments, versions
from paivand.instruments.rules.instruments import Use


@require_GET
def instrument_list(request: HttpRequest) -> HttpResponse:
    """Every questionnaire with its purpose, its licence, and how far it can be trusted. For anyone signed in."""
    asking(request)
    context = {"instruments": instruments().values(), "tests": instruments(Use.COURSE).values()}
    return render(request, "instruments/instrument_list.html", context)


@require_GET
def instrument_open(request: HttpRequest, instrument_code: str, instrument_version: str) -> HttpResponse:
    """One version: questions, options with their scores, formulas, limits, flags."""
    asking(request)
    declared = instrument(instrument_code, instrument_version)
    if declared is None:
        raise Http404
    others = sorted((one for one in versions().values() if one.code == declared.code), key=lambda one: one.since)
    context = {
        "declared": declared, "versions": others, "is_newest": instrument(declared.code) is declared,
        "n_items": len(list(declared.items())),
    }  # fmt: skip
    return render(request, "instruments/instrument.html", context)
