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

__all__ = [
    "Edition",
    "Entered",
    "Explanation",
    "ExternalFigure",
    "GoalEntry",
    "Report",
    "ReportEdition",
    "ReportSchedule",
    "ReportSection",
    "SectionComment",
    "SectionVersion",
    "Story",
    "StorySource",
]
