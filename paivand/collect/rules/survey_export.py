"""What a file of answers holds: which kinds there are, and how an answer stands in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from paivand.collect.rules.flattening import Question
from paivand.collect.rules.survey_filters import SEVERAL, label_of
from paivand.core.rules.texts import text

MOST_ANSWERS = 200_000
MOST_LINES = 1_048_000
"""Rows of one sheet of a workbook."""
MOST_MEDIA_BYTES = 500_000_000
SHORTEST_REASON = 15


class FileKind(StrEnum):
    """The form of the file."""

    XLSX = "xlsx"
    CSV = "csv"
    GEOJSON = "geojson"
    MEDIA = "zip"


FILE_NAMES = {
    FileKind.XLSX: text("spreadsheet (XLSX), a sheet for each repeated part"),
    FileKind.CSV: text("plain table (CSV), without repeated parts"),
    FileKind.GEOJSON: text("places for a map (GeoJSON)"),
    FileKind.MEDIA: text("photographs and other files (ZIP)"),
}
MEDIA_TYPES = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.GEOJSON: "application/geo+json",
    FileKind.MEDIA: "application/zip",
}


class Words(StrEnum):
    """Whether choices stand as the form codes them, or in words."""

    LABELS = "labels"
    CODES = "codes"


WORDS_NAMES = {Words.LABELS: text("in words"), Words.CODES: text("as codes, for statistics")}

Cell = str | int | Decimal | date


def cell(question: Question, value: str, words: Words, language: str) -> Cell:
    """An answer as a cell: numbers are numbers, days are days, choices stand in words or as codes.

    >>> cell({"type": "integer"}, "12", Words.CODES, "en"), cell({"type": "text"}, "12", Words.CODES, "en")
    (12, '12')
    >>> roof = {"type": "select_multiple", "choices": {"a": {"tg": "Тунука"}, "b": {"tg": "Лой"}}}
    >>> cell(roof, "a b", Words.LABELS, "tg"), cell(roof, "a b", Words.CODES, "tg")
    ('Тунука; Лой', 'a b')
    """
    kind = question["type"]
    if kind in {"integer", "decimal", "range"}:
        return _number(value)
    if kind in {"date", "today"}:
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return value
    choices: Mapping[str, Mapping[str, str]] = question.get("choices") or {}
    if words is Words.LABELS and choices and value:
        picked = value.split() if kind in SEVERAL else [value]
        return "; ".join(label_of(choices.get(one) or {}, language, one) for one in picked)
    return value


def _number(value: str) -> Cell:
    try:
        found = Decimal(value)
    except InvalidOperation:
        return value
    if not found.is_finite():
        return value
    return int(found) if found == found.to_integral_value() and abs(found) < 10**15 else found


def heading(question: Question, words: Words, language: str) -> str:
    """The heading of a column: the label, or the path as the form names it."""
    return label_of(question["label"], language, question["path"]) if words is Words.LABELS else str(question["path"])
