"""How far the filled cells of a spreadsheet reach: asked before it is read, since a reader makes room for all between.

One space that was typed into the last cell of a sheet makes a sheet of seventeen thousand million cells.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pyexpat import ExpatError, ParserCreate
from typing import IO

from paivand.collect.rules.columns import letter
from paivand.collect.rules.lists import FileKind
from paivand.collect.rules.problems import Unreadable

MOST_CELLS = 4_000_000
"""Rows times columns of a sheet, empty cells counted too: the largest list twice over. A reader needs 64 bytes each."""
_FAR_ROWS, _FAR_COLUMNS = 1_048_576, 16_384
_AT_ONCE, _LONGEST_TOKEN = 262_144, 1_048_576
"""Bytes that are parsed at once, and of one tag or comment. The parser begins a token that is not whole anew with every
piece: one that never ends would keep it busy for minutes."""
_WITH_VALUE = {"v", "f", "is"}


def demand_near(kind: str, content: bytes) -> None:
    """Raise where a cell is filled so far from the others that the sheet cannot be read.

    Raises:
        Unreadable: ``too_spread`` with the name of the cell that lies farthest, or ``broken``.
    """
    if kind not in {FileKind.XLSX, FileKind.ODS}:
        return  # a CSV has no empty cells, and an XLS no more than 65,536 rows of 256
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            if kind == FileKind.ODS and part.filename != "content.xml":
                continue
            if part.filename.endswith(".xml") and not part.filename.endswith("sharedStrings.xml"):
                try:
                    with archive.open(part) as stream:
                        _read(kind, stream)
                except (ExpatError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as bad:
                    raise Unreadable("broken") from bad


def _read(kind: str, stream: IO[bytes]) -> None:
    reach = _Written() if kind == FileKind.XLSX else _Repeated()
    parser = ParserCreate()
    parser.StartElementHandler = reach.start
    parser.StartDoctypeDeclHandler = _refuse
    fed = 0
    while piece := stream.read(_AT_ONCE):
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - max(parser.CurrentByteIndex, 0) > _LONGEST_TOKEN:
            raise Unreadable("broken")
    parser.Parse(b"", True)


def _refuse(*_said: object) -> None:
    """A spreadsheet declares no document type; what does, expands entities."""
    raise Unreadable("broken")


class _Reach:
    """The farthest row and column of a sheet."""

    def __init__(self) -> None:
        self.rows = self.columns = 0

    def fill(self, row: int, column: int) -> None:
        """A cell says something; both from 1."""
        if row <= self.rows and column <= self.columns:
            return
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if self.rows * self.columns > MOST_CELLS:
            raise Unreadable("too_spread", given=f"{letter(column - 1)}{row}")


class _Written(_Reach):
    """XLSX: rows and cells name their places; those that do not follow the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.row = self.column = 0

    def start(self, name: str, about: Mapping[str, str]) -> None:
        """An element begins."""
        tag = name.rpartition(":")[2]
        if tag == "c":
            said = about.get("r", "")
            digits = said.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            letters = said[: len(said) - len(digits)]
            self.column = _number(letters) if letters else self.column + 1
            self.row = _within(digits, self.row, _FAR_ROWS)
        elif tag in _WITH_VALUE:
            self.fill(self.row, self.column)
        elif tag == "row":
            self.row, self.column = _within(about.get("r", ""), self.row + 1, _FAR_ROWS), 0
        elif tag in {"worksheet", "sheetData"}:
            self.row = self.column = 0


class _Repeated(_Reach):
    """ODS: cells and rows follow each other and may stand for many."""

    def __init__(self) -> None:
        super().__init__()
        self.row = self.column = 0
        self.n_rows = 1

    def start(self, name: str, about: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "table:table":
            self.rows = self.columns = self.row = self.column = 0
            self.n_rows = 1
        elif name == "table:table-row":
            self.row += self.n_rows if self.row else 1
            self.column = 0
            self.n_rows = _within(about.get("table:number-rows-repeated", ""), 1, _FAR_ROWS)
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self.column += _within(about.get("table:number-columns-repeated", ""), 1, _FAR_COLUMNS)
            if "office:value-type" in about or "table:formula" in about:
                self.fill(self.row + self.n_rows - 1, self.column)
        elif name == "text:p" and self.column:
            self.fill(self.row + self.n_rows - 1, self.column)


def _within(said: str, otherwise: int, most: int) -> int:
    return min(int(said), most) if said.isascii() and said.isdigit() and len(said) < 10 else otherwise


def _number(letters: str) -> int:
    """A column by its letters, from 1.

    >>> _number("A"), _number("AA"), _number("XFD")
    (1, 27, 16384)
    """
    found = 0
    for one in letters[:4]:
        found = found * 26 + ord(one) - 64
    return min(found, _FAR_COLUMNS)
