"""Texts that people wrote, as cells of plain tables and of workbooks: no program takes them for a command.

XlsxWriter has its own way to write a text in several colours: what begins with ``<r>`` and ends with ``</r>`` goes into
the file as it is. Whoever answers a survey, or spells a name, so could write formulas into our workbooks, or make them
unreadable. Every workbook is therefore made here.
"""

from __future__ import annotations

import re
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_RICH = "<r>"


def harmless(cell: str) -> str:
    """A text that no spreadsheet program takes for a formula when it opens a plain table.

    A leading apostrophe keeps it a text (OWASP, *CSV injection*).

    >>> harmless("=HYPERLINK(1)"), harmless("Зираки"), harmless("+992918123456")
    ("'=HYPERLINK(1)", 'Зираки', "'+992918123456")
    """
    return f"'{cell}" if cell[:1] in _STARTS_A_FORMULA else cell


def written(text: str) -> str:
    """``text`` without the characters that XML 1.0 has no way to write.

    >>> written("a\\x00b\\x0bc")
    'abc'
    """
    return text if text.isprintable() else _NOT_XML.sub("", text)


class Workbook(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook in which every text stays a text, cut off where a cell can hold no more (32,767 letters of UTF-16)."""

    def add_worksheet(self, name: str | None = None) -> Any:
        """A sheet, written with ``write_string``, ``write_number`` and ``write_datetime``."""
        return super().add_worksheet(name, worksheet_class=_Sheet)


class _Sheet(Worksheet):  # type: ignore[misc]
    def write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        told = written(string)
        # The space is seen by nobody, and the text is written as any other.
        return int(super().write_string(row, col, f" {told}" if told.startswith(_RICH) else told, cell_format))
