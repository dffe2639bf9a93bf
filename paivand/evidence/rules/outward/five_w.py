"""Who does what, where, when and for whom, with the hashtags of HXL in the row under the headings.

A figure for adults or children is the sum of age bands as they are shown elsewhere; where one of them is hidden, so is
the sum, and the last column names what is not shown. Nothing finer than a jamoat ever stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from paivand.core.rules.texts import text
from paivand.evidence.rules.indicators import UNKNOWN
from paivand.evidence.rules.outward.cells import Cell, Say, Written, csv_text
from paivand.evidence.rules.outward.workbook import Book


@dataclass(frozen=True)
class Reached:
    """How many were reached. Sex and age together are known only where an indicator counts one sex or one age."""

    people: Cell = field(default_factory=Cell)
    female: Cell = field(default_factory=Cell)
    male: Cell = field(default_factory=Cell)
    adults: Cell = field(default_factory=Cell)
    children: Cell = field(default_factory=Cell)
    women: Cell = field(default_factory=Cell)
    men: Cell = field(default_factory=Cell)
    girls: Cell = field(default_factory=Cell)
    boys: Cell = field(default_factory=Cell)
    families: Cell = field(default_factory=Cell)
    with_disability: Cell = field(default_factory=Cell)


@dataclass(frozen=True)
class Doing:
    """One row: an agency does something in a place within a time, and reached so many."""

    id: str
    programme: str
    indicator: str
    output: str
    funder: str = ""
    agency: str = ""
    implementer: str = ""
    sector: str = ""
    region: tuple[str, str] = ("", "")
    district: tuple[str, str] = ("", "")
    jamoat: str = ""
    status: str = ""
    first: date | None = None
    last: date | None = None
    reported: date | None = None
    beneficiaries: str = ""
    targeted: Decimal | None = None
    reached: Reached = field(default_factory=Reached)
    modality: str = ""
    budget_usd: Decimal | None = None
    contact: str = ""


COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("id", "#meta+id", text("Identifier")),
    ("funder", "#org+funding+name", text("Funding organisation")),
    ("agency", "#org+prog+name", text("Responsible organisation")),
    ("implementer", "#org+impl+name", text("Implementing organisation")),
    ("sector", "#sector", text("Sector")),
    ("programme", "#activity+project+code", text("Programme")),
    ("indicator", "#activity+name", text("What is done")),
    ("output", "#output+name", text("Output")),
    ("region", "#adm1+name", text("Region")),
    ("region_code", "#adm1+code", text("Code of the region")),
    ("district", "#adm2+name", text("District")),
    ("district_code", "#adm2+code", text("Code of the district")),
    ("jamoat", "#adm3+name", text("Jamoat")),
    ("village", "#loc+name", text("Village")),
    ("status", "#status", text("State")),
    ("first", "#date+start", text("From")),
    ("last", "#date+end", text("Until")),
    ("reported", "#date+reported", text("Reported on")),
    ("beneficiaries", "#beneficiary+type", text("For whom")),
    ("targeted", "#targeted+ind", text("People aimed at, whole programme")),
    ("people", "#reached+ind", text("People reached")),
    ("female", "#reached+f", text("Women and girls reached")),
    ("male", "#reached+m", text("Men and boys reached")),
    ("adults", "#reached+adults", text("Adults reached")),
    ("children", "#reached+children", text("Children reached")),
    ("women", "#reached+f+adults", text("Women reached")),
    ("men", "#reached+m+adults", text("Men reached")),
    ("girls", "#reached+f+children", text("Girls reached")),
    ("boys", "#reached+m+children", text("Boys reached")),
    ("families", "#reached+hh", text("Families reached")),
    ("with_disability", "#reached+ind+disability", text("People with a disability reached")),
    ("modality", "#modality", text("How it is done")),
    ("budget_usd", "#value+budget+c_usd", text("Budget in USD, whole programme")),
    ("contact", "#contact+email", text("Contact")),
    ("hidden", "#meta+suppressed", text("Not shown")),
)
"""Key, hashtag and heading of each column. The village stays empty: no figure leaves below the jamoat."""

_FIGURES = (
    "people",
    "female",
    "male",
    "adults",
    "children",
    "women",
    "men",
    "girls",
    "boys",
    "families",
    "with_disability",
)


def values(doing: Doing, say: Say = str) -> dict[str, Written]:
    """The cells of a row by column. A hidden figure is empty and named in the last column."""
    figures: Mapping[str, Cell] = {name: getattr(doing.reached, name) for name in _FIGURES}
    heads = {key: head for key, _tag, head in COLUMNS}
    return {
        **{key: getattr(doing, key) for key, _tag, _head in COLUMNS if hasattr(doing, key)},
        "region": doing.region[1],
        "region_code": doing.region[0],
        "district": doing.district[1],
        "district_code": doing.district[0],
        "village": None,
        **{name: cell.shown for name, cell in figures.items()},
        "hidden": "; ".join(say(heads[name]) for name, cell in figures.items() if cell.hidden),
    }


def five_w_csv(rows: Iterable[Doing], say: Say = str) -> bytes:
    """The table as CSV: headings, hashtags, rows."""
    table: list[list[Written]] = [[say(head) for _key, _tag, head in COLUMNS]]
    for doing in rows:
        told = values(doing, say)
        table.append([told[key] for key, _tag, _head in COLUMNS])
    # The hashtags are no texts of people: they keep their sign, by which programs know them.
    content = csv_text(table)
    head, _, rest = content.partition(b"\r\n")
    tags = ",".join(tag for _key, tag, _head in COLUMNS).encode()
    return b"\r\n".join([head, tags, rest])


def five_w_xlsx(rows: Iterable[Doing], *, right_to_left: bool, say: Say = str) -> bytes:
    """The same table as a spreadsheet."""
    book = Book(right_to_left=right_to_left, title=say(text("Who does what, where, when and for whom")))
    sheet = book.sheet("5W", [18] * len(COLUMNS), frozen=(2, 1))
    book.row(sheet, 0, [say(head) for _key, _tag, head in COLUMNS], book.head)
    book.row(sheet, 1, [tag for _key, tag, _head in COLUMNS])
    for at, doing in enumerate(rows, 2):
        told = values(doing, say)
        hidden = {name for name in _FIGURES if getattr(doing.reached, name).hidden}
        for column, (key, _tag, _head) in enumerate(COLUMNS):
            book.cell(sheet, at, column, Cell(None, "small") if key in hidden else told[key])
    return book.closed()


def together(cells: Iterable[Cell]) -> Cell:
    """The sum of figures as they are shown; hidden as soon as one of them is, and nothing where there is none.

    >>> together([Cell(7), Cell(5)]), together([Cell(7), Cell(3, "small")]).shown, together([])
    (Cell(value=12, hidden=''), None, Cell(value=None, hidden=''))
    """
    found = list(cells)
    if any(cell.hidden for cell in found):
        return Cell(None, "child")
    numbers = [cell.value for cell in found if cell.value is not None]
    return Cell(sum(numbers)) if numbers else Cell()


def is_child(band: str) -> bool | None:
    """Whether everybody of an age band is under 18; None for an unknown age, and for a band on both sides of 18.

    >>> is_child("12-17"), is_child("18-24"), is_child("60+"), is_child("15-24"), is_child("unknown")
    (True, False, False, None, None)
    """
    if band == UNKNOWN:
        return None
    low, _, high = band.rstrip("+").partition("-")
    if int(low) >= 18:
        return False
    return True if high and int(high) < 18 else None
