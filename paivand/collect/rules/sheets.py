"""Reads the bytes of a spreadsheet into a grid of cells, whatever program wrote them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import python_calamine

from paivand.collect.rules.encodings import read_csv
from paivand.collect.rules.extents import demand_near
from paivand.collect.rules.lists import LARGEST_FILE, LARGEST_UNPACKED, MOST_COLUMNS, MOST_ROWS, FileKind
from paivand.collect.rules.problems import Unreadable
from paivand.core.rules.spreadsheets import written

Cell = str | int | float | bool | date | datetime | time | timedelta
"""What a cell may hold; an empty one holds an empty text."""


@dataclass(slots=True)
class Grid:
    """The cells of one sheet. ``first`` is the number that the spreadsheet program gives to the first row."""

    rows: list[list[Cell]]
    numbers: list[int]
    width: int
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """For each cell that a merged range covers, its first cell: row number and column."""
    encoding: str = ""
    delimiter: str = ""
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells whose letters were lost or are in another encoding: what they may have said."""


def kind_of(name: str, content: bytes) -> FileKind:
    """The kind of a file, by what is in it; its name only tells CSV from other texts.

    Raises:
        Unreadable: ``empty``, ``too_large``, ``too_spread``, ``broken`` or ``unknown_kind``.
    """
    if not content.strip():
        raise Unreadable("empty")
    if len(content) > LARGEST_FILE:
        raise Unreadable("too_large", limit=LARGEST_FILE // 1_000_000)
    if content[:4] == b"PK\x03\x04":
        kind = _kind_of_archive(content)
        demand_near(kind, content)
        return kind
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return FileKind.XLS
    ending = name.lower().rpartition(".")[2]
    if ending in {"csv", "tsv", "txt"}:
        return FileKind.CSV
    raise Unreadable("broken" if ending in {"xlsx", "xlsm", "xls", "ods"} else "unknown_kind")


def _kind_of_archive(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as bad:
        raise Unreadable("broken") from bad
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable("too_large", limit=LARGEST_FILE // 1_000_000)
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    if "content.xml" in names:
        return FileKind.ODS
    raise Unreadable("unknown_kind")


def sheet_names(kind: str, content: bytes) -> list[str]:
    """The sheets that hold something, in their order; hidden ones come last. A CSV file has one without a name."""
    if kind == FileKind.CSV:
        return [""]
    with _workbook(content) as book:
        hidden = {
            sheet.name: sheet.visible != python_calamine.SheetVisibleEnum.Visible for sheet in book.sheets_metadata
        }
        names = [name for name in book.sheet_names if book.get_sheet_by_name(name).height]
    if not names:
        raise Unreadable("no_sheet")
    return sorted(names, key=lambda name: hidden.get(name, False))


def read_grid(kind: str, content: bytes, sheet: str = "") -> Grid:
    """All cells of one sheet, with the rows numbered as on the screen of the program that wrote it.

    Raises:
        Unreadable: with the reason.
    """
    if kind == FileKind.CSV:
        return _measured(_csv_grid(content))
    with _workbook(content) as book:
        try:
            found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        except python_calamine.WorksheetNotFound as missing:
            raise Unreadable("no_sheet") from missing
        if found.height > MOST_ROWS * 2:
            raise Unreadable("too_many_rows", limit=MOST_ROWS)
        rows: list[list[Cell]] = found.to_python(skip_empty_area=False)
        merged = {
            (row + 1, column): (top + 1, left)
            for (top, left), (bottom, right) in found.merged_cell_ranges or []
            for row in range(top, min(bottom, top + MOST_ROWS) + 1)
            for column in range(left, min(right, left + MOST_COLUMNS) + 1)
            if (row, column) != (top, left)
        }
    return _measured(Grid(rows, list(range(1, len(rows) + 1)), max((len(row) for row in rows), default=0), merged))


def _csv_grid(content: bytes) -> Grid:
    found = read_csv(content)
    rows: list[list[Cell]] = [list(row) for row in found.rows]
    return Grid(
        rows, found.numbers, max((len(row) for row in rows), default=0), {}, found.encoding, found.delimiter,
        found.broken,
    )  # fmt: skip


def _measured(grid: Grid) -> Grid:
    """The grid without the empty rows and columns at its end, and without signs that nobody sees and nothing can keep.

    Such signs come with texts from other programs; a workbook writes them as ``_x0000_``.

    Raises:
        Unreadable: when it is larger than a list may be.
    """
    grid.rows = [[written(cell) if isinstance(cell, str) else cell for cell in row] for row in grid.rows]
    while grid.rows and is_empty(grid.rows[-1]):
        grid.rows.pop()
        grid.numbers.pop()
    if not grid.rows:
        raise Unreadable("no_rows")
    if len(grid.rows) > MOST_ROWS + 50:
        raise Unreadable("too_many_rows", limit=MOST_ROWS)
    width = max(_used(row) for row in grid.rows)
    if width > MOST_COLUMNS:
        raise Unreadable("too_many_columns", limit=MOST_COLUMNS)
    grid.width = width
    return grid


def _used(row: Sequence[Cell]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if not is_blank(cell)), default=0)


def _workbook(content: bytes) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.load_workbook(io.BytesIO(content))
    except python_calamine.PasswordError as locked:
        raise Unreadable("locked") from locked
    except (python_calamine.CalamineError, OSError, ValueError) as bad:
        code = "locked" if "assword" in str(bad) or "ncrypt" in str(bad) else "broken"
        raise Unreadable(code) from bad


def is_blank(cell: Cell) -> bool:
    """Whether nothing can be seen in a cell.

    >>> is_blank(" \\u00a0"), is_blank(0)
    (True, False)
    """
    return isinstance(cell, str) and not cell.strip("\u200b\u200c\u200d\ufeff \u00a0\t\r\n")


def is_empty(row: Sequence[Cell]) -> bool:
    """Whether nothing can be seen in a row."""
    return all(is_blank(cell) for cell in row)


def shown(cell: Cell) -> str:
    """A cell as its text reads on the screen of a spreadsheet program.

    >>> shown(918123456.0), shown(datetime(1984, 3, 12)), shown(" Зарина ")
    ('918123456', '12.03.1984', 'Зарина')
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date):
        return f"{cell.day:02}.{cell.month:02}.{cell.year:04}"
    return str(cell).replace("\u00a0", " ").strip()
