"""What a survivor agreed to."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.core.models.sealed import SealedTextField
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.protection.models.room import IN_FILE, ROOM, SealedRecord
from paivand.protection.models.survivors import choices
from paivand.protection.rules.consents import CAREGIVER_NAMES, KIND_NAMES, METHOD_NAMES
from paivand.protection.rules.sectors import SECTOR_NAMES


class SurvivorConsent(SealedRecord):
    """One consent: to services, to reporting, or to a referral in one sector to one named organisation."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.VIOLENCE,
        personal="kind sector organisation method assent caregiver caregiver_reason may_tell given_on valid_until "
        "withdrawn_on",
        technical=f"{IN_FILE} agency_named withdrawn_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = ROOM

    kind = models.CharField(_("what is agreed to"), max_length=9, choices=choices(KIND_NAMES), db_collation="C")
    sector = models.CharField(_("sector"), max_length=12, blank=True, choices=choices(SECTOR_NAMES), db_collation="C")
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    # The organisation as an agency of the program, where it is one.
    agency_named = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    # What may be told to the organisation, in her words.
    may_tell = SealedTextField(_("what may be told"), blank=True, default="")
    method = models.CharField(_("how it was given"), max_length=7, choices=choices(METHOD_NAMES))
    assent = models.BooleanField(_("the child agrees"), null=True, blank=True)
    caregiver = models.CharField(_("caregiver"), max_length=6, blank=True, choices=choices(CAREGIVER_NAMES))
    caregiver_reason = SealedTextField(blank=True, default="")
    given_on = models.DateField(_("given on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    withdrawn_on = models.DateField(null=True, editable=False)
    withdrawn_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["survivor", "kind"], name="sealed_consents_of_survivor")]
        constraints = [
            models.CheckConstraint(
                name="sealed_consent_to_a_referral_names_whom",
                condition=Q(kind="referral") & ~Q(sector="") & ~Q(organisation="")
                | ~Q(kind="referral") & Q(sector="", organisation="", agency_named=None),
            ),
            models.CheckConstraint(
                name="sealed_consent_withdrawal_has_day_and_writer",
                condition=Q(withdrawn_on=None, withdrawn_by=None)
                | Q(withdrawn_on__gte=F("given_on"), withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="sealed_consent_ends_after_it_is_given",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("given_on")),
            ),
        ]

    def is_live_on(self, day: date) -> bool:
        """Whether the consent counts on ``day``."""
        return (
            self.given_on <= day
            and (self.valid_until is None or self.valid_until >= day)
            and (self.withdrawn_on is None or self.withdrawn_on > day)
        )
