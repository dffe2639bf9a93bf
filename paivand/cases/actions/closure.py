"""Asking for the closure of a case, and deciding about it: about that checklist and what is open, and no other."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.approvals import demand_other
from paivand.cases.actions.cases import move_case
from paivand.cases.actions.dues import cancel_all
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.notices import tell_all
from paivand.cases.models import Approval, Case, Closure, Plan, PlanAction
from paivand.cases.queries.closure import closure_hash_now, goals_not_met, open_things, plan_in_force_of
from paivand.cases.queries.oversight import pending_transfer
from paivand.cases.rules.cases import Act, ClosingReason
from paivand.cases.rules.closure import (
    SILENCE,
    Answer,
    ClosureDraft,
    ClosureState,
    OpenKind,
    answered,
    checklist_on,
    checklists,
    failed,
    unanswered,
    wrongly_answered,
)
from paivand.cases.rules.notices import NoticeKind
from paivand.cases.rules.plans import Decision, StepState, Subject
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh


@action(Verb.CASE_WORK, on="case")
def ask_closure(
    *, case: Case, closure_id: uuid.UUID, version: int, draft: ClosureDraft, by: User, now: datetime | None = None
) -> Closure:  # fmt: skip
    """Ask for the closure of a case, with the checklist answered and everything that is open named and answered.

    Raises:
        Refused: ``twice``, ``closed``, ``stale``, ``edge``; ``transfer`` while somebody is asked to take the case over;
            ``story``; ``goals`` or ``contact`` where the reason does not hold; ``checklist`` for a check without an
            answer; ``open`` for something open without an answer.
    """
    moment = now or timezone.now()
    locked = locked_case(case)
    if Closure.objects.filter(pk=closure_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    demand_fresh(locked, version)
    if pending_transfer(by, locked) is not None:
        raise Refused(_("Somebody is asked to take this case over. Withdraw that first, or wait for the answer."),
                      "transfer")  # fmt: skip
    today = timezone.localdate(moment)
    plan = plan_in_force_of(by, locked)
    _demand_true(locked, plan, draft, by, moment)
    checklist = checklist_on(today)
    if unanswered(checklist, draft.checklist, draft.reason):
        raise Refused(_("Answer every line of the checklist."), "checklist")
    things = [thing for thing, _row in open_things(by, locked)]
    if wrongly_answered(things, draft.answers):
        raise Refused(_("Say of everything that is still open what becomes of it."), "open")
    closure = Closure(
        id=closure_id, n=Closure.objects.filter(case=locked).count() + 1, plan=plan, reason=draft.reason,
        outcome=draft.outcome, story=draft.story.strip(), checklist_version=checklist.code,
        checklist={check.code: str(draft.checklist[check.code]) for check in checklist.checks},
        answers=answered(things, draft.answers), asked_on=today,
    )  # fmt: skip
    closure.version_hash = closure_hash_now(by, locked, closure, plan)
    within(locked, closure, by).save(force_insert=True)
    move_case(locked, Act.ASK_CLOSURE, by=by, now=moment)
    remark(act="closure.ask", hash=closure.version_hash[:12], open=len(things))
    return closure


@action(Verb.CASE_WORK, on="closure")
def take_back_closure(*, closure: Closure, by: User, now: datetime | None = None) -> Closure:
    """Take the request back: the case goes on where it stood."""
    case, row, moment = *_waiting(closure), now or timezone.now()
    _end(row, ClosureState.TAKEN_BACK, moment)
    move_case(case, Act.TAKE_BACK, by=by, now=moment)
    remark(act="closure.take_back")
    return row


@action(Verb.CASE_APPROVE, on="closure")
def return_closure(
    *, closure: Closure, version_hash: str, comment: str, by: User, now: datetime | None = None
) -> Approval:  # fmt: skip
    """Send the request back with a comment: the case goes on where it stood."""
    case, row, moment = *_waiting(closure), now or timezone.now()
    if not comment.strip():
        raise Refused(_("Say what should be changed, in a few words."), "comment", field="comment")
    demand_other(case, row.written_by_id, by)
    _demand_read(row, version_hash)
    approval = _decide(case, row, Decision.RETURNED, comment=comment.strip(), by=by, now=moment)
    _end(row, ClosureState.RETURNED, moment)
    move_case(case, Act.RETURN, by=by, now=moment, reason=comment.strip())
    remark(act="closure.return", hash=version_hash[:12])
    return approval


@action(Verb.CASE_APPROVE, on="closure")
def approve_closure(*, closure: Closure, version_hash: str, by: User, now: datetime | None = None) -> Approval:
    """Close the case as it was asked for and read.

    Raises:
        Refused: ``self``; ``decided`` when it does not wait; ``stale`` when the plan or what is open changed since;
            ``checklist`` when a check was answered with no: that is waived, with a reason, or returned.
    """
    case, row, moment = *_waiting(closure), now or timezone.now()
    demand_other(case, row.written_by_id, by)
    _demand_unchanged(case, row, version_hash, by)
    if failed(checklists()[row.checklist_version], row.checklist):
        raise Refused(
            _("The checklist has a “no”. Return the request, or close without it and say why."), "checklist"
        )  # fmt: skip
    approval = _decide(case, row, Decision.APPROVED, comment="", by=by, now=moment)
    _close(case, row, ClosureState.APPROVED, by, moment)
    remark(act="closure.approve", hash=version_hash[:12])
    return approval


@action(Verb.CASE_APPROVE, on="closure")
def waive_closure(
    *, closure: Closure, version_hash: str, reason: str, by: User, now: datetime | None = None
) -> Approval:  # fmt: skip
    """Close the case although the checklist is not fulfilled, with a reason that stays."""
    case, row, moment = *_waiting(closure), now or timezone.now()
    if not reason.strip():
        raise Refused(_("Say why the case is closed although the checklist is not fulfilled."), "reason",
                      field="comment")  # fmt: skip
    demand_other(case, row.written_by_id, by)
    _demand_unchanged(case, row, version_hash, by)
    approval = _decide(case, row, Decision.WAIVED, comment=reason.strip(), by=by, now=moment)
    _close(case, row, ClosureState.WAIVED, by, moment)
    remark(act="closure.waive", hash=version_hash[:12])
    return approval


def _demand_true(case: Case, plan: Plan | None, draft: ClosureDraft, by: User, now: datetime) -> None:
    """Raise a Refused where what is written contradicts what is known."""
    if not draft.story.strip():
        raise Refused(_("Say what came of the case, in a few words."), "story", field="story")
    if draft.reason is ClosingReason.GOALS_MET and (plan is None or goals_not_met(by, plan)):
        raise Refused(
            _("Not every goal of a plan in force is marked as met. Mark the goals first, or choose another reason."),
            "goals", field="reason",
        )  # fmt: skip
    last = case.last_contact_on or timezone.localdate(case.started_at)
    if draft.reason is ClosingReason.NO_CONTACT and timezone.localdate(now) - last <= SILENCE:
        raise Refused(
            _("Less than 30 days have passed since the last contact. Go on trying, or choose another reason."),
            "contact", field="reason",
        )  # fmt: skip


def _waiting(closure: Closure) -> tuple[Case, Closure]:
    case = locked_case(closure.case)
    row: Closure = Closure.objects.select_for_update(of=("self",)).select_related("case").get(pk=closure.pk)
    if row.state != ClosureState.ASKED:
        raise Refused(_("This request does not wait any more. Load the page anew."), "decided")
    return case, row


def _demand_read(row: Closure, version_hash: str) -> None:
    if not version_hash or version_hash != row.version_hash:
        raise Refused(_("This is not the request that you read. Read the one that waits now, then decide."), "stale")


def _demand_unchanged(case: Case, row: Closure, version_hash: str, by: User) -> None:
    _demand_read(row, version_hash)
    if closure_hash_now(by, case, row, plan_in_force_of(by, case)) != row.version_hash:
        raise Refused(
            _("Something in the case changed since its closure was asked for. Return the request: the worker answers "
              "what is open now."),
            "stale",
        )  # fmt: skip


def _end(row: Closure, state: ClosureState, now: datetime) -> None:
    row.state, row.decided_at = state, now
    row.version += 1
    row.save()


def _decide(case: Case, row: Closure, decision: Decision, *, comment: str, by: User, now: datetime) -> Approval:
    approval = Approval(
        subject=Subject.CLOSURE, closure=row, version_hash=row.version_hash, decision=decision, comment=comment,
        asked_by_id=row.written_by_id, decided_at=now,
    )  # fmt: skip
    within(case, approval, by).save()
    kind = NoticeKind.CLOSURE_RETURNED if decision is Decision.RETURNED else NoticeKind.CLOSURE_APPROVED
    tell_all((row.written_by_id, case.owner_id), kind, case, by=by, at=now)
    return approval


def _close(case: Case, row: Closure, state: ClosureState, by: User, now: datetime) -> None:
    """Write everything that closing means, and last of all the state: after it nothing more is written."""
    today = timezone.localdate(now)
    told = {line["key"]: line["answer"] for line in row.answers if line["kind"] == OpenKind.STEP}
    steps = {Answer.DONE: StepState.DONE, Answer.NOT_DONE: StepState.NOT_DONE}
    for step in PlanAction.objects.select_for_update(of=("self",)).filter(case=case, in_force=True):
        if step.state == StepState.OPEN and told.get(str(step.key)) in steps:
            step.state, step.state_on = steps[Answer(told[str(step.key)])], today
        step.in_force = False
        step.version += 1
        step.save()
    remark(cancelled=cancel_all(case, now=now))
    _end(row, state, now)
    case.closed_on, case.closing_reason, case.outcome = max(today, case.opened_on), row.reason, row.outcome
    move_case(case, Act.CLOSE, by=by, now=now)
