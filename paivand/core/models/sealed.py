"""Columns that the database holds encrypted, with keys that lie outside it.

The keys are Fernet keys (AES-128-CBC with HMAC-SHA-256, of the ``cryptography`` library): the first one seals, all of
them open, so that a key can be changed while the program runs. ``paivand vault rotate`` seals everything anew.
A pseudonym is a keyed digest under a key of its own, which is never changed: the same person keeps the same one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from paivand.core.rules.vault import SEAL, keys_in


@lru_cache(maxsize=4)
def _vault(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("There is no key of the vault. Set PAIVAND_VAULT_KEYS, or start through `paivand`.")
    return MultiFernet([Fernet(key) for key in keys])


def vault() -> MultiFernet:
    """The keys that seal and open: those of the file as it stands now, or those of the environment."""
    return _vault(seal_keys())


def seal_keys() -> tuple[str, ...]:
    """The keys that seal, the newest first.

    Where they come from the installation's file, it is followed: a process that went on sealing with a key that is
    about to be forgotten would write what nobody opens again.
    """
    if not settings.VAULT_FILE:
        return tuple(settings.VAULT_KEYS)
    path = Path(settings.VAULT_FILE)
    return _keys_of_file(path, path.stat().st_mtime_ns, path.stat().st_ino)


@lru_cache(maxsize=4)
def _keys_of_file(path: Path, _written_at: int, _inode: int) -> tuple[str, ...]:
    return tuple(keys_in(path.read_text())[SEAL])


def seal(plain: str) -> str:
    """``plain`` as the database holds it; an empty text stays empty, so that it is seen that nothing is there."""
    return vault().encrypt(plain.encode()).decode() if plain else ""


def unseal(token: str) -> str:
    """What ``seal`` was given.

    Raises:
        ValueError: when none of the keys opens it, or it was changed.
    """
    try:
        return vault().decrypt(token.encode()).decode() if token else ""
    except InvalidToken:
        raise ValueError("None of the vault's keys opens this value: a key is missing, or it was changed.") from None


def pseudonym(person_id: uuid.UUID) -> str:
    """A word of 64 hexadecimal digits that stands for a person and leads back to her only with the pseudonym key."""
    return hmac.new(_pseudonym_key(), person_id.bytes, hashlib.sha256).hexdigest()


def _pseudonym_key() -> bytes:
    key = settings.PSEUDONYM_KEY.encode()
    if not key:
        raise ImproperlyConfigured("There is no pseudonym key. Set PAIVAND_PSEUDONYM_KEY, or start through `paivand`.")
    return key


def keyed_digest(purpose: str, *words: str) -> str:
    """64 hexadecimal digits by which ``words`` are found again without being written down, for one purpose.

    The key is that of the pseudonyms. Two purposes never share a digest, and the words cannot run into one another.
    """
    message = "\x1f".join((purpose, *words)).encode()
    return hmac.new(_pseudonym_key(), message, hashlib.sha256).hexdigest()


def keyed_numbers(purpose: str, words: Iterable[str]) -> list[int]:
    """For each word a number of 63 bits that ``keyed_digest`` begins with: for millions of them."""
    key, before = _pseudonym_key(), f"{purpose}\x1f".encode()
    return [int.from_bytes(hmac.digest(key, before + word.encode(), "sha256")[:8]) >> 1 for word in words]


def pseudonyms(person_ids: Iterable[uuid.UUID]) -> list[str]:
    """The pseudonym of each: for millions of them."""
    key = _pseudonym_key()
    return [hmac.digest(key, person_id.bytes, "sha256").hex() for person_id in person_ids]


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is encrypted in the database. It cannot be searched, compared or ordered there."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(str(value))

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return None if value is None else unseal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: the database cannot compare it.")
        return super().get_lookup(lookup_name)


class SealedJSONField(SealedTextField):
    """A value of plain JSON that is encrypted in the database."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return seal(json.dumps(value, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder))

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return None if value is None else json.loads(unseal(value) or "null")

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False, cls=DjangoJSONEncoder)


class SealedBytesField(SealedTextField):
    """Bytes that are encrypted in the database; they come back as they were, to the last one."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else vault().encrypt(bytes(value)).decode()

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        if value is None:
            return None
        try:
            return vault().decrypt(value.encode())
        except InvalidToken:
            raise ValueError(
                "None of the vault's keys opens this value: a key is missing, or it was changed."
            ) from None

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return base64.b64encode(self.value_from_object(obj) or b"").decode()
