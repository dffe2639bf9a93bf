"""``paivand places``: the places that are known, and their outlines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from paivand.core.models import Place
from paivand.operate.boundaries import keep_boundaries, read_boundaries
from paivand.operate.postgres import OperatingError

LEVELS = ("region", "district", "jamoat")


class Command(BaseCommand):
    """Lists places, or imports their outlines."""

    help = "Lists places with their codes, or imports outlines of places from a GeoJSON file."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("list", "import-boundaries"), help="what to do")
        parser.add_argument("file", nargs="?", type=Path, help="the GeoJSON file with the outlines, in WGS 84")
        parser.add_argument("--level", choices=LEVELS, default="district", help="which places (%(default)s)")
        parser.add_argument("--source", default="", help="where the outlines come from; shown below the map")
        parser.add_argument("--licence", default="", help="under which licence; shown below the map")
        parser.add_argument("--check", action="store_true", help="only say what fits, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "list":
            self._list(options["level"])
        else:
            self._import(options)

    def _list(self, level: str) -> None:
        places = Place.objects.filter(level=level).prefetch_related("codes").select_related("boundary")
        for place in places.defer("boundary__geometry", "boundary__drawing").order_by("pk"):
            codes = ", ".join(code.code for code in place.codes.all() if code.code != place.pk)
            outlined = "outline" if hasattr(place, "boundary") else "-"
            line = f"{place.pk:<12} {place.name_en:<40} {place.name_tg:<40} {outlined:<8} {codes}"
            self.stdout.write(line.rstrip())

    def _import(self, options: dict[str, Any]) -> None:
        if options["file"] is None:
            raise OperatingError("Name the file: paivand places import-boundaries FILE.geojson")
        if "owner" not in settings.DATABASES:
            raise OperatingError(
                "Outlines are written with DATABASE_URL: the address of the role that owns the database."
            )
        source, licence = options["source"].strip(), options["licence"].strip()
        if not options["check"] and not (source and licence):
            raise OperatingError(
                "Say with --source where the outlines come from, and with --licence how they may be used."
            )
        report = read_boundaries(options["file"], level=options["level"], using="owner")
        for line in report.lines():
            self.stdout.write(line)
        if not report.matches:
            raise OperatingError("Nothing in this file fits a place, so nothing was kept.")
        if options["check"]:
            self.stdout.write("Nothing was kept: this was a check.")
            return
        replaced = keep_boundaries(report, source=source, licence=licence, using="owner")
        self.stdout.write(f"Kept {len(report.matches)} outlines, {replaced} of them in place of older ones.")
