"""Writing down the budget of a household and its way out of debt."""

from __future__ import annotations

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.learning.actions.inside import about, locked_group
from paivand.learning.models import Enrolment, Group, HouseholdPlan
from paivand.learning.rules.household import Household, demand_household, written
from paivand.learning.rules.states import TOOK_PART
from paivand.registry.actions.families import demand_fresh
from paivand.registry.models import Person


@action(Verb.LEARNING_TEACH, on="group")
def write_household(*, group: Group, enrolment: Enrolment, version: int, draft: Household, by: User) -> HouseholdPlan:
    """Write down the plan that a trainer and a learner of ``group`` make together.

    Args:
        version: of the plan as the form was opened; 0 where there was none.

    Raises:
        Refused: ``stale``; ``state`` for somebody who is not in the group; as ``demand_household``.
        WithoutRightError: for a trainer who neither leads the group nor is its second.
    """
    locked = locked_group(group)
    learner: Enrolment = Enrolment.objects.select_related("group").get(pk=enrolment.pk, group=locked)
    if learner.state not in TOOK_PART:
        raise Refused(_("Only who takes part in the group makes a plan with its trainer."), "state")
    row = HouseholdPlan.objects.select_for_update(of=("self",)).filter(enrolment=learner).first()
    if row is None:
        row = about(learner, HouseholdPlan(enrolment=learner, person_id=learner.person_id, version=0))
    return _save(row, version, draft, by)


@action(Verb.FAMILY_EDIT, on="person")
def write_household_at_home(*, person: Person, version: int, draft: Household, by: User) -> HouseholdPlan:
    """Write down the plan that a social worker makes with a member of a family; no trainer reads it.

    Raises:
        Refused: ``stale``; as ``demand_household``.
    """
    locked: Person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    row = HouseholdPlan.objects.select_for_update(of=("self",)).filter(person=locked, enrolment=None).first()
    if row is None:
        row = HouseholdPlan(
            person=locked, version=0,
            district_id=locked.district_id, agency_id=locked.agency_id, team_id=locked.team_id,
            owner_id=locked.owner_id, home_district_id=locked.district_id, home_agency_id=locked.agency_id,
            home_team_id=locked.team_id, home_owner_id=locked.owner_id,
        )  # fmt: skip
    return _save(row, version, draft, by)


def _save(row: HouseholdPlan, version: int, draft: Household, by: User) -> HouseholdPlan:
    if not HouseholdPlan.policy.shows(by, row):
        raise WithoutRightError(Verb.LEARNING_TEACH)
    try:
        demand_household(draft)
    except Refused as refused:
        raise Refused(_(refused.message), refused.code, field=refused.field) from None
    demand_fresh(row, version)
    content = written(draft)
    row.first_month = draft.first_month.replace(day=1)
    row.lines, row.debts = content["lines"], content["debts"]
    row.method, row.extra, row.recorded_by = draft.method.value, draft.extra, by
    row.version += 1
    row.save()
    remark(act="household.write", lines=len(row.lines), debts=len(row.debts))
    return row
