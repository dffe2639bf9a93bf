"""Sessions of a group, who was there, and what stood there before it was corrected."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.rules.attendance import MARK_NAMES, Mark
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.enrolments import Enrolment
from paivand.learning.models.records import (
    GROUP_FIELDS,
    OPEN_POLICY,
    TAUGHT_HISTORY_POLICY,
    TAUGHT_POLICY,
    GroupRecord,
)
from paivand.learning.rules.states import SESSION_STATE_NAMES, SessionState


class Session(GroupRecord):
    """One session of a group: planned in the timetable, then held or cancelled. It names no learner."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{GROUP_FIELDS} n on_day starts_at ends_at hours module topics practical room trainer state note "
        "cancelled_why life_topics energiser taken_by taken_at n_there n_marked"
    )
    policy: ClassVar[Policy] = OPEN_POLICY

    n = models.PositiveSmallIntegerField(editable=False)
    on_day = models.DateField(_("day"))
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("until"))
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=2)
    module = models.CharField(_("module"), max_length=40, blank=True, db_collation="C")
    topics = ArrayField(models.CharField(max_length=60), verbose_name=_("topics"), default=list, blank=True)
    practical = models.BooleanField(_("practical work"), default=False)
    room = models.CharField(_("room"), max_length=60, blank=True)
    # Who teaches it, where she has an account; clashes are looked for by it.
    trainer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=9, default=SessionState.PLANNED, db_collation="C",
        choices=[(key.value, SESSION_STATE_NAMES[key]) for key in SessionState],
    )  # fmt: skip
    note = models.TextField(_("what was done, without names"), blank=True)
    cancelled_why = models.CharField(_("why it was not held"), max_length=300, blank=True)
    life_topics = ArrayField(models.CharField(max_length=60), verbose_name=_("life skills"), default=list, blank=True)
    energiser = models.CharField(_("game or song"), max_length=120, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    n_there = models.PositiveSmallIntegerField(default=0, editable=False)
    n_marked = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("session")
        ordering = ["on_day", "n"]
        indexes = [
            models.Index(fields=["group", "on_day"], name="sessions_of_group"),
            models.Index(fields=["trainer", "on_day"], name="sessions_of_trainer", condition=~Q(state="cancelled")),
            models.Index(fields=["owner", "on_day"], name="sessions_of_lead", condition=~Q(state="cancelled")),
            models.Index(fields=["district", "on_day"], name="sessions_of_district", condition=~Q(state="cancelled")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["group", "n"], name="learning_session_is_counted_once"),
            models.CheckConstraint(
                name="learning_session_state_has_its_facts",
                condition=Q(state="planned", taken_at=None, cancelled_why="")
                | Q(state="held", taken_at__isnull=False, cancelled_why="")
                | Q(state="cancelled", taken_at=None) & ~Q(cancelled_why=""),
            ),
            models.CheckConstraint(name="learning_session_has_hours", condition=Q(hours__gt=0, hours__lte=12)),
            models.CheckConstraint(name="learning_session_counts_add_up", condition=Q(n_there__lte=F("n_marked"))),
        ]

    def __str__(self) -> str:
        return f"{self.n}"


class Attendance(GroupRecord):
    """Whether a learner was at a session."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING, personal="mark note", technical=f"{GROUP_FIELDS} session enrolment"
    )
    policy: ClassVar[Policy] = TAUGHT_POLICY

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField(
        max_length=7, choices=[(key.value, MARK_NAMES[key]) for key in Mark], db_collation="C"
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "enrolment"], name="learner_is_marked_once_at_a_session"),
            models.CheckConstraint(
                name="attendance_mark_is_of_the_list", condition=Q(mark__in=[m.value for m in Mark])
            ),
        ]
        indexes = [models.Index(fields=["group", "session"], name="attendance_of_group")]

    def __str__(self) -> str:
        return self.mark


class FormerAttendance(GroupRecord):
    """What a mark was before it was corrected, and why. Never rewritten."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING, personal="mark note reason", technical=f"{GROUP_FIELDS} attendance by"
    )
    policy: ClassVar[Policy] = TAUGHT_HISTORY_POLICY

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="former")
    # Empty where there was no mark: the learner was added afterwards.
    mark = models.CharField(
        max_length=7, blank=True, choices=[(key.value, MARK_NAMES[key]) for key in Mark], db_collation="C"
    )
    note = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="former_attendance_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return self.mark
