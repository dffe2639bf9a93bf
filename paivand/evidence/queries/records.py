"""The records behind a figure, for who may see them; and how many there are, for who may not.

Which steps count is asked as the role of figures, which tells keys and days. What is shown of them goes through the
policies of the journey like any page: a figure opens no file that was closed to its reader. Coded steps are not among
them, not for those either who may see them in their own room.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import QuerySet

from paivand.access.models import User
from paivand.evidence.queries.figures import runner
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Indicator, Source
from paivand.evidence.rules.reading import age_sets
from paivand.evidence.rules.statements import steps_behind
from paivand.registry.models import JourneyStep

ON_A_PAGE = 50
AT_ONCE = 500
"""Keys that are looked up together."""
MOST_LOOKED_UP = 20_000
"""So many keys are looked through for a page, and counted; with more, how many may be seen is not told."""

Place = tuple[date, uuid.UUID]
"""The day and the key of the last record of a page: the next page begins behind it."""


@dataclass(frozen=True)
class Records:
    """A page of the steps behind a figure, the latest first.

    Attributes:
        n_all: how many steps there are, plain ones.
        n_seen: how many of them the reader may see; None where they are too many to be looked through.
        next: where the next page begins; None at the end.
    """

    rows: tuple[JourneyStep, ...]
    n_all: int
    n_seen: int | None
    next: Place | None


def records(by: User, indicator: Indicator, ask: Ask, after: Place | None = None) -> Records:
    """The steps that an indicator counts, as far as ``by`` may see them. Groups and entries of reach have pages."""
    if indicator.source is not Source.JOURNEY:
        return Records((), 0, 0, None)
    dialect, run = runner([indicator], ask)
    counted = steps_behind(indicator, ask, dialect=dialect, ages=age_sets())
    ((n_all,),) = run(_inside(counted, "select count(*) from counted"))
    n_seen = None
    if n_all <= MOST_LOOKED_UP:
        keys = [step for (step,) in run(_inside(counted, "select step from counted"))]
        n_seen = sum(_seen(by, keys[low : low + AT_ONCE]).count() for low in range(0, len(keys), AT_ONCE))
    found: list[uuid.UUID] = []
    place, looked_up, more = after, 0, True
    while more and len(found) <= ON_A_PAGE and looked_up < MOST_LOOKED_UP:
        some = list(run(_inside(counted, _page(place))))
        more, looked_up = len(some) == AT_ONCE, looked_up + len(some)
        visible = set(_seen(by, [step for step, _day in some]).values_list("pk", flat=True))
        found += [step for step, _day in some if step in visible]
        place = (some[-1][1], some[-1][0]) if some else place
    rows = {row.pk: row for row in _seen(by, found[:ON_A_PAGE]).select_related("place", "provider", "agency")}
    shown = tuple(rows[key] for key in found[:ON_A_PAGE] if key in rows)
    if len(found) > ON_A_PAGE and shown:
        return Records(shown, int(n_all), n_seen, (shown[-1].happened_on, shown[-1].pk))
    # Enough was looked through for one page, and nothing more was found that may be seen: go on from there.
    return Records(shown, int(n_all), n_seen, place if more else None)


def _seen(by: User, keys: Sequence[uuid.UUID]) -> QuerySet[JourneyStep]:
    return cast(QuerySet[JourneyStep], JourneyStep.objects.seen_by(by).filter(pk__in=keys, pseudonym=""))


def _inside(counted: str, ending: str) -> str:
    """``ending`` over what the statement gives."""
    return f"with counted as ({counted})\n{ending}"


def _page(after: Place | None) -> str:
    behind = ""
    if after:
        day, key = f"date '{after[0].isoformat()}'", f"cast('{after[1]}' as uuid)"
        behind = f" where happened_on < {day} or (happened_on = {day} and step < {key})"
    return f"select step, happened_on from counted{behind} order by happened_on desc, step desc limit {AT_ONCE}"
