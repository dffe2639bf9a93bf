"""The minutes of a signed list, read for the screen and for paper: by codes of families, never by names."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from paivand.access.models import User
from paivand.cases.models import SelectionMinutes
from paivand.cases.queries.selection import files
from paivand.cases.rules.selection import Outcome
from paivand.cases.rules.selection_codes import reason_title, title
from paivand.core.models import Place

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """One family as it was signed; ``code`` is empty where its file lies beyond the reach of who reads."""

    code: str
    rank: int | None
    severity: str
    outcome: Outcome | None
    reason: str
    referred_to: str
    n_aside: int


@dataclass(frozen=True)
class MinutesPart:
    """The families of one jamoat, selected first, then in the order of need."""

    jamoat: Place
    quota: int
    lines: list[MinutesLine]


_FIRST = {outcome.value: number for number, outcome in enumerate(Outcome)}


def minutes_lines(by: User, minutes: SelectionMinutes) -> list[MinutesPart]:
    """The signed list, jamoat by jamoat."""
    content: Mapping[str, Any] = minutes.content
    rows = content["families"]
    codes: dict[str, str] = {}
    keys = [uuid.UUID(row[0]) for row in rows]
    for start in range(0, len(keys), AT_ONCE):
        codes |= {str(pk): family.code for pk, family in files(by, keys[start : start + AT_ONCE]).items()}
    places = {place.pk: place for place in Place.objects.jamoats().filter(pk__in=list(content["places"]))}
    found = []
    for jamoat, quota in content["places"].items():
        own = [row for row in rows if row[1] == jamoat]
        own.sort(key=lambda row: (_FIRST.get(row[6], len(_FIRST)), row[3] or 0, row[0]))
        found.append(MinutesPart(places[jamoat], quota, [_line(row, codes.get(row[0], "")) for row in own]))
    return sorted(found, key=lambda part: part.jamoat.sort_key)


def _line(row: list[Any], code: str) -> MinutesLine:
    language = get_language() or "en"
    outcome = Outcome(row[6]) if row[6] else None
    return MinutesLine(
        code, row[3], row[4], outcome, reason_title(row[6], row[7], language) if outcome else "",
        title("elsewhere", row[9], language) if row[9] else "", len(row[10]),
    )  # fmt: skip
