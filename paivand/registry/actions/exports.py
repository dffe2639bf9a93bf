"""Taking families out of the program in a file: with a reason, within one's reach, and noted."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.core.rules.spreadsheets import Workbook, harmless
from paivand.registry.actions.cells import Cell, cell
from paivand.registry.queries.exports import classes_to_export, export_rows
from paivand.registry.rules.exports import (
    MOST_ROWS,
    PER_NAMES,
    SHORTEST_REASON,
    Column,
    FileKind,
    Per,
    columns_of,
)
from paivand.registry.rules.lists import Filters

_AS_WRITTEN = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}  # fmt: skip
_WIDTH, _WIDE = 18, 90


@action(Verb.FAMILY_EXPORT, self_service=True)
def export_families(
    *, filters: Filters, said: Sequence[tuple[str, str]], chosen: Sequence[str], per: Per, kind: FileKind, reason: str,
    into: IO[bytes], by: User,
) -> int:  # fmt: skip
    """Write the families that fit into a file, and note who took out what, why, and the file's fingerprint.

    Nothing lies in one place here, so the right is asked for in any scope; what is read lies within its reach.
    The event names columns, filters by their codes, the number of rows and the SHA-256 of the file: with it, a file
    that turns up somewhere is traced to its event. It holds no value of anybody.

    Args:
        said: the filters in words, for the sheet about the file.
        chosen: the choices of columns; those of a class that ``by`` does not see bring nothing.
        into: an empty file, open for writing and reading.

    Returns:
        The number of rows.

    Raises:
        Refused: for a reason too short to be understood later, or more rows than a file may have.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            _("Write in at least %(count)d letters what the file is for and who receives it.")
            % {"count": SHORTEST_REASON},
            "reason",
            field="reason",
        )
    if not filters.is_open_only:
        raise Refused(_("Only open files leave the program. Take the filter on the state of the file away."), "closed")
    columns = columns_of(chosen, per, classes_to_export(by))
    heads = headings(columns, per)
    rows = _bounded([cell(column.key, told) for column in columns] for told in export_rows(by, filters, columns, per))
    if kind is FileKind.CSV:
        n_rows = _write_csv(into, heads, rows)
    else:
        n_rows = _write_xlsx(into, heads, rows, _about(by, reason.strip(), said, heads, per))
    remark(
        format=str(kind), per=str(per), rows=n_rows, columns=[column.key for column in columns],
        classes=sorted({str(column.data_class) for column in columns}), filters=filters.kept(), sha256=_sha256(into),
    )  # fmt: skip
    return n_rows


def headings(columns: Sequence[Column], per: Per) -> list[str]:
    """The header row in the reader's language; where a row is a family's, people's columns say that it is her head."""
    return [
        _("head: %(column)s") % {"column": _(column.label)}
        if per is Per.FAMILY and column.about is Per.PERSON
        else _(column.label)
        for column in columns
    ]


def _bounded(rows: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
    for index, row in enumerate(rows):
        if index >= MOST_ROWS:
            raise Refused(
                _("The file would have more than %(count)d rows. Narrow the filters, for example to one jamoat.")
                % {"count": MOST_ROWS},
                "too_many",
            )
        yield row


def _write_csv(into: IO[bytes], heads: list[str], rows: Iterable[list[Cell]]) -> int:
    """UTF-8 with a mark that spreadsheet programs know it by; no cell can be taken for a formula."""
    text = io.TextIOWrapper(into, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(heads)
    n_rows = 0
    for row in rows:
        table.writerow([harmless(value) if isinstance(value, str) else value for value in row])
        n_rows += 1
    text.detach()
    return n_rows


def _write_xlsx(into: IO[bytes], heads: list[str], rows: Iterable[list[Cell]], about: list[tuple[str, str]]) -> int:
    """A sheet with the rows and a sheet about the file, row by row, so that memory stays small."""
    book = Workbook(into, _AS_WRITTEN)
    try:
        n_rows = _write_rows(book, heads, rows)
        _write_about(book, [*about, (_("Rows"), str(n_rows))])
    finally:
        book.close()  # also removes what it kept beside the file
    return n_rows


def _write_rows(book: Any, heads: list[str], rows: Iterable[list[Cell]]) -> int:
    sheet, bold = book.add_worksheet(_sheet_name(_("Families"))), book.add_format({"bold": True, "text_wrap": True})
    if get_language_bidi():
        sheet.right_to_left()
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(heads), _WIDTH)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    n_rows = 0
    for row in rows:
        n_rows += 1
        for column, value in enumerate(row):
            _write_cell(sheet, n_rows, column, value)
    sheet.autofilter(0, 0, n_rows, len(heads) - 1)
    return n_rows


def _write_about(book: Any, about: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(_sheet_name(pgettext("a file", "About")))
    if get_language_bidi():
        sheet.right_to_left()
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, _WIDTH)
    sheet.set_column(1, 1, _WIDE)
    for line, (name, words) in enumerate(about):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, words, wrapped)


def _write_cell(sheet: Any, row: int, column: int, value: Cell) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value)


def _sheet_name(name: str) -> str:
    """A name that a sheet may have: 31 letters, none of those that formulas use."""
    return "".join(letter for letter in name if letter not in "[]:*?/\\'")[:31] or "-"


def _about(by: User, reason: str, said: Sequence[tuple[str, str]], heads: list[str], per: Per) -> list[tuple[str, str]]:
    """The sheet that goes with the rows: who, when, why, what, and how to treat the file."""
    return [
        (_("Made by"), by.full_name),
        (_("Made on"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_("Reason"), reason),
        (_("Filters"), "; ".join(f"{name}: {value}" if name else value for name, value in said) or _("none")),
        (_("One row"), _(PER_NAMES[per])),
        (_("Columns"), "; ".join(heads)),
        (_("Left out"), _("Closed files, and people who do not want to stand in reports.")),
        (
            _("Treat it so"),
            _(
                "This file tells about living people. Keep it on a locked device, give it to nobody who is not named "
                "in the reason, send it only encrypted, and delete it when the work is done. Read what was said about "
                "calling before you call a number."
            ),
        ),
    ]


def _sha256(file: IO[bytes]) -> str:
    file.flush()
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(1 << 16):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()
