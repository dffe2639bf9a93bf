"""What is due in a case: computed anew after whatever it follows from, done, or cancelled. Rows are never deleted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.models import Case, Due, Plan
from paivand.cases.rules.cases import CaseState, Risk
from paivand.cases.rules.plans import PlanState
from paivand.cases.rules.sop import (
    ABOUT_ONE_THING,
    FROM_THE_TABLE,
    Cancelled,
    DueKind,
    Facts,
    days_due,
    evening,
    table_on,
)
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh


def recompute(case: Case, *, by: User, now: datetime) -> list[Due]:
    """Bring what is due in line with the risk and what happened; returns everything that waits, the soonest first.

    A part of every action that changes one of the facts. A day that moved is a new row; the old one is cancelled.
    ``case`` is locked; its copies of the next due are written.
    """
    zone = timezone.get_current_timezone()
    table = table_on(timezone.localdate(now, zone))
    wanted = days_due(_facts(case), table, zone)
    basis = table.basis(Risk(case.risk))
    rows = _waiting(case)
    waiting = {due.kind: due for due in rows if due.about is None}
    for kind in FROM_THE_TABLE:
        have, due_at = waiting.get(kind), wanted.get(kind)
        if have and have.due_at == due_at:
            continue
        if have:
            _cancel(have, Cancelled.RECOMPUTED if due_at else Cancelled.NOT_NEEDED, now)
            rows.remove(have)
        if due_at:
            added = within(case, Due(kind=kind, due_at=due_at, basis=basis), by)
            added.save()
            rows.append(added)
    return carry_next(case, rows)


def carry_next(case: Case, waiting: Iterable[Due] | None = None) -> list[Due]:
    """Write the earliest thing that waits onto the case, for lists; returns everything that waits.

    Args:
        waiting: what waits, where the caller has just read it.
    """
    rows = _waiting(case) if waiting is None else sorted(waiting, key=lambda due: (due.due_at, due.pk))
    first = rows[0] if rows else None
    case.next_due_at, case.next_due_kind = (first.due_at, first.kind) if first else (None, "")
    case.save(update_fields=["next_due_at", "next_due_kind", "changed_at"])
    return rows


def note_contact(case: Case, on: date, *, by: User, now: datetime | None = None) -> None:
    """The family was met or spoken with on ``on``: the first contact and the next one are done, and the next is set.

    A part of actions that write down a visit, a talk, a session. ``case`` is locked.
    """
    moment = now or timezone.now()
    if on > timezone.localdate(moment):
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
    if on >= timezone.localdate(case.started_at) and (case.last_contact_on is None or on > case.last_contact_on):
        case.last_contact_on = on
        case.save(update_fields=["last_contact_on", "changed_at"])
        met_at = min(moment, evening(on, timezone.get_current_timezone()))
        for kind in (DueKind.FIRST_CONTACT, DueKind.CONTACT):
            note_done(case, kind, by=by, at=met_at)
    recompute(case, by=by, now=moment)


def note_done(
    case: Case, kind: DueKind, *, by: User, at: datetime, note: str = "", about: uuid.UUID | None = None
) -> Due | None:
    """Mark what waits of this kind as done; None where nothing of it waited. A part of actions."""
    row: Due | None = (
        Due.objects.select_for_update(of=("self",))
        .filter(case=case, kind=kind, about=about, done_at=None, cancelled_at=None)
        .first()
    )
    if row:
        row.done_at, row.done_by, row.note = at, by, note or row.note
        row.version += 1
        row.save()
    return row


def set_due(
    case: Case, kind: DueKind, due_at: datetime, *, by: User, about: uuid.UUID | None = None, note: str = ""
) -> Due:
    """Make something due that follows from no table; where it waits already, it is moved. A part of actions."""
    waits = [due for due in _waiting(case) if due.kind == kind and due.about == about]
    for row in waits:
        if row.due_at == due_at:
            return row
        _cancel(row, Cancelled.RECOMPUTED, timezone.now())
    row = within(case, Due(kind=kind, due_at=due_at, about=about, note=note), by)
    row.save()
    carry_next(case)
    return row


def cancel_due(case: Case, kind: DueKind, *, about: uuid.UUID | None = None, now: datetime | None = None) -> None:
    """Note that something is not due any more. A part of actions."""
    for row in _waiting(case):
        if row.kind == kind and row.about == about:
            _cancel(row, Cancelled.NOT_NEEDED, now or timezone.now())
    carry_next(case)


def cancel_all(case: Case, *, now: datetime) -> int:
    """Nothing is due any more: the case is being closed. A part of its closure; returns how much was still due."""
    rows = _waiting(case)
    for row in rows:
        _cancel(row, Cancelled.CLOSED, now)
    case.next_due_at, case.next_due_kind = None, ""
    return len(rows)


@action(Verb.CASE_WORK, on="case")
def review_plan(
    *, case: Case, version: int, note: str, by: User, on: date | None = None, now: datetime | None = None
) -> Case:  # fmt: skip
    """Write down that the plan was gone through with the family and stays as it is; the next review is set.

    Raises:
        Refused: ``closed``, ``stale``; ``plan`` without a plan in force; ``note``; ``date``.
    """
    locked, moment = locked_case(case), now or timezone.now()
    demand_fresh(locked, version)
    day = on or timezone.localdate(moment)
    if not Plan.objects.filter(case=locked, state=PlanState.APPROVED).exists():
        raise Refused(_("There is no plan in force that could be reviewed."), "plan")
    if not note.strip():
        raise Refused(_("Say what came of the review, in a few words."), "note", field="note")
    if day > timezone.localdate(moment) or (locked.last_review_on and day < locked.last_review_on):
        raise Refused(_("The day lies before the last review or in the future. Check it."), "date", field="on")
    locked.last_review_on = day
    locked.version += 1
    locked.save()
    note_done(locked, DueKind.REVIEW, by=by, at=moment, note=note.strip())
    recompute(locked, by=by, now=moment)
    remark(act="review")
    return locked


@action(Verb.CASE_WORK, on="due")
def answer_due(*, due: Due, version: int, note: str, by: User, now: datetime | None = None) -> Due:
    """Write down what came of something that follows from no table, such as a withdrawn consent.

    Raises:
        Refused: ``closed``, ``stale``, ``note``; ``kind`` for what is answered by what is done in the case itself.
    """
    case, moment = locked_case(due.case), now or timezone.now()
    row: Due = Due.objects.select_for_update(of=("self",)).select_related("case").get(pk=due.pk)
    demand_fresh(row, version)
    if row.kind in FROM_THE_TABLE or row.kind in ABOUT_ONE_THING:
        raise Refused(_("This is done by writing it down in the case, not here."), "kind")
    if row.done_at or row.cancelled_at:
        raise Refused(_("This was answered already."), "already")
    if not note.strip():
        raise Refused(_("Say what came of it, in a few words."), "note", field="note")
    row.done_at, row.done_by, row.note = moment, by, note.strip()
    row.version += 1
    row.save()
    carry_next(case)
    remark(act="due.done", kind=row.kind)
    return row


def _facts(case: Case) -> Facts:
    planned = Plan.objects.filter(case=case, state__in=[PlanState.APPROVED, PlanState.SUBMITTED]).exists()
    return Facts(
        risk=Risk(case.risk), lowest_risk=Risk(case.lowest_risk), risk_at=case.risk_at, started_at=case.started_at,
        state=CaseState(case.state), contact_on=case.last_contact_on, planned=planned,
        reviewed_on=case.last_review_on,
    )  # fmt: skip


def _waiting(case: Case) -> list[Due]:
    return list(
        Due.objects.select_for_update(of=("self",))
        .filter(case=case, done_at=None, cancelled_at=None)
        .order_by("due_at", "id")
    )


def _cancel(row: Due, why: Cancelled, now: datetime) -> None:
    row.cancelled_at, row.cancelled_why = now, why
    row.version += 1
    row.save()
