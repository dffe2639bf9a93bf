"""Seals everything anew with the newest key of the vault, row by row, while people go on working.

The owner's connection reads and writes tokens and nothing else: no value is written to a file or a log. Each row is
changed only if it still holds what was read, so nothing that somebody saves meanwhile is lost. Each batch is committed
by itself: a run that is killed leaves every value sealed with one key or another, both of which are kept, and the next
run goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from paivand.core.models.sealed import SealedTextField

BATCH = 500
MOST_PASSES = 5
"""How often the table is gone through, because values are saved meanwhile; each pass finds fewer."""


@dataclass(frozen=True, order=True)
class SealedColumn:
    """One column that the database holds encrypted."""

    table: str
    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Census:
    """How many values of a column each key opens.

    Attributes:
        newest: the key that seals now.
        older: another of the keys.
        lost: none of them.
    """

    newest: int = 0
    older: int = 0
    lost: int = 0


def sealed_columns() -> list[SealedColumn]:
    """Every sealed column of every table, found by the kind of its field."""
    return sorted(
        SealedColumn(model._meta.db_table, str(model._meta.pk.column), str(field.column))
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedTextField)
    )


def census(owner: BaseDatabaseWrapper, keys: Sequence[str], *, newest: int = 0) -> dict[SealedColumn, Census]:
    """What each key opens, column by column.

    Args:
        owner: the owner's connection, which row security does not stop.
        keys: the keys, the newest first.
        newest: look only at so many of the newest rows of each column; 0 for all.
    """
    first, every = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
    found = {}
    for column in sealed_columns():
        counts = [0, 0, 0]
        for _key, token in _latest(owner, column, newest) if newest else _tokens(owner, column):
            counts[0 if _opens(first, token) else 1 if _opens(every, token) else 2] += 1
        found[column] = Census(*counts)
    return found


def reseal(
    owner: BaseDatabaseWrapper, keys: Sequence[str], *, after_batch: Callable[[SealedColumn, int], None] | None = None
) -> dict[SealedColumn, int]:
    """Seal with the first key whatever another one sealed; returns how many values of each column were changed.

    Args:
        after_batch: called after each batch that is committed, with its column and its size.

    Raises:
        ValueError: when a value opens with none of the keys. What was sealed anew before stays.
    """
    first, every = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
    changed = {}
    for column in sealed_columns():
        changed[column] = 0
        for _pass in range(MOST_PASSES):
            in_pass = sum(_batches(owner, column, first, every, after_batch))
            changed[column] += in_pass
            if not in_pass:
                break
    return changed


def _batches(
    owner: BaseDatabaseWrapper, column: SealedColumn, first: Fernet, every: MultiFernet,
    after_batch: Callable[[SealedColumn, int], None] | None,
) -> Iterator[int]:  # fmt: skip
    after: Any = None
    while True:
        with transaction.atomic(using=owner.alias):
            rows = _batch(owner, column, after)
            old = [(key, token) for key, token in rows if not _opens(first, token)]
            n_changed = sum(_replace(owner, column, key, token, every) for key, token in old)
        if not rows:
            return
        after = rows[-1][0]
        if after_batch and n_changed:
            after_batch(column, n_changed)
        yield n_changed


def _replace(owner: BaseDatabaseWrapper, column: SealedColumn, key: Any, token: str, every: MultiFernet) -> int:
    try:
        anew = every.rotate(token.encode()).decode()
    except InvalidToken:
        raise ValueError(f"A value of {column} opens with none of the keys. Nothing more was changed.") from None
    statement = _about(column, "update {table} set {name} = %s where {key} = %s and {name} = %s")
    with owner.cursor() as cursor:
        cursor.execute(statement, [anew, key, token])
        return int(cursor.rowcount)


def _batch(owner: BaseDatabaseWrapper, column: SealedColumn, after: Any) -> list[tuple[Any, str]]:
    beyond = "and {key} > %s " if after is not None else ""
    return _read(owner, column, _FILLED + beyond + "order by {key} limit %s", [after] if beyond else [], BATCH)


def _latest(owner: BaseDatabaseWrapper, column: SealedColumn, most: int) -> list[tuple[Any, str]]:
    return _read(owner, column, _FILLED + "order by {key} desc limit %s", [], most)


_FILLED = "select {key}, {name} from {table} where coalesce({name}, '') <> '' "


def _read(
    owner: BaseDatabaseWrapper, column: SealedColumn, statement: str, values: list[Any], most: int
) -> list[tuple[Any, str]]:  # fmt: skip
    with owner.cursor() as cursor:
        cursor.execute(_about(column, statement), [*values, most])
        found: list[tuple[Any, str]] = cursor.fetchall()
    return found


def _about(column: SealedColumn, statement: str) -> Any:
    """The statement with the names of the column quoted by the driver."""
    names = {name: sql.Identifier(getattr(column, name)) for name in ("table", "key", "name")}
    return sql.SQL(statement).format(**names)  # type: ignore[arg-type, unused-ignore]


def _tokens(owner: BaseDatabaseWrapper, column: SealedColumn) -> Iterator[tuple[Any, str]]:
    after: Any = None
    while rows := _batch(owner, column, after):
        yield from rows
        after = rows[-1][0]


def _opens(keys: Fernet | MultiFernet, token: str) -> bool:
    try:
        keys.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def summed(found: Mapping[SealedColumn, Census]) -> Census:
    """All columns together."""
    return Census(*(sum(getattr(one, name) for one in found.values()) for name in ("newest", "older", "lost")))
