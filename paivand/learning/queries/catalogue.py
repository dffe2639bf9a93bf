"""The open groups of the catalogue: where a place is left, or will be."""

from __future__ import annotations

from collections.abc import Mapping

from paivand.access.models import User
from paivand.learning.models import Group
from paivand.learning.rules.states import TAKES_IN

MOST = 300
"""Groups that the catalogue reads at once; whoever has more open groups finds them by course."""


def open_groups(by: User, course: str = "") -> list[Group]:
    """Groups that take people in, wherever they lie, the first to begin before; of one course where it is named."""
    found = Group.objects.seen_by(by).filter(state__in=list(TAKES_IN)).select_related("place", "district", "agency")
    if course:
        found = found.filter(course=course)
    return sorted(found.order_by("-number")[:MOST], key=lambda row: (row.starts_on, row.number))


def open_groups_by_course(by: User) -> Mapping[str, list[Group]]:
    """The same for every course, by its code."""
    found: dict[str, list[Group]] = {}
    for group in open_groups(by):
        found.setdefault(group.course, []).append(group)
    return found
