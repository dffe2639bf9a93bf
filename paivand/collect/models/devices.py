"""Devices that fill in forms: each has a token of its own, which is shut off alone."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.identity import DEVICE
from paivand.access.models.policies import During, ForLink, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.rules.submissions import DEVICE_NAMES, DeviceKind
from paivand.core.rules.privacy import Privacy

SHOWS_TOKEN = ForLink("token_digest") & During(DEVICE)
"""The device whose token is being shown, and no other."""
_OWN = Mine("user_id")
_CARES = InScope(Verb.DEVICE_MANAGE)


class Device(ScopedRecord):
    """A phone or a browser of a worker. It lies where she does, so that her supervisor sees it and shuts it off.

    The token itself is shown once and written nowhere: the row is found by its digest.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} user kind label token_digest issued_by issued_at expires_on revoked_at revoked_by seen_at "
        "agent forms n_sent n_waiting"
    )
    policy: ClassVar[Policy] = Policy(
        view=_OWN | _CARES | SHOWS_TOKEN, add=(_OWN & HoldsSomewhere(Verb.FORM_FILL)) | _CARES, change=_OWN | _CARES
    )

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=[(k.value, DEVICE_NAMES[k]) for k in DeviceKind], db_collation="C")
    label = models.CharField(_("name of the device"), max_length=80)
    token_digest = models.CharField(max_length=64, unique=True, db_collation="C")
    issued_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    # The last day on which the token opens something; empty: as long as the worker may fill in forms.
    expires_on = models.DateField(_("until"), null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    # For each form that it fetched, by its code, the version.
    forms = models.JSONField(default=dict)
    n_sent = models.PositiveIntegerField(default=0)
    # What it still holds, as a browser tells; nothing is known of other clients.
    n_waiting = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="devices_of_user")]
        constraints = [
            models.CheckConstraint(
                name="device_shut_off_has_person_and_time",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(name="device_is_its_users", condition=Q(owner=models.F("user"))),
        ]

    def __str__(self) -> str:
        return self.label

    def is_open(self, today: date) -> bool:
        """Whether its token opens anything on this day; whether the worker may fill in forms is another question."""
        return self.revoked_at is None and (self.expires_on is None or today <= self.expires_on)
