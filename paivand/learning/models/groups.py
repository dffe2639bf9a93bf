"""Groups (cohorts and schools) and who teaches them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, Policy
from paivand.access.models.walls import SEQUENCES
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.codes import readable_code
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.records import (
    GROUP_FIELDS,
    OPEN_POLICY,
    PLANS,
    SEES,
    TEACHES,
    WITHDRAWS,
    GroupRecord,
)
from paivand.learning.rules.states import (
    GROUP_STATE_NAMES,
    LARGEST_GROUP,
    TRAINER_ROLE_NAMES,
    GroupState,
    TrainerRole,
)
from paivand.registry.models import Participant
from paivand.registry.rules.people import LANGUAGE_NAMES, SpokenLanguage

GROUP_NUMBERS = "learning_group_number"
SEQUENCES.add(GROUP_NUMBERS)


class Group(ScopedRecord):
    """People who learn one course together: a cohort, or a school. ``owner`` leads it.

    It tells nothing about a learner, so that whoever plans and reports sees it. The counters are written with every
    change of an enrolment.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} number second course course_from name language place venue room capacity starts_on ends_on "
        "weekdays every_weeks starts_at session_hours child_care transport note state opened_on started_on finished_on "
        "cancelled_on cancelled_why next_on n_asking n_enrolled n_completed n_failed n_left n_sessions n_held"
    )
    # The catalogue shows groups wherever they lie. Who puts somebody forward counts the places anew with it.
    policy: ClassVar[Policy] = Policy(
        view=OPEN_POLICY.view,
        add=PLANS,
        change=PLANS | TEACHES | HoldsSomewhere(Verb.LEARNING_ENROL) | WITHDRAWS,
    )
    facts: ClassVar[str] = (
        "id course course_from state place district agency opened_on started_on finished_on starts_on "
        "cancelled_on n_enrolled n_completed n_failed n_left n_held created_at changed_at"
    )

    number = models.PositiveIntegerField(unique=True)
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    course = models.CharField(_("course"), max_length=60, db_collation="C")
    # From which day the declaration of the course holds that this group follows.
    course_from = models.DateField(editable=False)
    name = models.CharField(_("name of the group"), max_length=120)
    language = models.CharField(
        _("language"), max_length=6, choices=[(key.value, LANGUAGE_NAMES[key]) for key in SpokenLanguage],
        db_collation="C",
    )  # fmt: skip
    place = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+")
    venue = models.CharField(_("house, school or field"), max_length=120, blank=True)
    room = models.CharField(_("room"), max_length=60, blank=True)
    capacity = models.PositiveSmallIntegerField(_("how many places"))
    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    # 0 is Monday.
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("days of the week"), default=list)
    every_weeks = models.PositiveSmallIntegerField(_("every how many weeks"), default=1)
    starts_at = models.TimeField(_("begins at"))
    session_hours = models.DecimalField(_("hours of a session"), max_digits=4, decimal_places=2)
    child_care = models.BooleanField(_("somebody looks after the children"), default=False)
    transport = models.BooleanField(_("the way is paid or a bus comes"), default=False)
    note = models.TextField(_("to know beforehand"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, default=GroupState.PLANNED, db_collation="C",
        choices=[(key.value, GROUP_STATE_NAMES[key]) for key in GroupState],
    )  # fmt: skip
    opened_on = models.DateField(null=True, editable=False)
    started_on = models.DateField(null=True, editable=False)
    finished_on = models.DateField(null=True, editable=False)
    cancelled_on = models.DateField(null=True, editable=False)
    cancelled_why = models.CharField(_("why it was cancelled"), max_length=300, blank=True, editable=False)
    next_on = models.DateField(_("next session"), null=True, editable=False)
    n_asking = models.PositiveSmallIntegerField(default=0, editable=False)
    n_enrolled = models.PositiveSmallIntegerField(default=0, editable=False)
    n_completed = models.PositiveSmallIntegerField(default=0, editable=False)
    n_failed = models.PositiveSmallIntegerField(default=0, editable=False)
    n_left = models.PositiveSmallIntegerField(default=0, editable=False)
    n_sessions = models.PositiveSmallIntegerField(default=0, editable=False)
    n_held = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("group")
        indexes = [
            models.Index(fields=["district", "state", "-number"], name="learning_groups_of_district"),
            models.Index(fields=["owner", "state", "next_on"], name="learning_groups_of_trainer"),
            models.Index(
                fields=["second", "state", "next_on"], name="learning_groups_of_second", condition=~Q(second=None)
            ),
            models.Index(fields=["agency", "state", "-number"], name="learning_groups_of_agency"),
            models.Index(fields=["course", "state", "-number"], name="learning_groups_of_course"),
        ]
        constraints = [
            models.CheckConstraint(
                name="learning_group_has_places", condition=Q(capacity__gte=1, capacity__lte=LARGEST_GROUP)
            ),
            models.CheckConstraint(name="learning_group_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="learning_group_ends_after_it_begins",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="learning_group_state_has_its_day",
                condition=Q(state="planned", opened_on=None, started_on=None, finished_on=None, cancelled_on=None)
                | Q(state="open", opened_on__isnull=False, started_on=None, finished_on=None, cancelled_on=None)
                | Q(state="running", started_on__isnull=False, finished_on=None, cancelled_on=None)
                | Q(state="finished", started_on__isnull=False, finished_on__isnull=False, cancelled_on=None)
                | Q(state="cancelled", finished_on=None, cancelled_on__isnull=False) & ~Q(cancelled_why=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The readable code with its check digit."""
        return readable_code("G", self.number)

    @property
    def audit_label(self) -> str:
        """The code."""
        return self.code

    @property
    def n_places_left(self) -> int:
        """How many places are free."""
        return max(0, self.capacity - self.n_enrolled)

    @property
    def other_scope(self) -> Scope:
        """Where the group lies for the second trainer."""
        return Scope(owner_id=self.second_id)

    def lets_act(self, user_id: uuid.UUID) -> bool:
        """The second trainer, who may belong to another district."""
        return self.second_id == user_id

    @property
    def is_over(self) -> bool:
        """Whether nothing more is held."""
        return self.state in {GroupState.FINISHED, GroupState.CANCELLED}


class GroupTrainer(GroupRecord):
    """Who teaches a group, with what entitles her to. Names of those who teach stand on posters and certificates."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="name qualification role from_on until_on",
        technical=f"{GROUP_FIELDS} user participant",
    )
    policy: ClassVar[Policy] = Policy(
        view=SEES, add=PLANS | TEACHES, change=PLANS | TEACHES, data_class=DataClass.LEARNING
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, related_name="teaches")
    name = models.CharField(_("name"), max_length=160)
    qualification = models.CharField(_("qualification"), max_length=200)
    role = models.CharField(
        _("part"), max_length=11, choices=[(key.value, TRAINER_ROLE_NAMES[key]) for key in TrainerRole],
        db_collation="C",
    )  # fmt: skip
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("trainer of a group")
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=Q(role="lead", until_on=None), name="group_has_one_lead"
            ),
            models.CheckConstraint(
                name="group_trainer_ends_after_beginning", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="group_trainer_has_name_and_qualification", condition=~Q(name="") & ~Q(qualification="")
            ),
        ]

    def __str__(self) -> str:
        return self.name
