"""What a migration may be: named, reversible, and about the schema or about data, never both."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.migrations import Migration
from django.db.migrations.operations import RunPython, RunSQL

_NAME = re.compile(r"^\d{4}_[a-z][a-z0-9_]*$")
_CHANGES_ROWS = re.compile(r"^\s*(insert|update|delete|merge|truncate|copy)\b", re.IGNORECASE)


def defects(migrations: Iterable[Migration]) -> list[str]:
    """What is wrong with these migrations."""
    return [
        f"{migration.app_label}/migrations/{migration.name}.py: {said}"
        for migration in migrations
        for said in _defects(migration)
    ]


def _defects(migration: Migration) -> Iterable[str]:
    if not _NAME.match(migration.name) or "_auto_" in migration.name:
        yield "name it after what it changes: makemigrations --name."
    for operation in migration.operations:
        if not operation.reversible:
            yield f"{type(operation).__name__} cannot be taken back. Give it its reverse."
    kinds = {"data" if _touches_rows(operation) else "schema" for operation in migration.operations}
    if len(kinds) > 1:
        yield "changes the schema and data at once. Make two migrations."


def _touches_rows(operation: object) -> bool:
    if isinstance(operation, RunPython):
        return True
    if not isinstance(operation, RunSQL):
        return False
    parts = operation.sql if isinstance(operation.sql, list | tuple) else [operation.sql]
    return any(_CHANGES_ROWS.match(part if isinstance(part, str) else part[0]) for part in parts)


def misnumbered(names: Iterable[str]) -> list[str]:
    """Gaps and doubles in the numbers of one app's migrations."""
    numbers = sorted(int(name[:4]) for name in names if name[:4].isdigit())
    if numbers == list(range(1, len(numbers) + 1)):
        return []
    return [f"the numbers are {numbers}: number them from 1 without gaps, one after the other."]
