"""Lists of those who came, as somebody writes them down at the door: one line for each person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from paivand.outreach.rules.contacts import AgeGroup
from paivand.registry.rules import Sex
from paivand.registry.rules.people import phone_number

ADULT = 18
OLDEST = 110

_SEXES = {
    Sex.FEMALE: ("female", "f", "w", "woman", "girl", "ж", "жен", "женщина", "девочка", "з", "зан", "духтар", "زن"),
    Sex.MALE: ("male", "m", "man", "boy", "м", "муж", "мужчина", "мальчик", "мард", "писар", "مرد"),
}
_AGES = {
    AgeGroup.CHILD: ("child", "girl", "boy", "реб", "ребёнок", "ребенок", "девочка", "мальчик", "кӯдак", "духтар",
                     "писар", "طفل"),
    AgeGroup.ADULT: ("adult", "взр", "взрослый", "взрослая", "калонсол", "بزرگسال"),
}  # fmt: skip
_SEX_WORDS = {word: sex for sex, words in _SEXES.items() for word in words}
_AGE_WORDS = {word: age for age, words in _AGES.items() for word in words}
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_SPLITS = re.compile(r"[\t;|]|,(?!\d)")
_NUMBERED = re.compile(r"^\s*\d{1,3}\s*[.)]\s+")


@dataclass(frozen=True, slots=True)
class Told:
    """What one line tells; empty where it tells nothing."""

    name: str
    sex: str = ""
    age: AgeGroup = AgeGroup.UNKNOWN
    village: str = ""
    telephone: str = ""


def read_people(text: str, year: int) -> list[Told]:
    """The people of a list. Lines in which no name stands are left out.

    Args:
        text: parts of a line stand between tabs, semicolons, commas or bars; the first words are the name, further
            words the village; a number is an age, or a year of birth.
        year: of the session, from which a year of birth tells the age group.

    >>> read_people("1. Раҳимов Алӣ; м; 16; Зиракӣ", 2026)
    [Told(name='Раҳимов Алӣ', sex='male', age=<AgeGroup.CHILD: 'child'>, village='Зиракӣ', telephone='')]
    """
    found = (_read(_NUMBERED.sub("", line.translate(_DIGITS)), year) for line in text.splitlines())
    return [one for one in found if one is not None]


def _read(line: str, year: int) -> Told | None:
    words: list[str] = []
    sex, age, telephone = "", AgeGroup.UNKNOWN, ""
    for raw in _SPLITS.split(line):
        part = " ".join(raw.split())
        small = part.casefold().rstrip(".")
        if small in _SEX_WORDS or small in _AGE_WORDS:
            sex = sex or str(_SEX_WORDS.get(small, ""))
            age = _AGE_WORDS.get(small, age)
        elif small.isdecimal() and len(small) <= 4:
            age = _age_group(int(small), year)
        elif sum(letter.isdigit() for letter in part) >= 9 and phone_number(part):
            telephone = phone_number(part)
        elif any(letter.isalpha() for letter in part):
            words.append(part)
    if not words:
        return None
    return Told(words[0][:160], sex, age, " ".join(words[1:])[:80], telephone)


def _age_group(number: int, year: int) -> AgeGroup:
    years = year - number if number > OLDEST else number
    if not 0 <= years <= OLDEST:
        return AgeGroup.UNKNOWN
    return AgeGroup.CHILD if years < ADULT else AgeGroup.ADULT
