"""From a service to the family that is referred there: the other way into a referral."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.referrals.views.directory import may_refer_to, service_of
from paivand.registry.queries.families import SHORTEST, recently_opened, sees_names
from paivand.registry.queries.search import LIMIT, search


@require_GET
def service_refer(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """Which family is referred to this service: found by name or code, or one that was opened lately."""
    by = asking(request)
    demand(by, Verb.REFERRAL_SEND)
    demand(by, Verb.FAMILY_OPEN)
    service = service_of(by, service_id)
    if not may_refer_to(by, service):
        raise Http404
    text = request.GET.get("q", "").strip()
    long_enough = len(text) >= SHORTEST
    context = {
        "service": service,
        "text": text,
        "too_short": bool(text) and not long_enough,
        "found": search(by, text) if long_enough else [],
        "lately": [] if long_enough else recently_opened(by),
        "limit": LIMIT,
        "names": sees_names(by),
    }
    return render(request, "referrals/service_refer.html", context)
