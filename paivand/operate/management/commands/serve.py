"""``paivand serve``: real use. Starts only when nothing is missing or weak."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from paivand.collect.actions.forms import publish_shipped_forms
from paivand.operate.badges import keep_public_key
from paivand.operate.postgres import OperatingError
from paivand.operate.readiness import State, database_report
from paivand.operate.serving import become_server, demand_free_port
from paivand.operate.static_files import collect_static


class Command(BaseCommand):
    """Serves with several worker processes. The settings were looked at before, when the command began."""

    help = "Serves Paivand for real use. SIGTERM ends it after the running requests; SIGHUP gives fresh workers."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        failed = [finding for finding in database_report() if finding.state is State.FAIL]
        if failed:
            lines = "\n".join(f"  - {finding.subject}: {finding.text}" for finding in failed)
            raise OperatingError(f"Paivand does not start with this database:\n{lines}")
        demand_free_port(settings.ADDRESS, settings.PORT)
        if "owner" in settings.DATABASES:
            keep_public_key(connections["owner"])
        publish_shipped_forms()
        collect_static()
        become_server()
