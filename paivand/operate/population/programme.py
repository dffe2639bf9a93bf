"""Writes the Joint Programme into the demonstration, moved to now, with what its agencies spent until today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from paivand.access.models import Agency, User
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import Scope
from paivand.core.rules.dates import months_between, months_later
from paivand.programme.actions.founding import add_missing_agencies, found_programme, joint_programme
from paivand.programme.actions.spending import enter_spending
from paivand.programme.models import Programme
from paivand.programme.rules.categories import schemes
from paivand.programme.rules.declaration import DeclaredPart, ProgrammeDeclaration
from paivand.programme.rules.spending import SpendingDraft, SpendingKind
from paivand.registry.rules.keys import row_key

T = TypeVar("T")
ROOT = UUID("019a0000-0000-7000-8000-000009a11ad5")
STARTED = 700
"""How many days ago the demonstration's work began: its programme starts in that month."""
DELIVERED = Decimal("0.86")
"""How much of what was planned until today is spent; invented."""


def programme_written(manager: User) -> bool:
    """Whether there is a programme already."""
    with acting_as(manager):
        return Programme.objects.exists()


def programme_of_today(today: date) -> ProgrammeDeclaration:
    """The Joint Programme as if it had begun when the demonstration's work did; what would lie ahead did not happen."""
    declared = joint_programme()
    n_months = months_between(declared.draft.starts_on, today - timedelta(days=STARTED))
    now: ProgrammeDeclaration = _moved(declared, n_months)
    draft = replace(now.draft, closed_on=_past(now.draft.closed_on, today))
    return replace(now, draft=draft, outcomes=tuple(_until(part, today) for part in now.outcomes))


def _moved(value: Any, n_months: int) -> Any:
    """Every day within a value, so many months later."""
    if isinstance(value, date):
        return months_later(value, n_months)
    if isinstance(value, tuple):
        return tuple(_moved(one, n_months) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _moved(getattr(value, one.name), n_months) for one in fields(value)})
    return value


def _past(day: date | None, today: date) -> date | None:
    return day if day and day <= today else None


def _until(part: DeclaredPart, today: date) -> DeclaredPart:
    return replace(
        part, began=_past(part.began, today), finished=_past(part.finished, today),
        progress=tuple(one for one in part.progress if one.on <= today),
        milestones=tuple(replace(one, reached_on=_past(one.reached_on, today)) for one in part.milestones),
        below=tuple(_until(one, today) for one in part.below),
    )  # fmt: skip


def write_programme(users: Mapping[str, User], today: date) -> None:
    """Found the programme as its manager, and enter what was spent quarter by quarter."""
    declared = programme_of_today(today)
    with acting_as(users["admin"]):
        add_missing_agencies(declaration=declared, by=users["admin"])
    manager = users["manager"]
    with acting_as(manager):
        programme = found_programme(declaration=declared, by=manager, today=today)
        agencies = {one.key: Agency.objects.get(name=one.name) for one in declared.agencies}
        for number, draft in enumerate(_spending(declared, agencies, today)):
            enter_spending(
                programme=programme, where=Scope(agency_id=draft.agency_id), spending_id=row_key(ROOT, number),
                draft=draft, by=manager, today=today,
            )  # fmt: skip


def _spending(
    declared: ProgrammeDeclaration, agencies: Mapping[str, Agency], today: date
) -> Iterator[SpendingDraft]:  # fmt: skip
    """For every line of the budget what is spent in each half year, the last contracts as commitments."""
    chance = Random(7)  # noqa: S311  # a demonstration, no secret
    titles = {one.code: one.title("en") for one in schemes()[-1].categories}
    first = declared.draft.starts_on
    n_halves = max(1, months_between(first, today) // 6)
    whole = Decimal(n_halves * 6) / Decimal(max(1, declared.draft.months))
    for share in declared.shares:
        indirect = schemes()[-1].indirect.code
        lines = {**share.lines, ("", indirect): share.indirect}
        for (output, category), budget in sorted(lines.items()):
            spent = budget * min(whole, Decimal(1)) * DELIVERED * Decimal(chance.randint(90, 108)) / 100
            for half in range(n_halves):
                on = min(months_later(first, half * 6 + 5), today)
                amount = (spent / n_halves).quantize(Decimal("0.01"))
                yield SpendingDraft(
                    agencies[share.agency].pk, output, category, SpendingKind.EXPENDITURE, on, amount, "USD",
                    f"{titles[category]}: {on:%B %Y}",
                )  # fmt: skip
            if category == "contracts":
                yield SpendingDraft(
                    agencies[share.agency].pk, output, category, SpendingKind.COMMITMENT, today,
                    (budget / 20).quantize(Decimal("0.01")), "USD", "Contracts signed and not paid yet",
                )  # fmt: skip
