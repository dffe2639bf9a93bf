from .consents import CONSENT_ENDS, Consent
from .duplicates import DuplicatePair, Merge
from .elsewhere import LOOK
from .families import Family, FamilyMember
from .journey import JourneyStep
from .migration import Absence, MigrationEpisode, ReentryBan
from .participants import Participant
from .particulars import Document, Particulars, Phone
from .people import MatchKey, NameKey, Person
from .remittances import Remittance
from .saved_views import SavedView

__all__ = [
    "CONSENT_ENDS",
    "LOOK",
    "Absence",
    "Consent",
    "Document",
    "DuplicatePair",
    "Family",
    "FamilyMember",
    "JourneyStep",
    "MatchKey",
    "Merge",
    "MigrationEpisode",
    "NameKey",
    "Participant",
    "Particulars",
    "Person",
    "Phone",
    "ReentryBan",
    "Remittance",
    "SavedView",
]
