"""A supervisor's board, and the list of what is due."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.cases.queries.board import board, board_districts
from paivand.cases.queries.desk import due_lines, to_decide
from paivand.cases.queries.workers import worker_seen_by
from paivand.cases.rules.caseload import caseload_rules
from paivand.cases.rules.desk import NOTHING_DUE, WHEN_NAMES, When


@require_GET
def board_page(request: HttpRequest) -> HttpResponse:
    """The team at a glance: who needs the supervisor most stands first."""
    by = asking(request)
    demand(by, Verb.CASE_ASSIGN)
    districts = board_districts(by)
    asked = request.GET.get("district", "")
    district = asked if asked in {place.pk for place in districts} else ""
    context = {
        "board": board(by, district=district),
        "districts": districts if len(districts) > 1 else [],
        "district": district,
        "decisions": to_decide(by),
        "rules": caseload_rules(),
        "today": timezone.localdate(),
    }
    return render(request, "cases/oversight/board.html", context)


@require_GET
def due_list(request: HttpRequest) -> HttpResponse:
    """What is due, part by part: one's own, or for a supervisor that of one of her workers."""
    by = asking(request)
    demand(by, Verb.CASE_WORK)
    asked = request.GET.get("when", "")
    when = When(asked) if asked in set(When) else When.OVERDUE
    owner = _owner(by, request.GET.get("worker", ""))
    context = {
        "page": due_lines(by, when, after=request.GET.get("after", ""), owner=owner),
        "when": when,
        "parts": WHEN_NAMES.items(),
        "nothing": NOTHING_DUE[when],
        "owner": owner,
        "now": timezone.now(),
    }
    return render(request, "cases/oversight/due_list.html", context)


def _owner(by: User, asked: str) -> User | None:
    """Whose list: one's own unless a colleague is named; only what one may read of hers is shown."""
    if not asked or asked == str(by.pk):
        return None
    demand(by, Verb.CASE_APPROVE)
    try:
        found = worker_seen_by(by, uuid.UUID(asked))
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found
