"""The embedded server: one for all who need it, private, and back after any kind of death."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from paivand.operate import embedded
from paivand.operate.cluster import Cluster
from paivand.operate.postgres import OperatingError

pytestmark = pytest.mark.xdist_group("embedded")
Folders = Callable[[str], Path]

KILLED = """
import os, sys
from pathlib import Path
import psycopg
from paivand.operate import embedded
home = Path(sys.argv[1])
with embedded.running(home, embedded.secret_key(home)) as server:
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("create table left_behind as select 42 as answer")
    os.kill(os.getpid(), 9)
"""


def postmaster(home: Path) -> int | None:
    """The number of the server's process, if its file is there."""
    path = home / "postgres" / "postmaster.pid"
    return int(path.read_text().splitlines()[0]) if path.exists() else None


def start_and_die(home: Path) -> None:
    """A program that starts the server, writes a row and is killed."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(home)], check=False, capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def home(folders: Folders) -> Path:
    return folders("home")


def test_the_server_asks_for_a_password_and_stops_with_its_last_user(home: Path) -> None:
    with embedded.running(home, embedded.secret_key(home)) as server:
        with psycopg.connect(server.owner_url) as connection:
            row = connection.execute("select current_setting('shared_buffers'), current_database()").fetchone()
        assert row == ("128MB", "paivand")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=server.socket, user="postgres", dbname="paivand", password="a guess")
    assert postmaster(home) is None


def test_a_second_user_finds_the_same_server_and_leaves_it_running(home: Path) -> None:
    key = embedded.secret_key(home)
    with embedded.running(home, key):
        first = postmaster(home)
        with embedded.running(home, key):
            assert postmaster(home) == first
        assert postmaster(home) == first
    assert postmaster(home) is None


def test_the_server_of_a_killed_program_is_used_again(home: Path) -> None:
    start_and_die(home)
    left = postmaster(home)
    with embedded.running(home, embedded.secret_key(home)) as server:
        assert postmaster(home) == left
        with psycopg.connect(server.owner_url) as connection:
            assert connection.execute("select answer from left_behind").fetchone() == (42,)
    assert postmaster(home) is None


def test_a_killed_server_recovers_what_was_committed(home: Path) -> None:
    start_and_die(home)
    left = postmaster(home)
    assert left
    os.kill(left, signal.SIGKILL)
    while psutil.pid_exists(left) and psutil.Process(left).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)
    with embedded.running(home, embedded.secret_key(home)) as server:
        assert postmaster(home) != left
        with psycopg.connect(server.owner_url) as connection:
            assert connection.execute("select answer from left_behind").fetchone() == (42,)


def test_a_number_given_to_a_stranger_is_not_taken_for_the_server(home: Path) -> None:
    key = embedded.secret_key(home)
    with embedded.running(home, key):
        lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    stranger = [str(os.getpid()), *lines[1:]]
    (home / "postgres" / "postmaster.pid").write_text("\n".join(stranger) + "\n")
    with embedded.running(home, key) as server, psycopg.connect(server.owner_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert postmaster(home) != os.getpid()


def test_long_paths_with_spaces_do(folders: Folders) -> None:
    home = folders("a folder with spaces, and a name so long that no socket could live in it " + "x" * 60)
    with embedded.running(home, embedded.secret_key(home)) as server:
        assert not server.socket.startswith(str(home))
        assert stat.S_IMODE(Path(server.socket).stat().st_mode) == 0o700
        with psycopg.connect(server.owner_url) as connection:
            assert connection.execute("select current_database()").fetchone() == ("paivand",)
    Path(server.socket).rmdir()


def test_data_of_another_version_are_left_alone(home: Path) -> None:
    data = home / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(OperatingError, match="PostgreSQL 16"):
        Cluster(home).start("any")


def test_the_secret_key_is_made_once_and_private(home: Path) -> None:
    key = embedded.secret_key(home)
    assert len(key) >= 50
    assert embedded.secret_key(home) == key
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600


def test_each_role_has_its_own_password() -> None:
    assert embedded.derived_password("key", "one") != embedded.derived_password("key", "other")
