"""A supervisor's board: every worker of hers with what lies with him or her, read in a fixed number of questions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, Closure, Due, Plan, SupervisionSession, Transfer
from paivand.cases.queries.workers import caseloads, team_of, without_worker
from paivand.cases.rules.board import Standing
from paivand.cases.rules.cases import CaseState
from paivand.cases.rules.closure import ClosureState
from paivand.cases.rules.plans import PlanState
from paivand.cases.rules.transfers import TransferState
from paivand.core.models import Place
from paivand.core.rules.privacy import DataClass
from paivand.instruments.models import RedFlag
from paivand.referrals.models import Referral
from paivand.referrals.rules.referrals import PENDING
from paivand.registry.queries.places import districts_within

MOST = 60
"""How many workers stand on one board; who guides more looks at one district after the other."""

Counts = dict[uuid.UUID, int]


@dataclass(frozen=True)
class BoardRow:
    """One worker on the board."""

    worker: User
    standing: Standing
    is_long_without: bool


@dataclass(frozen=True)
class Board:
    """The board: who needs the supervisor most stands first."""

    rows: list[BoardRow]
    n_workers: int
    n_supervisors: int
    n_unowned: int
    cut: bool

    @property
    def workers_each(self) -> float | None:
        """How many workers there are for one supervisor."""
        return round(self.n_workers / self.n_supervisors, 1) if self.n_supervisors else None


def board(by: User, *, district: str = "", now: datetime | None = None) -> Board:
    """The workers whom ``by`` guides, and what lies with each, within her reach."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    team = team_of(by, district=district)
    ids = [worker.pk for worker in team.workers]
    standings = _standings(by, ids, team.held, now)
    rows = [
        BoardRow(worker, standings[worker.pk], standings[worker.pk].is_long_without_supervision(today))
        for worker in team.workers
    ]
    rows.sort(key=lambda row: ([-part for part in row.standing.trouble(today)], row.worker.sort_key))
    return Board(rows[:MOST], len(rows), team.n_supervisors, _n_unowned(by), cut=len(rows) > MOST)


def _standings(by: User, ids: Sequence[uuid.UUID], held: Any, now: datetime) -> dict[uuid.UUID, Standing]:
    loads = caseloads(held)
    here = _count(Case.objects.seen_by(by).exclude(state=CaseState.CLOSED), ids)
    overdue = _count(Due.objects.seen_by(by).filter(done_at=None, cancelled_at=None, due_at__lt=now), ids)
    plans = _count(Plan.objects.seen_by(by).filter(state=PlanState.SUBMITTED), ids)
    closures = _count(Closure.objects.seen_by(by).filter(state=ClosureState.ASKED), ids)
    flags = _count(RedFlag.objects.seen_by(by).filter(answered_at=None), ids)
    escalated = _count(
        Referral.objects.seen_by(by).filter(state__in=sorted(PENDING)).exclude(escalated_at=None), ids
    )  # fmt: skip
    leaving, coming = _transfers(by, ids)
    sessions = _sessions(by, ids, timezone.localdate(now))
    return {
        pk: Standing(
            load=loads[pk], n_here=here.get(pk, 0), overdue=overdue.get(pk, 0), plans=plans.get(pk, 0),
            closures=closures.get(pk, 0), flags=flags.get(pk, 0), escalated=escalated.get(pk, 0),
            handing_over=leaving.get(pk, 0), taking_over=coming.get(pk, 0),
            supervised_on=sessions.get(pk, (None, None))[0], next_session_on=sessions.get(pk, (None, None))[1],
        )
        for pk in ids
    }  # fmt: skip


def _count(found: Any, ids: Sequence[uuid.UUID]) -> Counts:
    """How many rows lie with each worker."""
    rows = found.filter(owner_id__in=ids).order_by().values("owner_id").annotate(n=Count("pk"))
    return dict(rows.values_list("owner_id", "n"))


def _transfers(by: User, ids: Sequence[uuid.UUID]) -> tuple[Counts, Counts]:
    """Pending transfers by who has the case, and by who is asked; few wait at a time, so they are counted here."""
    found = Transfer.objects.seen_by(by).filter(Q(owner_id__in=ids) | Q(receiver_id__in=ids), state=TransferState.ASKED)
    leaving: Counts = {}
    coming: Counts = {}
    for owner, receiver in found.values_list("owner_id", "receiver_id")[:2000]:
        leaving[owner] = leaving.get(owner, 0) + 1
        coming[receiver] = coming.get(receiver, 0) + 1
    return leaving, coming


def _sessions(
    by: User, ids: Sequence[uuid.UUID], today: date
) -> dict[uuid.UUID, tuple[date | None, date | None]]:  # fmt: skip
    """The last session of each worker, and the next one that is agreed."""
    found = SupervisionSession.objects.seen_by(by).filter(worker_id__in=ids).order_by().values("worker_id")
    rows = found.annotate(last=Max("held_on"), then=Max("next_on")).values_list("worker_id", "last", "then")
    return {worker: (last, then if then and then >= today else None) for worker, last, then in rows}


def _n_unowned(by: User) -> int:
    """Open cases that no active worker has, counted to a hundred: they wait for somebody to be given to."""
    reach = InScope(Verb.CASE_ASSIGN).q(by, DataClass.CASE)
    found = Case.objects.seen_by(by).filter(reach, without_worker(by))
    return len(found.exclude(state=CaseState.CLOSED).values_list("pk")[:100])


def board_districts(by: User) -> list[Place]:
    """The districts to choose from."""
    return list(districts_within(by, Verb.CASE_ASSIGN))
