"""``paivand results``: the results table, as one user sees it, for the terminal or as a file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.evidence.actions.exports import export_results
from paivand.evidence.queries.outward import made
from paivand.evidence.queries.outward.gathering import results
from paivand.evidence.rules.indicators import Dimension
from paivand.evidence.rules.outward.results import results_table
from paivand.evidence.rules.outward.wanted import Format, Wanted
from paivand.operate.postgres import OperatingError

FORMATS = {"json": Format.JSON, "csv": Format.TABLE, "xlsx": Format.WORKBOOK}
LANGUAGES = ("tg", "ru", "en", "fa")


class Command(BaseCommand):
    """Prints results, counted from single records at this moment and protected where they are small."""

    help = "Prints the results table, counted now from single records and protected where figures are small."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", default="", help="2026, 2026-Q3, 2026-11, or two days 2026-01-01..2026-06-30")
        parser.add_argument("--by", default="", help=f"parts, at most two: {', '.join(Dimension)}")
        parser.add_argument("--as-of", dest="as_of", default="", help="what was known at the end of this day")
        parser.add_argument("--format", choices=("table", *FORMATS), default="table", help="table unless told")
        parser.add_argument("--programme", default="", help="the code of one programme; all without it")
        parser.add_argument("--language", choices=LANGUAGES, default="en", help="the language of the words")
        parser.add_argument("--to", type=Path, help="write into this file instead of the terminal")
        parser.add_argument(
            "--as", dest="username", default="", help="as this user sees them; else somebody who exports"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = period(options["period"])
        wanted = Wanted(
            format=FORMATS.get(options["format"], Format.TABLE), programme=options["programme"].upper(), first=first,
            last=last, by=dimensions(options["by"]), language=options["language"], as_of=moment(options["as_of"]),
        )  # fmt: skip
        user = _reader(options["username"])
        with acting_as(user), translation.override(wanted.language):
            try:
                content = self._content(user, wanted, as_table=options["format"] == "table")
            except Refused as refused:
                raise OperatingError(str(refused.message)) from None
        if options["to"]:
            options["to"].write_bytes(content)
            self.stderr.write(f"Written: {options['to']}")
        elif options["format"] == "xlsx":
            raise OperatingError("A workbook is no text for a terminal. Say where it goes: --to results.xlsx")
        else:
            self.stdout.write(content.decode(), ending="")

    def _content(self, user: User, wanted: Wanted, *, as_table: bool) -> bytes:
        if not as_table:
            file = export_results(wanted=wanted, made=made(user, wanted), by=user)
            left = file.left_out
            content = file.content
        else:
            with timezone.override(timezone.get_default_timezone()):
                told, missing = results(user, wanted)
            left, content = tuple(missing), results_table(told, _).encode()
        for one in left:
            self.stderr.write(f"{one.what}: {_(one.why)}")
        return content


def period(told: str) -> tuple[date | None, date | None]:
    """The first and the last day of a period, both included.

    >>> period("2026-Q3"), period("2026-02")[1], period("")
    ((datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)), datetime.date(2026, 2, 28), (None, None))

    Raises:
        OperatingError: for what is no period.
    """
    if not told:
        return None, None
    try:
        if ".." in told:
            first, last = (date.fromisoformat(day) if day else None for day in told.split("..", 1))
        elif "-Q" in told:
            year, quarter = told.split("-Q")
            first, last = _months(int(year), 3 * int(quarter) - 2, 3)
        elif "-" in told:
            year, month = told.split("-")
            first, last = _months(int(year), int(month), 1)
        else:
            first, last = _months(int(told), 1, 12)
    except ValueError:
        raise OperatingError(
            f"{told!r} is no period. Write 2026, 2026-Q3, 2026-11, or two days 2026-01-01..2026-06-30."
        ) from None
    if first and last and first > last:
        raise OperatingError(f"The period {told} ends before it begins.")
    return first, last


def _months(year: int, month: int, n: int) -> tuple[date, date]:
    after = year * 12 + month - 1 + n
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def dimensions(told: str) -> tuple[Dimension, ...]:
    """The parts that were asked for.

    Raises:
        OperatingError: for an unknown one, or more than two.
    """
    names = [name.strip() for name in told.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Dimension)]
    if unknown:
        raise OperatingError(f"There is no part {unknown[0]!r}. There are: {', '.join(Dimension)}.")
    if len(names) > 2:
        raise OperatingError("Figures are parted by two dimensions at most: more of them would show single people.")
    return tuple(Dimension(name) for name in dict.fromkeys(names))


def moment(told: str) -> datetime | None:
    """The end of the day that was named.

    Raises:
        OperatingError: for what is no day, or a day to come.
    """
    if not told:
        return None
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise OperatingError(f"{told!r} is no day. Write it as in 2026-11-01.") from None
    if day > timezone.localdate():
        raise OperatingError(f"{told} is still to come.")
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


def _reader(username: str) -> User:
    """Who reads: the one who was named, or the first who may export results of the whole programme."""
    with for_purpose("sign-in"):
        users = list(User.objects.filter(is_active=True).order_by("username"))
    if username:
        users = [user for user in users if user.username == username]
        if not users:
            raise OperatingError(f"There is no active user {username}.")
    for user in users:
        with acting_as(user):
            needed = Verb.RESULTS_VIEW if username else Verb.RESULTS_EXPORT
            if needed in user.verbs and (username or user.reach(needed).everywhere):
                return user
    if username:
        raise OperatingError(f"{username} sees no results.")
    raise OperatingError("Nobody may export results of the whole programme yet. Name a user: --as USERNAME")
