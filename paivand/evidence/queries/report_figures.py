"""The figures of a report, asked once and protected as everywhere: of its period, and from the beginning on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from paivand.access.models import User
from paivand.evidence.models import Report
from paivand.evidence.queries.report_contents import content_of, indicators_of
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.asking import Ask, Period
from paivand.evidence.rules.frozen import freeze
from paivand.evidence.rules.report_content import ReportContent
from paivand.evidence.rules.reports import ReportKind
from paivand.programme.models import Programme


def figures_of(by: User, report: Report) -> dict[str, Any]:
    """Every indicator of the report's programme with what is known now, protected as for what leaves the program."""
    asked = indicators_of(report.programme)
    period = shown(by, asked, Ask(Period(report.first_on, report.last_on)), leaving=True)
    total = shown(by, asked, Ask(Period(report.programme.first_on, report.last_on)), leaving=True)
    return {one.code: freeze(period[one.code], total[one.code]) for one in asked}


def summary_content(by: User, programme: Programme, language: str, now: datetime) -> ReportContent:
    """The results of a programme until now as a paper of their own: figures and money without narrative."""
    today = timezone.localdate(now)
    asked = Report(programme=programme, kind=ReportKind.ANNUAL, first_on=programme.first_on, last_on=today)
    asked.figures, asked.figures_at = figures_of(by, asked), now
    whole = content_of(by, asked, language, today)
    with override(language):
        return replace(whole, kind=_("Results until now"), sections=(), stories=(), draft="")
