"""The journey of learners: what a course was to somebody becomes one step, and is taken back by a reversing one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.rules.errors import Refused
from paivand.learning.actions.inside import course_of
from paivand.learning.models import Enrolment
from paivand.registry.models import JourneyStep
from paivand.registry.rules.catalogue import COMPLETED
from paivand.registry.rules.keys import row_key

PARTLY = "partly"
_LEAST = Decimal("0.01")


def step_of(row: Enrolment, outcome: str, by: User) -> JourneyStep:
    """The unsaved step of one learner: service of the course, hours attended, place and agency of the group.

    It lies where the learner lives, so that whoever follows her finds it; whoever wrote it is named.
    """
    group = row.group
    return JourneyStep(
        id=row_key(row.pk, "step", row.step_n), person_id=row.person_id, participant_id=row.participant_id,
        service=course_of(group).service, outcome=outcome, quantity=max(row.hours, _LEAST),
        happened_on=row.ended_on or timezone.localdate(),
        place_id=group.place_id, provider_id=group.agency_id, recorded_by=by,
        district_id=row.home_district_id or row.district_id, agency_id=row.home_agency_id,
        team_id=row.home_team_id, owner_id=row.home_owner_id,
    )  # fmt: skip


def give_steps(rows: Sequence[Enrolment], outcome: str, *, by: User) -> None:
    """Append a step for each of these learners, and tie it to the enrolment in memory."""
    steps = [step_of(row, outcome, by) for row in rows]
    JourneyStep.objects.bulk_create(steps, batch_size=1000)
    for row, step in zip(rows, steps, strict=True):
        row.step_id = step.pk


def give_part(row: Enrolment, *, by: User) -> None:
    """Append the step of somebody whom the course reached in part, and save it with the enrolment."""
    give_steps([row], PARTLY, by=by)
    row.save(update_fields=["step", "changed_at"])


def take_step_back(row: Enrolment, *, by: User, reason: str) -> None:
    """Reverse what was counted for this learner. The step itself need not be seen by whoever takes it back.

    Raises:
        Refused: ``reason`` where nobody says why.
    """
    if not reason.strip():
        raise Refused(_("Say why it is taken back, in a few words and without names."), "reason", field="reason")
    if row.step_id is None:
        return
    former = step_of(row, COMPLETED if row.state == "completed" else PARTLY, by)
    former.reverses_id, former.quantity = row.step_id, -former.quantity
    former.id = row_key(row.pk, "reversal", row.step_n)
    former.save(force_insert=True)
    row.step_id = None
    row.step_n += 1
