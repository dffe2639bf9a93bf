"""What waits for somebody in cases: what is due, what others must answer, and what a supervisor must decide."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, Closure, Due, Plan, PlanAction, Transfer, WorkerNotice
from paivand.cases.queries.cases import people_of_cases
from paivand.cases.queries.oversight import transfers_of_mine, unseen
from paivand.cases.rules.closure import ClosureState
from paivand.cases.rules.desk import When, bounds
from paivand.cases.rules.plans import PlanState, StepState
from paivand.cases.rules.sop import DUE_NAMES, DueKind, evening
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Person

Key = tuple[datetime, uuid.UUID]

_OF_CASE = ("case__number", "case__risk", "case__family")
"""What a line shows of its case, or is needed to name its people: several questions are asked for one desk."""
PAGE = 30
SHOWN = 5
"""How many lines of each part stand on the desk; the rest stands in a list of its own."""


@dataclass(frozen=True)
class DueLine:
    """One line of what is due: something in a case, or a step of its plan."""

    pk: uuid.UUID
    at: datetime
    case: Case
    name: str
    words: str
    is_step: bool
    person: Person | None = None

    @property
    def key(self) -> str:
        """Behind which line a list goes on."""
        return f"{self.at.isoformat()}~{self.pk}"


def due_lines(
    by: User, when: When, *, now: datetime | None = None, after: str = "", size: int = PAGE, owner: User | None = None
) -> Page[DueLine]:
    """A page of what is due for a worker, the soonest first: what the cases ask for, and steps of plans in force.

    Args:
        owner: whose cases; those of ``by`` unless told.
    """
    now = now or timezone.now()
    key = _key(after)
    if after and key is None:
        return Page([], None, more=False)
    lines = _lines(by, owner or by, when, now, key=key, most=size + 1)
    page = Page.cut(lines, size, lambda line: line.key)
    return Page(with_people(by, page.rows), page.after, page.more)


def _lines(
    by: User, whose: User, when: When, now: datetime, *, key: Key | None, most: int
) -> list[DueLine]:  # fmt: skip
    lines = [_of_due(due) for due in _dues_between(by, whose, when, now, key)[:most]]
    lines += [_of_step(step) for step in _steps_between(by, whose, when, now, key)[:most]]
    return sorted(lines, key=lambda line: (line.at, line.pk))[:most]


def _of_due(due: Due) -> DueLine:
    return DueLine(due.pk, due.due_at, due.case, DUE_NAMES[DueKind(due.kind)], due.note, is_step=False)


def _of_step(step: PlanAction) -> DueLine:
    return DueLine(step.pk, _evening(step.by_on), step.case, "", step.what, is_step=True)


def with_people(by: User, lines: Sequence[DueLine]) -> list[DueLine]:
    """The same lines with the main person of each case, where ``by`` may see her."""
    people = people_of_cases(by, {line.case for line in lines}) if lines else {}
    return [
        DueLine(
            line.pk, line.at, line.case, line.name, line.words, line.is_step,
            next((row.shown for row in people.get(line.case.pk, ())), None),  # type: ignore[attr-defined]
        )
        for line in lines
    ]  # fmt: skip


def _key(after: str) -> Key | None:
    at, _, pk = after.partition("~")
    try:
        return datetime.fromisoformat(at), uuid.UUID(pk)
    except ValueError:
        return None


def _evening(day: date) -> datetime:
    return evening(day, timezone.get_current_timezone())


def _dues_between(by: User, whose: User, when: When, now: datetime, key: Key | None) -> QuerySet[Due]:
    found: QuerySet[Due] = Due.objects.seen_by(by).filter(owner=whose, done_at=None, cancelled_at=None)
    begin, end = bounds(when, now, timezone.get_current_timezone())
    if begin:
        found = found.filter(due_at__gte=begin)
    if end:
        found = found.filter(due_at__lt=end)
    if key:
        at, pk = key
        found = found.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=pk), due_at__gte=at)
    return found.select_related("case").only("due_at", "kind", "note", *_OF_CASE).order_by("due_at", "pk")


def _steps_between(
    by: User, whose: User, when: When, now: datetime, key: Key | None
) -> QuerySet[PlanAction]:  # fmt: skip
    """Open steps of plans in force; a step is due in the evening of its day."""
    found = PlanAction.objects.seen_by(by).filter(owner=whose, in_force=True, state=StepState.OPEN)
    begin, end = bounds(when, now, timezone.get_current_timezone())
    if begin:
        found = found.filter(by_on__gte=_first_evening(begin))
    if end:
        found = found.filter(by_on__lt=_first_evening(end))
    if key:
        at, pk = key
        day = _first_evening(at)
        at_once = _evening(day) == at
        found = found.filter(Q(by_on__gt=day) | Q(by_on=day, pk__gt=pk) if at_once else Q(by_on__gte=day))
    return found.select_related("case").only("by_on", "what", *_OF_CASE).order_by("by_on", "pk")


def _first_evening(moment: datetime) -> date:
    """The first day whose evening is not before ``moment``."""
    day = timezone.localdate(moment)
    return day if _evening(day) >= moment else day + timedelta(days=1)


def n_due(by: User, *, now: datetime | None = None, most: int = 200) -> int:
    """How many things are overdue or due today, counted to ``most``; for the morning's reminder."""
    now = now or timezone.now()
    _begin, end = bounds(When.TODAY, now, timezone.get_current_timezone())
    assert end is not None  # noqa: S101
    dues = Due.objects.seen_by(by).filter(owner=by, done_at=None, cancelled_at=None, due_at__lt=end)
    steps = PlanAction.objects.seen_by(by).filter(
        owner=by, in_force=True, state=StepState.OPEN, by_on__lt=_first_evening(end)
    )
    counted = len(dues.values_list("pk")[:most]) + len(steps.values_list("pk")[:most])
    return min(most, counted)


# --- the desk --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worklist:
    """What lies on a worker's desk about cases, each part cut to what is shown."""

    overdue: Page[DueLine]
    today: Page[DueLine]
    week: Page[DueLine]
    plans: list[Plan] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    asked: list[Transfer] = field(default_factory=list)
    notices: list[WorkerNotice] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether something waits for others."""
        return bool(self.plans or self.closures or self.transfers)


def worklist(by: User, *, now: datetime | None = None) -> Worklist:
    """The desk of a worker, with the rights she holds."""
    now = now or timezone.now()
    parts, pending = _parts(by, now), transfers_of_mine(by)
    return Worklist(
        overdue=parts[When.OVERDUE],
        today=parts[When.TODAY],
        week=parts[When.WEEK],
        plans=plans_at_supervisor(by),
        closures=closures_at_supervisor(by),
        transfers=[one for one in pending if one.receiver_id != by.pk],
        asked=[one for one in pending if one.receiver_id == by.pk],
        notices=unseen(by),
    )


def _parts(by: User, now: datetime) -> dict[When, Page[DueLine]]:
    """The three parts of the desk, read in two questions, and the people of all lines at once."""
    shown = (When.OVERDUE, When.TODAY, When.WEEK)
    dues = [_dues_between(by, by, when, now, None)[: SHOWN + 1] for when in shown]
    steps = [_steps_between(by, by, when, now, None)[: SHOWN + 1] for when in shown]
    lines = [_of_due(due) for due in dues[0].union(*dues[1:], all=True)]
    lines += [_of_step(step) for step in steps[0].union(*steps[1:], all=True)]
    lines.sort(key=lambda line: (line.at, line.pk))
    zone = timezone.get_current_timezone()
    kept = {when: [line for line in lines if _lies(line.at, bounds(when, now, zone))] for when in shown}
    told = {line.pk: line for line in with_people(by, [line for part in kept.values() for line in part[:SHOWN]])}
    parts = {}
    for when, part in kept.items():
        rows = [told[line.pk] for line in part[:SHOWN]]
        parts[when] = Page(rows, rows[-1].key if rows else None, more=len(part) > SHOWN)
    return parts


def _lies(at: datetime, between: tuple[datetime | None, datetime | None]) -> bool:
    begin, end = between
    return (begin is None or at >= begin) and (end is None or at < end)


def plans_at_supervisor(by: User) -> list[Plan]:
    """Plans of one's own cases that wait for approval, the oldest first."""
    found = Plan.objects.seen_by(by).filter(owner=by, state=PlanState.SUBMITTED).order_by("submitted_at", "pk")
    return list(found.select_related("case")[:20])


def closures_at_supervisor(by: User) -> list[Closure]:
    """Requests for closure of one's own cases that wait, the oldest first."""
    found = Closure.objects.seen_by(by).filter(owner=by, state=ClosureState.ASKED).order_by("asked_on", "pk")
    return list(found.select_related("case")[:20])


# --- a supervisor ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """Something that waits for an approval: a plan, or a closure."""

    case: Case
    worker: User | None
    since: datetime
    plan: Plan | None = None
    closure: Closure | None = None


def to_decide(by: User, *, limit: int = 20) -> list[Decision]:
    """Plans and closures of others that wait for the approval of ``by``, the oldest first."""
    reach = InScope(Verb.CASE_APPROVE).q(by, DataClass.CASE)
    plans = Plan.objects.seen_by(by).filter(reach, state=PlanState.SUBMITTED).exclude(submitted_by=by)
    closures = Closure.objects.seen_by(by).filter(reach, state=ClosureState.ASKED).exclude(written_by=by)
    found = [
        Decision(plan.case, plan.owner, plan.submitted_at or plan.created_at, plan=plan)
        for plan in plans.select_related("case", "owner").order_by("submitted_at", "pk")[:limit]
    ]
    found += [
        Decision(closure.case, closure.owner, closure.created_at, closure=closure)
        for closure in closures.select_related("case", "owner").order_by("asked_on", "pk")[:limit]
    ]
    return sorted(found, key=lambda one: (one.since, one.case.pk))[:limit]
