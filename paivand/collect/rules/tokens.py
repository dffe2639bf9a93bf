"""The tokens of devices, and how often an address may show a wrong one."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

LIMITS = Path(__file__).parent.parent.parent / "parameters" / "field_door.yaml"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How many bytes one sending may have, and how many wrong tokens an address may show within so many minutes."""

    max_bytes: int
    wrong_tokens_of_address: int
    within_minutes: int


@lru_cache(maxsize=1)
def door_limits() -> DoorLimits:
    """The limits of the door."""
    declared = yaml.safe_load(LIMITS.read_text(encoding="utf-8"))
    return DoorLimits(declared["max_bytes"], declared["wrong_tokens_of_address"], declared["within_minutes"])


def new_token() -> str:
    """A token: 43 signs that stand in an address as they are, with 256 random bits.

    >>> is_token(new_token()), new_token() == new_token()
    (True, False)
    """
    return secrets.token_urlsafe(32)


def is_token(said: str) -> bool:
    """Whether it has the form of a token.

    >>> is_token("guessed")
    False
    """
    return _TOKEN.fullmatch(said) is not None
