"""Questions about those who are asked after: what is due, what they answered, what became of a group."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.core.rules.pages import Page
from paivand.learning.models import FollowUp, Group
from paivand.learning.rules.states import FollowKind, FollowState

PAGE = 30
ON_DESK = 6
MONTH = 30
SOON = 7
"""Days before a task is due on which it comes onto the desk."""


def due_on_desk(by: User, today: date) -> list[FollowUp]:
    """The tasks of ``by`` that are due or will be in a week, the oldest first, one more than the desk shows."""
    found = _due(by).filter(for_user_id=by.pk, due_on__lte=today + timedelta(days=SOON))
    return list(found.order_by("due_on", "id")[: ON_DESK + 1])


def due_page(by: User, *, everybody: bool = False, after: str = "") -> Page[FollowUp]:
    """A page of the tasks that wait: those of ``by``, or of everybody within reach; what is due first comes first."""
    found = _due(by)
    if not everybody:
        found = found.filter(for_user_id=by.pk)
    day, _mark, last = after.partition("~")
    if last:
        try:
            on, key = date.fromisoformat(day), uuid.UUID(last)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(Q(due_on__gt=on) | Q(due_on=on, pk__gt=key), due_on__gte=on)
    rows = list(found.order_by("due_on", "id")[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{row.due_on.isoformat()}~{row.pk}")


def follow_up_by_id(by: User, key: uuid.UUID) -> FollowUp | None:
    """One task, if ``by`` may see it."""
    found = FollowUp.objects.seen_by(by).select_related("group__place", "enrolment", "for_user", "done_by")
    row: FollowUp | None = found.filter(pk=key).first()
    return row


def waiting_of_group(by: User, group: Group, today: date) -> list[FollowUp]:
    """The tasks of a group that wait and are due within a month, the oldest first."""
    found = _due(by).filter(group=group, due_on__lte=today + timedelta(days=MONTH))
    return list(found.order_by("due_on", "id")[: group.capacity * 4])


@dataclass(frozen=True, slots=True)
class Answers:
    """What those of a group answered so many months afterwards.

    Args:
        n_due: who was or is to be asked by now or later, ``n_reached`` of them answered, ``n_not_reached`` could not
            be found.
        working, own_business: how many said yes, of how many who were asked it.
        before, after: the middle of the incomes of those who told both; None where nobody did.
        practices: how many still use each, by code, the most frequent first.
    """

    months: int
    n_due: int
    n_reached: int
    n_not_reached: int
    working: tuple[int, int] = (0, 0)
    own_business: tuple[int, int] = (0, 0)
    n_incomes: int = 0
    before: Decimal | None = None
    after: Decimal | None = None
    practices: tuple[tuple[str, int], ...] = field(default_factory=tuple)


def answers_of_group(by: User, group: Group) -> list[Answers]:
    """The answers of a group by months, the earliest first; nothing where nobody is asked afterwards."""
    rows = FollowUp.objects.seen_by(by).filter(group=group, kind=FollowKind.AFTER).exclude(state=FollowState.OFF)
    by_months: dict[int, list[FollowUp]] = {}
    for row in rows.order_by("months", "id"):
        by_months.setdefault(row.months, []).append(row)
    return [told(months, asked) for months, asked in by_months.items()]


def told(months: int, rows: Sequence[FollowUp]) -> Answers:
    """The answers of these rows, counted."""
    reached = [row for row in rows if row.state == FollowState.DONE]
    both = [row for row in reached if row.income_before is not None and row.income_after is not None]
    used = Counter(code for row in reached for code in row.practices)
    return Answers(
        months, len(rows), len(reached), sum(row.state == FollowState.NOT_REACHED for row in rows),
        working=_yes([row.working for row in reached]), own_business=_yes([row.own_business for row in reached]),
        n_incomes=len(both),
        before=_middle([row.income_before for row in both]), after=_middle([row.income_after for row in both]),
        practices=tuple(used.most_common()),
    )  # fmt: skip


def _yes(answers: Sequence[bool | None]) -> tuple[int, int]:
    asked = [answer for answer in answers if answer is not None]
    return sum(asked), len(asked)


def _middle(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return Decimal(median(known)) if known else None


def _due(by: User) -> QuerySet[FollowUp]:
    found: QuerySet[FollowUp] = FollowUp.objects.seen_by(by).filter(state=FollowState.DUE)
    return found.select_related("group", "enrolment")
