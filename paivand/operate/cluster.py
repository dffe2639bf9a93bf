"""One folder of PostgreSQL data and its server process: made, started, found again and stopped.

PostgreSQL refuses to run as root. Then the server runs as the owner of its data, a system user made for it; an ordinary
user's server runs as that user.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from paivand.operate.postgres import MAJOR, OperatingError, programs_folder

OWNER = "postgres"
_SYSTEM_USER = "paivand-postgres"
_SETTINGS = {
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "max_connections": "60",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_messages": "warning",
    # The log must hold no personal data: neither the values of a failing row nor the statement.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] ",
}
_LOCKS = 256
"""Locks for each connection: a restore makes every table and index in one transaction. Given at each start, so
that data made by an older Paivand have it too."""
_LONGEST_SOCKET = 100
_START_SECONDS = 300
_STOP_SECONDS = 60
_BIGGEST_LOG = 5_000_000


class Cluster:
    """The server's data below ``home``. Callers hold the lock of ``embedded`` while they use it."""

    def __init__(self, home: Path) -> None:
        self.data = home / "postgres"
        self.log = self.data / "log"
        self._account = _account(self.data)

    def start(self, password: str) -> str:
        """Make the data at the first start, start the server unless it runs, and return the folder of its socket.

        Args:
            password: the owner's, set when the data are made.
        """
        if not (self.data / "PG_VERSION").exists():
            self._create(password)
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise OperatingError(
                f"The data in {self.data} are of PostgreSQL {version}, and this Paivand brings PostgreSQL {MAJOR}. "
                "Make a backup with the former Paivand, move the folder away and restore the backup."
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            state = self._state()
            if state == "ready":
                return self._pid_lines()[4].strip()
            if state == "gone":
                self._launch()
            else:
                time.sleep(0.1)
        raise OperatingError(f"The database server does not become ready. Its log is {self.log}.")

    def stop(self) -> None:
        """End the server; connected programs are cut off, their open transactions undone."""
        if self._state() == "gone":
            return
        ended = self._run(
            "pg_ctl", "stop", "--mode=fast", "--wait", f"--timeout={_STOP_SECONDS}", "--silent", f"--pgdata={self.data}"
        )
        if ended.returncode and self._state() != "gone":
            raise OperatingError(f"The database server does not stop: {ended.stderr.strip()} Its log is {self.log}.")

    def _create(self, password: str) -> None:
        """Make the data beside their place and move them there, so that a killed first start leaves no half cluster."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        word = draft.with_name(f"postgres.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(password)
            self._hand_over(draft, word)
            made = self._run(
                "initdb", f"--pgdata={draft}", f"--username={OWNER}", f"--pwfile={word}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--no-instructions",
                *(f"--set={name}={value}" for name, value in _SETTINGS.items()),
            )  # fmt: skip
        finally:
            word.unlink(missing_ok=True)
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise OperatingError(f"The database could not be made in {self.data}: {made.stderr.strip()}")
        if self.data.exists():
            self.data.rmdir()  # only an empty folder; anything else is not ours to remove
        draft.rename(self.data)

    def _launch(self) -> None:
        if self._account:
            _let_through(self.data, self._account)
            _let_run(self._account)
        self._clear_away()
        if self.log.exists() and self.log.stat().st_size > _BIGGEST_LOG:
            self.log.replace(self.log.with_name("log.1"))
        folder = '"' + str(self._socket_folder()).replace('"', '""') + '"'
        options = (
            f"-c listen_addresses= -c unix_socket_permissions=0700 -c max_locks_per_transaction={_LOCKS} "
            + shlex.join(["-c", f"unix_socket_directories={folder}"])
        )
        started = self._run(
            "pg_ctl", "start", "--wait", f"--timeout={_START_SECONDS}", "--silent", f"--pgdata={self.data}",
            f"--log={self.log}", f"--options={options}",
        )  # fmt: skip
        if started.returncode:
            tail = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
            raise OperatingError(
                f"The database server does not start: {started.stderr.strip()} "
                f"Its log {self.log} ends with:\n{tail.strip()}"
            )

    def _clear_away(self) -> None:
        """Remove what a killed server left behind, once none of its processes lives any more.

        PostgreSQL does so itself, unless the number of the killed process is still in the system's list: given to a
        stranger since, or waiting for a parent that does not ask for it, as in many containers.
        """
        deadline = time.monotonic() + _STOP_SECONDS
        while orphans := self._orphans():
            if time.monotonic() > deadline:
                raise OperatingError(f"Processes of a killed database server still live: {orphans}. End them first.")
            time.sleep(0.1)
        lines = self._pid_lines()
        if lines and lines[0].isdigit() and psutil.pid_exists(int(lines[0])):
            if len(lines) > 4 and lines[4].strip():
                (Path(lines[4].strip()) / f".s.PGSQL.{lines[3].strip()}.lock").unlink(missing_ok=True)
            (self.data / "postmaster.pid").unlink()

    def _orphans(self) -> list[int]:
        found = []
        for process in psutil.process_iter(["name"]):
            with contextlib.suppress(psutil.Error):
                alive = process.info["name"] == "postgres" and process.status() != psutil.STATUS_ZOMBIE
                if alive and Path(process.cwd()) == self.data:
                    found.append(process.pid)
        return found

    def _state(self) -> str:
        """``ready``, ``busy`` (starting, recovering or stopping) or ``gone``."""
        lines = self._pid_lines()
        try:
            number, began = int(lines[0]), int(lines[2])
            process = psutil.Process(number)
            # The number may be a stranger's by now: it must be a server, and have begun when the file says.
            if not process.name().startswith("postgres") or abs(process.create_time() - began) > _START_SECONDS:
                return "gone"
            if process.status() == psutil.STATUS_ZOMBIE:
                return "gone"
        except (IndexError, ValueError, psutil.NoSuchProcess):
            return "gone"
        return "ready" if len(lines) > 7 and lines[7].strip() == "ready" else "busy"

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _socket_folder(self) -> Path:
        """The data folder itself, or a short private one, because the system limits the length of a socket's name."""
        if len(os.fsencode(self.data / ".s.PGSQL.5432")) <= _LONGEST_SOCKET:
            return self.data
        owner = self._account.pw_uid if self._account else os.geteuid()
        short = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"paivand-{owner}-{short}"
        try:
            folder.mkdir(mode=0o700)
            self._hand_over(folder)
        except FileExistsError:
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
                raise OperatingError(
                    f"{folder} belongs to somebody else or is open to others. Remove it, or choose a shorter "
                    "PAIVAND_HOME."
                ) from None
        return folder

    def _hand_over(self, *paths: Path) -> None:
        if self._account:
            for path in paths:
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
            _let_through(paths[0], self._account)
            _let_run(self._account)

    def _run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs, as the server's user, without the secrets of our environment."""
        user = self._account
        # A server started here lives on: it must not hold our pipes open, so what is said goes through a file.
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            done = subprocess.run(
                [str(programs_folder() / name), *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                cwd="/", env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}, check=False,
                user=user.pw_uid if user else None, group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )  # fmt: skip
            said.seek(0)
            return subprocess.CompletedProcess([name], done.returncode, "", said.read())


def _account(data: Path) -> pwd.struct_passwd | None:
    """The system user under which root runs the server: the owner of the data, or a user made for it."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError, KeyError):
        owner = data.stat().st_uid
        if owner:
            return pwd.getpwuid(owner)
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(_SYSTEM_USER)
    make = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    made = make and subprocess.run(
        [make, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],
        capture_output=True,
        check=False,
    )
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        said = made.stderr.decode(errors="replace").strip() if made else "there is no useradd."
        raise OperatingError(
            f"PostgreSQL does not run as root, and the system user {_SYSTEM_USER} could not be made: {said} "
            "Run Paivand as an ordinary user, or set DATABASE_URL."
        ) from None


def _let_through(path: Path, account: pwd.struct_passwd) -> None:
    """Let the server's user pass the folders above ``path``: the right to pass only, not to look into them."""
    for folder in path.parents:
        status = folder.stat()
        bit = stat.S_IXOTH
        if status.st_uid == account.pw_uid:
            bit = stat.S_IXUSR
        elif status.st_gid == account.pw_gid:
            bit = stat.S_IXGRP
        if not status.st_mode & bit:
            folder.chmod(stat.S_IMODE(status.st_mode) | bit)
            sys.stderr.write(
                f"Note: others may now pass through {folder} (not look into it), for the database server.\n"
            )


def _let_run(account: pwd.struct_passwd) -> None:
    """Let the server's user run PostgreSQL's programs, also where they were installed under a strict umask."""
    folder = programs_folder()
    _let_through(folder / "postgres", account)
    everyone = stat.S_IROTH | stat.S_IXOTH
    if (folder / "postgres").stat().st_mode & everyone == everyone:
        return
    package = folder.parent.parent
    for top in (folder.parent, package.with_name(f"{package.name}.libs")):
        for path in (top, *top.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
