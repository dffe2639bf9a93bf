"""Sending a version of a plan for approval, and deciding about it: about that hash, and no other."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.cases import move_case
from paivand.cases.actions.dues import note_done, recompute
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.notices import tell_all
from paivand.cases.models import Approval, Case, Plan, PlanAction, PlanGoal
from paivand.cases.queries.cases import has_child
from paivand.cases.queries.plans import content_of, needs_of
from paivand.cases.rules.cases import Act, CaseState
from paivand.cases.rules.kinds import case_kinds
from paivand.cases.rules.notices import NoticeKind
from paivand.cases.rules.plans import (
    MISSING_SENTENCES,
    WRITABLE,
    Decision,
    GoalState,
    PlanState,
    StepState,
    Subject,
    content_hash,
    missing,
)
from paivand.cases.rules.sop import DueKind
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh

PLANNABLE = (CaseState.ASSESSED, CaseState.PLANNED, CaseState.IN_PROGRESS)
"""The states in which a plan is sent for approval: somebody was assessed, and the work goes on."""


@action(Verb.CASE_WORK, on="plan")
def submit_plan(*, plan: Plan, version: int, by: User, now: datetime | None = None) -> Plan:
    """Send a version for approval: from now on its hash stands, and nobody writes in it.

    Raises:
        Refused: ``stale``; ``approved`` for one that waits or was decided; ``assess`` before anybody was assessed;
            ``edge`` while the case rests; ``missing``, with every sentence of what it lacks.
    """
    moment = now or timezone.now()
    case = locked_case(plan.case)
    row = _locked_plan(plan)
    demand_fresh(row, version)
    if row.state not in WRITABLE:
        raise Refused(_("This version was sent already."), "approved")
    _demand_plannable(case)
    content = content_of(case, row, needs_of(by, row))
    kind = case_kinds().get(case.kind)
    lacks = missing(content, best_interest=bool(kind and kind.best_interest), child=has_child(by, case))
    if lacks:
        raise Refused(" ".join(_(MISSING_SENTENCES[one]) for one in lacks), "missing")
    row.state, row.version_hash = PlanState.SUBMITTED, content_hash(content)
    row.submitted_at, row.submitted_by, row.decided_at = moment, by, None
    row.version += 1
    row.save()
    note_done(case, DueKind.PLAN, by=by, at=moment)
    recompute(case, by=by, now=moment)
    remark(act="plan.submit", version=row.n, hash=row.version_hash[:12])
    return row


@action(Verb.CASE_WORK, on="plan")
def take_back_plan(*, plan: Plan, by: User, now: datetime | None = None) -> Plan:
    """Take a version back before anybody decided about it, to change it."""
    case = locked_case(plan.case)
    row = _locked_plan(plan)
    if row.state != PlanState.SUBMITTED:
        raise Refused(_("This version does not wait for approval."), "approved")
    row.state, row.decided_at = PlanState.DRAFT, None
    row.version += 1
    row.save()
    recompute(case, by=by, now=now or timezone.now())
    remark(act="plan.take_back", version=row.n)
    return row


@action(Verb.CASE_APPROVE, on="plan")
def approve_plan(*, plan: Plan, version_hash: str, by: User, now: datetime | None = None) -> Approval:
    """Approve the version that was read: the one with this hash. It is in force from now on; the one before ends.

    Raises:
        Refused: ``stale`` when what stands now is not what was read, or not what was sent; ``self`` for one's own;
            ``approved`` when it does not wait; ``edge`` while the case rests.
    """
    moment = now or timezone.now()
    case = locked_case(plan.case)
    row = _demand_decidable(case, plan, version_hash, by)
    _demand_plannable(case)
    for old in Plan.objects.select_for_update(of=("self",)).filter(case=case, state=PlanState.APPROVED):
        old.state = PlanState.REPLACED
        old.version += 1
        old.save()
    PlanAction.objects.filter(case=case, in_force=True).update(in_force=False)
    row.state, row.decided_at = PlanState.APPROVED, moment
    row.version += 1
    row.save()
    PlanAction.objects.filter(goal__need__plan=row).update(in_force=True)
    approval = _decide(case, row, Decision.APPROVED, comment="", by=by, now=moment)
    case.last_review_on = timezone.localdate(moment)
    remark(act="plan.approve", version=row.n, hash=version_hash[:12])
    if case.state == CaseState.ASSESSED:
        move_case(case, Act.PLAN, by=by, now=moment)
    else:
        case.version += 1
        case.save()
    note_done(case, DueKind.REVIEW, by=by, at=moment)
    recompute(case, by=by, now=moment)
    return approval


@action(Verb.CASE_APPROVE, on="plan")
def return_plan(*, plan: Plan, version_hash: str, comment: str, by: User, now: datetime | None = None) -> Approval:
    """Send a version back with a comment: the worker changes it and sends it anew.

    Raises:
        Refused: as ``approve_plan``; ``comment`` without one.
    """
    moment = now or timezone.now()
    case = locked_case(plan.case)
    if not comment.strip():
        raise Refused(_("Say what should be changed, in a few words."), "comment", field="comment")
    row = _demand_decidable(case, plan, version_hash, by)
    row.state, row.decided_at = PlanState.RETURNED, moment
    row.version += 1
    row.save()
    approval = _decide(case, row, Decision.RETURNED, comment=comment.strip(), by=by, now=moment)
    recompute(case, by=by, now=moment)
    remark(act="plan.return", version=row.n, hash=version_hash[:12])
    return approval


def _locked_plan(plan: Plan) -> Plan:
    row: Plan = Plan.objects.select_for_update(of=("self",)).select_related("case").get(pk=plan.pk)
    return row


def _demand_plannable(case: Case) -> None:
    if case.state in {CaseState.OPENED, CaseState.REOPENED}:
        raise Refused(_("Nobody was assessed yet. Choose a complete questionnaire in the case first."), "assess")
    if case.state not in PLANNABLE:
        raise Refused(_("The case is “%(state)s”: its plan rests.") % {"state": _(case.get_state_display())}, "edge")


def demand_other(case: Case, asked_by: uuid.UUID | None, by: User) -> None:
    """Raise a Refused when ``by`` asked for the decision, or is responsible for the case: nobody approves the own."""
    if by.pk in {asked_by, case.owner_id}:
        raise Refused(_("Nobody decides about their own work. Ask another supervisor."), "self")


def _demand_decidable(case: Case, plan: Plan, version_hash: str, by: User) -> Plan:
    row = _locked_plan(plan)
    if row.state != PlanState.SUBMITTED:
        raise Refused(_("This version does not wait for approval any more. Load the page anew."), "approved")
    demand_other(case, row.submitted_by_id, by)
    stands = content_hash(content_of(case, row, needs_of(by, row)))
    if not version_hash or version_hash != row.version_hash or stands != row.version_hash:
        raise Refused(
            _("The plan was changed since this page was opened. Read the version that stands now, then decide."),
            "stale",
        )
    return row


def _decide(case: Case, plan: Plan, decision: Decision, *, comment: str, by: User, now: datetime) -> Approval:
    approval = Approval(
        subject=Subject.PLAN, plan=plan, version_hash=plan.version_hash, decision=decision, comment=comment,
        decided_at=now,
    )  # fmt: skip
    approval.asked_by_id = plan.submitted_by_id  # type: ignore[assignment]  # one that waits was sent by somebody
    within(case, approval, by).save()
    kind = NoticeKind.PLAN_APPROVED if decision is Decision.APPROVED else NoticeKind.PLAN_RETURNED
    tell_all((plan.submitted_by_id, case.owner_id), kind, case, by=by, at=now)
    return approval


# --- what becomes of a plan in force --------------------------------------------------------------------------------


@action(Verb.CASE_WORK, on="step")
def note_step(
    *, step: PlanAction, version: int, state: StepState, on: date, note: str, by: User, now: datetime | None = None
) -> PlanAction:  # fmt: skip
    """Write down whether a step of the plan in force was taken; with the first one the work begins.

    Raises:
        Refused: ``closed``, ``stale``; ``approved`` for a step of another version; ``date``; ``note`` where it was
            not done and nobody says why.
    """
    moment = now or timezone.now()
    case = locked_case(step.case)
    row: PlanAction = PlanAction.objects.select_for_update(of=("self",)).select_related("case").get(pk=step.pk)
    demand_fresh(row, version)
    _demand_in_force(row.in_force, case)
    _demand_past(on, moment)
    if state is StepState.NOT_DONE and not note.strip():
        raise Refused(_("Say why it was not done, in a few words."), "note", field="note")
    row.state, row.note = state, note.strip()
    row.state_on = None if state is StepState.OPEN else on
    row.version += 1
    row.save()
    remark(act="plan.step", state=state)
    if case.state == CaseState.PLANNED and state is StepState.DONE:
        move_case(case, Act.BEGIN, by=by, now=moment)
    return row


@action(Verb.CASE_WORK, on="goal")
def judge_goal(
    *, goal: PlanGoal, version: int, state: GoalState, on: date, by: User, now: datetime | None = None
) -> PlanGoal:  # fmt: skip
    """Write down how far a goal of the plan in force is met."""
    case = locked_case(goal.case)
    row: PlanGoal = (
        PlanGoal.objects.select_for_update(of=("self",)).select_related("need__plan", "case").get(pk=goal.pk)
    )
    demand_fresh(row, version)
    _demand_in_force(row.need.plan.state == PlanState.APPROVED, case)
    _demand_past(on, now or timezone.now())
    row.state = state
    row.state_on = None if state is GoalState.OPEN else on
    row.version += 1
    row.save()
    remark(act="plan.goal", state=state)
    return row


def _demand_in_force(in_force: bool, case: Case) -> None:
    if not in_force:
        raise Refused(_("This belongs to a version of the plan that is not in force."), "approved")
    if case.state not in {CaseState.PLANNED, CaseState.IN_PROGRESS}:
        raise Refused(_("The case is “%(state)s”: its plan rests.") % {"state": _(case.get_state_display())}, "edge")


def _demand_past(on: date, now: datetime) -> None:
    if on > timezone.localdate(now):
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
