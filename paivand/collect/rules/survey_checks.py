"""What stands against a survey, row by row, before pyxform is asked: all mistakes at once, in the reader's words.

pyxform stops at the first mistake; whoever mends forty rows wants to see forty. What is not found here, pyxform finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from paivand.collect.rules.flattening import PLACES
from paivand.collect.rules.survey_sheets import KEPT_SETTINGS, Book
from paivand.core.rules.texts import text

MOST_QUESTIONS = 1_000
ALLOWED: Mapping[str, frozenset[str]] = {"families": frozenset({"village", "housing", "land"})}
"""The lists that a survey may write to, and what it may change there. Nothing is made by a survey."""

FINDINGS: dict[str, str] = {
    "no_sheet": text("The workbook has no sheet named %(name)s. Add it."),
    "no_column": text("The sheet has no column named %(name)s. Add it to the first row."),
    "unknown_sheet": text("Nothing reads the sheet %(name)s. It is left out."),
    "bad_version": text("A version has at most 40 letters and digits, and no slash. Choose another."),
    "no_title": text("The survey has no title. Write it in the column form_title of the sheet settings."),
    "no_form_id": text("The survey has no form_id. Write one in the sheet settings: letters, digits and underscores."),
    "bad_form_id": text("The form_id %(name)s is not possible. Begin with a letter; at most 60 letters, digits, _ . -"),
    "left_out": text("The setting %(name)s is left out: where answers go and how they are locked is decided here."),
    "no_type": text("The row has no type. Write what kind of question it is, such as text or select_one."),
    "unknown_type": text("There is no kind of question named %(name)s, or it is not taken here."),
    "no_name": text("The question has no name. Give it a short one, such as age."),
    "bad_name": text("The name %(name)s is not possible. Begin with a letter; no spaces, only letters, digits, _ . -"),
    "reserved": text("The form itself takes the name %(name)s. Choose another."),
    "twice": text("The name %(name)s stands in row %(first)s already. Give each one a name of its own."),
    "no_label": text("The question has no label. People would see an empty line: write what is asked."),
    "no_translation": text("The text is missing in %(languages)s. People with that language see an empty line."),
    "no_list": text("The row does not say from which list to choose. Write it behind the type: select_one yes_no."),
    "unknown_list": text("There are no choices for the list %(name)s in the sheet choices."),
    "choice_no_list": text("The choice does not say which list it belongs to. Fill in list_name."),
    "choice_no_name": text("The choice has no name. Give it a short one, such as yes."),
    "choice_twice": text("The choice %(name)s stands in row %(first)s of the same list already."),
    "choice_spaces": text("The name %(name)s of a choice holds spaces. Write it in one word; the label may be longer."),
    "open": text("The group or repeat that begins here never ends. Add the row that ends it."),
    "no_begin": text("Nothing is open that could end here. Take the row away, or add the row that begins it."),
    "other_end": text("Here ends a %(ends)s, but what is open is a %(open)s, since row %(first)s."),
    "unknown_question": text("There is no question named %(name)s. Look for a spelling mistake, or take it out."),
    "too_many": text("The survey has more than %(limit)s rows. Divide it into two surveys."),
    "no_questions": text("The survey asks nothing. Write the questions in the sheet survey."),
    "entity_list": text("A survey may not write to the list %(name)s. It may change only: %(allowed)s."),
    "entity_new": text("A survey makes no new entry of a list. Name with entity_id whom it is about; no create_if."),
    "entity_label": text("A survey may not rename an entry of a list. Leave the label empty."),
    "entity_property": text("A survey may not change %(name)s. In this list it may change: %(allowed)s."),
    "entity_none": text("The row saves to a list, but the sheet entities names none."),
    "sensitive": text("The words could be about violence or another wound. Read the rule before you open the survey."),
    "place": text(
        "The answer to %(name)s is worked out from a place. It stays sealed with the exact point: no table, picture or "
        "file holds it."
    ),
    "place_saved": text("A place, and what is worked out from one, is saved to no list of the register: %(name)s."),
    "file_missing": text("The survey shows the file %(name)s. Upload it beside the workbook."),
    "file_folder": text(
        "The survey shows the file %(name)s, but files have no folders here. Write its name alone, and upload it "
        "beside the workbook."
    ),
    "file_needless": text("Nothing in the survey shows the file %(name)s. It is left out."),
    "file_kind": text("The file %(name)s is neither a picture (JPEG, PNG, WebP) nor a list (CSV)."),
    "file_large": text("The file %(name)s is larger than %(limit)s MB. Make it smaller: lines are weak."),
    "file_csv": text("The list %(name)s needs a first row with the columns name and label, in UTF-8."),
    "file_house": text("The list %(name)s comes from the register, for each worker her own. Do not upload it."),
    "browser_leaves": text("The browser form cannot ask this and leaves it out. ODK Collect asks it."),
    "browser_wall": text(
        "The browser form cannot ask this, and an answer is needed: the survey is filled in with ODK Collect only. If "
        "browsers are to have it too, take required away."
    ),
    "browser_picture": text("In the browser form nobody draws or signs here: a picture is taken or chosen."),
    "browser_formula": text("The browser form does not know %(name)s: the survey is filled in with ODK Collect only."),
    "pyxform": text("The form maker says: %(words)s"),
    "formula": text("The formula of %(name)s cannot be read: %(words)s"),
    "function": text("The formula of %(name)s uses %(words)s, which phones do not know."),
    "circle": text("These formulas wait for one another, so none can be worked out: %(words)s. Take one out."),
    "regrouped": text(
        "%(name)s was a repeat in one version and a group in another. Answers to both cannot stand in one table: give "
        "it another name."
    ),
    "clash": text("A form named %(name)s exists already, and it is not this survey. Choose another form_id."),
}  # fmt: skip

UNREADABLE: dict[str, str] = {
    "too_large": text("The workbook is larger than %(limit)s MB. Take pictures out of it and upload them beside it."),
    "too_many_rows": text("A sheet has more than %(limit)s rows. Upload long lists of choices as CSV beside it."),
    "unknown_kind": text("This is no workbook that Paivand reads. Save it as XLSX."),
    "broken": text("The workbook cannot be opened: it is damaged, or none. Save it anew as XLSX."),
}
"""Why a whole workbook cannot be read, besides ``rules.problems.FAILURES``."""

_FORM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
_VERSION = re.compile(r"[^/\\\x00-\x1f]{1,40}")
"""A version stands in the address at which phones fetch the form."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_RESERVED = frozenset({"meta"})
"""Names of what every form holds beside its questions."""
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]*)\s*\}")
_EDGE = re.compile(r"(begin|end)[ _](group|repeat)")
_SELECT = re.compile(r"(select_one|select_multiple|rank|select one|select multiple|select1)(_from_file| from file)?\b")
_TYPES = frozenset(
    {
        "text", "string", "integer", "int", "decimal", "date", "time", "datetime", "date time", "geopoint", "geotrace",
        "geoshape", "gps", "location", "image", "photo", "audio", "video", "file", "barcode", "note", "calculate",
        "acknowledge", "trigger", "range", "hidden", "start", "end", "today", "deviceid", "username", "phonenumber",
        "email", "start-geopoint", "csv-external",
    }
)  # fmt: skip
_SILENT = frozenset(
    {"calculate", "hidden", "start", "end", "today", "deviceid", "username", "phonenumber", "email", "start-geopoint",
     "csv-external"}
)  # fmt: skip
_REFERRING = (
    "relevant",
    "constraint",
    "calculation",
    "choice_filter",
    "required",
    "repeat_count",
    "default",
    "trigger",
)
_SPOKEN = ("label", "hint", "guidance_hint", "constraint_message", "required_message")


@dataclass(frozen=True)
class Finding:
    """One thing to mend or to know: where it stands, and the values of its sentence in ``FINDINGS``."""

    code: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    hinders: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """For a column of JSON."""
        return {
            "code": self.code, "sheet": self.sheet, "row": self.row, "column": self.column, "hinders": self.hinders,
            "values": dict(self.values),
        }  # fmt: skip


def checked(book: Book) -> list[Finding]:
    """Everything that stands against a workbook, in the order of its sheets and rows."""
    found = [*_sheets(book), *_settings(book)]
    if any(one.code in {"no_sheet", "no_column"} for one in found):
        return found
    lists = _lists(book)
    found += [*_questions(book, lists), *_references(book), *_choices(book), *_spoken(book), *_entities(book)]
    order = {"settings": 0, "survey": 1, "choices": 2, "entities": 3}
    return sorted(found, key=lambda one: (not one.hinders, order.get(one.sheet, 4), one.row or 0))


def at_row(
    book: Book, sheet: str, row: int, heading: str, code: str, *, hinders: bool = True, **values: Any
) -> Finding:
    """A finding at a row, with the column as its letter and heading where the sheet has it."""
    found = book.sheets.get(sheet)
    column = f"{found.letters[heading]} {found.written[heading]}" if found and heading in found.letters else ""
    return Finding(code, sheet, row, column, hinders, values)


def _sheets(book: Book) -> Iterator[Finding]:
    needed = {"survey": ("type", "name"), "choices": ("list_name", "name")}
    if "survey" not in book.sheets:
        yield Finding("no_sheet", values={"name": "survey"})
    for sheet, headings in needed.items():
        if sheet in book.sheets and any(book.rows(sheet)):
            for heading in headings:
                if heading not in book.sheets[sheet].headings:
                    yield Finding("no_column", sheet, 1, values={"name": heading})
            if not book.sheets[sheet].spoken("label"):
                yield Finding("no_column", sheet, 1, values={"name": "label"})
    if "survey" in book.sheets and not any(book.rows("survey")):
        yield Finding("no_questions", "survey")
    for name in book.unknown:
        yield Finding("unknown_sheet", hinders=False, values={"name": name})


def _settings(book: Book) -> Iterator[Finding]:
    settings = book.settings
    code = settings.get("form_id", "")
    if not code:
        yield Finding("no_form_id", "settings", 2)
    elif not _FORM_ID.fullmatch(code):
        yield at_row(book, "settings", 2, "form_id", "bad_form_id", name=code)
    if not any(key == "title" or key.startswith("title::") for key in settings):
        yield Finding("no_title", "settings", 2)
    version = settings.get("version", "")
    if version and not _VERSION.fullmatch(version):
        yield at_row(book, "settings", 2, "version", "bad_version")
    for name in settings:
        if name not in KEPT_SETTINGS | {"form_id", "version"} and not name.startswith("title"):
            yield at_row(
                book, "settings", 2, name, "left_out", hinders=False, name=book.sheets["settings"].written[name]
            )


def _lists(book: Book) -> frozenset[str]:
    return frozenset(row["list_name"] for _number, row in book.rows("choices") if row.get("list_name"))


def _questions(book: Book, lists: frozenset[str]) -> Iterator[Finding]:
    levels: list[tuple[str, int, dict[str, int]]] = [("survey", 0, {})]
    for count, (number, row) in enumerate(book.rows("survey")):
        if count >= MOST_QUESTIONS:
            yield Finding("too_many", "survey", number, values={"limit": MOST_QUESTIONS})
            return
        kind, name = row.get("type", ""), row.get("name", "")
        if not kind:
            yield at_row(book, "survey", number, "type", "no_type")
            continue
        edge = _EDGE.fullmatch(kind.lower())
        if edge and edge[1] == "end":
            yield from _ended(book, number, edge[2], levels)
            continue
        yield from _typed(book, number, kind, lists, edge)
        yield from _named(book, number, name, levels[-1][2])
        if not edge and kind.lower() not in _SILENT and not any(row.get(one) for one in _labels(book)):
            yield at_row(book, "survey", number, _labels(book)[0], "no_label", hinders=False)
        if edge:
            levels.append((edge[2], number, {}))
    for _kind, number, _names in levels[1:]:
        yield at_row(book, "survey", number, "type", "open")


def _labels(book: Book) -> list[str]:
    return [*book.sheets["survey"].spoken("label"), *book.sheets["survey"].spoken("media")]


def _ended(book: Book, number: int, kind: str, levels: list[tuple[str, int, dict[str, int]]]) -> Iterator[Finding]:
    if len(levels) == 1:
        yield at_row(book, "survey", number, "type", "no_begin")
        return
    opened, row, _names = levels.pop()
    if opened != kind:
        yield at_row(book, "survey", number, "type", "other_end", ends=kind, open=opened, first=row)


def _typed(book: Book, number: int, kind: str, lists: frozenset[str], edge: Any) -> Iterator[Finding]:
    chosen = _SELECT.match(kind.lower())
    if edge or kind.lower() in _TYPES:
        return
    if not chosen:
        yield at_row(book, "survey", number, "type", "unknown_type", name=kind)
        return
    rest = kind[chosen.end() :].replace(" or_other", "").replace("or specify other", "").split()
    if not rest:
        yield at_row(book, "survey", number, "type", "no_list")
    elif chosen[2] and in_folder(rest[0]):
        yield at_row(book, "survey", number, "type", "file_folder", name=rest[0])
    elif not chosen[2] and rest[0] not in lists and not rest[0].startswith("${"):
        yield at_row(book, "survey", number, "type", "unknown_list", name=rest[0])


def in_folder(name: str) -> bool:
    """Whether a file is named with its folder. Browsers send none, so no file can be uploaded under such a name.

    >>> in_folder("../crops.csv"), in_folder("lists\\\\crops.csv"), in_folder("crops.csv")
    (True, True, False)
    """
    return "/" in name or "\\" in name


def _named(book: Book, number: int, name: str, names: dict[str, int]) -> Iterator[Finding]:
    if not name:
        yield at_row(book, "survey", number, "name", "no_name")
    elif name.lower() in _RESERVED:
        yield at_row(book, "survey", number, "name", "reserved", name=name)
    elif not _NAME.fullmatch(name):
        yield at_row(book, "survey", number, "name", "bad_name", name=name)
    elif name in names:
        yield at_row(book, "survey", number, "name", "twice", name=name, first=names[name])
    else:
        names[name] = number


def _references(book: Book) -> Iterator[Finding]:
    names = {row["name"] for _number, row in book.rows("survey") if row.get("name")}
    spoken = [one for what in _SPOKEN for one in book.sheets["survey"].spoken(what)]
    for number, row in book.rows("survey"):
        for heading in (*_REFERRING, *spoken):
            for name in dict.fromkeys(_REFERENCE.findall(row.get(heading, ""))):
                if name not in names:
                    yield at_row(book, "survey", number, heading, "unknown_question", name=name or "${}")


def _choices(book: Book) -> Iterator[Finding]:
    several = {
        [*row["type"].split(), ""][1]
        for _number, row in book.rows("survey")
        if row.get("type", "").startswith(("select_multiple", "rank"))
    }
    again = book.settings.get("allow_choice_duplicates", "").lower() in {"yes", "true"}
    seen: dict[tuple[str, str], int] = {}
    for number, row in book.rows("choices"):
        of, name = row.get("list_name", ""), row.get("name", "")
        if not of:
            yield at_row(book, "choices", number, "list_name", "choice_no_list")
        if not name:
            yield at_row(book, "choices", number, "name", "choice_no_name")
            continue
        if " " in name and of in several:
            yield at_row(book, "choices", number, "name", "choice_spaces", name=name)
        if (of, name) in seen and not again:
            yield at_row(book, "choices", number, "name", "choice_twice", name=name, first=seen[of, name])
        seen.setdefault((of, name), number)


def _spoken(book: Book) -> Iterator[Finding]:
    """Texts that stand in some of the form's languages and are missing in others."""
    for sheet in ("survey", "choices"):
        for what in ("label", "hint") if sheet == "survey" else ("label",):
            headings = [one for one in book.sheets[sheet].spoken(what) if "::" in one] if sheet in book.sheets else []
            for number, row in book.rows(sheet) if len(headings) > 1 else ():
                missing = [one for one in headings if not row.get(one)]
                if missing and len(missing) < len(headings):
                    names = ", ".join(one.partition("::")[2] for one in missing)
                    yield at_row(book, sheet, number, missing[0], "no_translation", hinders=False, languages=names)


def _entities(book: Book) -> Iterator[Finding]:
    declared = []
    for number, row in book.rows("entities"):
        name = row.get("list_name", "")
        declared.append(name)
        if name not in ALLOWED:
            yield at_row(book, "entities", number, "list_name", "entity_list", name=name or "-", allowed=_said(ALLOWED))
        if row.get("create_if") or not row.get("entity_id"):
            yield at_row(book, "entities", number, "entity_id", "entity_new")
        if row.get("label"):
            yield at_row(book, "entities", number, "label", "entity_label")
        for heading, words in row.items():
            for one in dict.fromkeys(_REFERENCE.findall(words)):
                if one not in {row.get("name") for _number, row in book.rows("survey")}:
                    yield at_row(book, "entities", number, heading, "unknown_question", name=one)
    for number, row in book.rows("survey"):
        saved = row.get("save_to", "").rpartition("#")[2]
        if not saved:
            continue
        if not declared:
            yield at_row(book, "survey", number, "save_to", "entity_none")
        for name in declared:
            if name in ALLOWED and saved not in ALLOWED[name]:
                yield at_row(
                    book, "survey", number, "save_to", "entity_property", name=saved, allowed=_said(ALLOWED[name])
                )


def _said(names: Mapping[str, Any] | frozenset[str]) -> str:
    return ", ".join(sorted(names))


def sensitive_rows(book: Book, betrays: Any) -> Iterator[Finding]:
    """Rows whose texts hold a word of ``parameters/sensitive_words.yaml``; ``betrays`` says so of texts.

    They hinder nothing. A list of words cannot know what is meant: a survey about services may well name the police. So
    whoever opens the survey reads the rule and says that nobody is asked about violence, and that stands in the audit.
    """
    for sheet in ("survey", "choices"):
        for number, row in book.rows(sheet):
            for heading, words in row.items():
                if heading.partition("::")[0] in {*_SPOKEN, "name"} and betrays(words.replace("_", " ")):
                    yield at_row(book, sheet, number, heading, "sensitive", hinders=False)
                    break


def place_rows(book: Book, questions: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Rows whose answers no table holds, because they are worked out from a place. They hinder nothing, unless the
    register would be told."""
    sealed = {one["name"] for one in questions if one.get("place")}
    for one in questions:
        if one.get("saveto") and (one.get("place") or one["type"] in PLACES):
            yield Finding("place_saved", "survey", values={"name": one["path"]})
    for number, row in book.rows("survey"):
        if row.get("name") in sealed and not _EDGE.fullmatch(row.get("type", "").lower()):
            heading = next((one for one in ("calculation", "default") if row.get(one)), "type")
            yield at_row(book, "survey", number, heading, "place", hinders=False, name=row["name"])
