"""The database roles: the owner migrates; the application's role owns nothing and bypasses nothing.

A third one reads for figures and signs in nowhere: the application takes it on, see ``paivand.access.models.facts``.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from paivand.access.rules.facts import facts_role
from paivand.operate.embedded import derived_password
from paivand.operate.postgres import OperatingError

_LIMITS: Final = ("login", "nosuperuser", "nobypassrls", "nocreaterole", "nocreatedb", "noinherit")
_RIGHT: Final = (True, False, False, False, False, False)
_FACTS_LIMITS: Final = ("nologin", *_LIMITS[1:])
_FACTS_RIGHT: Final = (False, *_RIGHT[1:])
_PER_MEMBERSHIP = 160_000
"""From this server on, a membership itself says whether rights are inherited or the role has to be taken on."""


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
        name = sql.Identifier(role)
        if (known := _limits_of(connection, role)) is None:
            limits = sql.SQL("create role {} " + " ".join(_LIMITS) + " password {}")
            _alter(connection, limits.format(name, sql.Literal(password)))
        else:
            _put_right(connection, role, known, _LIMITS, _RIGHT)
        _alter(connection, sql.SQL("grant connect on database {} to {}").format(sql.Identifier(database), name))
        if not _signs_in(app_url):
            _alter(connection, sql.SQL("alter role {} password {}").format(name, sql.Literal(password)))
    return role


def ensure_facts_role(owner_url: str, application: str) -> str:
    """Create the role that reads for figures, or put it right, and let the application take it on. Returns its name.

    Args:
        application: the name of the application's role.

    Raises:
        OperatingError: when the owner may not do what is needed, with the statement for somebody who may.
    """
    role = facts_role(unquote(urlsplit(owner_url).path.lstrip("/")))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if (known := _limits_of(connection, role)) is None:
            _alter(connection, sql.SQL("create role {} " + " ".join(_FACTS_LIMITS)).format(sql.Identifier(role)))
        else:
            _put_right(connection, role, known, _FACTS_LIMITS, _FACTS_RIGHT)
        if not _takes_on(connection, application, role):
            how = " with inherit false, set true" if connection.info.server_version >= _PER_MEMBERSHIP else ""
            _alter(
                connection,
                sql.SQL("grant {} to {}" + how).format(sql.Identifier(role), sql.Identifier(application)),
            )
    return role


def _limits_of(connection: psycopg.Connection[Any], role: str) -> tuple[bool, ...] | None:
    return connection.execute(
        "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit from pg_roles "
        "where rolname = %s",
        [role],
    ).fetchone()


def _put_right(
    connection: psycopg.Connection[Any], role: str, known: tuple[bool, ...], limits: tuple[str, ...],
    right: tuple[bool, ...],
) -> None:  # fmt: skip
    wrong = [word for word, is_set, wanted in zip(limits, known, right, strict=True) if is_set != wanted]
    if wrong:
        _alter(connection, sql.SQL("alter role {} " + " ".join(wrong)).format(sql.Identifier(role)))


def _takes_on(connection: psycopg.Connection[Any], application: str, role: str) -> bool:
    """Whether the application may take on ``role``, and does not simply have its rights."""
    right = " and a.set_option and not a.inherit_option" if connection.info.server_version >= _PER_MEMBERSHIP else ""
    found = connection.execute(
        "select 1 from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member "  # noqa: S608
        f"where r.rolname = %s and m.rolname = %s{right}",
        [role, application],
    ).fetchone()
    return found is not None


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
