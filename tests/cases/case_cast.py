"""Cases for the tests, made through the actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.cases.actions import approvals, closure, plans
from paivand.cases.actions.cases import Concerned, note_assessed, open_case
from paivand.cases.models import Approval, Case, Closure, Plan
from paivand.cases.queries.closure import open_things
from paivand.cases.rules.cases import CaseRole, ClosingReason, Outcome, Risk
from paivand.cases.rules.closure import Answer, Checked, ClosureDraft, OpenKind, checklist_on
from paivand.cases.rules.plans import Area, Doer, GoalDraft, NeedDraft, StepDraft, WordsDraft
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.instruments.models import Assessment
from paivand.registry.models import Family, Person


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expects a refusal with this code."""
    with pytest.raises(Refused) as told:
        yield
    assert told.value.code == code, told.value.message


def people_of(family: Family) -> dict[str, Person]:
    """The members of a family by given name; ask with an identity."""
    return {row.person.given_name: row.person for row in family.members.select_related("person").order_by("id")}


def concerned(family: Family, *children: str, main: str = "Ҷамила") -> list[Concerned]:
    """One main person, the head unless told, and others as children; ask with an identity."""
    people = people_of(family)
    return [
        Concerned(people[main], CaseRole.MAIN),
        *(Concerned(people[name], CaseRole.CHILD) for name in children),
    ]


def a_case(
    by: Any,
    family: Family,
    *,
    kind: str = "social_support",
    risk: Risk = Risk.MEDIUM,
    people: Sequence[Concerned] | None = None,
    on: date | None = None,
    now: datetime | None = None,
    reason: str = "Дар хона касе даромад надорад.",
    second: str = "",
) -> Case:
    """An open case of a family: the mother and two children unless told."""
    with acting_as(by):
        return open_case(
            case_id=new_id(), family=family, people=people or concerned(family, "Фарҳод", "Нигина"), kind=kind,
            risk=risk, reason=reason, by=by, on=on, now=now, second=second,
        )  # fmt: skip


def a_protection_case(by: Any, family: Family, **changes: Any) -> Case:
    """A case of child protection about one child."""
    with acting_as(by):
        people = concerned(family, main="Фарҳод")
    return a_case(by, family, kind="child_protection", people=people, **changes)


def fresh_case(by: Any, case: Case) -> Case:
    """The case as it stands now."""
    with acting_as(by):
        return Case.objects.get(pk=case.pk)


def an_assessment(by: Any, family: Family, person: Person | None = None, *, completed: bool = True) -> Assessment:
    """A questionnaire of one of the people, complete unless told."""
    with acting_as(by), writing("test"):
        done = {"state": "completed", "completed_at": timezone.now()} if completed else {"state": "draft"}
        return Assessment.objects.create(
            family=family, person=person or family.head, instrument="wgss", instrument_version="1",
            answered_on=timezone.localdate(), recorded_by=by, district_id=family.district_id,
            agency_id=family.agency_id, team_id=family.team_id, owner_id=by.pk, **done,
        )  # fmt: skip


def assessed(by: Any, case: Case, *, now: datetime | None = None) -> Case:
    """The case after somebody was assessed."""
    with acting_as(by):
        family = Family.objects.get(pk=case.family_id)
    made = an_assessment(by, family)
    with acting_as(by):
        return note_assessed(case=case, version=fresh_case(by, case).version, assessment=made, by=by, now=now)


def a_plan(by: Any, case: Case, *, words: WordsDraft | None = None) -> Plan:
    """A plan that lacks nothing: one need, one goal, two steps."""
    with acting_as(by):
        plan = plans.start_plan(case=case, plan_id=new_id(), by=by)
        plan = plans.write_words(
            plan=plan, version=plan.version, draft=words or WordsDraft("Мехоҳам дар хона дӯзам."), by=by
        )
        need = plans.add_need(
            plan=plan, need_id=new_id(), draft=NeedDraft(Area.INCOME, "Даромади худаш нест"), by=by
        )  # fmt: skip
        goal = plans.add_goal(need=need, goal_id=new_id(), draft=GoalDraft("Аз дӯзандагӣ даромад дорад"), by=by)
        for what, doer in (
            ("Дар бораи курси дӯзандагӣ пурсидан", Doer.WORKER),
            ("Ҷой барои мошини дӯзандагӣ ёфтан", Doer.PROVIDER),
        ):
            plans.add_step(
                goal=goal, step_id=new_id(), by=by,
                draft=StepDraft(what, doer, timezone.localdate(), service_type="livelihood"),
            )  # fmt: skip
        return Plan.objects.select_related("case").get(pk=plan.pk)


def submitted(by: Any, plan: Plan) -> Plan:
    """The plan after it was sent for approval."""
    with acting_as(by):
        plan = Plan.objects.select_related("case").get(pk=plan.pk)
        return approvals.submit_plan(plan=plan, version=plan.version, by=by)


def approved(by: Any, plan: Plan) -> Approval:
    """The approval of a plan that waits."""
    with acting_as(by):
        plan = Plan.objects.select_related("case").get(pk=plan.pk)
        return approvals.approve_plan(plan=plan, version_hash=plan.version_hash, by=by)


def planned_case(by: Any, supervisor: Any, family: Family, **changes: Any) -> Case:
    """A case with a plan in force."""
    case = assessed(by, a_case(by, family, **changes))
    approved(supervisor, submitted(by, a_plan(by, case)))
    return fresh_case(by, case)


def closure_draft(by: Any, case: Case, **changes: Any) -> ClosureDraft:
    """A request for closure in which everything is answered."""
    first = {OpenKind.STEP: Answer.DONE, OpenKind.REFERRAL: Answer.GOES_ON, OpenKind.DUE: Answer.DROPPED}
    with acting_as(by):
        answers = {thing.name: str(first[thing.kind]) for thing, _row in open_things(by, case)}
    values: dict[str, Any] = {
        "reason": ClosingReason.ASKED,
        "outcome": Outcome.PARTLY,
        "story": "Ҳоло дар хона медӯзад.",
        "checklist": {check.code: str(Checked.YES) for check in checklist_on(timezone.localdate()).checks},
        "answers": answers,
    }
    return ClosureDraft(**{**values, **changes})


def asked(by: Any, case: Case, *, now: datetime | None = None, **changes: Any) -> Closure:
    """A request for closure."""
    with acting_as(by):
        case = fresh_case(by, case)
        return closure.ask_closure(
            case=case, closure_id=new_id(), version=case.version, draft=closure_draft(by, case, **changes), by=by,
            now=now,
        )  # fmt: skip


def closed_case(by: Any, supervisor: Any, family: Family, **changes: Any) -> Case:
    """A case that was closed by approval."""
    case = planned_case(by, supervisor, family)
    request = asked(by, case, **changes)
    with acting_as(supervisor):
        closure.approve_closure(closure=request, version_hash=request.version_hash, by=supervisor)
    return fresh_case(by, case)
