"""Questionnaires answered with a person or a family."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.instruments.rules.states import MODE_NAMES, STAGE_NAMES, STATE_NAMES, Mode, Stage, State


class Assessment(ScopedRecord):
    """One questionnaire of one version, answered with a person, or with a family as a whole.

    ``answers`` holds, by the code of the item, ``{"value": …}`` or ``{"missing": reason}``, with ``"evidence"`` where
    the item asks for it. An item that was not reached yet, or is not asked after another answer, has no entry.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="instrument instrument_version stage mode state answers answered_on set_aside_on set_aside_reason",
        technical=f"{SCOPE_FIELDS} family person section completed_at recorded_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.CASE_VIEW),
        add=InScope(Verb.ASSESSMENT_RECORD),
        change=InScope(Verb.ASSESSMENT_RECORD),
        data_class=DataClass.HEALTH,
    )
    facts: ClassVar[str] = "id person instrument state answered_on completed_at changed_at"
    facts_only: ClassVar[str] = "instrument = 'wgss'"

    # The file in which it was asked; the person where the questions are about one.
    family = models.ForeignKey("registry.Family", on_delete=models.PROTECT, related_name="assessments")
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, null=True, related_name="assessments")
    instrument = models.CharField(max_length=40, db_collation="C")
    instrument_version = models.CharField(max_length=40, db_collation="C")
    stage = models.CharField(
        _("when"), max_length=9, choices=[(key.value, STAGE_NAMES[key]) for key in Stage], default=Stage.SINGLE,
        db_collation="C",
    )  # fmt: skip
    # Empty where nobody noted it.
    mode = models.CharField(
        _("how it was asked"), max_length=11, blank=True, choices=[(key.value, MODE_NAMES[key]) for key in Mode],
        db_collation="C",
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=9, choices=[(key.value, STATE_NAMES[key]) for key in State], default=State.DRAFT,
        db_collation="C",
    )  # fmt: skip
    answers = models.JSONField(default=dict, blank=True)
    # The last section that was saved, so that answering goes on behind it.
    section = models.CharField(max_length=40, blank=True, db_collation="C")
    answered_on = models.DateField(_("asked on"), null=True)
    completed_at = models.DateTimeField(null=True)
    set_aside_on = models.DateField(null=True)
    set_aside_reason = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("questionnaire")
        indexes = [
            models.Index(fields=["family", "instrument", "-answered_on"], name="assessments_of_family"),
            models.Index(fields=["person", "instrument", "-answered_on"], name="assessments_of_person"),
            models.Index(fields=["recorded_by", "-id"], name="assessments_unfinished", condition=Q(state="draft")),
            models.Index(fields=["changed_at"], name="disability_by_change", condition=Q(instrument="wgss")),
        ]
        constraints = [
            models.CheckConstraint(
                name="assessment_state_has_its_day",
                condition=Q(state="draft", completed_at=None, set_aside_on=None, set_aside_reason="")
                | Q(
                    state="completed", completed_at__isnull=False, answered_on__isnull=False, set_aside_on=None,
                    set_aside_reason="",
                )
                | Q(state="set_aside", set_aside_on__isnull=False) & ~Q(set_aside_reason=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.instrument

    @property
    def is_draft(self) -> bool:
        """Whether it is still being answered."""
        return self.state == State.DRAFT

    @property
    def is_completed(self) -> bool:
        """Whether it counts."""
        return self.state == State.COMPLETED

    @property
    def audit_label(self) -> str:
        """Nothing: the audit tells nothing of what was asked of whom."""
        return ""
