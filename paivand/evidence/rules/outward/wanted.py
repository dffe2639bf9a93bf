"""Which file somebody wants, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.evidence.rules.indicators import Dimension
from paivand.evidence.rules.outward.facts import LeftOut
from paivand.evidence.rules.outward.iati_checks import Finding


class Format(StrEnum):
    """The kinds of files in which results leave."""

    WORKBOOK = "workbook"
    TABLE = "table"
    JSON = "json"
    OPEN_DATA = "open_data"
    FIVE_W = "five_w"
    FIVE_W_CSV = "five_w_csv"
    IATI = "iati"
    DHIS2 = "dhis2"
    ADX = "adx"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class FormatAbout:
    """What a page says of a format: its name, for whom it is, the ending of its files and their media type.

    Attributes:
        parted: whether one chooses by what its figures are parted.
        of_one: whether it is about one programme, which has to be chosen.
        by_periods: whether it needs the length of its periods, and two days that hold some of them.
    """

    name: str
    note: str
    ending: str
    media_type: str
    parted: bool = True
    of_one: bool = False
    by_periods: bool = False


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"

ABOUT: dict[Format, FormatAbout] = {
    Format.WORKBOOK: FormatAbout(
        text("Results workbook (XLSX)"),
        text("Results, a sheet for each dimension, figures of others, the budget in UN categories, notes."),
        "xlsx", _XLSX,
    ),
    Format.TABLE: FormatAbout(
        text("Results table (CSV)"), text("One row for each figure, for any program that reads tables."), "csv", _CSV
    ),
    Format.JSON: FormatAbout(
        text("Results (JSON)"), text("The same for programs."), "json", "application/json; charset=utf-8"
    ),
    Format.OPEN_DATA: FormatAbout(
        text("Open data (ZIP)"),
        text("A tidy table with its dictionary, table schema and licence, ready to be published."),
        "zip", "application/zip",
    ),
    Format.FIVE_W: FormatAbout(
        text("Who does what, where, when, for whom (XLSX)"),
        text("The 5W of humanitarian coordination, with HXL hashtags."), "xlsx", _XLSX, parted=False, of_one=True,
    ),
    Format.FIVE_W_CSV: FormatAbout(
        text("Who does what, where, when, for whom (CSV)"), text("The same as a plain table with HXL hashtags."),
        "csv", _CSV, parted=False, of_one=True,
    ),
    Format.IATI: FormatAbout(
        text("IATI activity 2.03 (XML)"),
        text("Programme, budget, transactions and results for the aid transparency registry."),
        "xml", "application/xml; charset=utf-8", of_one=True,
    ),
    Format.DHIS2: FormatAbout(
        text("DHIS2 data values (JSON)"), text("For import into DHIS2, under the codes of its mapping."),
        "json", "application/json; charset=utf-8", parted=False, by_periods=True,
    ),
    Format.ADX: FormatAbout(
        text("DHIS2 data values (ADX)"), text("The same as XML of the health data exchange profile."),
        "xml", "application/adx+xml; charset=utf-8", parted=False, by_periods=True,
    ),
    Format.CALENDAR: FormatAbout(
        text("Calendar (iCalendar)"), text("Milestones of the programme and the days on which reports are awaited."),
        "ics", "text/calendar; charset=utf-8", parted=False, of_one=True,
    ),
}  # fmt: skip

FIGURES = frozenset(Format) - {Format.CALENDAR}
"""The formats that hold figures."""
MOST_PERIODS = 12
"""How many periods one file may hold: each of them is counted anew."""
MOST_DIMENSIONS = 3
"""By how many dimensions at once figures are parted in a file."""
PARTED_BY = (
    Dimension.SEX, Dimension.AGE, Dimension.DISABILITY, Dimension.DISTRICT, Dimension.TIE, Dimension.AGENCY,
    Dimension.MONTH,
)  # fmt: skip
"""The dimensions that a file may have."""


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for.

    Attributes:
        programme: its code; empty: the indicators of all.
        first, last: when the services happened; None: without an end.
        months: the length of the periods for DHIS2.
        language: of words and headings in the file.
    """

    format: Format
    programme: str = ""
    first: date | None = None
    last: date | None = None
    by: tuple[Dimension, ...] = ()
    language: str = "en"
    as_of: datetime | None = None
    months: int = 1


@dataclass(frozen=True)
class Made:
    """A file that can leave, or why it cannot.

    Attributes:
        n_rows, n_hidden: how many figures (or entries) it holds, and how many of them are not shown.
        left_out: what it does not hold. ``findings``: what the standard's rules say of it.
    """

    name: str
    media_type: str
    content: bytes
    n_rows: int
    n_hidden: int = 0
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
