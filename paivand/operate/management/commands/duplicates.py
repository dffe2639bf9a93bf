"""``paivand duplicates``: look for records that may be one person, for example every night."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.core.models import Place
from paivand.operate.postgres import OperatingError
from paivand.registry.actions.duplicates import find_pairs
from paivand.registry.queries.duplicates import review_districts


class Command(BaseCommand):
    """Finds pairs with the reach of one user and lists them for review; nothing is merged."""

    help = "Looks for records that may be one person, and lists the pairs for review."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("find",), help="what to do")
        parser.add_argument("--as", dest="username", required=True, help="the supervisor with whose reach it looks")
        parser.add_argument("--district", help="the code of one district; without it all districts within that reach")
        parser.add_argument("--days", type=int, help="only people whose record changed in the last DAYS days")

    def handle(self, *args: Any, **options: Any) -> None:
        with for_purpose("sign-in"):
            user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise OperatingError(f"There is no active user {options['username']}.")
        since = timezone.now() - timedelta(days=options["days"]) if options["days"] else None
        with acting_as(user):
            districts = [place for place in review_districts(user) if options["district"] in (None, place.pk)]
        if not districts:
            raise OperatingError(f"{options['username']} reviews duplicates in no such district.")
        with translation.override("en"):
            for district in districts:
                people, pairs = _look(user, district, since)
                self.stdout.write(f"{district.name_en}: looked at {people:,} people, {pairs:,} new pairs.")


def _look(user: User, district: Place, since: datetime | None) -> tuple[int, int]:
    """Look through a district, a transaction for each batch, so that a killed run keeps what it found."""
    after: uuid.UUID | None = None
    people = pairs = 0
    while True:
        with acting_as(user):
            found = find_pairs(scope=placement(user, district.pk), after=after, since=since, by=user)
        people, pairs, after = people + found.looked_for, pairs + found.pairs, found.after
        if after is None:
            return people, pairs
