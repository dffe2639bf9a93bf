"""What a column of a list means, and by which words it is known."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.texts import text
from paivand.methods.names import folded

_PARAMETERS = Path(__file__).resolve().parents[2] / "parameters" / "import_headers.yaml"


class Column(StrEnum):
    """What a column fills."""

    FAMILY_KEY = "family_key"
    FULL_NAME = "full_name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    FATHER_NAME = "father_name"
    SEX = "sex"
    BIRTH = "birth"
    AGE = "age"
    RELATION = "relation"
    DISTRICT = "district"
    JAMOAT = "jamoat"
    VILLAGE = "village"
    PHONE = "phone"
    DOCUMENT = "document"
    CONSENT = "consent"
    CONSENT_ON = "consent_on"
    GUARDIAN = "guardian"
    MIGRANT_NAME = "migrant_name"
    MIGRANT_RELATION = "migrant_relation"
    COUNTRY = "country"
    DEPARTED = "departed"


COLUMN_NAMES = {
    Column.FAMILY_KEY: text("number of the family in the list"),
    Column.FULL_NAME: text("full name (surname, given name, father's name)"),
    Column.FAMILY_NAME: text("surname"),
    Column.GIVEN_NAME: text("given name"),
    Column.FATHER_NAME: text("father's name"),
    Column.SEX: text("sex"),
    Column.BIRTH: text("date of birth"),
    Column.AGE: text("age"),
    Column.RELATION: text("relation to the head"),
    Column.DISTRICT: text("district"),
    Column.JAMOAT: text("jamoat"),
    Column.VILLAGE: text("village or street"),
    Column.PHONE: text("telephone"),
    Column.DOCUMENT: text("number of the passport"),
    Column.CONSENT: text("consent"),
    Column.CONSENT_ON: text("day of the consent"),
    Column.GUARDIAN: text("parent or guardian"),
    Column.MIGRANT_NAME: text("full name of the migrant"),
    Column.MIGRANT_RELATION: text("what the migrant is to the head"),
    Column.COUNTRY: text("country of work"),
    Column.DEPARTED: text("left on"),
}

OF_FAMILY = (Column.FAMILY_KEY, Column.DISTRICT, Column.JAMOAT, Column.VILLAGE)
"""Columns about the family as a whole: a merged cell or a first row may speak for all rows of a family."""

FOUND_AT_LEAST = 3
"""Headings that must be known before a row counts as the row of headings."""
HEADINGS_WITHIN = 25
"""Rows in which the row of headings is looked for."""

_SEPARATORS = re.compile(r"[^\w+#№-]+|_", re.UNICODE)
_MARKS = str.maketrans("ҷҳқғӣӯё", "чхкгиуе")


def plain(words: str) -> str:
    """``words`` as they are compared: small letters, no marks, no punctuation, one space between words.

    >>> plain(" Ҷинс: "), plain("Санаи\\nтаваллуд (рӯз)")
    ('чинс', 'санаи таваллуд руз')
    """
    found = folded(unicodedata.normalize("NFKC", words)).translate(_MARKS)
    return " ".join(_SEPARATORS.sub(" ", found).split())


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return dict(yaml.safe_load(_PARAMETERS.read_text(encoding="utf-8")))


@lru_cache(maxsize=16)
def lexicon(name: str) -> dict[str, str]:
    """What each word of one table (``columns``, ``sex``, ``relation``, ``consent``, ``country``) stands for.

    >>> lexicon("sex")[plain("Женский")], lexicon("columns")[plain("Дата рождения")]
    ('female', 'birth')
    """
    return {plain(word): key for key, words in _words()[name].items() for word in words if plain(word)}


@lru_cache(maxsize=1)
def _order_numbers() -> frozenset[str]:
    return frozenset(plain(word) for word in _words()["order_numbers"])


def column_of(heading: str) -> str:
    """The column that a heading names, or an empty text. What stands in parentheses may be left out.

    >>> str(column_of("Санаи таваллуд (рӯз.моҳ.сол)")), column_of("Рост")
    ('birth', '')
    """
    known = lexicon("columns")
    whole, bare = plain(heading), plain(re.sub(r"\(.*?\)|\[.*?\]", " ", heading))
    for words in (whole, bare, re.sub(r"^[\d#№]+ ", "", bare)):
        if words in known:
            return known[words]
    return ""


def is_order_number(heading: str) -> bool:
    """Whether a heading only numbers the rows."""
    return plain(heading) in _order_numbers() or heading.strip() in {"№", "#"}


def fingerprint(headings: Sequence[str]) -> str:
    """A hash under which the meaning of these headings is remembered.

    >>> fingerprint(["Ном", "Насаб"]) == fingerprint([" ном:", "НАСАБ"])
    True
    """
    return hashlib.sha256("|".join(plain(heading) for heading in headings).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Guess:
    """The row of headings, counted from 0, and what each column is taken for."""

    row: int
    headings: tuple[str, ...]
    mapping: tuple[str, ...]
    repeated: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


def guess(rows: Sequence[Sequence[str]]) -> Guess | None:
    """The row of headings among the first rows, though titles stand above it; None when there is none.

    Where one meaning is found twice, the first column has it and the others are named in ``repeated``.
    """
    best: Guess | None = None
    for number, cells in enumerate(rows[:HEADINGS_WITHIN]):
        found = read_headings(number, cells)
        if sum(map(bool, found.mapping)) >= FOUND_AT_LEAST and (
            best is None or sum(map(bool, found.mapping)) > sum(map(bool, best.mapping))
        ):
            best = found
    return best


def read_headings(number: int, cells: Sequence[str]) -> Guess:
    """What the cells of one row mean as headings."""
    mapping: list[str] = []
    repeated, unknown = [], []
    for index, cell in enumerate(cells):
        key = column_of(cell)
        if key and key in mapping:
            repeated.append(index)
            key = ""
        elif not key and cell.strip() and not is_order_number(cell):
            unknown.append(index)
        mapping.append(key)
    return Guess(number, tuple(cells), tuple(mapping), tuple(repeated), tuple(unknown))


def mapping_defect(mapping: Sequence[str]) -> str:
    """Why a list with these columns cannot be read, as a code; empty when it can.

    >>> mapping_defect(["given_name", "sex", "jamoat"]), mapping_defect(["sex", "jamoat"])
    ('', 'no_name')
    """
    chosen = [key for key in mapping if key]
    if len(chosen) != len(set(chosen)):
        return "twice"
    if not {Column.GIVEN_NAME, Column.FULL_NAME} & set(chosen):
        return "no_name"
    if Column.SEX not in chosen:
        return "no_sex"
    return ""


def letter(index: int) -> str:
    """The letters by which a spreadsheet program calls a column, counted from 0.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
