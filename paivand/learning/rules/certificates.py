"""Certificates: their numbers, the code by which anyone checks one, where they stand, what the public page shows."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import yaml
from stdnum import damm

from paivand.core.rules.texts import text

CODE_LENGTH, GROUP = 20, 4
"""Twenty signs of five random bits each: 100 bits, which nobody guesses."""

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The base 32 of Crockford: no I, L, O and U, which are mistaken for others."""

_MEANT = str.maketrans(
    "OOILОІАВЕКМНРСТУХЗ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩",
    "001101ABEKMHPCTYX301234567890123456789",
)  # fmt: skip
"""What was meant by a sign that looks like one of ours: Latin, Cyrillic, and the digits of Dari."""

_BETWEEN = re.compile(r"[\s\-–—·.,_/\u200b-\u200f\u2066-\u2069]+")
_NUMBER = re.compile(r"([A-Z][A-Z0-9]{0,5}?)[\s-]*([0-9]{3}[\s-]*[0-9]{4,})")
_LONGEST = 200


LIMITS = Path(__file__).parent.parent.parent / "parameters" / "certificate_checks.yaml"


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """How many wrong codes one address may ask for within so many minutes."""

    wrong_codes_of_address: int
    within_minutes: int


@lru_cache(maxsize=1)
def check_limits() -> CheckLimits:
    """The limits of the public page."""
    declared = yaml.safe_load(LIMITS.read_text(encoding="utf-8"))
    return CheckLimits(declared["wrong_codes_of_address"], declared["within_minutes"])


class CertificateState(StrEnum):
    """Where a certificate stands. It begins valid and never comes back."""

    VALID = "valid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Revoking(StrEnum):
    """The public kind of reason for which a certificate is revoked; what exactly happened stays inside."""

    MISTAKE = "mistake"
    NOT_EARNED = "not_earned"
    WISH = "wish"
    MISUSED = "misused"


STATE_NAMES = {
    CertificateState.VALID: text("valid"),
    CertificateState.REVOKED: text("revoked"),
    CertificateState.SUPERSEDED: text("replaced by a newer one"),
}
REVOKING_NAMES = {
    Revoking.MISTAKE: text("it was issued by mistake"),
    Revoking.NOT_EARNED: text("the conditions of the course were not met"),
    Revoking.WISH: text("the holder wished it"),
    Revoking.MISUSED: text("somebody else used it"),
}


class Issued(Protocol):
    """A certificate, as far as the rules look at it."""

    @property
    def series(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def name_shown_since(self) -> date | None: ...
    @property
    def issued_on(self) -> date: ...
    @property
    def revoked_on(self) -> date | None: ...
    @property
    def revoked_for(self) -> str: ...
    @property
    def superseded_on(self) -> date | None: ...


@dataclass(frozen=True)
class Shown:
    """What the public page tells. There is nothing else on it about anybody.

    Args:
        name: of the holder; empty unless she agreed, and never of a certificate that is not valid any more.
        ended_on: when it was revoked or replaced.
        reason: the public kind of a revocation.
    """

    state: CertificateState
    number: str
    issued_on: date
    name: str
    ended_on: date | None
    reason: Revoking | None

    @property
    def is_valid(self) -> bool:
        """Whether it can be relied on."""
        return self.state is CertificateState.VALID


def certificate_number(series: str, number: int) -> str:
    """The printed number: series, running number and check digit.

    >>> certificate_number("VTS", 137), certificate_number("FL", 1_234_567)
    ('VTS-000-1376', 'FL-123-45671')
    """
    if number < 1:
        raise ValueError(f"A running number starts at 1, not {number}.")
    digits = f"{number:06d}"
    body = digits + damm.calc_check_digit(digits)
    return f"{series}-{body[:3]}-{body[3:]}"


def number_in(typed: str) -> tuple[str, int] | None:
    """Series and running number in a typed number, or None when it is none or its check digit is wrong.

    >>> number_in("vts 000 1376"), number_in("VTS-000-1367"), number_in("Зарина")
    (('VTS', 137), None, None)
    """
    found = _NUMBER.fullmatch(typed.strip().upper())
    digits = re.sub(r"\D", "", found[2]) if found else ""
    if not found or len(digits) < 7 or not damm.is_valid(digits):
        return None
    number = int(digits[:-1])
    return (found[1], number) if number else None


def new_code() -> str:
    """A code that nobody guesses, without its dashes."""
    return "".join(secrets.choice(_SIGNS) for _n in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """A code as it is printed and stands in addresses.

    >>> grouped("K7MQ2XWD9ATCH5RB0VZE")
    'K7MQ-2XWD-9ATC-H5RB-0VZE'
    """
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def typed_code(typed: str) -> str:
    """The code that was meant, or an empty text when it cannot be one.

    Small letters, other dashes or none, and signs that look like ours are forgiven.

    >>> typed_code(" k7mq 2xwd.9atc–H5RB-OVZE ")
    'K7MQ2XWD9ATCH5RB0VZE'
    >>> typed_code("К7МQ-2ХWD-9АТС-Н5RВ-ОVZЕ")  # typed with Cyrillic letters
    'K7MQ2XWD9ATCH5RB0VZE'
    >>> typed_code("K7MQ")
    ''
    """
    code = _BETWEEN.sub("", typed[:_LONGEST]).upper().translate(_MEANT)
    return code if len(code) == CODE_LENGTH and set(code) <= set(_SIGNS) else ""


def code_digest(typed: str) -> str:
    """By what the database finds the certificate of a code, however it was typed; of nonsense, a digest of nothing.

    >>> code_digest("k7mq 2xwd 9atc h5rb 0vze") == code_digest("K7MQ2XWD9ATCH5RB0VZE")
    True
    """
    return hashlib.sha256(f"paivand.certificate:{typed_code(typed)}".encode()).hexdigest()


def certificate_state(certificate: Issued) -> CertificateState:
    """Where a certificate stands. A revocation counts before a replacement."""
    if certificate.revoked_on:
        return CertificateState.REVOKED
    return CertificateState.SUPERSEDED if certificate.superseded_on else CertificateState.VALID


def shown(certificate: Issued) -> Shown:
    """What anyone who has the code is told."""
    state = certificate_state(certificate)
    agreed = certificate.name_shown_since is not None and state is CertificateState.VALID
    return Shown(
        state, certificate_number(certificate.series, certificate.number), certificate.issued_on,
        certificate.name if agreed else "", certificate.revoked_on or certificate.superseded_on,
        Revoking(certificate.revoked_for) if certificate.revoked_on else None,
    )  # fmt: skip
