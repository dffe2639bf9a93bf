"""What the person told who was referred. The service never sees it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.models.sealed import SealedTextField
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.referrals.models.referrals import MOVES_WITH_IT, RECORD_SIDES, SENDS, ReferralRecord
from paivand.referrals.rules.feedback import (
    GRAVE,
    HELPED_NAMES,
    RECEIVED_NAMES,
    TROUBLE_NAMES,
    Helped,
    Received,
    Trouble,
)


class ReferralFeedback(ReferralRecord):
    """One time that the person was asked how a referral went. Never edited: asking again adds a row."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="asked_on received helped helped_on troubles more_needed words",
        technical=f"{RECORD_SIDES} heard_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=SENDS, add=SENDS, change=SENDS, data_class=DataClass.CASE, only=MOVES_WITH_IT
    )  # fmt: skip

    asked_on = models.DateField(_("asked on"))
    received = models.CharField(
        _("did the help come"), max_length=13, choices=[(key.value, RECEIVED_NAMES[key]) for key in Received],
        db_collation="C",
    )  # fmt: skip
    helped = models.CharField(
        _("did it help"), max_length=8, blank=True, choices=[(key.value, HELPED_NAMES[key]) for key in Helped],
        db_collation="C",
    )  # fmt: skip
    helped_on = models.DateField(_("day of the help"), null=True)
    troubles = ArrayField(models.CharField(max_length=15), default=list, blank=True)
    more_needed = models.BooleanField(_("more help is needed"), default=False)
    words = SealedTextField(blank=True, default="")
    heard_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("what the person told")
        indexes = [models.Index(fields=["referral", "id"], name="feedback_of_referral")]
        constraints = [
            models.CheckConstraint(
                name="feedback_helped_where_help_came",
                condition=Q(received__in=["completed", "partly"]) & ~Q(helped="")
                | Q(received="begun", helped_on=None)
                | Q(received__in=["waiting", "declined", "not_completed"], helped="", helped_on=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.received)

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names the referral."""
        return ""

    @property
    def trouble_names(self) -> list[str]:
        """What was hard or wrong, in the reader's language."""
        return [gettext(TROUBLE_NAMES[Trouble(one)]) for one in self.troubles]

    @property
    def is_grave(self) -> bool:
        """Whether a supervisor must hear of it."""
        return bool(GRAVE & set(self.troubles))
