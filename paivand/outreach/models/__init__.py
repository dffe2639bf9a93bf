from .campaigns import Campaign
from .entries import ReachEntry, ReachFile
from .materials import Material, MaterialMove
from .register import Attendee

__all__ = ["Attendee", "Campaign", "Material", "MaterialMove", "ReachEntry", "ReachFile"]
