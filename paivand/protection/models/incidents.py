"""What happened: one row for each incident, in the fewest facts that help and counting need."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.models.sealed import SealedTextField
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.protection.models.room import IN_FILE, ROOM, SealedRecord
from paivand.protection.models.survivors import choices
from paivand.protection.rules import people
from paivand.protection.rules.sectors import SETTLED
from paivand.protection.rules.violence import (
    ABDUCTION_NAMES,
    HARMFUL_PRACTICE_NAMES,
    REPORTED_NAMES,
    VIOLENCE_NAMES,
    ReportedElsewhere,
    is_domestic,
)


class Incident(SealedRecord):
    """One incident. Its type comes from the tree of questions; what else is true of it is context.

    No name of anybody and no address has a column here: who did it is a sex, a group of age and a tie. What the
    survivor told in her own words is sealed, and leaves the program by no way.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE,
        personal="reported_on incident_on day_is_estimate told_by_survivor violence harmful_practice goods_exchanged "
        "abduction previous_incidents reported_elsewhere age_group migration_stage day_time place_kind place account "
        "n_perpetrators perpetrator_sex perpetrator_age perpetrator_tie perpetrator_occupation perpetrator_before "
        "legal_action services declined",
        technical=f"{IN_FILE} ordinal",
        leaves=False,
    )
    policy: ClassVar[Policy] = ROOM

    ordinal = models.PositiveSmallIntegerField(editable=False)
    reported_on = models.DateField(_("told to us on"))
    incident_on = models.DateField(_("happened on"), null=True, blank=True)
    day_is_estimate = models.BooleanField(_("the day is an estimate"), default=False)
    told_by_survivor = models.BooleanField(_("the survivor tells it"), null=True, blank=True)
    violence = models.CharField(_("type"), max_length=16, choices=choices(VIOLENCE_NAMES), db_collation="C")
    harmful_practice = models.CharField(
        _("harmful practice"), max_length=15, blank=True, choices=choices(HARMFUL_PRACTICE_NAMES)
    )
    goods_exchanged = models.BooleanField(_("money or goods were exchanged"), null=True, blank=True)
    abduction = models.CharField(_("taken away"), max_length=19, blank=True, choices=choices(ABDUCTION_NAMES))
    previous_incidents = models.BooleanField(_("something like it happened before"), null=True, blank=True)
    reported_elsewhere = models.CharField(
        _("told to somebody before"), max_length=8, choices=choices(REPORTED_NAMES), default=ReportedElsewhere.NO,
        db_collation="C",
    )  # fmt: skip
    # On the day of the incident: the survivor's file goes on, the figure stays.
    age_group = models.CharField(max_length=5, blank=True, choices=choices(people.AGE_NAMES), db_collation="C")
    migration_stage = models.CharField(
        _("stage of migration"), max_length=12, blank=True, choices=choices(people.STAGE_NAMES)
    )
    day_time = models.CharField(_("time of day"), max_length=9, blank=True, choices=choices(people.DAY_TIME_NAMES))
    place_kind = models.CharField(
        _("kind of place"), max_length=11, blank=True, choices=choices(people.PLACE_KIND_NAMES)
    )
    # The district where it happened, and nothing more exact.
    place = models.ForeignKey("core.Place", on_delete=models.PROTECT, null=True, related_name="+")
    account = SealedTextField(_("in the survivor's words"), blank=True, default="")
    n_perpetrators = models.CharField(_("how many did it"), max_length=9, blank=True,
                                      choices=choices(people.HOW_MANY_NAMES))  # fmt: skip
    perpetrator_sex = models.CharField(_("sex"), max_length=9, blank=True,
                                       choices=choices(people.PERPETRATOR_SEX_NAMES))  # fmt: skip
    perpetrator_age = models.CharField(_("age"), max_length=9, blank=True,
                                       choices=choices(people.PERPETRATOR_AGE_NAMES))  # fmt: skip
    perpetrator_tie = models.CharField(_("tie to the survivor"), max_length=14, blank=True,
                                       choices=choices(people.TIE_NAMES))  # fmt: skip
    perpetrator_occupation = models.CharField(_("occupation"), max_length=13, blank=True,
                                              choices=choices(people.OCCUPATION_NAMES))  # fmt: skip
    perpetrator_before = models.BooleanField(_("the same person did it before"), null=True, blank=True)
    legal_action = models.BooleanField(_("wants legal action"), null=True, blank=True)
    # For each sector what became of it: {"health": "referred", …}.
    services = models.JSONField(default=dict, blank=True)
    declined = ArrayField(models.CharField(max_length=22), default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["reported_on", "violence"], name="incidents_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["survivor", "ordinal"], name="incident_of_survivor_is_numbered_once"),
            models.CheckConstraint(
                name="incident_is_told_after_it_happened",
                condition=Q(incident_on=None) | Q(incident_on__lte=F("reported_on")),
            ),
            models.CheckConstraint(
                name="incident_day_that_is_not_known_is_no_estimate",
                condition=Q(incident_on__isnull=False) | Q(day_is_estimate=False),
            ),
            models.CheckConstraint(
                name="incident_declined_day_is_not_written",
                condition=~Q(declined__contains=["incident_on"]) | Q(incident_on=None),
            ),
            models.CheckConstraint(
                name="harmful_practice_fits_the_type",
                condition=~Q(harmful_practice="genital_cutting") & ~Q(harmful_practice="early_marriage")
                | Q(harmful_practice="genital_cutting", violence__in=["rape", "sexual_assault"])
                | Q(
                    harmful_practice="early_marriage",
                    violence__in=["rape", "sexual_assault", "physical_assault", "forced_marriage"],
                ),
            ),
        ]

    @property
    def code(self) -> str:
        """The survivor's code and which of the incidents it is."""
        return f"{self.survivor.code}/{self.ordinal}"

    @property
    def settled_sectors(self) -> set[str]:
        """The sectors in which nothing is left to be done: help reached her or him, is not needed, or was declined."""
        return {sector for sector, answer in self.services.items() if answer in SETTLED}

    @property
    def is_domestic(self) -> bool:
        """Whether it is violence by an intimate partner: derived, and no type of its own."""
        return is_domestic(self.violence, self.perpetrator_tie)
