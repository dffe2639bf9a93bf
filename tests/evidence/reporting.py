"""A report's content with something of everything, for tests of paper."""

from __future__ import annotations

from typing import Any

from paivand.evidence.queries.report_words import paper_words
from paivand.evidence.rules.report_content import (
    Column,
    Fact,
    MoneyPart,
    MoneyRow,
    Narrative,
    ReportContent,
    ResultGroup,
    ResultPart,
    ResultRow,
    Series,
    Told,
)

TEXT = "Families were **visited** twice.\n\n# What changed\n- more children in school\n- fewer debts\n\n1. one\n2. two"


def content(language: str = "en", **changes: Any) -> ReportContent:
    """A content in ``language`` with two sections, one result with two parts, a picture, money and a story."""
    row = ResultRow(
        "legal", "People with legal help", "0", "500", "1,200", "311", "1,045", 87, "87 %", "Courts were closed.",
        "Records", "UN Women", (ResultPart("Women", "300", "1,001"), ResultPart("Men", "fewer than 5", "44")),
    )  # fmt: skip
    values: dict[str, Any] = {
        "language": language,
        "title": "Families left behind",
        "kind": "Annual report",
        "period": "2022",
        "words": paper_words(language),
        "facts": (Fact("Country", ("Tajikistan",)),),
        "sections": (
            Narrative("Summary", TEXT, agency="IOM"),
            Narrative("Gender", "Ҷавонон, қадам, ғамхорӣ", group="Across", early=False),
        ),
        "results": (ResultGroup("1 · Well-being", (row,)),),
        "series": (
            Series("Helped", (Column("01.2022", 3.0, "3"), Column("02.2022", None, "not shown")), "two months"),
        ),
        "money": (MoneyPart("IOM", (MoneyRow("Staff", ("10.00", "5.00", "0.00", "50.0 %")),)),),
        "stories": (Told.of("story-1", "A new start", "She sews.", "Hands at work", ""),),
        "annex": (Narrative("Method", "People are counted once."),),
        "made": "Figures as known on 1 January 2023",
    }
    return ReportContent(**{**values, **changes})
