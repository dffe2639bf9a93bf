from .consents import SurvivorConsent
from .feedback import Feedback
from .help import FollowUp, NeedsAssessment, PlannedAction, SafetyPlan
from .incidents import Incident
from .survivors import Survivor, SurvivorKey, SurvivorTransition

__all__ = [
    "Feedback",
    "FollowUp",
    "Incident",
    "NeedsAssessment",
    "PlannedAction",
    "SafetyPlan",
    "Survivor",
    "SurvivorConsent",
    "SurvivorKey",
    "SurvivorTransition",
]
