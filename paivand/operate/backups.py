"""Making a backup and proving that it can be read, and bringing one back."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.db.migrations.loader import MigrationLoader

from paivand import __version__
from paivand.operate.archive import Manifest, default_path, read_archive, sha256_of, write_archive
from paivand.operate.contents import EMPTYING
from paivand.operate.documents import FOLDER, live_documents, present_files, replace_folder
from paivand.operate.fingerprints import FORGOTTEN, sequence_values, table_contents, verifying_statements
from paivand.operate.mark import MARK
from paivand.operate.postgres import MAJOR, OLDEST_SERVER, OperatingError, client_environment, program

_UNKNOWN_TO_OLD_SERVERS = b"SET transaction_timeout"


def make_backup(owner_url: str, home: Path, path: Path | None = None) -> tuple[Path, Manifest]:
    """Dump the database with the files of its documents into one file, then read the file back and compare.

    Dump, counts and the list of documents see the same snapshot, so people may go on working meanwhile.

    Raises:
        OperatingError: when the dump fails or does not hold what was counted.
    """
    target = (path or default_path(home, datetime.now(UTC))).absolute()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / "database.dump"
        manifest, keys = _dump(owner_url, dump)
        documents = present_files(owner_url, home, keys)
        manifest = replace(manifest, documents={place: sha256_of(file) for place, file in documents.items()})
        write_archive(target, manifest, dump, documents)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        manifest, dump = read_archive(target, Path(folder))
        found = _rows_in_dump(dump)
    wrong = [name for name, table in manifest.tables.items() if found.get(name, 0) != table.rows]
    if wrong:
        target.unlink()
        raise OperatingError(
            f"The backup did not hold what was counted in {', '.join(wrong)} and was removed. Try again; if it happens "
            "again, check the disk."
        )
    return target, manifest


def _dump(owner_url: str, dump: Path) -> tuple[Manifest, list[uuid.UUID]]:
    with psycopg.connect(owner_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute(
            "select pg_export_snapshot(), current_setting('server_version'), "
            "current_setting('server_version_num')::int / 10000, "
            "(select shobj_description(oid, 'pg_database') from pg_database where datname = current_database())"
        ).fetchone()
        assert row  # noqa: S101  # a select without from has one row
        snapshot, version, major, comment = row
        if not OLDEST_SERVER <= major <= MAJOR:
            raise OperatingError(
                f"The server is PostgreSQL {version}; backups work with {OLDEST_SERVER} to {MAJOR}. Update Paivand."
            )
        tables, sequences = table_contents(connection), sequence_values(connection)
        documents = live_documents(connection)
        migrations = connection.execute("select app || '.' || name from public.django_migrations order by 1").fetchall()
        _run(
            owner_url, "pg_dump", "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-acl",
            "--no-policies", "--no-password", *(f"--exclude-table-data={name}" for name in FORGOTTEN),
            f"--file={dump}",
        )  # fmt: skip
    manifest = Manifest(
        paivand=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        server_version=version,
        demo=MARK in (comment or "").splitlines(),
        migrations=tuple(name for (name,) in migrations),
        tables=tables,
        sequences=sequences,
        dump_sha256=sha256_of(dump),
    )
    return manifest, documents


def _rows_in_dump(dump: Path) -> dict[str, int]:
    """Unpack the whole dump and count the rows of each table."""
    counts: dict[str, int] = {}
    table = ""
    for line in _script(dump, "--data-only"):
        if table:
            if line == b"\\.\n":
                table = ""
            else:
                counts[table] += 1
        elif line.startswith(b"COPY ") and line.endswith(b"FROM stdin;\n"):
            table = line[5:].decode().split(" (")[0].removesuffix(" FROM stdin;\n")
            counts[table] = 0
    return counts


def restore_backup(owner_url: str, path: Path, home: Path) -> Manifest:
    """Replace what the database holds by the backup, in one transaction.

    The former content goes, the backup's comes, and every table is compared with the manifest, or nothing changes. Then
    the folder of documents is replaced by that of the backup. Row security and the application's rights are not in a
    backup: migrate afterwards.

    Raises:
        OperatingError: when the backup is damaged or newer than the program, or the database refuses it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as folder:
        manifest, dump = read_archive(path, Path(folder))
        _demand_known_migrations(manifest)
        _pour(owner_url, manifest, dump)
        replace_folder(home, Path(folder) / FOLDER, Path(folder) / "former")
    shutil.rmtree(home / "evidence", ignore_errors=True)  # files for figures, of what the database held before
    return manifest


def _demand_known_migrations(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = [name for name in manifest.migrations if name not in known]
    if unknown:
        raise OperatingError(
            f"The backup was made by Paivand {manifest.paivand}, which is newer than this one ({__version__}): it "
            f"knows {unknown[0]}. Update Paivand first."
        )


def _pour(owner_url: str, manifest: Manifest, dump: Path) -> None:
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(
            [program("psql"), "--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--output=/dev/null",
             "--set=ON_ERROR_STOP=1", "--file=-"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=client_environment(owner_url),
        )  # fmt: skip
        assert psql.stdin  # noqa: S101  # a pipe was asked for
        try:
            psql.stdin.write(b"set local lock_timeout = '10s'; set local client_min_messages = warning;\n")
            psql.stdin.writelines(f"{statement};\n".encode() for statement in EMPTYING)
            psql.stdin.writelines(_script(dump))
            psql.stdin.write(verifying_statements(manifest.tables, manifest.sequences).encode())
            psql.stdin.close()
        except BrokenPipeError:
            pass  # psql has said why it stopped
        except BaseException:
            psql.kill()  # nothing of a broken dump may be committed
            raise
        finally:
            psql.wait()
        if psql.returncode:
            said.seek(0)
            errors = [line for line in said.read().decode(errors="replace").splitlines() if "ERROR" in line]
            reason = errors[0].partition("ERROR:")[2].strip() if errors else "psql stopped"
            hint = " Another program is using the database: end it first." if "lock timeout" in reason else ""
            raise OperatingError(f"The backup was not restored, and the database is as it was: {reason}.{hint}")


def _script(dump: Path, *options: str) -> Iterator[bytes]:
    """The dump as SQL, line by line, without what servers before 17 do not know.

    Raises:
        OperatingError: when the dump cannot be read to its end.
    """
    with tempfile.TemporaryFile() as said:
        reader = subprocess.Popen(
            [program("pg_restore"), "--no-owner", "--no-acl", "--no-policies", *options, "--file=-", str(dump)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env={"LC_ALL": "C"},
        )  # fmt: skip
        assert reader.stdout  # noqa: S101  # a pipe was asked for
        in_header = True
        try:
            for line in reader.stdout:
                if in_header and line.startswith(_UNKNOWN_TO_OLD_SERVERS):
                    continue
                in_header = in_header and not line.startswith((b"COPY ", b"CREATE "))
                yield line
        finally:
            reader.stdout.close()
            reader.wait()
        if reader.returncode:
            said.seek(0)
            raise OperatingError(f"The backup cannot be read: {said.read().decode(errors='replace').strip()}")


def _run(owner_url: str, name: str, *arguments: str) -> None:
    done = subprocess.run(
        [program(name), *arguments], env=client_environment(owner_url), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise OperatingError(f"{name} failed: {done.stderr.strip()}")
