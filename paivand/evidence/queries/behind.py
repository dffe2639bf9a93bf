"""The records behind a figure, as far as somebody may see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from paivand.access.models import User
from paivand.access.models.identity import reading_facts
from paivand.evidence.queries.live import relations
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.behind import Place, coded_behind, steps_behind
from paivand.evidence.rules.indicators import Indicator
from paivand.registry.models import FamilyMember, JourneyStep

PAGE, MOST = 50, 2000
"""Steps on a page, and up to how many are counted one by one."""


@dataclass(frozen=True)
class Row:
    """One step that one may see, with the code of the family's file; empty for somebody outside any file."""

    step: JourneyStep
    family: str


@dataclass(frozen=True)
class Records:
    """A page of the steps behind a figure.

    Attributes:
        total: how many name somebody; None for more than ``most``.
        seen: how many of these one may see.
        coded: whether steps that name nobody are counted too.
        after: where the next page begins; ``more`` whether there is one.
    """

    rows: Sequence[Row]
    total: int | None
    seen: int
    coded: bool
    most: int
    after: str
    more: bool


def records_behind(by: User, indicator: Indicator, ask: Ask, after: str = "") -> Records:
    """A page of steps, the latest first. What lies outside one's reach is counted and not listed."""
    first = _run(steps_behind(indicator, ask, limit=MOST + 1), ask.as_of)
    coded = bool(_run(coded_behind(indicator, ask), ask.as_of))
    seen = _within_reach(by, first[:MOST])
    place = read_place(after)
    left = seen
    if place is not None:
        left = _within_reach(by, _run(steps_behind(indicator, ask, limit=MOST, after=place), ask.as_of))
    page = left[:PAGE]
    steps = JourneyStep.objects.seen_by(by).filter(pk__in=[step for step, _on in page]).select_related("place")
    rows = list(steps.order_by("-happened_on", "-id"))
    families = _families(by, [row.person_id for row in rows if row.person_id])
    return Records(
        rows=[Row(row, families.get(row.person_id, "")) for row in rows],
        total=len(first) if len(first) <= MOST else None,
        seen=len(seen),
        coded=coded,
        most=MOST,
        after=f"{page[-1][1].isoformat()}~{page[-1][0]}" if page else "",
        more=len(left) > PAGE,
    )


def _within_reach(by: User, found: Sequence[tuple[str, date]]) -> list[tuple[str, date]]:
    """Those of the steps that one may see, in their order; none of the sealed room, whoever asks."""
    own = JourneyStep.objects.seen_by(by).filter(pseudonym="", pk__in=[step for step, _on in found])
    seen = {str(key) for key in own.values_list("pk", flat=True)}
    return [(step, on) for step, on in found if step in seen]


def read_place(after: str) -> Place | None:
    """Where a page ended, as an address says it; None for what is no such place.

    >>> read_place("2026-01-31~01970000-0000-7000-8000-000000000001")
    ('2026-01-31', '01970000-0000-7000-8000-000000000001')
    >>> read_place("2026-01-31~' or 1=1")
    """
    day, _tilde, step = after.partition("~")
    try:
        return date.fromisoformat(day).isoformat(), str(uuid.UUID(step))
    except ValueError:
        return None


def _families(by: User, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The code of the file to which each person belongs, the present one first."""
    rows = FamilyMember.objects.seen_by(by).filter(person_id__in=people).select_related("family")
    found: dict[uuid.UUID, str] = {}
    for row in sorted(rows, key=lambda row: (row.until_on is not None, -row.from_on.toordinal() if row.from_on else 0)):
        found.setdefault(row.person_id, str(row.family.code))
    return found


def _run(statement: str, as_of: datetime | None) -> list[tuple[str, date]]:
    """The rows of a statement over the live relations, read as the role that knows no names."""
    with reading_facts(), connection.cursor() as cursor:
        # Both parts are written by the program; what an address asks for was read as days and keys before.
        cursor.execute(f"with recursive {relations(as_of)}\n{statement}")
        return list(cursor.fetchall())
