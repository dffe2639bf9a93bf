"""The consent ledger."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.people import Person
from paivand.registry.rules import (
    GIVEN_BY_NAMES,
    METHOD_NAMES,
    PURPOSE_NAMES,
    ConsentMethod,
    ConsentPurpose,
    GivenBy,
)

CONSENT_ENDS = "consent-withdrawal"
"""The purpose under which a withdrawn consent reaches what hangs on it in rooms above, wherever that lies."""


class Consent(ScopedRecord):
    """What a person agreed to, for one purpose, as it was given."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY,
        personal="purpose given_by guardian_name assent extent method language given_on valid_until withdrawn_on "
        "withdrawal_reason",
        technical=f"{SCOPE_FIELDS} person recorded_by withdrawal_recorded_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.CONSENT_RECORD),
        change=InScope(Verb.CONSENT_WITHDRAW),
        data_class=DataClass.FAMILY,
    )

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(
        _("purpose"), max_length=12, choices=[(key.value, PURPOSE_NAMES[key]) for key in ConsentPurpose]
    )
    given_by = models.CharField(
        _("given by"), max_length=8, choices=[(key.value, GIVEN_BY_NAMES[key]) for key in GivenBy]
    )
    guardian_name = models.CharField(_("parent or guardian"), max_length=120, blank=True)
    # Whether the child agreed too; empty for grown-ups and where the child is too young to be asked.
    assent = models.BooleanField(_("the child agrees"), null=True, blank=True)
    # What the consent is limited to: an agency, a service, some of the facts. Empty: the purpose as a whole.
    extent = models.CharField(_("limited to"), max_length=200, blank=True)
    method = models.CharField(
        _("how it was given"), max_length=10, choices=[(key.value, METHOD_NAMES[key]) for key in ConsentMethod]
    )
    language = models.CharField(_("language"), max_length=2)
    given_on = models.DateField(_("given on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    withdrawal_recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "purpose"], name="consent_of_person")]
        constraints = [
            models.CheckConstraint(
                name="consent_ends_after_it_is_given",
                condition=(Q(valid_until=None) | Q(valid_until__gte=F("given_on")))
                & (Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on"))),
            ),
            models.CheckConstraint(
                name="consent_withdrawal_has_day_and_writer",
                condition=Q(withdrawn_on=None, withdrawal_recorded_by=None)
                | Q(withdrawn_on__isnull=False, withdrawal_recorded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.purpose

    def is_live_on(self, day: date) -> bool:
        """Whether the consent counts on ``day``."""
        return (
            self.given_on <= day
            and (self.valid_until is None or self.valid_until >= day)
            and (self.withdrawn_on is None or self.withdrawn_on > day)
        )
