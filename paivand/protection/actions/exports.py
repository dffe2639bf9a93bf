"""Figures and the incident table: what leaves the sealed room, with a reason, noted, and without anybody's name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.core.rules.spreadsheets import Workbook
from paivand.protection.queries.figures import figures, recorder_rows
from paivand.protection.rules.figures import Edition
from paivand.protection.rules.recorder import COLUMNS, MOST_ROWS, SHORTEST_REASON

_AS_WRITTEN = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}  # fmt: skip
_WIDTH, _WIDE = 20, 100


@action(Verb.SURVIVOR_REPORT, self_service=True)
def look_at_figures(*, year: int, by: User) -> Edition | None:
    """The figures of a year, within one's reach; that they were looked at is noted."""
    remark(act="figures", year=year)
    return figures(by, year)


@action(Verb.SURVIVOR_REPORT, self_service=True)
def export_incidents(*, since: date, until: date, reason: str, into: IO[bytes], by: User) -> int:
    """Write the incident table of a time into a spreadsheet: codes only, of those who agreed to be counted.

    Nothing lies in one place here, so the right is asked for in any scope; what is read lies within its reach. The
    event holds the reason, the time, the number of rows and the file's SHA-256, and no code of anybody.

    Returns:
        The number of rows.

    Raises:
        Refused: ``reason`` too short to be understood later; ``date``; ``too_many`` rows.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            _("Write in at least %(count)d letters what the file is for and who receives it.")
            % {"count": SHORTEST_REASON},
            "reason", field="reason",
        )  # fmt: skip
    if since > until or until > timezone.localdate():
        raise Refused(_("The time ends before it begins, or in the future. Check both days."), "date", field="until")
    book = Workbook(into, _AS_WRITTEN)
    try:
        n_rows = _write_rows(book, _bounded(recorder_rows(by, since, until)))
        _write_about(book, reason.strip(), (since, until), n_rows)
    finally:
        book.close()  # also removes what it kept beside the file
    into.seek(0)
    digest = hashlib.sha256(into.read()).hexdigest()
    into.seek(0)
    remark(act="incidents.export", since=str(since), until=str(until), rows=n_rows, sha256=digest)
    return n_rows


def _bounded(rows: Iterator[list[str | date]]) -> Iterator[list[str | date]]:
    for index, row in enumerate(rows):
        if index >= MOST_ROWS:
            raise Refused(_("The file would be too long. Choose a shorter time."), "too_many", field="since")
        yield row


def _write_rows(book: Any, rows: Iterator[list[str | date]]) -> int:
    sheet, bold = book.add_worksheet("Incident Data"), book.add_format({"bold": True, "text_wrap": True})
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, len(COLUMNS), _WIDTH)
    for index, column in enumerate(COLUMNS):
        sheet.write_string(0, index, column.heading, bold)
    n_rows = 0
    for row in rows:
        n_rows += 1
        for index, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(n_rows, index, value)
            elif value:
                sheet.write_string(n_rows, index, value)
    sheet.autofilter(0, 0, n_rows, len(COLUMNS) - 1)
    return n_rows


def _write_about(book: Any, reason: str, between: tuple[date, date], n_rows: int) -> None:
    """The sheet that goes with the rows: when, why, and how to treat the file. Who made it stands in the audit."""
    sheet = book.add_worksheet("About")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, _WIDTH)
    sheet.set_column(1, 1, _WIDE)
    lines = [
        (_("Made on"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_("Reason"), reason),
        (_("Told from"), between[0].isoformat()),
        (_("until"), between[1].isoformat()),
        (_("Rows"), str(n_rows)),
        (
            _("What it says"),
            _("Incidents that were reported to those who help. It never says how frequent violence is."),
        ),
        (_("Left out"), _("Everyone who did not agree to be counted, names, and everything in anybody's words.")),
        (
            _("Treat it so"),
            _(
                "Give it only to whom the information-sharing protocol names, encrypted, and delete it when the report "
                "is compiled. Publish no figure below 5 and no map below the district."
            ),
        ),
    ]
    for line, (name, words) in enumerate(lines):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, words, wrapped)
