"""The snapshot as it lies on the disk: whether it may be read, and the relations over its files and the tail."""

from __future__ import annotations

import hashlib
import logging
import threading
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import connection

from paivand.access.models.identity import reading_facts
from paivand.core.models.sealed import keyed_digest
from paivand.evidence.queries import live
from paivand.evidence.queries.counting import folder
from paivand.evidence.rules.relations import RELATIONS
from paivand.evidence.rules.snapshots import Piece, Snapshot

logger = logging.getLogger("paivand.evidence")

LIST, DAMAGED = "snapshot.json", "damaged"
_seen: set[tuple[str, int, int, int]] = set()
"""Files of which this process knows that they are whole: name, size, moment and number on the disk."""
_seeing = threading.Lock()


def written() -> Snapshot | None:
    """The list of files that counts now, whether they are whole or not; None where there is none."""
    try:
        return Snapshot.read((folder() / LIST).read_text(encoding="utf-8"))
    except OSError:
        return None


def current_snapshot() -> Snapshot | None:
    """The snapshot, if its files are whole and it was written from this database as it is; otherwise None."""
    found = written()
    if found is None or (folder() / DAMAGED).exists() or not is_of_this_database(found):
        return None
    if not all(is_whole(one) for one in found.pieces):
        note_damage("a file is missing or was changed")
        return None
    return found


def is_of_this_database(snapshot: Snapshot) -> bool:
    """Whether database and key are those that it was written with, and its last step is there."""
    if snapshot.key != key_digest():
        return False
    with reading_facts(), connection.cursor() as cursor:
        cursor.execute(
            "select current_database() || ' ' || (select oid from pg_database where datname = current_database()), "
            "exists (select 1 from registry_journeystep where id = %s)",
            [snapshot.last_step or None],
        )
        database, is_there = cursor.fetchone()
    return bool(database == snapshot.database and (is_there or not snapshot.last_step))


def database_name() -> str:
    """The database that we are connected to, and its number there: another one of the same name has another."""
    with connection.cursor() as cursor:
        cursor.execute("select current_database() || ' ' || oid from pg_database where datname = current_database()")
        return str(cursor.fetchone()[0])


def key_digest() -> str:
    """A digest under the key of the pseudonyms: files whose numbers were made with another key say nothing here."""
    return keyed_digest("evidence.key")


def is_worth_files() -> bool:
    """Whether there are so many steps that figures are computed over files; by the database's own estimate."""
    with connection.cursor() as cursor:
        cursor.execute("select reltuples from pg_class where oid = 'registry_journeystep'::regclass")
        return bool(cursor.fetchone()[0] >= settings.EVIDENCE_LIVE_STEPS)


def n_steps_before(snapshot: Snapshot) -> int:
    """How many plain steps the database has before the watermark."""
    with reading_facts(), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) filter (where pseudonym = '' and reverses_id is null) from registry_journeystep "
            f"where created_at < {live.stamp(snapshot.until)}"
        )
        return int(cursor.fetchone()[0])


def is_whole(piece: Piece, *, anew: bool = False) -> bool:
    """Whether a file is the one that was written. A process looks through a file once, unless ``anew``."""
    path = folder() / piece.name
    try:
        stat = path.stat()
    except OSError:
        return False
    mark = (f"{path} {piece.sha256}", stat.st_size, stat.st_mtime_ns, stat.st_ino)
    if stat.st_size != piece.size:
        return False
    with _seeing:
        if mark in _seen and not anew:
            return True
        whole = sha256_of(path) == piece.sha256
        if whole:
            _seen.add(mark)
        return whole


def sha256_of(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def note_damage(what: str) -> None:
    """Say that the files cannot be read any more, so that the next refresh writes all of them anew."""
    logger.warning("The snapshot of the facts is not read: %s. It is written anew at the next refresh.", what)
    try:
        (folder() / DAMAGED).touch(mode=0o600)
    except OSError:
        logger.warning("The damage could not be noted in %s.", folder())


def lay_out(here: duckdb.DuckDBPyConnection, snapshot: Snapshot | None) -> None:
    """Make ``facts`` and ``people`` of the files and the tail's tables."""
    here.execute(f"create or replace temp view facts as {_facts(here, snapshot)}")
    here.execute(f"create or replace temp view people as {_people(here, snapshot)}")


def _facts(here: duckdb.DuckDBPyConnection, snapshot: Snapshot | None) -> str:
    if snapshot is None or not snapshot.steps:
        return "select * from tail_facts"
    is_late = here.execute("select count(*) from late").fetchall() != [(0,)]
    return f"{facts_in(snapshot, also_late=is_late)} union all select * from tail_facts"


def facts_in(snapshot: Snapshot, *, also_late: bool = False) -> str:
    """The steps of the files alone; ``also_late``: with what the table ``late`` says was taken back since."""
    late = [f"select step, reversed_at from {_files(snapshot.late)}"] if snapshot.late else []
    if also_late:
        late.append("select step, reversed_at from late")
    plain = {"coded": "false", "sex": "''", "age_low": "null::smallint", "age_high": "null::smallint"}
    if late:
        plain["reversed_at"] = "coalesce(s.reversed_at, l.reversed_at)"
    columns = ", ".join(f"{plain.get(name, f's.{name}')} as {name}" for name in RELATIONS["facts"])
    joined = f" left join ({' union '.join(late)}) l on l.step = s.step" if late else ""
    return f"select {columns} from {_files(snapshot.steps)} s{joined}"


def _people(here: duckdb.DuckDBPyConnection, snapshot: Snapshot | None) -> str:
    """Everybody as last known: the tail before the second file, that before the first."""
    layers = ["select * from tail_people"]
    if here.execute("select count(*) from tail_people").fetchall() == [(0,)]:
        layers = []
    over = list(layers)
    for piece in reversed(snapshot.people if snapshot else ()):
        rows = f"select o.* from {_files((piece,))} as o"
        newer = " union all ".join(f"select who from ({one})" for one in over)
        layers.append(f"{rows} anti join ({newer}) as n on n.who = o.who" if over else rows)
        over.append(rows)
    return " union all ".join(layers) or "select * from tail_people"


def people_in(snapshot: Snapshot) -> str:
    """Everybody as the files alone know them: what the second file says before the first."""
    first, *second = snapshot.people
    if not second:
        return f"select * from {_files((first,))}"
    newer = f"select who from {_files(tuple(second))}"
    return (
        f"select * from {_files(tuple(second))} union all "
        f"select o.* from {_files((first,))} as o anti join ({newer}) as n on n.who = o.who"
    )


def _files(pieces: tuple[Piece, ...]) -> str:
    names = ", ".join(f"'{folder() / one.name}'" for one in pieces)
    return f"read_parquet([{names}])"
