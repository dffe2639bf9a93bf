"""The answers of surveys as rows of tables: what was filled in, flat, so that it can be filtered, drawn and taken out.

The XML stays sealed as it arrived. Here stands what a survey asked, under the row security of its place, because
the database has to filter and count it, which it cannot do with sealed answers. A survey asks nobody about violence,
which whoever opens it says by name; and a point stands here to three decimals only, never the house itself.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.models.forms import Form, FormVersion
from paivand.collect.models.submissions import Submission
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import CONSENT_ENDS

TOTALS = "survey-totals"
"""The purpose under which answers are counted for those who see no answer: sums leave it, protected where small."""

_SENDS = Mine("owner_id") & HoldsSomewhere(Verb.FORM_FILL)
_ERASES = During("upkeep") | During(CONSENT_ENDS)


class SurveyAnswer(ScopedRecord):
    """One answered survey. Its key is that of the submission, so that keys stand in the order of arrival."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD,
        personal="values parts",
        technical=f"{SCOPE_FIELDS} form form_version submission root_id answered_on received_at n_edits erased_at",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.SURVEY_MANAGE) | Mine("owner_id") | During(TOTALS) | _ERASES,
        add=_SENDS, change=_SENDS | _ERASES, data_class=DataClass.FIELD,
    )  # fmt: skip

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The latest of a row of edits.
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="survey_answer")
    root_id = models.CharField(max_length=100, db_collation="C")
    # The day that the form itself says, else that of its arrival.
    answered_on = models.DateField()
    received_at = models.DateTimeField()
    n_edits = models.PositiveSmallIntegerField(default=0)
    # When what was answered was erased; the row stays, and is counted.
    erased_at = models.DateTimeField(null=True)
    # Answers by the paths of their questions, as texts.
    values = models.JSONField(default=dict)
    # For each repeated part its rows, each with its position.
    parts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["form", "-id"], name="answers_newest_first"),
            models.Index(fields=["form", "district", "-id"], name="answers_of_district"),
            models.Index(fields=["form", "owner", "-id"], name="answers_of_worker"),
            models.Index(fields=["form", "answered_on"], name="answers_by_day"),
            models.Index(fields=["form", "-changed_at"], name="answers_last_changed"),
            models.Index(
                fields=["form", "-erased_at"], name="answers_last_erased", condition=models.Q(erased_at__isnull=False)
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["form", "root_id"], name="survey_is_answered_once")]

    def __str__(self) -> str:
        return self.root_id

    @property
    def audit_label(self) -> str:
        """The key that the phone made: it tells nothing about a person."""
        return self.root_id[:120]
