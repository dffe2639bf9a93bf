"""Joint programmes and who takes part in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import Privacy
from paivand.programme.models.records import AGENCY_FIELDS, PLAN_POLICY, AgencyRecord, PlanRecord, Titled
from paivand.programme.rules.programmes import (
    ORGANISATION_TYPES,
    ROLE_NAMES,
    STATE_NAMES,
    AgencyRole,
    ProgrammeState,
    last_day,
)
from paivand.programme.rules.words import said


class Programme(Titled, PlanRecord):
    """A joint programme: several run side by side, each under a short code."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} code titles goal state starts_on months started_on extended_to_on extended_why closed_on "
        "donor fund budget currency themes gcm_primary gcm_secondary sdg_targets gender_marker human_rights_marker "
        "dac_gender dac_disability sectors iati_identifier reporting_ref reporting_name districts"
    )
    policy: ClassVar[Policy] = PLAN_POLICY

    code = models.CharField(_("code"), max_length=12, unique=True, db_collation="C")
    goal = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=7, default=ProgrammeState.PLANNED, db_collation="C",
        choices=[(key.value, STATE_NAMES[key]) for key in ProgrammeState],
    )  # fmt: skip
    starts_on = models.DateField(_("planned to begin on"))
    months = models.PositiveSmallIntegerField(_("months planned"))
    started_on = models.DateField(_("began on"), null=True, blank=True)
    extended_to_on = models.DateField(_("extended without cost until"), null=True, blank=True)
    extended_why = models.CharField(_("why it was extended"), max_length=300, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    donor = models.CharField(_("donor"), max_length=160)
    fund = models.CharField(_("fund"), max_length=160, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    themes = ArrayField(models.CharField(max_length=200), verbose_name=_("thematic areas"), default=list, blank=True)
    gcm_primary = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    gcm_secondary = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    sdg_targets = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    gender_marker = models.PositiveSmallIntegerField(_("gender marker"), default=0)
    human_rights_marker = models.PositiveSmallIntegerField(_("human rights marker"), default=0)
    dac_gender = models.PositiveSmallIntegerField(_("DAC marker of gender equality"), default=0)
    dac_disability = models.PositiveSmallIntegerField(_("DAC marker of disability"), default=0)
    # {"15190": "40"}: the per cent of each DAC sector, as text so that it stays exact.
    sectors = models.JSONField(default=dict, blank=True)
    iati_identifier = models.CharField(_("IATI identifier"), max_length=100, blank=True)
    reporting_ref = models.CharField(_("reporting organisation"), max_length=60, blank=True)
    reporting_name = models.CharField(_("name of the reporting organisation"), max_length=160, blank=True)
    districts = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        verbose_name = _("programme")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                name="programme_code_is_short", condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]{1,11}$")
            ),
            models.CheckConstraint(name="programme_has_months", condition=Q(months__gte=1, months__lte=240)),
            models.CheckConstraint(name="programme_has_a_budget", condition=Q(budget__gt=0)),
            models.CheckConstraint(
                name="programme_markers_are_in_range",
                condition=Q(
                    gender_marker__lte=3, human_rights_marker__lte=3, dac_gender__lte=2, dac_disability__lte=2
                ),
            ),
            models.CheckConstraint(
                name="programme_state_has_its_days",
                condition=Q(state="planned", started_on=None, closed_on=None)
                | Q(state="running", started_on__isnull=False, closed_on=None)
                | Q(state="closed", started_on__isnull=False, closed_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="programme_extension_has_its_reason",
                condition=Q(extended_to_on=None, extended_why="")
                | Q(extended_to_on__gt=F("starts_on")) & ~Q(extended_why=""),
            ),
        ]  # fmt: skip

    @property
    def audit_label(self) -> str:
        """The code."""
        return self.code

    @property
    def goal_text(self) -> str:
        """The goal in the reader's language, or in English."""
        return said(self.goal, get_language() or "en")

    @property
    def planned_end_on(self) -> date:
        """The last day as first planned."""
        return last_day(self.starts_on, self.months)

    @property
    def ends_on(self) -> date:
        """The last day, with the extension."""
        return self.extended_to_on or self.planned_end_on

    @property
    def first_on(self) -> date:
        """The first day on which it may spend."""
        return self.started_on or self.starts_on

    @property
    def state_name(self) -> str:
        """The state in the reader's language."""
        return gettext(STATE_NAMES[ProgrammeState(self.state)])

    @property
    def sector_shares(self) -> dict[str, Decimal]:
        """The per cent of each DAC sector."""
        return {code: Decimal(percent) for code, percent in self.sectors.items()}


class Participation(AgencyRecord):
    """An organisation that takes part in a programme, and as what."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{AGENCY_FIELDS} programme roles is_puno is_convening iati_ref organisation_type part ended_on"
    )
    policy: ClassVar[Policy] = PLAN_POLICY

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="participations")
    roles = ArrayField(models.CharField(max_length=12), default=list)
    is_puno = models.BooleanField(_("participating UN organisation"), default=False)
    is_convening = models.BooleanField(_("convening agency"), default=False)
    iati_ref = models.CharField(_("IATI reference"), max_length=60, blank=True)
    organisation_type = models.CharField(_("type of organisation"), max_length=2, blank=True)
    part = models.JSONField(default=dict, blank=True)
    ended_on = models.DateField(_("takes part until"), null=True, blank=True)

    class Meta:
        verbose_name = _("participation")
        constraints = [
            models.UniqueConstraint(fields=["programme", "agency"], name="agency_takes_part_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(is_convening=True, ended_on=None), name="programme_has_one_convener"
            ),
            models.CheckConstraint(name="agency_takes_part_as_something", condition=~Q(roles=[])),
            models.CheckConstraint(
                name="convener_is_a_participating_organisation", condition=Q(is_convening=False) | Q(is_puno=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} · {self.programme_id}"

    @property
    def part_text(self) -> str:
        """What it does in the programme, in the reader's language."""
        return said(self.part, get_language() or "en")

    @property
    def role_names(self) -> list[str]:
        """Its roles in the reader's language, in the order of IATI's list."""
        return [gettext(ROLE_NAMES[role]) for role in AgencyRole if role in self.roles]

    @property
    def type_name(self) -> str:
        """The type of organisation in the reader's language; empty where it is not said."""
        known = ORGANISATION_TYPES.get(self.organisation_type)
        return gettext(known) if known else ""
