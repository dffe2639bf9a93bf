"""Requests for closure: what was checked, what was still open and how it was answered, and what came of the case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.cases.models.cases import CASE_FIELDS, CASE_POLICY, CaseRecord
from paivand.cases.models.plans import Plan
from paivand.cases.rules.cases import CLOSING_NAMES, OUTCOME_NAMES, ClosingReason, Outcome
from paivand.cases.rules.closure import ClosureState
from paivand.core.rules.privacy import DataClass, Privacy


class Closure(CaseRecord):
    """One request to close a case; after a reopening there may be another."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="reason outcome story checklist checklist_version answers asked_on",
        technical=f"{CASE_FIELDS} n plan state version_hash decided_at",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    n = models.PositiveSmallIntegerField(editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=10, default=ClosureState.ASKED, db_collation="C", choices=[(k.value, k.value) for k in ClosureState]
    )
    reason = models.CharField(
        _("why it is closed"), max_length=20, choices=[(key.value, CLOSING_NAMES[key]) for key in ClosingReason],
        db_collation="C",
    )  # fmt: skip
    outcome = models.CharField(
        _("what came of it"), max_length=11, choices=[(key.value, OUTCOME_NAMES[key]) for key in Outcome],
        db_collation="C",
    )  # fmt: skip
    story = models.TextField(_("what came of it, in words"))
    checklist_version = models.CharField(max_length=10, db_collation="C")
    # Answers by the code of the question: yes, no or does_not_apply.
    checklist = models.JSONField(default=dict)
    # What was still open: a list of kind, key and how it was answered.
    answers = models.JSONField(default=list)
    asked_on = models.DateField()
    version_hash = models.CharField(max_length=64, db_collation="C")
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["owner", "asked_on"], name="closures_that_wait", condition=Q(state="asked"))]
        constraints = [
            models.UniqueConstraint(fields=["case", "n"], name="closure_is_counted_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="asked"), name="case_has_one_closure_that_waits"
            ),
            models.CheckConstraint(
                name="closure_that_is_decided_has_its_day",
                condition=Q(state="asked", decided_at=None) | ~Q(state="asked") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(name="closure_has_a_hash", condition=Q(version_hash__regex=r"^[0-9a-f]{64}$")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.state
