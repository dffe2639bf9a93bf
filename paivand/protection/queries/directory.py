"""Which services of the directory a survivor may be sent to."""

from __future__ import annotations

from paivand.access.models import User
from paivand.protection.models import SurvivorConsent
from paivand.protection.rules.sectors import SERVICE_TYPES, Sector, same_organisation, sector_of
from paivand.referrals.models import DirectoryService
from paivand.referrals.rules.directory import ServiceState


def sectors_there(by: User, district: str) -> set[str]:
    """The types of service for which something is open in the district."""
    found = DirectoryService.objects.seen_by(by).filter(district=district, state=ServiceState.OPEN)
    return set(found.order_by("type").values_list("type", flat=True).distinct())


def services_of(by: User, district: str) -> list[DirectoryService]:
    """The open services of the district that survivors may be sent to, by sector and name."""
    types = {kind: list(Sector).index(sector) for sector in Sector for kind in SERVICE_TYPES[sector]}
    found = DirectoryService.objects.seen_by(by).filter(
        district=district, state=ServiceState.OPEN, type__in=sorted(types)
    )
    return sorted(found.select_related("agency", "focal_user"), key=lambda row: (types[row.type], row.sort_key))


def names(consent: SurvivorConsent, service: DirectoryService) -> bool:
    """Whether a consent to a referral reaches a service: its sector, and its organisation by key or by name."""
    if sector_of(service.type) != consent.sector:
        return False
    if consent.agency_named_id and service.agency_id:
        return bool(consent.agency_named_id == service.agency_id)
    return same_organisation(consent.organisation, service.provider_name)
