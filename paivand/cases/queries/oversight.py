"""Where a case was and goes: its moves, the transfer that waits, and what a worker is told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Q

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, CaseMove, Transfer, WorkerNotice
from paivand.cases.queries.workers import Candidate, team_candidates, without_worker
from paivand.cases.rules.cases import CaseState
from paivand.cases.rules.transfers import TransferState
from paivand.core.rules.codes import number_in_code
from paivand.core.rules.privacy import DataClass

NOTICES = 20


def moves_of(by: User, case: Case) -> list[CaseMove]:
    """How the case came to its worker, the latest move first."""
    found = CaseMove.objects.seen_by(by).filter(case=case).order_by("-at", "-pk")
    return list(found.select_related("from_owner", "to_owner", "written_by")[:50])


def pending_transfer(by: User, case: Case) -> Transfer | None:
    """The transfer of this case that waits for an answer; a case that has one is not closed."""
    found = Transfer.objects.seen_by(by).filter(case=case, state=TransferState.ASKED)
    return found.select_related("receiver", "written_by").first()


def transfers_of(by: User, case: Case) -> list[Transfer]:
    """The transfers of the case, the latest first."""
    found = Transfer.objects.seen_by(by).filter(case=case).order_by("-at", "-pk")
    return list(found.select_related("receiver", "written_by", "decided_by")[:50])


def transfer_seen_by(by: User, transfer_id: uuid.UUID) -> Transfer | None:
    """One transfer, with its case."""
    found = Transfer.objects.seen_by(by).filter(pk=transfer_id)
    return found.select_related("case", "receiver", "receiver_agency", "written_by", "written_by__agency").first()


def transfers_to_answer(by: User) -> list[Transfer]:
    """What ``by`` is asked to take over, the oldest first."""
    found = Transfer.objects.seen_by(by).filter(receiver=by, state=TransferState.ASKED).order_by("at", "pk")
    return list(found.select_related("case", "written_by")[:NOTICES])


def transfers_of_mine(by: User) -> list[Transfer]:
    """The transfers that wait: of cases of ``by``, and those that ``by`` is asked about, the oldest first."""
    mine = Q(owner=by) | Q(receiver=by)
    found = Transfer.objects.seen_by(by).filter(mine, state=TransferState.ASKED).order_by("at", "pk")
    return list(found.select_related("case", "receiver", "written_by")[: 2 * NOTICES])


def unseen(by: User, *, limit: int = NOTICES) -> list[WorkerNotice]:
    """What ``by`` was told and has not looked at yet, the latest first."""
    found = WorkerNotice.objects.filter(WorkerNotice.policy.visible(by), seen_at=None)
    return list(found.select_related("case").order_by("-at", "-pk")[:limit])


def notice_seen_by(by: User, notice_id: uuid.UUID) -> WorkerNotice | None:
    """One notice of one's own."""
    found = WorkerNotice.objects.filter(WorkerNotice.policy.visible(by), pk=notice_id)
    return found.select_related("case").first()


def chosen_cases(by: User, codes: Iterable[str]) -> tuple[list[Case], Sequence[str]]:
    """The cases behind these codes that ``by`` may give away, in the order chosen; and the codes of no such case."""
    wanted = list(dict.fromkeys(codes))
    numbers = {code: number_in_code("C", code) for code in wanted}
    found = Case.objects.seen_by(by).filter(number__in=[one for one in numbers.values() if one])
    reach = by.reach(Verb.CASE_ASSIGN)
    by_number = {case.number: case for case in found.select_related("family", "owner") if reach.covers(case)}
    rows = [by_number[number] for number in numbers.values() if number in by_number]
    return rows, [code for code, number in numbers.items() if number not in by_number]


MOST_GIVEN = 200
"""How many cases one list shows from which they are given away."""


def cases_to_give(by: User, source: User | str) -> list[Case]:
    """The open cases of a worker that ``by`` may give away, or with ``"none"`` those that no active worker has."""
    found = Case.objects.seen_by(by).filter(InScope(Verb.CASE_ASSIGN).q(by, DataClass.CASE))
    found = found.filter(owner=source) if isinstance(source, User) else found.filter(without_worker(by))
    found = found.exclude(state=CaseState.CLOSED).select_related("family", "owner")
    return list(found.order_by("number")[:MOST_GIVEN])


def receivers(by: User, *, leaving_out: uuid.UUID | None = None) -> list[Candidate]:
    """Those to whom ``by`` may give cases, who carries least first."""
    return [one for one in team_candidates(by) if one.user.pk != leaving_out]
