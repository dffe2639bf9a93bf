"""A survey from the workbook that somebody uploaded: checked, made into an XForm, with its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from paivand.collect.rules.in_browser import browser_findings
from paivand.collect.rules.problems import Unreadable
from paivand.collect.rules.survey_checks import Finding, checked, place_rows
from paivand.collect.rules.survey_files import MediaFile, fitting_files
from paivand.collect.rules.survey_sheets import Book, read_book
from paivand.collect.rules.tables import LANGUAGES
from paivand.collect.rules.validate_words import findings_of
from paivand.collect.rules.xforms import Converted, NotAForm, convert_form, validated

HOUSE_LISTS = ("families", "people", "places", "groups", "sessions", "learners", "plots")
"""Lists of the register that a survey may choose from: each phone holds its worker's own."""
LONGEST_TITLE = 150


@dataclass(frozen=True)
class Draft:
    """What became of a workbook. Without a mistake there is a form; ``findings`` then hinder nothing."""

    code: str
    titles: Mapping[str, str]
    findings: tuple[Finding, ...]
    converted: Converted | None = None
    files: tuple[MediaFile, ...] = ()

    @property
    def hindered(self) -> bool:
        """Whether something has to be mended first."""
        return self.converted is None


def drafted(
    name: str, content: bytes, given: Mapping[str, bytes], kept: Mapping[str, MediaFile] | None = None,
    *, again: int = 0,
) -> Draft:  # fmt: skip
    """The survey of a workbook, or everything that stands against it.

    Args:
        given: files uploaded beside it, by name.
        kept: files of the version before.
        again: how often this workbook was in use before: phones fetch what came back only under another version.

    Raises:
        Unreadable: it is no workbook.
    """
    book = read_book(name, content)
    code, titles = book.settings.get("form_id", ""), titles_of(book)
    found = checked(book)
    if any(one.hinders for one in found):
        return Draft(code, titles, tuple(found))
    try:
        version = book.settings.get("version") or "1"
        converted = convert_form(book.tables(code, f"{version}.{again + 1}" if again else version, titles))
        remarks = validated(converted.xml)
    except NotAForm as unfit:
        return Draft(code, titles, (*findings_of(unfit.problems, book), *found))
    shown = {*converted.files, *(f"{one}.csv" for one in converted.lists)}
    files, against = fitting_files(given, shown, HOUSE_LISTS, kept or {})
    notes = [replace(one, hinders=False) for one in findings_of([*converted.remarks, *remarks], book)]
    notes += browser_findings(book, converted.xml)
    sealed = place_rows(book, converted.questions)
    findings = (*sorted(against, key=lambda one: not one.hinders), *found, *sealed, *notes)
    if any(one.hinders for one in findings):
        return Draft(code, titles, findings)
    return Draft(code, titles, findings, converted, tuple(files))


def titles_of(book: Book) -> dict[str, str]:
    """The titles of a workbook by language; one without a language counts for the form's first language.

    >>> from paivand.collect.rules.survey_sheets import Sheet
    >>> titles_of(Book({"settings": Sheet(rows=((2, {"title": "Roofs", "title::Тоҷикӣ (tg)": "Бомҳо"}),))}))
    {'tg': 'Бомҳо', 'en': 'Roofs'}
    """
    found: dict[str, str] = {}
    for heading, words in book.settings.items():
        if heading.startswith("title::"):
            found |= {code: words[:LONGEST_TITLE] for code in LANGUAGES if f"({code})" in heading}
    plain = book.settings.get("title", "")
    if plain:
        spoken = [code for one in book.languages for code in LANGUAGES if f"({code})" in one]
        first = next((code for code in (*spoken, "en", "tg") if code not in found), "en")
        found.setdefault(first, plain[:LONGEST_TITLE])
    return found


def languages_of(questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The codes of the languages in which a form asks, those of the house first."""
    spoken: set[str] = {code for one in questions for code in (one.get("label") or {})}
    return [*(code for code in LANGUAGES if code in spoken), *sorted(spoken - set(LANGUAGES) - {""})]


__all__ = ["HOUSE_LISTS", "Draft", "Unreadable", "drafted", "languages_of", "titles_of"]
