"""The file of a backup: a dump and a manifest that says what must be in it, in one tar file, private to its owner."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from paivand.operate.postgres import OperatingError

FORMAT = 1
_MANIFEST, _DUMP = "manifest.json", "database.dump"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class TableContent:
    """How many rows a table holds, and a fingerprint of them that does not depend on their order."""

    rows: int
    fingerprint: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, noted in the same snapshot as the dump was made."""

    paivand: str
    created_at: str
    server_version: str
    demo: bool
    migrations: tuple[str, ...]
    tables: dict[str, TableContent]
    sequences: dict[str, int]
    dump_sha256: str
    format: int = FORMAT

    @property
    def n_rows(self) -> int:
        """The number of rows in all tables."""
        return sum(table.rows for table in self.tables.values())

    def to_json(self) -> bytes:
        """As it is written into the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Read back what ``to_json`` wrote."""
        known: dict[str, Any] = json.loads(text)
        known["migrations"] = tuple(known["migrations"])
        known["tables"] = {name: TableContent(**content) for name, content in known["tables"].items()}
        return cls(**known)


def default_path(home: Path, now: datetime) -> Path:
    """Where a backup goes when no file is named."""
    return home / "backups" / f"paivand-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.tar"


def newest_backup(home: Path) -> Path | None:
    """The latest backup in the installation's folder, if there is one."""
    return max((home / "backups").glob("paivand-*.tar"), key=lambda path: path.stat().st_mtime, default=None)


def sha256_of(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_archive(path: Path, manifest: Manifest, dump: Path) -> None:
    """Write the archive at ``path`` at once: nobody ever sees half of it, and only its owner can read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                _add(archive, _MANIFEST, io.BytesIO(manifest.to_json()), len(manifest.to_json()))
                with dump.open("rb") as content:
                    _add(archive, _DUMP, content, dump.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    member.mtime = int(datetime.now(UTC).timestamp())
    archive.addfile(member, content)


def read_archive(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """Unpack the dump into ``folder`` and check it against the manifest.

    Raises:
        OperatingError: when the file is no backup, or is damaged, or was written by a newer program.
    """
    dump = folder / _DUMP
    try:
        with tarfile.open(path) as archive:
            manifest_file, dump_file = archive.extractfile(_MANIFEST), archive.extractfile(_DUMP)
            if manifest_file is None or dump_file is None:
                raise KeyError(_MANIFEST)
            text = manifest_file.read()
            written = json.loads(text).get("format")
            if written != FORMAT:
                raise OperatingError(
                    f"The backup {path} has format {written}; this Paivand reads format {FORMAT}. Use the Paivand that "
                    "wrote it, or a newer one."
                )
            manifest = Manifest.from_json(text)
            with os.fdopen(os.open(dump, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                while block := dump_file.read(_BLOCK):
                    out.write(block)
    except FileNotFoundError:
        raise OperatingError(f"There is no file {path}. Name a backup that `paivand backup` wrote.") from None
    except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError) as error:
        raise OperatingError(f"{path} is damaged or no backup of Paivand: {error}. Use another backup.") from error
    if sha256_of(dump) != manifest.dump_sha256:
        raise OperatingError(f"The backup {path} is damaged: its content is not what was written. Use another backup.")
    return manifest, dump
