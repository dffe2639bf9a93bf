"""Keys under which a person's name is found again, whoever wrote it and in whichever script.

The same woman is Каримова, Karimova and Каримзода; the same man Ҷамшед, Джамшед, Чамшед and Jamshed. A *key* is
what stays the same. Three are computed, each coarser than the one before:

* ``k1``: same spelling, another script or keyboard. For search while typing.
* ``k2``: likely the same name (suffixes that are freely dropped are stripped). For finding possible duplicates.
* ``k3``: first letter and consonants. For blocking only: never a match by itself.

The steps follow the romanisation practices of Tajik passports, Russian documents and Russian keyboards
(BGN/PCGN 1994, ISO 9:1995, ICAO Doc 9303). Names in Arabic script (Dari) get a key of their own, prefixed ``ar:``,
because their short vowels are not written; they meet each other, not the Cyrillic and Latin forms.

Guarantees: the keys are lower-case ASCII for Cyrillic and Latin input; the same text gives the same keys on every
machine; an empty or unreadable text gives empty keys.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Part = Literal["given", "family", "father"]
PARTS: tuple[Part, ...] = ("given", "family", "father")

TAJIK_ALPHABET = "абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя"
"""The Tajik alphabet of 1998, in its order."""

_LEGACY_FONT = str.maketrans("њљѓќїўѐ", "ҳҷғқӣӯё")
_HOMOGLYPHS = str.maketrans("aceopxyk", "асеорхук")
_DROPPED = dict.fromkeys(map(ord, "’'ʼʻ`´-‐‑–\u200c\u200d\u200e\u200f«»\".,ʺʹ"))
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z",
    "и": "i", "ӣ": "i", "ы": "i", "й": "y", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ӯ": "u", "ф": "f", "х": "h", "ҳ": "h", "ц": "s",
    "ч": "c", "ҷ": "j", "ш": "ʃ", "щ": "ʃ", "э": "e", "ю": "yu", "я": "ya",
    "ъ": "", "ь": "", "і": "i", "ґ": "g", "ў": "u", "ә": "a", "ө": "o", "ү": "u", "ң": "n",
}  # fmt: skip
_LATIN = (
    ("shch", "ʃ"), ("dsch", "j"), ("tsch", "c"), ("sch", "ʃ"), ("sh", "ʃ"), ("dzh", "j"), ("dj", "j"), ("zh", "j"),
    ("kh", "h"), ("gh", "g"), ("tch", "c"), ("ch", "c"), ("ph", "f"), ("oo", "u"), ("ou", "u"), ("ee", "i"),
    ("ii", "i"), ("iu", "yu"), ("ia", "ya"), ("x", "h"), ("q", "k"), ("w", "v"),
)  # fmt: skip
_LATIN_MARKS = str.maketrans({"š": "sh", "ş": "sh", "ž": "zh", "č": "ch", "ç": "ch"})
_UZBEK_O = re.compile(r"o['ʻ’`‘ʼ](?=[a-z])")
_GERMAN_CH = re.compile(r"ch(?=[mnlrvbdt])")
_MEDIAL_IA = re.compile(r"(?<=[^aeiouy ])ia(?=t?\b)")
_ARABIC_FOLDS = str.maketrans({
    "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و",
    "ء": None, "ـ": None,
})  # fmt: skip
_SURNAME_SUFFIX = re.compile(r"(?:yeva|yev|ova|eva|ov|ev|z[oa]d[aeo]?h?|i?y[oa]n|i[oa]n|pur|iy|i)$")
_SURNAME_REST = re.compile(r"(?:iy|i|y)$")
_FATHER_SUFFIX = re.compile(r"(?:[oe]vic|yevic|[oe]vna|yevna|[ou]gl[iyu]|[kg][iy]z[iy]|duhti|z[oa]d[aeo]?|pur)$")
_GIVEN_SUFFIX = re.compile(r"(?:j[oa]n|h[oa]n|be[kg])$")
_MUHAMMAD = re.compile(r"(?:m[uo]ham[ae][dt]|mag[oa]med|mahm[ae][dt]|mamad)")
_DIN = re.compile(r"(?:(?<=[^aeiou])[uiea]|(?<=o)v?[ui])din$")
_U_FOR_O = re.compile(r"^o(?=mar|sman)|(?<=^s)o(?=hr[oa]b)")
_ULLO = re.compile(r"(?:ul[oa]h?|[oa]lah)$")
_SWALLOWED_D = re.compile(r"(?:^sai|hami|fari|ʃe|muro|behzo|raʃi|ahma|sami|navi|maji|vohi|ubai)$")
"""Given names that end in д before -ҷон: in Саиджон and Saidjon the two letters look like one ҷ."""
_VOWELS = "aeiou"
_DOUBLED = re.compile(r"(.)\1+")
_Y_BETWEEN = re.compile(r"(?<=[aou])y(?=[aou])")
_SOUNDS = str.maketrans("ceop", "jiaf")
_ALIKE = tuple(
    (re.compile(written), said)
    for written, said in (
        # Ҳ that Russian papers write г, or drop between vowels.
        (r"^g(?=asan|us[ai]*n|abib|amid|amza|afiz|akim|anif|aidar|isam|ikmat)", "h"),
        (r"^([tz])a[gh]?ir", r"\1ahir"),
        (r"^raim", "rahim"),
        (r"ibra[g]?im", "ibrahim"),
        (r"ʃah(?=[^aiu]|$)", "ʃa"),
        (r"nigmat", "nimat"),
        # Е for а in Russian and Turkish spellings of names that end so in Tajik.
        (r"ahmi[dt]", "ahmad"),
        (r"^(rust|isk?and|anv|akb)i(?=[mr])", r"\1a"),
        # Single words in their Latin or Russian dress.
        (r"^usaf", "usuf"),
        (r"^fatma", "fatima"),
        (r"^mariam", "maram"),
        (r"^zidin", "ziadin"),
        (r"huja", "haja"),
        (r"murat", "murad"),
        # The article: Абдулҳамид and Абдуҳамид.
        (r"^abdul(?=[^aiu])", "abdu"),
        # Ноу- and нав-, дау- and дав-.
        (r"au(?=[^aiu]|$)", "av"),
        # An h that is only written: Fotimah, Абдуллоҳ.
        (r"(?<=a)h$", ""),
        # Final т for д: Холмурат, Ахмат.
        (r"(?<=[aiu])t$", "d"),
    )
)
"""Spellings of one name that no rule of letters explains, in the letters that ``k2`` has by then."""
_ARABIC_SURNAME = re.compile("(?:زاده|زاد|اوف|وفا|وف|یان|ی)$")
_ARABIC_VOWELS = re.compile("[اویه]")
_REMEMBERED = 1 << 14
"""How many texts a process remembers the keys of: names repeat, and a list of families is mostly repeats."""


@dataclass(frozen=True, slots=True)
class NameKeys:
    """The three keys of one part of a name; see the module for what each is for."""

    k1: str
    k2: str
    k3: str


def is_arabic(text: str) -> bool:
    """Whether the first letter of ``text`` is of the Arabic script (Dari, Persian).

    >>> is_arabic("زرینه"), is_arabic("Зарина")
    (True, False)
    """
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and "\u0600" <= letters[0] <= "\u06ff"


def folded(text: str) -> str:
    """``text`` in lower case, its legacy-font letters and Latin look-alikes mended, marks and hyphens dropped.

    >>> folded(" Љамшед "), folded("Кaримова")  # the second has a Latin a
    ('ҷамшед', 'каримова')
    """
    text = unicodedata.normalize("NFC", text).strip().lower().translate(_LEGACY_FONT).translate(_DROPPED)
    words = (word.translate(_HOMOGLYPHS) if re.search(r"[\u0400-\u04ff]", word) else word for word in text.split())
    return " ".join(words)


def romanised(text: str) -> str:
    """The plain Latin skeleton shared by the Cyrillic and Latin spellings of a name.

    >>> romanised("Ҷамшед") == romanised("Джамшед") == romanised("Dzhamshed")
    True
    """
    text = folded(_UZBEK_O.sub("u", text.lower())).replace("дж", "ҷ").translate(_LATIN_MARKS)
    text = _MEDIAL_IA.sub("iya", _GERMAN_CH.sub("h", text))
    for written, key in _LATIN:
        text = text.replace(written, key)
    text = "".join(_CYRILLIC.get(character, character) for character in text)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-zʃ ]", "", text)


def _k1(text: str) -> str:
    key = romanised(text).replace(" ", "")
    key = key.replace("yo", "o").replace("yu", "u").replace("ya", "a").replace("y", "i")
    return _single(key).replace("ʃ", "w")


def _k2(text: str, part: Part) -> str:
    key = _single(romanised(text).replace(" ", ""))
    if part == "given":
        key = _without_jon(key)
    else:
        if part == "father":
            key = _stripped(key, _FATHER_SUFFIX)
        key = _stripped(key, _SURNAME_SUFFIX)
        key = _stripped(key, _SURNAME_REST)
    return _sounded(key)


def _without_jon(key: str) -> str:
    """A given name without -ҷон, -хон, -бек."""
    shorter = _stripped(key, _GIVEN_SUFFIX, 4)
    return f"{shorter}d" if shorter != key and "j" in key[len(shorter) :] and _SWALLOWED_D.search(shorter) else shorter


def _sounded(key: str) -> str:
    """A stem in the letters of ``k2``: sounds that are confused are one letter, known other dresses are mended."""
    key = _ULLO.sub("ula", _DIN.sub("din", _MUHAMMAD.sub("mhmd", _U_FOR_O.sub("u", key))))
    key = _Y_BETWEEN.sub("i", key).replace("yo", "o").replace("yu", "u").replace("ya", "a").replace("y", "i")
    key = _single(key.translate(_SOUNDS))
    for written, said in _ALIKE:
        key = written.sub(said, key)
    return _single(key.replace("ai", "i")).replace("ʃ", "w")


def _single(key: str) -> str:
    """``key`` with every doubled letter written once."""
    return _DOUBLED.sub(r"\1", key)


def _stripped(key: str, suffix: re.Pattern[str], least: int = 3) -> str:
    """``key`` without the ending, if enough letters stay: sh counts as two, and of many one less before a vowel."""
    shorter = suffix.sub("", key)
    length = len(shorter) + shorter.count("ʃ") + (least > 3 and shorter[-1:] in _VOWELS)
    return shorter if length >= least else key


def _k3(k2: str) -> str:
    if not k2:
        return ""
    first = "a" if k2[0] in _VOWELS else k2[0]
    return first + "".join(character for character in k2[1:] if character not in _VOWELS)


@lru_cache(maxsize=_REMEMBERED)
def name_keys(text: str, part: Part) -> NameKeys:
    """The keys of one part of a name.

    Args:
        text: the part as written, in Cyrillic (Tajik or Russian), Latin or Arabic script.
        part: ``given``, ``family`` (surname) or ``father`` (patronymic or the father's bare name).

    >>> name_keys("Каримова", "family").k2 == name_keys("Karimzoda", "family").k2
    True
    >>> name_keys("Чамшед", "given").k2 == name_keys("Jamshed", "given").k2
    True
    >>> name_keys("Карим", "given").k2 == name_keys("Карам", "given").k2
    False
    >>> name_keys("زرینه", "given").k1
    'ar:زرینه'
    """
    if is_arabic(text):
        plain = unicodedata.normalize("NFC", text).translate(_ARABIC_FOLDS).translate(_DROPPED)
        plain = "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace())
        if not plain:
            return NameKeys("", "", "")
        stem = plain if part == "given" else _stripped(plain, _ARABIC_SURNAME)
        return NameKeys(f"ar:{plain}", f"ar:{stem}", f"ar:{stem[0]}{_ARABIC_VOWELS.sub('', stem[1:])}")
    k2 = _k2(text, part)
    return NameKeys(_k1(text), k2, _k3(k2))


@lru_cache(maxsize=_REMEMBERED)
def either_key(text: str) -> tuple[str, str]:
    """The ``k2`` and ``k3`` of a name that may stand in the wrong field: all endings are dropped, of given names and
    of surnames.

    >>> either_key("Ҷамшедҷон") == either_key("Jamshedov"), either_key("Каримов")[0]
    (True, 'karim')
    """
    if is_arabic(text):
        keys = name_keys(text, "family")
        return keys.k2, keys.k3
    key = _without_jon(_single(romanised(text).replace(" ", "")))
    key = _without_jon(_stripped(_stripped(key, _SURNAME_SUFFIX), _SURNAME_REST))
    key = _sounded(key)
    return key, _k3(key)


_ORDER = {letter: chr(ord("A") + index) for index, letter in enumerate(TAJIK_ALPHABET)}
_RUSSIAN_ORDER = {"ц": _ORDER["с"], "щ": _ORDER["ш"], "ы": _ORDER["ъ"], "ь": _ORDER["ъ"], "і": _ORDER["и"]}


def sort_key(*texts: str) -> str:
    """A text whose plain byte order is the Tajik alphabetical order of ``texts`` read one after another.

    Latin and Arabic script follow the Cyrillic; within them the order is that of the code points.

    >>> sorted(["Ҳасан", "Ҷамшед", "Хуршед", "Чорӣ", "Ғафур", "Гулбаҳор", "Дилноза"], key=sort_key)
    ['Гулбаҳор', 'Ғафур', 'Дилноза', 'Хуршед', 'Ҳасан', 'Чорӣ', 'Ҷамшед']
    """
    return "\x01".join(_sort_key(text) for text in texts)


@lru_cache(maxsize=_REMEMBERED)
def _sort_key(text: str) -> str:
    letters = []
    for character in folded(text):
        if character in _ORDER or character in _RUSSIAN_ORDER:
            letters.append(_ORDER.get(character) or _RUSSIAN_ORDER[character])
        elif character == " ":
            letters.append(" ")
        elif character.isprintable():
            letters.append(character if character.isdigit() else f"~{character}")
    return "".join(letters)
