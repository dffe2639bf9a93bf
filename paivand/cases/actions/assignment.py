"""Giving a case to a worker: one by one, or many at once with an answer for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.notices import tell
from paivand.cases.models import Case, CaseMove, Transfer, holdings
from paivand.cases.models.handover import hand_over
from paivand.cases.queries.workers import caseloads, may_give, works_there
from paivand.cases.rules.caseload import Caseload, caseload_rules, plain
from paivand.cases.rules.notices import NoticeKind
from paivand.cases.rules.transfers import MoveKind, TransferState
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.registry.actions.families import demand_fresh

# --- one case --------------------------------------------------------------------------------------------------------


@action(Verb.CASE_ASSIGN, on="case")
def assign_case(
    *, case: Case, owner: User, version: int, reason: str, by: User, nevertheless: bool = False,
    now: datetime | None = None,
) -> Case:  # fmt: skip
    """Give a case, with everything inside, to ``owner``; a transfer that waits for an answer ends with it.

    Args:
        nevertheless: give it although the worker then carries more than the limit; ``reason`` says why.

    Raises:
        Refused: ``stale``, ``closed``, ``same``, ``reason``; ``worker`` when she could not work it; ``over_limit`` with
            the numbers; ``agency`` when she belongs to another organisation, which takes over by a transfer only.
        WithoutRightError: when the place where it would lie then is beyond the right of ``by``.
    """
    now = now or timezone.now()
    locked = locked_case(case)
    demand_fresh(locked, version)
    if not reason.strip():
        raise Refused(_("Say why the case goes to this worker."), "reason", field="reason")
    if locked.owner_id == owner.pk:
        raise Refused(_("The case is with this worker already. Choose another one."), "same", field="owner")
    if locked.agency_id and owner.agency_id != locked.agency_id:
        raise Refused(
            _("%(name)s belongs to another organisation. Ask for a transfer, which she or he accepts and the family "
              "agrees to.") % {"name": owner.full_name},
            "agency", field="owner",
        )  # fmt: skip
    if not may_give(by, locked, owner):
        raise WithoutRightError(Verb.CASE_ASSIGN)
    load = demand_room(locked, owner, nevertheless=nevertheless)
    _withdraw_pending(locked, by, now)
    moved = move_to(locked, owner, kind=MoveKind.ASSIGNED, reason=reason, load=load, by=by, now=now)
    tell(owner, NoticeKind.ASSIGNED, moved, by=by, at=now)
    if locked.owner is not None:
        tell(locked.owner, NoticeKind.TAKEN, moved, by=by, at=now)
    remark(act="assign", case=moved.code, to=owner.username, over=load.is_over)
    return moved


def demand_room(case: Case, worker: User, *, nevertheless: bool) -> Caseload:
    """What the worker carries with this case; raise a Refused when she cannot work it, or carries too much unasked."""
    held = holdings([case.district_id]).get(worker.pk, [])
    if not works_there(worker, held, case):
        raise Refused(
            _("%(name)s cannot work this case: no role of hers or his works with cases in this place. Choose another.")
            % {"name": worker.full_name},
            "worker", field="owner",
        )  # fmt: skip
    load = caseloads({worker.pk: held})[worker.pk].with_one(case.risk)
    if load.is_over and not nevertheless:
        raise Refused(
            _("%(name)s would carry %(load)s with this case; the limit is %(limit)s (%(open)s open cases, weighed by "
              "risk). Choose another worker, or give it nevertheless and say why.")
            % {"name": worker.full_name, "load": plain(load.weight), "limit": plain(load.limit),
               "open": load.n_open},
            "over_limit", field="nevertheless",
            detail={"load": plain(load.weight), "limit": plain(load.limit), "open": load.n_open},
        )  # fmt: skip
    return load


def move_to(
    case: Case, worker: User, *, kind: MoveKind, reason: str, load: Caseload, by: User, now: datetime
) -> Case:  # fmt: skip
    """Move the case with every row inside, and write down how it moved. Returns it as it lies now."""
    before = {"from_owner_id": case.owner_id, "from_team_id": case.team_id, "from_agency_id": case.agency_id}
    hand_over(case.pk, worker.pk)
    moved: Case = Case.objects.select_related("family").get(pk=case.pk)
    within(
        moved,
        CaseMove(
            kind=kind, **before, to_owner_id=worker.pk, to_team_id=moved.team_id, to_agency_id=moved.agency_id,
            at=now, reason=reason.strip(), load=load.weight, limit=load.limit,
        ),
        by,
    ).save()  # fmt: skip
    return moved


def _withdraw_pending(case: Case, by: User, now: datetime) -> None:
    for transfer in Transfer.objects.select_for_update().filter(case=case, state=TransferState.ASKED):
        transfer.end(TransferState.WITHDRAWN, now)
        transfer.decided_by = by
        transfer.save()
        tell(transfer.receiver, NoticeKind.TRANSFER_WITHDRAWN, case, by=by, at=now)


# --- many cases ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What came of one of many cases: given, or refused and why."""

    code: str
    case: Case | None = None
    refusal: str = ""
    why: str = ""

    @property
    def was_given(self) -> bool:
        """Whether the worker has it now."""
        return not self.why


def assign_cases(
    *, cases: Sequence[Case], owner: User, reason: str, by: User, nevertheless: bool = False,
    now: datetime | None = None,
) -> list[Answer]:  # fmt: skip
    """Give many cases to one worker, each for itself: what is refused stays where it is, and the answer says why.

    Raises:
        Refused: ``many`` when there are more than may be given at once; then nothing was done.
    """
    most = caseload_rules().bulk
    if len(cases) > most:
        raise Refused(
            _("%(most)s cases are given at once at most. Choose fewer.") % {"most": most}, "many"
        )  # fmt: skip
    return [_answer(case, owner=owner, reason=reason, by=by, nevertheless=nevertheless, now=now) for case in cases]


def _answer(case: Case, **how: Any) -> Answer:
    try:
        moved = assign_case(case=case, version=case.version, **how)
    except Refused as refused:
        return Answer(case.code, case, refused.message, refused.code)
    except WithoutRightError:
        return Answer(case.code, case, _("This worker, or this case, lies beyond your right to give cases."), "right")
    except OutsideScopeError:
        return Answer(case.code, None, no_such_case(), "outside")
    return Answer(case.code, moved)


def no_such_case() -> str:
    """What is said of a code that names no case within reach: nobody learns whether there is one elsewhere."""
    return _("There is no such case within your reach.")
