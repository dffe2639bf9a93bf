"""``paivand worker``: does the work in the background, in a process of its own."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from paivand.operate.background import run_worker


class Command(BaseCommand):
    """Takes jobs out of the queue until it is ended."""

    help = (
        "Works on lists in the background until SIGTERM or Ctrl-C. `serve` and `demo` run one beside them already: "
        "more are for large sites, or for another machine."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when no job is left")

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(wait=not options["once"])
