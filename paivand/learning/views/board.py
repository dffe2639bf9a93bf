"""The coordinator's board of groups."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.learning.queries import board as queries
from paivand.learning.rules.board import Figures, Filters


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Groups by state, course, district and agency, with places, drop-out and completion; no learner is named."""
    by = asking(request)
    demand(by, Verb.LEARNING_VIEW)
    names = ("state", "course", "district", "agency")
    filters = Filters(**{name: request.GET.get(name, "")[:60] for name in names})
    page = queries.board_page(by, filters, after=request.GET.get("after", ""))
    context = {
        "filters": filters,
        "choices": queries.choices(by),
        "kinds": queries.by_kind(by, filters),
        "page": page,
        "rows": [(group, _figures(group)) for group in page.rows],
    }
    return render(request, "learning/board.html", context)


def _figures(group: object) -> Figures:
    """The counters of one group."""
    columns = ("capacity", "n_asking", "n_enrolled", "n_completed", "n_failed", "n_left")
    return Figures(*(getattr(group, column) for column in columns))
