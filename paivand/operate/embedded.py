"""The PostgreSQL server that Paivand brings along, for the demo, the tests and small sites.

Data live under ``PAIVAND_HOME``/postgres. The server listens on a Unix socket only and asks for passwords derived from
the installation's secret key, so another user of the machine cannot walk in. A server left behind by a killed process
is found and used again; its own recovery makes the data whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from paivand.operate.cluster import OWNER, Cluster

DATABASE = "paivand"


@dataclass(frozen=True)
class Embedded:
    """A running server: the owner's address, for migrations and backups.

    Args:
        owner_url: the address of the role that owns the database.
        socket: the folder of the server's socket.
        hold: the file descriptor of the lock that keeps the server running.
    """

    owner_url: str
    socket: str
    hold: int


def derived_password(secret_key: str, role: str) -> str:
    """The password of a database role, derived from the installation's secret key, so that none has to be stored."""
    return hmac.new(secret_key.encode(), f"database role {role}".encode(), hashlib.sha256).hexdigest()


def secret_key(home: Path) -> str:
    """The installation's secret key, made at the first start and readable by its owner only."""
    path = home / "secret_key"
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written beside and linked into place, so that two first starts at once agree on one key.
        draft = home / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text().strip()


@contextlib.contextmanager
def running(home: Path, key: str) -> Iterator[Embedded]:
    """Start the server, or find it running, and stop it at the end if nobody else uses it.

    Args:
        home: the folder of the installation's data.
        key: the installation's secret key.

    Raises:
        OperatingError: when the server cannot be started, with the reason and the place of its log.
    """
    home.mkdir(parents=True, exist_ok=True)
    hold = _hold(home)
    try:
        password = derived_password(key, OWNER)
        socket = Cluster(home).start(password)
        _ensure_database(socket, password)
        yield Embedded(f"postgresql://{OWNER}:{password}@{quote(socket, safe='')}/{DATABASE}", socket, hold)
    finally:
        release(home, hold)


def _hold(home: Path) -> int:
    """Take a shared lock, which every user of the server holds; the last one to leave can get it alone."""
    hold = os.open(home / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(hold, fcntl.LOCK_SH)
    return hold


def release(home: Path, hold: int) -> None:
    """Give up the server, and stop it if nobody else holds it."""
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        Cluster(home).stop()
    finally:
        os.close(hold)


def _ensure_database(socket: str, password: str) -> None:
    with psycopg.connect(host=socket, user=OWNER, password=password, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C'").format(
                    sql.Identifier(DATABASE)
                )
            )
