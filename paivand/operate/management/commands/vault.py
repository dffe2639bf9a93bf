"""``paivand vault``: change the key that seals, forget the old ones, and see what opens."""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from paivand.core.models.sealed import seal_keys
from paivand.learning.rules.badges import new_key
from paivand.operate import vault
from paivand.operate.badges import keep_public_key
from paivand.operate.documents import census_of_files, live_documents, reseal_files
from paivand.operate.postgres import OperatingError
from paivand.operate.resealing import Census, census, reseal, summed

_LOCK = 7284


class Command(BaseCommand):
    """Changes the vault's key while people go on working; a run that was killed is gone on with by the next one."""

    help = "Changes the key that seals what survivors told, forgets the old keys, or counts what each key opens."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            choices=("rotate", "forget", "check", "badge"),
            help="rotate: add a key and seal everything anew; forget: drop the old keys; check: count what opens; "
            "badge: sign badges with a new key",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if "DATABASE_URL" not in os.environ:
            raise OperatingError("The vault is worked on through DATABASE_URL: the address of the database's owner.")
        owner = connections["owner"]
        with owner.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise OperatingError("The vault is being worked on already. Wait until that has ended.")
        try:
            work = {"rotate": self._rotate, "forget": self._forget, "check": self._check, "badge": self._badge}
            work[options["what"]](owner)
        finally:
            with owner.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])

    def _rotate(self, owner: BaseDatabaseWrapper) -> None:
        home = Path(settings.HOME)
        before = _everything(owner)
        if before.lost:
            raise OperatingError(f"{before.lost} values open with none of the keys. Bring the missing key back first.")
        if before.older:
            self.stdout.write(f"Going on: {before.older} values are sealed with an older key still.")
        elif _in_file():
            vault.write_keys(home, vault.with_new_seal(vault.keys(home)))
            self.stdout.write(f"A new key stands first in {home / vault.FILE}. Keep a copy apart from the backups.")
        else:
            self.stdout.write(
                "The keys come from PAIVAND_VAULT_KEYS, and everything is sealed with the first of them. To change it, "
                "put a new one in front (`python -c 'from cryptography.fernet import Fernet; "
                "print(Fernet.generate_key().decode())'`), restart Paivand, and run this again."
            )
            return
        changed = reseal(owner, seal_keys(), after_batch=lambda column, n: self.stdout.write(f"  {column}: {n}"))
        n_files = reseal_files(home, _documents(owner), seal_keys())
        after = _everything(owner)
        if after.older or after.lost:
            raise OperatingError(f"{after.older + after.lost} values are not sealed with the new key. Run this again.")
        self.stdout.write(
            f"Sealed anew: {sum(changed.values())} values and {n_files} files. All {after.newest} open with the newest "
            "key. "
            "`paivand vault forget` drops the older keys."
        )

    def _forget(self, owner: BaseDatabaseWrapper) -> None:
        keys = seal_keys()
        if len(keys) == 1:
            self.stdout.write("There is one key and nothing to forget.")
            return
        found = _everything(owner)
        if found.older or found.lost:
            raise OperatingError(
                f"{found.older} values are sealed with an older key and {found.lost} with none of them. Nothing was "
                "forgotten. Run `paivand vault rotate` first."
            )
        if not _in_file():
            self.stdout.write("Nothing needs the older keys any more. Take them out of PAIVAND_VAULT_KEYS and restart.")
            return
        home = Path(settings.HOME)
        vault.write_keys(home, vault.with_newest_seal_only(vault.keys(home)))
        self.stdout.write(
            f"Forgotten: {len(keys) - 1} older keys. Backups made before the key was changed open with them only: keep "
            "a copy of the old keys as long as you keep those backups."
        )

    def _badge(self, owner: BaseDatabaseWrapper) -> None:
        if settings.BADGE_KEY:
            raise OperatingError("The key of badges comes from PAIVAND_BADGE_KEY. Put another one there, and restart.")
        # Of a file that is damaged or gone there is nothing to keep; what it signed stands in the database already.
        with contextlib.suppress(ImproperlyConfigured, OSError):
            keep_public_key(owner)
        key = new_key()
        # Kept before anything is signed with it.
        keep_public_key(owner, key)
        vault.write_badge_key(Path(settings.HOME), key)
        self.stdout.write(
            f"A new key in {Path(settings.HOME) / vault.BADGES} signs badges from now on. The public part of the "
            "former one stays in the database: what it signed can be checked as before. Copy the file to where you "
            "keep its copy."
        )

    def _check(self, owner: BaseDatabaseWrapper) -> None:
        found = census(owner, seal_keys())
        for column, one in found.items():
            self.stdout.write(f"{column}: {one.newest} with the newest key, {one.older} with an older, {one.lost} lost")
        files = census_of_files(Path(settings.HOME), _documents(owner), seal_keys())
        self.stdout.write(f"files: {files.newest} with the newest key, {files.older} with an older, {files.lost} lost")
        if summed(found).lost or files.lost:
            self.stdout.write("Some values open with none of the keys. Bring back the file of keys of this database.")
            sys.exit(1)


def _documents(owner: BaseDatabaseWrapper) -> list[uuid.UUID]:
    """The documents whose files are sealed with the vault's keys too."""
    owner.ensure_connection()
    return live_documents(owner.connection)


def _everything(owner: BaseDatabaseWrapper) -> Census:
    """What each key opens, in the database and in the files of documents together."""
    files = census_of_files(Path(settings.HOME), _documents(owner), seal_keys())
    values = summed(census(owner, seal_keys()))
    return Census(values.newest + files.newest, values.older + files.older, values.lost + files.lost)


def _in_file() -> bool:
    """Whether the keys lie in the installation's folder, where this command may change them."""
    return bool(settings.VAULT_FILE)
