"""Answers that cannot wait: a red flag is a supervisor's task from the moment in which the answer is saved."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.instruments.models.assessments import Assessment
from paivand.instruments.rules.states import ANSWER_WITHIN, URGENCY_NAMES, Urgency

_WHO_RECORDED = Mine("recorded_by_id") & HoldsSomewhere(Verb.ASSESSMENT_RECORD)


class RedFlag(ScopedRecord):
    """That an answer asks for help at once. It stays open until a supervisor says what was done, and leaves no file."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="code urgency note",
        technical=f"{SCOPE_FIELDS} assessment raised_at recorded_by answered_at answered_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.CASE_APPROVE) | _WHO_RECORDED,
        add=InScope(Verb.ASSESSMENT_RECORD),
        change=InScope(Verb.CASE_APPROVE),
        data_class=DataClass.HEALTH,
    )

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="flags")
    code = models.CharField(max_length=40, db_collation="C")
    urgency = models.CharField(
        max_length=7, choices=[(key.value, URGENCY_NAMES[key]) for key in Urgency], db_collation="C"
    )
    raised_at = models.DateTimeField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "raised_at"], name="flags_open", condition=Q(answered_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "code"], name="flag_is_raised_once"),
            models.CheckConstraint(
                name="answered_flag_has_writer_and_note",
                condition=Q(answered_at=None, answered_by=None, note="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.answered_at is None

    @property
    def due_at(self) -> datetime:
        """Until when a supervisor should have answered it."""
        return self.raised_at + ANSWER_WITHIN[Urgency(self.urgency)]

    def is_late(self, now: datetime) -> bool:
        """Whether it is open and its time is over."""
        return self.is_open and now > self.due_at

    @property
    def audit_label(self) -> str:
        """Nothing: what was revealed stays in the file."""
        return ""
