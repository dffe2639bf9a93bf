"""Whether an installation is ready for real use, one finding at a time. `paivand check` prints it, `serve` obeys."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from paivand.access.models.walls import guarded_tables, wall_defects
from paivand.collect.queries.upkeep import STUCK_MINUTES, stuck_lists
from paivand.core.models.sealed import seal_keys
from paivand.operate.archive import newest_backup
from paivand.operate.background import CONNECTIONS
from paivand.operate.badges import is_public_key_kept
from paivand.operate.documents import FOLDER, files_of, live_documents, stray_files
from paivand.operate.mark import is_demo
from paivand.operate.places import declared_places, stale_places
from paivand.operate.postgres import OLDEST_SERVER
from paivand.operate.resealing import census
from paivand.operate.weak_settings import setting_defects

OLDEST_BACKUP = timedelta(hours=24)
OLDEST_SNAPSHOT = timedelta(minutes=30)
"""A worker writes one every five minutes once there are many steps."""
_GIGABYTE = 1_000_000_000
_SAMPLE = 20
"""How many of the newest values of each sealed column are opened by `paivand check`."""
_SPARE_CONNECTIONS = 8
"""Connections left for migrations, backups and probes, beside the workers' pools."""


class State(StrEnum):
    """What a finding means: all is well, look at it, or not ready."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    subject: str
    state: State
    text: str

    def __str__(self) -> str:
        return f"{self.state:<4}  {self.subject}: {self.text}"


def full_report() -> Iterator[Finding]:
    """Everything: settings, Django's own checks, the database and what stands in it, backups and disk."""
    yield from _settings()
    yield from _system_checks()
    yield from database_report()
    yield from _documents()
    yield from _vault()
    yield from _badges()
    yield from _backups()
    yield from _disk()


def database_report() -> Iterator[Finding]:
    """What concerns the database, through the application's own connection."""
    connection = connections["default"]
    try:
        yield from _server(connection)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding(
            "database",
            State.FAIL,
            f"cannot be reached as the application's role: {reason}. If the server runs, `paivand migrate` makes the "
            "role and its password anew",
        )
        return
    for part in (_migrations, _walls, _places, _mark, _connections, _queue, _snapshot):
        try:
            yield from part(connection)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            yield Finding(part.__name__.strip("_"), State.FAIL, f"cannot be read: {reason}. Run `paivand migrate`.")


def unapplied_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """The migrations of this program that the database has not seen yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def reasons_to_migrate(owner: BaseDatabaseWrapper) -> list[str]:
    """What ``paivand migrate`` would put right, each in a few words; empty when there is nothing to do."""
    waiting = unapplied_migrations(owner)
    if waiting:
        return [f"{len(waiting)} migrations to apply"]
    connection = connections["default"]
    try:
        stale = [f"{len(stale_places(owner.alias))} places to write"] if stale_places(owner.alias) else []
        return [*wall_defects(owner, _user(connection)), *stale]
    except DatabaseError as error:
        return [str(error).strip().splitlines()[0]]
    finally:
        connection.close()


def _user(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


def _settings() -> Iterator[Finding]:
    lent = ("PAIVAND_SECRET_KEY",) if os.environ.get("PAIVAND_KEY_IS_LENT") else ()
    given = {name: value for name, value in os.environ.items() if name not in lent}
    defects = setting_defects(given)
    for defect in defects:
        yield Finding("settings", State.FAIL, defect)
    if not defects:
        yield Finding("settings", State.OK, "none is missing or weak")


def _system_checks() -> Iterator[Finding]:
    messages = [message for message in checks.run_checks(include_deployment_checks=True) if not message.is_silenced()]
    for message in messages:
        state = State.FAIL if message.level >= checks.ERROR else State.WARN
        where = f"{message.obj}: " if message.obj else ""
        yield Finding("program", state, f"{where}{' '.join(str(message.msg).split())} ({message.id})")
    if not messages:
        yield Finding("program", State.OK, "Django's system checks find nothing")


def _server(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
    if number < OLDEST_SERVER * 10_000:
        yield Finding("database", State.FAIL, f"PostgreSQL {version} is too old: {OLDEST_SERVER} or newer is needed")
    else:
        yield Finding("database", State.OK, f"PostgreSQL {version} answers")


def _migrations(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    waiting = unapplied_migrations(connection)
    if waiting:
        names = ", ".join(waiting[:3]) + (" ..." if len(waiting) > 3 else "")
        yield Finding("migrations", State.FAIL, f"{len(waiting)} not applied ({names}). Run `paivand migrate`.")
    else:
        yield Finding("migrations", State.OK, "all applied")


def _walls(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    role = _user(connection)
    defects = wall_defects(connection, role)
    about_role = [defect for defect in defects if defect.startswith("The application's database role")]
    about_tables = [defect for defect in defects if defect not in about_role]
    for subject, found, well in (
        ("roles", about_role, f"the application's role {role} owns nothing and bypasses nothing"),
        ("row security", about_tables, f"stands on all {len(guarded_tables())} guarded tables"),
    ):
        for defect in found:
            yield Finding(subject, State.FAIL, defect)
        if not found:
            yield Finding(subject, State.OK, well)


def _places(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    stale = stale_places(connection.alias)
    if stale:
        yield Finding("places", State.FAIL, f"{len(stale)} missing or out of date. Run `paivand migrate`.")
    else:
        yield Finding("places", State.OK, f"all {len(declared_places())} present")


def _mark(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    if is_demo(connection):
        yield Finding(
            "data", State.FAIL, "the database holds the demo. Give a real installation a database of its own."
        )
    else:
        yield Finding("data", State.OK, "no demo")


def _connections(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('max_connections')::int")
        allowed = cursor.fetchone()[0]
    pool = settings.DATABASE_POOL["max_size"]
    wanted = settings.WORKERS * pool + settings.WORKER_PROCESSES * CONNECTIONS
    text = (
        f"{settings.WORKERS} workers with up to {pool} connections each and {settings.WORKER_PROCESSES} in the "
        f"background with {CONNECTIONS}, of {allowed} that the server allows"
    )
    if wanted + _SPARE_CONNECTIONS > allowed:
        yield Finding("connections", State.FAIL, f"{text}. Lower PAIVAND_WORKERS or PAIVAND_POOL.")
    else:
        yield Finding("connections", State.OK, text)


def _queue(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """Whether work in the background goes on."""
    with connection.cursor() as cursor:
        cursor.execute("select extract(epoch from now() - max(last_heartbeat))::int from procrastinate_workers")
        silent = cursor.fetchone()[0]
    stuck = stuck_lists()
    seen = "no worker runs now" if silent is None or silent > 60 else "a worker is alive"
    if stuck:
        yield Finding(
            "queue", State.FAIL, f"{stuck} lists wait for more than {STUCK_MINUTES} minutes and {seen}. Start "
            "`paivand serve` with PAIVAND_WORKER_PROCESSES=1, or `paivand worker`.",
        )  # fmt: skip
    else:
        yield Finding("queue", State.OK, f"nothing is stuck; {seen}")


def _snapshot(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """How old the files are from which figures are counted; without them figures are as fresh, only slower."""
    # Few commands need DuckDB.
    from paivand.evidence.queries.snapshots import current_snapshot, is_worth_files, written

    needed, found = is_worth_files(), written()
    mend = "Let a worker run, or run `paivand snapshot`."
    if found is None:
        text = "there is none, and figures are counted in the database"
        yield Finding("snapshot", State.WARN if needed else State.OK, f"{text}. {mend}" if needed else text)
    elif current_snapshot() is None:
        yield Finding("snapshot", State.WARN, f"its files are damaged or of another database. {mend}")
    else:
        age = int((datetime.now(UTC) - found.built_at).total_seconds() // 60)
        text = f"of {found.built_at:%Y-%m-%d %H:%M} UTC, {age} minutes old, with {found.n_steps:,} steps"
        old = needed and age > OLDEST_SNAPSHOT.total_seconds() / 60
        yield Finding("snapshot", State.WARN if old else State.OK, f"{text}. {mend}" if old else text)


def _documents() -> Iterator[Finding]:
    """Whether every document has its file; only the owner of the database sees all documents."""
    if "owner" not in connections:
        return
    owner, home = connections["owner"], Path(settings.HOME)
    try:
        owner.ensure_connection()
        keys = live_documents(owner.connection)
    except DatabaseError as error:
        yield Finding("documents", State.FAIL, f"cannot be counted: {str(error).strip().splitlines()[0]}")
        return
    missing = sum(not path.exists() for path in files_of(home, keys).values())
    strays = sum(1 for _path in stray_files(home, keys))
    if missing:
        text = f"{missing} of {len(keys)} files are not in {home / FOLDER}. Bring them back from a backup."
        yield Finding("documents", State.FAIL, text)
    else:
        text = f"all {len(keys)} files are there" + (f", and {strays} that belong to no document" if strays else "")
        yield Finding("documents", State.OK, text)


def _vault() -> Iterator[Finding]:
    """Whether the keys open what lies sealed, looked at in the newest values of each column."""
    try:
        keys = seal_keys()
        found = census(connections["owner"], keys, newest=_SAMPLE) if "owner" in connections else {}
    except (ImproperlyConfigured, OSError, ValueError, DatabaseError) as error:
        yield Finding("vault", State.FAIL, f"cannot be opened: {str(error).strip().splitlines()[0]}")
        return
    lost = sum(one.lost for one in found.values())
    if lost:
        yield Finding(
            "vault", State.FAIL, f"{lost} of the newest sealed values open with no key. Bring back the keys that "
            "belong to this database, then run `paivand vault check`.",
        )  # fmt: skip
    elif len(keys) > 1:
        yield Finding("vault", State.WARN, f"{len(keys) - 1} older keys are kept. Run `paivand vault rotate`, then "
                      "`paivand vault forget`.")  # fmt: skip
    else:
        yield Finding("vault", State.OK, "its key opens what lies sealed")


def _badges() -> Iterator[Finding]:
    """Whether badges can be signed, and whether what they are checked by is kept."""
    if "owner" not in connections:
        return
    try:
        kept = is_public_key_kept(connections["owner"])
    except (ImproperlyConfigured, OSError, DatabaseError) as error:
        yield Finding("badges", State.FAIL, f"cannot be signed: {str(error).strip().splitlines()[0]}")
        return
    if kept:
        yield Finding("badges", State.OK, "the key that signs is there, and its public part is kept")
    else:
        text = "the public part of the key that signs is not kept in the database. Run `paivand migrate`."
        yield Finding("badges", State.FAIL, text)


def _backups() -> Iterator[Finding]:
    newest = newest_backup(Path(settings.HOME))
    if newest is None:
        yield Finding("backup", State.WARN, f"none in {Path(settings.HOME) / 'backups'}. Run `paivand backup` daily.")
        return
    age = datetime.now(UTC) - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    hours = int(age.total_seconds() // 3600)
    if age > OLDEST_BACKUP:
        yield Finding("backup", State.WARN, f"the newest, {newest.name}, is {hours} hours old. Run `paivand backup`.")
    else:
        yield Finding("backup", State.OK, f"the newest, {newest.name}, is {hours} hours old")


def _disk() -> Iterator[Finding]:
    usage = shutil.disk_usage(settings.HOME)
    text = f"{usage.free / _GIGABYTE:.1f} GB free of {usage.total / _GIGABYTE:.1f} GB at {settings.HOME}"
    state = State.FAIL if usage.free < _GIGABYTE / 2 else State.WARN if usage.free < 5 * _GIGABYTE else State.OK
    yield Finding("disk", state, text)
