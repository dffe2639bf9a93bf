"""``paivand check``: is this installation ready for real use?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from paivand.operate.readiness import State, full_report


class Command(BaseCommand):
    """Prints a line for each finding; exit code 1 if anything is not ready."""

    help = "Reports whether everything is ready for real use: settings, database, row security, backups, disk."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for finding in full_report():
            failed += finding.state is State.FAIL
            style = {State.OK: self.style.SUCCESS, State.WARN: self.style.WARNING, State.FAIL: self.style.ERROR}
            self.stdout.write(style[finding.state](str(finding)))
        if failed:
            self.stdout.write(f"Not ready: {failed} findings to put right.")
            sys.exit(1)
        self.stdout.write("Ready.")
