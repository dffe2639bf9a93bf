"""The mark that says a database holds the demo, so that demo and real data never mix.

It is a line in the comment on the database: only the owner can write it, everyone can read it, and it stays outside the
tables, so that emptying or restoring them does not carry it along by accident.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

MARK = "paivand: demo"
_READ = "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = current_database()"


def is_demo(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database bears the mark."""
    return MARK in _comment(connection).splitlines()


def mark_demo(connection: BaseDatabaseWrapper, *, demo: bool = True) -> None:
    """Write the mark, or take it away; what else the comment says stays. ``connection`` is the owner's."""
    rest = [line for line in _comment(connection).splitlines() if line != MARK]
    lines = [*rest, MARK] if demo else rest
    with connection.cursor() as cursor:
        cursor.execute("select current_database()")
        name = cursor.fetchone()[0]
        cursor.execute(
            sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal("\n".join(lines) or None))
        )


def _comment(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return str(cursor.fetchone()[0])
