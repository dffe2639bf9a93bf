"""What people are told about referrals on their desk."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.models.policies import HoldsSomewhere, InScope, Is, IsNot, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.referrals.models.referrals import (
    BY_LINK,
    BY_PROGRAM,
    IS_ORDINARY,
    IS_SEALED,
    RECEIVES,
    RECORD_SIDES,
    SENDS,
    ReferralRecord,
)
from paivand.referrals.rules.notices import NOTICE_NAMES, Audience, NoticeKind
from paivand.referrals.rules.referrals import ACT_NAMES, Act

_READS = (
    (Is("audience", Audience.RECEIVER) & RECEIVES)
    | (IS_ORDINARY & Is("audience", Audience.SENDER) & Mine("for_user_id") & HoldsSomewhere(Verb.REFERRAL_SEND))
    | (IS_ORDINARY & Is("audience", Audience.SUPERVISORS) & InScope(Verb.CASE_APPROVE))
    | (IS_SEALED & IsNot("audience", Audience.RECEIVER) & InScope(Verb.SURVIVOR_WORK))
)


class Notice(ReferralRecord):
    """One thing told to the sender, the receiver or the supervisors of the place; gone from the desk when seen."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="kind act",
        technical=f"{RECORD_SIDES} audience for_user at seen_at seen_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=_READS,
        add=SENDS | RECEIVES | BY_LINK | BY_PROGRAM,
        change=_READS,
        data_class=DataClass.CASE,
        only=("seen_at", "seen_by_id", "version", "changed_at"),
    )

    kind = models.CharField(
        max_length=10, choices=[(key.value, NOTICE_NAMES[key]) for key in NoticeKind], db_collation="C"
    )
    # What the receiver did, where that is what is told.
    act = models.CharField(
        max_length=12, blank=True, choices=[(key.value, ACT_NAMES[key]) for key in Act], db_collation="C"
    )
    audience = models.CharField(max_length=11, choices=[(key.value, key.value) for key in Audience], db_collation="C")
    for_user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["for_user", "-id"], name="notices_of_user", condition=Q(seen_at=None)),
            models.Index(fields=["receiver", "-id"], name="notices_of_receiver", condition=Q(seen_at=None)),
            models.Index(fields=["receiver_agency", "-id"], name="notices_of_agency", condition=Q(seen_at=None)),
            models.Index(
                fields=["district", "-id"], name="notices_of_supervisors",
                condition=Q(seen_at=None, audience="supervisors"),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="notice_seen_has_who_and_when",
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_to_a_sender_names_her",
                condition=Q(audience="sender", for_user__isnull=False) | ~Q(audience="sender") & Q(for_user=None),
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names the referral."""
        return ""
