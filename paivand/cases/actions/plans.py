"""Writing a plan: versions begin as copies, and only a version that nobody has approved is written in."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.models import Case, Plan, PlanAction, PlanGoal, PlanNeed
from paivand.cases.models.plans import PlanPart
from paivand.cases.queries.cases import people_in_case
from paivand.cases.queries.plans import needs_of
from paivand.cases.rules.cases import WORKED_ON
from paivand.cases.rules.plans import WRITABLE, Doer, GoalDraft, NeedDraft, PlanState, StepDraft, WordsDraft
from paivand.core.rules.errors import Refused
from paivand.referrals.models import Referral
from paivand.registry.actions.families import demand_fresh

P = TypeVar("P", bound=PlanPart)

UNDECIDED = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.RETURNED)


@action(Verb.CASE_WORK, on="case")
def start_plan(*, case: Case, plan_id: uuid.UUID, by: User) -> Plan:
    """Begin the first version of a plan, or the next one as a copy of the latest.

    Raises:
        Refused: ``closed``; ``edge`` while the case is handed over or its closure is reviewed; ``exists`` when a
            version is being written already.
    """
    locked = locked_case(case)
    _demand_worked_on(locked)
    if Plan.objects.filter(pk=plan_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    latest = Plan.objects.select_for_update(of=("self",)).filter(case=locked).order_by("-n").first()
    if latest and latest.state in UNDECIDED:
        raise Refused(_("A version of the plan is being written already. Go on with that one."), "exists")
    plan = Plan(id=plan_id, n=(latest.n if latest else 0) + 1)
    if latest:
        for name in WordsDraft.__slots__:
            setattr(plan, name, getattr(latest, name))
    within(locked, plan, by).save(force_insert=True)
    if latest:
        _copy_parts(latest, plan, locked, by)
    remark(act="plan.start", version=plan.n)
    return plan


def _copy_parts(source: Plan, plan: Plan, case: Case, by: User) -> None:
    """Copy needs, goals and steps, with what happened to them so far."""
    for need in needs_of(by, source):
        new_need = _copied(need.row, case, by, plan=plan)
        for goal in need.goals:
            new_goal = _copied(goal.row, case, by, need=new_need)
            for step in goal.steps:
                _copied(step, case, by, goal=new_goal, in_force=False)


def _copied(row: P, case: Case, by: User, **changes: Any) -> P:
    left_out = {"id", "version", "created_at", "changed_at"}
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in left_out and field.name not in changes
    }
    new = within(case, type(row)(**values, **changes), by)
    new.save()
    return new


@action(Verb.CASE_WORK, on="plan")
def write_words(*, plan: Plan, version: int, draft: WordsDraft, by: User) -> Plan:
    """Write the person's own words, the child's view and the note on the child's best interest."""
    row = _writable(plan)
    demand_fresh(row, version)
    changed = [name for name in WordsDraft.__slots__ if getattr(row, name) != getattr(draft, name)]
    for name in changed:
        setattr(row, name, getattr(draft, name))
    _touch(row)
    remark(act="plan.words", changed=changed)
    return row


@action(Verb.CASE_WORK, on="plan")
def add_need(*, plan: Plan, need_id: uuid.UUID, draft: NeedDraft, by: User) -> PlanNeed:
    """Add a need; ``need_id`` is made by the form, so that a double tap adds one."""
    row = _writable(plan)
    _demand_new(PlanNeed, need_id)
    _demand_in_case(row.case, draft.person_id)
    position = PlanNeed.objects.filter(plan=row).count()
    need = PlanNeed(
        id=need_id, key=need_id, plan=row, area=draft.area, statement=_said(draft.statement),
        person_id=draft.person_id, position=position,
    )  # fmt: skip
    within(row.case, need, by).save(force_insert=True)
    _touch(row)
    remark(act="plan.need")
    return need


@action(Verb.CASE_WORK, on="need")
def edit_need(*, need: PlanNeed, version: int, draft: NeedDraft, by: User) -> PlanNeed:
    """Change a need."""
    plan = _writable(need.plan)
    row = _locked(PlanNeed, need.pk)
    demand_fresh(row, version)
    _demand_in_case(plan.case, draft.person_id)
    _fill(row, area=draft.area, statement=_said(draft.statement), person_id=draft.person_id)
    _touch(plan)
    return row


@action(Verb.CASE_WORK, on="need")
def remove_need(*, need: PlanNeed, by: User) -> Plan:
    """Take away a need with its goals and steps from a version that is being written."""
    plan = _writable(need.plan)
    for goal in PlanGoal.objects.filter(need=need):
        PlanAction.objects.filter(goal=goal).delete()
        goal.delete()
    _locked(PlanNeed, need.pk).delete()
    _touch(plan)
    remark(act="plan.remove", part="need")
    return plan


@action(Verb.CASE_WORK, on="need")
def add_goal(*, need: PlanNeed, goal_id: uuid.UUID, draft: GoalDraft, by: User) -> PlanGoal:
    """Add a goal to a need."""
    plan = _writable(need.plan)
    _demand_new(PlanGoal, goal_id)
    position = PlanGoal.objects.filter(need=need).count()
    goal = PlanGoal(
        id=goal_id, key=goal_id, need=_locked(PlanNeed, need.pk), statement=_said(draft.statement),
        by_on=draft.by_on, position=position,
    )  # fmt: skip
    within(plan.case, goal, by).save(force_insert=True)
    _touch(plan)
    remark(act="plan.goal")
    return goal


@action(Verb.CASE_WORK, on="goal")
def edit_goal(*, goal: PlanGoal, version: int, draft: GoalDraft, by: User) -> PlanGoal:
    """Change a goal."""
    plan = _writable(goal.need.plan)
    row = _locked(PlanGoal, goal.pk)
    demand_fresh(row, version)
    _fill(row, statement=_said(draft.statement), by_on=draft.by_on)
    _touch(plan)
    return row


@action(Verb.CASE_WORK, on="goal")
def remove_goal(*, goal: PlanGoal, by: User) -> Plan:
    """Take away a goal with its steps from a version that is being written."""
    plan = _writable(goal.need.plan)
    PlanAction.objects.filter(goal=goal).delete()
    _locked(PlanGoal, goal.pk).delete()
    _touch(plan)
    remark(act="plan.remove", part="goal")
    return plan


@action(Verb.CASE_WORK, on="goal")
def add_step(*, goal: PlanGoal, step_id: uuid.UUID, draft: StepDraft, by: User) -> PlanAction:
    """Add a step to a goal.

    Raises:
        Refused: ``twice``, ``closed``, ``approved``; ``doer`` where it is not said who; ``referral`` where it belongs
            to something else; ``date`` for a day before the case.
    """
    plan = _writable(goal.need.plan)
    _demand_new(PlanAction, step_id)
    step = PlanAction(
        id=step_id, key=step_id, goal=_locked(PlanGoal, goal.pk), position=PlanAction.objects.filter(goal=goal).count()
    )
    _fill_step(step, plan.case, draft, by)
    within(plan.case, step, by).save(force_insert=True)
    _touch(plan)
    remark(act="plan.step")
    return step


@action(Verb.CASE_WORK, on="step")
def edit_step(*, step: PlanAction, version: int, draft: StepDraft, by: User) -> PlanAction:
    """Change a step of a version that is being written."""
    plan = _writable(step.goal.need.plan)
    row = _locked(PlanAction, step.pk)
    demand_fresh(row, version)
    _fill_step(row, plan.case, draft, by)
    row.version += 1
    row.save()
    _touch(plan)
    return row


@action(Verb.CASE_WORK, on="step")
def remove_step(*, step: PlanAction, by: User) -> Plan:
    """Take away a step from a version that is being written."""
    plan = _writable(step.goal.need.plan)
    _locked(PlanAction, step.pk).delete()
    _touch(plan)
    remark(act="plan.remove", part="step")
    return plan


# --- parts of these actions -----------------------------------------------------------------------------------------


def _demand_worked_on(case: Case) -> None:
    if case.state not in WORKED_ON:
        raise Refused(
            _("The case is “%(state)s”: its plan rests. Take the case up, or take back the request for closure, first.")
            % {"state": _(case.get_state_display())}, "edge",
        )  # fmt: skip


def _writable(plan: Plan) -> Plan:
    """The version, locked with its case.

    Raises:
        Refused: ``closed``; ``edge``; ``approved`` for a version that is written in no more.
    """
    _demand_worked_on(locked_case(plan.case))
    row: Plan = Plan.objects.select_for_update(of=("self",)).select_related("case").get(pk=plan.pk)
    if row.state == PlanState.SUBMITTED:
        raise Refused(_("This version waits for approval. Take it back first, then change it."), "approved")
    if row.state not in WRITABLE:
        raise Refused(_("This version was approved and stays as it is. Begin the next one to change it."), "approved")
    return row


def _touch(plan: Plan) -> None:
    plan.version += 1
    plan.save()


def _locked(model: type[P], pk: uuid.UUID) -> P:
    found: Any = model.objects
    row: P | None = found.select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refused(_("Somebody else took this away meanwhile."), "gone")
    return row


def _demand_new(model: type[PlanPart], key: uuid.UUID) -> None:
    if model.objects.filter(pk=key).exists():
        raise Refused(_("This form was saved already."), "twice")


def _said(statement: str) -> str:
    if not statement.strip():
        raise Refused(_("Write it in a few words."), "statement", field="statement")
    return statement.strip()


def _demand_in_case(case: Case, person_id: uuid.UUID | None) -> None:
    if person_id and person_id not in people_in_case(case):
        raise Refused(_("This person does not belong to the case. Choose somebody who does."), "person",
                      field="person")  # fmt: skip


def _fill(row: PlanPart, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()


def _fill_step(row: PlanAction, case: Case, draft: StepDraft, by: User) -> None:
    if not draft.what.strip():
        raise Refused(_("Write it in a few words."), "statement", field="what")
    if draft.by_on < case.opened_on:
        raise Refused(_("The day lies before the case was opened. Check it."), "date", field="by_on")
    if draft.doer is Doer.PERSON:
        _demand_in_case(case, draft.doer_person_id)
    if draft.doer is Doer.OTHER and not draft.doer_name.strip():
        raise Refused(_("Write who does it."), "doer", field="doer_name")
    row.what, row.doer, row.by_on = draft.what.strip(), draft.doer, draft.by_on
    row.doer_user = _worker(row, case, by) if draft.doer is Doer.WORKER else None
    row.doer_person_id = draft.doer_person_id if draft.doer is Doer.PERSON else None
    row.doer_name = draft.doer_name.strip() if draft.doer in {Doer.PROVIDER, Doer.OTHER} else ""
    row.service_type = draft.service_type
    row.referral = _referral(case, draft.referral_id, by)


def _worker(row: PlanAction, case: Case, by: User) -> User:
    """Who the worker of a step is: who stood there before, or who is responsible for the case."""
    return row.doer_user or case.owner or by


def _referral(case: Case, referral_id: uuid.UUID | None, by: User) -> Referral | None:
    """The referral of this case that a step rests on; never one from the sealed room."""
    if referral_id is None:
        return None
    found: Referral | None = (
        Referral.objects.seen_by(by).filter(pk=referral_id, origin_kind="case", origin_id=case.pk).first()
    )
    if found is None or found.is_sealed:
        raise Refused(_("This referral does not belong to the case. Choose one that does."), "referral",
                      field="referral")  # fmt: skip
    return found
