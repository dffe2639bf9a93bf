"""Taking answers of a survey out of the program in a file: with a reason, within one's reach, and noted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any, NamedTuple

from django.utils import timezone
from django.utils.translation import get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.collect.models import Form, SubmissionFile, SurveyAnswer
from paivand.collect.queries import survey_answers as queries
from paivand.collect.queries.survey_names import named_in_all
from paivand.collect.queries.surveys import reads_answers, survey_seen_by
from paivand.collect.rules.flattening import POSITION, Question, asked, point_of
from paivand.collect.rules.survey_export import (
    ARCHIVES,
    MOST_ANSWERS,
    MOST_LINES,
    MOST_MEDIA_BYTES,
    ONLY_WHOLE,
    SHORTEST_REASON,
    Cell,
    FileKind,
    Words,
    cells_of,
    heading,
    headings,
    may_go_out,
)
from paivand.collect.rules.survey_filters import AnswerFilter, label_of, tables_of
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.spreadsheets import Workbook, harmless
from paivand.methods.pictures import NoPictureError, bare

_AS_WRITTEN = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}  # fmt: skip
_WIDTH, _WIDE = 18, 90


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to take out: the kind of file, which answers, and how choices stand in it."""

    kind: FileKind
    filters: AnswerFilter
    words: Words = Words.LABELS
    language: str = "en"
    place: str = ""
    """The path of the question whose points a GeoJSON file holds; empty: the first one."""


@action(Verb.SURVEY_MANAGE, self_service=True)
def export_answers(*, survey: Form, wanted: Wanted, reason: str, into: IO[bytes], by: User) -> int:
    """Write the answers that fit into a file, and note who took out what, why, and the file's fingerprint.

    Points stand in it to three decimals of a degree, as they are kept. Photographs lose what is told beside the
    picture, such as where it was taken; files that could tell it too are left out.

    Returns:
        The number of answers.

    Raises:
        Refused: a reason too short to be understood later, more than a file may hold, no question for a place.
    """
    demand_readable(survey, by)
    demand_reason(reason)
    questions = questions_for(wanted, survey, by)
    source = Source(queries.all_answers(by, survey, wanted.filters), queries.files_of)
    written = write_answers(
        into, survey=survey, wanted=wanted, reason=reason, questions=questions, source=source, by=by
    )
    tell_taken(survey, wanted, questions, written.n, sha256_of(into))
    return written.n


def questions_for(wanted: Wanted, survey: Form, by: User) -> list[Question]:
    """The questions of a file; in words, what was chosen from the register's lists has those that ``by`` may know."""
    questions = queries.questions_of(survey)
    if wanted.words is Words.CODES or wanted.kind in ARCHIVES:
        return questions
    return named_in_all(by, survey, wanted.filters, questions)


def demand_readable(survey: Form, by: User) -> None:
    """Refuse whoever sees no single answer, or not this survey.

    Raises:
        OutsideScopeError: as said.
    """
    if not reads_answers(by) or survey_seen_by(by, survey.pk) is None:
        raise OutsideScopeError(Verb.SURVEY_MANAGE)


def demand_reason(reason: str) -> None:
    """Refuse a reason that nobody will understand later.

    Raises:
        Refused: ``reason``.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            _("Write in at least %(count)d letters what the file is for and who receives it.")
            % {"count": SHORTEST_REASON},
            "reason",
            field="reason",
        )


def tell_taken(survey: Form, wanted: Wanted, questions: Sequence[Question], n: int, sha256: str) -> None:
    """Note in the running event what leaves the program."""
    remark(
        survey=survey.code, format=str(wanted.kind), rows=n, columns=[one["path"] for one in asked(questions)],
        words=str(wanted.words), filters=wanted.filters.kept(), sha256=sha256,
    )  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where the answers come from: one after the other, and for each its files by name."""

    answers: Iterator[SurveyAnswer]
    files_of: Callable[[SurveyAnswer], Mapping[str, SubmissionFile]]


class Written(NamedTuple):
    """How many answers are in a file, and how many of their files are not, because they could tell a place."""

    n: int
    n_left_out: int = 0


def write_answers(
    into: IO[bytes], *, survey: Form, wanted: Wanted, reason: str, questions: Sequence[Question], source: Source,
    by: User,
) -> Written:  # fmt: skip
    """Write the answers into a file, one after the other as they come.

    Raises:
        Refused: ``too_many``, ``too_large`` or ``place``; see ``export_answers``.
    """
    rows = _bounded(source.answers)
    if wanted.kind is FileKind.CSV:
        return Written(_write_csv(into, _Sheet.main(questions, wanted), rows))
    if wanted.kind is FileKind.GEOJSON:
        return Written(_write_places(into, questions, wanted, rows))
    if wanted.kind in ARCHIVES:
        return _write_media(into, rows, source, whole=wanted.kind is FileKind.WHOLE)
    return Written(_write_workbook(into, questions, wanted, rows, _about(by, survey, reason.strip(), wanted)))


def _bounded(rows: Iterator[SurveyAnswer]) -> Iterator[SurveyAnswer]:
    for index, row in enumerate(rows):
        if index >= MOST_ANSWERS:
            raise _too_many(MOST_ANSWERS)
        yield row


def _too_many(most: int) -> Refused:
    return Refused(
        _("The file would have more than %(count)d rows. Narrow the filters, for example to one month.")
        % {"count": most},
        "too_many",
    )


def _fixed_heads() -> list[str]:
    return [_("Answer"), _("Day"), _("District"), _("Worker"), _("Version")]


class _Sheet:
    """One table of the file: its columns, and where its rows come from."""

    def __init__(self, questions: Sequence[Question], wanted: Wanted, repeat: str | None = None) -> None:
        self.repeat = repeat
        self.paths = [one["path"] for one in questions]
        fixed = [_("Answer"), _("Row")] if repeat else _fixed_heads()
        self.heads = [*fixed, *headings(questions, wanted.words, wanted.language, fixed=fixed)]
        self._cells = [(one["path"], cells_of(one, wanted.words, wanted.language)) for one in questions]

    @classmethod
    def main(cls, questions: Sequence[Question], wanted: Wanted) -> _Sheet:
        return cls([one for one in asked(questions) if not one.get("repeat")], wanted)

    def rows(self, answer: SurveyAnswer) -> Iterator[list[Cell]]:
        """The rows that one answer brings."""
        key = str(answer.pk)
        if self.repeat:
            for row in answer.parts.get(self.repeat, ()):
                yield [key, row[POSITION], *self.cells(row)]
        else:
            worker = answer.owner.full_name if answer.owner else ""
            yield [
                key, answer.answered_on, answer.district.name, worker, answer.form_version.name,
                *self.cells(answer.values),
            ]  # fmt: skip

    def cells(self, values: Mapping[str, str]) -> list[Cell]:
        """What was answered to the questions of the sheet; empty where nothing was."""
        return [told(values[path]) if values.get(path) else "" for path, told in self._cells]


def _write_csv(into: IO[bytes], sheet: _Sheet, answers: Iterator[SurveyAnswer]) -> int:
    """UTF-8 with a mark that spreadsheet programs know it by; no cell can be taken for a formula."""
    told = io.TextIOWrapper(into, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(told)
    table.writerow([harmless(one) for one in sheet.heads])
    n = 0
    for answer in answers:
        for row in sheet.rows(answer):
            table.writerow([harmless(value) if isinstance(value, str) else value for value in row])
        n += 1
    told.detach()
    return n


def _write_workbook(
    into: IO[bytes], questions: Sequence[Question], wanted: Wanted, answers: Iterator[SurveyAnswer],
    about: list[tuple[str, str]],
) -> int:  # fmt: skip
    """A sheet with the answers, one for each repeated part, and one about the file; row by row."""
    sheets = [_Sheet.main(questions, wanted)]
    names = [_("Answers")]
    for part in tables_of(questions):
        inner = [one for one in asked(questions) if one.get("repeat") == part["path"]]
        sheets.append(_Sheet(inner, wanted, part["path"]))
        names.append(heading(part, wanted.words, wanted.language))
    book = Workbook(into, _AS_WRITTEN)
    n = 0
    try:
        bold = book.add_format({"bold": True, "text_wrap": True})
        pages = [_begun(book, name, sheet.heads, bold, at) for at, (name, sheet) in enumerate(zip(names, sheets))]  # noqa: B905
        lines, cut = [0] * len(pages), 0
        for answer in answers:
            n += 1
            for at, sheet in enumerate(sheets):
                for row in sheet.rows(answer):
                    lines[at] += 1
                    if lines[at] > MOST_LINES:
                        raise _too_many(MOST_LINES)
                    for column, value in enumerate(row):
                        cut += not _write_cell(pages[at], lines[at], column, value)
        _write_about(book, [*about, (_("Answers"), str(n)), *_told_of_cut(cut)])
    finally:
        book.close()
    return n


def _begun(book: Any, name: str, heads: Sequence[str], bold: Any, at: int) -> Any:
    plain = "".join(letter for letter in name if letter not in "[]:*?/\\'")[:24] or "-"
    page = book.add_worksheet(f"{at} {plain}" if at else plain)
    if _is_rtl():
        page.right_to_left()
    page.freeze_panes(1, 1)
    page.set_column(0, len(heads), _WIDTH)
    for column, head in enumerate(heads):
        page.write_string(0, column, head, bold)
    return page


def _is_rtl() -> bool:
    return bool(get_language_bidi())


def _told_of_cut(n: int) -> list[tuple[str, str]]:
    words = ngettext(
        "%(number)s text is longer than a cell of a workbook can hold. Its end is missing here.",
        "%(number)s texts are longer than a cell of a workbook can hold. Their ends are missing here.", n,
    )  # fmt: skip
    return [(_("Cut off"), words % {"number": n})] if n else []


def _write_cell(page: Any, row: int, column: int, value: Cell) -> bool:
    """Whether the whole of it found room."""
    if isinstance(value, str):
        return not value or page.write_string(row, column, value) == 0
    if isinstance(value, date):
        if value.year >= 1900:
            page.write_datetime(row, column, value)
        else:
            page.write_string(row, column, value.isoformat())
    else:
        page.write_number(row, column, value)
    return True


def _write_about(book: Any, about: list[tuple[str, str]]) -> None:
    page = book.add_worksheet(pgettext("a file", "About")[:31])
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    page.set_column(0, 0, _WIDTH)
    page.set_column(1, 1, _WIDE)
    for line, (name, words) in enumerate(about):
        page.write_string(line, 0, name, bold)
        page.write_string(line, 1, words, wrapped)


def _about(by: User, survey: Form, reason: str, wanted: Wanted) -> list[tuple[str, str]]:
    return [
        (_("Survey"), f"{label_of(survey.titles, wanted.language, survey.code)} ({survey.code})"),
        (_("Made by"), by.full_name),
        (_("Made on"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_("Reason"), reason),
        (_("Filters"), "; ".join(f"{name}: {value}" for name, value in wanted.filters.kept().items()) or _("none")),
        (
            _("Treat it so"),
            _(
                "This file tells about living people. Keep it on a locked device, give it to nobody who is not named "
                "in the reason, send it only encrypted, and delete it when the work is done."
            ),
        ),
    ]


def _write_places(
    into: IO[bytes], questions: Sequence[Question], wanted: Wanted, answers: Iterator[SurveyAnswer]
) -> int:
    """RFC 7946: a feature for each answer with a place, streamed; properties are named by the paths of questions."""
    located = [one for one in asked(questions) if one["type"] == "geopoint" and not one.get("repeat")]
    place = next((one for one in located if one["path"] == wanted.place), next(iter(located), None))
    if place is None:
        raise Refused(
            _("The survey asks for no place outside of its repeated parts. Take another kind of file."), "place"
        )
    sheet = _Sheet.main(questions, wanted)
    into.write(b'{"type":"FeatureCollection","features":[')
    n = 0
    for answer in answers:
        at = point_of(answer.values.get(place["path"], ""))
        if at is None:
            continue
        told = {
            path: _plain(value)
            for path, value in zip(sheet.paths, sheet.cells(answer.values), strict=True)
            if value != "" and path != place["path"]
        }
        feature = {
            "type": "Feature", "id": str(answer.pk),
            "geometry": {"type": "Point", "coordinates": [at[1], at[0]]},
            "properties": {"answered_on": answer.answered_on.isoformat(), "district": answer.district_id} | told,
        }  # fmt: skip
        into.write((b",\n" if n else b"\n") + json.dumps(feature, ensure_ascii=False, allow_nan=False).encode())
        n += 1
    into.write(b"\n]}\n")
    return n


def _plain(value: Cell) -> str | int | float:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _write_media(into: IO[bytes], answers: Iterator[SurveyAnswer], source: Source, *, whole: bool) -> Written:
    """The photographs of each answer in a folder of its own, without what is told beside them. Which files are left
    out stands in a file of the archive; ``whole`` takes them as they came."""
    n = size = 0
    left_out: list[str] = []
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as packed:
        for answer in answers:
            files = source.files_of(answer)
            n += bool(files)
            for at, file in enumerate(files.values(), start=1):
                name = f"{answer.pk}/{at}-{_safe(file.name)}"
                clean = without_traces(file)
                if clean is None and not whole:
                    left_out.append(name)
                    continue
                size += file.size
                if size > MOST_MEDIA_BYTES:
                    raise Refused(
                        _("The files have more than %(limit)s MB together. Narrow the filters, as to one week.")
                        % {"limit": MOST_MEDIA_BYTES // 1_000_000},
                        "too_large",
                    )
                packed.writestr(name, file.content if clean is None else clean)
        if left_out:
            packed.writestr("left-out.txt", "\n".join([_(ONLY_WHOLE), "", *left_out, ""]))
    return Written(n, len(left_out))


def _safe(name: str) -> str:
    """A name without a way out of its folder.

    >>> _safe("../../etc/passwd"), _safe("Акс 1.jpg")
    ('passwd', 'Акс_1.jpg')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return (
        "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in last).lstrip(".")[-80:] or "file"
    )


def without_traces(file: SubmissionFile) -> bytes | None:
    """A photograph without what the camera wrote into it, such as the place; None for a file that may still tell it."""
    if not may_go_out(file.name, file.mime):
        return None
    try:
        return bare(file.content)
    except NoPictureError:
        return None


def sha256_of(file: IO[bytes]) -> str:
    """The fingerprint of a file, which is at its beginning afterwards."""
    file.flush()
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(1 << 16):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()
