"""``paivand snapshot``: write the facts that figures are computed from into files, or what came since."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from paivand.evidence.actions.snapshots import NoRoomError, refresh_snapshot
from paivand.evidence.queries.counting import folder
from paivand.evidence.queries.snapshots import current_snapshot
from paivand.operate.postgres import OperatingError


class Command(BaseCommand):
    """Needs the application's rights only; people may go on working and reading meanwhile."""

    help = "Writes the facts for figures into files, or what came since the last time."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="write everything anew")
        parser.add_argument("--show", action="store_true", help="only say what there is")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["show"]:
            found = current_snapshot()
            if found is None:
                self.stdout.write(f"There is no snapshot in {folder()} that can be read.")
                return
            self.stdout.write(
                f"{found.n_steps:,} steps before {found.until:%Y-%m-%d %H:%M:%S} UTC in {len(found.pieces)} files, "
                f"{found.size / 1e6:.1f} MB, in {folder()}."
            )
            return
        with tqdm(unit=" steps", unit_scale=True, disable=not sys.stderr.isatty()) as bar:
            try:
                done = refresh_snapshot(rebuild=options["rebuild"], tell=bar.update)
            except NoRoomError as error:
                raise OperatingError(str(error)) from error
        if done is None:
            self.stdout.write("Another process is writing the snapshot at this moment.")
            return
        why = f", everything because {_because(done.rebuilt)}" if done.rebuilt else ""
        self.stdout.write(
            f"Wrote {done.n_written:,} steps in {done.seconds:.1f} seconds{why}; {done.snapshot.n_steps:,} steps and "
            f"{sum(one.rows for one in done.snapshot.people):,} people in {done.snapshot.size / 1e6:.1f} MB."
        )


def _because(why: str) -> str:
    return "it was asked for" if why == "asked for" else why
