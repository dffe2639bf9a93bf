"""Files that show an entry: sent, looked at, taken away."""

from __future__ import annotations

import uuid
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.actions.mechanism import record_event
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.access.views.uploads import SANDBOX, Measured, sent_file
from paivand.core.models.files import content_of
from paivand.outreach.actions import files as actions
from paivand.outreach.forms.entries import FileForm
from paivand.outreach.models import ReachFile
from paivand.outreach.queries.entries import file_by_id, sees_lists
from paivand.outreach.views.found import entry_of, once, or_404


@csp(SANDBOX)  # type: ignore[untyped-decorator]
@require_GET
def file_open(request: HttpRequest, reach_id: uuid.UUID, reach_file_id: uuid.UUID) -> HttpResponse:
    """A file, to be shown in the page or by itself."""
    by, row = entry_of(request, reach_id)
    found = file_by_id(by, row, reach_file_id)
    if found is None:
        # The entry is seen by all who see results; a file with names only where one works. That somebody tried is kept.
        record_event(Verb.OUTREACH_RECORD, by=by, subject=row, outcome="refused", detail={"why": "file"})
    kept: ReachFile = or_404(found)
    return sent_file(content_of(kept), kept.media_type, f"{row.channel}-{row.event_on}", shown=True)


@csrf_exempt  # only until the handler of the upload is set; ``_file_add`` is protected
@require_http_methods(["GET", "POST"])
def file_add(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """Add a file to an entry; it is measured while it comes in."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _file_add(request, reach_id, measured)


@csrf_protect
def _file_add(request: HttpRequest, reach_id: uuid.UUID, measured: Measured) -> HttpResponse:
    by, row = entry_of(request, reach_id, Verb.OUTREACH_RECORD)
    given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*given, names=sees_lists(by, row), too_large=measured.too_large)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(lambda: actions.add_file(entry=row, file_id=form.form_key(), sent=form.sent(), by=by))
            messages.success(request, _("The file is kept."))
            return redirect("outreach:entry-open", reach_id=row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "outreach/file_add.html", {"entry": row, "form": form}, status=status)


@require_POST
def file_remove(request: HttpRequest, reach_id: uuid.UUID, reach_file_id: uuid.UUID) -> HttpResponse:
    """Take a file away."""
    by, row = entry_of(request, reach_id, Verb.OUTREACH_RECORD)
    kept: ReachFile = or_404(file_by_id(by, row, reach_file_id))
    once(lambda: actions.remove_file(entry=kept.entry, file=kept, by=by))
    messages.success(request, _("The file is gone."))
    return redirect("outreach:entry-open", reach_id=row.pk)
