"""Where the sealed files of documents lie, and what is in them."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings

from paivand.cases.models import CaseDocument
from paivand.core.models.sealed import vault


class LostFileError(RuntimeError):
    """A file is gone, was changed, or is sealed with a key that is missing: whoever keeps the program must look."""


def documents_folder() -> Path:
    """The folder of all documents: in the home of the installation, outside whatever a browser is given."""
    return Path(settings.HOME) / "documents"


def place_in_folder(document_id: uuid.UUID) -> str:
    """Where the file of a document lies within the folder; spread over 256 folders by its last two digits.

    >>> place_in_folder(uuid.UUID("019ab000-0000-7000-8000-0000000000a7"))
    'a7/019ab000-0000-7000-8000-0000000000a7'
    """
    return f"{document_id.hex[-2:]}/{document_id}"


def path_of(document_id: uuid.UUID) -> Path:
    """Where the file of a document lies."""
    return documents_folder() / place_in_folder(document_id)


def content_of(document: CaseDocument) -> bytes:
    """The file of a document that was found through ``by`` already, opened and compared with its hash.

    Raises:
        LostFileError: when there is no such file, none of the vault's keys opens it, or it is not the one of the row.
    """
    try:
        content = vault().decrypt(path_of(document.pk).read_bytes())
    except FileNotFoundError:
        raise LostFileError(f"The file of document {document.pk} is not in {documents_folder()}.") from None
    except InvalidToken:
        raise LostFileError(f"The file of document {document.pk} was changed, or its key is missing.") from None
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise LostFileError(f"The file of document {document.pk} is not the one that was kept.")
    return content
