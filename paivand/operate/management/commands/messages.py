"""``paivand messages``: the texts of the program and their translations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from paivand.operate.catalogues import catalogue_path, compile_catalogue, defects, updated, written
from paivand.operate.extraction import messages_in


class Command(BaseCommand):
    """Updates the catalogues; with ``--check`` says what is stale or missing; with ``--compile`` makes them usable."""

    help = "Brings the catalogues in paivand/locale in line with the texts of the program."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if anything is stale or missing")
        parser.add_argument("--compile", action="store_true", help="compile the catalogues for the program")

    def handle(self, *args: Any, **options: Any) -> None:
        locale = Path(settings.LOCALE_PATHS[0])
        paths = {language: catalogue_path(locale, language) for language, _name in settings.LANGUAGES}
        if options["compile"]:
            done = [language for language, path in paths.items() if path.exists() and compile_catalogue(path)]
            self.stdout.write(f"Compiled: {', '.join(done) or 'nothing has changed'}.")
            return
        messages = list(messages_in(settings.BASE_DIR))
        faults = []
        for language, path in paths.items():
            catalogue = updated(path, language, messages)
            fresh = written(catalogue)
            stale = not path.exists() or path.read_text(encoding="utf-8") != fresh
            missing = list(defects(catalogue, language))
            faults += missing
            if options["check"] and stale:
                faults.append(f"{language}: {path} is not in line with the program. Run `paivand messages`.")
            elif stale:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(fresh, encoding="utf-8")
            if not options["check"]:
                self.stdout.write(f"{language}: {len(catalogue)} texts, {len(missing)} to translate or look at")
        if options["check"]:
            self._report(faults)

    def _report(self, faults: list[str]) -> None:
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            sys.exit(1)
        self.stdout.write("The catalogues are complete and in line with the program.")
