"""Incidents: written down once, and mended."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.protection.actions.files import demand_fresh, demand_not_future, locked_file, once, tell
from paivand.protection.models import Incident, Survivor
from paivand.protection.rules.drafts import IncidentDraft, refused_answers
from paivand.protection.rules.people import age_group_on
from paivand.protection.rules.sectors import INCIDENT_SECTORS, ServiceAnswer
from paivand.protection.rules.violence import contradiction


@action(Verb.SURVIVOR_WORK, on="survivor")
def add_incident(*, survivor: Survivor, incident_id: uuid.UUID, draft: IncidentDraft, by: User) -> Incident:
    """Write down what happened.

    Raises:
        Refused: ``twice``, ``closed``, ``consent``; ``date``, ``declined``, ``practice``, ``services``.
    """
    once(Incident, incident_id)
    locked = locked_file(survivor)
    incident = tell(Incident, locked, by, id=incident_id)
    incident.ordinal = 1 + Incident.objects.filter(survivor=locked).count()
    _fill(incident, locked, draft)
    incident.save(force_insert=True)
    remark(act="incident.add", declined=len(draft.declined))
    return incident


@action(Verb.SURVIVOR_WORK, on="incident")
def edit_incident(*, incident: Incident, version: int, draft: IncidentDraft, by: User) -> Incident:
    """Mend what is written about an incident.

    Raises:
        Refused: ``stale``; else as ``add_incident``.
    """
    survivor = locked_file(incident.survivor)
    locked = Incident.objects.select_for_update().get(pk=incident.pk)
    demand_fresh(locked, version)
    changed = _fill(locked, survivor, draft)
    locked.version += 1
    locked.save()
    remark(act="incident.edit", changed=changed)
    return locked


def _fill(incident: Incident, survivor: Survivor, draft: IncidentDraft) -> list[str]:
    """Copy the draft onto the incident; returns the names of the fields that changed."""
    demand_not_future(draft.reported_on, "reported_on")
    if draft.incident_on and draft.incident_on > draft.reported_on:
        raise Refused(_("It cannot have happened after it was told. Check both days."), "date", field="incident_on")
    answered = refused_answers(draft)
    if answered:
        raise Refused(
            _("This question was declined and is answered too. Keep one of the two."), "declined", field=answered[0]
        )
    fault = contradiction(draft.violence, draft.harmful_practice)
    if fault:
        raise Refused(_(fault), "practice", field="harmful_practice")
    if not set(draft.services) <= set(INCIDENT_SECTORS) or not set(draft.services.values()) <= set(ServiceAnswer):
        raise Refused(_("This answer about help is not known. Choose again."), "services")
    day = draft.incident_on or draft.reported_on
    group = age_group_on(survivor.birth_year, day) if survivor.birth_year else survivor.age_group
    new: dict[str, Any] = {
        name: getattr(draft, name)
        for name in draft.__dataclass_fields__
        if name not in {"declined", "services", "harmful_practice", "day_is_estimate", "account"}
    } | {
        "harmful_practice": str(draft.harmful_practice or ""), "age_group": str(group),
        "declined": sorted(draft.declined), "services": dict(sorted(draft.services.items())),
        "day_is_estimate": draft.day_is_estimate and draft.incident_on is not None, "account": draft.account.strip(),
    }  # fmt: skip
    changed = [name for name, value in new.items() if getattr(incident, name) != value]
    for name, value in new.items():
        setattr(incident, name, value)
    return changed
