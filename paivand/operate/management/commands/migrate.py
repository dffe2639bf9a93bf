"""Migrate, then rebuild the second wall: the application's role, its grants and the row-security policies."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections

from paivand.access.models.walls import build_wall
from paivand.collect.actions.forms import publish_shipped_forms
from paivand.operate.badges import keep_public_key
from paivand.operate.places import write_places
from paivand.operate.rendering import rendered_alone
from paivand.operate.roles import ensure_application_role, ensure_facts_role


class Command(migrate.Command):
    """``paivand migrate``: always as the owner of the database."""

    help = "Brings the database up to date: tables, the application's role, and row security."

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """The checks ask the owner's connection too: on a first start there is no application's role to sign in as."""
        databases = ["owner"] if "owner" in settings.DATABASES else []
        return {**super().get_check_kwargs(options), "databases": databases}

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            self.stderr.write("migrate needs DATABASE_URL: the address of the role that owns the database.")
            raise SystemExit(2)
        whole = not options["app_label"]
        options["database"] = "owner"
        with rendered_alone():
            super().handle(*args, **options)
        if whole and not options["check_unapplied"] and not options["plan"]:
            call_command("createcachetable", database="owner", verbosity=0)
            write_places("owner")
            role = ensure_application_role(os.environ["DATABASE_URL"], os.environ["PAIVAND_APP_DATABASE_URL"])
            ensure_facts_role(os.environ["DATABASE_URL"], role)
            build_wall(connections["owner"], role)
            keep_public_key(connections["owner"])
            publish_shipped_forms()
            if options["verbosity"]:
                self.stdout.write(f"The wall stands: row security for the role {role}.")
