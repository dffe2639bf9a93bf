"""Referrals that grew out of a survivor's file. They are sealed, and lie in the room of referrals."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from paivand.access.models import User
from paivand.protection.models import Survivor
from paivand.referrals.models import Referral
from paivand.referrals.rules.referrals import PENDING, OriginKind, Sensitivity


def referrals_of(by: User, survivor: Survivor) -> list[Referral]:
    """All referrals of a file, the latest first."""
    found = Referral.objects.seen_by(by).filter(origin_kind=OriginKind.SURVIVOR, origin_id=survivor.pk)
    return list(found.filter(sensitivity=Sensitivity.SEALED).select_related("service").order_by("-number"))


def under_way(by: User, survivor: Survivor, consents: Iterable[uuid.UUID] | None = None) -> list[Referral]:
    """The referrals of a file that wait for something; of these consents only, if they are named."""
    rows = [row for row in referrals_of(by, survivor) if row.state in PENDING]
    return rows if consents is None else [row for row in rows if row.consent_ref in set(consents)]
