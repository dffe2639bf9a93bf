"""The page on closed loops: how many referrals came back with an answer."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.core.rules.whole_numbers import read_whole
from paivand.referrals.queries.loop import loop_closed, together
from paivand.referrals.rules.clock import fewest_for_a_share

PERIODS = (30, 90, 365)
"""Days that one can look back."""


@require_GET
def loop_list(request: HttpRequest) -> HttpResponse:
    """Per provider and district: sent, answered, helped, waiting, silent."""
    by = asking(request)
    demand(by, Verb.CASE_APPROVE)
    asked = read_whole(request.GET.get("days", ""))
    days = asked if asked in PERIODS else PERIODS[1]
    since = timezone.now() - timedelta(days=days)
    rows = loop_closed(by, since)
    context = {
        "rows": rows, "all": together(rows), "days": days, "periods": PERIODS, "since": since,
        "fewest": fewest_for_a_share(),
    }  # fmt: skip
    return render(request, "referrals/loop_list.html", context)
