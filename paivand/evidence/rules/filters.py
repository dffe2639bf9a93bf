"""What the address of a page of results asks for: a period, a day as of which, a place, a sex."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from paivand.evidence.rules.asking import Ask, Period

LONGEST = 40
"""Characters of one word of an address."""


@dataclass(frozen=True)
class Filters:
    """What was asked; whatever cannot be read is left out and told in ``unread``.

    Attributes:
        first, last: the period, both days included.
        as_of: the figures as they were known at the end of this day.
        place: the code of a region, district or jamoat; ``sex`` female or male.
    """

    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    place: str = ""
    sex: str = ""
    indicator: str = ""
    tiles: bool = False
    unread: tuple[str, ...] = ()

    @property
    def chosen_figures(self) -> bool:
        """Whether the figures are not those of everything, as known now."""
        return bool(self.first or self.last or self.as_of)

    def address(self) -> dict[str, str]:
        """The period and the day of knowledge as an address says them, for ways to other pages."""
        asked = {"from": self.first, "to": self.last, "as_of": self.as_of}
        return {name: day.isoformat() for name, day in asked.items() if day}

    def ask(self, zone: tzinfo = UTC) -> Ask:
        """The question; the day of ``as_of`` ends in ``zone``."""
        return Ask(Period(self.first, self.last), as_of=end_of(self.as_of, zone) if self.as_of else None)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)


def filters(query: Mapping[str, str]) -> Filters:
    """What an address asks for.

    >>> read = filters({"from": "2022-01-01", "sex": "female", "to": "soon"})
    >>> read.first, read.last, read.sex, read.unread
    (datetime.date(2022, 1, 1), None, 'female', ('to',))
    """
    found: dict[str, date | None] = {}
    unread: list[str] = []
    for name in ("from", "to", "as_of"):
        written = query.get(name, "").strip()
        found[name] = _day(written)
        if written and found[name] is None:
            unread.append(name)
    sex = query.get("sex", "")
    read = Filters(
        first=found["from"],
        last=found["to"],
        as_of=found["as_of"],
        place=query.get("place", "")[:LONGEST],
        sex=sex if sex in {"female", "male"} else "",
        indicator=query.get("indicator", "")[:LONGEST],
        tiles=query.get("map") == "tiles",
        unread=tuple(unread),
    )
    if read.first and read.last and read.last < read.first:
        return replace(read, last=None, unread=(*unread, "to"))
    return read


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def months_between(first: str, last: str) -> list[str]:
    """Every month from one to another, as YYYY-MM, so that a picture of time leaves no gap out.

    >>> months_between("2022-11", "2023-02")
    ['2022-11', '2022-12', '2023-01', '2023-02']
    """
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    end = int(last[:4]) * 12 + int(last[5:]) - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(start, end + 1)]


def month_before(day: date) -> date:
    """The last day of the month before that of ``day``.

    >>> month_before(date(2026, 3, 9))
    datetime.date(2026, 2, 28)
    """
    return day.replace(day=1) - timedelta(days=1)


def place_after(written: str) -> tuple[date, uuid.UUID] | None:
    """Where a page of records ended, as an address says it: a day and a key; None for what is no such place.

    >>> place_after("2026-01-31~01970000-0000-7000-8000-000000000001")
    (datetime.date(2026, 1, 31), UUID('01970000-0000-7000-8000-000000000001'))
    >>> place_after("2026-01-31~' or 1=1")
    """
    day, _tilde, key = written.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(key)
    except ValueError:
        return None
