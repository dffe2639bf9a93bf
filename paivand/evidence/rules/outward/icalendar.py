"""A calendar of what is due (RFC 5545): milestones of a programme and the days on which reports are awaited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from paivand.core.rules.texts import text
from paivand.evidence.rules.outward.cells import Say

_LINE = 75
"""The most octets of a line without its break."""
NARRATIVE, FINANCIAL = text("Narrative report for %(year)d"), text("Financial report for %(year)d")


@dataclass(frozen=True)
class Due:
    """Something that is due on a day.

    Attributes:
        id: stays the same in every later calendar, so that a calendar program changes its entry instead of adding one.
        reached: whether it is done. ``remind``: how many days before its day it is called to mind; 0: never.
    """

    id: str
    on: date
    title: str
    about: str = ""
    category: str = ""
    reached: bool = False
    remind: int = 0


def report_days(
    first: date, last: date, narrative: tuple[int, int], financial: tuple[int, int], say: Say = str
) -> list[Due]:
    """When the reports of each year of a programme are awaited: month and day in the year after it."""
    found = []
    for year in range(first.year, last.year + 1):
        for code, title, (month, day) in (("narrative", NARRATIVE, narrative), ("financial", FINANCIAL, financial)):
            found.append(
                Due(
                    f"{code}-{year}", date(year + 1, month, day), say(title) % {"year": year},
                    category=say(text("Report")), remind=30,
                )
            )  # fmt: skip
    return found


def calendar(name: str, due: Iterable[Due], made_at: datetime, *, language: str = "en", host: str = "paivand") -> bytes:
    """The calendar file, an all-day entry for each day, lines folded and texts escaped."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Paivand//Results//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for one in due:
        lines += _event(one, stamp, language, host)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def _event(told: Due, stamp: str, language: str, host: str) -> Sequence[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escaped(told.id)}@{host}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{told.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{told.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY;LANGUAGE={language}:{escaped(told.title)}",
        "TRANSP:TRANSPARENT",
    ]
    if told.about:
        lines.append(f"DESCRIPTION;LANGUAGE={language}:{escaped(told.about)}")
    if told.category:
        lines.append(f"CATEGORIES:{escaped(told.category)}")
    if told.remind and not told.reached:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(told.title)}",
            f"TRIGGER:-P{told.remind}D",
            "END:VALARM",
        ]
    lines.append("END:VEVENT")
    return lines


def escaped(words: str) -> str:
    """A text value: backslash, semicolon, comma and line breaks escaped, other control characters left out.

    >>> escaped("a,b;c\\\\d\\r\\ne\\x07")
    'a\\\\,b\\\\;c\\\\\\\\d\\\\ne'
    """
    plain = words.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode()
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return "".join(one for one in plain.replace("\n", "\\n") if one == "\t" or (one >= " " and one != "\x7f"))


def folded(line: str) -> str:
    """A line cut into pieces of at most 75 octets, no letter cut in two; each further piece begins with a space.

    >>> [len(piece.encode()) for piece in folded("ӣ" * 60).split("\\r\\n")]
    [74, 47]
    """
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece += letter
        size += octets
    return "\r\n".join([*pieces, piece])
