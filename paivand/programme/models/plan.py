"""The plan: outcomes, outputs, activities, their progress and milestones."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Is, Policy
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import Privacy
from paivand.programme.models.programmes import Programme
from paivand.programme.models.records import (
    AGENCY_FIELDS,
    PART_POLICY,
    PLANS_AGENCY,
    READS,
    AgencyRecord,
    PlanRecord,
    Titled,
)
from paivand.programme.rules.plan import ACTIVITY_STATE_NAMES, ActivityState

_PART_FIELDS = "programme code titles assumption risk"


class PlanPart(Titled):
    """What outcomes, outputs and activities have in common."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="%(class)ss")
    code = models.CharField(_("code"), max_length=8, db_collation="C")
    assumption = models.TextField(_("assumption"), blank=True)
    risk = models.TextField(_("risk"), blank=True)

    class Meta:
        abstract = True

    @property
    def audit_label(self) -> str:
        """The code."""
        return self.code


class Outcome(PlanPart, PlanRecord):
    """A change that the programme brings about."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} {_PART_FIELDS}")
    policy: ClassVar[Policy] = PART_POLICY

    class Meta:
        verbose_name = _("outcome")
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="outcome_code_is_unique")]


class Output(PlanPart, AgencyRecord):
    """What the programme delivers towards an outcome; its agency answers for it."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{AGENCY_FIELDS} {_PART_FIELDS} outcome services gender_share")
    policy: ClassVar[Policy] = PART_POLICY

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="outputs")
    services = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    gender_share = models.DecimalField(
        _("per cent for gender equality"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("output")
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="output_code_is_unique"),
            models.CheckConstraint(
                name="output_gender_share_is_a_per_cent",
                condition=Q(gender_share=None) | Q(gender_share__gte=0, gender_share__lte=100),
            ),
        ]


class Activity(PlanPart, AgencyRecord):
    """What is done for an output, with its time in the workplan."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{AGENCY_FIELDS} {_PART_FIELDS} output services state starts_on ends_on started_on finished_on percent "
        "percent_on"
    )
    # One that was written by mistake and has not begun can be deleted.
    policy: ClassVar[Policy] = Policy(
        view=READS, add=PLANS_AGENCY, change=PLANS_AGENCY,
        remove=PLANS_AGENCY & Is("state", ActivityState.PLANNED.value),
    )  # fmt: skip

    output = models.ForeignKey(Output, on_delete=models.PROTECT, related_name="activities")
    services = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    state = models.CharField(
        _("state"), max_length=9, default=ActivityState.PLANNED, db_collation="C",
        choices=[(key.value, ACTIVITY_STATE_NAMES[key]) for key in ActivityState],
    )  # fmt: skip
    starts_on = models.DateField(_("planned to begin on"))
    ends_on = models.DateField(_("planned to end on"))
    started_on = models.DateField(_("began on"), null=True, blank=True)
    finished_on = models.DateField(_("finished on"), null=True, blank=True)
    # The last note of progress, so that the plan is read without its history.
    percent = models.PositiveSmallIntegerField(_("progress in per cent"), default=0)
    percent_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("activity")
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="activity_code_is_unique"),
            models.CheckConstraint(name="activity_ends_after_it_begins", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="activity_progress_is_a_per_cent", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="activity_state_has_its_days",
                condition=Q(state="planned", started_on=None, finished_on=None, percent=0)
                | Q(state="running", started_on__isnull=False, finished_on=None)
                | Q(state="finished", started_on__isnull=False, finished_on__gte=F("started_on"))
                | Q(state="cancelled", finished_on=None),
            ),
        ]  # fmt: skip

    @property
    def state_name(self) -> str:
        """The state in the reader's language."""
        return gettext(ACTIVITY_STATE_NAMES[ActivityState(self.state)])


class ProgressNote(AgencyRecord):
    """How far an activity was on a day. Written once; the next note tells what changed."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{AGENCY_FIELDS} activity percent noted_on note recorded_by")
    policy: ClassVar[Policy] = Policy(view=READS, add=PLANS_AGENCY)

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="notes")
    percent = models.PositiveSmallIntegerField(_("progress in per cent"))
    noted_on = models.DateField(_("as of"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("note of progress")
        ordering = ["-noted_on", "-id"]
        indexes = [models.Index(fields=["activity", "-noted_on", "-id"], name="progress_of_activity")]
        constraints = [
            models.CheckConstraint(name="progress_is_a_per_cent", condition=Q(percent__gte=0, percent__lte=100))
        ]

    def __str__(self) -> str:
        return f"{self.noted_on}"


class DateChange(AgencyRecord):
    """The planned days of an activity as they stood before somebody changed them, and why."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{AGENCY_FIELDS} activity starts_on ends_on changed_on reason recorded_by"
    )
    policy: ClassVar[Policy] = Policy(view=READS, add=PLANS_AGENCY)

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="date_changes")
    starts_on = models.DateField()
    ends_on = models.DateField()
    changed_on = models.DateField()
    reason = models.CharField(_("why the days change"), max_length=300)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("change of planned days")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="date_change_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.changed_on}"


class Milestone(Titled, AgencyRecord):
    """Something that an activity reaches by a day."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{AGENCY_FIELDS} activity titles due_on reached_on dropped_on")
    # Those that were given up go with an activity that is deleted.
    policy: ClassVar[Policy] = Policy(view=READS, add=PLANS_AGENCY, change=PLANS_AGENCY, remove=PLANS_AGENCY)

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="milestones")
    due_on = models.DateField(_("due on"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    dropped_on = models.DateField(_("given up on"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="milestone_is_reached_or_given_up", condition=Q(reached_on=None) | Q(dropped_on=None)
            )
        ]
