"""Money sent home, month by month."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.families import Family
from paivand.registry.models.people import Person
from paivand.registry.rules.remittances import CHANNEL_NAMES, Channel, Currency


class Remittance(ScopedRecord):
    """What one sender sent in one month. Zero means that nothing came; no row means that nobody asked."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FINANCE,
        personal="month amount currency channel cost_amount rate amount_tjs",
        technical=f"{SCOPE_FIELDS} family sender recorded_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT),
        remove=InScope(Verb.FAMILY_EDIT),
        data_class=DataClass.FINANCE,
    )

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="remittances")
    sender = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="sent")
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=[(c.value, c.value) for c in Currency])
    channel = models.CharField(
        _("channel"), max_length=9, choices=[(key.value, CHANNEL_NAMES[key]) for key in Channel],
        default=Channel.NOT_KNOWN,
    )  # fmt: skip
    cost_amount = models.DecimalField(_("cost of sending"), max_digits=10, decimal_places=2, null=True, blank=True)
    # Somoni for one unit of the currency, from the dated table of the parameters on the day of writing.
    rate = models.DecimalField(max_digits=12, decimal_places=6)
    amount_tjs = models.DecimalField(max_digits=14, decimal_places=2)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "sender", "month"], name="remittance_is_written_once_a_month"),
            models.UniqueConstraint(
                fields=["family", "month"],
                condition=Q(sender=None),
                name="remittance_of_nobody_named_is_written_once_a_month",
            ),
            models.CheckConstraint(name="remittance_month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="remittance_amounts_are_not_negative",
                condition=Q(amount__gte=0, amount_tjs__gte=0, rate__gt=0)
                & (Q(cost_amount=None) | Q(cost_amount__gte=0, cost_amount__lte=F("amount"))),
            ),
            models.CheckConstraint(name="remittance_in_somoni_has_rate_one", condition=~Q(currency="TJS") | Q(rate=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
