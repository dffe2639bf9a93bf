"""Campaigns: several broadcasts, sessions and materials with one aim."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import HoldsSomewhere, InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import Privacy
from paivand.registry.rules.remittances import Currency

FIGURES = HoldsSomewhere(Verb.RESULTS_VIEW)
"""Campaigns and contacts tell nothing about a person: whoever sees results sees them, wherever they lie."""
RECORDS = InScope(Verb.OUTREACH_RECORD)

CURRENCIES = [(one.value, one.value) for one in Currency]


class ReachRecord(ScopedRecord):
    """The base of campaigns and entries: what reaches the whole programme lies in no district."""

    district: Any = models.ForeignKey("core.Place", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class Campaign(ReachRecord):
    """What is done with one aim, for one time. The code is the programme's own and stays."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} code title topics aim starts_on ends_on partner_agency partner programme output "
        "budget_amount currency languages n_aimed recorded_by"
    )
    policy: ClassVar[Policy] = Policy(view=FIGURES | RECORDS, add=RECORDS, change=RECORDS)

    code = models.CharField(_("code"), max_length=40, unique=True, db_collation="C")
    title = models.CharField(_("title"), max_length=160)
    topics = ArrayField(models.CharField(max_length=40), verbose_name=_("topics"), default=list)
    aim = models.TextField(_("what it is to change"), blank=True)
    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    partner_agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    partner = models.CharField(_("partner in words"), max_length=160, blank=True)
    # Codes of the plan: they are written on reports as they stand here.
    programme = models.CharField(_("programme"), max_length=40, blank=True, db_collation="C")
    output = models.CharField(_("output or activity of the plan"), max_length=40, blank=True, db_collation="C")
    budget_amount = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, choices=CURRENCIES, db_collation="C")
    languages = ArrayField(models.CharField(max_length=6), verbose_name=_("languages"), default=list, blank=True)
    n_aimed = models.PositiveIntegerField(_("contacts aimed at"), null=True, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("campaign")
        indexes = [models.Index(fields=["-starts_on", "-id"], name="outreach_campaigns_by_day")]
        constraints = [
            models.CheckConstraint(name="campaign_has_code_and_title", condition=~Q(code="") & ~Q(title="")),
            models.CheckConstraint(
                name="campaign_ends_after_it_begins", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="campaign_budget_has_its_currency",
                condition=Q(budget_amount=None, currency="") | Q(budget_amount__gte=0) & ~Q(currency=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_label(self) -> str:
        """The code."""
        return self.code
