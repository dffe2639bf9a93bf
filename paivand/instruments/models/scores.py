"""What the answers amount to. A score is never changed: computed anew, it stands beside the earlier one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.instruments.models.assessments import Assessment


class Score(ScopedRecord):
    """The value of one scale, with its band and how it came about; or no value, and why.

    The current score of a scale is its latest row. ``working`` holds what the value was made of: the number of items
    that counted, and the contribution of each.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="value band missing_reason working",
        technical=f"{SCOPE_FIELDS} assessment scale computed_at computed_by rules_hash",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.CASE_VIEW), add=InScope(Verb.ASSESSMENT_RECORD), data_class=DataClass.HEALTH
    )
    facts: ClassVar[str] = "id assessment scale band computed_at"
    facts_only: ClassVar[str] = "scale = 'worst'"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="scores")
    scale = models.CharField(max_length=40, db_collation="C")
    value = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    band = models.CharField(max_length=40, blank=True, db_collation="C")
    missing_reason = models.CharField(max_length=40, blank=True, db_collation="C")
    working = models.JSONField(default=dict, blank=True)
    computed_at = models.DateTimeField()
    computed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    # Of the declaration that it was computed with: another one means that the rules were changed since.
    rules_hash = models.CharField(max_length=64, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["assessment", "scale", "-id"], name="scores_latest_first"),
            models.Index(fields=["computed_at"], name="worst_scores_by_time", condition=Q(scale="worst")),
        ]
        constraints = [
            models.CheckConstraint(
                name="score_without_value_says_why",
                condition=Q(value__isnull=False, missing_reason="") | Q(value=None, band="") & ~Q(missing_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.scale

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nothing of a person."""
        return ""
