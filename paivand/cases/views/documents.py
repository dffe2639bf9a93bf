"""Documents of a case: added from a telephone's camera or a file, opened behind access control, taken away."""

from __future__ import annotations

import uuid
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.access.views.uploads import SANDBOX, Measured, sent_file
from paivand.cases.actions import documents as actions
from paivand.cases.forms.documents import FAMILY, DocumentForm, RemovalForm
from paivand.cases.models import CaseDocument
from paivand.cases.queries import records as queries
from paivand.cases.queries.legal import matters_of
from paivand.cases.views.found import Asked, once, or_404
from paivand.core.models.files import content_of
from paivand.core.rules.errors import Refused


@csrf_exempt  # only until the handler of the upload is set; ``_document_add`` is protected
@require_http_methods(["GET", "POST"])
def document_add(request: HttpRequest, case_code: str) -> HttpResponse:
    """Add a file to a case; it is measured while it comes in."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _document_add(request, case_code, measured)


@csrf_protect
def _document_add(request: HttpRequest, case_code: str, measured: Measured) -> HttpResponse:
    asked = Asked.of(request, case_code)
    given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    matters = [(str(row.pk), row.kind_name) for row in matters_of(asked.by, asked.case) if row.is_open]
    initial = {"person": request.GET.get("person") or FAMILY, "matter": request.GET.get("matter", "")}
    form = DocumentForm(*given, people=asked.choices, matters=matters, too_large=measured.too_large, initial=initial)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        with refuse(form):
            once(
                lambda: actions.keep_document(
                    case=asked.case, document_id=form.form_key(), draft=form.draft(), content=content, by=asked.by
                )
            )
            messages.success(request, _("The document is kept."))
            return asked.back("documents")
    return asked.page(request, "document_form", form, matters=matters)


@require_GET
def document_list(request: HttpRequest, case_code: str) -> HttpResponse:
    """The documents of a case, those that were taken away among them."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    return asked.page(request, "document_list", documents=_named(asked, queries.documents_of(asked.by, asked.case)))


@csp(SANDBOX)  # type: ignore[untyped-decorator]
@require_GET
def document_file(request: HttpRequest, case_code: str, paper_id: uuid.UUID) -> HttpResponse:
    """The file of a document: handed out to be kept, or with ``?show=1`` shown in a page that can do nothing."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    document = _document(asked, paper_id)
    try:
        actions.open_document(document=document, by=asked.by)
    except Refused:
        raise Http404 from None
    stem = f"{asked.case.code}-{document.kind}"
    return sent_file(content_of(document), document.media_type, stem, shown=bool(request.GET.get("show")))


@require_http_methods(["GET", "POST"])
def document_remove(request: HttpRequest, case_code: str, paper_id: uuid.UUID) -> HttpResponse:
    """Take a document away."""
    asked = Asked.of(request, case_code)
    document = _document(asked, paper_id)
    form = RemovalForm(request.POST or None, initial={"version": document.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.remove_document(
                document=document, version=form.typed_version(), why=form.cleaned_data["why"], by=asked.by
            )
            messages.success(request, _("The document is taken away. That it was here, and why it went, stays."))
            return asked.back("documents")
    [(_row, name)] = _named(asked, [document])
    return asked.page(request, "document_remove", form, document=document, whose=name)


def _named(asked: Asked, documents: list[CaseDocument]) -> list[tuple[CaseDocument, str]]:
    """Documents, each with whose it is; empty for the family."""
    names = queries.names_of(asked.by, [row.person_id for row in documents if row.person_id])
    return [(row, names.get(row.person_id, "") if row.person_id else "") for row in documents]


def _document(asked: Asked, paper_id: uuid.UUID) -> CaseDocument:
    document: CaseDocument = or_404(queries.document_by_id(asked.by, asked.case, paper_id))
    return document
