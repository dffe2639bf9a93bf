"""Reading plans: versions, their parts in order, the content that is hashed, and what was decided about it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from paivand.access.models import User
from paivand.cases.models import Approval, Case, Plan, PlanAction, PlanGoal, PlanNeed
from paivand.cases.rules.plans import PlanState, content_hash


def plans_of(by: User, case: Case) -> list[Plan]:
    """Every version of a case's plan, the latest first."""
    found = Plan.objects.seen_by(by).filter(case=case).select_related("written_by", "submitted_by")
    return list(found.order_by("-n"))


def plan_of(by: User, case: Case, n: int) -> Plan | None:
    """One version of a case's plan."""
    found: Plan | None = (
        Plan.objects.seen_by(by).filter(case=case, n=n).select_related("case", "written_by", "submitted_by").first()
    )
    return found


def plan_in_work(plans: list[Plan]) -> Plan | None:
    """The version that is being written or waits for an approval."""
    return next((plan for plan in plans if plan.state not in {PlanState.APPROVED, PlanState.REPLACED}), None)


def plan_in_force(plans: list[Plan]) -> Plan | None:
    """The version that was approved and not replaced."""
    return next((plan for plan in plans if plan.state == PlanState.APPROVED), None)


def waiting_plans(by: User, *, limit: int = 50) -> list[Plan]:
    """Versions that wait for a decision which ``by`` may see, the oldest first."""
    found = Plan.objects.seen_by(by).filter(state=PlanState.SUBMITTED).select_related("case", "submitted_by")
    return list(found.order_by("submitted_at")[:limit])


@dataclass(frozen=True)
class Goal:
    """A goal with its steps."""

    row: PlanGoal
    steps: list[PlanAction]


@dataclass(frozen=True)
class Need:
    """A need with its goals."""

    row: PlanNeed
    goals: list[Goal]


def needs_of(by: User, plan: Plan) -> list[Need]:
    """The needs of a version with their goals and steps, each in its order; three questions to the database."""
    needs = list(PlanNeed.objects.seen_by(by).filter(plan=plan).order_by("position", "id"))
    goals: defaultdict[uuid.UUID, list[PlanGoal]] = defaultdict(list)
    for goal in PlanGoal.objects.seen_by(by).filter(need__in=needs).order_by("position", "id"):
        goals[goal.need_id].append(goal)
    steps: defaultdict[uuid.UUID, list[PlanAction]] = defaultdict(list)
    rows = PlanAction.objects.seen_by(by).filter(goal__need__plan=plan).select_related("doer_user")
    for step in rows.order_by("position", "id"):
        steps[step.goal_id].append(step)
    return [Need(need, [Goal(goal, steps[goal.pk]) for goal in goals[need.pk]]) for need in needs]


def content_of(case: Case, plan: Plan, needs: list[Need]) -> dict[str, Any]:
    """The whole of what a version says, as it is hashed: see docs/methods/plan-hash.md.

    What happened to goals and steps afterwards is no part of it.
    """
    return {
        "case": case.code,
        "version": plan.n,
        "own_words": plan.own_words,
        "child_view": plan.child_view,
        "best_interest": {
            "interest_options": plan.interest_options,
            "interest_child": plan.interest_child,
            "interest_decision": plan.interest_decision,
            "interest_deciders": plan.interest_deciders,
        },
        "needs": [
            {
                "key": str(need.row.key),
                "person": _key(need.row.person_id),
                "area": need.row.area,
                "statement": need.row.statement,
                "goals": [_goal(goal) for goal in need.goals],
            }
            for need in needs
        ],
    }


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "key": str(goal.row.key),
        "statement": goal.row.statement,
        "by": goal.row.by_on.isoformat() if goal.row.by_on else "",
        "steps": [
            {
                "key": str(step.key),
                "what": step.what,
                "doer": step.doer,
                "user": _key(step.doer_user_id),
                "person": _key(step.doer_person_id),
                "name": step.doer_name,
                "by": step.by_on.isoformat(),
                "service_type": step.service_type,
                "referral": _key(step.referral_id),
            }
            for step in goal.steps
        ],
    }


def _key(key: uuid.UUID | None) -> str:
    return str(key) if key else ""


def hash_now(by: User, case: Case, plan: Plan) -> str:
    """The hash of a version as it stands in the database now."""
    return content_hash(content_of(case, plan, needs_of(by, plan)))


def approvals_of(by: User, case: Case) -> list[Approval]:
    """Every decision about plans and closures of a case, the latest first."""
    found = Approval.objects.seen_by(by).filter(case=case).select_related("written_by", "asked_by", "plan", "closure")
    return list(found.order_by("-decided_at", "-id"))


def need_of(by: User, plan: Plan, need_id: uuid.UUID) -> PlanNeed | None:
    """One need of a version."""
    found: PlanNeed | None = PlanNeed.objects.seen_by(by).filter(plan=plan, pk=need_id).select_related("plan").first()
    return found


def goal_of(by: User, plan: Plan, goal_id: uuid.UUID) -> PlanGoal | None:
    """One goal of a version."""
    found: PlanGoal | None = (
        PlanGoal.objects.seen_by(by).filter(need__plan=plan, pk=goal_id).select_related("need__plan").first()
    )
    return found


def step_of(by: User, plan: Plan, step_id: uuid.UUID) -> PlanAction | None:
    """One step of a version."""
    found: PlanAction | None = (
        PlanAction.objects.seen_by(by)
        .filter(goal__need__plan=plan, pk=step_id)
        .select_related("goal__need__plan", "case")
        .first()
    )
    return found
