"""The list of cases: filtered, what is due first, page by page, without a count."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import F, Q, QuerySet

from paivand.access.models import User
from paivand.cases.models import Case
from paivand.cases.rules.cases import CaseState
from paivand.cases.rules.lists import Filters, Order, Whose
from paivand.core.rules.pages import Page
from paivand.core.rules.whole_numbers import read_whole

PAGE = 25


def cases(by: User, filters: Filters, *, now: datetime, after: str = "") -> Page[Case]:
    """A page of the cases that fit: what is due soonest first, or the newest first.

    Pages go on from a key; every condition is an equality or a range on a plain column.
    """
    found = _fitting(by, filters, now).select_related("owner")
    if filters.order is Order.NEW:
        newest = read_whole(after)
        if newest is not None:
            found = found.filter(number__lt=newest)
        rows = list(found.order_by("-number")[: PAGE + 1])
        return Page.cut(rows, PAGE, lambda row: str(row.number))
    moment, _, last = after.partition("~")
    if last:
        try:
            at, key = datetime.fromisoformat(moment), uuid.UUID(last)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(Q(next_due_at__gt=at) | Q(next_due_at=at, pk__gt=key), next_due_at__gte=at)
    rows = list(found.exclude(next_due_at=None).order_by("next_due_at", "pk")[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{row.next_due_at.isoformat() if row.next_due_at else ''}~{row.pk}")


def _fitting(by: User, filters: Filters, now: datetime) -> QuerySet[Case]:
    found = Case.objects.seen_by(by)
    narrowed = Q()
    if filters.whose is Whose.MINE:
        narrowed &= Q(owner=by)
    elif filters.whose is Whose.TEAM:
        narrowed &= Q(team_id=by.team_id)
    elif filters.whose is Whose.FORMER:
        narrowed &= Q(former_owner=by)
    for column, value in (("kind", filters.kind), ("risk", filters.risk), ("state", filters.state)):
        if value:
            narrowed &= Q((column, value))
    if not filters.state and filters.whose is not Whose.FORMER:
        narrowed &= ~Q(state=CaseState.CLOSED)
    until = filters.due_before(now)
    if until:
        narrowed &= Q(next_due_at__lt=until)
    return found.filter(narrowed)


def without_day(by: User, filters: Filters, *, now: datetime, limit: int = PAGE) -> list[Case]:
    """The cases that fit and have nothing due: they stand at the end, and are few."""
    if filters.due or filters.order is Order.NEW:
        return []
    found = _fitting(by, filters, now).filter(next_due_at=None).select_related("owner")
    return list(found.order_by(F("number").desc())[:limit])
