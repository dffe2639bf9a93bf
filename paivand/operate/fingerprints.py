"""Counts and fingerprints of tables, the same for the same rows on every server from PostgreSQL 15 on."""

from __future__ import annotations

from typing import Any

import psycopg

from paivand.operate.archive import TableContent

FORGOTTEN = (
    "public.django_session", "public.paivand_cache", "public.procrastinate_jobs", "public.procrastinate_events",
    "public.procrastinate_workers", "public.procrastinate_periodic_defers",
)  # fmt: skip
"""Tables whose rows are not kept: after a restore everybody signs in again, and lists at work are queued anew."""

STEADY = (
    "set datestyle = 'ISO, YMD'", "set timezone = 'UTC'", "set intervalstyle = 'postgres'",
    "set extra_float_digits = 1", "set bytea_output = 'hex'", "set search_path = pg_catalog",
)  # fmt: skip
"""Settings under which a row always reads the same."""

_TABLES = (
    "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c "
    "join pg_namespace n on n.oid = c.relnamespace where c.relkind = %s and n.nspname !~ '^pg_' "
    "and n.nspname <> 'information_schema' "
    "and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e') order by 1"
)


def content_query(table: str) -> str:
    """A query for the number of rows and the fingerprint of ``table``, whose name is quoted where it needs it.

    Each row is hashed by itself and the hashes are added up, so the order of the rows does not matter.
    """
    part = "coalesce(sum(('x' || substr(hash, {}, 15))::bit(60)::bigint), 0)"
    return (
        f"select count(*) as n, {part.format(1)} || '-' || {part.format(16)} as fingerprint from "  # noqa: S608
        "(select encode(sha256(convert_to(paivand_row::text, 'UTF8')), 'hex') as hash "
        f"from {table} as paivand_row) as hashes"
    )


def table_contents(connection: psycopg.Connection[Any]) -> dict[str, TableContent]:
    """What every kept table holds, as the connection's transaction sees it."""
    for setting in STEADY:
        connection.execute(setting)
    names = [name for (name,) in connection.execute(_TABLES, ["r"]) if name not in FORGOTTEN]
    contents = {}
    for name in names:
        for rows, fingerprint in connection.execute(content_query(name)):
            contents[name] = TableContent(rows, fingerprint)
    return contents


def sequence_values(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How far every sequence has counted; those that never counted are left out."""
    values: dict[str, int] = {}
    for (name,) in connection.execute(_TABLES, ["S"]).fetchall():
        query = f"select last_value from {name} where is_called"  # noqa: S608
        for (value,) in connection.execute(query):
            values[name] = value
    return values


def verifying_statements(tables: dict[str, TableContent], sequences: dict[str, int]) -> str:
    """SQL that fails with a sentence unless the database holds exactly this."""
    lines = [f"{setting};" for setting in STEADY]
    lines.append("do $verify$ declare found record; begin")
    for name, content in tables.items():
        lines.append(
            f"{content_query(name).replace(' from ', ' into found from ', 1)};\n"
            f"if found.n <> {content.rows} or found.fingerprint <> '{content.fingerprint}' then "
            f"raise exception 'table % holds % rows, the backup {content.rows}, or other content', "
            f"{_literal(name)}, found.n; end if;"
        )
    for name, value in sequences.items():
        lines.append(
            f"if (select last_value from {name}) < {value} then "  # noqa: S608
            f"raise exception 'sequence % has not counted up to {value}', {_literal(name)}; end if;"
        )
    return "\n".join([*lines, "end $verify$;\n"])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
