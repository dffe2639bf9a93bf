"""The journey: steps are added, and corrected by reversing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.registry.models import JourneyStep, Person


@action(Verb.JOURNEY_RECORD, on="person")
def record_step(
    *, person: Person, service: str, outcome: str, happened_on: date, place: Place, by: User,
    quantity: Decimal = Decimal(1),
) -> JourneyStep:  # fmt: skip
    """Append one step: this service reached this person, there and then.

    Args:
        service: a code ``noun.verb`` of the services catalogue.
        outcome: a short code, such as ``completed``.
        quantity: how much, in the service's own unit; above zero.
    """
    if happened_on > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="happened_on")
    if quantity <= 0:
        raise Refused(_("The quantity must be above zero. Check it."), "quantity", field="quantity")
    step = JourneyStep(
        person=person, service=service, outcome=outcome, happened_on=happened_on, place=place, quantity=quantity,
        recorded_by=by, district_id=person.district_id, agency_id=person.agency_id, team_id=person.team_id,
        owner_id=person.owner_id,
    )  # fmt: skip
    step.save()
    return step


@action(Verb.JOURNEY_REVERSE, on="step")
def reverse_step(*, step: JourneyStep, reason: str, by: User) -> JourneyStep:
    """Take a step back by a reversing one; both stay."""
    if step.reverses_id:
        raise Refused(_("This step is itself a correction and cannot be corrected."), "reversal")
    if JourneyStep.objects.filter(reverses=step).exists():
        raise Refused(_("This step was corrected already."), "already")
    if not reason.strip():
        raise Refused(_("Say why the step is wrong."), "reason", field="reason")
    reversal = JourneyStep(
        person=step.person, service=step.service, outcome=step.outcome, happened_on=step.happened_on, place=step.place,
        quantity=-step.quantity, recorded_by=by, reverses=step, district_id=step.district_id,
        agency_id=step.agency_id, team_id=step.team_id, owner_id=step.owner_id,
    )  # fmt: skip
    reversal.save()
    return reversal
