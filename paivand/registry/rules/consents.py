"""What follows when a consent is withdrawn: named on the screen first, then carried out."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.registry.rules import ConsentPurpose


class Consequence(StrEnum):
    """One thing that happens, or stops, when a consent is withdrawn."""

    FILE_CLOSED = "file_closed"
    NOT_FOUND = "not_found"
    PHONES_ERASED = "phones_erased"
    DOCUMENTS_ERASED = "documents_erased"
    NO_NEW_SERVICES = "no_new_services"
    NO_REFERRALS = "no_referrals"
    NOT_EXPORTED = "not_exported"
    NO_TRACING = "no_tracing"
    NOT_IN_RESEARCH = "not_in_research"
    PHOTOS_REMOVED = "photos_removed"
    STEPS_STAY = "steps_stay"


CONSEQUENCE_NAMES = {
    Consequence.FILE_CLOSED: text("The family's file is closed. Nobody can change it any more."),
    Consequence.NOT_FOUND: text("The family leaves all lists, searches and exports. The file opens only by its code."),
    Consequence.PHONES_ERASED: text("The telephone numbers and what was said about calling are erased."),
    Consequence.DOCUMENTS_ERASED: text("The numbers of the papers are erased."),
    Consequence.NO_NEW_SERVICES: text("No new service can be written down for this person."),
    Consequence.NO_REFERRALS: text("Nothing about this person is passed on to another agency."),
    Consequence.NOT_EXPORTED: text("This person is left out of exports and reports on single people."),
    Consequence.NO_TRACING: text("Nobody looks for a relative of this person any more."),
    Consequence.NOT_IN_RESEARCH: text("This person is left out of research."),
    Consequence.PHOTOS_REMOVED: text("Photos of this person are not used any more."),
    Consequence.STEPS_STAY: text("Services given until today stay counted, without the name."),
}

_C = Consequence
CONSEQUENCES: dict[ConsentPurpose, tuple[Consequence, ...]] = {
    ConsentPurpose.REGISTRATION: (
        _C.FILE_CLOSED, _C.NOT_FOUND, _C.PHONES_ERASED, _C.DOCUMENTS_ERASED, _C.NO_NEW_SERVICES, _C.STEPS_STAY,
    ),
    ConsentPurpose.SERVICES: (_C.NO_NEW_SERVICES, _C.STEPS_STAY),
    ConsentPurpose.REFERRAL: (_C.NO_REFERRALS,),
    ConsentPurpose.REPORTING: (_C.NOT_EXPORTED, _C.STEPS_STAY),
    ConsentPurpose.TRACING: (_C.NO_TRACING,),
    ConsentPurpose.RESEARCH: (_C.NOT_IN_RESEARCH,),
    ConsentPurpose.PHOTO: (_C.PHOTOS_REMOVED,),
}  # fmt: skip
"""What the withdrawal of each purpose brings about."""


def consequences(purpose: ConsentPurpose) -> tuple[Consequence, ...]:
    """What follows when this purpose is withdrawn.

    >>> [str(one) for one in consequences(ConsentPurpose.TRACING)]
    ['no_tracing']
    """
    return CONSEQUENCES[purpose]
