"""What is done with and for a survivor: needs, safety plan, actions, follow-ups."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.protection.actions.files import coded_step, demand_fresh, demand_not_future, locked_file, once, tell
from paivand.protection.actions.survivors import SUPPORTED
from paivand.protection.models import FollowUp, NeedsAssessment, PlannedAction, SafetyPlan, Survivor, SurvivorConsent
from paivand.protection.rules.consents import Kind
from paivand.protection.rules.drafts import PLAN_PARTS, ActionDraft, FollowUpDraft
from paivand.protection.rules.states import ActionState, Domain, Goal, NeedLevel, Progress
from paivand.registry.models import JourneyStep


@action(Verb.SURVIVOR_WORK, on="survivor")
def assess_needs(
    *, survivor: Survivor, assessment_id: uuid.UUID, assessed_on: date, needs: Mapping[Domain, NeedLevel],
    notes: Mapping[Domain, str], by: User,
) -> NeedsAssessment:  # fmt: skip
    """Write down what is needed, part by part; parts that were not talked about stay out.

    Raises:
        Refused: ``twice``, ``closed``, ``consent``, ``date``; ``needs`` when nothing was talked about.
    """
    once(NeedsAssessment, assessment_id)
    locked = locked_file(survivor)
    demand_not_future(assessed_on, "assessed_on")
    if not needs:
        raise Refused(_("Write down at least one part that you talked about."), "needs")
    row = tell(
        NeedsAssessment, locked, by, id=assessment_id, assessed_on=assessed_on,
        needs={str(domain): str(level) for domain, level in needs.items()},
        notes={str(domain): words.strip() for domain, words in notes.items() if words.strip()},
    )  # fmt: skip
    row.save(force_insert=True)
    remark(act="needs.assess", parts=len(needs))
    return row


@action(Verb.SURVIVOR_WORK, on="survivor")
def write_safety_plan(
    *, survivor: Survivor, version: int, content: Mapping[str, str], reviewed_on: date, by: User
) -> SafetyPlan:  # fmt: skip
    """Write the safety plan, or note that it was gone through anew.

    Args:
        version: of the plan as the form was opened; 0 where there was none.

    Raises:
        Refused: ``stale``, ``closed``, ``consent``, ``date``; ``empty`` for a plan without a word.
    """
    locked = locked_file(survivor)
    demand_not_future(reviewed_on, "reviewed_on")
    kept = {part: content[part].strip() for part in PLAN_PARTS if content.get(part, "").strip()}
    if not kept:
        raise Refused(_("Write at least one line of the plan."), "empty")
    row = SafetyPlan.objects.select_for_update().filter(survivor=locked).first()
    row = row or tell(SafetyPlan, locked, by, version=0)
    demand_fresh(row, version)
    row.content, row.reviewed_on, row.recorded_by = kept, reviewed_on, by
    row.version += 1
    row.save()
    remark(act="plan.write", parts=len(kept))
    return row


@action(Verb.SURVIVOR_WORK, on="survivor")
def plan_action(
    *, survivor: Survivor, action_id: uuid.UUID, draft: ActionDraft, consent: SurvivorConsent | None, by: User
) -> PlannedAction:  # fmt: skip
    """Write down a need and what is to be done about it.

    Args:
        consent: her live consent to a referral in this sector, where an organisation is to be asked.

    Raises:
        Refused: ``twice``, ``closed``, ``consent``; ``words`` without need or action; ``date`` for a day that is past.
    """
    once(PlannedAction, action_id)
    locked = locked_file(survivor)
    today = timezone.localdate()
    if not draft.need.strip() or not draft.action.strip():
        raise Refused(_("Write the need and what is to be done."), "words", field="action")
    if draft.due_on and draft.due_on < today:
        raise Refused(_("The day lies in the past. Choose a later one."), "date", field="due_on")
    if consent and not (
        consent.survivor_id == locked.pk and consent.kind == Kind.REFERRAL and consent.sector == draft.sector
        and consent.is_live_on(today)
    ):  # fmt: skip
        raise Refused(
            _("There is no consent that counts for this sector. Ask for it first."), "consent", field="consent"
        )
    row = tell(
        PlannedAction, locked, by, id=action_id, sector=draft.sector, need=draft.need.strip(),
        action=draft.action.strip(), must_report=draft.must_report, due_on=draft.due_on, consent=consent,
    )  # fmt: skip
    row.save(force_insert=True)
    remark(act="action.plan", sector=str(draft.sector), must_report=draft.must_report)
    return row


@action(Verb.SURVIVOR_WORK, on="planned")
def end_action(
    *, planned: PlannedAction, version: int, state: ActionState, outcome: str, done_on: date, by: User
) -> PlannedAction:  # fmt: skip
    """Write down that an action was done, or dropped.

    Raises:
        Refused: ``stale``, ``closed``, ``consent``, ``date``; ``state`` when it has ended already.
    """
    locked_file(planned.survivor)
    locked = PlannedAction.objects.select_for_update().get(pk=planned.pk)
    demand_fresh(locked, version)
    demand_not_future(done_on, "done_on")
    if locked.state != ActionState.PLANNED or state is ActionState.PLANNED:
        raise Refused(_("This action has ended already."), "state")
    locked.state, locked.done_on, locked.outcome = state, done_on, outcome.strip()
    locked.version += 1
    locked.save()
    remark(act="action.end", state=str(state))
    return locked


@action(Verb.SURVIVOR_WORK, on="survivor")
def record_follow_up(
    *, survivor: Survivor, follow_up_id: uuid.UUID, draft: FollowUpDraft, by: User
) -> FollowUp:  # fmt: skip
    """Write down a contact: how far each goal is, and when one meets again. It counts as one help more.

    Raises:
        Refused: ``twice``, ``closed``, ``consent``, ``date``, ``goals`` where one has no answer.
    """
    once(FollowUp, follow_up_id)
    locked = locked_file(survivor)
    demand_not_future(draft.happened_on, "happened_on")
    if draft.happened_on < locked.opened_on:
        raise Refused(_("The day lies before the first talk. Check it."), "date", field="happened_on")
    if draft.next_on and draft.next_on <= draft.happened_on:
        raise Refused(_("The next contact lies after this one. Check the day."), "date", field="next_on")
    if {str(goal) for goal in draft.goals} != set(Goal):
        raise Refused(_("Say of each goal how far it is. “Does not apply” is an answer too."), "goals")
    row = tell(
        FollowUp, locked, by, id=follow_up_id, happened_on=draft.happened_on, contact=draft.contact,
        note=draft.note.strip(), next_on=draft.next_on,
        **{str(goal): str(Progress(progress)) for goal, progress in draft.goals.items()},
    )  # fmt: skip
    row.save(force_insert=True)
    locked.last_contact_on = max(draft.happened_on, locked.last_contact_on or draft.happened_on)
    locked.next_on = draft.next_on
    locked.version += 1
    locked.save()
    JourneyStep.objects.bulk_create([coded_step(locked, SUPPORTED, draft.happened_on, by)])
    remark(act="follow_up", contact=str(draft.contact))
    return row
