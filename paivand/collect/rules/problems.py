"""What can be wrong with a list, its rows and its cells, and what was mended; each in words with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from paivand.core.rules.texts import text

SHOWN = 80
"""Letters of a cell that a message quotes."""


class Level(StrEnum):
    """How much a problem weighs."""

    ERROR = "error"
    HELD = "held"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about one cell. ``column`` counts from 0; -1 means the row as a whole.

    ``values`` fill the gaps of the message; they are plain.
    """

    code: str
    level: Level = Level.ERROR
    column: int = -1
    given: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "code": self.code,
            "level": str(self.level),
            "column": self.column,
            "given": self.given[:SHOWN],
            "values": dict(self.values),
        }

    @classmethod
    def stored(cls, found: Mapping[str, Any]) -> Problem:
        """As it was stored."""
        return cls(found["code"], Level(found["level"]), found["column"], found["given"], found["values"])


def note(code: str, column: int, given: str = "", /, **values: str | int) -> Problem:
    """A remark on what was mended."""
    return Problem(code, Level.NOTE, column, given, values)


def error(code: str, column: int, given: str = "", /, **values: str | int) -> Problem:
    """A mistake that only a person can mend."""
    return Problem(code, Level.ERROR, column, given, values)


MESSAGES: dict[str, str] = {
    # names
    "given_missing": text("The given name is missing. Write it here."),
    "name_has_digits": text("A name has no digits. Write the name only."),
    "name_has_no_letters": text("There is no letter in this name. Write the name."),
    "name_one_word": text("Only one word stands here. Write surname and given name, with a space between them."),
    "name_many_words": text("More than four words stand here. Use a column each for surname, given and father's name."),
    "name_split": text("Read as surname %(family)s, given name %(given)s, father's name %(father)s."),
    "legacy_letters": text("Letters of an old Tajik font were mended: %(mended)s."),
    "lookalikes": text("Latin letters inside a Cyrillic word were mended: %(mended)s."),
    "too_long": text("Longer than %(limit)s letters. Shorten it."),
    # sex, relation
    "sex_missing": text("Female or male is missing. Write ж or м, зан or мард, female or male."),
    "sex_unknown": text("This is no word for female or male. Write ж or м, зан or мард, female or male."),
    "relation_missing": text("What this person is to the head is missing. Write for example зан, писар, духтар."),
    "relation_unknown": text("This relation is not known. Write for example зан, писар, духтар, модар, келин, набера."),
    "relation_of_sex": text("The word for the relation does not fit the sex. Check both."),
    "migrant_assumed": text("What the migrant is to the head is not said: taken as wife or husband."),
    "refused_by_rule": text("Not taken in: %(reason)s"),
    "two_heads": text("Row %(row)s is the head of this family already. One family has one head."),
    "head_missing": text("No row of this family is its head. Write сардор, глава or head in one of them."),
    "family_too_large": text("More than %(limit)s people bear this family number. Check the numbers."),
    # births
    "birth_unreadable": text("This cannot be read as a date. Write 12.03.1984, or 03.1984, or 1984."),
    "birth_impossible": text("There is no such day in the calendar. Check day and month."),
    "birth_future": text("The date of birth lies in the future. Check it."),
    "birth_too_old": text("That would be more than %(limit)s years ago. Check the year."),
    "age_unreadable": text("This is no age. Write whole years, for example 42."),
    "age_disagrees": text("Age and date of birth disagree by %(count)s years. Correct one of them."),
    "serial_date": text("A bare number of Excel was read as the date %(date)s."),
    "two_digit_year": text("The year has two digits: read as %(date)s."),
    "american_date": text("Month and day were changed over: read as %(date)s."),
    "first_january": text("1 January often stands for an unknown day: only the year %(year)s is kept."),
    "age_used": text("The year of birth is estimated from the age: about %(year)s."),
    "child_head": text("The head is under 18 and no guardian is named. Write who gives the consent, or another head."),
    # places
    "jamoat_missing": text("The jamoat is missing. Write its name."),
    "jamoat_unknown": text("This jamoat is not known in %(district)s. Known are: %(known)s."),
    "jamoat_elsewhere": text("This jamoat lies in %(district)s. Put the family into a list of that district."),
    "jamoat_read_as": text("Read as the jamoat %(name)s."),
    "district_unknown": text("This district is not known. Write its name as it is today."),
    "district_elsewhere": text("This list is for %(district)s. Put the family into a list of its own district."),
    "district_outside": text(
        "This district lies outside your scope. Its list is uploaded by somebody who works there."
    ),
    # telephone, papers
    "phone_unreadable": text("This is no telephone number. Write nine digits, or + and the number with its country."),
    "phone_as_number": text("Excel had made a number of it: read as %(number)s."),
    "document_unreadable": text("This is no number of a passport. Write letters and digits, for example А 01234567."),
    "document_twice": text("The same number stands in row %(row)s. Two people have no common passport."),
    # migration
    "country_unknown": text("This country is not known. Write its usual name or its two letters, for example RU."),
    "departed_unreadable": text("This cannot be read as a month or day. Write 03.2024, 12.03.2024 or 2024."),
    "departed_future": text("This lies in the future. Check it."),
    "country_missing": text("A departure without a country. Write in which country the migrant is."),
    "departed_missing": text("Without the month in which he left, the country is not kept."),
    "migrant_missing": text("Country or departure are given, but no migrant. Write his name."),
    # consent
    "consent_missing": text(
        "No consent is noted, and none was declared for the list. Write ҳа, да or yes, or не, нет."
    ),
    "consent_unknown": text("This is neither yes nor no. Write ҳа, да or yes, or не, нет or no."),
    "consent_refused": text("The family does not agree: it is left out."),
    "consent_date": text("The day of the consent cannot be read. Write 12.03.2026."),
    "consent_future": text("The day of the consent lies in the future. Check it."),
    # cells and rows
    "cell_error": text("The cell holds the error %(given)s: its formula does not work. Write the value itself."),
    "cell_formula": text("A formula stands here as text. Write the value itself."),
    "cell_logical": text("Excel holds true or false here. Write the value in words."),
    "cell_merged": text("This cell is merged over several rows, so it is not clear whose value it is. Divide it."),
    "merged_filled": text("Taken over from the merged cell in row %(row)s."),
    "cell_broken": text("Letters were lost here when the file was saved. Write the text anew."),
    "cell_other_encoding": text("This text is in another encoding than the file: %(mended)s. Write it anew."),
    "cells_beyond": text("This row has more cells than the headings. A separator in a text needs quotation marks."),
    "no_heading": text("No heading stands above this cell: it is not used."),
    "row_twice": text("The same family stands in row %(row)s already. Remove one of the two."),
    "person_twice": text("The same person stands in row %(row)s already. Remove one of the two."),
    "held_back": text("Waits for row %(row)s of the same family, which has a mistake."),
    "known_already": text("Exactly this family is registered already (%(code)s): nothing to do."),
    "left_with_family": text("The family in row %(row)s does not agree: left out with it."),
    # the file as a whole
    "column_unknown": text("The column “%(given)s” is not known and not used, unless you say what it means."),
    "column_repeated": text("The heading “%(given)s” means the same as an earlier one. Only the earlier is used."),
    "sheets_left": text("Only this sheet is read. Also in the file: %(given)s."),
    "delimiter_found": text("The columns are separated by “%(given)s”."),
    "encoding_found": text("The file is in the encoding %(given)s."),
}

FAILURES: dict[str, str] = {
    "empty": text("The file is empty. Choose another."),
    "too_large": text("The file is larger than %(limit)s MB. Divide the list, or remove pictures from it."),
    "too_many_rows": text("The list has more than %(limit)s rows. Divide it."),
    "too_many_columns": text("The sheet has more than %(limit)s columns. Remove those that are not needed."),
    "too_spread": text(
        "The cell %(given)s is filled, far from the others; a space is enough. "
        "Delete the rows below the list and the columns beside it."
    ),
    "unknown_kind": text("This is no spreadsheet that Paivand reads. Save it as XLSX or CSV."),
    "broken": text("The file cannot be opened: it is damaged, or no spreadsheet. Save it anew as XLSX or CSV."),
    "locked": text("The file is protected by a password. Save it without one."),
    "no_sheet": text("There is no sheet with rows in this file."),
    "no_headings": text("No row of headings was found. Write headings above the columns, or use the empty list."),
    "no_rows": text("Below the headings stands nothing."),
    "encoding": text("The encoding of the file is not known (row %(row)s, column %(column)s). Save it as UTF-8."),
    "stopped": text("The work was begun %(count)s times and never came to an end. Tell who runs Paivand."),
    "crashed": text("Something broke during the work. Try again; if it breaks again, tell who runs Paivand."),
    "left": text("Who uploaded the list may no longer take in lists. Somebody else uploads it anew."),
    "no_name": text("Say which column holds the given name, or the full name."),
    "no_sex": text("Say which column holds the sex."),
    "twice": text("Two columns have the same meaning. Give each meaning once."),
}
"""Why a whole file cannot be worked on."""


class Unreadable(Exception):
    """A file cannot be read: the code of ``FAILURES`` and the values of its message."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
