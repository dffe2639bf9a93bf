"""What a snapshot of the facts is: which files belong together, and up to which moment they hold everything.

A snapshot holds every step that was recorded before its watermark, and nobody's step twice; whatever was recorded or
changed since is the tail, which is read from the database. Files are never changed: a new list of them takes the place
of the former one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

FORMAT = 2
"""Raised whenever files of another making must not be read any more."""

MARGIN = timedelta(minutes=2)
"""Between the clock of the program, which dates rows, and that of the database, which knows who is still writing."""

UNSEEN = timedelta(hours=1)
"""How long a transaction of others may have been writing where the database does not tell."""

MOST_FILES = 12
"""More pieces of one kind than that are joined."""

LARGE = 1_000_000
"""Rows of a file that is not joined with others any more, and rows that one file holds."""

MOST_CHANGED = 10
"""Of a hundred: when so many people or steps stand in a second file over the first, both are written as one."""

KEPT_FOR = timedelta(minutes=15)
"""How long files that no list names any more stay, for those who still read them."""


class Engine(StrEnum):
    """Where a figure is computed.

    ``live``: in PostgreSQL, over the tables. ``memory``: in DuckDB, over the same rows in memory. ``files``: in DuckDB,
    over the snapshot's files and the tail.
    """

    LIVE = "live"
    MEMORY = "memory"
    FILES = "files"


@dataclass(frozen=True)
class Piece:
    """One file: what it holds, how much, and the hash by which damage is noticed."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """A list of files that belong together.

    Attributes:
        until: the watermark. Every plain step recorded before it is in ``steps``.
        built_at: when the list was written.
        database: the database that it was written from, and ``key`` a digest under the key of the pseudonyms.
        last_step: the last step before the watermark: a database that does not know it is another one.
        steps: in pieces without overlap. ``late``: steps in them that were taken back after they were written.
        people: the first piece, and over it the second: people who changed since.
        base: what the program's own questions come to over the files alone, so that a figure is kept up from there.
    """

    until: datetime
    built_at: datetime
    database: str
    key: str
    last_step: str
    steps: tuple[Piece, ...] = ()
    late: tuple[Piece, ...] = ()
    people: tuple[Piece, ...] = ()
    base: tuple[Piece, ...] = ()
    format: int = field(default=FORMAT)

    @property
    def n_steps(self) -> int:
        """How many steps it holds."""
        return sum(one.rows for one in self.steps)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All files."""
        return (*self.steps, *self.late, *self.people, *self.base)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.pieces)

    def text(self) -> str:
        """As it is kept in a file."""
        told = asdict(self) | {"until": self.until.isoformat(), "built_at": self.built_at.isoformat()}
        return json.dumps(told, indent=1) + "\n"

    @classmethod
    def read(cls, text: str) -> Snapshot | None:
        """What a file holds; None where it is none of this making."""
        try:
            told: dict[str, Any] = json.loads(text)
            if told["format"] != FORMAT:
                return None
            pieces: dict[str, Any] = {
                name: tuple(Piece(**one) for one in told.pop(name)) for name in ("steps", "late", "people", "base")
            }
            moments: dict[str, Any] = {name: datetime.fromisoformat(told.pop(name)) for name in ("until", "built_at")}
            return cls(**told, **pieces, **moments)
        except (ValueError, KeyError, TypeError):
            return None


def watermark(now: datetime, oldest: datetime | None, unseen: bool) -> datetime:
    """Up to where every step is there for good: nobody still writes one that is dated earlier.

    Args:
        oldest: when the oldest transaction began that may still be writing; None if there is none.
        unseen: whether there are sessions of which the database does not tell that.

    >>> noon = datetime(2026, 11, 29, 12, tzinfo=UTC)
    >>> watermark(noon, None, False).isoformat(), watermark(noon, noon, True).isoformat()
    ('2026-11-29T11:58:00+00:00', '2026-11-29T10:58:00+00:00')
    """
    bounds = [now, *([oldest] if oldest else []), *([now - UNSEEN] if unseen else [])]
    return min(bounds).astimezone(UTC) - MARGIN


def joins(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces that are to be written as one, so that they do not grow in number; none while there are few.

    >>> small = tuple(Piece(f"{n}", 10, 1, "") for n in range(13))
    >>> joins((Piece("large", LARGE, 1, ""), *small)) == small, joins(small[:12])
    (True, ())
    """
    few = tuple(one for one in pieces if one.rows < LARGE)
    return few if len(few) > MOST_FILES else ()
