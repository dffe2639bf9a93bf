"""Begins the demonstration's annual report: some sections are written, the others wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import yaml

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.evidence.actions.reports import ReportDraft, begin_report, write_section
from paivand.evidence.models import Report, ReportSection
from paivand.evidence.rules.reports import LANGUAGES, ReportKind
from paivand.programme.models import Programme
from paivand.registry.rules.keys import row_key

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_report.yaml"
ROOT = UUID("019a0000-0000-7000-8000-0000004e9047")


def report_written(manager: User) -> bool:
    """Whether there is a report already."""
    with acting_as(manager):
        return Report.objects.exists()


def write_report(users: Mapping[str, User], today: date) -> None:
    """Begin the report of last year, and write the sections that are declared."""
    manager = users["manager"]
    declared = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["sections"]
    year = today.year - 1
    with acting_as(manager):
        report = begin_report(
            programme=Programme.objects.get(), report_id=row_key(ROOT, year), by=manager,
            draft=ReportDraft(ReportKind.ANNUAL, date(year, 1, 1), date(year, 12, 31), LANGUAGES),
        )  # fmt: skip
        for section in ReportSection.objects.filter(report=report, output="", key__in=list(declared)):
            text = declared[section.key].get(section.language)
            if text:
                write_section(section=section, version=section.version, text=text.strip(), by=manager)
