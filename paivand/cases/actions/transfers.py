"""Handing a case over to a worker who agrees: asked by its worker or a supervisor, answered by the receiver alone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import Agency, User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.assignment import demand_room, move_to
from paivand.cases.actions.cases import move_case
from paivand.cases.actions.dues import recompute
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.notices import tell, tell_all
from paivand.cases.models import Case, CasePerson, Transfer
from paivand.cases.models.handover import UPKEEP, end_former_reading, end_offer
from paivand.cases.queries.oversight import pending_transfer, transfer_seen_by
from paivand.cases.rules.caseload import caseload_rules
from paivand.cases.rules.cases import WORKED_ON, Act, CaseRole, CaseState
from paivand.cases.rules.notices import NoticeKind
from paivand.cases.rules.transfers import MoveKind, TransferState, may_become
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.families import demand_fresh
from paivand.registry.queries.consents import grounds
from paivand.registry.rules import ConsentPurpose

# --- asking ----------------------------------------------------------------------------------------------------------


@action(Verb.CASE_WORK, on="case")
def ask_transfer(
    *, case: Case, transfer_id: uuid.UUID, receiver: User, reason: str, note: str, version: int, by: User,
    now: datetime | None = None,
) -> Transfer:  # fmt: skip
    """Ask ``receiver`` to take the case over. Until the answer it stays where it is, and it is not closed.

    Raises:
        Refused: ``twice``, ``stale``, ``closed``, ``state``, ``reason``, ``same``, ``pending``; ``worker`` when the
            receiver could not work it; ``consent`` when the receiver's organisation is another and the main person did
            not agree to be referred to it.
        WithoutRightError: when ``by`` is neither the worker of the case nor may give cases away.
    """
    now = now or timezone.now()
    if Transfer.objects.filter(pk=transfer_id).exists():
        raise Refused(_("This transfer is asked for already."), "twice")
    locked = locked_case(case)
    if locked.owner_id not in {by.pk, None} and not by.reach(Verb.CASE_ASSIGN).covers(locked):
        raise WithoutRightError(Verb.CASE_WORK)
    demand_fresh(locked, version)
    if CaseState(locked.state) not in {*WORKED_ON, CaseState.TRANSFERRED}:
        raise Refused(_("The closure of this case is being reviewed. Take the request back first."), "state")
    if not reason.strip():
        raise Refused(_("Say why the case should go to another worker."), "reason", field="reason")
    if receiver.pk in {locked.owner_id, by.pk}:
        raise Refused(_("Choose another worker than the one who has the case, or yourself."), "same", field="receiver")
    if pending_transfer(by, locked) is not None:
        raise Refused(_("Somebody is asked already. Withdraw that transfer first, or wait for the answer."), "pending")
    demand_room(locked, receiver, nevertheless=True)  # whether it is too much is the receiver's own answer
    _demand_consent(locked, receiver, by)
    transfer = within(
        locked,
        Transfer(
            pk=transfer_id, receiver=receiver, receiver_agency_id=receiver.agency_id, at=now, reason=reason.strip(),
            note=note.strip(), expires_at=now + timedelta(days=caseload_rules().transfer_days),
        ),
        by,
    )  # fmt: skip
    transfer.save(force_insert=True)
    Case.objects.filter(pk=locked.pk).update(offered_to=receiver)
    tell(receiver, NoticeKind.TRANSFER_ASKED, locked, by=by, at=now)
    remark(act="transfer.ask", case=locked.code, to=receiver.username)
    return transfer


def _demand_consent(case: Case, receiver: User, by: User) -> None:
    """Another organisation takes a case over only if the main person agreed to be referred, to it or to anyone."""
    if not receiver.agency_id or receiver.agency_id == case.agency_id:
        return
    main = CasePerson.objects.filter(case=case, role=CaseRole.MAIN, until_on=None).first()
    agency = Agency.objects.get(pk=receiver.agency_id)
    if main is not None:
        found = grounds(by, [main.person_id])[main.person_id]
        row = found.standings[ConsentPurpose.REFERRAL].row
        if found.permits(ConsentPurpose.REFERRAL) and (
            row is None or not row.extent or agency.name.casefold() in row.extent.casefold()
        ):
            return
    raise Refused(
        _("%(agency)s is another organisation, and there is no live consent to be referred to it. Ask the person "
          "first, and write the consent down.") % {"agency": agency.name},
        "consent", field="receiver",
    )  # fmt: skip


@action(Verb.CASE_WORK, on="transfer")
def withdraw_transfer(*, transfer: Transfer, version: int, by: User, now: datetime | None = None) -> Transfer:
    """Ask nobody any more: by the worker of the case, by who asked, or by who may give cases away."""
    now = now or timezone.now()
    locked = Transfer.objects.select_for_update(of=("self",)).select_related("case", "receiver").get(pk=transfer.pk)
    if by.pk not in {locked.owner_id, locked.written_by_id} and not by.reach(Verb.CASE_ASSIGN).covers(locked):
        raise WithoutRightError(Verb.CASE_WORK)
    _demand_open(locked, TransferState.WITHDRAWN, version)
    locked.end(TransferState.WITHDRAWN, now)
    locked.decided_by = by
    locked.save()
    Case.objects.filter(pk=locked.case_id).update(offered_to=None)
    tell(locked.receiver, NoticeKind.TRANSFER_WITHDRAWN, locked.case, by=by, at=now)
    remark(act="transfer.withdraw", case=locked.case.code)
    return locked


# --- answering: the receiver, and nobody else ------------------------------------------------------------------------


@action(Verb.CASE_WORK, self_service=True)
def accept_transfer(
    *, transfer: Transfer, version: int, by: User, answer: str = "", nevertheless: bool = False,
    now: datetime | None = None,
) -> Case:  # fmt: skip
    """Take a case over. It moves with everything inside; the former worker is told.

    Args:
        nevertheless: take it although one then carries more than the limit; ``answer`` says why.

    Raises:
        Refused: ``stale``, ``decided``, ``expired``, ``worker``, ``over_limit``, ``reason``.
        WithoutRightError, OutsideScopeError: for everybody but the receiver.
    """
    now = now or timezone.now()
    locked = _to_answer(transfer, TransferState.ACCEPTED, version, by, now)
    case = Case.objects.select_for_update(of=("self",)).get(pk=locked.case_id)
    load = demand_room(case, by, nevertheless=nevertheless)
    if load.is_over and not answer.strip():
        raise Refused(_("Say why you take it nevertheless."), "reason", field="answer")
    moved = move_to(case, by, kind=MoveKind.TRANSFERRED, reason=locked.reason, load=load, by=by, now=now)
    locked = Transfer.objects.get(pk=locked.pk)
    locked.end(TransferState.ACCEPTED, now)
    locked.decided_by, locked.answer = by, answer.strip()
    locked.save()
    move_case(moved, Act.TRANSFER, by=by, now=now, reason=locked.reason)
    move_case(moved, Act.TAKE_UP, by=by, now=now)
    recompute(moved, by=by, now=now)
    tell_all((locked.written_by_id, case.owner_id), NoticeKind.TRANSFER_ACCEPTED, moved, by=by, at=now)
    remark(act="transfer.accept", case=moved.code, over=load.is_over)
    return moved


@action(Verb.CASE_WORK, self_service=True)
def decline_transfer(
    *, transfer: Transfer, answer: str, version: int, by: User, now: datetime | None = None
) -> Transfer:  # fmt: skip
    """Say no, with the reason; the case stays where it is."""
    now = now or timezone.now()
    locked = _to_answer(transfer, TransferState.DECLINED, version, by, now)
    if not answer.strip():
        raise Refused(_("Say why you do not take the case, so that another way is found."), "reason", field="answer")
    locked.end(TransferState.DECLINED, now)
    locked.decided_by, locked.answer = by, answer.strip()
    locked.save()
    tell_all((locked.written_by_id, locked.owner_id), NoticeKind.TRANSFER_DECLINED, locked.case, by=by, at=now)
    remark(act="transfer.decline", case=locked.case.code)
    end_offer(locked.case_id)
    return locked


def _to_answer(
    transfer: Transfer, state: TransferState, version: int, by: User, now: datetime
) -> Transfer:  # fmt: skip
    """The transfer, locked, if ``by`` is its receiver and it still waits."""
    if transfer.receiver_id != by.pk:
        # Who reads the case sees that somebody is asked, but the answer is not theirs; others see nothing at all.
        raise WithoutRightError(Verb.CASE_WORK) if transfer_seen_by(by, transfer.pk) else OutsideScopeError(transfer.pk)
    locked: Transfer = (
        Transfer.objects.select_for_update(of=("self",)).select_related("case", "written_by").get(pk=transfer.pk)
    )
    if locked.receiver_id != by.pk:
        raise WithoutRightError(Verb.CASE_WORK)
    _demand_open(locked, state, version)
    if now >= locked.expires_at:
        raise Refused(_("The time for an answer is over. Ask the sender to ask you again."), "expired")
    return locked


def _demand_open(transfer: Transfer, state: TransferState, version: int) -> None:
    if not may_become(transfer.state, state):
        raise Refused(_("This transfer is decided already. What was decided stays."), "decided")
    demand_fresh(transfer, version)


# --- upkeep: by the program itself, for nobody -----------------------------------------------------------------------


def expire_transfers(*, now: datetime | None = None) -> int:
    """End the transfers that nobody answered in time; the cases stay where they are. Returns how many."""
    now = now or timezone.now()
    with transaction.atomic(), for_purpose(UPKEEP), writing(UPKEEP):
        found = Transfer.objects.select_for_update().filter(state=TransferState.ASKED, expires_at__lte=now)
        late = list(found.order_by("expires_at")[:200])
        for transfer in late:
            transfer.end(TransferState.EXPIRED, now)
            transfer.save()
            end_offer(transfer.case_id)
            told = (transfer.written_by_id, transfer.owner_id)
            tell_all(told, NoticeKind.TRANSFER_EXPIRED, Case(pk=transfer.case_id), by=None, at=now)
            record_event(
                Verb.CASE_WORK, by=None, scope=transfer.scope, detail={"act": "transfer.expire"}
            )  # fmt: skip
    return len(late)


def end_reading_of_former_workers(*, now: datetime | None = None) -> int:
    """Let those who worked a case before read it no more, after the days that the parameters name."""
    now = now or timezone.now()
    with transaction.atomic(), for_purpose(UPKEEP):
        ended = end_former_reading(now - timedelta(days=caseload_rules().former_worker_days))
        if ended:
            record_event(Verb.CASE_ASSIGN, by=None, detail={"act": "former.end", "n": ended})
    return ended
