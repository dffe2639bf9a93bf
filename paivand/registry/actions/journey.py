"""The journey: steps are added, and corrected by reversing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.registry.models import Family, JourneyStep, Person
from paivand.registry.queries.consents import Grounds, grounds
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.catalogue import services
from paivand.registry.rules.consents import ConsentState
from paivand.registry.rules.keys import row_key


@dataclass(frozen=True, slots=True)
class Help:
    """What reached somebody, when and where: a step before it belongs to a person."""

    service: str
    outcome: str
    happened_on: date
    place: Place
    quantity: Decimal = Decimal(1)


@action(Verb.JOURNEY_RECORD, on="person")
def record_step(
    *, person: Person, service: str, outcome: str, happened_on: date, place: Place, by: User,
    quantity: Decimal = Decimal(1),
) -> JourneyStep:  # fmt: skip
    """Append one step: this service reached this person, there and then.

    Args:
        service: a code ``noun.verb`` of the services catalogue.
        outcome: one of the outcomes that the catalogue names for the service.
        quantity: how much, in the service's own unit; above zero.

    Raises:
        Refused: ``service``, ``outcome``, ``date``, ``quantity``; ``closed`` without an open file, ``registration``
            and ``consent`` where the person, or who speaks for the family, does not agree.
    """
    given = Help(service, outcome, happened_on, place, quantity)
    demand_possible_help(given)
    demand_agreed(person, grounds(by, [person.pk])[person.pk])
    step = step_row(person, given, by)
    step.save()
    return step


@action(Verb.JOURNEY_RECORD, on="family")
def record_help(
    *, family: Family, people: Sequence[Person], given: Help, form_id: uuid.UUID, by: User
) -> Family:  # fmt: skip
    """Append a step for each of several members whom the same help reached; all of them or none.

    Raises:
        Refused: ``twice`` when the form was saved already; else as ``record_step``.
    """
    if not people:
        raise Refused(_("Choose whom the help reached."), "people", field="people")
    if JourneyStep.objects.filter(pk=row_key(form_id, people[0].pk)).exists():
        raise Refused(_("This form was saved already."), "twice", detail={"code": family.code})
    demand_possible_help(given)
    ground = grounds(by, [person.pk for person in people])
    steps = []
    for person in people:
        demand_agreed(person, ground[person.pk])
        step = step_row(person, given, by)
        step.id = row_key(form_id, person.pk)
        steps.append(step)
    JourneyStep.objects.bulk_create(steps)
    remark(service=given.service, members=len(steps))
    return family


@action(Verb.JOURNEY_REVERSE, on="step")
def reverse_step(*, step: JourneyStep, reason: str, by: User) -> JourneyStep:
    """Take a step back by a reversing one; both stay."""
    return _reversal(step, reason, by)


@action(Verb.JOURNEY_REVERSE, on="family")
def reverse_help(*, family: Family, steps: Sequence[JourneyStep], reason: str, by: User) -> Family:
    """Take back the steps of several members that were written down together; all of them or none."""
    if not steps:
        raise Refused(_("Choose for whom it is wrong."), "people", field="steps")
    for step in steps:
        _reversal(step, reason, by)
    remark(service=steps[0].service, members=len(steps))
    return family


def _reversal(step: JourneyStep, reason: str, by: User) -> JourneyStep:
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


def step_row(person: Person, given: Help, by: User) -> JourneyStep:
    """The unsaved step of one person."""
    return JourneyStep(
        person=person, service=given.service, outcome=given.outcome, happened_on=given.happened_on, place=given.place,
        quantity=given.quantity, recorded_by=by, district_id=person.district_id, agency_id=person.agency_id,
        team_id=person.team_id, owner_id=person.owner_id,
    )  # fmt: skip


def demand_possible_help(given: Help) -> None:
    """Raise a Refused when the catalogue does not know the service, or the day or quantity cannot be."""
    service = services().get(given.service)
    if service is None:
        raise Refused(_("This service is not in the catalogue. Choose one of the list."), "service", field="service")
    if given.outcome not in service.outcomes:
        raise Refused(_("This service cannot come out like that. Choose another outcome."), "outcome",
                      field="outcome")  # fmt: skip
    if given.happened_on > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="happened_on")
    if given.quantity <= 0:
        raise Refused(_("The quantity must be above zero. Check it."), "quantity", field="quantity")


def demand_agreed(person: Person, ground: Grounds) -> None:
    """Raise a Refused unless the file is open and registration and services are agreed to."""
    if ground.permits(ConsentPurpose.SERVICES):
        return
    name = {"name": person.full_name}
    if not ground.files:
        raise Refused(_("%(name)s belongs to no open file. Nothing new can be written down.") % name, "closed",
                      field="people")  # fmt: skip
    if not ground.registered:
        raise Refused(
            _("The consent to registration is withdrawn or has ended for %(name)s. Ask for it anew first.") % name,
            "registration", field="people",
        )  # fmt: skip
    withdrawn = ground.standings[ConsentPurpose.SERVICES].state is ConsentState.WITHDRAWN
    message = (
        _("%(name)s withdrew the consent to services. No service is written down.")
        if withdrawn
        else _("The consent of %(name)s to services has ended. Ask for it anew first.")
    )
    raise Refused(message % name, "consent", field="people")
