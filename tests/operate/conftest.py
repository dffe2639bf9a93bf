"""Folders and databases of their own for the tests that start and stop what others use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from paivand.operate import roles
from tests.conftest import KEY

HERS = ("PAIVAND_", "DATABASE_URL", "PG", "DJANGO_")
"""What a command must not inherit from the process that runs the tests."""


@dataclass
class Installation:
    """A folder, and a database if it has one, in which the ``paivand`` command runs."""

    home: Path
    url: str = ""
    key: str = KEY
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a command of this installation."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(HERS)}
        own = {"PAIVAND_HOME": str(self.home), "DATABASE_URL": self.url, "PAIVAND_SECRET_KEY": self.key}
        return {**kept, **{name: value for name, value in own.items() if value}, **self.extra}

    def run(self, *arguments: str, said: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end, with ``said`` typed into it."""
        return subprocess.run(
            [sys.executable, "-m", "paivand", *arguments], env={**self.environ, **environ}, input=said,
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start one command and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-m", "paivand", *arguments], env={**self.environ, **environ}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def ask(self, query: str) -> Any:
        """The first value that the owner's query gives."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None

    @property
    def app_url(self) -> str:
        """How the application connects."""
        return roles.application_url(self.url, self.key)


@pytest.fixture(scope="session")
def folders() -> Iterator[Callable[[str], Path]]:
    """A function that makes new folders; the system user of the embedded server may pass through them."""
    made = []

    def make(name: str) -> Path:
        top = Path(tempfile.mkdtemp(prefix="paivand-test-"))
        top.chmod(0o755)
        made.append(top)
        folder = top / name
        folder.mkdir(parents=True)
        return folder

    yield make
    for top in made:
        shutil.rmtree(top, ignore_errors=True)


@pytest.fixture(scope="session")
def installations(folders: Callable[[str], Path]) -> Iterator[Callable[[], Installation]]:
    """A function that makes installations, each with an empty database of its own on the tests' server."""
    server = os.environ["PAIVAND_TEST_SERVER"]
    names = []

    def make() -> Installation:
        name = f"paivand_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C'").format(sql.Identifier(name))
            )
        names.append(name)
        return Installation(folders("home"), urlunsplit(urlsplit(server)._replace(path=f"/{name}")))

    yield make
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            for ending in ("_app", "_facts"):
                connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(f"{name}{ending}")))


FEW = "--families=60"
"""The 1,200 of the demonstration would tell no more in tests, and take longer."""
LEAST = "--families=12"
"""For what is only about starting it."""


@pytest.fixture(scope="session")
def demo(installations: Callable[[], Installation]) -> Installation:
    """A demo that is ready, and not served. Its tests run in one group, and leave it as they found it."""
    site = installations()
    done = site.run("demo", "--no-server", FEW)
    assert done.returncode == 0, done.stderr
    return site
