"""Whom help in a case reached: people of the case, their agreement, and the step of the journey that it is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.cases.actions.dues import recompute
from paivand.cases.actions.inside import within
from paivand.cases.models import Attendance, Case, CaseRecord, FormerVersion, PsychosocialSession, Visit
from paivand.cases.queries.cases import people_in_case
from paivand.cases.rules.records import FormerOf, VisitState, is_possible_day
from paivand.core.models import Record
from paivand.core.rules.attendance import WAS_THERE
from paivand.core.rules.errors import Refused
from paivand.registry.actions.journey import Help, reverse_step, step_row
from paivand.registry.models import JourneyStep, Person
from paivand.registry.queries.consents import covered
from paivand.registry.queries.people import same_person
from paivand.registry.rules import ConsentPurpose


def demand_people(case: Case, ids: Iterable[uuid.UUID], by: User, *, field: str = "people") -> list[Person]:
    """The people of these keys, in their order; a Refused when somebody does not belong to the case."""
    asked = list(dict.fromkeys(ids))
    records = same_person(by, people_in_case(case))
    if not set(asked) <= set(records):
        raise Refused(_("Somebody does not belong to this case. Choose from its people."), "people", field=field)
    found = {person.pk: person for person in Person.objects.filter(pk__in=asked)}
    return [found[pk] for pk in asked]


def demand_day(case: Case, on: date, today: date, field: str) -> None:
    """Raise a Refused unless something in the case may have happened on that day."""
    if not is_possible_day(on, case.opened_on, today):
        raise Refused(_("The day lies before the case was opened, or in the future. Check it."), "date", field=field)


def agreeing(by: User, people: Sequence[Person]) -> set[uuid.UUID]:
    """Those for whom a service may be written down on the journey; for the others the record stays in the case."""
    return covered(by, [person.pk for person in people], ConsentPurpose.SERVICES)


def give_step(person: Person, given: Help, by: User, key: uuid.UUID) -> JourneyStep:
    """Append a step under its own key, so that the same thing written down twice counts once."""
    step = step_row(person, given, by)
    step.id = key
    step.save(force_insert=True)
    return step


def take_back(step: JourneyStep | None, reason: str, by: User) -> None:
    """Reverse a step that does not count any more."""
    if step is not None:
        reverse_step(step=step, reason=reason, by=by)


def keep_former(row: CaseRecord, kind: FormerOf, values: dict[str, Any], *, reason: str, by: User) -> FormerVersion:
    """Keep what stood in ``row`` before it is corrected.

    Raises:
        Refused: ``reason`` where nobody says why.
    """
    if not reason.strip():
        raise Refused(_("Say why it is corrected, in a few words and without names."), "reason", field="reason")
    former = FormerVersion(kind=kind, about=row.pk, n=row.version, values=values, reason=reason.strip())
    within(row.case, former, by).save()
    return former


def wording(row: Record, *names: str) -> dict[str, Any]:
    """The values of these fields as plain JSON."""
    found: dict[str, Any] = {}
    for name in names:
        value = getattr(row, name)
        found[name] = value if value is None or isinstance(value, str | int | bool | list) else str(value)
    return found


def recount_contact(case: Case, *, by: User, now: datetime) -> None:
    """Find the last contact anew after a correction, and what is due from it. ``case`` is locked."""
    started = timezone.localdate(case.started_at)
    days = [
        Visit.objects.filter(case=case, state=VisitState.MADE, people__was_met=True, happened_on__gte=started)
        .aggregate(last=Max("happened_on"))["last"],
        PsychosocialSession.objects.filter(case=case, happened_on__gte=started).aggregate(last=Max("happened_on"))[
            "last"
        ],
        Attendance.objects.filter(member__case=case, mark__in=WAS_THERE, meeting__held_on__gte=started)
        .aggregate(last=Max("meeting__held_on"))["last"],
    ]  # fmt: skip
    last = max((day for day in days if day), default=None)
    if case.last_contact_on != last:
        case.last_contact_on = last
        case.save(update_fields=["last_contact_on", "changed_at"])
    recompute(case, by=by, now=now)
