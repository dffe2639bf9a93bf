"""Cases in words: kind, risk and state as badges, and what is due in a sentence."""

from __future__ import annotations

import uuid
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from paivand.cases.models import Case, Closure, Due, Plan, PlanAction, PlanGoal
from paivand.cases.rules.cases import RISK_NAMES, STATE_NAMES, CaseState, Risk
from paivand.cases.rules.closure import CLOSURE_STATE_NAMES, ClosureState
from paivand.cases.rules.guidance import DUE_SENTENCES, NEARNESS_NAMES, NEARNESS_TONES, Nearness, nearness
from paivand.cases.rules.kinds import kind_title
from paivand.cases.rules.plans import (
    DOER_NAMES,
    GOAL_STATE_NAMES,
    PLAN_STATE_NAMES,
    STEP_STATE_NAMES,
    Doer,
    GoalState,
    PlanState,
    StepState,
    short_hash,
)
from paivand.cases.rules.sop import DUE_NAMES, DueKind
from paivand.core.templatetags.icons import badge
from paivand.core.templatetags.paivand import day
from paivand.referrals.rules.directory import service_type_title

register = template.Library()

_RISK_TONES = {Risk.HIGH: "danger", Risk.MEDIUM: "warn", Risk.LOW: "quiet"}
_STATE_TONES = {
    CaseState.CLOSED: "quiet",
    CaseState.CLOSURE_REVIEW: "info",
    CaseState.TRANSFERRED: "warn",
    CaseState.IN_PROGRESS: "ok",
    CaseState.PLANNED: "ok",
}


@register.filter
def case_kind(code: str) -> str:
    """The kind of a case in the reader's language."""
    return kind_title(code, get_language() or "en")


@register.simple_tag
def risk_badge(case: Case) -> SafeString:
    """How near harm is."""
    risk = Risk(case.risk)
    return badge(gettext(RISK_NAMES[risk]), _RISK_TONES[risk], "warn" if risk is Risk.HIGH else "")


@register.simple_tag
def state_badge(case: Case) -> SafeString:
    """Where the case stands."""
    state = CaseState(case.state)
    return badge(gettext(STATE_NAMES[state]), _STATE_TONES.get(state, "primary"))


@register.simple_tag
def due_badge(due_at: datetime | None) -> SafeString:
    """How near a moment is, in a word; nothing for what is far."""
    if due_at is None:
        return SafeString("")
    near = nearness(due_at, timezone.now(), timezone.get_current_timezone())
    if near in {Nearness.LATER, Nearness.SOON}:
        return SafeString("")
    return badge(gettext(NEARNESS_NAMES[near]), NEARNESS_TONES[near], "clock")


@register.simple_tag
def due_sentence(kind: str, due_at: datetime) -> str:
    """What is due and when, as a whole sentence."""
    known = DueKind(kind) if kind in set(DueKind) else None
    if known in DUE_SENTENCES:
        return gettext(DUE_SENTENCES[known]) % {"day": day(due_at)}
    return gettext("%(what)s: due on %(day)s.") % {"what": due_name(kind), "day": day(due_at)}


@register.filter
def due_name(kind: str) -> str:
    """What a due is about, in a word or two."""
    return gettext(DUE_NAMES[DueKind(kind)]) if kind in set(DueKind) else kind


@register.filter
def is_overdue(due: Due | None) -> bool:
    """Whether something should have happened already."""
    return bool(due and due.due_at < timezone.now())


_PLAN_TONES = {
    PlanState.APPROVED: "ok",
    PlanState.SUBMITTED: "info",
    PlanState.RETURNED: "warn",
    PlanState.DRAFT: "primary",
}
_GOAL_TONES = {GoalState.MET: "ok", GoalState.PARTLY: "info", GoalState.NOT_MET: "danger"}
_STEP_TONES = {StepState.DONE: "ok", StepState.NOT_DONE: "danger"}
_CLOSURE_TONES = {ClosureState.APPROVED: "ok", ClosureState.ASKED: "info", ClosureState.RETURNED: "warn"}


@register.simple_tag
def plan_badge(plan: Plan) -> SafeString:
    """Where a version of a plan stands."""
    state = PlanState(plan.state)
    return badge(gettext(PLAN_STATE_NAMES[state]), _PLAN_TONES.get(state, "quiet"))


@register.simple_tag
def goal_badge(goal: PlanGoal) -> SafeString:
    """How far a goal is met."""
    state = GoalState(goal.state)
    return badge(gettext(GOAL_STATE_NAMES[state]), _GOAL_TONES.get(state, "quiet"))


@register.simple_tag
def step_badge(step: PlanAction) -> SafeString:
    """Whether a step was taken; one that should have been taken already is named."""
    state = StepState(step.state)
    if state is StepState.OPEN and step.in_force and step.by_on < timezone.localdate():
        return badge(gettext(NEARNESS_NAMES[Nearness.OVERDUE]), "danger", "clock")
    if state is StepState.OPEN:
        return SafeString("")
    return badge(gettext(STEP_STATE_NAMES[state]), _STEP_TONES[state], "check" if state is StepState.DONE else "")


@register.simple_tag
def closure_badge(closure: Closure) -> SafeString:
    """Where a request for closure stands."""
    state = ClosureState(closure.state)
    return badge(gettext(CLOSURE_STATE_NAMES[state]), _CLOSURE_TONES.get(state, "quiet"))


@register.simple_tag
def name_of(names: dict[uuid.UUID, str], person: uuid.UUID | None) -> str:
    """What to call somebody of the case; nothing where the reader may not see her."""
    return names.get(person, "") if person else ""


@register.simple_tag
def who_does(step: PlanAction, names: dict[uuid.UUID, str]) -> str:
    """Who takes a step: by name where one is known, else by what she is."""
    if step.doer == Doer.WORKER and step.doer_user:
        return str(step.doer_user.full_name)
    if step.doer == Doer.PERSON and step.doer_person_id in names:
        return names[step.doer_person_id]
    return step.doer_name or gettext(DOER_NAMES[Doer(step.doer)])


@register.filter
def service_kind(code: str) -> str:
    """A kind of service in the reader's language."""
    return service_type_title(code, get_language() or "en")


@register.filter
def eye_hash(full: str) -> SafeString:
    """The first digits of a hash, in groups that two people can compare by eye."""
    return format_html('<bdi class="code" dir="ltr">{}</bdi>', short_hash(full)) if full else SafeString("—")
