from .consents import Consent
from .families import Family, FamilyMember
from .journey import JourneyStep
from .people import NameKey, Person

__all__ = ["Consent", "Family", "FamilyMember", "JourneyStep", "NameKey", "Person"]
