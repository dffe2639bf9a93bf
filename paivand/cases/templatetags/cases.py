"""Cases in words: kind, risk and state as badges, and what is due in a sentence."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from paivand.cases.models import Case, Due
from paivand.cases.rules.cases import RISK_NAMES, STATE_NAMES, CaseState, Risk
from paivand.cases.rules.guidance import DUE_SENTENCES, NEARNESS_NAMES, NEARNESS_TONES, Nearness, nearness
from paivand.cases.rules.kinds import kind_title
from paivand.cases.rules.plans import short_hash
from paivand.cases.rules.sop import DUE_NAMES, DueKind
from paivand.core.templatetags.icons import badge
from paivand.core.templatetags.paivand import day

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


@register.filter
def eye_hash(full: str) -> SafeString:
    """The first digits of a hash, in groups that two people can compare by eye."""
    return format_html('<bdi class="code" dir="ltr">{}</bdi>', short_hash(full)) if full else SafeString("—")
