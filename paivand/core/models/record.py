"""The base of every table that Paivand writes itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import date, time
from typing import Any, ClassVar, TypeVar

import uuid_utils
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models

from paivand.core.rules.errors import WriteOutsideActionError
from paivand.core.rules.privacy import Privacy
from paivand.core.rules.writing import writing_allowed_by

M = TypeVar("M", bound=models.Model)


def new_id() -> uuid.UUID:
    """A UUID of version 7: unique without asking the database, and in the order of birth."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


def demand_action(what: str) -> None:
    """Raise unless an action is running."""
    if not writing_allowed_by():
        raise WriteOutsideActionError(f"{what} is written by actions only. Call or add one in the app's actions.")


class RecordQuerySet(models.QuerySet[M]):
    """A queryset whose writes are refused outside an action."""

    def create(self, **kwargs: Any) -> M:
        demand_action(self.model.__name__)
        return super().create(**kwargs)

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        demand_action(self.model.__name__)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Write these columns of many rows, with one statement for each ``batch_size`` of them.

        Django writes a CASE with a branch for each row and column, which takes ten times as long to put together as
        PostgreSQL takes to write. Here the values go over as one JSON text that the database reads as a table.
        """
        demand_action(self.model.__name__)
        rows = list(objs)
        columns: list[Any] = [self.model._meta.get_field(name) for name in fields]
        if any(hasattr(getattr(row, column.attname), "resolve_expression") for row in rows for column in columns):
            return super().bulk_update(rows, [column.name for column in columns], batch_size)
        size = batch_size or AT_ONCE
        return sum(_write(self.model, rows[at : at + size], columns, self.db) for at in range(0, len(rows), size))

    def update(self, **kwargs: Any) -> int:
        demand_action(self.model.__name__)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        demand_action(self.model.__name__)
        return super().delete()


AT_ONCE = 1000
"""Rows that one statement writes."""


def _write(model: type[models.Model], rows: list[Any], columns: list[Any], using: str) -> int:
    connection = connections[using]
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    told = [
        {column.column: _plain(column, row, connection) for column in (key, *columns)} for row in rows
    ]  # fmt: skip
    types = ", ".join(f"{quote(column.column)} {column.db_type(connection)}" for column in (key, *columns))
    sets = ", ".join(f"{quote(column.column)} = told.{quote(column.column)}" for column in columns)
    table, ident = quote(model._meta.db_table), quote(key.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} set {sets} from jsonb_to_recordset(%s::jsonb) as told({types}) "  # noqa: S608  # names of code
            f"where {table}.{ident} = told.{ident}",
            [json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)],
        )
        return int(cursor.rowcount)


def _plain(column: Any, row: Any, connection: Any) -> Any:
    """The value of a column as JSON holds it."""
    value = getattr(row, column.attname)
    if isinstance(column, models.JSONField):
        return value
    stored = column.get_db_prep_save(value, connection)
    # The encoder would cut a moment to thousandths of a second.
    return stored.isoformat() if isinstance(stored, date | time) else stored


class Record(models.Model):
    """A row with a birth-ordered key, a version that notices lost updates, and a declaration of its privacy.

    Every concrete subclass sets ``privacy``; a guard test fails on a field that it does not name.
    """

    privacy: ClassVar[Privacy]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        demand_action(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        demand_action(type(self).__name__)
        return super().delete(*args, **kwargs)


RECORD_FIELDS = "id version created_at changed_at"
"""The technical fields of every record, for privacy declarations."""
