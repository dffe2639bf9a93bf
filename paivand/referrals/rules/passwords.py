"""Passwords that are read aloud over the telephone."""

from __future__ import annotations

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look or sound alike: i, l, o, 0, 1."""
GROUPS, IN_GROUP = 4, 4


def new_password() -> str:
    """Sixteen letters and digits in groups of four: about 79 bits.

    >>> len(new_password()), new_password() != new_password()
    (19, True)
    """
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(IN_GROUP)) for _ in range(GROUPS))


def is_password(text: str) -> bool:
    """Whether ``text`` was made by ``new_password``.

    >>> is_password(new_password()), is_password("12345678")
    (True, False)
    """
    parts = text.split("-")
    return len(parts) == GROUPS and all(len(part) == IN_GROUP and set(part) <= set(LETTERS) for part in parts)
