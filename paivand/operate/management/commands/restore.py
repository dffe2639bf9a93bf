"""``paivand restore``: bring a backup back, all of it or nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from paivand.operate.backups import restore_backup
from paivand.operate.contents import Contents, contents
from paivand.operate.mark import mark_demo
from paivand.operate.postgres import OperatingError, database_name


class Command(BaseCommand):
    """Restores into an empty database, or replaces what is there after asking."""

    help = "Restores a file that `paivand backup` wrote, compares every table with it and rebuilds row security."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="remove what the database holds now")
        parser.add_argument("--yes", action="store_true", help="with --replace: do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            raise OperatingError("A restore needs DATABASE_URL: the address of the role that owns the database.")
        owner = connections["owner"]
        if contents(owner) is not Contents.NOTHING:
            self._demand_consent(database_name(url), replace=options["replace"], asked=options["yes"])
        for connection in connections.all():
            connection.close()
        manifest = restore_backup(url, options["file"], Path(settings.HOME))
        self.stdout.write(
            f"Restored the backup of {manifest.created_at}: {len(manifest.tables)} tables and {manifest.n_rows} rows "
            f"agree with it in number and content, and so do {len(manifest.documents)} documents."
        )
        mark_demo(owner, demo=manifest.demo)
        call_command("migrate", interactive=False, verbosity=0)
        with owner.cursor() as cursor:
            cursor.execute("analyze")
        self.stdout.write("Row security stands again. Everybody has to sign in anew.")

    def _demand_consent(self, name: str, *, replace: bool, asked: bool) -> None:
        if not replace:
            raise OperatingError(
                f"The database {name} is not empty. Restore into an empty one, or add --replace to empty it first."
            )
        if asked:
            return
        self.stdout.write(f"Everything in the database {name} will be removed. Type its name to go on:")
        try:
            typed = input().strip()
        except EOFError:
            typed = ""
        if typed != name:
            raise OperatingError("The name was not typed. Nothing was changed.")
