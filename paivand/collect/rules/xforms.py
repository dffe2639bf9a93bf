"""XLSForms turned into XForms by pyxform, with what the rest of the house needs to know of a form's questions."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paivand.collect.rules.computed_places import computed_from_places
from paivand.collect.rules.tables import Tables

MOST_BYTES = 4 * 1024 * 1024
"""The largest workbook that is looked at. A form of 5,000 questions in four languages has less than two megabytes."""

_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"'(survey|choices|settings|entities)' sheet")
_COLUMN = re.compile(r"the '([\w:]+)' value")
VALIDATE = "validate"
"""The code of what ODK Validate says."""
_VALIDATE_NOISE = re.compile(r"^\s*(>>|Result: |at org\.|WARNING: |ODK Validate (Errors|Warnings):)")
_OF_LANGUAGE = re.compile(r"\(([A-Za-z]{2,3})(?:-[A-Za-z]+)?\)\s*$")
_TYPES = {
    "select one": "select_one", "select all that apply": "select_multiple", "rank": "rank", "photo": "image",
    "int": "integer",
}  # fmt: skip
_YES = frozenset({"yes", "true", "true()", "y", "1"})
_EXTERNAL = re.compile(r'<instance id="([^"]+)" src="jr://file(?:-csv)?/([^"]+)"')


@dataclass(frozen=True)
class Problem:
    """What stands against a form, or what looks wrong in it: the sheet, the row of that sheet and the column, if known.

    ``message`` is pyxform's or Validate's own English sentence; ``code`` is pyxform's, such as ``PYREF_003``.
    """

    message: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    code: str = ""


class NotAForm(Exception):
    """The workbook is no form that phones could show."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Converted:
    """An XForm and what is known of it.

    Args:
        md5: of ``xml``, in hexadecimal, as form lists tell it.
        questions: in the order of the form; see ``question_rows``; with ``place`` where it is worked out from one.
        lists: names of the CSV files that the form reads, without their ending, in the order of their names.
        files: names of other files that the form shows: pictures, sounds, CSV under other names.
        entities: lists to which the form writes.
        remarks: what looks wrong and hinders nothing.
    """

    code: str
    version: str
    titles: Mapping[str, str]
    xml: bytes
    md5: str
    questions: list[dict[str, Any]]
    lists: tuple[str, ...]
    files: tuple[str, ...]
    entities: tuple[str, ...]
    remarks: tuple[Problem, ...]


def convert_form(source: Tables | bytes) -> Converted:
    """The XForm of text tables, or of a workbook in XLSX.

    Raises:
        NotAForm: with everything that pyxform says against it; it stops at the first mistake of most kinds.
    """
    from pyxform.xls2xform import convert  # takes a second, which starts of other commands need not wait for

    if isinstance(source, bytes) and len(source) > MOST_BYTES:
        raise NotAForm([Problem("The file is larger than 4 MB.", code="large")])
    try:
        made = convert(source.workbook()) if isinstance(source, Tables) else convert(source, file_type=".xlsx")
    except Exception as error:  # pyxform raises errors of Python itself for workbooks that it does not expect
        raise NotAForm([_problem(error)]) from error
    tree: dict[str, Any] = made._pyxform or {}
    titles = source.titles if isinstance(source, Tables) else {"": str(tree.get("title") or tree.get("id_string", ""))}
    xml = made.xform.encode()
    named = sorted({name for _id, name in _EXTERNAL.findall(made.xform)})
    computed = computed_from_places(xml)
    questions = [one | {"place": True} if one["path"] in computed else one for one in question_rows(tree)]
    return Converted(
        code=str(tree.get("id_string", "")), version=str(tree.get("version", "")), titles=titles, xml=xml,
        md5=hashlib.md5(xml, usedforsecurity=False).hexdigest(), questions=questions,
        lists=tuple(name.removesuffix(".csv") for name in named if name.endswith(".csv")),
        files=tuple(sorted({*(name for name in named if not name.endswith(".csv")), *_shown_files(tree)})),
        entities=tuple(_datasets(tree)),
        remarks=tuple(_remark(warning) for warning in made.warnings),
    )  # fmt: skip


def java_present() -> bool:
    """Whether ODK Validate, which comes with pyxform, can run here."""
    return shutil.which("java") is not None


def validated(xml: bytes) -> list[Problem]:
    """What ODK Validate remarks on an XForm; an empty list where Java is missing (see ``java_present``).

    Raises:
        NotAForm: Collect would refuse the form.
    """
    from pyxform.validators.odk_validate import ODKValidateError, check_xform

    if not java_present():
        return []
    with tempfile.TemporaryDirectory(prefix="paivand-form-") as folder:
        path = Path(folder) / "form.xml"
        path.write_bytes(xml)
        try:
            warnings = check_xform(str(path))
        except ODKValidateError as error:
            raise NotAForm([Problem(line, code=VALIDATE) for line in _said(str(error))]) from None
    return [Problem(line, code=VALIDATE) for warning in warnings for line in _said(warning)]


def question_rows(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions, groups and repeats of a form as plain rows, in its order.

    Each row has ``path`` (``visit/purpose``, without the root), ``name``, ``type`` as XLSForm writes it, ``label`` by
    language code ("" where a form names no language), ``choices`` (value → labels) or None, ``list`` (the CSV that
    the choices come from) or None, ``repeat`` (path of the repeat around it) or None, ``required``, ``relevant``
    (whether it is asked only sometimes) and ``saveto`` (the entity's property) or None; a date that is asked by its
    month alone has ``month`` besides.
    """
    return list(_rows(tree.get("children", ()), "", None))


def said(labels: Mapping[str, str], language: str) -> str:
    """A label in ``language``, else in the language of the form that comes nearest; empty when there is none.

    >>> said({"tg": "Рӯз", "en": "Day"}, "ru"), said({"": "Day"}, "fa"), said({}, "tg")
    ('Рӯз', 'Day', '')
    """
    for code in (language, "tg", "ru", "en", ""):
        if labels.get(code):
            return labels[code]
    return next(iter(labels.values()), "")


def _rows(children: Sequence[Mapping[str, Any]], above: str, repeat: str | None) -> Iterator[dict[str, Any]]:
    for child in children:
        name, kind = str(child.get("name", "")), str(child.get("type", ""))
        if not name or (name == "meta" and kind == "group"):
            continue
        path = f"{above}/{name}" if above else name
        bind: Mapping[str, Any] = child.get("bind") or {}
        itemset = str(child.get("itemset") or "")
        saveto = str(bind.get("entities:saveto") or "")
        control: Mapping[str, Any] = child.get("control") or {}
        month = {"month": True} if "month-year" in str(control.get("appearance", "")).split() else {}
        yield {
            "path": path,
            "name": name,
            "type": _TYPES.get(kind, kind.replace(" ", "_")),
            "label": _labels(child.get("label")),
            "choices": _choices(child.get("choices")),
            "list": itemset.rsplit(".", 1)[0] if itemset.endswith((".csv", ".xml", ".geojson")) else None,
            "repeat": repeat,
            "required": str(bind.get("required", "")).strip().lower() in _YES,
            "relevant": bool(bind.get("relevant")),
            "saveto": saveto.rsplit("#", 1)[-1] or None,
            **month,
        }
        if child.get("children") and kind in {"group", "repeat"}:
            yield from _rows(child["children"], path, path if kind == "repeat" else repeat)


def _labels(label: Any) -> dict[str, str]:
    if isinstance(label, Mapping):
        return {_code(str(language)): str(words) for language, words in label.items() if words}
    return {"": str(label)} if label else {}


def _code(language: str) -> str:
    """The code of a language as a heading writes it: "Тоҷикӣ (tg)"; a heading without a code gives its own words.

    >>> _code("Тоҷикӣ (tg)"), _code("default"), _code("French")
    ('tg', '', 'French')
    """
    match = _OF_LANGUAGE.search(language)
    if match:
        return match[1].lower()
    return "" if language == "default" else language


def _choices(choices: Any) -> dict[str, dict[str, str]] | None:
    if not choices:
        return None
    return {str(choice["name"]): _labels(choice.get("label")) for choice in choices}


def _datasets(tree: Mapping[str, Any]) -> Iterator[str]:
    for child in tree.get("children", ()):
        if child.get("type") == "entity":
            yield from (str(one["value"]) for one in child["children"] if one.get("name") == "dataset")
        else:
            yield from _datasets(child)


def _shown_files(tree: Any) -> Iterator[str]:
    """Names of pictures, sounds and films that labels of questions and choices show."""
    if isinstance(tree, Mapping):
        for name, value in tree.items():
            if name == "media" and isinstance(value, Mapping):
                for file in value.values():
                    yield from map(str, file.values() if isinstance(file, Mapping) else [file])
            else:
                yield from _shown_files(value)
    elif isinstance(tree, list):
        for one in tree:
            yield from _shown_files(one)


def _problem(error: Exception) -> Problem:
    from pyxform.errors import PyXFormError

    if not isinstance(error, PyXFormError):
        return Problem("The file cannot be read as an XLSForm.", code="unreadable")
    code = error.code.name if error.code else ""
    found = _remark(str(error))
    context: Mapping[str, Any] = error.context or {}
    row = str(context.get("row") or "")
    return Problem(
        found.message, found.sheet or str(context.get("sheet") or ""), int(row) if row.isdigit() else found.row,
        found.column or str(context.get("column") or ""), code,
    )  # fmt: skip


def _remark(words: str) -> Problem:
    """A sentence of pyxform with the place that it names taken out of it.

    >>> _remark("[row : 5] On the 'survey' sheet, the 'name' value is invalid.").row
    5
    """
    row, sheet, column = _ROW.search(words), _SHEET.search(words), _COLUMN.search(words)
    return Problem(
        _ROW.sub("", words).strip(), sheet[1] if sheet else "", int(row[1]) if row else None,
        column[1] if column else "",
    )  # fmt: skip


def _said(output: str) -> list[str]:
    """The lines of Validate that tell a form's author something."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not _VALIDATE_NOISE.match(line)]
    return lines or [output.strip()[:500]]
