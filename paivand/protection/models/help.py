"""What is done with and for a survivor: needs, safety plan, actions, follow-ups."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.models.sealed import SealedJSONField, SealedTextField
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.protection.models.consents import SurvivorConsent
from paivand.protection.models.room import HISTORY, IN_FILE, ROOM, SealedRecord
from paivand.protection.models.survivors import choices
from paivand.protection.rules.sectors import SECTOR_NAMES
from paivand.protection.rules.states import ACTION_NAMES, CONTACT_NAMES, PROGRESS_NAMES, ActionState


class NeedsAssessment(SealedRecord):
    """What a survivor needs, part by part; asked anew it becomes a new row."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE, personal="assessed_on needs notes", technical=IN_FILE, leaves=False
    )
    policy: ClassVar[Policy] = HISTORY

    assessed_on = models.DateField(_("asked on"))
    # {"safety": "urgent", …}; a part that was not talked about is absent.
    needs = models.JSONField(default=dict)
    notes = SealedJSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["survivor", "-assessed_on"], name="needs_of_survivor")]


class SafetyPlan(SealedRecord):
    """How she keeps herself and her children safe, in her words; gone through again and again."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE, personal="content reviewed_on", technical=IN_FILE, leaves=False
    )
    policy: ClassVar[Policy] = ROOM

    content = SealedJSONField(default=dict)
    reviewed_on = models.DateField(_("gone through on"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survivor"], name="survivor_has_one_safety_plan")]


class PlannedAction(SealedRecord):
    """One need and what is to be done about it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE, personal="sector need action must_report due_on state done_on outcome",
        technical=f"{IN_FILE} consent", leaves=False,
    )  # fmt: skip
    policy: ClassVar[Policy] = ROOM

    sector = models.CharField(_("sector"), max_length=12, choices=choices(SECTOR_NAMES), db_collation="C")
    need = SealedTextField(_("need"))
    action = SealedTextField(_("what is to be done"))
    # With which consent an organisation is asked; nobody where we do it ourselves.
    consent = models.ForeignKey(SurvivorConsent, on_delete=models.PROTECT, null=True, related_name="+")
    # Whether this action sets off a duty to report, which she was told about before.
    must_report = models.BooleanField(_("a duty to report follows from it"), default=False)
    due_on = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(max_length=7, choices=choices(ACTION_NAMES), default=ActionState.PLANNED, db_collation="C")
    done_on = models.DateField(null=True, editable=False)
    outcome = SealedTextField(_("what came of it"), blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["survivor", "state"], name="sealed_actions_of_survivor")]
        constraints = [
            models.CheckConstraint(
                name="sealed_action_state_has_its_day",
                condition=Q(state="planned", done_on=None) | ~Q(state="planned") & Q(done_on__isnull=False),
            ),
        ]


class FollowUp(SealedRecord):
    """A contact after the first: how far each goal is, and when one meets again."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE, personal="happened_on contact safety health psychosocial justice other note next_on",
        technical=IN_FILE, leaves=False,
    )  # fmt: skip
    policy: ClassVar[Policy] = HISTORY

    happened_on = models.DateField(_("on"))
    contact = models.CharField(_("how"), max_length=15, choices=choices(CONTACT_NAMES))
    safety = models.CharField(max_length=14, choices=choices(PROGRESS_NAMES))
    health = models.CharField(max_length=14, choices=choices(PROGRESS_NAMES))
    psychosocial = models.CharField(max_length=14, choices=choices(PROGRESS_NAMES))
    justice = models.CharField(max_length=14, choices=choices(PROGRESS_NAMES))
    other = models.CharField(max_length=14, choices=choices(PROGRESS_NAMES))
    note = SealedTextField(blank=True, default="")
    next_on = models.DateField(_("next contact"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["survivor", "-happened_on"], name="follow_ups_of_survivor")]
