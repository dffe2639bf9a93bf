"""The list of the room, by code, and the search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from paivand.access.models import User
from paivand.protection.forms.survivors import SearchForm
from paivand.protection.queries.referrals import desk
from paivand.protection.queries.survivors import survivors, survivors_found
from paivand.protection.rules.states import FileState
from paivand.protection.views.door import sealed

SHORTEST = 3


@require_GET
@sealed()
def room_open(request: HttpRequest, by: User) -> HttpResponse:
    """Files by code: those at work, those due, or the closed ones."""
    shown = request.GET.get("show", "")
    page = survivors(
        by, state=FileState.CLOSED if shown == "closed" else "", due=shown == "due",
        after=request.GET.get("after", ""),
    )  # fmt: skip
    context = {"page": page, "shown": shown, "search": SearchForm(), "desk": desk(by)}
    return render(request, "protection/room.html", context)


@require_POST
@sealed()
def survivor_search(request: HttpRequest, by: User) -> HttpResponse:
    """Find a file by its code, or by two parts of a name. What was sought stands in no address."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["sought"].strip() if form.is_valid() else ""
    found = survivors_found(by, text) if len(text) >= SHORTEST else []
    if len(found) == 1:
        return redirect("protection:survivor-open", survivor_id=found[0].pk)
    return render(request, "protection/found.html", {"search": form, "found": found, "text": text})
