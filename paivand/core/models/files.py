"""Files that lie sealed beside the database, each under the key of the row that says what it is."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import Protocol

from cryptography.fernet import InvalidToken
from django.conf import settings

from paivand.core.models.sealed import vault


class LostFileError(RuntimeError):
    """A file is gone, was changed, or is sealed with a key that is missing: whoever keeps the program must look."""


class KeptFile(Protocol):
    """A row that a file belongs to; ``sha256`` is that of the file as it is given out."""

    @property
    def pk(self) -> uuid.UUID:
        """The key of the row, under which the file lies."""

    sha256: str


def documents_folder() -> Path:
    """The folder of all files: in the home of the installation, outside whatever a browser is given."""
    return Path(settings.HOME) / "documents"


def place_in_folder(document_id: uuid.UUID) -> str:
    """Where a file lies within the folder; spread over 256 folders by the last two digits of its key.

    >>> place_in_folder(uuid.UUID("019ab000-0000-7000-8000-0000000000a7"))
    'a7/019ab000-0000-7000-8000-0000000000a7'
    """
    return f"{document_id.hex[-2:]}/{document_id}"


def path_of(document_id: uuid.UUID) -> Path:
    """Where the file of a row lies."""
    return documents_folder() / place_in_folder(document_id)


def content_of(row: KeptFile) -> bytes:
    """The file of a row that was found through the user who asks already, opened and compared with its hash.

    Raises:
        LostFileError: when there is no such file, none of the vault's keys opens it, or it is not the one of the row.
    """
    try:
        content = vault().decrypt(path_of(row.pk).read_bytes())
    except FileNotFoundError:
        raise LostFileError(f"The file of document {row.pk} is not in {documents_folder()}.") from None
    except InvalidToken:
        raise LostFileError(f"The file of document {row.pk} was changed, or its key is missing.") from None
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise LostFileError(f"The file of document {row.pk} is not the one that was kept.")
    return content


def store(document_id: uuid.UUID, content: bytes) -> None:
    """Seal a file and write it at once and for its owner alone; nobody ever sees half of it.

    Save the row first, within the same transaction: a row never stands without its file. If the row is undone, nobody
    finds the file.
    """
    path, sealed = path_of(document_id), vault().encrypt(content)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)
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


def forget(document_id: uuid.UUID) -> None:
    """Let a file go for good; call it once the transaction is over."""
    path_of(document_id).unlink(missing_ok=True)
