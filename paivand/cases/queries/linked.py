"""Referrals that were sent for people of a case, as the pages of its records name them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext

from paivand.access.models import User
from paivand.cases.models import Case
from paivand.referrals.models import Referral

ORIGIN = "case"
"""What a referral calls the case that it comes from."""


@dataclass(frozen=True, slots=True)
class LinkedReferral:
    """A referral: its key, and how it is named: its code, the service and where it stands."""

    key: uuid.UUID
    code: str
    label: str


def referrals_of_case(by: User, case: Case) -> list[LinkedReferral]:
    """The referrals that come from this case, the latest first."""
    found = Referral.objects.seen_by(by).filter(origin_kind=ORIGIN, origin_id=case.pk).select_related("service")
    return [LinkedReferral(row.pk, row.code, _label(row)) for row in found.order_by("-number")]


def _label(row: Referral) -> str:
    """Its code, where it goes unless that tells too much, and where it stands."""
    parts = [row.code, "" if row.is_discreet else row.service.title, gettext(str(row.get_state_display()))]
    return " · ".join(part for part in parts if part)
