"""A form as text tables: a folder of CSV files, a sheet each, which a diff can show and pyxform can read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SHEETS = ("settings", "survey", "choices", "entities")
"""The sheets of a form; settings and survey must be there."""

LANGUAGES = {"tg": "Тоҷикӣ (tg)", "ru": "Русский (ru)", "en": "English (en)", "fa": "دری (fa)"}
"""How a language is written in a heading, as in ``label::Тоҷикӣ (tg)``."""

LANGUAGE = re.compile(r"^(?P<what>[\w:]+)::(?P<name>.*\((?P<code>[a-z]{2,3})\))$")

_HEADINGS: dict[str, frozenset[str]] = {
    "settings": frozenset({"form_id", "version", "default_language", "instance_name", "style"}),
    "survey": frozenset(
        {
            "type", "name", "required", "relevant", "constraint", "calculation", "default", "readonly", "appearance",
            "parameters", "choice_filter", "repeat_count", "trigger", "save_to",
        }
    ),
    "choices": frozenset({"list_name", "name"}),
    "entities": frozenset({"list_name", "entity_id", "label", "create_if", "update_if"}),
}  # fmt: skip
_SPOKEN: dict[str, frozenset[str]] = {
    "settings": frozenset({"title"}),
    "survey": frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"}),
    "choices": frozenset({"label"}),
    "entities": frozenset(),
}
_NEEDED = {"settings": ("form_id", "version"), "survey": ("type", "name"), "choices": ("list_name", "name"),
           "entities": ("list_name",)}  # fmt: skip
_NAMELESS = re.compile(r"^end[ _](group|repeat)$")
_FORM_ID = re.compile(r"^[a-z][a-z0-9_]{1,60}$")

Row = Mapping[str, str]


class BadTable(Exception):
    """A table of a form cannot be read. ``where`` names file, row and column, as far as they are known."""

    def __init__(self, message: str, *, file: str, row: int | None = None, column: str = "") -> None:
        where = ", ".join(filter(None, (file, f"row {row}" if row else "", f"column {column}" if column else "")))
        super().__init__(f"{where}: {message}")
        self.message, self.file, self.row, self.column = message, file, row, column


@dataclass(frozen=True)
class Tables:
    """A form's sheets. Row ``n`` of a sheet stands in line ``n + 2`` of its file: empty lines are kept."""

    code: str
    sheets: Mapping[str, Sequence[Row]]
    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def settings(self) -> Row:
        """The one row of settings."""
        return self.sheets["settings"][0]

    @property
    def titles(self) -> dict[str, str]:
        """The form's title by language."""
        return dict(spoken(self.settings, "title"))

    @property
    def digest(self) -> str:
        """The SHA-256 of all that the form says, in hexadecimal: it changes whenever a cell does."""
        told = {name: [dict(row) for row in rows] for name, rows in sorted(self.sheets.items())}
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @property
    def version(self) -> str:
        """What phones are told: the version by hand, and the beginning of the digest, so that no change hides."""
        return f"{self.settings['version']}-{self.digest[:8]}"

    def workbook(self) -> dict[str, object]:
        """What ``pyxform.xls2xform.convert`` takes, under the title of the default language."""
        default = LANGUAGE.match(f"title::{self.settings.get('default_language', '')}")
        titles = self.titles
        title = titles.get(default["code"] if default else "tg") or next(iter(titles.values()), self.code)
        kept = {name: value for name, value in self.settings.items() if not name.startswith("title::")}
        book: dict[str, object] = {
            "settings": [kept | {"version": self.version, "form_title": title}],
            "survey": [dict(row) for row in self.sheets["survey"]],
        }
        # The heading rows: pyxform else guesses them from the first rows, and takes an empty column for missing.
        book["survey_header"] = [dict.fromkeys(self.headings["survey"])] if self.headings.get("survey") else None
        for name in ("choices", "entities"):
            if self.sheets.get(name):
                book[name] = [dict(row) for row in self.sheets[name]]
                if self.headings.get(name):
                    book[f"{name}_header"] = [dict.fromkeys(self.headings[name])]
        book["sheet_names"] = [name for name in SHEETS if name in book]
        return {name: value for name, value in book.items() if value is not None}


def spoken(row: Row, what: str) -> Iterator[tuple[str, str]]:
    """The texts of ``what`` in a row, by language; empty ones are left out.

    >>> dict(spoken({"label::English (en)": "Day", "label::Русский (ru)": ""}, "label"))
    {'en': 'Day'}
    """
    for heading, value in row.items():
        match = LANGUAGE.match(heading)
        if match and match["what"] == what and value:
            yield match["code"], value


def read_folder(folder: Path) -> Tables:
    """The form kept in ``folder``, which is named by its code.

    Raises:
        BadTable: a file is missing or cannot be read.
    """
    files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
    return read_tables(folder.name, files)


def read_tables(code: str, files: Mapping[str, bytes]) -> Tables:
    """The form of these files, by the names of their sheets.

    Raises:
        BadTable: not UTF-8, an unknown sheet or heading, a row of another length, a name that is missing, or settings
            that do not name the form.
    """
    for name in files:
        if name not in SHEETS:
            raise BadTable(f"There is no such sheet. Sheets are {', '.join(SHEETS)}.", file=f"{name}.csv")
    sheets: dict[str, list[dict[str, str]]] = {}
    headings: dict[str, list[str]] = {}
    for name in SHEETS:
        if name in files:
            headings[name], sheets[name] = _sheet(name, files[name])
        elif name in {"settings", "survey"}:
            raise BadTable("This sheet is missing.", file=f"{name}.csv")
    _demand_settings(code, sheets["settings"])
    return Tables(code, sheets, headings)


def _sheet(name: str, content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    file = f"{name}.csv"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable(f"Not UTF-8, at byte {error.start}.", file=file) from None
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if not lines:
        raise BadTable("The file is empty.", file=file)
    headings = [heading.strip() for heading in lines[0]]
    _demand_headings(name, headings)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if line and len(line) != len(headings):
            raise BadTable(f"{len(line)} cells under {len(headings)} headings.", file=file, row=number)
        row = {heading: cell.strip() for heading, cell in zip(headings, line, strict=False) if cell.strip()}
        _demand_names(name, row, number)
        rows.append(row)
    return headings, rows


def _demand_headings(name: str, headings: Sequence[str]) -> None:
    file = f"{name}.csv"
    for heading in headings:
        match = LANGUAGE.match(heading)
        if match:
            if match["what"] not in _SPOKEN[name] or LANGUAGES.get(match["code"]) != match["name"]:
                raise BadTable("There is no such column in any language of ours.", file=file, row=1, column=heading)
        elif heading not in _HEADINGS[name] and not (name == "choices" and heading.isidentifier()):
            raise BadTable("There is no such column.", file=file, row=1, column=heading)
        if headings.count(heading) > 1:
            raise BadTable("The column stands there twice.", file=file, row=1, column=heading)
    for heading in _NEEDED[name]:
        if heading not in headings:
            raise BadTable("The column is missing.", file=file, row=1, column=heading)


def _demand_names(name: str, row: Row, number: int) -> None:
    if not row or name == "settings":
        return
    for heading in _NEEDED[name]:
        if not row.get(heading) and not (heading == "name" and _NAMELESS.match(row.get("type", ""))):
            raise BadTable("The cell is empty.", file=f"{name}.csv", row=number, column=heading)


def _demand_settings(code: str, rows: Sequence[Row]) -> None:
    if len(rows) != 1:
        raise BadTable(f"{len(rows)} rows of settings; one is needed.", file="settings.csv")
    if rows[0].get("form_id") != code or not _FORM_ID.match(code):
        raise BadTable(f"The form must be named {code}, as its folder.", file="settings.csv", row=2, column="form_id")
    if not rows[0].get("version"):
        raise BadTable("The cell is empty.", file="settings.csv", row=2, column="version")
    if not dict(spoken(rows[0], "title")):
        raise BadTable("The form has no title.", file="settings.csv", row=2, column="title::…")
