"""``paivand demo``: an installation with invented people, ready to be looked at."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from paivand.collect.actions.forms import publish_shipped_forms
from paivand.operate import population
from paivand.operate.contents import Contents, contents, empty
from paivand.operate.documents import FOLDER
from paivand.operate.mark import mark_demo
from paivand.operate.postgres import OperatingError
from paivand.operate.readiness import reasons_to_migrate
from paivand.operate.serving import become_server, demand_free_port
from paivand.operate.static_files import collect_static

_NOT_OURS = {
    Contents.REAL: "This database holds people who are not the demo's",
    Contents.FOREIGN: "This database holds tables that are not Paivand's",
}


class Command(BaseCommand):
    """Makes the demo ready and serves it."""

    help = "Shows Paivand with invented people: makes the database ready, fills it once, and serves it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="forget what was done in the demo and begin anew")
        parser.add_argument(
            "--families",
            type=int,
            default=population.N_FAMILIES,
            help="how many families to invent at the first start",
        )
        parser.add_argument("--no-server", action="store_true", help="make the demo ready, but do not serve it")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise OperatingError("The demo needs DATABASE_URL: the address of the role that owns the database.")
        if not options["no_server"]:
            demand_free_port(settings.ADDRESS, settings.PORT)
        owner = connections["owner"]
        found = contents(owner)
        if found in _NOT_OURS:
            raise OperatingError(
                f"{_NOT_OURS[found]}, and the demo does not mix with it. Give the demo a database of its own with "
                "DATABASE_URL, or a folder of its own with PAIVAND_HOME."
            )
        if options["reset"] and found is Contents.DEMO:
            self.stdout.write("Removing what the demo holds ...")
            empty(owner)
            shutil.rmtree(Path(settings.HOME) / FOLDER, ignore_errors=True)
        mark_demo(owner)
        reasons = reasons_to_migrate(owner)
        if reasons:
            self.stdout.write(f"Making the database ready ({reasons[0]}) ...")
            call_command("migrate", interactive=False, verbosity=0)
        else:
            publish_shipped_forms()
        if population.absent():
            n_families = options["families"]
            population.load(progress=population.bar(n_families), n_families=n_families)
        collect_static()
        if options["no_server"]:
            self.stdout.write("The demo is ready.")
        else:
            become_server()
