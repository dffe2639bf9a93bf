"""The workplan: the picture, the table below it, and both as files."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paivand.core.paper import painted
from paivand.core.rules.spreadsheets import harmless
from paivand.programme.queries.programmes import plan_tree
from paivand.programme.rules.plan import ACTIVITY_STATE_NAMES, PlanTree
from paivand.programme.rules.workplan import Picture, workplan_picture
from paivand.programme.views.found import Asked


@require_GET
def workplan(request: HttpRequest, programme_code: str) -> HttpResponse:
    """The workplan of a programme."""
    asked = Asked.of(request, programme_code)
    tree = plan_tree(asked.by, asked.programme)
    picture = _picture(asked, tree)
    late = [row for row in tree.activities if row.is_late(timezone.localdate())]
    bars = {line.code: line for line in picture.lines} if picture else {}
    rows = [(row, bars[row.code]) for row in tree.activities]
    return asked.page(
        request, "workplan", here="workplan", picture=picture, rows=rows, late=late, today=timezone.localdate()
    )


@require_GET
def workplan_svg(request: HttpRequest, programme_code: str) -> HttpResponse:
    """The picture as a file."""
    asked = Asked.of(request, programme_code)
    return _file(asked, _drawn(asked), "image/svg+xml", "svg")


@require_GET
def workplan_png(request: HttpRequest, programme_code: str) -> HttpResponse:
    """The picture as dots, for texts and slides."""
    asked = Asked.of(request, programme_code)
    return _file(asked, painted(_drawn(asked)), "image/png", "png")


def _drawn(asked: Asked) -> str:
    """The drawing with its styles; 404 where there is nothing to draw."""
    picture = _picture(asked, plan_tree(asked.by, asked.programme))
    if picture is None:
        raise Http404
    context = {"picture": picture, "programme": asked.programme, "alone": True}
    return render_to_string("programme/parts/workplan_picture.html", context).strip()


@require_GET
def workplan_csv(request: HttpRequest, programme_code: str) -> HttpResponse:
    """The table as a file."""
    asked = Asked.of(request, programme_code)
    language = get_language() or "en"
    rows: list[list[Any]] = [
        [
            _("Code"), _("Activity"), _("Who answers for it"), _("State"), _("Planned first day"),
            _("Planned last day"), _("Began on"), _("Finished on"), _("Progress in per cent"), _("Milestones"),
        ]
    ]  # fmt: skip
    for row in plan_tree(asked.by, asked.programme).activities:
        milestones = "; ".join(f"{one.title(language)} {one.reached_on or one.due_on}" for one in row.milestones)
        rows.append(
            [
                row.code, row.title(language), row.agency, _(ACTIVITY_STATE_NAMES[row.state]), row.starts_on,
                row.ends_on, row.started_on or "", row.finished_on or "", row.percent, milestones,
            ]
        )  # fmt: skip
    return _file(asked, table_text(rows), "text/csv; charset=utf-8", "csv")


def table_text(rows: list[list[Any]]) -> str:
    """Rows as a plain table; a cell that a spreadsheet would take for a formula is marked as text."""
    written = io.StringIO()
    csv.writer(written).writerows([[harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return "\ufeff" + written.getvalue()


def _picture(asked: Asked, tree: PlanTree) -> Picture | None:
    programme = asked.programme
    return workplan_picture(
        tree, min(programme.starts_on, programme.first_on), programme.ends_on, timezone.localdate(),
        get_language() or "en", mirrored=get_language_bidi(),
    )  # fmt: skip


def _file(asked: Asked, content: str | bytes, kind: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    name = f"workplan-{asked.programme.code.lower()}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
