"""The files of keys, in the folder of the installation and never in the database or a backup of it.

``vault_keys`` holds what seals; ``badge_keys`` what signs certificates as badges. The public keys of badges stay in the
database besides, so that a badge can be checked for ever, whatever becomes of the file.
"""

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
from paivand.learning.rules.badges import badge_keys_in, new_key

FILE, BADGES = "vault_keys", "badge_keys"


def lend_keys(home: Path, environ: MutableMapping[str, str]) -> None:
    """Put the keys of the installation's folder into the environment, unless it brings its own."""
    if not environ.get("PAIVAND_BADGE_KEY"):
        # Running processes follow the file, so that a new key signs everywhere from the moment it is written.
        environ["PAIVAND_BADGE_FILE"] = str(home / BADGES)
        badge_keys(home)
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
    if not path.exists():
        first = {_PSEUDONYM: [secrets.token_urlsafe(32)], _SEAL: [Fernet.generate_key().decode()]}
        _put_first(path, _lines(first))
    return keys_in(path.read_text())


def badge_keys(home: Path) -> list[str]:
    """The private keys that sign badges, the newest first; one is made at the first start."""
    path = home / BADGES
    if not path.exists():
        _put_first(path, [new_key()])
    return badge_keys_in(path.read_text())


def write_badge_key(home: Path, key: str) -> None:
    """Put a key in the place of the one that signs badges, at once; the former private key is gone."""
    _draft(home, BADGES, [key]).replace(home / BADGES)


def write_keys(home: Path, kept: dict[str, list[str]]) -> None:
    """Replace the file at once."""
    _draft(home, FILE, _lines(kept)).replace(home / FILE)


def with_new_seal(kept: dict[str, list[str]]) -> dict[str, list[str]]:
    """The keys with a new one in front that seals from now on."""
    return {**kept, _SEAL: [Fernet.generate_key().decode(), *kept[_SEAL]]}


def with_newest_seal_only(kept: dict[str, list[str]]) -> dict[str, list[str]]:
    """The keys without the older ones that sealed before."""
    return {**kept, _SEAL: kept[_SEAL][:1]}


def _lines(kept: dict[str, list[str]]) -> list[str]:
    return [f"{what} {key}" for what, several in kept.items() for key in several]


def _put_first(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path.parent, path.name, lines)
    # Linked into place, so that two first starts at once agree on one file.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def _draft(home: Path, name: str, lines: list[str]) -> Path:
    draft = home / f"{name}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("# The newest key of each kind stands first. Keep a copy apart from the backups.\n")
        file.write("\n".join(lines) + "\n")
    return draft
