"""The guards' world, room by room, from below to above."""

from __future__ import annotations

from tests.guards.rooms import (
    cases,
    directory,
    instruments,
    learning,
    oversight,
    protection,
    records,
    referrals,
    selection,
)

ROOMS = (instruments, directory, referrals, cases, selection, records, oversight, protection, learning)
