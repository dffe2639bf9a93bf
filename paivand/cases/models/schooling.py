"""The way back to school of one child."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.cases.models.cases import CASE_FIELDS, CASE_POLICY, CaseRecord
from paivand.cases.rules.schooling import (
    ENDED_NAMES,
    SCHOOLING_STATE_NAMES,
    STILL_NAMES,
    TRY_NAMES,
    EndedWhy,
    SchoolingState,
    SchoolTryKind,
    Still,
)
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import JourneyStep, Person
from paivand.registry.rules.people import OUT_OF_SCHOOL_NAMES, OutOfSchoolReason


class Schooling(CaseRecord):
    """One time out of school: since when and why, when the child came back, and what made the difference."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="state out_since reason reason_note school back_on helped helped_note ended_on ended_why",
        technical=f"{CASE_FIELDS} person step",
    )
    policy: ClassVar[Policy] = CASE_POLICY

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="schoolings")
    state = models.CharField(
        _("state"), max_length=5, default=SchoolingState.OUT, db_collation="C",
        choices=[(key.value, SCHOOLING_STATE_NAMES[key]) for key in SchoolingState],
    )  # fmt: skip
    out_since = models.DateField(_("out of school since"))
    reason = models.CharField(
        _("why"), max_length=11, choices=[(key.value, OUT_OF_SCHOOL_NAMES[key]) for key in OutOfSchoolReason],
        db_collation="C",
    )  # fmt: skip
    reason_note = models.CharField(_("in their own words"), max_length=300, blank=True)
    school = models.CharField(_("school and class"), max_length=120, blank=True)
    back_on = models.DateField(_("back since"), null=True, blank=True)
    helped = ArrayField(
        models.CharField(max_length=14, choices=[(key.value, TRY_NAMES[key]) for key in SchoolTryKind]),
        verbose_name=_("what made the difference"), default=list, blank=True,
    )  # fmt: skip
    helped_note = models.TextField(_("in words"), blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(
        max_length=10, blank=True, choices=[(key.value, ENDED_NAMES[key]) for key in EndedWhy], db_collation="C"
    )
    step = models.OneToOneField(JourneyStep, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("way back to school")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="out"), name="child_is_out_of_school_once"),
            models.CheckConstraint(
                name="schooling_state_has_its_day",
                condition=Q(state="out", back_on=None, ended_on=None, ended_why="", step=None)
                | Q(state="back", back_on__isnull=False, back_on__gte=F("out_since"), ended_on=None, ended_why="")
                | Q(state="ended", back_on=None, ended_on__isnull=False, step=None) & ~Q(ended_why=""),
            ),
        ]

    def __str__(self) -> str:
        return self.state


class SchoolTry(CaseRecord):
    """Something that was done so that a child comes back to school."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="what tried_on note", technical=f"{CASE_FIELDS} schooling"
    )
    policy: ClassVar[Policy] = CASE_POLICY

    schooling = models.ForeignKey(Schooling, on_delete=models.PROTECT, related_name="tries")
    what = models.CharField(
        _("what"), max_length=14, choices=[(key.value, TRY_NAMES[key]) for key in SchoolTryKind], db_collation="C"
    )
    tried_on = models.DateField(_("day"))
    note = models.CharField(_("what came of it"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["schooling", "-tried_on"], name="tries_of_schooling")]

    def __str__(self) -> str:
        return self.what


class SchoolCheck(CaseRecord):
    """Asking again, some months later, whether the child is still at school."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="months due_on checked_on still note", technical=f"{CASE_FIELDS} schooling"
    )
    policy: ClassVar[Policy] = CASE_POLICY

    schooling = models.ForeignKey(Schooling, on_delete=models.PROTECT, related_name="checks")
    months = models.PositiveSmallIntegerField(editable=False)
    due_on = models.DateField(editable=False)
    checked_on = models.DateField(_("asked on"), null=True, blank=True)
    still = models.CharField(
        _("how it stands"), max_length=10, blank=True, db_collation="C",
        choices=[(key.value, STILL_NAMES[key]) for key in Still],
    )  # fmt: skip
    note = models.CharField(_("more about it"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schooling", "months"], name="school_is_asked_about_once"),
            models.CheckConstraint(
                name="school_check_has_its_answer",
                condition=Q(checked_on=None, still="") | Q(checked_on__isnull=False) & ~Q(still=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months}"
