"""The role that reads for figures: chosen columns of every row, and never a name.

A model whose rows become figures declares ``facts`` beside its policy: the fields that the role may read. Grants and
policies are built from it with the wall, and read back like the rest of it. The role signs in nowhere and owns nothing;
the application takes it on for one block (``identity.reading_facts``) and has no other right in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from paivand.access.rules.facts import ENDING, facts_role


def facts_role_of(connection: BaseDatabaseWrapper) -> str:
    """The name of the role of the database that ``connection`` is connected to."""
    with connection.cursor() as cursor:
        cursor.execute("select current_database()")
        return facts_role(str(cursor.fetchone()[0]))


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of ``model`` that figures are computed from; none without a declaration."""
    declared = str(model.__dict__.get("facts", ""))
    return tuple(sorted(_column(model, name) for name in declared.split()))


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101  # a field of its own, not the other side of one
    return str(field.column)


def fact_tables() -> dict[str, tuple[tuple[str, ...], str]]:
    """The columns of each table that figures are computed from, and the condition of the rows, by name of the table."""
    return {
        model._meta.db_table: (columns_of(model), str(model.__dict__.get("facts_only", "true")))
        for model in apps.get_models()
        if columns_of(model)
    }


def facts_policy_name(table: str) -> str:
    """The name of the policy by which the role reads ``table``."""
    return f"{table[:57]}{ENDING}"


def facts_statements(role: str, found: list[str]) -> list[str]:
    """What builds the role's rights anew, on these tables that there are.

    Args:
        found: every table of the schema: what the role could do to it is taken away first.
    """
    statements = [f'grant usage on schema public to "{role}"', f'revoke create on schema public from "{role}"']
    statements += [f'revoke all on "{table}" from "{role}"' for table in found]
    for table, (columns, rows) in sorted(fact_tables().items()):
        told = ", ".join(f'"{column}"' for column in columns)
        statements += [
            f'grant select ({told}) on "{table}" to "{role}"',
            f'create policy "{facts_policy_name(table)}" on "{table}" for select to "{role}" using ({rows})',
        ]
    return statements


def facts_defects(cursor: Any, role: str, application: str) -> Iterator[str]:
    """What is wrong with the role itself, with who may take it on, and with what it can reach; its policies apart."""
    cursor.execute(
        "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
        "exists (select 1 from pg_class c where c.relowner = r.oid), "
        "exists (select 1 from pg_auth_members m where m.member = r.oid) from pg_roles r where rolname = %s",
        [role],
    )
    found = cursor.fetchone()
    if found is None:
        yield f"The role that reads for figures, {role}, does not exist. Run `paivand migrate`."
        return
    faults = ("can sign in", "is a superuser", "may bypass row security", "may create roles", "may create databases",
              "owns tables", "is a member of another role")  # fmt: skip
    for fault, present in zip(faults, found, strict=True):
        if present:
            yield f"The role that reads for figures, {role}, {fault}."
    cursor.execute(
        "select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member "
        "join pg_roles r on r.oid = a.roleid where r.rolname = %s and m.rolname <> %s and not m.rolsuper "
        "and m.rolname <> (select pg_get_userbyid(datdba) from pg_database where datname = current_database())",
        [role, application],
    )
    for (member,) in cursor.fetchall():
        yield f"The role {member} may read as {role}, and should not."
    yield from _reach_defects(cursor, role)


def _reach_defects(cursor: Any, role: str) -> Iterator[str]:
    """Columns that the role can read and should not, or should and cannot; and anything that it can change."""
    cursor.execute(
        "select c.relname, a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
        "where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f') "
        "and has_column_privilege(%s, c.oid, a.attnum, 'select')",
        [role],
    )
    standing: dict[str, set[str]] = {}
    for table, column in cursor.fetchall():
        standing.setdefault(table, set()).add(column)
    declared = {table: set(columns) for table, (columns, _rows) in fact_tables().items()}
    for table in sorted({*standing, *declared}):
        here, wanted = standing.get(table, set()), declared.get(table, set())
        for column in sorted(here - wanted):
            yield f"Figures can reach the column {column} of {table}, which is not declared. Run `paivand migrate`."
        for column in sorted(wanted - here):
            yield f"Figures cannot reach the column {column} of {table}. Run `paivand migrate`."
    cursor.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f') and "
        "(has_table_privilege(%s, c.oid, 'insert, update, delete, truncate, references, trigger') "
        "or has_any_column_privilege(%s, c.oid, 'insert, update, references'))",
        [role, role],
    )
    for (table,) in cursor.fetchall():
        yield f"The role that reads for figures, {role}, can change table {table}."
