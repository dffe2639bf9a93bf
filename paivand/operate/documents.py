"""The files of documents beside the database: which of them must be there, in a backup and after a restore.

The files are sealed; this module never opens them, except to seal them anew with another key.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from paivand.core.models.files import place_in_folder
from paivand.operate.postgres import OperatingError
from paivand.operate.resealing import Census

FOLDER = "documents"
_LIVE = {
    "cases_casedocument": "select id from public.cases_casedocument where removed_at is null",
    "collect_submissionfile": "select id from public.collect_submissionfile",
    "collect_surveyfilepiece": "select id from public.collect_surveyfilepiece",
    "evidence_keptpaper": "select id from public.evidence_keptpaper",
    "evidence_story": "select id from public.evidence_story where sha256 <> ''",
    "learning_fieldphoto": "select id from public.learning_fieldphoto where removed_at is null",
    "outreach_reachfile": "select id from public.outreach_reachfile where removed_at is null",
    "programme_spending": "select id from public.programme_spending where sha256 <> ''",
}
"""Tables of which each row that was not taken away has a file."""


def live_documents(connection: psycopg.Connection[Any]) -> list[uuid.UUID]:
    """The documents whose files must be there; none in a database that does not know documents yet."""
    found: list[uuid.UUID] = []
    for table, live in _LIVE.items():
        row = connection.execute("select to_regclass(%s)", [f"public.{table}"]).fetchone()
        if row is not None and row[0] is not None:
            found += [key for (key,) in connection.execute(live)]
    return sorted(found)


def files_of(home: Path, keys: Sequence[uuid.UUID]) -> dict[str, Path]:
    """The files of these documents by their places within the folder, those that are missing too."""
    return {place_in_folder(key): home / FOLDER / place_in_folder(key) for key in keys}


def present_files(owner_url: str, home: Path, keys: Sequence[uuid.UUID]) -> dict[str, Path]:
    """The files of documents that a dump holds. One that was taken away since the dump may be missing, no other.

    Raises:
        OperatingError: when the file of a document is lost.
    """
    found = files_of(home, keys)
    missing = {place for place, path in found.items() if not path.exists()}
    if missing:
        with psycopg.connect(owner_url) as connection:
            still = {place_in_folder(key) for key in live_documents(connection)}
        lost = sorted(missing & still)
        if lost:
            raise OperatingError(
                f"{len(lost)} files of documents are not in {home / FOLDER}, the first is {lost[0]}. Bring them back "
                "from an earlier backup, then make this one again."
            )
    return {place: path for place, path in found.items() if place not in missing}


def stray_files(home: Path, keys: Sequence[uuid.UUID]) -> Iterator[Path]:
    """Files that belong to no document: of an upload that was undone, or a document that was taken away."""
    known = set(files_of(home, keys).values())
    for path in sorted((home / FOLDER).glob("*/*")):
        if path.is_file() and path not in known:
            yield path


def replace_folder(home: Path, fresh: Path, former: Path) -> None:
    """Put the folder ``fresh`` in place of the documents of the installation; what was there is moved to ``former``."""
    place = home / FOLDER
    fresh.mkdir(exist_ok=True, mode=0o700)
    if place.exists():
        place.rename(former)
    fresh.rename(place)


def census_of_files(home: Path, documents: Sequence[uuid.UUID], keys: Sequence[str]) -> Census:
    """How many files each key of the vault opens; the keys, the newest first. A file that is not there is none."""
    first, every = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
    counts = [0, 0, 0]
    for path in _there(home, documents):
        sealed = path.read_bytes()
        counts[0 if _opens(first, sealed) else 1 if _opens(every, sealed) else 2] += 1
    return Census(*counts)


def reseal_files(home: Path, documents: Sequence[uuid.UUID], keys: Sequence[str]) -> int:
    """Seal with the first key whatever another one sealed; returns how many files were changed.

    Each file is replaced at once. Whoever reads one meanwhile opens it with either key.

    Raises:
        ValueError: when a file opens with none of the keys. What was sealed anew before stays.
    """
    first, every = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
    n_sealed = 0
    for path in _there(home, documents):
        sealed = path.read_bytes()
        if _opens(first, sealed):
            continue
        try:
            fresh = every.rotate(sealed)
        except InvalidToken:
            raise ValueError(f"The file {path.name} opens with none of the keys. Nothing more was changed.") from None
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        n_sealed += 1
    return n_sealed


def _there(home: Path, documents: Sequence[uuid.UUID]) -> Iterator[Path]:
    return (path for path in files_of(home, documents).values() if path.exists())


def _opens(keys: Fernet | MultiFernet, sealed: bytes) -> bool:
    try:
        keys.decrypt(sealed)
    except InvalidToken:
        return False
    return True
