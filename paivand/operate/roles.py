"""The database roles: the owner migrates; the application's role owns nothing and bypasses nothing."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from paivand.operate.embedded import derived_password
from paivand.operate.postgres import OperatingError

_LIMITS: Final = ("login", "nosuperuser", "nobypassrls", "nocreaterole", "nocreatedb", "noinherit")
_RIGHT: Final = (True, False, False, False, False, False)


def application_role(owner_url: str) -> str:
    """The name of the application's role: one for each database, so that installations on one server stay apart."""
    return f"{urlsplit(owner_url).path.lstrip('/')}_app"[:63]


def application_url(owner_url: str, secret_key: str) -> str:
    """The address with which the application connects."""
    parts = urlsplit(owner_url)
    role = application_role(owner_url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(role)}:{derived_password(secret_key, role)}@{host}"
    return urlunsplit(parts._replace(netloc=netloc))


def ensure_application_role(owner_url: str, app_url: str) -> str:
    """Create the application's role, or put right what is wrong with it. Returns its name.

    Nothing is altered that is right already: an owner that is no superuser may not even repeat some of these limits.

    Raises:
        OperatingError: when the owner may not do what is needed, with the statement for somebody who may.
    """
    parts = urlsplit(app_url)
    role, password = unquote(str(parts.username)), unquote(parts.password or "")
    database = unquote(parts.path.lstrip("/"))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        known = connection.execute(
            "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit from pg_roles "
            "where rolname = %s",
            [role],
        ).fetchone()
        name = sql.Identifier(role)
        if known is None:
            limits = sql.SQL("create role {} " + " ".join(_LIMITS) + " password {}")
            _alter(connection, limits.format(name, sql.Literal(password)))
        else:
            wrong = [word for word, is_set, right in zip(_LIMITS, known, _RIGHT, strict=True) if is_set != right]
            if wrong:
                _alter(connection, sql.SQL("alter role {} " + " ".join(wrong)).format(name))
        _alter(connection, sql.SQL("grant connect on database {} to {}").format(sql.Identifier(database), name))
        if not _signs_in(app_url):
            _alter(connection, sql.SQL("alter role {} password {}").format(name, sql.Literal(password)))
    return role


def _alter(connection: psycopg.Connection[Any], statement: sql.Composed) -> None:
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        shown = re.sub(r"password '.*'", "password '...'", statement.as_string(connection))
        raise OperatingError(
            f"The owner of the database may not do this: {shown} ({error.diag.message_primary}). Let a superuser run "
            "it, or give the owner the right to create roles: alter role ... createrole"
        ) from error


def _signs_in(app_url: str) -> bool:
    try:
        psycopg.connect(app_url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
