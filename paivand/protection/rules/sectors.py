"""The sectors in which survivors are helped, what is answered for each, and which services of the directory belong."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.methods.names import folded


class Sector(StrEnum):
    """A kind of help. Consent to a referral is given for one sector and one named organisation."""

    SAFE_HOUSE = "safe_house"
    HEALTH = "health"
    PSYCHOSOCIAL = "psychosocial"
    LEGAL = "legal"
    SECURITY = "security"
    LIVELIHOODS = "livelihoods"
    PROTECTION = "protection"
    OTHER = "other"


SECTOR_NAMES = {
    Sector.SAFE_HOUSE: text("safe house"),
    Sector.HEALTH: text("health care"),
    Sector.PSYCHOSOCIAL: text("psychosocial support"),
    Sector.LEGAL: text("legal aid"),
    Sector.SECURITY: text("police and security"),
    Sector.LIVELIHOODS: text("work and income"),
    Sector.PROTECTION: text("protection of children, school, documents"),
    Sector.OTHER: text("other help"),
}

SERVICE_TYPES: dict[Sector, frozenset[str]] = {
    Sector.SAFE_HOUSE: frozenset({"safe_house"}),
    Sector.HEALTH: frozenset({"health"}),
    Sector.PSYCHOSOCIAL: frozenset({"psychosocial"}),
    Sector.LEGAL: frozenset({"legal"}),
    Sector.SECURITY: frozenset({"police"}),
    Sector.LIVELIHOODS: frozenset({"livelihood", "social_assistance", "food", "relief_items", "water_sanitation"}),
    Sector.PROTECTION: frozenset({"child_protection", "education", "registration", "family_reunification"}),
    Sector.OTHER: frozenset({"disability", "other"}),
}
"""Which types of service of the directory belong to a sector. Mediation within the family is left out on purpose: it is
not offered where there is violence."""


def sector_of(service_type: str) -> Sector | None:
    """The sector of a type of service; None where survivors are not referred.

    >>> sector_of("police"), sector_of("family_mediation")
    (<Sector.SECURITY: 'security'>, None)
    """
    return next((sector for sector, types in SERVICE_TYPES.items() if service_type in types), None)


def service_types(sectors: Iterable[Sector | str]) -> frozenset[str]:
    """The types of service of these sectors."""
    return frozenset(kind for sector in sectors for kind in SERVICE_TYPES[Sector(sector)])


class ServiceAnswer(StrEnum):
    """What became of one sector at the first talk. Declined is an answer of the survivor, and never a gap."""

    PROVIDED = "provided"
    REFERRED = "referred"
    ALREADY_RECEIVED = "already_received"
    NOT_NEEDED = "not_needed"
    DECLINED = "declined"
    UNAVAILABLE = "unavailable"


SERVICE_ANSWER_NAMES = {
    ServiceAnswer.PROVIDED: text("given by us"),
    ServiceAnswer.REFERRED: text("referred"),
    ServiceAnswer.ALREADY_RECEIVED: text("received elsewhere already"),
    ServiceAnswer.NOT_NEEDED: text("not needed"),
    ServiceAnswer.DECLINED: text("declined by the survivor"),
    ServiceAnswer.UNAVAILABLE: text("not available"),
}

SETTLED = frozenset(
    {ServiceAnswer.PROVIDED, ServiceAnswer.ALREADY_RECEIVED, ServiceAnswer.NOT_NEEDED, ServiceAnswer.DECLINED}
)
"""The answers after which nothing is left to be done in a sector."""

INCIDENT_SECTORS = tuple(sector for sector in Sector if sector is not Sector.OTHER)
"""The sectors that the incident table asks about; whether she wants legal action is asked apart."""


def unavailable(wanted: Iterable[Sector | str], types_there: Iterable[str]) -> list[Sector]:
    """The wanted sectors for which no service of the district is open.

    >>> unavailable(["health", "legal"], {"health"})
    [<Sector.LEGAL: 'legal'>]
    """
    there = frozenset(types_there)
    return [Sector(sector) for sector in wanted if not SERVICE_TYPES[Sector(sector)] & there]


def same_organisation(named: str, provider: str) -> bool:
    """Whether a consent names this provider, however capitals and blanks were typed.

    >>> same_organisation("Маркази  «Гулрухсор»", "маркази «гулрухсор»"), same_organisation("", "")
    (True, False)
    """
    one, other = (" ".join(folded(word).split()) for word in (named, provider))
    return bool(one) and one == other
