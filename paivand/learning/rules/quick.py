"""Lists of people as somebody writes them down at the door: one line for each, in any order of what is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from paivand.registry.rules import Sex
from paivand.registry.rules.people import phone_number

MOST_ROWS = 60
"""As many people as one page takes."""

_SEXES = {
    Sex.FEMALE: ("female", "f", "w", "woman", "ж", "жен", "женский", "женщина", "з", "зан", "занона", "زن", "ز"),
    Sex.MALE: ("male", "m", "man", "м", "муж", "мужской", "мужчина", "мард", "мардона", "مرد", "م"),
}
_SEX_WORDS = {word: sex for sex, words in _SEXES.items() for word in words}
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_SPLITS = re.compile(r"[\t;|]|,(?!\d)")
_NUMBERED = re.compile(r"^\s*\d{1,3}\s*[.)]\s+")
_YEAR = re.compile(r"^(19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Line:
    """What one line tells; empty where it tells nothing."""

    name: str
    sex: str = ""
    birth_year: int | None = None
    telephone: str = ""
    destination: str = ""


def read_lines(text: str, countries: Mapping[str, str] | None = None) -> list[Line]:
    """The people of a list, at most ``MOST_ROWS``. Lines in which no name stands are left out.

    Args:
        text: parts of a line stand between tabs, semicolons, commas or bars; a number before the line is passed over.
        countries: the codes of countries by their names in small letters.

    >>> read_lines("1. Раҳимов Алӣ; м; 1990; 918 12 34 56; Россия", {"россия": "RU"})
    [Line(name='Раҳимов Алӣ', sex='male', birth_year=1990, telephone='+992918123456', destination='RU')]
    """
    found = []
    for line in text.splitlines():
        one = _read(_NUMBERED.sub("", line.translate(_DIGITS)), countries or {})
        if one is not None:
            found.append(one)
    return found[:MOST_ROWS]


def _read(line: str, countries: Mapping[str, str]) -> Line | None:
    names: list[str] = []
    told: dict[str, str] = {}
    for raw in _SPLITS.split(line):
        part = " ".join(raw.split())
        if not part:
            continue
        kind, value = _kind(part, countries)
        if kind and kind not in told:
            told[kind] = value
        elif not kind and any(letter.isalpha() for letter in part):
            names.append(part)
    if not names:
        return None
    return Line(
        " ".join(names)[:160], told.get("sex", ""), int(told["year"]) if "year" in told else None,
        told.get("telephone", ""), told.get("destination", ""),
    )  # fmt: skip


def _kind(part: str, countries: Mapping[str, str]) -> tuple[str, str]:
    """What a part tells, and its value; an empty kind for what may be a name."""
    small = part.casefold().rstrip(".")
    if small in _SEX_WORDS:
        return "sex", str(_SEX_WORDS[small])
    if _YEAR.match(small):
        return "year", small
    if small in countries:
        return "destination", countries[small]
    if sum(letter.isdigit() for letter in part) >= 9 and phone_number(part):
        return "telephone", phone_number(part)
    return "", part
