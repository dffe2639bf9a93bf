"""Legal matters of a case, as the asking user may read them, with what is due next in each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import get_language

from paivand.access.models import User
from paivand.cases.models import Case, LegalMatter, LegalStep
from paivand.cases.rules.legal import MatterKind, StepState, deadline, matter_kinds


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step of a matter: whether it waits now, whether it may be left out, and where it leads."""

    row: LegalStep
    optional: bool
    waits: bool
    until: date | None


@dataclass(frozen=True, slots=True)
class MatterTold:
    """A matter with its steps in order, the one that waits, and what it cost so far."""

    matter: LegalMatter
    kind: MatterKind
    steps: tuple[StepTold, ...]
    next: LegalStep | None
    until: date | None
    n_done: int
    n_needed: int
    costs: Decimal | None
    asked_on: date

    @property
    def papers(self) -> list[str]:
        """The papers that such a matter needs, in the reader's language."""
        return [paper.title(get_language() or "en") for paper in self.kind.papers]

    @property
    def is_late(self) -> bool:
        """Whether the day of the next step is over."""
        return self.until is not None and self.until < self.asked_on


def matter_by_id(by: User, case: Case, matter_id: uuid.UUID) -> LegalMatter | None:
    """One matter of a case with its steps."""
    found: LegalMatter | None = _matters(by, case).filter(pk=matter_id).first()
    return found


def matters_of(by: User, case: Case) -> list[LegalMatter]:
    """The matters of a case, the open ones first, the latest first."""
    return sorted(_matters(by, case).order_by("-id"), key=lambda matter: not matter.is_open)


def _matters(by: User, case: Case) -> Any:
    steps = LegalStep.objects.seen_by(by).select_related("document")
    return (
        LegalMatter.objects.seen_by(by)
        .filter(case=case)
        .select_related("case", "written_by")
        .prefetch_related(Prefetch("steps", steps, to_attr="taken"))
    )


def step_by_id(by: User, matter: LegalMatter, step_id: uuid.UUID) -> LegalStep | None:
    """One step of a matter."""
    found = LegalStep.objects.seen_by(by).filter(matter=matter, pk=step_id)
    row: LegalStep | None = found.select_related("matter__case", "matter__person", "case").first()
    return row


def matters_told(matters: Sequence[LegalMatter], today: date) -> list[MatterTold]:
    """Matters as a page shows them; kinds that are gone from the parameters keep their steps without an order."""
    return [_told(matter, today) for matter in matters]


def _told(matter: LegalMatter, today: date) -> MatterTold:
    kind = matter_kinds().get(matter.kind) or MatterKind(matter.kind, {"en": matter.kind})
    order = {step.code: number for number, step in enumerate(kind.steps)}
    rows: list[LegalStep] = sorted(
        matter.taken,  # type: ignore[attr-defined]
        key=lambda row: order.get(row.code, len(order)),
    )
    found = deadline(kind, rows, matter.opened_on) if matter.is_open else None
    waiting, until = found or (None, None)
    costs = [row.cost_amount for row in rows if row.cost_amount is not None]
    steps = tuple(
        StepTold(
            row,
            optional=bool(getattr(kind.step(row.code), "optional", False)),
            waits=waiting is not None and row.pk == waiting.pk,
            until=until if waiting is not None and row.pk == waiting.pk else row.due_on,
        )
        for row in rows
    )
    needed = [one for one in steps if not one.optional or one.row.state == StepState.DONE or one.row.due_on]
    return MatterTold(
        matter, kind, steps, waiting, until,
        n_done=sum(one.row.state == StepState.DONE for one in steps),
        n_needed=sum(one.row.state != StepState.NOT_NEEDED for one in needed),
        costs=sum(costs, Decimal(0)) if costs else None, asked_on=today,
    )  # fmt: skip
