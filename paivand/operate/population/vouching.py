"""Certificates of the demonstration: of trades, of field schools of farmers, and of those trained by profession."""

from __future__ import annotations

from datetime import date, timedelta

from paivand.access.models import User
from paivand.learning.actions.certificate_batches import begin_batch, issue_some
from paivand.learning.models import Enrolment, Group
from paivand.learning.rules.course import Design
from paivand.learning.rules.issuing import Terms
from paivand.learning.rules.states import EnrolmentState
from paivand.operate.population.cohorts import GroupPlan, told


def vouch(plan: GroupPlan, group: Group, lead: User, today: date) -> None:
    """Issue the certificates of a group that is over, where they were issued at once; others wait for their trainer."""
    declared = plan.course.certificate
    if declared is None or plan.cohort not in told()["certificates"]["cohorts"]:
        return
    words = told()["certificates"]
    numbers = {}
    if declared.design is Design.DIPLOMA:
        done = Enrolment.objects.filter(group=group, state=EnrolmentState.COMPLETED).order_by("name", "id")
        first = words["first_number"] + plan.seeds.randrange(0, 90_000)
        numbers = {str(key): f"{first + n:06d}" for n, key in enumerate(done.values_list("pk", flat=True))}
    terms = Terms(
        issued_on=min(today, (group.finished_on or today) + timedelta(days=3)),
        signatories=tuple(words["signatories"][: len(declared.signatories)]),
        diploma_series=words["series"] if numbers else "", diploma_numbers=numbers,
    )  # fmt: skip
    batch = begin_batch(group=group, batch_id=plan.id_of("certificates"), terms=terms, by=lead, today=today)
    while issue_some(batch=batch, by=lead):
        pass
