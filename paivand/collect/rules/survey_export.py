"""What a file of answers holds: which kinds there are, and how an answer stands in a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
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
AT_ONCE = 2_000
"""Up to so many answers are written while the person waits; more of them, and photographs, in the background."""
KEPT_HOURS = 24
"""So long a file is kept for who asked for it. Whoever wants it later has it made anew."""
SILENT_MINUTES = 5
"""After so many minutes without a word a file is begun anew."""
MOST_TRIES = 3
_DIGITS = 15
LARGEST = 10**_DIGITS
"""Numbers from here on are no counts or sums of anybody: they stand in files as they were written."""


class FileKind(StrEnum):
    """The form of the file."""

    XLSX = "xlsx"
    CSV = "csv"
    GEOJSON = "geojson"
    MEDIA = "zip"
    WHOLE = "zip_all"

    @property
    def ending(self) -> str:
        """How the name of such a file ends.

        >>> FileKind.WHOLE.ending, FileKind.CSV.ending
        ('zip', 'csv')
        """
        return self.value.partition("_")[0]


ARCHIVES = frozenset({FileKind.MEDIA, FileKind.WHOLE})
"""Files of files: they hold no words of answers, and are made in the background."""
FILE_NAMES = {
    FileKind.XLSX: text("spreadsheet (XLSX), a sheet for each repeated part"),
    FileKind.CSV: text("plain table (CSV), without repeated parts"),
    FileKind.GEOJSON: text("places for a map (GeoJSON)"),
    FileKind.MEDIA: text("photographs (ZIP)"),
    FileKind.WHOLE: text(
        "photographs, recordings and documents as they came (ZIP); they may tell where they were made"
    ),
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Of these it is known what is told beside the picture, so that it can be taken out."""
_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
STAYS = text(
    "Films, recordings, documents and photographs other than JPEG, PNG and WebP may tell where they were made. "
    "So they are not given out: they stay sealed in what arrived."
)
ONLY_WHOLE = text(
    "Films, recordings, documents and photographs other than JPEG, PNG and WebP may tell where they were made. "
    "They leave only in the archive of all files as they came."
)
MEDIA_TYPES = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.GEOJSON: "application/geo+json",
    FileKind.MEDIA: "application/zip",
    FileKind.WHOLE: "application/zip",
}


def may_go_out(name: str, mime: str) -> bool:
    """Whether a file says that it is a photograph that can be cleaned; ``methods.pictures.bare`` knows for certain.

    >>> may_go_out("roof.JPG", ""), may_go_out("a", "image/png"), may_go_out("a.heic", "image/heic")
    (True, True, False)
    """
    return mime in PICTURES or name.lower().endswith(_PICTURE_ENDINGS)


class Words(StrEnum):
    """Whether choices stand as the form codes them, or in words."""

    LABELS = "labels"
    CODES = "codes"


WORDS_NAMES = {Words.LABELS: text("in words"), Words.CODES: text("as codes, for statistics")}

Cell = str | int | Decimal | date


def cells_of(question: Question, words: Words, language: str) -> Callable[[str], Cell]:
    """How the answers to a question become cells: numbers are numbers, days are days, choices stand in words or as
    codes. What is to be known of the question is looked up here, once for all answers.

    >>> cells_of({"type": "integer"}, Words.CODES, "en")("12"), cells_of({"type": "text"}, Words.CODES, "en")("12")
    (12, '12')
    >>> roof = {"type": "select_multiple", "choices": {"a": {"tg": "Тунука"}, "b": {"tg": "Лой"}}}
    >>> cells_of(roof, Words.LABELS, "tg")("a b"), cells_of(roof, Words.CODES, "tg")("a b")
    ('Тунука; Лой', 'a b')
    """
    kind = question["type"]
    if kind in {"integer", "decimal", "range"}:
        return _number
    if kind in {"date", "today"}:
        return _day
    if words is Words.CODES or not question.get("choices"):
        return str
    labels = {code: label_of(said or {}, language, code) for code, said in question["choices"].items()}
    if kind in SEVERAL:
        return lambda value: "; ".join(labels.get(one, one) for one in value.split())
    return lambda value: labels.get(value, value)


def _day(value: str) -> Cell:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return value


def _number(value: str) -> Cell:
    """A number that a spreadsheet can hold; what is none, or larger than it counts exactly, stays the text it is.

    >>> _number("12"), _number("2.50"), _number("1e400"), _number("NaN"), _number("1e15")
    (12, Decimal('2.50'), '1e400', 'NaN', '1e15')
    """
    if len(value) <= _DIGITS and value.isascii() and value.isdigit():
        return int(value)
    try:
        found = Decimal(value)
    except InvalidOperation:
        return value
    if not found.is_finite() or abs(found) >= LARGEST:
        return value
    return int(found) if found == found.to_integral_value() else found


def heading(question: Question, words: Words, language: str) -> str:
    """The heading of a column: the label, or the path as the form names it."""
    return label_of(question["label"], language, question["path"]) if words is Words.LABELS else str(question["path"])


def headings(questions: Sequence[Question], words: Words, language: str, *, fixed: Sequence[str]) -> list[str]:
    """The headings of the columns behind the ``fixed`` ones, each but once in a table, so that a reader who goes by
    headings loses no column: where a label repeats, or is the name of a fixed column, the path stands behind it.

    >>> asked = [{"path": path, "label": {"en": label}} for path, label in (("q1", "Day"), ("q2", "Roof"))]
    >>> headings(asked, Words.LABELS, "en", fixed=["Answer", "Day"])
    ['Day (q1)', 'Roof']
    """
    told = [heading(one, words, language) for one in questions]
    often = Counter(_alike(one) for one in (*fixed, *told))
    taken = {one for one, n in often.items() if n == 1} | {_alike(one) for one in fixed}
    found = []
    for question, name in zip(questions, told, strict=True):
        if often[_alike(name)] > 1:
            name = f"{name} ({question['path']})"  # noqa: PLW2901
            while _alike(name) in taken:
                name += "*"  # noqa: PLW2901
            taken.add(_alike(name))
        found.append(name)
    return found


def _alike(name: str) -> str:
    """A heading as programs compare them, which know neither capitals nor spaces at the ends."""
    return " ".join(name.split()).casefold()


class FileState(StrEnum):
    """How far a file is that is made in the background."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


FILE_STATE_NAMES = {
    FileState.WAITING: text("waiting for its turn"),
    FileState.WORKING: text("being made"),
    FileState.DONE: text("made"),
    FileState.FAILED: text("not made"),
}


class FileTrouble(StrEnum):
    """Why a file was not made."""

    RIGHT = "right"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    PLACE = "place"
    SILENT = "silent"
    OTHER = "other"


TROUBLE_WORDS = {
    FileTrouble.RIGHT: text("Who asked for it may not see these answers any more."),
    FileTrouble.TOO_MANY: text("The file would have too many rows. Narrow the filters, for example to one month."),
    FileTrouble.TOO_LARGE: text("The files are too large together. Narrow the filters, for example to one week."),
    FileTrouble.PLACE: text("The survey asks for no place outside of its repeated parts. Take another kind of file."),
    FileTrouble.SILENT: text("The work was broken off three times. Tell an administrator."),
    FileTrouble.OTHER: text("It could not be made. Try again; if it fails again, tell an administrator."),
}
FILE_GONE = text("This file is gone, or you may see other answers now than when you asked for it. Ask for it anew.")


def trouble_of(code: str) -> FileTrouble:
    """The trouble that a refusal with this code means.

    >>> trouble_of("too_many"), trouble_of("reason")
    (<FileTrouble.TOO_MANY: 'too_many'>, <FileTrouble.OTHER: 'other'>)
    """
    return FileTrouble(code) if code in set(FileTrouble) else FileTrouble.OTHER
