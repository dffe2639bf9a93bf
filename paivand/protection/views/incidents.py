"""What happened."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.protection.actions import incidents as actions
from paivand.protection.forms.incidents import IncidentForm
from paivand.protection.models import Incident
from paivand.protection.queries.registry import districts
from paivand.protection.queries.survivors import row_of
from paivand.protection.views.door import sealed
from paivand.protection.views.files import asked_file, form_page


@require_http_methods(["GET", "POST"])
@sealed()
def incident_add(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """Write down what happened, if she or he wants to tell it."""
    survivor = asked_file(by, survivor_id)
    initial = {"place": survivor.district_id}
    form = IncidentForm(request.POST or None, districts=districts(), initial=initial)
    return form_page(
        request, survivor, form,
        lambda: actions.add_incident(survivor=survivor, incident_id=form.form_key(), draft=form.draft(), by=by),
        heading=_("What happened"), template="protection/incident.html",
        lead=_("Only as far as it is told freely. Everything may be left unanswered."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def incident_edit(request: HttpRequest, by: User, survivor_id: uuid.UUID, incident_id: uuid.UUID) -> HttpResponse:
    """Mend what is written about an incident."""
    survivor = asked_file(by, survivor_id)
    incident = row_of(by, Incident, survivor, incident_id)
    if incident is None:
        raise Http404
    initial = IncidentForm.initial_of(incident)
    form = IncidentForm(request.POST or None, districts=districts(), initial=initial)
    return form_page(
        request, survivor, form,
        lambda: actions.edit_incident(
            incident=incident, version=form.opened_with(), draft=form.draft(), by=by
        ),
        heading=_("What happened"), template="protection/incident.html", present=initial, incident=incident,
    )  # fmt: skip
