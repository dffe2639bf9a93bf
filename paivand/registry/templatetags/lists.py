"""The signs that a family carries in a list: the migrant's tie, money sent home, the state of the file."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext

from paivand.registry.models import Family
from paivand.registry.rules.families import STATE_NAMES, FamilyState
from paivand.registry.rules.lists import FOUND_BY_NAMES, PUBLIC_ABSENCES, FoundBy
from paivand.registry.rules.migration import AbsenceStatus
from paivand.registry.rules.remittances import SIGNAL_NAMES, Signal

register = template.Library()

_A = AbsenceStatus
_ABSENCE_TONES = {
    _A.REMITTING: "quiet",
    _A.RETURNED_WELL: "quiet",
    _A.IRREGULAR: "info",
    _A.CONTACT_ONLY: "info",
    _A.SILENT_LT6M: "info",
}
"""What is as it should be stays quiet, so that the others are seen; all not named here warn."""


@register.simple_tag
def signs_of(family: Family) -> list[dict[str, str]]:
    """The badges of a family: ``text``, ``tone`` and ``icon``. A status that lists may not show has none."""
    signs = []
    if family.state != FamilyState.ACTIVE:
        name = STATE_NAMES[FamilyState(family.state)]
        signs.append({"text": gettext(name), "tone": "info", "icon": "lock"})
    if family.absence_status in PUBLIC_ABSENCES:
        status = AbsenceStatus(family.absence_status)
        tone = _ABSENCE_TONES.get(status, "warn")
        signs.append({"text": gettext(PUBLIC_ABSENCES[status]), "tone": tone, "icon": ""})
    if family.remittance_signal in set(Signal):
        name = SIGNAL_NAMES[Signal(family.remittance_signal)]
        signs.append({"text": gettext(name), "tone": "danger", "icon": "warn"})
    return signs


@register.filter
def as_query(filters: dict[str, str]) -> str:
    """Kept filters as the query of an address."""
    return urlencode(filters) or "all=1"


@register.filter
def found_how(family: Family) -> str:
    """By what the search found a family, where the hit does not show it itself."""
    how = getattr(family, "found_by", "")
    return gettext(FOUND_BY_NAMES[how]) if how in FOUND_BY_NAMES and isinstance(how, FoundBy) else ""
