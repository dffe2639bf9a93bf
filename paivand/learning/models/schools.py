"""Field schools: the season of a group, its plots, what was seen there, what they cost and brought, what stayed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.learning.models.enrolments import Enrolment
from paivand.learning.models.records import (
    FOLLOWS,
    GROUP_FIELDS,
    HOME_FIELDS,
    OPEN_POLICY,
    SEES,
    TAUGHT_POLICY,
    TEACHES,
    GroupRecord,
    LearnerRecord,
)
from paivand.learning.models.sessions import Session
from paivand.learning.rules.fields import (
    CHECK_MONTHS,
    ENTRY_NAMES,
    HEALTH_NAMES,
    MOST_AREA,
    SCHOOL_DAYS,
    SOIL_NAMES,
    TAKEN_NAMES,
    WAY_NAMES,
    WHEN_NAMES,
    EntryKind,
    Health,
    Soil,
    Taken,
    Way,
    When,
)

TAKEN_UP_POLICY = Policy(view=SEES | FOLLOWS, add=TEACHES, change=TEACHES, data_class=DataClass.LEARNING)
"""For what became of one learner: her social worker reads it too."""


class SchoolSeason(GroupRecord):
    """The season of a field school: what it grows, where, and for a junior school with which committee of guardians."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{GROUP_FIELDS} commodity title starts_on ends_on host school n_guardians committee_on committee story "
        "recorded_by"
    )
    policy: ClassVar[Policy] = OPEN_POLICY

    group = models.OneToOneField("learning.Group", on_delete=models.PROTECT, related_name="season")
    commodity = models.CharField(_("what is grown"), max_length=30, db_collation="C")
    title = models.CharField(_("variety or question of the season"), max_length=160, blank=True)
    starts_on = models.DateField(_("the season begins on"))
    ends_on = models.DateField(_("the season ended on"), null=True, blank=True)
    host = models.CharField(_("host farm, by its place"), max_length=160, blank=True)
    school = models.CharField(_("school"), max_length=160, blank=True)
    n_guardians = models.PositiveSmallIntegerField(_("members of the guardians' committee"), null=True, blank=True)
    committee_on = models.DateField(_("the committee last met on"), null=True, blank=True)
    committee = models.TextField(_("what the committee takes care of, without names"), blank=True)
    story = models.TextField(_("the season in a few sentences, without names"), blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("season")
        constraints = [
            models.CheckConstraint(
                name="season_ends_after_it_begins", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="season_has_a_commodity", condition=~Q(commodity="")),
            models.CheckConstraint(
                name="committee_has_members", condition=Q(n_guardians=None) | Q(n_guardians__gte=1, n_guardians__lte=50)
            ),
        ]

    def __str__(self) -> str:
        return self.commodity


class Plot(GroupRecord):
    """A plot of the season, grown in one way."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{GROUP_FIELDS} season name way water_way area planted_on note"
    )  # fmt: skip
    policy: ClassVar[Policy] = OPEN_POLICY

    season = models.ForeignKey(SchoolSeason, on_delete=models.PROTECT, related_name="plots")
    name = models.CharField(_("name or number"), max_length=40)
    way = models.CharField(
        _("how it is grown"), max_length=8, choices=[(key.value, WAY_NAMES[key]) for key in Way], db_collation="C"
    )
    water_way = models.CharField(_("how it is watered"), max_length=20, db_collation="C")
    # Square metres; none where nobody measured it.
    area = models.DecimalField(_("size in square metres"), max_digits=8, decimal_places=1, null=True, blank=True)
    planted_on = models.DateField(_("planted on"), null=True, blank=True)
    note = models.CharField(_("what is done differently"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("plot")
        constraints = [
            models.UniqueConstraint(fields=["season", "name"], name="plot_has_a_name_of_its_own"),
            models.CheckConstraint(name="plot_is_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="plot_area_can_be", condition=Q(area=None) | Q(area__gt=0, area__lte=MOST_AREA)
            ),
            models.CheckConstraint(name="plot_way_is_of_the_list", condition=Q(way__in=[way.value for way in Way])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Observation(GroupRecord):
    """An agro-ecosystem analysis of one plot: what a small group saw, and what it decided."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{GROUP_FIELDS} plot observed_on stage health soil weather height_cm seen water told decided decision "
        "watchers recorded_by"
    )
    policy: ClassVar[Policy] = OPEN_POLICY

    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="observations")
    observed_on = models.DateField(_("day"))
    stage = models.CharField(_("how far the crop is"), max_length=20, db_collation="C")
    health = models.CharField(
        _("how the plants look"), max_length=5, choices=[(key.value, HEALTH_NAMES[key]) for key in Health],
        db_collation="C",
    )  # fmt: skip
    soil = models.CharField(
        _("soil"), max_length=5, choices=[(key.value, SOIL_NAMES[key]) for key in Soil], db_collation="C"
    )
    weather = models.CharField(_("weather"), max_length=120, blank=True)
    height_cm = models.DecimalField(
        _("height of the plants in cm"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    # By code: how many were counted on ten plants.
    seen = models.JSONField(_("seen on ten plants"), default=dict, blank=True)
    water = models.CharField(_("water since the last time"), max_length=160, blank=True)
    told = models.TextField(_("what the group saw, without names"), blank=True)
    decided = models.CharField(_("decision"), max_length=20, db_collation="C")
    decision = models.CharField(_("the decision in words"), max_length=300, blank=True)
    watchers = models.CharField(_("small group"), max_length=60, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("observation")
        indexes = [models.Index(fields=["group", "-observed_on", "-id"], name="observations_of_group")]
        constraints = [
            models.CheckConstraint(
                name="observation_height_can_be", condition=Q(height_cm=None) | Q(height_cm__gt=0, height_cm__lte=1000)
            ),
            models.CheckConstraint(name="observation_has_stage_and_decision", condition=~Q(stage="") & ~Q(decided="")),
        ]

    def __str__(self) -> str:
        return f"{self.observed_on}"


class FieldPhoto(GroupRecord):
    """A photograph of an observation or a session. The file lies sealed beside the database; this row says what it is.

    Photographs may show faces, so that only who works with the group sees them, besides those who may see learners.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="caption",
        technical=f"{GROUP_FIELDS} observation session media_type n_bytes sha256 recorded_by removed_at removed_by",
    )
    policy: ClassVar[Policy] = TAUGHT_POLICY

    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, null=True, related_name="photos")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, related_name="photos")
    caption = models.CharField(_("what it shows"), max_length=160, blank=True)
    media_type = models.CharField(max_length=80, db_collation="C")
    n_bytes = models.PositiveIntegerField()
    # Of the file as it is given out; what lies on the disk is sealed.
    sha256 = models.CharField(max_length=64, db_collation="C")
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("photograph")
        constraints = [
            models.CheckConstraint(name="field_photo_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="field_photo_is_of_one_thing",
                condition=Q(observation__isnull=False, session=None) | Q(observation=None, session__isnull=False),
            ),
            models.CheckConstraint(name="field_photo_is_not_empty", condition=Q(n_bytes__gt=0)),
            models.CheckConstraint(
                name="field_photo_taken_away_by_somebody",
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "photograph"

    @property
    def taken_on(self) -> date:
        """The day of what it shows."""
        shown = self.session or self.observation
        return shown.on_day if isinstance(shown, Session) else shown.observed_on if shown else self.created_at.date()


class PlotEntry(GroupRecord):
    """A cost, a harvest, a revenue or water of a plot. Never rewritten: one that was wrong is struck out, with why."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{GROUP_FIELDS} plot kind code on_day amount quantity note recorded_by struck_at struck_by struck_why"
    )
    policy: ClassVar[Policy] = OPEN_POLICY

    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(
        _("what"), max_length=7, choices=[(key.value, ENTRY_NAMES[key]) for key in EntryKind], db_collation="C"
    )
    code = models.CharField(_("what for"), max_length=20, db_collation="C")
    on_day = models.DateField(_("day"))
    # Somoni for costs and revenues, kilograms for a harvest, litres for water.
    amount = models.DecimalField(_("amount"), max_digits=11, decimal_places=2)
    quantity = models.DecimalField(_("kilograms"), max_digits=9, decimal_places=2, null=True, blank=True)
    note = models.CharField(_("note"), max_length=160, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True, editable=False)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    struck_why = models.CharField(_("why it is struck out"), max_length=160, blank=True, editable=False)

    class Meta:
        verbose_name = _("entry")
        indexes = [models.Index(fields=["group", "-on_day", "-id"], name="plot_entries_of_group")]
        constraints = [
            models.CheckConstraint(name="plot_entry_amount_can_be", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="plot_entry_kilograms_are_of_a_revenue",
                condition=Q(quantity=None) | Q(kind="revenue", quantity__gt=0),
            ),
            models.CheckConstraint(
                name="plot_entry_struck_out_says_why",
                condition=Q(struck_at=None, struck_by=None, struck_why="")
                | Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_why=""),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class FieldDay(GroupRecord):
    """A day on which the school showed its field to others. Visitors are counted, not named."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{GROUP_FIELDS} season held_on topic n_women n_men n_girls n_boys told recorded_by"
    )
    policy: ClassVar[Policy] = OPEN_POLICY

    season = models.ForeignKey(SchoolSeason, on_delete=models.PROTECT, related_name="field_days")
    held_on = models.DateField(_("day"))
    topic = models.CharField(_("what was shown"), max_length=160)
    n_women = models.PositiveSmallIntegerField(_("women"), default=0)
    n_men = models.PositiveSmallIntegerField(_("men"), default=0)
    n_girls = models.PositiveSmallIntegerField(_("girls"), default=0)
    n_boys = models.PositiveSmallIntegerField(_("boys"), default=0)
    told = models.TextField(_("what the visitors asked, without names"), blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("field day")
        constraints = [
            models.UniqueConstraint(fields=["season", "held_on"], name="field_day_is_held_once_a_day"),
            models.CheckConstraint(name="field_day_has_a_topic", condition=~Q(topic="")),
        ]

    def __str__(self) -> str:
        return f"{self.held_on}"

    @property
    def n_visitors(self) -> int:
        """How many came in all."""
        return self.n_women + self.n_men + self.n_girls + self.n_boys


class PracticeAdoption(LearnerRecord):
    """Whether one learner uses a practice of the course at home: at the end of the season, and in the next."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="practice asked taken asked_on",
        technical=f"{GROUP_FIELDS} {HOME_FIELDS} enrolment recorded_by",
    )
    policy: ClassVar[Policy] = TAKEN_UP_POLICY

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="adoptions")
    practice = models.CharField(max_length=60, db_collation="C")
    asked = models.CharField(
        _("when"), max_length=4, choices=[(key.value, WHEN_NAMES[key]) for key in When], db_collation="C"
    )
    taken = models.CharField(max_length=6, choices=[(key.value, TAKEN_NAMES[key]) for key in Taken], db_collation="C")
    asked_on = models.DateField(_("asked on"))
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("practice taken up")
        indexes = [models.Index(fields=["group", "asked"], name="adoptions_of_group")]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "practice", "asked"], name="practice_is_asked_once_a_time")
        ]

    def __str__(self) -> str:
        return self.practice


class GroupCheck(GroupRecord):
    """What was found 6 or 12 months after the season: whether the group goes on together."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{GROUP_FIELDS} months asked_on goes_on n_members told recorded_by")
    policy: ClassVar[Policy] = OPEN_POLICY

    months = models.PositiveSmallIntegerField(choices=[(n, str(n)) for n in CHECK_MONTHS])
    asked_on = models.DateField(_("asked on"))
    goes_on = models.BooleanField(_("the group goes on"))
    n_members = models.PositiveSmallIntegerField(_("how many work together"), null=True, blank=True)
    told = models.CharField(_("what they do together, without names"), max_length=300, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("group afterwards")
        constraints = [
            models.UniqueConstraint(fields=["group", "months"], name="group_is_asked_once_after_so_many_months"),
            models.CheckConstraint(name="group_check_months", condition=Q(months__in=CHECK_MONTHS)),
            models.CheckConstraint(
                name="only_a_group_that_goes_on_has_members", condition=Q(n_members=None) | Q(goes_on=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months}"


class SchoolMonth(LearnerRecord):
    """On how many days of a month a child of a junior school was at her ordinary school."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="month held attended",
        technical=f"{GROUP_FIELDS} {HOME_FIELDS} enrolment recorded_by",
    )
    policy: ClassVar[Policy] = TAKEN_UP_POLICY

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="school_months")
    month = models.DateField(_("month"))
    held = models.PositiveSmallIntegerField(_("days of lessons"))
    attended = models.PositiveSmallIntegerField(_("days there"))
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("month at school")
        indexes = [models.Index(fields=["group", "month"], name="school_months_of_group")]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "month"], name="child_has_one_row_for_a_month"),
            models.CheckConstraint(name="school_month_is_a_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="school_days_can_be",
                condition=Q(held__gte=1, held__lte=SCHOOL_DAYS, attended__gte=0, attended__lte=F("held")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
