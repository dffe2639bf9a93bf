"""The base of every table that belongs to a group: it lies where its group lies, and moves with it.

A group lies in a district and with an agency; its ``owner`` is the trainer who leads it, ``second`` another one with an
account. Rows about a learner carry the learner's own place besides (``home_…``), so that the social worker who put her
forward follows her, whoever trains her. Policies look at these columns only.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import CONSENT_ENDS

GROUP_FIELDS = f"{SCOPE_FIELDS} group second"
"""The technical fields of every row of a group, for privacy declarations."""

HOME_FIELDS = "home_district home_agency home_team home_owner"
"""The technical fields of every row about a learner besides."""

HOME = {"district": "home_district_id", "agency": "home_agency_id", "team": "home_team_id", "owner": "home_owner_id"}

ASSISTS = Mine("second_id") & HoldsSomewhere(Verb.LEARNING_TEACH)
"""The second trainer of the group."""

SEES = InScope(Verb.LEARNING_VIEW) | ASSISTS
TEACHES = InScope(Verb.LEARNING_TEACH) | ASSISTS
PLANS = InScope(Verb.LEARNING_PLAN)
FOLLOWS = InScope(Verb.LEARNING_VIEW, **HOME)
"""Who follows the learner where she lives."""
PUTS_FORWARD = InScope(Verb.LEARNING_ENROL) | InScope(Verb.LEARNING_ENROL, **HOME) | ASSISTS
WITHDRAWS = During(CONSENT_ENDS)
"""The program itself, when a consent is withdrawn."""

HANDS_OVER = "learning-handover"
"""The purpose under which the rows of a group follow it to its new trainers, those too that a planner does not read."""

OPEN_POLICY = Policy(view=HoldsSomewhere(Verb.LEARNING_VIEW) | WITHDRAWS, add=PLANS | TEACHES, change=PLANS | TEACHES)
"""For rows that tell nothing about a learner: the catalogue and the board show them wherever they lie."""

LEARNER_POLICY = Policy(
    view=SEES | FOLLOWS | WITHDRAWS, add=TEACHES | PUTS_FORWARD, change=TEACHES | PUTS_FORWARD | WITHDRAWS,
    data_class=DataClass.LEARNING,
)  # fmt: skip
"""For rows about a learner."""

TAUGHT_POLICY = Policy(view=SEES, add=TEACHES, change=TEACHES, data_class=DataClass.LEARNING)
"""For rows about learners that only who teaches the group reads."""

TAUGHT_HISTORY_POLICY = Policy(
    view=SEES, add=TEACHES, change=TEACHES | PLANS, data_class=DataClass.LEARNING,
    only=("agency_id", "team_id", "owner_id", "second_id", "version", "changed_at"),
)  # fmt: skip
"""The same for what is never rewritten and only moves with its group."""


class GroupRecord(ScopedRecord):
    """A row that belongs to a group. Make rows by ``paivand.learning.actions.inside.within``."""

    group = models.ForeignKey("learning.Group", on_delete=models.PROTECT, related_name="%(class)ss")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def other_scope(self) -> Scope:
        """Where the row lies for the second trainer."""
        return Scope(owner_id=self.second_id)

    def lets_act(self, user_id: uuid.UUID) -> bool:
        """The second trainer of the group."""
        return self.second_id == user_id

    @property
    def audit_label(self) -> str:
        """The code of the group; never a learner."""
        return self.group.code


class LearnerRecord(GroupRecord):
    """A row about one learner of a group, with the learner's own place."""

    home_district = models.ForeignKey("core.Place", on_delete=models.PROTECT, null=True, related_name="+")
    home_agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    home_team = models.ForeignKey("access.Team", on_delete=models.PROTECT, null=True, related_name="+")
    home_owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def other_scope(self) -> Scope:
        """Where the learner lives; the second trainer acts through the group."""
        return Scope(self.home_district_id, self.home_agency_id, self.home_team_id, self.home_owner_id)
