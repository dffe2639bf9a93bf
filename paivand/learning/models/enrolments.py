"""Who learns in which group, where she stands, and every change of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.rules.dates import Age, Birth
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.records import (
    FOLLOWS,
    GROUP_FIELDS,
    HOME_FIELDS,
    LEARNER_POLICY,
    PUTS_FORWARD,
    SEES,
    TEACHES,
    WITHDRAWS,
    LearnerRecord,
)
from paivand.learning.rules.states import ENROLMENT_STATE_NAMES, LEFT_NAMES, EnrolmentState, LeftWhy
from paivand.registry.models import JourneyStep, Participant, Person
from paivand.registry.rules import SEX_NAMES, Sex


class Enrolment(LearnerRecord):
    """One learner in one group: a member of a registered family, or a participant of the register beside it.

    What the trainer needs is copied from there: the name as it is called, sex and year of birth. She sees nothing else
    of a family. The counts of attendance and results are written with every change of them, so that the learning record
    of a person, and the board, read one row.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="name sex birth_year state asked_on enrolled_on ended_on left_why said lacks n_held n_there n_late "
        "n_excused n_absent n_missed_in_row hours practical_hours before_points after_points most_points exam_points "
        "exam_passed project_title project_passed guardian_name guardian_agreed_on child_agreed_on calls_agreed_on "
        "destination materials met",
        technical=f"{GROUP_FIELDS} {HOME_FIELDS} person participant course step step_n asked_by",
    )
    policy: ClassVar[Policy] = LEARNER_POLICY

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="enrolments")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, related_name="enrolments")
    course = models.CharField(max_length=60, db_collation="C", editable=False)
    name = models.CharField(_("name as it is called"), max_length=240)
    sex = models.CharField(max_length=6, choices=[(key.value, SEX_NAMES[key]) for key in Sex], db_collation="C")
    birth_year = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(
        _("state"), max_length=9, default=EnrolmentState.APPLIED, db_collation="C",
        choices=[(key.value, ENROLMENT_STATE_NAMES[key]) for key in EnrolmentState],
    )  # fmt: skip
    asked_on = models.DateField(_("put forward on"))
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    enrolled_on = models.DateField(_("enrolled on"), null=True)
    # The day on which she completed, failed, left or was declined.
    ended_on = models.DateField(null=True)
    left_why = models.CharField(
        _("why"), max_length=12, blank=True, choices=[(key.value, LEFT_NAMES[key]) for key in LeftWhy],
        db_collation="C",
    )  # fmt: skip
    # What she, or who put her forward, said to it.
    said = models.CharField(_("in a few words"), max_length=300, blank=True)
    # What was missing for completion: entries of ``{"code": …, "need": …, "have": …}``.
    lacks = models.JSONField(default=list, blank=True)
    # What the course asks for and was found fulfilled when she was put forward, by code.
    met = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    n_held = models.PositiveSmallIntegerField(default=0)
    n_there = models.PositiveSmallIntegerField(default=0)
    n_late = models.PositiveSmallIntegerField(default=0)
    n_excused = models.PositiveSmallIntegerField(default=0)
    n_absent = models.PositiveSmallIntegerField(default=0)
    n_missed_in_row = models.PositiveSmallIntegerField(default=0)
    hours = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    practical_hours = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    before_points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    after_points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    most_points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    exam_points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    exam_passed = models.BooleanField(null=True)
    project_title = models.CharField(_("project"), max_length=160, blank=True)
    project_passed = models.BooleanField(null=True)
    child_agreed_on = models.DateField(_("the child agreed on"), null=True, blank=True)
    guardian_name = models.CharField(_("guardian"), max_length=160, blank=True)
    guardian_agreed_on = models.DateField(_("the guardian agreed on"), null=True, blank=True)
    calls_agreed_on = models.DateField(_("agreed to be called afterwards on"), null=True, blank=True)
    destination = models.CharField(_("where to"), max_length=2, blank=True, db_collation="C")
    materials = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    # The step of the journey that the completion is; and how often it was taken back.
    step = models.OneToOneField(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")
    step_n = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("enrolment")
        indexes = [
            models.Index(fields=["group", "state"], name="enrolments_of_group"),
            models.Index(fields=["person", "-asked_on"], name="enrolments_of_person", condition=~Q(person=None)),
            models.Index(
                fields=["participant", "-asked_on"], name="enrolments_of_participant",
                condition=~Q(participant=None),
            ),
            models.Index(fields=["home_owner", "state"], name="enrolments_followed"),
            models.Index(fields=["course", "state", "ended_on"], name="enrolments_of_course"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="enrolment_is_of_one",
                condition=Q(person__isnull=False, participant=None) | Q(person=None, participant__isnull=False),
            ),
            models.UniqueConstraint(fields=["group", "person"], name="person_is_once_in_a_learning_group"),
            models.UniqueConstraint(fields=["group", "participant"], name="participant_is_once_in_a_learning_group"),
            models.CheckConstraint(
                name="enrolment_state_has_its_days",
                condition=Q(state__in=["applied", "waiting"], enrolled_on=None, ended_on=None, left_why="")
                | Q(state="declined", enrolled_on=None, ended_on__isnull=False) & ~Q(left_why="")
                | Q(state="enrolled", enrolled_on__isnull=False, ended_on=None, left_why="")
                | Q(state__in=["completed", "failed"], enrolled_on__isnull=False, ended_on__isnull=False, left_why="")
                | Q(state="left", ended_on__isnull=False) & ~Q(left_why=""),
            ),
            models.CheckConstraint(
                name="only_who_came_to_an_end_has_a_step",
                condition=Q(step=None) | Q(state__in=["completed", "failed", "left"]),
            ),
            models.CheckConstraint(
                name="enrolment_counts_add_up",
                condition=Q(n_held=F("n_there") + F("n_excused") + F("n_absent"), n_late__lte=F("n_there")),
            ),
            models.CheckConstraint(
                name="guardian_of_learner_has_a_name", condition=Q(guardian_agreed_on=None) | ~Q(guardian_name="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def age_on(self, on: object) -> Age | None:
        """The age on a day, known to the year."""
        return Birth.in_year(self.birth_year).age(on) if self.birth_year else None  # type: ignore[arg-type]

    @property
    def gain(self) -> object:
        """Points after less points before; None where one is missing."""
        if self.before_points is None or self.after_points is None:
            return None
        return self.after_points - self.before_points


class EnrolmentMove(LearnerRecord):
    """One change of where a learner stands. Never rewritten."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="before after on_day why reason",
        technical=f"{GROUP_FIELDS} {HOME_FIELDS} enrolment by",
    )
    policy: ClassVar[Policy] = Policy(
        view=SEES | FOLLOWS | WITHDRAWS, add=TEACHES | PUTS_FORWARD | WITHDRAWS, change=TEACHES | PUTS_FORWARD,
        data_class=DataClass.LEARNING,
        only=("agency_id", "team_id", "owner_id", "second_id", "version", "changed_at"),
    )  # fmt: skip

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="moves")
    before = models.CharField(max_length=9, blank=True, db_collation="C")
    after = models.CharField(
        max_length=9, choices=[(key.value, ENROLMENT_STATE_NAMES[key]) for key in EnrolmentState], db_collation="C"
    )
    on_day = models.DateField()
    why = models.CharField(
        max_length=12, blank=True, choices=[(key.value, LEFT_NAMES[key]) for key in LeftWhy], db_collation="C"
    )
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["enrolment", "id"], name="moves_of_enrolment")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
