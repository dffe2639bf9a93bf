"""The tables of results and reports."""

from paivand.evidence.models.figures import Edition, Entered, Explanation, ExternalFigure, GoalEntry
from paivand.evidence.models.reports import (
    Report,
    ReportEdition,
    ReportSchedule,
    ReportSection,
    SectionComment,
    SectionVersion,
)
from paivand.evidence.models.stories import Story, StorySource
from paivand.evidence.models.works import KeptPaper, ReportWork

__all__ = [
    "Edition",
    "Entered",
    "Explanation",
    "ExternalFigure",
    "GoalEntry",
    "KeptPaper",
    "Report",
    "ReportEdition",
    "ReportSchedule",
    "ReportSection",
    "ReportWork",
    "SectionComment",
    "SectionVersion",
    "Story",
    "StorySource",
]
