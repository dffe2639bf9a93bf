"""One-time links: how a token, its digest and a PIN are made, and where a link stands."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from paivand.core.rules.texts import text

PIN_DIGITS = 6
TOKEN_BYTES = 24
"""192 random bits: nobody guesses it, with or without the PIN."""

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


class LinkState(StrEnum):
    """Whether a link can still be answered."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    LOCKED = "locked"
    EXPIRED = "expired"


LINK_STATE_NAMES = {
    LinkState.OPEN: text("waits for the answer"),
    LinkState.USED: text("answered"),
    LinkState.REVOKED: text("taken back"),
    LinkState.LOCKED: text("locked after wrong PINs"),
    LinkState.EXPIRED: text("ran out"),
}


class Standing(Protocol):
    """A link, as far as the rules look at it."""

    @property
    def used_at(self) -> datetime | None: ...
    @property
    def revoked_at(self) -> datetime | None: ...
    @property
    def locked_at(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime: ...


def link_state(link: Standing, now: datetime) -> LinkState:
    """Where ``link`` stands at ``now``."""
    if link.used_at:
        return LinkState.USED
    if link.revoked_at:
        return LinkState.REVOKED
    if link.locked_at:
        return LinkState.LOCKED
    return LinkState.EXPIRED if link.expires_at <= now else LinkState.OPEN


def new_token() -> str:
    """A token for the address of a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_pin() -> str:
    """A PIN of six digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def token_digest(token: str) -> str:
    """What the database keeps of a token.

    >>> len(token_digest("anything"))
    64
    """
    return hashlib.sha256(token.encode()).hexdigest()


def typed_pin(typed: str) -> str:
    """The digits of a PIN as somebody typed it, with spaces or the digits of Dari.

    >>> typed_pin(" 123 ۴۵۶ ")
    '123456'
    """
    return "".join(one for one in typed.translate(_DIGITS) if one in "0123456789")
