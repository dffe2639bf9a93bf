"""Readable codes with a check digit.

A family's code is read over the telephone and copied by hand; so are those of cases and referrals, by another letter.
The Damm algorithm (H. Michael Damm, 2004) finds every single wrong digit and every swap of two neighbours.
"""

from __future__ import annotations

import re

from stdnum import damm

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_LETTERS = {"F": "FФف", "C": "CС", "R": "RР", "S": "SСس", "G": "GГг"}
"""The letter of each kind of code, in the scripts in which it may be typed."""
_CODES = {
    letter: re.compile(rf"^[{typed}]?[\s-]*([0-9][0-9\s-]{{4,}})$", re.IGNORECASE) for letter, typed in _LETTERS.items()
}


def family_code(number: int) -> str:
    """The code of the family with this running number.

    >>> family_code(1), family_code(123456)
    ('F-000-0013', 'F-123-4566')
    """
    return readable_code("F", number)


def readable_code(letter: str, number: int) -> str:
    """The code of the record with this running number, of the kind that ``letter`` stands for.

    >>> readable_code("C", 1), readable_code("R", 2)
    ('C-000-0013', 'R-000-0021')
    """
    digits = f"{number:06d}" if number < 1_000_000 else str(number)
    if number < 1:
        raise ValueError(f"A running number starts at 1, not {number}.")
    body = digits + damm.calc_check_digit(digits)
    return f"{letter}-{body[:3]}-{body[3:]}"


def family_number(text: str) -> int | None:
    """The running number in a typed code, or None when the text is no code or its check digit is wrong.

    Spaces, hyphens, a missing or Cyrillic letter and Persian digits are forgiven.

    >>> family_number("f 000 0013"), family_number("F-000-0031"), family_number("Зарина")
    (1, None, None)
    """
    return number_in_code("F", text)


def number_in_code(letter: str, text: str) -> int | None:
    """The running number in a typed code of the kind that ``letter`` stands for, or None; forgiving as for families.

    >>> number_in_code("C", "с-000-0013"), number_in_code("G", "г 000 0013"), number_in_code("R", "F-000-0013")
    (1, 1, None)
    """
    match = _CODES[letter].match(text.strip().translate(_DIGITS))
    if not match:
        return None
    digits = re.sub(r"\D", "", match.group(1))
    if len(digits) < 7 or not damm.is_valid(digits):
        return None
    return int(digits[:-1]) or None


def looks_like_code(text: str) -> bool:
    """Whether somebody meant a family code, right or wrong: six or more digits and nothing else but F and dashes.

    >>> looks_like_code("F-000-0031"), looks_like_code("Зарина")
    (True, False)
    """
    return bool(_CODES["F"].match(text.strip().translate(_DIGITS)))
