"""The coordinator's board: groups within reach with places, drop-out and completion. It asks no row about a learner."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from paivand.access.models import Agency, User
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.core.rules.whole_numbers import read_whole
from paivand.learning.models import Group
from paivand.learning.queries.groups import groups_within
from paivand.learning.rules.board import Figures, Filters
from paivand.learning.rules.course import Kind
from paivand.learning.rules.courses import courses, kinds
from paivand.learning.rules.states import GROUP_STATE_NAMES, GroupState

PAGE = 25
_SUMS = {
    "places": "capacity", "asking": "n_asking", "enrolled": "n_enrolled", "completed": "n_completed",
    "failed": "n_failed", "left": "n_left",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KindRow:
    """The groups of one kind of courses together; kinds are never added up, least of all the two of field schools."""

    kind: Kind
    n_groups: int
    n_live: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen: only what some group within reach has."""

    states: Sequence[tuple[str, str]]
    courses: Sequence[str]
    districts: Sequence[Place]
    agencies: Sequence[Agency]
    by_state: Mapping[str, int] = field(default_factory=dict)


def board_page(by: User, filters: Filters, *, after: str = "") -> Page[Group]:
    """A page of the groups that fit, the latest first."""
    found = _fitting(by, filters).select_related("agency")
    if after:
        last = read_whole(after)
        if last is None:
            return Page([], None, more=False)
        found = found.filter(number__lt=last)
    return Page.cut(list(found.order_by("-number")[: PAGE + 1]), PAGE, lambda row: str(row.number))


def by_kind(by: User, filters: Filters) -> list[KindRow]:
    """The figures of the groups that fit, for each kind of courses by itself."""
    live = Count("pk", filter=Q(state__in=[GroupState.OPEN, GroupState.RUNNING]))
    sums = {name: Sum(column) for name, column in _SUMS.items()}
    # Places of groups that were cancelled or are only planned are nobody's.
    found = _fitting(by, filters).exclude(state=GroupState.CANCELLED).order_by().values("course")
    declared = courses()
    told: dict[str, tuple[int, int, Figures]] = {}
    rows: Iterable[Mapping[str, Any]] = found.annotate(n=Count("pk"), live=live, **sums)
    for row in rows:
        course = declared.get(row["course"])
        if course is None:
            continue
        n, running, figures = told.get(course.kind.code, (0, 0, Figures()))
        more = Figures(**{name: row[name] or 0 for name in _SUMS})
        told[course.kind.code] = (n + row["n"], running + row["live"], figures + more)
    return [KindRow(kind, *told[code]) for code, kind in kinds().items() if code in told]


def choices(by: User) -> Choices:
    """What the filters offer."""
    rows = list(groups_within(by).order_by().values_list("state", "course", "district_id", "agency_id").distinct())
    there = {state for state, *_rest in rows}
    counted = dict(groups_within(by).order_by().values_list("state").annotate(n=Count("pk")).values_list("state", "n"))
    return Choices(
        states=[(str(key), name) for key, name in GROUP_STATE_NAMES.items() if key in there],
        courses=[code for code in courses() if code in {row[1] for row in rows}],
        districts=list(Place.objects.filter(pk__in={row[2] for row in rows}).order_by("sort_key")),
        agencies=list(Agency.objects.filter(pk__in={row[3] for row in rows if row[3]})),
        by_state=counted,
    )


def _fitting(by: User, filters: Filters) -> QuerySet[Group]:
    narrowed = Q()
    for column, value in (("state", filters.state), ("course", filters.course), ("district_id", filters.district)):
        if value:
            narrowed &= Q((column, value))
    if filters.agency:
        try:
            narrowed &= Q(agency_id=uuid.UUID(filters.agency))
        except ValueError:
            return groups_within(by).none()
    return groups_within(by).filter(narrowed)
