"""What views of a survivor's file begin and end with."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.views.gate import conflict, refuse
from paivand.core.rules.errors import Refused
from paivand.protection.models import Survivor
from paivand.protection.queries.survivors import survivor_seen_by


def asked_file(by: User, survivor_id: uuid.UUID) -> Survivor:
    """The file of the address; 404 where there is none within reach."""
    found = survivor_seen_by(by, survivor_id)
    if found is None:
        raise Http404
    return found


def once(save: Callable[[], object]) -> None:
    """Save; a second sending of the same form changes nothing and is no error."""
    try:
        save()
    except Refused as refused:
        if refused.code != "twice":
            raise


def back_to(survivor: Survivor) -> HttpResponse:
    """The way back to the file."""
    return redirect("protection:survivor-open", survivor_id=survivor.pk)


def form_page(
    request: HttpRequest, survivor: Survivor | None, form: Any, save: Callable[[], object], *, heading: str,
    lead: str = "", button: str = "", template: str = "protection/form.html", present: dict[str, Any] | None = None,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """Show a form of a file, or save it and lead back to the file; what was refused stands in the form.

    Args:
        present: the values that stand now, for the comparison when two people edit at once.
    """
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(save)
            messages.success(request, _("Saved."))
            return back_to(survivor) if survivor else redirect("protection:room-open")
    context = {
        "form": form, "survivor": survivor, "heading": heading, "lead": lead, "button": button or _("Save"),
        "present": conflict(form, present) if present is not None else [], **more,
    }  # fmt: skip
    return render(request, template, context, status=422 if form.errors else 200)
