"""What survivors think of our work: answers that lead back to nobody."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy


class Feedback(ScopedRecord):
    """The answers of one survivor, with the quarter and the district, and nothing that says whose they are.

    No key of a survivor, no writer, no owner. The key of the row is drawn by lot, because an ordinary one tells the
    minute; for the same reason both times say the first moment of the quarter. No event names the row. The screen shows
    sums, and only once enough people of a quarter have answered.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE, personal="quarter answers", technical=SCOPE_FIELDS, leaves=False
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.SURVIVOR_REPORT),
        add=HoldsSomewhere(Verb.SURVIVOR_WORK),
        data_class=DataClass.VIOLENCE,
    )
    audit_label: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    quarter = models.DateField()
    answers = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["district", "quarter"], name="feedback_of_quarter")]
        constraints = [
            models.CheckConstraint(
                name="feedback_names_nobody", condition=Q(agency=None, team=None, owner=None, quarter__day=1)
            ),
        ]

    def __str__(self) -> str:
        return "feedback"
