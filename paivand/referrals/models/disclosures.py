"""What left: the exact fields and values, under a digest, for one receiver at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from paivand.access.models.policies import Is, Policy
from paivand.core.models.sealed import SealedJSONField
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.referrals.models.referrals import (
    BY_LINK,
    BY_PROGRAM,
    RECEIVES,
    RECORD_SIDES,
    SENDS,
    ReferralRecord,
)
from paivand.referrals.rules.lenses import digest
from paivand.referrals.rules.referrals import Way


class Disclosure(ReferralRecord):
    """One disclosure. The receiver's page is drawn from this row and from nothing else.

    ``content`` holds the values and a random word beside them, so that the digest, which stands there in the open,
    tells nothing to somebody who guesses at a value.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="content receiver_label",
        technical=f"{RECORD_SIDES} lens lens_version fields values_hash way names_agreed at by is_open",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=SENDS | (Is("is_open", True) & RECEIVES) | BY_LINK | BY_PROGRAM,
        add=SENDS,
        change=SENDS | BY_PROGRAM,
        data_class=DataClass.CASE,
        only=("is_open", "link_digest", "agency_id", "team_id", "owner_id", "version", "changed_at"),
    )

    lens = models.CharField(max_length=20, db_collation="C")
    lens_version = models.PositiveSmallIntegerField()
    fields = ArrayField(models.CharField(max_length=20))
    content = SealedJSONField()
    values_hash = models.CharField(max_length=64, db_collation="C")
    way = models.CharField(max_length=7, choices=[(key.value, key.value) for key in Way], db_collation="C")
    receiver_label = models.CharField(max_length=250)
    names_agreed = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    # Whether the receiver may still read it; what left stays known to the sender.
    is_open = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["referral", "-id"], name="disclosures_of_referral")]
        constraints = [
            models.CheckConstraint(name="disclosure_has_its_digest", condition=Q(values_hash__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="disclosure_by_link_is_one_link", condition=Q(link_digest="") | Q(way="link")),
        ]

    def __str__(self) -> str:
        return self.lens

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names the referral."""
        return ""

    @property
    def values(self) -> Mapping[str, Any]:
        """What left, by the codes of the lens."""
        found: Mapping[str, Any] = self.content["values"]
        return found

    @property
    def is_intact(self) -> bool:
        """Whether the content still is what its digest was made of, and holds exactly the fields it names."""
        return digest(self.content) == self.values_hash and set(self.values) == set(self.fields)
