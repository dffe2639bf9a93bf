"""The workbook of a survey as sheets of texts, whatever program wrote it: XLSX, XLS or ODS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from paivand.collect.rules.columns import letter
from paivand.collect.rules.lists import FileKind
from paivand.collect.rules.problems import Unreadable
from paivand.collect.rules.sheets import Cell, kind_of, read_grid, sheet_names
from paivand.collect.rules.tables import LANGUAGES, Tables
from paivand.collect.rules.xforms import MOST_BYTES

SHEETS = ("survey", "choices", "settings", "entities")
MOST_ROWS = 5_000
KEPT_SETTINGS = frozenset({"default_language", "instance_name", "style", "allow_choice_duplicates"})
"""What a survey may set. Where it is sent to and how it is locked is not its own affair."""
_ALIASES = {
    "survey": {"calculate": "calculation", "skip": "relevant", "image": "media::image",
               "audio": "media::audio", "video": "media::video", "big-image": "media::big-image",
               "read_only": "readonly", "command": "type", "tag": "name", "value": "name", "count": "repeat_count"},
    "choices": {"list name": "list_name", "value": "name", "image": "media::image", "audio": "media::audio",
                "video": "media::video"},
    "settings": {"form_title": "title", "set form title": "title", "id_string": "form_id", "set form id": "form_id",
                 "default language": "default_language"},
    "entities": {"dataset": "list_name"},
}  # fmt: skip
"""Other names of columns that pyxform knows, and the one that is used here."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its headings as they are used here, as they were written, and each row by its number on the screen."""

    headings: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[tuple[int, Mapping[str, str]], ...] = ()

    def spoken(self, what: str) -> list[str]:
        """The headings of a text in its languages: ``label``, ``label::Русский (ru)``."""
        return [one for one in self.headings if one == what or one.startswith(f"{what}::")]


@dataclass(frozen=True)
class Book:
    """The sheets of a survey; one that is missing is empty. ``unknown`` are sheets that nothing reads."""

    sheets: Mapping[str, Sheet]
    unknown: tuple[str, ...] = ()

    def rows(self, sheet: str) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Each row that says something, with its number."""
        yield from ((number, row) for number, row in self.sheets.get(sheet, Sheet()).rows if row)

    @property
    def settings(self) -> Mapping[str, str]:
        """The first row of settings."""
        return next((row for _number, row in self.rows("settings")), {})

    @property
    def languages(self) -> list[str]:
        """The languages of the labels, as their headings name them; a heading without one counts as none."""
        headings = self.sheets.get("survey", Sheet()).spoken("label")
        return [one.partition("::")[2] for one in headings if "::" in one]

    def tables(self, code: str, version: str, titles: Mapping[str, str]) -> Tables:
        """The same for pyxform, under this code, version and title."""
        settings = {key: value for key, value in self.settings.items() if key in KEPT_SETTINGS}
        settings |= {f"title::{LANGUAGES[key]}": title for key, title in titles.items() if title}
        sheets: dict[str, Sequence[Mapping[str, str]]] = {
            "settings": [settings | {"form_id": code, "version": version}]
        }
        headings: dict[str, Sequence[str]] = {"settings": list(sheets["settings"][0])}
        for name in ("survey", "choices", "entities"):
            sheet = self.sheets.get(name, Sheet())
            if any(row for _number, row in sheet.rows):
                sheets[name] = [row for _number, row in sheet.rows]
                headings[name] = list(sheet.headings)
        return Tables(code, sheets, headings)


def read_book(name: str, content: bytes) -> Book:
    """The sheets of a workbook, with the rows numbered as on the screen.

    Raises:
        Unreadable: it is no workbook, or too large, or its headings do not stand in the first row.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large", limit=MOST_BYTES // (1024 * 1024))
    kind = kind_of(name, content)
    if kind is FileKind.CSV:
        raise Unreadable("unknown_kind")
    named = {one.strip().lower(): one for one in sheet_names(kind, content)}
    sheets = {one: _sheet(one, read_grid(kind, content, named[one]).rows) for one in SHEETS if one in named}
    return Book(sheets, tuple(written for key, written in named.items() if key not in SHEETS))


def _sheet(name: str, grid: Sequence[Sequence[Cell]]) -> Sheet:
    if len(grid) > MOST_ROWS:
        raise Unreadable("too_many_rows", limit=MOST_ROWS)
    first = [_told(cell) for cell in grid[0]] if grid else []
    headings: dict[int, str] = {}
    written: dict[str, str] = {}
    letters: dict[str, str] = {}
    for column, said in enumerate(first):
        heading = _heading(name, said)
        if heading and heading not in written:
            headings[column] = heading
            written[heading] = said
            letters[heading] = letter(column)
    rows = []
    for number, cells in enumerate(grid[1:], start=2):
        told = {
            heading: _told(cells[column]) for column, heading in headings.items() if column < len(cells)
        }  # fmt: skip
        rows.append((number, {heading: value for heading, value in told.items() if value}))
    return Sheet(tuple(headings.values()), written, letters, tuple(rows))


def _heading(sheet: str, said: str) -> str:
    """A heading as it is used here: ``Label::English (en)`` and ``label :: English (en)`` are ``label::English (en)``.

    >>> _heading("survey", "Label :: English (en)"), _heading("choices", "List Name")
    ('label::English (en)', 'list_name')
    """
    what, parted, rest = said.partition("::")
    plain = what.strip().lower()
    plain = _ALIASES[sheet].get(plain, plain.replace(" ", "_"))
    return f"{plain}::{rest.strip()}" if parted else plain


def _told(cell: Cell) -> str:
    """A cell as a text, as pyxform reads it: 2.0 is 2, and a tick is TRUE."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell).replace("\u00a0", " ").strip()
