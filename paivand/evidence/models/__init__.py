"""The tables of results and reports."""

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
    "Report",
    "ReportEdition",
    "ReportSchedule",
    "ReportSection",
    "SectionComment",
    "SectionVersion",
    "Story",
    "StorySource",
]
