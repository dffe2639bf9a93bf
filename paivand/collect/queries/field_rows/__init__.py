"""The statements of all lists."""

from __future__ import annotations

from . import families, learning, places, work
from .source import Source

SOURCES: dict[str, Source] = {
    "families": families.FAMILIES,
    "people": families.PEOPLE,
    "places": places.PLACES,
    "groups": learning.GROUPS,
    "sessions": learning.SESSIONS,
    "learners": learning.LEARNERS,
    "topics": learning.TOPICS,
    "plots": learning.PLOTS,
    "follow_ups": work.FOLLOW_UPS,
    "referrals": work.REFERRALS,
    "practices": work.PRACTICES,
    "campaigns": work.CAMPAIGNS,
}
