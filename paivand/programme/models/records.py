"""What the tables of a programme have in common: everybody who sees results reads them, few change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models
from django.utils.translation import get_language

from paivand.access.models.policies import Guarded, Holds, HoldsSomewhere, InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.models import Record, RecordQuerySet
from paivand.core.models.record import RECORD_FIELDS
from paivand.programme.rules.words import said

if TYPE_CHECKING:
    from paivand.access.models import User

M = TypeVar("M", bound="PlanRecord")

READS = HoldsSomewhere(Verb.RESULTS_VIEW)
PLANS = Holds(Verb.PROGRAMME_PLAN)
"""Who steers the whole programme."""

PLANS_AGENCY = InScope(Verb.PROGRAMME_PLAN, district=None, team=None, owner=None)
"""Who steers the part of an agency: rows with an agency's column."""

SPENDS = InScope(Verb.SPENDING_ENTER, district=None, team=None, owner=None)

PLAN_POLICY = Policy(view=READS, add=PLANS, change=PLANS)
PART_POLICY = Policy(view=READS, add=PLANS, change=PLANS, remove=PLANS)
"""Outcomes and outputs: one that was written by mistake can be deleted while nothing rests on it."""

AGENCY_POLICY = Policy(view=READS, add=PLANS_AGENCY, change=PLANS_AGENCY)

AGENCY_FIELDS = f"{RECORD_FIELDS} agency"
"""The technical fields of every row of an agency, for privacy declarations."""


class PlanQuerySet(RecordQuerySet[M]):
    """A queryset that knows who asks."""

    def seen_by(self, by: User) -> PlanQuerySet[M]:
        """The rows that ``by`` may see: the first wall. Row security is the second."""
        return self.filter(self.model.policy.visible(by))


class PlanRecord(Guarded, Record):
    """A row of a programme. It tells nothing about a person served."""

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        abstract = True


class AgencyRecord(PlanRecord):
    """A row that belongs to an agency: whoever steers that agency's part may change it."""

    district_id: ClassVar[None] = None
    team_id: ClassVar[None] = None
    owner_id: ClassVar[None] = None

    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Titled(models.Model):
    """A row with a title in several languages."""

    titles = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language, or in English."""
        return said(self.titles, get_language() or "en")
