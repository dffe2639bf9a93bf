"""What is still open in a case that is to be closed, and the requests for its closure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from paivand.access.models import User
from paivand.cases.models import Case, Closure, Due, Plan, PlanAction, PlanGoal
from paivand.cases.rules.closure import ClosureState, OpenKind, OpenThing, closure_content
from paivand.cases.rules.plans import GoalState, PlanState, StepState, content_hash
from paivand.referrals.models import Referral
from paivand.referrals.queries.referrals import referrals_of_origin
from paivand.referrals.rules.referrals import PENDING, OriginKind, ReferralState

_UNDER_WAY = frozenset({*PENDING, ReferralState.DRAFTED})


def open_steps(by: User, case: Case) -> list[PlanAction]:
    """The steps of the plan in force that nobody answered yet, the earliest first."""
    found = PlanAction.objects.seen_by(by).filter(case=case, in_force=True, state=StepState.OPEN)
    return list(found.order_by("by_on", "id"))


def referrals_of_case(by: User, case: Case) -> list[Referral]:
    """Every referral that grew out of a case, those under way first; never one of the sealed room."""
    rows = [row for row in referrals_of_origin(by, OriginKind.CASE, case.pk) if not row.is_sealed]
    return sorted(rows, key=lambda row: row.state not in _UNDER_WAY)


def open_referrals(by: User, case: Case) -> list[Referral]:
    """The referrals of a case that were sent or drafted and have not ended."""
    return [row for row in referrals_of_case(by, case) if row.state in _UNDER_WAY]


def waiting_dues(by: User, case: Case) -> list[Due]:
    """What is due in a case, the soonest first."""
    return list(Due.objects.seen_by(by).filter(case=case, done_at=None, cancelled_at=None).order_by("due_at", "id"))


def due_of(by: User, case: Case, due_id: uuid.UUID) -> Due | None:
    """Something that waits in a case."""
    found: Due | None = (
        Due.objects.seen_by(by)
        .filter(case=case, pk=due_id, done_at=None, cancelled_at=None)
        .select_related("case")
        .first()
    )
    return found


def open_things(by: User, case: Case) -> list[tuple[OpenThing, Any]]:
    """Everything that is still open, each with its row: steps of the plan, referrals, and what is due.

    What follows from the risk, and only says that the work goes on, is not asked about: it ends with the case.
    """
    steps = [(OpenThing(OpenKind.STEP, str(row.key), row.state), row) for row in open_steps(by, case)]
    referrals = [(OpenThing(OpenKind.REFERRAL, str(row.pk), row.state), row) for row in open_referrals(by, case)]
    dues = [(OpenThing(OpenKind.DUE, due_key(row), ""), row) for row in waiting_dues(by, case)]
    return [*steps, *referrals, *dues]


def due_key(due: Due) -> str:
    """What names a due while it is open, whichever day it moves to."""
    return f"{due.kind}.{due.about}" if due.about else due.kind


def plan_in_force_of(by: User, case: Case) -> Plan | None:
    """The version of the plan that is in force."""
    found: Plan | None = Plan.objects.seen_by(by).filter(case=case, state=PlanState.APPROVED).first()
    return found


def goals_not_met(by: User, plan: Plan) -> int:
    """How many goals of a version are not met."""
    return PlanGoal.objects.seen_by(by).filter(need__plan=plan).exclude(state=GoalState.MET).count()


def closures_of(by: User, case: Case) -> list[Closure]:
    """The requests for closure of a case, the latest first."""
    found = Closure.objects.seen_by(by).filter(case=case).select_related("written_by", "plan")
    return list(found.order_by("-n"))


def closure_that_waits(by: User, case: Case) -> Closure | None:
    """The request that waits for a decision."""
    found: Closure | None = (
        Closure.objects.seen_by(by)
        .filter(case=case, state=ClosureState.ASKED)
        .select_related("case", "written_by", "plan")
        .first()
    )
    return found


def waiting_closures(by: User, *, limit: int = 50) -> list[Closure]:
    """Requests that wait for a decision which ``by`` may see, the oldest first."""
    found = Closure.objects.seen_by(by).filter(state=ClosureState.ASKED).select_related("case", "written_by")
    return list(found.order_by("id")[:limit])


def closure_hash_now(by: User, case: Case, closure: Closure, plan: Plan | None) -> str:
    """The hash of a closure as everything stands in the database now."""
    return closure_hash_of(case, closure, plan, [thing for thing, _row in open_things(by, case)])


def closure_hash_of(case: Case, closure: Closure, plan: Plan | None, things: list[OpenThing]) -> str:
    """The hash of a closure, with what is open."""
    answers: Mapping[str, str] = {f"{row['kind']}-{row['key']}": row["answer"] for row in closure.answers}
    facts = {
        "case": case.code,
        "closure": closure.n,
        "plan": plan.n if plan else None,
        "plan_hash": plan.version_hash if plan else "",
        "reason": str(closure.reason),
        "outcome": str(closure.outcome),
        "story": closure.story,
        "checklist_version": closure.checklist_version,
        "checklist": dict(closure.checklist),
        "answers": answers,
    }
    return content_hash(closure_content(facts, things))


def step_words(by: User, case: Case, key: str) -> str:
    """What a step of the plan says, by the key that it has in every version."""
    row = PlanAction.objects.seen_by(by).filter(case=case, key=uuid.UUID(key)).order_by("-id").first()
    return row.what if row else ""


def referral_words(by: User, case: Case, key: str) -> str:
    """What a referral of the case is called."""
    found = next((row for row in referrals_of_case(by, case) if str(row.pk) == key), None)
    return f"{found.code} · {found.service.title}" if found else ""
