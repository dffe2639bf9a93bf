"""What a database holds: nothing, the demo, or something else; and emptying it."""

from __future__ import annotations

from enum import StrEnum

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import LockNotAvailable

from paivand.operate.mark import is_demo
from paivand.operate.postgres import OperatingError

_TABLES = (
    "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c "
    "join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' "
    "and n.nspname <> 'information_schema' "
    "and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e') order by 1"
)
"""Every table that somebody made, with its schema."""

EMPTYING = (
    "do $empty$ declare one text; begin for one in select nspname from pg_namespace where nspname !~ '^pg_' "
    "and nspname <> 'information_schema' loop execute format('drop schema %I cascade', one); end loop; end $empty$",
    "create schema public",
    "alter schema public owner to pg_database_owner",
    "grant usage on schema public to public",
)
"""The statements that leave a database as it was made."""


class Contents(StrEnum):
    """What a database holds."""

    NOTHING = "nothing"
    DEMO = "demo"
    REAL = "real"
    FOREIGN = "foreign"


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of all tables, schema included, quoted where they need it."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def contents(connection: BaseDatabaseWrapper) -> Contents:
    """What the database of the owner's ``connection`` holds. Tables without a single user count as nothing."""
    if is_demo(connection):
        return Contents.DEMO
    present = tables(connection)
    if not present:
        return Contents.NOTHING
    if "public.access_user" not in present:
        return Contents.FOREIGN
    with connection.cursor() as cursor:
        cursor.execute("select exists (select 1 from access_user)")
        return Contents.REAL if cursor.fetchone()[0] else Contents.NOTHING


def empty(connection: BaseDatabaseWrapper) -> None:
    """Remove everything from the database.

    Raises:
        OperatingError: when another program holds on to it.
    """
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '5s'")
            for statement in EMPTYING:
                cursor.execute(statement)
    except DatabaseError as error:
        reason = str(error).splitlines()[0]
        if isinstance(error.__cause__, LockNotAvailable):
            reason = "another program is using it. End that first, then try again"
        raise OperatingError(f"The database was not emptied: {reason}.") from error
