"""A report on paper: as PDF and as DOCX, from its content alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from paivand.access.models import User
from paivand.core.paper import pictured, typeset
from paivand.evidence.models import Report
from paivand.evidence.queries.report_contents import content_of, locked_content
from paivand.evidence.queries.reports import edition_of
from paivand.evidence.rules.report_content import ReportContent, for_typesetter
from paivand.evidence.rules.report_docx import Pictures, docx


def report_pdf(content: ReportContent, photos: Mapping[str, bytes]) -> bytes:
    """The report as PDF; ``photos`` by the keys of stories."""
    return typeset("report", for_typesetter(content, photos), content.language)


def report_docx(content: ReportContent, photos: Mapping[str, bytes], made_at: datetime) -> bytes:
    """The report as a text document; its pictures are drawn as in the PDF."""
    bars = {}
    for group in content.results:
        rows = [asdict(row) for row in group.rows if row.percent is not None]
        if rows:
            bars[group.title] = pictured("report_picture", {"kind": "bars", "rows": rows}, content.language)
    series = [
        pictured("report_picture", {"kind": "months", "columns": [asdict(c) for c in one.columns]}, content.language)
        for one in content.series
    ]
    return docx(content, Pictures(bars, series, dict(photos)), made_at)


def printed(by: User, report: Report, language: str, today: date) -> tuple[ReportContent, int]:
    """What is printed of a report now, and the number of its edition: what was locked, or with 0 the draft."""
    edition = edition_of(by, report, language)
    if edition is None:
        return content_of(by, report, language, today), 0
    return locked_content(by, edition, today), edition.n
