"""Which referrals under way a withdrawn consent reaches. Asked for that purpose only: it looks wherever they lie."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from paivand.referrals.models import DirectoryService, Referral
from paivand.referrals.queries.consent import receiver_names
from paivand.referrals.rules.consent import names_receiver
from paivand.referrals.rules.referrals import PENDING, Sensitivity
from paivand.registry.queries.consents import Withdrawal
from paivand.registry.rules import ConsentPurpose


def stopped(reached: Withdrawal, *, lock: bool = False) -> list[Referral]:
    """The referrals that stop: all of these people's, or those that the withdrawn consent allowed or names."""
    found = _under_way(reached).filter(overridden_at=None).order_by("pk")
    if lock:
        found = found.select_for_update(of=("self",))
    return [row for row in found if _rests_on(reached, row)]


def overridden(reached: Withdrawal) -> list[Referral]:
    """The referrals of these people that were sent without a consent, and so do not rest on one."""
    return [row for row in _under_way(reached).exclude(overridden_at=None) if _names(reached, row)]


def _under_way(reached: Withdrawal) -> QuerySet[Referral]:
    whose = Q(person_id__in=list(reached.records | reached.erased))
    if reached.closing:
        whose |= Q(family_id__in=[family.pk for family in reached.closing])
    return Referral.objects.filter(whose, sensitivity=Sensitivity.ORDINARY, state__in=sorted(PENDING))


def _rests_on(reached: Withdrawal, row: Referral) -> bool:
    return row.consent_id in {consent.pk for consent in reached.rows} or _names(reached, row)


def _names(reached: Withdrawal, row: Referral) -> bool:
    """Whether the withdrawal says something about the receiver of this referral: about all, or about it by name."""
    extent = str(reached.consent.extent)
    if reached.purpose is not ConsentPurpose.REFERRAL or not extent:
        return True
    return names_receiver(extent, _receivers(row.service_id))


def _receivers(service_id: uuid.UUID) -> list[str]:
    service = DirectoryService.objects.select_related("agency").filter(pk=service_id).first()
    return receiver_names(service) if service else []
