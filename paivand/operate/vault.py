"""The file of the vault's keys, in the folder of the installation and never in the database or a backup of it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

from cryptography.fernet import Fernet

from paivand.core.rules.vault import PSEUDONYM as _PSEUDONYM
from paivand.core.rules.vault import SEAL as _SEAL
from paivand.core.rules.vault import keys_in

FILE = "vault_keys"


def lend_keys(home: Path, environ: MutableMapping[str, str]) -> None:
    """Put the keys of the installation's folder into the environment, unless it brings its own."""
    if environ.get("PAIVAND_VAULT_KEYS") and environ.get("PAIVAND_PSEUDONYM_KEY"):
        return
    kept = keys(home)
    if not environ.get("PAIVAND_VAULT_KEYS"):
        # A process that runs on follows the file, so that a new key seals everywhere from the moment it is written.
        environ["PAIVAND_VAULT_FILE"] = str(home / FILE)
    environ.setdefault("PAIVAND_VAULT_KEYS", ",".join(kept[_SEAL]))
    environ.setdefault("PAIVAND_PSEUDONYM_KEY", kept[_PSEUDONYM][0])


def keys(home: Path) -> dict[str, list[str]]:
    """The keys by what they are for, the newest first; made at the first start, readable by the owner only."""
    path = home / FILE
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        first = {_PSEUDONYM: [secrets.token_urlsafe(32)], _SEAL: [Fernet.generate_key().decode()]}
        draft = _draft(home, first)
        # Linked into place, so that two first starts at once agree on one file.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return keys_in(path.read_text())


def write_keys(home: Path, kept: dict[str, list[str]]) -> None:
    """Replace the file at once."""
    _draft(home, kept).replace(home / FILE)


def with_new_seal(kept: dict[str, list[str]]) -> dict[str, list[str]]:
    """The keys with a new one in front that seals from now on."""
    return {**kept, _SEAL: [Fernet.generate_key().decode(), *kept[_SEAL]]}


def with_newest_seal_only(kept: dict[str, list[str]]) -> dict[str, list[str]]:
    """The keys without the older ones that sealed before."""
    return {**kept, _SEAL: kept[_SEAL][:1]}


def _draft(home: Path, kept: dict[str, list[str]]) -> Path:
    draft = home / f"{FILE}.{os.getpid()}"
    lines = [f"{what} {key}" for what, several in kept.items() for key in several]
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("# The newest key of each kind stands first. Keep a copy apart from the backups.\n")
        file.write("\n".join(lines) + "\n")
    return draft
