"""What became of a submission: its way from state to state, and the families whose data it holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, InScope, Is, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.models.submissions import Submission
from paivand.collect.rules.submissions import STATE_NAMES
from paivand.collect.rules.taking import ACT_NAMES, Act
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import CONSENT_ENDS, Family

_PROGRAM = During("upkeep") | During(CONSENT_ENDS)
_WORKS = Mine("owner_id") | InScope(Verb.FORM_MEND) | (Is("is_survey", True) & InScope(Verb.SURVEY_MANAGE)) | _PROGRAM
"""Whoever sees the submission, as its own policy has it; and the program itself."""


class SubmissionStep(ScopedRecord):
    """One step on the way of a submission. Steps are never edited."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD, personal="reason", technical=f"{SCOPE_FIELDS} submission is_survey act state problem by"
    )
    policy: ClassVar[Policy] = Policy(view=_WORKS, add=_WORKS, data_class=DataClass.FIELD)

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="steps", db_index=False)
    is_survey = models.BooleanField(default=False)
    act = models.CharField(max_length=13, choices=[(k.value, ACT_NAMES[k]) for k in Act], db_collation="C")
    # Where it led.
    state = models.CharField(max_length=7, choices=[(k.value, n) for k, n in STATE_NAMES.items()], db_collation="C")
    problem = models.CharField(max_length=40, blank=True, db_collation="C")
    reason = models.CharField(max_length=300, blank=True)
    # Who did it; nobody, where the program did.
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["submission", "id"], name="steps_of_submission")]

    def __str__(self) -> str:
        return self.act


class SubmissionFamily(ScopedRecord):
    """A family whose data a submission holds, so that the form is found when the family's data are erased."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD, personal="family", technical=f"{SCOPE_FIELDS} submission is_survey", leaves=False
    )
    policy: ClassVar[Policy] = Policy(view=_WORKS, add=_WORKS, data_class=DataClass.FIELD)

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="families", db_index=False)
    is_survey = models.BooleanField(default=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "family"], name="submission_names_a_family_once")]

    def __str__(self) -> str:
        return str(self.family_id)
