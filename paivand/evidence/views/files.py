"""Files of a picture: the drawing as PNG and SVG, its cells as CSV."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.paper import painted
from paivand.core.rules.pictures import Drawing

KINDS = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv; charset=utf-8"}
BYTE_ORDER_MARK = "\ufeff"
"""By it spreadsheets know that a file of cells is Unicode."""


def picture_file(by: User, drawing: Drawing | None, kind: str, about: str) -> HttpResponse:
    """The file of a picture that a page shows, with its taking in the audit; 404 where the page has no such picture."""
    if drawing is None or kind not in KINDS:
        raise Http404
    if kind == "csv":
        content: str | bytes = BYTE_ORDER_MARK + drawing.table.csv()
    else:
        content = drawing.wide.file(drawing.title)
        if kind == "png":
            content = painted(content)
    record_event(Verb.RESULTS_VIEW, by=by, label=about, detail={"picture": drawing.name, "kind": kind})
    answer = HttpResponse(content, content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{about}-{drawing.name}.{kind}"'
    return answer
