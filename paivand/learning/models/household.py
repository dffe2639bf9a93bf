"""The household budget and debt plan of a family: made by a trainer with a learner, or by a social worker at home."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import During, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.enrolments import Enrolment
from paivand.learning.models.records import GROUP_FIELDS, HANDS_OVER, HOME_FIELDS, LearnerRecord
from paivand.learning.rules.household import METHOD_NAMES, MOST_SOMONI, Household, read
from paivand.methods.debts import Method
from paivand.registry.models import Person

_SEES_MONEY = HoldsSomewhere(Verb.LEARNING_TEACH, sees=DataClass.FINANCE)
LEADS = Mine("owner_id") & _SEES_MONEY
"""Who leads the group of the learner; not every trainer of the district: the plan tells what a family lives on."""
ASSISTS = Mine("second_id") & _SEES_MONEY
"""The second trainer, who may belong to another district."""
AT_HOME = InScope(
    Verb.FAMILY_EDIT,
    district="home_district_id", agency="home_agency_id", team="home_team_id", owner="home_owner_id",
)  # fmt: skip
"""Who works with the family of the person."""

_WORKS = LEADS | ASSISTS | AT_HOME
_MOVED = During(HANDS_OVER)
"""The plan follows its group to a new trainer, although whoever plans groups does not read it."""


class HouseholdPlan(LearnerRecord):
    """Twelve months of a household and its way out of debt.

    One belongs to an enrolment: trainer and learner make it together, and the social worker of her family reads it.
    Another may belong to a person without any group: then it lies where her family lies, and no trainer reads it.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FINANCE,
        personal="first_month lines debts method extra",
        technical=f"{GROUP_FIELDS} {HOME_FIELDS} enrolment person recorded_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=_WORKS | _MOVED, add=_WORKS, change=_WORKS | _MOVED, data_class=DataClass.FINANCE
    )

    group = models.ForeignKey(  # type: ignore[assignment]
        "learning.Group", on_delete=models.PROTECT, null=True, related_name="householdplans"
    )
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, null=True, related_name="household")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="households")
    first_month = models.DateField(_("first month"))
    # See ``learning.rules.household.written`` for both: amounts are texts, so that no diram is lost.
    lines = models.JSONField(default=list)
    debts = models.JSONField(default=list)
    method = models.CharField(
        _("way out of debt"), max_length=9, default=Method.SNOWBALL, db_collation="C",
        choices=[(key.value, METHOD_NAMES[key]) for key in Method],
    )  # fmt: skip
    extra = models.DecimalField(_("paid beyond the agreed payments"), max_digits=10, decimal_places=2, default=0)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("household plan")
        indexes = [models.Index(fields=["person"], name="households_of_person", condition=~Q(person=None))]
        constraints = [
            models.CheckConstraint(
                name="household_is_of_a_learner_or_a_person",
                condition=Q(enrolment__isnull=False, group__isnull=False)
                | Q(enrolment=None, group=None, person__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(enrolment=None), name="person_has_one_household_outside_groups"
            ),
            models.CheckConstraint(
                name="household_begins_with_a_month",
                condition=Q(first_month__day=1),
            ),
            models.CheckConstraint(
                name="household_extra_can_be", condition=Q(extra__gte=0, extra__lte=MOST_SOMONI)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.first_month:%Y-%m}"

    @property
    def audit_label(self) -> str:
        """The code of the group; nothing for a person's own plan: the audit never names a person."""
        return self.group.code if self.group else ""

    @property
    def household(self) -> Household:
        """What was written down, ready to be computed with."""
        content = {"lines": self.lines, "debts": self.debts}
        return read(content, first_month=self.first_month, method=self.method, extra=self.extra)
