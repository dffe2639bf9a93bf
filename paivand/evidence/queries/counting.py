"""DuckDB in this thread: in memory only, with few threads, and with no way out but the folder of the snapshot.

What is linked here is linked here only: the numbers that stand for people are made in memory from keys of the database,
and neither they nor the coded steps go anywhere from here. So DuckDB may not write to the disk when memory is short.
"""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings

from paivand.core.models.sealed import keyed_numbers, pseudonyms
from paivand.evidence.rules.relations import RELATIONS, Dialect, column_type

WHO, FAMILY = "evidence.who", "evidence.family"
"""The purposes of the two kinds of numbers that stand for people and for families."""

_own = threading.local()


def folder() -> Path:
    """Where the snapshot lies."""
    return Path(settings.HOME) / "evidence"


def counter() -> duckdb.DuckDBPyConnection:
    """The connection of this thread; its tables stay as long as the thread."""
    found: duckdb.DuckDBPyConnection | None = getattr(_own, "connection", None)
    if found is None:
        found = _own.connection = connected()
    return found


def forget() -> None:
    """Let go of this thread's connection and of all it holds."""
    found = _own.__dict__.pop("connection", None)
    if found is not None:
        found.close()


def connected() -> duckdb.DuckDBPyConnection:
    """A new connection with nothing in it."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": settings.EVIDENCE_THREADS,
            "memory_limit": f"{settings.EVIDENCE_MEMORY}MB",
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    place = str(folder()).replace("'", "''")
    connection.execute(f"set allowed_directories = ['{place}/']; set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    connection.execute("create table person_keys (id uuid, who bigint); create table family_keys (id uuid, who bigint)")
    return connection


def take_in(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Put columns into a table of this name, in the place of a former one."""
    connection.register("arriving", rows)
    connection.execute(f"create or replace table {name} as select * from arriving")
    connection.unregister("arriving")


def number_people(connection: duckdb.DuckDBPyConnection, rows: str, *columns: str) -> None:
    """See to it that ``person_keys`` knows the number of everybody whose key stands in these columns of ``rows``."""
    _number(connection, "person_keys", WHO, rows, columns)


def number_families(connection: duckdb.DuckDBPyConnection, rows: str, *columns: str) -> None:
    """See to it that ``family_keys`` knows the number of every family in these columns of ``rows``."""
    _number(connection, "family_keys", FAMILY, rows, columns)


def _number(
    connection: duckdb.DuckDBPyConnection, keys: str, purpose: str, rows: str, columns: tuple[str, ...]
) -> None:
    asked = " union ".join(f"select {column}::uuid as id from {rows} where {column} <> ''" for column in columns)
    new: list[uuid.UUID] = [
        one
        for (one,) in connection.execute(
            f"select distinct id from ({asked}) as asked anti join {keys} as k using (id)"
        ).fetchall()
    ]
    for start in range(0, len(new), 200_000):
        some = new[start : start + 200_000]
        words = pseudonyms(some) if purpose == WHO else map(str, some)
        numbered = pa.table({"id": [str(one) for one in some], "who": keyed_numbers(purpose, words)})
        connection.register("arriving", numbered)
        connection.execute(f"insert into {keys} select id::uuid, who from arriving")
        connection.unregister("arriving")


def number_pseudonyms(rows: pa.Table) -> pa.Table:
    """Coded steps with the numbers of their pseudonyms in place of these."""
    numbers = pa.array(keyed_numbers(WHO, rows.column("who").to_pylist()), pa.int64())
    return rows.set_column(rows.column_names.index("who"), "who", numbers)


def cast(relation: str, **other: str) -> str:
    """The columns of a relation in their order and with their types; ``other`` gives the words for some of them.

    A step is a key of 16 bytes instead of the text of 36, which is in the same order.
    """
    types = {name: column_type(kind, Dialect.DUCKDB) for name, kind in RELATIONS[relation].items()}
    types |= {"step": "uuid"} if relation == "facts" else {}
    return ", ".join(f"cast({other.get(name, name)} as {kind}) as {name}" for name, kind in types.items())
