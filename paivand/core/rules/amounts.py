"""Amounts as people type them, in any script and with any sign between thousands."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬", "01234567890123456789.,")
_PLAIN = re.compile(r"(?P<whole>\d+)(?:[.,](?P<coins>\d{1,2}))?")
_THOUSANDS = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<parts>[.,])\d{3}(?:(?P=parts)\d{3})*)(?:(?!(?P=parts))[.,](?P<coins>\d{1,2}))?"
)


def read_amount(typed: str) -> Decimal | None:
    """The amount that was typed, or None when it cannot be read.

    A point or comma before exactly three digits parts thousands; before one or two it parts the small coins.

    >>> [str(read_amount(typed)) for typed in ("12 500", "12.500", "12500,5", "1,234.56", "۱۲۵۰۰", "-5", "12x")]
    ['12500', '12500', '12500.5', '1234.56', '12500', 'None', 'None']
    """
    digits = re.sub(r"[\s\u00a0\u202f'’]", "", typed.translate(_DIGITS))
    found = _THOUSANDS.fullmatch(digits) or _PLAIN.fullmatch(digits)
    if not found:
        return None
    whole = re.sub(r"[.,]", "", found["whole"])
    amount = Decimal(f"{whole}.{found['coins']}" if found["coins"] else whole)
    return amount if amount < 10**10 else None


def write_amount(amount: Decimal | None) -> str:
    """How an amount stands in the field, so that reading it again gives the same."""
    if amount is None:
        return ""
    return f"{amount:f}".rstrip("0").rstrip(".") if amount % 1 else str(int(amount))
