"""When the door of the sealed room closes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from paivand.protection.rules.parameters import idle_time

MARK = "sealed_until_idle"
"""The word under which the session keeps the time of the last touch. It tells a time and nothing else."""

WRITTEN_EVERY = timedelta(seconds=20)
"""How often the time is written at most, so that not every page writes the session."""

FRESH = timedelta(seconds=90)
"""How long ago a proof by code or passkey may lie that is to open the door."""


def is_open(touched_at: datetime | None, now: datetime) -> bool:
    """Whether the room is open still.

    >>> at = datetime(2026, 11, 29, 10, 0)
    >>> is_open(at, at + timedelta(minutes=4)), is_open(at, at + timedelta(minutes=5)), is_open(None, at)
    (True, False, False)
    """
    return touched_at is not None and timedelta(0) <= now - touched_at < idle_time()


def is_due(touched_at: datetime | None, now: datetime) -> bool:
    """Whether the time of the last touch is to be written anew."""
    return touched_at is None or now - touched_at >= WRITTEN_EVERY
