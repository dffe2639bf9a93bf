"""What a service is told of a survivor, in the words of the lenses of referrals."""

from __future__ import annotations

from paivand.protection.rules.people import AgeGroup
from paivand.referrals.rules.lenses import age_group

LENSES = ("survivor_code", "survivor_contact")
"""The sealed lenses, the one that tells less first."""

_LIKELY = {AgeGroup.ADOLESCENT: "12-17", AgeGroup.YOUNG: "18-24", AgeGroup.ADULT: "25-59", AgeGroup.OLDER: "25-59",
           AgeGroup.ELDERLY: "60+"}  # fmt: skip


def age_told(group: str, years: int | None) -> str:
    """The group of age in which referrals speak; empty where it cannot be told.

    >>> age_told("26-40", None), age_told("0-11", None), age_told("0-11", 4)
    ('25-59', '', '0-4')
    """
    if years is not None:
        return age_group(years)
    return _LIKELY.get(AgeGroup(group), "") if group else ""
