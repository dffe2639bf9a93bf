"""Photographs of a group: the file within a page, another one of a session, and one taken away."""

from __future__ import annotations

import uuid
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.access.views.uploads import SANDBOX, Measured, sent_file
from paivand.core.models.files import content_of
from paivand.learning.actions import photos as actions
from paivand.learning.forms.photos import PhotoForm
from paivand.learning.models import FieldPhoto
from paivand.learning.queries import photos as queries
from paivand.learning.queries.groups import session_by_number
from paivand.learning.views.found import InGroup, once, or_404


@csp(SANDBOX)  # type: ignore[untyped-decorator]
@require_GET
def photo_file(request: HttpRequest, school_code: str, photo_id: uuid.UUID) -> HttpResponse:
    """The file of a photograph, to be shown within the page."""
    asked = InGroup.of(request, school_code)
    row: FieldPhoto = or_404(queries.photo(asked.by, asked.group, photo_id))
    return sent_file(content_of(row), row.media_type, f"{asked.group.code}-{row.taken_on}", shown=True)


@require_POST
def photo_remove(request: HttpRequest, school_code: str, photo_id: uuid.UUID) -> HttpResponse:
    """Take a photograph away."""
    asked = InGroup.of(request, school_code, Verb.LEARNING_TEACH)
    row: FieldPhoto = or_404(queries.photo(asked.by, asked.group, photo_id))
    once(lambda: actions.remove_photo(group=asked.group, photo=row, by=asked.by))
    messages.success(request, _("The photograph is gone."))
    if row.session:
        return asked.back("session-open", session_n=row.session.n)
    return redirect(reverse("learning:school-open", args=[asked.group.code]))


@csrf_exempt  # only until the handler of the upload is set; ``_session_photo`` is protected
@require_http_methods(["GET", "POST"])
def session_photo(request: HttpRequest, group_code: str, session_n: int) -> HttpResponse:
    """Add a photograph of a session; it is measured while it comes in."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _session_photo(request, group_code, session_n, measured)


@csrf_protect
def _session_photo(request: HttpRequest, group_code: str, session_n: int, measured: Measured) -> HttpResponse:
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    session = or_404(session_by_number(asked.by, asked.group, session_n))
    given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PhotoForm(*given, too_large=measured.too_large)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["photo"].read()
        with refuse(form):
            once(lambda: actions.add_session_photo(
                group=asked.group, session=session, photo_id=form.form_key(), content=content, by=asked.by,
                caption=form.cleaned_data["caption"],
            ))  # fmt: skip
            messages.success(request, _("The photograph is kept."))
            return asked.back("session-open", session_n=session.n)
    return asked.page(request, "session_photo", form, session=session)
