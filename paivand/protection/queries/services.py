"""Which services of the directory a survivor may be sent to."""

from __future__ import annotations

from paivand.access.models import User
from paivand.protection.rules.sectors import SERVICE_TYPES, Sector
from paivand.referrals.models import DirectoryService
from paivand.referrals.rules.directory import ServiceState


def sectors_there(by: User, district: str) -> set[str]:
    """The types of service for which something is open in the district."""
    found = DirectoryService.objects.seen_by(by).filter(district=district, state=ServiceState.OPEN)
    return set(found.values_list("type", flat=True).distinct())


def services_of(by: User, district: str, sectors: tuple[Sector, ...] = tuple(Sector)) -> list[DirectoryService]:
    """The open services of the district in these sectors, by sector and name."""
    types = {kind: sector for sector in sectors for kind in SERVICE_TYPES[sector]}
    found = DirectoryService.objects.seen_by(by).filter(
        district=district, state=ServiceState.OPEN, type__in=sorted(types)
    )
    order = list(Sector)
    return sorted(
        found.select_related("agency", "focal_user"), key=lambda row: (order.index(types[row.type]), row.sort_key)
    )


def service_there(by: User, district: str, service_id: str) -> DirectoryService | None:
    """One open service of the district that survivors may be sent to."""
    return next((row for row in services_of(by, district) if str(row.pk) == service_id), None)
