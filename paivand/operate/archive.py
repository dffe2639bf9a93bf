"""The file of a backup: a dump, the sealed files of documents, and a manifest that says what must be in it.

It is one tar file, private to its owner. Format 1 knew no documents and is read as a backup without any.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from paivand.operate.postgres import OperatingError

FORMAT = 2
_READABLE = {1, FORMAT}
_MANIFEST, _DUMP, _DOCUMENTS = "manifest.json", "database.dump", "documents"
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
    # The digests of the sealed files of documents by their places within the folder.
    documents: dict[str, str] = field(default_factory=dict)

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


def write_archive(path: Path, manifest: Manifest, dump: Path, documents: Mapping[str, Path] | None = None) -> None:
    """Write the archive at ``path`` at once: nobody ever sees half of it, and only its owner can read it.

    Args:
        documents: the sealed files by their places within the folder; the manifest names each.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                _add(archive, _MANIFEST, io.BytesIO(manifest.to_json()), len(manifest.to_json()))
                for name, source in {_DUMP: dump, **_named(documents or {})}.items():
                    with source.open("rb") as content:
                        _add(archive, name, content, source.stat().st_size)
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


def _named(documents: Mapping[str, Path]) -> dict[str, Path]:
    return {f"{_DOCUMENTS}/{place}": path for place, path in documents.items()}


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    member.mtime = int(datetime.now(UTC).timestamp())
    archive.addfile(member, content)


def read_archive(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """Unpack the dump and the documents into ``folder`` and check them against the manifest.

    Raises:
        OperatingError: when the file is no backup, or is damaged, or was written by a newer program.
    """
    dump = folder / _DUMP
    try:
        with tarfile.open(path) as archive:
            text = _member(archive, _MANIFEST).read()
            written = json.loads(text).get("format")
            if written not in _READABLE:
                raise OperatingError(
                    f"The backup {path} has format {written}; this Paivand reads format {FORMAT}. Use the Paivand that "
                    "wrote it, or a newer one."
                )
            manifest = Manifest.from_json(text)
            _unpack(_member(archive, _DUMP), dump)
            for place in manifest.documents:
                _unpack(_member(archive, f"{_DOCUMENTS}/{place}"), _inside(folder / _DOCUMENTS, place))
    except FileNotFoundError:
        raise OperatingError(f"There is no file {path}. Name a backup that `paivand backup` wrote.") from None
    except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError, AttributeError) as error:
        raise OperatingError(f"{path} is damaged or no backup of Paivand: {error}. Use another backup.") from error
    wrong = sha256_of(dump) != manifest.dump_sha256 or any(
        sha256_of(_inside(folder / _DOCUMENTS, place)) != digest for place, digest in manifest.documents.items()
    )
    if wrong:
        raise OperatingError(f"The backup {path} is damaged: its content is not what was written. Use another backup.")
    return manifest, dump


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _inside(folder: Path, place: str) -> Path:
    """The file at a place within the folder; a place that leads out of it is damage."""
    path = folder / place
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(place)
    return path


def _unpack(content: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := content.read(_BLOCK):
            out.write(block)
