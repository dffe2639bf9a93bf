"""How referrals stand in lists, and how what was disclosed is told to who reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from paivand.core.rules.dates import Birth, Precision
from paivand.core.templatetags.icons import badge
from paivand.core.templatetags.paivand import ago, comma, day, number
from paivand.referrals.models import AnswerLink, Disclosure, Referral, ReferralStep
from paivand.referrals.rules.clock import hours_of
from paivand.referrals.rules.directory import service_type_title
from paivand.referrals.rules.lenses import AGE_GROUP_NAMES, Kind, fields, lenses
from paivand.referrals.rules.links import LINK_STATE_NAMES, LinkState
from paivand.referrals.rules.referrals import (
    ACT_NAMES,
    NEXT_STEPS,
    OUTCOME_NAMES,
    PRIORITY_NAMES,
    RECEIVED_NAMES,
    STATE_NAMES,
    WAY_NAMES,
    Act,
    Outcome,
    Priority,
    ReferralState,
    Side,
    Way,
)
from paivand.registry.rules import GIVEN_BY_NAMES, SEX_NAMES
from paivand.registry.rules.people import (
    DOCUMENT_NAMES,
    DOCUMENT_STATUS_NAMES,
    EDUCATION_NAMES,
    LANGUAGE_NAMES,
    MARITAL_NAMES,
    MARRIAGE_NAMES,
    MAY_CALL_NAMES,
    OUT_OF_SCHOOL_NAMES,
    SCHOOL_NAMES,
)
from paivand.registry.templatetags.people import born, country, spaced_number

register = template.Library()

_S = ReferralState
_TONES = {
    _S.DRAFTED: "quiet", _S.SENT: "info", _S.RECEIVED: "info", _S.ACCEPTED: "primary", _S.IN_SERVICE: "primary",
    _S.COMPLETED: "ok", _S.DECLINED: "warn", _S.NOT_COMPLETED: "warn", _S.WITHDRAWN: "quiet", _S.EXPIRED: "danger",
}  # fmt: skip
_ICONS = {_S.COMPLETED: "check", _S.EXPIRED: "warn"}


@register.simple_tag
def state_badge(referral: Referral, side: str = "") -> SafeString:
    """Where a referral stands, in the words of the side that reads."""
    state = ReferralState(referral.state)
    names = RECEIVED_NAMES if side == Side.RECEIVER else STATE_NAMES
    return badge(gettext(names[state]), tone=_TONES[state], icon=_ICONS.get(state, ""))


@register.simple_tag
def priority_badge(referral: Referral) -> SafeString:
    """How soon an answer is needed, where that is not as usual."""
    if referral.priority == Priority.NORMAL:
        return SafeString("")
    tone = "danger" if referral.priority == Priority.EMERGENCY else "warn"
    return badge(gettext(PRIORITY_NAMES[Priority(referral.priority)]), tone=tone, icon="clock")


@register.filter
def state_name(state: str) -> str:
    """A state in the reader's language."""
    return gettext(STATE_NAMES[ReferralState(state)])


@register.filter
def is_late(referral: Referral) -> bool:
    """Whether the next word of the receiver is late."""
    return referral.is_overdue()


@register.filter
def due_words(referral: Referral) -> str:
    """Until when the next word is due, or since when it is late."""
    if referral.due_at is None:
        return ""
    words = {"when": ago(referral.due_at)}
    return gettext("due since %(when)s") % words if referral.is_overdue() else gettext("due %(when)s") % words


@register.filter
def next_step(referral: Referral) -> str:
    """What the sender does next."""
    return gettext(NEXT_STEPS[ReferralState(referral.state)])


@register.filter
def service_words(referral: Referral) -> str:
    """The service as it may stand in a list: a neutral word where the name would tell too much."""
    return gettext("a service") if referral.is_discreet else referral.service.title


@register.filter
def kind_words(referral: Referral) -> str:
    """The kind of service as it may stand in a list."""
    return gettext("help") if referral.is_discreet else service_type_title(referral.service_type, _language())


@register.filter
def way_name(way: str) -> str:
    """How something left."""
    return gettext(WAY_NAMES[Way(way)]) if way else ""


@register.filter
def lens_title(code: str) -> str:
    """What a lens is called; an older program's code stands for itself."""
    found = lenses().get(code)
    return found.title(_language()) if found else code


@register.filter
def step_words(step: ReferralStep) -> str:
    """What was done in a step of the history."""
    return gettext(ACT_NAMES[Act(step.act)]) if step.act else gettext("wrote")


_LINK_TONES = {
    LinkState.OPEN: "info", LinkState.USED: "ok", LinkState.REVOKED: "quiet", LinkState.LOCKED: "danger",
    LinkState.EXPIRED: "warn",
}  # fmt: skip


@register.simple_tag
def link_badge(link: AnswerLink) -> SafeString:
    """Where a link stands."""
    state = link.state(timezone.now())
    return badge(gettext(LINK_STATE_NAMES[state]), tone=_LINK_TONES[state])


@register.filter
def link_is_open(link: AnswerLink) -> bool:
    """Whether a link can still be answered."""
    return link.state(timezone.now()) is LinkState.OPEN


@register.filter
def percent(share: float | None) -> str:
    """A share in whole hundredths, in the reader's language."""
    return "" if share is None else f"{number(round(share * 100))}\u202f%"


@register.filter
def outcome_words(outcome: str) -> str:
    """How help came out."""
    return gettext(OUTCOME_NAMES[Outcome(outcome)]) if outcome else ""


# --- what was disclosed ----------------------------------------------------------------------------------------------


@register.simple_tag
def told(disclosure: Disclosure) -> list[dict[str, Any]]:
    """What left, field by field in the order of the lens: ``label`` and ``lines`` in the reader's language."""
    return told_values(disclosure.fields, disclosure.values)


def told_values(codes: list[str], values: Any) -> list[dict[str, Any]]:
    """These fields with their values in words."""
    return [
        {"code": code, "label": fields()[code].title(_language()), "lines": value_lines(code, values[code])}
        for code in codes
        if code in fields() and code in values
    ]


def value_lines(code: str, value: Any) -> list[str]:
    """A value in the reader's language, a line for each part. Codes are told by their names, texts as they stand."""
    return _TELLERS[fields()[code].kind](value)


def _language() -> str:
    return get_language() or "en"


def _named(names: Any) -> Callable[[Any], list[str]]:
    """A teller of codes by their names; an older program's code stands for itself."""
    return lambda value: [gettext(names[value]) if value in names else str(value)]


def _birth(value: Any) -> list[str]:
    return [born(Birth(date.fromisoformat(value[0]), Precision(value[1])))]


def _phones(rows: Any) -> list[str]:
    lines = []
    for phone, may_call, hours, who, say in rows:
        parts = [spaced_number(phone), gettext(MAY_CALL_NAMES[may_call]), hours]
        if who:
            parts.append(gettext("may answer: %(who)s") % {"who": who})
        if say:
            parts.append(gettext("say: %(say)s") % {"say": say})
        lines.append(" · ".join(part for part in parts if part))
    return lines


def _languages(codes: Any) -> list[str]:
    """Languages by their codes; the sealed room may bring a text of its own."""
    return [codes] if isinstance(codes, str) else [comma().join(_named(LANGUAGE_NAMES)(code)[0] for code in codes)]


def _papers(rows: Any) -> list[str]:
    return [f"{gettext(DOCUMENT_NAMES[kind])}: {gettext(DOCUMENT_STATUS_NAMES[status])}" for kind, status in rows]


def priority_words() -> dict[str, str]:
    """The choices of how soon, each with what it means."""
    return {str(one): capfirst(_priority(one)[0]) for one in Priority}


def _priority(value: Any) -> list[str]:
    hours = hours_of(value)[0]
    words = {"priority": gettext(PRIORITY_NAMES[Priority(value)]), "hours": number(hours), "days": number(hours // 24)}
    if hours <= 72:  # beyond three days nobody counts hours
        return [gettext("%(priority)s: an answer within %(hours)s hours") % words]
    return [gettext("%(priority)s: an answer within %(days)s days") % words]


def _consent(value: Any) -> list[str]:
    words = {"on": day(date.fromisoformat(value[0])), "by": gettext(GIVEN_BY_NAMES[value[1]])}
    return [gettext("given on %(on)s by %(by)s") % words]


_TELLERS: dict[Kind, Callable[[Any], list[str]]] = {
    Kind.TEXT: lambda value: str(value).splitlines() or [""],
    Kind.PLACE: lambda names: [names.get(_language()[:2]) or names["en"] or names["tg"]],
    Kind.NUMBER: lambda value: [number(value)],
    Kind.PRIORITY: _priority,
    Kind.SEX: _named(SEX_NAMES),
    Kind.AGE_GROUP: _named(AGE_GROUP_NAMES),
    Kind.BIRTH: _birth,
    Kind.LANGUAGES: _languages,
    Kind.PHONES: _phones,
    Kind.MARITAL: _named(MARITAL_NAMES),
    Kind.MARRIAGE: _named(MARRIAGE_NAMES),
    Kind.PAPERS: _papers,
    Kind.EDUCATION: _named(EDUCATION_NAMES),
    Kind.SCHOOL: _named(SCHOOL_NAMES),
    Kind.OUT_OF_SCHOOL: _named(OUT_OF_SCHOOL_NAMES),
    Kind.COUNTRIES: lambda codes: [comma().join(country(code) for code in codes)],
    Kind.CONSENT: _consent,
}
