"""What became of a submission: its way from state to state, and the keys of those whom it is about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, InScope, Is, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.models.submissions import Submission
from paivand.collect.rules.concerned import KeyKind
from paivand.collect.rules.submissions import STATE_NAMES
from paivand.collect.rules.taking import ACT_NAMES, Act
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import CONSENT_ENDS

_PROGRAM = During("upkeep") | During(CONSENT_ENDS)
_WORKS = Mine("owner_id") | InScope(Verb.FORM_MEND) | (Is("is_survey", True) & InScope(Verb.SURVEY_MANAGE)) | _PROGRAM
"""Whoever sees the submission, as its own policy has it; and the program itself."""


class SubmissionStep(ScopedRecord):
    """One step on the way of a submission. Steps are never edited; the words go when the form is erased."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD, personal="reason", technical=f"{SCOPE_FIELDS} submission is_survey act state problem by"
    )
    policy: ClassVar[Policy] = Policy(
        view=_WORKS, add=_WORKS, change=_PROGRAM, data_class=DataClass.FIELD, only=("reason", "version", "changed_at")
    )

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


class SubmissionKey(ScopedRecord):
    """A key that a submission holds: of a family, a person, a place in a group, or whatever else it chose from a list.

    By them the form is found when somebody's data are erased, whatever it is about: a visit names the family, a
    trainer's form the learners only. They are written down as they stand in the form, without looking anybody up,
    because its sender need not see the family of a learner, and a family may be registered after the form arrived.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD, personal="key", technical=f"{SCOPE_FIELDS} submission is_survey kind", leaves=False
    )
    policy: ClassVar[Policy] = Policy(view=_WORKS, add=_WORKS, remove=_PROGRAM, data_class=DataClass.FIELD)

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="keys", db_index=False)
    is_survey = models.BooleanField(default=False)
    key = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=9, choices=[(k.value, k.value) for k in KeyKind], db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "key"], name="submission_holds_a_key_once")]

    def __str__(self) -> str:
        return "key"
