"""Asking after a learner: who missed sessions, and what became of it 3, 6 and 12 months later."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import HoldsSomewhere, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.enrolments import Enrolment
from paivand.learning.models.records import (
    FOLLOWS,
    GROUP_FIELDS,
    HOME_FIELDS,
    PUTS_FORWARD,
    SEES,
    TEACHES,
    WITHDRAWS,
    LearnerRecord,
)
from paivand.learning.rules.states import FOLLOW_NAMES, FOLLOW_STATE_NAMES, FollowKind, FollowState

_ASKS = Mine("for_user_id") & HoldsSomewhere(Verb.LEARNING_VIEW)


class FollowUp(LearnerRecord):
    """A task to ask after one learner, on the desk of the social worker of her family, or else of the trainer."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="done_on working own_business income_before income_after practices note",
        technical=f"{GROUP_FIELDS} {HOME_FIELDS} enrolment kind months due_on state for_user done_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=SEES | FOLLOWS | _ASKS | WITHDRAWS, add=TEACHES | PUTS_FORWARD,
        change=TEACHES | PUTS_FORWARD | WITHDRAWS | _ASKS, data_class=DataClass.LEARNING,
    )  # fmt: skip

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(
        max_length=6, choices=[(key.value, FOLLOW_NAMES[key]) for key in FollowKind], db_collation="C"
    )
    # Months after the end for ``after``; for ``missed`` the number of the last session that was missed.
    months = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(_("due on"))
    for_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=11, default=FollowState.DUE, db_collation="C",
        choices=[(key.value, FOLLOW_STATE_NAMES[key]) for key in FollowState],
    )  # fmt: skip
    done_on = models.DateField(_("asked on"), null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    working = models.BooleanField(_("has work now"), null=True)
    own_business = models.BooleanField(_("has a business of her own"), null=True)
    # A month's income in somoni, as told.
    income_before = models.DecimalField(_("income before the course"), max_digits=12, decimal_places=2, null=True)
    income_after = models.DecimalField(_("income now"), max_digits=12, decimal_places=2, null=True)
    practices = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    note = models.CharField(_("in a few words"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("question afterwards")
        indexes = [
            models.Index(fields=["for_user", "due_on"], name="follow_ups_of_user", condition=Q(state="due")),
            models.Index(fields=["group", "kind"], name="follow_ups_of_group"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "kind", "months"], name="learner_is_asked_after_once"),
            models.CheckConstraint(
                name="follow_up_state_has_its_day",
                condition=Q(state__in=["due", "off"], done_on=None)
                | Q(state__in=["done", "not_reached"], done_on__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="follow_up_incomes_can_be",
                condition=(Q(income_before=None) | Q(income_before__gte=0))
                & (Q(income_after=None) | Q(income_after__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.months}"
