"""What may stand in a cell, a line or an element: numbers as numbers, texts that no program takes for a command."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from paivand.core.rules.spreadsheets import harmless, written

Say = Callable[[str], str]
"""Gives a text of the program in the language of the file; without a translation, the text itself."""

Written = str | int | Decimal | date | None

MARK = "\ufeff"
"""The mark by which spreadsheet programs know that a CSV file is UTF-8."""


@dataclass(frozen=True)
class Cell:
    """A figure as a reader may know it.

    Attributes:
        value: the figure; None where there is none, or where it is not shown.
        hidden: why it is not shown (``small``, ``further``, ``child``, ``not_shown``); empty where nothing is hidden.
        held: whether the figure is that of the last edition, because it has changed by too few people since.
    """

    value: int | Decimal | None = None
    hidden: str = ""
    held: bool = False

    @property
    def shown(self) -> int | Decimal | None:
        """The figure, never that of a hidden cell, whatever it was made with."""
        return None if self.hidden else self.value

    @property
    def flag(self) -> str:
        """Why it is not shown, or ``held``; empty for a figure as it is."""
        return self.hidden or ("held" if self.held else "")


def csv_text(rows: Iterable[Sequence[Written]], *, mark: bool = True) -> bytes:
    """A CSV file (RFC 4180) in UTF-8: numbers stay numbers, and no text is taken for a formula."""
    into = io.StringIO(newline="")
    table = csv.writer(into, lineterminator="\r\n")
    for row in rows:
        table.writerow([plain(value) for value in row])
    return ((MARK if mark else "") + into.getvalue()).encode()


def plain(value: Written) -> str:
    """A value as a cell of CSV.

    >>> plain(Decimal("1E+2")), plain(None), plain(date(2023, 1, 31)), plain("=1+1")[-4:]
    ('100', '', '2023-01-31', '=1+1')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(written(value))
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
