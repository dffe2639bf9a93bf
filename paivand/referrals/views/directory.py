"""The directory of services: its list and its entries."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking
from paivand.referrals.forms.directory import DirectoryForm
from paivand.referrals.models import DirectoryService
from paivand.referrals.queries import directory as queries
from paivand.referrals.queries import directory_reports as reports
from paivand.referrals.rules.directory import ServiceState, needs
from paivand.referrals.rules.directory_search import EVERYWHERE

MOST_COUNTED = 99


@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    """Services by words, place and kind; those of one's own districts first."""
    by = asking(request)
    form = DirectoryForm(request.GET, by=by)
    filters, own = form.filters, queries.own_districts(by)
    keeps = Verb.DIRECTORY_EDIT in by.verbs
    page = queries.directory(by, filters, after=request.GET.get("after", ""))
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "chips": form.chips,
        "needs": needs(),
        "several": filters.district == EVERYWHERE or (not filters.district and len(own) != 1),
        "everywhere": EVERYWHERE,
        "elsewhere_too": filters.district != EVERYWHERE and (bool(filters.district) or bool(own)),
        "answers": reports.unread_answers(by),
        "keeps": keeps,
        "prints": may_print(by),
        "n_reports": reports.n_waiting_reports(by, most=MOST_COUNTED) if keeps else 0,
        "n_to_verify": queries.n_to_verify(by, timezone.localdate(), most=MOST_COUNTED) if keeps else 0,
        "most": MOST_COUNTED,
    }
    return render(request, "referrals/service_list.html", context)


@require_GET
def service_open(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """One service: everything that a worker, or the person who is sent there, needs to know."""
    by = asking(request)
    service = service_of(by, service_id)
    context = {
        "service": service,
        "edits": queries.edits(by, service),
        "refers": may_refer_to(by, service),
        "history": queries.history(by, service),
        "reports": reports.reports_on(by, service),
        "mine": by.pk,
    }
    return render(request, "referrals/service.html", context)


def service_of(by: User, service_id: uuid.UUID) -> DirectoryService:
    """The service, or 404 where ``by`` may not know of it."""
    found = queries.service_seen_by(by, service_id)
    if found is None:
        raise Http404
    return found


def may_print(by: User) -> bool:
    """Whether ``by`` prints posters: who refers, or keeps the directory, and so sees every service."""
    return bool({Verb.REFERRAL_SEND, Verb.DIRECTORY_EDIT} & by.verbs)


def may_refer_to(by: User, service: DirectoryService) -> bool:
    """Whether ``by`` refers people, opens files, and the service takes anybody now."""
    return {Verb.REFERRAL_SEND, Verb.FAMILY_OPEN} <= by.verbs and service.state == ServiceState.OPEN
