"""Household plans, as the asking user may see them."""

from __future__ import annotations

import uuid

from paivand.access.models import User
from paivand.learning.models import Enrolment, Group, HouseholdPlan
from paivand.learning.rules.states import TOOK_PART
from paivand.registry.models import Person
from paivand.registry.queries.particulars import Records


def household_of(by: User, enrolment: Enrolment) -> HouseholdPlan | None:
    """The plan that a trainer and this learner made."""
    found = HouseholdPlan.objects.seen_by(by).select_related("recorded_by", "group")
    row: HouseholdPlan | None = found.filter(enrolment=enrolment).first()
    return row


def household_at_home(by: User, person: Person, records: Records | None = None) -> HouseholdPlan | None:
    """The plan that a social worker made with this person, outside any group.

    Args:
        records: the keys of all records that are this person; a plan of her own record comes first, the latest of one
            that was joined with it else.
    """
    found = HouseholdPlan.objects.seen_by(by).select_related("recorded_by")
    rows = found.filter(person_id__in=records or [person.pk], enrolment=None)
    return max(rows, key=lambda row: (row.person_id == person.pk, row.changed_at), default=None)


def households_in_groups(by: User, records: Records) -> list[HouseholdPlan]:
    """The plans that a person made with trainers, the latest first; ``records`` as ``same_person`` gives them."""
    found = HouseholdPlan.objects.seen_by(by).select_related("group", "enrolment")
    return list(found.filter(person_id__in=records).exclude(enrolment=None).order_by("-id"))


def works_on_household(by: User, enrolment: Enrolment) -> bool:
    """Whether ``by`` makes plans with this learner: leads her group or is its second trainer."""
    group: Group = enrolment.group
    row = HouseholdPlan(
        district_id=group.district_id, agency_id=group.agency_id, team_id=group.team_id, owner_id=group.owner_id,
        second_id=group.second_id,
    )  # fmt: skip
    return HouseholdPlan.policy.shows(by, row)


def learner(by: User, group: Group, enrolment_id: uuid.UUID) -> Enrolment | None:
    """One learner of a group, if ``by`` may see her."""
    row: Enrolment | None = Enrolment.objects.seen_by(by).select_related("group").filter(
        group=group, pk=enrolment_id
    ).first()  # fmt: skip
    return row


def households_of_group(by: User, group: Group) -> list[tuple[Enrolment, HouseholdPlan | None]]:
    """Who takes part in a group, by name, each with the plan that was made with her."""
    plans = {row.enrolment_id: row for row in HouseholdPlan.objects.seen_by(by).filter(group=group)}
    learners = Enrolment.objects.seen_by(by).filter(group=group, state__in=TOOK_PART)
    return [(row, plans.get(row.pk)) for row in sorted(learners, key=lambda row: row.name)]
