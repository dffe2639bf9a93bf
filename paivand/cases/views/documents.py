"""Documents of a case: added from a telephone's camera or a file, opened behind access control, taken away."""

from __future__ import annotations

import io
import uuid
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.cases.actions import documents as actions
from paivand.cases.forms.documents import FAMILY, DocumentForm, RemovalForm
from paivand.cases.models import CaseDocument
from paivand.cases.queries import records as queries
from paivand.cases.queries.files import content_of
from paivand.cases.queries.legal import matters_of
from paivand.cases.rules.uploads import file_kinds, largest_bytes
from paivand.cases.views.found import Asked, once, or_404
from paivand.core.rules.errors import Refused

_SANDBOX: dict[str, Any] = {
    "default-src": ["'none'"], "img-src": ["'self'"], "style-src": ["'unsafe-inline'"], "object-src": ["'self'"],
    "frame-ancestors": ["'none'"], "sandbox": True,
}  # fmt: skip
"""What a file may do that is shown in a page of its own: nothing but be seen."""


class Measured(FileUploadHandler):
    """Takes a file into memory until it is too large, then lets the rest go by unread; none of it touches the disk."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.too_large = False
        self._kept = io.BytesIO()
        self._limit = largest_bytes()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file anew."""
        super().new_file(*args, **kwargs)
        self._kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece, or stop where the limit is passed."""
        if start + len(raw_data) > self._limit:
            self.too_large = True
            self._kept = io.BytesIO()
            raise SkipFile
        self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The whole file."""
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept, field_name=self.field_name, name=str(self.file_name or "file"),
            content_type=self.content_type, size=file_size, charset=self.charset,
        )  # fmt: skip


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


@csp(_SANDBOX)  # type: ignore[untyped-decorator]
@require_GET
def document_file(request: HttpRequest, case_code: str, paper_id: uuid.UUID) -> HttpResponse:
    """The file of a document: handed out to be kept, or with ``?show=1`` shown in a page that can do nothing."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    document = _document(asked, paper_id)
    try:
        actions.open_document(document=document, by=asked.by)
    except Refused:
        raise Http404 from None
    kind = file_kinds().get(document.media_type)
    shown = bool(kind and kind.inline and request.GET.get("show"))
    response = HttpResponse(content_of(document), content_type=document.media_type)
    name = f"{asked.case.code}-{document.kind}.{kind.extension if kind else 'bin'}"
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response


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
