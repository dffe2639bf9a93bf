"""``paivand backup``: one verified file with everything the database holds, and the files of documents."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from paivand.operate.backups import make_backup
from paivand.operate.postgres import OperatingError


class Command(BaseCommand):
    """Makes a backup while people go on working."""

    help = "Writes the whole database into one file, reads it back and compares."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="where to; a dated file in PAIVAND_HOME/backups if unsaid"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if "DATABASE_URL" not in os.environ:
            raise OperatingError("A backup needs DATABASE_URL: the address of the role that owns the database.")
        path, manifest = make_backup(os.environ["DATABASE_URL"], Path(settings.HOME), options["file"])
        size = path.stat().st_size / 1_000_000
        self.stdout.write(
            f"Backup {path} ({size:.1f} MB): {len(manifest.tables)} tables, {manifest.n_rows} rows and "
            f"{len(manifest.documents)} documents, read back and found complete. It holds personal data: "
            "keep it where only its keepers can read it, and a copy elsewhere."
        )
