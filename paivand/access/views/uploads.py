"""Files that come in with a form and go out again: measured while they come, harmless when they are shown."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse

from paivand.core.rules.uploads import file_kinds, largest_bytes

SANDBOX: dict[str, Any] = {
    "default-src": ["'none'"], "img-src": ["'self'"], "style-src": ["'unsafe-inline'"], "object-src": ["'self'"],
    "frame-ancestors": ["'none'"], "sandbox": True,
}  # fmt: skip
"""What a file may do that is shown in a page of its own: nothing but be seen. For ``csp`` above the view."""


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


def sent_file(content: bytes, media_type: str, stem: str, *, shown: bool) -> HttpResponse:
    """The answer with a kept file, named ``stem`` and its ending: to be kept, or to be shown where its kind may be."""
    kind = file_kinds().get(media_type)
    inline = shown and bool(kind and kind.inline)
    # What a client calls a kind that is not kept here would be a header of its own choice.
    response = HttpResponse(content, content_type=media_type if kind else "application/octet-stream")
    name = f"{stem}.{kind.extension if kind else 'bin'}"
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response
