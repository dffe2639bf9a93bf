"""The page on which families that may be registered already are compared with the registry."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.views.gate import asking
from paivand.collect.actions import lists as actions
from paivand.collect.models import ImportBatch
from paivand.collect.queries import lists as queries
from paivand.collect.views.found import list_of
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole


@require_http_methods(["GET", "POST"])
def list_review(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Side by side: the family of the list and the registered ones that it may be."""
    by = asking(request)
    batch = list_of(by, list_id)
    if request.method == "POST":
        _answer(request, batch, by)
        return redirect(reverse("collect:list-review", kwargs={"list_id": batch.pk}))
    pairs = queries.pairs_to_answer(by, batch)
    if not pairs:
        return redirect("collect:list-open", list_id=batch.pk)
    return render(request, "collect/list_review.html", {"batch": batch, "pairs": pairs})


def _answer(request: HttpRequest, batch: ImportBatch, by: User) -> None:
    same = request.POST.get("answer") == "same"
    number = request.POST.get("row", "")
    try:
        if number == "all":
            actions.answer_all(batch=batch, same=same, by=by)
            messages.success(request, _("Answered for all."))
            return
        at = read_whole(number)
        row = None if at is None else queries.row_seen_by(by, batch, at)
        if row is None or row.family_key is None or request.POST.get("answer") not in {"same", "other"}:
            messages.error(request, _("Choose an answer for a family of the list."))
            return
        actions.answer_row(batch=batch, row=row, same=same, by=by)
    except Refused as refused:
        messages.error(request, refused.message)
