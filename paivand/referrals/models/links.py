"""One-time links for receivers without an account."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from paivand.access.models.policies import Policy
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.referrals.models.disclosures import Disclosure
from paivand.referrals.models.referrals import BY_LINK, BY_PROGRAM, RECORD_SIDES, SENDS, ReferralRecord
from paivand.referrals.rules.links import LinkState, link_state


class AnswerLink(ReferralRecord):
    """A link that answers one referral. The token is nowhere: ``link_digest`` is its digest, the PIN a slow hash."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="call_whom",
        technical=f"{RECORD_SIDES} disclosure pin_hash language issued_at issued_by expires_at n_wrong opened_at "
        "locked_at used_at revoked_at",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=SENDS | BY_LINK | BY_PROGRAM,
        add=SENDS,
        change=SENDS | BY_LINK | BY_PROGRAM,
        data_class=DataClass.CASE,
    )

    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="link")
    pin_hash = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    # Whom the receiver calls when the link does not open any more: a name and a number, nothing about the person.
    call_whom = models.CharField(max_length=160)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    n_wrong = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link_digest"], name="link_is_one"),
            models.CheckConstraint(
                name="link_is_kept_as_a_digest", condition=Q(link_digest__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(name="link_pin_is_kept_as_a_hash", condition=Q(pin_hash__contains="$")),
            models.UniqueConstraint(
                fields=["referral"], name="referral_has_one_open_link", condition=Q(revoked_at=None, used_at=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return "link"

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names the referral."""
        return ""

    def state(self, now: datetime) -> LinkState:
        """Whether it can still be answered at ``now``."""
        return link_state(self, now)
