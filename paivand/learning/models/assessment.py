"""What learners knew before and after, and how their exam went."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.enrolments import Enrolment
from paivand.learning.models.records import GROUP_FIELDS, TAUGHT_POLICY, TEACHES, GroupRecord
from paivand.learning.rules.course import STAGE_NAMES, Stage


class TestSheet(GroupRecord):
    """One learner's test before or after: answers item by item, or the points from a paper or ballot box."""

    __test__ = False

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="answers points most taken_on from_paper",
        technical=f"{GROUP_FIELDS} enrolment instrument instrument_version stage recorded_by",
    )
    # What was written down for a learner who did not take the test is taken out again.
    policy: ClassVar[Policy] = replace(TAUGHT_POLICY, remove=TEACHES)

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sheets")
    instrument = models.CharField(max_length=40, db_collation="C")
    instrument_version = models.CharField(max_length=40, db_collation="C")
    stage = models.CharField(
        _("when"), max_length=6, choices=[(key.value, STAGE_NAMES[key]) for key in Stage], db_collation="C"
    )
    answers = models.JSONField(default=dict, blank=True)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    most = models.DecimalField(max_digits=6, decimal_places=2)
    taken_on = models.DateField(_("written on"))
    from_paper = models.BooleanField(default=False)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("test")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "instrument", "stage"], name="test_is_written_once_a_stage"),
            models.CheckConstraint(
                name="test_points_can_be", condition=Q(points__gte=0, points__lte=F("most"), most__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.stage}"


class Exam(GroupRecord):
    """The exam of a group before a commission."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING, personal="commission", technical=f"{GROUP_FIELDS} held_on venue note recorded_by"
    )
    policy: ClassVar[Policy] = TAUGHT_POLICY

    held_on = models.DateField(_("day"))
    venue = models.CharField(_("where"), max_length=120, blank=True)
    # ``{"name": …, "post": …, "chair": true}``, the chair first.
    commission = models.JSONField()
    note = models.TextField(_("minutes, without names"), blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("exam")
        constraints = [models.UniqueConstraint(fields=["group", "held_on"], name="exam_is_held_once_a_day")]

    def __str__(self) -> str:
        return f"{self.held_on}"


class ExamResult(GroupRecord):
    """What one learner reached in an exam, by criterion."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING, personal="points total passed absent", technical=f"{GROUP_FIELDS} exam enrolment"
    )
    policy: ClassVar[Policy] = TAUGHT_POLICY

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="results")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="results")
    points = models.JSONField(default=dict, blank=True)
    total = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    passed = models.BooleanField(null=True)
    absent = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "enrolment"], name="learner_has_one_result_of_an_exam"),
            models.CheckConstraint(
                name="exam_result_or_absent",
                condition=Q(absent=True, total=None, passed=None)
                | Q(absent=False, total__isnull=False, total__gte=0, passed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total}"
