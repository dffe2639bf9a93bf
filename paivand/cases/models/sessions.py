"""Psychosocial help: single sessions within a case, and groups of people of several cases.

What is said here tells of a person's health, so these tables ask for that class of data.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.cases.models.cases import CASE_FIELDS, Case, CaseRecord
from paivand.cases.rules.records import WAY_NAMES, Way
from paivand.cases.rules.sessions import (
    GROUP_STATE_NAMES,
    LARGEST_GROUP,
    LEFT_NAMES,
    SESSION_OUTCOME_NAMES,
    GroupState,
    LeftWhy,
    SessionOutcome,
    SessionWay,
)
from paivand.core.rules.attendance import MARK_NAMES, Mark
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import JourneyStep, Person
from paivand.registry.rules.people import LANGUAGE_NAMES, SpokenLanguage

_WRITES = InScope(Verb.CASE_WORK) | InScope(Verb.CASE_APPROVE) | InScope(Verb.CASE_ASSIGN)

SESSION_POLICY = Policy(
    view=InScope(Verb.CASE_VIEW) | (Mine("written_by_id") & HoldsSomewhere(Verb.CASE_VIEW)),
    add=_WRITES,
    change=_WRITES,
    data_class=DataClass.HEALTH,
)
GROUP_POLICY = Policy(
    view=InScope(Verb.CASE_VIEW), add=InScope(Verb.CASE_WORK), change=_WRITES, data_class=DataClass.HEALTH
)


class PsychosocialSession(CaseRecord):
    """A single session with one person of a case."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="n happened_on way outcome worked_on note next_on flow",
        technical=f"{CASE_FIELDS} person step",
        leaves=False,
    )
    policy: ClassVar[Policy] = SESSION_POLICY

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="psychosocial_sessions")
    # Which one it is for this person in this case.
    n = models.PositiveSmallIntegerField(editable=False)
    flow = models.CharField(_("order of sessions"), max_length=30, blank=True, db_collation="C")
    happened_on = models.DateField(_("day"))
    way = models.CharField(
        _("where"), max_length=6, db_collation="C",
        choices=[(key.value, WAY_NAMES[Way(key.value)]) for key in SessionWay],
    )  # fmt: skip
    outcome = models.CharField(
        _("how it came out"), max_length=9, db_collation="C",
        choices=[(key.value, SESSION_OUTCOME_NAMES[key]) for key in SessionOutcome],
    )  # fmt: skip
    worked_on = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    note = models.TextField(_("for the next session"), blank=True)
    next_on = models.DateField(_("next session"), null=True, blank=True)
    step = models.OneToOneField(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("psychosocial session")
        constraints = [
            models.UniqueConstraint(fields=["case", "person", "n"], name="session_is_counted_once"),
            models.CheckConstraint(
                name="next_session_is_later", condition=Q(next_on=None) | Q(next_on__gt=F("happened_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n}"


class FormerSession(CaseRecord):
    """What stood in a session before it was corrected. Never rewritten."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH, personal="values reason", technical=f"{CASE_FIELDS} session n", leaves=False
    )
    policy: ClassVar[Policy] = Policy(
        view=SESSION_POLICY.view,
        add=SESSION_POLICY.add,
        change=SESSION_POLICY.change,
        data_class=DataClass.HEALTH,
        only=("agency_id", "team_id", "owner_id", "version", "changed_at"),
    )

    session = models.ForeignKey(PsychosocialSession, on_delete=models.PROTECT, related_name="former")
    # The version that the session had when it read so.
    n = models.PositiveIntegerField()
    values = models.JSONField()
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "n"], name="former_session_is_kept_once"),
            models.CheckConstraint(name="former_session_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.n}"


class PsychosocialGroup(ScopedRecord):
    """A group that meets several times, led by a facilitator."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="name flow language venue",
        technical=f"{SCOPE_FIELDS} facilitator place capacity starts_on ended_on state next_on",
        leaves=False,
    )
    policy: ClassVar[Policy] = GROUP_POLICY

    name = models.CharField(_("name of the group"), max_length=120)
    facilitator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    flow = models.CharField(_("order of sessions"), max_length=30, db_collation="C")
    language = models.CharField(
        _("language"), max_length=6, choices=[(key.value, LANGUAGE_NAMES[key]) for key in SpokenLanguage],
        db_collation="C",
    )  # fmt: skip
    place = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+")
    venue = models.CharField(_("house or room"), max_length=120, blank=True)
    capacity = models.PositiveSmallIntegerField(_("how many people"), default=12)
    starts_on = models.DateField(_("begins on"))
    state = models.CharField(
        _("state"), max_length=10, default=GroupState.PLANNED, db_collation="C",
        choices=[(key.value, GROUP_STATE_NAMES[key]) for key in GroupState],
    )  # fmt: skip
    ended_on = models.DateField(null=True, editable=False)
    next_on = models.DateField(_("next meeting"), null=True, blank=True)

    class Meta:
        verbose_name = _("psychosocial group")
        indexes = [models.Index(fields=["district", "-starts_on"], name="groups_of_district")]
        constraints = [
            models.CheckConstraint(
                name="group_has_room", condition=Q(capacity__gte=2, capacity__lte=LARGEST_GROUP)
            ),
            models.CheckConstraint(
                name="group_that_ended_has_its_day",
                condition=Q(state__in=["planned", "running"], ended_on=None)
                | Q(state__in=["finished", "called_off"], ended_on__isnull=False, next_on=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def audit_label(self) -> str:
        """Nothing: who is in a group is told by the group alone."""
        return ""


class GroupMember(ScopedRecord):
    """That a person belongs, or belonged, to a group."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="joined_on left_on left_why",
        technical=f"{SCOPE_FIELDS} group person case",
        leaves=False,
    )
    policy: ClassVar[Policy] = GROUP_POLICY

    group = models.ForeignKey(PsychosocialGroup, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="group_places")
    # The case within which she takes part, if there is one.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="group_places")
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    left_why = models.CharField(
        max_length=11, blank=True, choices=[(key.value, LEFT_NAMES[key]) for key in LeftWhy], db_collation="C"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(left_on=None), name="person_is_once_in_a_group"
            ),
            models.CheckConstraint(
                name="member_who_left_says_why",
                condition=Q(left_on=None, left_why="") | Q(left_on__gte=F("joined_on")) & ~Q(left_why=""),
            ),
        ]

    def __str__(self) -> str:
        return "member"

    @property
    def audit_label(self) -> str:
        """Nothing: who is in a group is told by the group alone."""
        return ""


class GroupMeeting(ScopedRecord):
    """One meeting of a group that was held."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH,
        personal="worked_on note",
        technical=f"{SCOPE_FIELDS} group n held_on written_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = GROUP_POLICY

    group = models.ForeignKey(PsychosocialGroup, on_delete=models.PROTECT, related_name="meetings")
    n = models.PositiveSmallIntegerField(editable=False)
    held_on = models.DateField(_("day"))
    worked_on = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    note = models.TextField(_("for the next meeting"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("meeting of a group")
        constraints = [models.UniqueConstraint(fields=["group", "n"], name="meeting_is_counted_once")]

    def __str__(self) -> str:
        return f"{self.n}"

    @property
    def audit_label(self) -> str:
        """Nothing: who was there is told by the group alone."""
        return ""


class Attendance(ScopedRecord):
    """Whether a member was at a meeting, with the step of the journey that it is."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.HEALTH, personal="mark", technical=f"{SCOPE_FIELDS} meeting member step", leaves=False
    )
    policy: ClassVar[Policy] = GROUP_POLICY

    meeting = models.ForeignKey(GroupMeeting, on_delete=models.PROTECT, related_name="attendances")
    member = models.ForeignKey(GroupMember, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField(
        max_length=7, choices=[(key.value, MARK_NAMES[key]) for key in Mark], db_collation="C"
    )  # fmt: skip
    step = models.OneToOneField(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="member_is_marked_once_at_a_meeting"),
            models.CheckConstraint(
                name="only_who_was_there_has_a_step", condition=Q(mark__in=["present", "late"]) | Q(step=None)
            ),
        ]

    def __str__(self) -> str:
        return self.mark

    @property
    def audit_label(self) -> str:
        """Nothing: who was there is told by the group alone."""
        return ""
