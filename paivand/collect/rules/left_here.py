"""What a browser tells on signing out of the forms without signal that lie in it.

The page for forms keeps a mark in a cookie: how many forms wait here, for which device of the server, and to whom they
belong. No name is in it, and nothing that opens anything. ``frontend/src/mark.ts`` writes what is read here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

COOKIE: Final = "paivand_fill"
GONE: Final = "gone"
"""The mark once its owner has signed out: the next page that runs a script takes away what lies here."""
MOST: Final = 99_999


@dataclass(frozen=True)
class LeftHere:
    """What lies in a browser.

    Args:
        n_unsent: forms begun or filled in that have not arrived.
    """

    device_id: uuid.UUID
    n_unsent: int


def read_mark(said: str) -> LeftHere | None:
    """What a mark says; None for one that is none, which a browser may have made of anything.

    >>> read_mark("3.019ab000-0000-7000-8000-000000000000.f3a9").n_unsent
    3
    >>> read_mark("gone"), read_mark("-1.x.y"), read_mark("")
    (None, None, None)
    """
    count, _, rest = said.partition(".")
    device, _, _owner = rest.partition(".")
    if not (count.isascii() and count.isdigit() and len(count) < 6):
        return None
    try:
        return LeftHere(uuid.UUID(device), min(int(count), MOST))
    except ValueError:
        return None
