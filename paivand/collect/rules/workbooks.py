"""Writes spreadsheets: the empty list to be filled in, and a list with remarks on its cells.

Every text is written as a text: nothing that stood in a file becomes a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from paivand.collect.rules.sheets import Cell, Grid, is_blank, shown
from paivand.core.rules.spreadsheets import Workbook

_SAFE = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": True, "constant_memory": False,
}  # fmt: skip
_COLOURS = {"error": "#F9D3CE", "held": "#ECE7DC", "note": "#FBEFC7", "heading": "#DCEBE4"}
WIDEST = 44


@dataclass(frozen=True, slots=True)
class Said:
    """A remark in the reader's words, and the column of its cell (-1: the row)."""

    column: int
    level: str
    words: str


def annotated(
    grid: Grid, headings: int, said: Mapping[int, Sequence[Said]], *, title: str, only: frozenset[int] | None = None
) -> bytes:
    """The rows of a list as they were, their cells coloured where something is said, and what is said beside them.

    Args:
        headings: the position of the row of headings; rows above it are kept.
        said: the remarks by row number.
        title: the heading of the column with the remarks.
        only: the numbers of the rows to write, besides the headings; None for all.
    """
    stream = io.BytesIO()
    book = Workbook(stream, _SAFE)
    page = book.add_worksheet()
    formats = _Formats(book)
    remarks = grid.width
    line = 0
    for place, row in enumerate(grid.rows):
        number = grid.numbers[place]
        if only is not None and place != headings and number not in only:
            continue
        found = said.get(number, ()) if place > headings else ()
        worst = {one.column: one.level for one in sorted(found, key=lambda one: one.level == "error")}
        for column in range(grid.width):
            cell: Cell = row[column] if column < len(row) else ""
            tone = "heading" if place == headings else worst.get(column, "")
            _write(page, (line, column), cell, formats, tone)
        if place == headings:
            page.write_string(line, remarks, title, formats.of("heading"))
            page.freeze_panes(line + 1, 0)
        elif found:
            tone = "error" if "error" in worst.values() else next(iter(worst.values()))
            words = "\n".join(one.words for one in found)
            page.write_string(line, remarks, words, formats.of(tone, wrap=True))
        line += 1
    for column in range(grid.width):
        widest = max((len(shown(row[column])) for row in grid.rows[headings:200] if column < len(row)), default=8)
        page.set_column(column, column, min(WIDEST, max(8, widest + 2)))
    page.set_column(remarks, remarks, 70)
    book.close()
    return stream.getvalue()


class _Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool, bool], Any] = {}

    def of(self, tone: str, *, wrap: bool = False, day: bool = False) -> Any:
        key = (tone, wrap, day)
        if key not in self._made:
            look: dict[str, Any] = {"valign": "top"}
            look |= {"bg_color": _COLOURS[tone]} if tone else {}
            look |= {"bold": True, "text_wrap": True, "bottom": 1} if tone == "heading" else {}
            look |= {"text_wrap": True} if wrap else {}
            look |= {"num_format": "dd.mm.yyyy"} if day else {}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _write(page: Any, place: tuple[int, int], cell: Cell, formats: _Formats, tone: str) -> None:
    if isinstance(cell, bool):
        page.write_boolean(*place, cell, formats.of(tone))
    elif isinstance(cell, datetime | date):
        whole = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
        if whole.year < 1900:
            page.write_string(*place, shown(cell), formats.of(tone))
        else:
            page.write_datetime(*place, whole, formats.of(tone, day=True))
    elif isinstance(cell, int | float):
        page.write_number(*place, cell, formats.of(tone))
    elif is_blank(cell) and not tone:
        return
    else:
        page.write_string(*place, shown(cell), formats.of(tone))


@dataclass(frozen=True, slots=True)
class Choice:
    """One column of the empty list: its heading, an example, how to fill it in, and the words to choose from."""

    heading: str
    example: str
    advice: str = ""
    words: tuple[str, ...] = ()


def empty_list(
    columns: Sequence[Choice], *, sheet: str, advice_sheet: str, advice: Sequence[str], rtl: bool = False
) -> bytes:
    """A workbook to fill in: headings, choices in the cells, and a sheet that explains them."""
    stream = io.BytesIO()
    book = Workbook(stream, _SAFE)
    page, help_page = book.add_worksheet(sheet[:31]), book.add_worksheet(advice_sheet[:31])
    formats = _Formats(book)
    text_format = book.add_format({"num_format": "@"})
    for index, column in enumerate(columns):
        page.write_string(0, index, column.heading, formats.of("heading"))
        page.set_column(index, index, max(12, min(WIDEST, len(column.heading) + 3)), text_format)
        if column.words:
            page.data_validation(
                1, index, 20_000, index,
                {"validate": "list", "source": list(column.words), "error_type": "warning"},
            )  # fmt: skip
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for line, sentence in enumerate(advice):
        help_page.merge_range(line, 0, line, 2, sentence, wrapped)
        help_page.set_row(line, 32)
    first = len(advice) + 1
    for line, column in enumerate(columns, first):
        help_page.write_string(line, 0, column.heading, bold)
        help_page.write_string(line, 1, column.example, wrapped)
        help_page.write_string(line, 2, column.advice, wrapped)
    help_page.set_column(0, 0, 30)
    help_page.set_column(1, 1, 24)
    help_page.set_column(2, 2, 70)
    if rtl:
        page.right_to_left()
        help_page.right_to_left()
    book.close()
    return stream.getvalue()
