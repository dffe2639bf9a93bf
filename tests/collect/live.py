"""A real server for tests in which it is killed: on a copy of the test's database, which is dropped at the end."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql

from tests.collect.field import body
from tests.conftest import DATABASE, ROOT


@contextlib.contextmanager
def copied_database() -> Iterator[dict[str, str]]:
    """The addresses of a copy of the test's database as it is committed, for the environment of a server."""
    name = f"{DATABASE}_copy"
    connections.close_all()
    where = {key: os.environ[key] for key in ("DATABASE_URL", "PAIVAND_APP_DATABASE_URL")}
    copy = {key: urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for key, url in where.items()}
    drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(DATABASE)))
        try:
            yield copy
        finally:
            server.execute(drop)


class Server:
    """The server of the program, as it is run for real, with two processes and without a worker in the background."""

    def __init__(self, home: Path, addresses: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._environ = {
            **os.environ, **addresses, "DJANGO_SETTINGS_MODULE": "paivand.settings", "PAIVAND_HOME": str(home),
            "PAIVAND_PORT": str(self.port), "PAIVAND_WORKER_PROCESSES": "0", "PAIVAND_POOLED": "1",
            "PAIVAND_THREADS": "16", "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        (home / "static").mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "paivand.operate.serving"], cwd=ROOT, env=self._environ, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise AssertionError(f"The server ended with {self._process.returncode}.")
            if self._answers():
                return
            time.sleep(0.1)
        raise AssertionError("The server did not answer within a minute.")

    def _answers(self) -> bool:
        """Whether it asks for a token by now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("HEAD", "/key/x/submission")
            return connection.getresponse().status == 403
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """End master and workers as a power cut would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def post(self, token: str, xml: bytes, files: Any = (), *, chunked: bool = False) -> int:
        """Send a filled form; the status, or an OSError where the server is away."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            content: Any = body(xml, files)
            headers = {"Content-Type": "multipart/form-data; boundary=b0undary", "X-OpenRosa-Version": "1.0"}
            if chunked:
                content = iter([content[at : at + 97] for at in range(0, len(content), 97)])
            connection.request("POST", f"/key/{token}/submission", content, headers, encode_chunked=chunked)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()
