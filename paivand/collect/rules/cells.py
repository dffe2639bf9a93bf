"""Reads single cells as people write them, and says what was mended or cannot be read.

Every reader returns what was understood and appends to ``found`` what there is to say about the cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from paivand.collect.rules.columns import lexicon, plain
from paivand.collect.rules.problems import Problem, error, note
from paivand.collect.rules.sheets import Cell, is_blank, shown
from paivand.core.rules.dates import Birth, Precision
from paivand.registry.rules import OLDEST, Relation, Sex
from paivand.registry.rules.countries import is_country
from paivand.registry.rules.people import document_key, phone_number

LONGEST_NAME = 80
LONGEST_PLACE = 120

_LEGACY = str.maketrans("ЊњЉљЃѓЌќЇїЎўЀѐ", "ҲҳҶҷҒғҚқӢӣӮӯЁё")
_LATIN = str.maketrans("aceopxykABCEHKMOPTXY", "асеорхукАВСЕНКМОРТХУ")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN_ALIKE = re.compile("[aceopxykABCEHKMOPTXY]")
_OTHER_LATIN = re.compile("[b-df-jl-nq-wzDFGIJLNQRSUVWZ]")
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#ССЫЛКА!", "#Н/Д", "#ЗНАЧ!",
           "#ДЕЛ/0!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!", "#SPILL!", "#CALC!"}  # fmt: skip
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "январ января январь jan january", "феврал февраля февраль feb february", "март марта mar march",
            "апрел апреля апрель apr april", "май мая may", "июн июня июнь jun june", "июл июля июль jul july",
            "август августа aug august", "сентябр сентября сентябрь sep sept september",
            "октябр октября октябрь oct october", "ноябр ноября ноябрь nov november",
            "декабр декабря декабрь dec december",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_SURNAME = re.compile("(?:ов|ова|ев|ева|ёв|ёва|зода|зод|ин|ина|ov|ova|ev|eva|zoda|zod|zada)$")
_EPOCH = date(1899, 12, 30)
_SERIALS = range(7_000, 60_000)
"""Numbers that Excel may mean as days: 1919 to 2064. Smaller ones are years or ages."""


@dataclass(slots=True)
class Reading:
    """One cell to be read, and what there is to say about it."""

    cell: Cell
    column: int
    found: list[Problem] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The cell as text."""
        return shown(self.cell).translate(_DIGITS)

    def fails(self, code: str, **values: str | int) -> None:
        """Note a mistake."""
        self.found.append(error(code, self.column, shown(self.cell), **values))

    def mended(self, code: str, **values: str | int) -> None:
        """Note what was mended."""
        self.found.append(note(code, self.column, shown(self.cell), **values))


def is_spoilt(reading: Reading) -> bool:
    """Whether the cell holds an error of Excel, a formula or a truth value; says so.

    >>> is_spoilt(Reading("#REF!", 0)), is_spoilt(Reading("Зарина", 0))
    (True, False)
    """
    cell = reading.cell
    if isinstance(cell, bool):
        reading.fails("cell_logical")
    elif isinstance(cell, str) and cell.strip().upper() in _ERRORS:
        reading.fails("cell_error")
    elif isinstance(cell, str) and re.match(r"\s*=\s*[\w(+\-]", cell):
        reading.fails("cell_formula")
    else:
        return False
    return True


def read_text(reading: Reading, limit: int) -> str:
    """A text on one line, its letters mended.

    >>> one = Reading("Љамшед  Каримoв", 0)  # a letter of an old font, and a Latin o
    >>> read_text(one, 80), [problem.code for problem in one.found]
    ('Ҷамшед Каримов', ['legacy_letters', 'lookalikes'])
    """
    words = " ".join(unicodedata.normalize("NFC", shown(reading.cell)).split())
    words = words.strip("\u200b\u200d\ufeff")
    if _CYRILLIC.search(words):
        mended = words.translate(_LEGACY)
        if mended != words:
            reading.mended("legacy_letters", mended=mended[:60])
            words = mended
        mended = " ".join(_without_lookalikes(word) for word in words.split())
        if mended != words:
            reading.mended("lookalikes", mended=mended[:60])
            words = mended
    if len(words) > limit:
        reading.fails("too_long", limit=limit)
        return ""
    return words


def _without_lookalikes(word: str) -> str:
    mixed = _CYRILLIC.search(word) and _LATIN_ALIKE.search(word) and not _OTHER_LATIN.search(word)
    return word.translate(_LATIN) if mixed else word


def read_name(reading: Reading) -> str:
    """One part of a name: letters only."""
    words = read_text(reading, LONGEST_NAME)
    if re.search(r"\d", words):
        reading.fails("name_has_digits")
        return ""
    if words and not any(letter.isalpha() for letter in words):
        if not set(words) <= set("-–—.?/"):  # a dash says: none
            reading.fails("name_has_no_letters")
        return ""
    return words


def read_full_name(reading: Reading) -> tuple[str, str, str]:
    """Surname, given name and father's name, in this order, as lists have them; the endings tell when they do not.

    >>> read_full_name(Reading("Каримова Ҷамила Раҳимовна", 0))
    ('Каримова', 'Ҷамила', 'Раҳимовна')
    """
    words = read_name(reading).split()
    if not words:
        return "", "", ""
    if len(words) == 1:
        reading.fails("name_one_word")
        return "", "", ""
    if len(words) > 4:
        reading.fails("name_many_words")
        return "", "", ""
    family, given, father = words[0], words[1], " ".join(words[2:])
    if _SURNAME.search(given.lower()) and not _SURNAME.search(family.lower()):
        family, given = given, family
    if len(words) != 3 or family != words[0]:
        reading.mended("name_split", family=family, given=given, father=father or "–")
    return family, given, father


def read_sex(reading: Reading) -> Sex | None:
    """Female or male, in four languages."""
    words = plain(reading.words)
    key = lexicon("sex").get(words)
    if key:
        return Sex(key)
    reading.fails("sex_missing" if is_blank(reading.cell) else "sex_unknown")
    return None


_FEMALE = frozenset(plain(word) for word in (
    "зан", "духтар", "модар", "хоҳар", "апа", "келин", "арӯс", "хушдоман", "қайнона", "хола", "амма", "жена", "дочь",
    "дочка", "мать", "сестра", "невестка", "сноха", "свекровь", "теща", "внучка", "тетя", "племянница", "wife",
    "daughter", "mother", "sister", "granddaughter", "aunt", "niece", "daughter in law", "mother in law", "супруга",
))  # fmt: skip
_MALE = frozenset(plain(word) for word in (
    "шавҳар", "писар", "падар", "бародар", "ака", "додар", "домод", "хусур", "амак", "тағо", "муж", "сын", "отец",
    "брат", "зять", "свекор", "тесть", "внук", "дядя", "племянник", "husband", "son", "father", "brother",
    "grandson", "uncle", "nephew", "son in law", "father in law", "супруг",
))  # fmt: skip


def read_relation(reading: Reading, sex: Sex | None) -> Relation | None:
    """What somebody is to the head; a word that tells the other sex is a mistake.

    >>> read_relation(Reading("писараш", 0), Sex.MALE).value, read_relation(Reading("дочь", 0), Sex.FEMALE).value
    ('child', 'child')
    """
    words = plain(reading.words)
    known = lexicon("relation")
    bare = next((one for one in (words, re.sub("аш$", "", words), re.sub("и ман$", "", words)) if one in known), "")
    if not bare:
        reading.fails("relation_unknown")
        return None
    relation = Relation(known[bare])
    if (sex is Sex.MALE and bare in _FEMALE) or (sex is Sex.FEMALE and bare in _MALE):
        reading.fails("relation_of_sex")
        return None
    return relation


# --- dates -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A date as it was told: to the day, the month or the year."""

    on: date
    precision: Precision


def read_date(reading: Reading, today: date) -> Told | None:
    """A date in one of its many forms; says how it was read where that is not plain.

    >>> today = date(2026, 11, 24)
    >>> read_date(Reading("12.03.1984", 0), today).on, read_date(Reading("3/1984", 0), today).precision.value
    (datetime.date(1984, 3, 12), 'month')
    >>> serial = Reading(30753.0, 0)
    >>> read_date(serial, today).on, serial.found[0].code
    (datetime.date(1984, 3, 12), 'serial_date')
    """
    cell = reading.cell
    if isinstance(cell, datetime):
        return Told(cell.date(), Precision.DAY)
    if isinstance(cell, date):
        return Told(cell, Precision.DAY)
    if isinstance(cell, time | timedelta):
        return None
    words = reading.words
    if re.fullmatch(r"\d{4,5}(?:\.0+)?", words):
        return _bare_number(reading, int(float(words)))
    return _told(reading, words, today)


def _bare_number(reading: Reading, number: int) -> Told | None:
    if 1850 <= number <= 2100:
        return Told(date(number, 1, 1), Precision.YEAR)
    if number in _SERIALS:
        day = _EPOCH + timedelta(days=number)
        reading.mended("serial_date", date=_written(day))
        return Told(day, Precision.DAY)
    return None


def _told(reading: Reading, words: str, today: date) -> Told | None:
    words = re.sub(r"\s*(?:г\.?|год|года|соли|с\.|y\.?)$", "", words.strip().lower())
    words = re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?$", "", words)
    compact = re.fullmatch(r"(\d{2})(\d{2})(\d{4})", words)
    parts = list(compact.groups()) if compact else [part for part in re.split(r"[\s.,\-/\\_–]+", words) if part]
    numbers: list[int] = []
    for part in parts:
        if part.isdecimal() and len(part) <= 4:
            numbers.append(int(part))
        elif part in _MONTHS:
            numbers.append(_MONTHS[part])
        else:
            return None
    if len(numbers) == 3:
        return _day(reading, numbers, len(parts[2]) if len(parts[0]) < 4 else 4, today)
    if len(numbers) == 2:
        month, year = numbers if numbers[1] > 31 else numbers[::-1]
        if year < 1000 or not 1 <= month <= 12:
            return None
        return Told(date(year, month, 1), Precision.MONTH)
    return _bare_number(reading, numbers[0]) if numbers else None


def _day(reading: Reading, numbers: Sequence[int], digits: int, today: date) -> Told | None:
    day, month, year = numbers if numbers[0] < 1000 else numbers[::-1]
    two = digits <= 2
    if two:
        year += 2000 if year <= today.year % 100 else 1900
    swapped = month > 12 >= day
    if swapped:
        day, month = month, day
    try:
        found = date(year, month, day)
    except ValueError:
        reading.fails("birth_impossible")
        return None
    if swapped:
        reading.mended("american_date", date=_written(found))
    if two:
        reading.mended("two_digit_year", date=_written(found))
    return Told(found, Precision.DAY)


def _written(day: date) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year}"


def read_birth(reading: Reading, today: date) -> Birth | None:
    """A date of birth; 1 January is what registers write for an unknown day, so only its year is kept."""
    before = len(reading.found)
    told = read_date(reading, today)
    if told is None:
        if len(reading.found) == before:
            reading.fails("birth_unreadable")
        return None
    if told.on > today:
        reading.fails("birth_future")
        return None
    if told.on.year < today.year - OLDEST:
        reading.fails("birth_too_old", limit=OLDEST)
        return None
    if told.precision is Precision.DAY and (told.on.month, told.on.day) == (1, 1):
        reading.mended("first_january", year=told.on.year)
        return Birth.in_year(told.on.year)
    return Birth(told.on, told.precision)


def read_age(reading: Reading) -> int | None:
    """Whole years."""
    words = re.sub(r"\s*(?:лет|года|год|сол|сола|years?|y)\.?$", "", reading.words.lower()).strip()
    if not re.fullmatch(r"\d{1,3}", words) or int(words) > OLDEST:
        reading.fails("age_unreadable")
        return None
    return int(words)


def read_departure(reading: Reading, today: date) -> Told | None:
    """When somebody left."""
    before = len(reading.found)
    told = read_date(reading, today)
    if told is None:
        del reading.found[before:]
        reading.fails("departed_unreadable")
        return None
    if told.on > today:
        reading.fails("departed_future")
        return None
    return told


def read_consent_day(reading: Reading, today: date) -> date | None:
    """The day on which consent was given."""
    before = len(reading.found)
    told = read_date(reading, today)
    if told is None or told.precision is not Precision.DAY:
        del reading.found[before:]
        reading.fails("consent_date")
        return None
    if told.on > today:
        reading.fails("consent_future")
        return None
    return told.on


# --- the rest --------------------------------------------------------------------------------------------------------


def read_phone(reading: Reading) -> str:
    """A telephone number as + and digits.

    >>> read_phone(Reading(918123456.0, 0)), read_phone(Reading("93 500 00 00", 0))
    ('+992918123456', '+992935000000')
    """
    words = reading.words
    if not re.fullmatch(r"[\d\s()+\-./]+", words):
        if re.fullmatch(r"[\d.,]+e\+?\d+", words.lower()):
            words = str(int(float(words.replace(",", "."))))
        else:
            reading.fails("phone_unreadable")
            return ""
    number = phone_number(words)
    if not number:
        reading.fails("phone_unreadable")
    elif isinstance(reading.cell, float) and len(words) > 9:
        reading.mended("phone_as_number", number=number)
    return number


def read_document(reading: Reading) -> str:
    """The number of a paper: at least five digits, at most four letters."""
    words = " ".join(reading.words.split())
    key = document_key(words)
    digits = sum(letter.isdigit() for letter in key)
    if digits < 5 or len(key) - digits > 4 or len(words) > 40:
        reading.fails("document_unreadable")
        return ""
    return words


def read_country(reading: Reading) -> str:
    """Two letters of a country."""
    words = plain(reading.words)
    known = lexicon("country")
    if words in known:
        return known[words]
    bare = reading.words.strip().upper()
    if is_country(bare):
        return bare
    first = re.split(r"[,;/(]", reading.words)[0]
    if plain(first) in known:
        return known[plain(first)]
    reading.fails("country_unknown")
    return ""


def read_consent(reading: Reading) -> bool | None:
    """Yes or no."""
    bare = reading.words.strip()
    answer = {"+": "yes", "-": "no", "–": "no"}.get(bare) or lexicon("consent").get(plain(bare))
    if answer is None:
        reading.fails("consent_unknown")
        return None
    return answer == "yes"


def is_given(cell: Cell) -> bool:
    """Whether a cell says anything."""
    return not is_blank(cell)


def sex_of_relation(words: str) -> Sex | None:
    """The sex that a word for a relation tells, if it tells one.

    >>> sex_of_relation("духтар"), sex_of_relation("фарзанд") is None
    (<Sex.FEMALE: 'female'>, True)
    """
    word = plain(words)
    if word in _FEMALE:
        return Sex.FEMALE
    return Sex.MALE if word in _MALE else None
