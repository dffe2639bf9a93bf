"""The clock of a referral: until when something is due, and when it ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.referrals.rules.referrals import Priority, ReferralState

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "referral_clock.yaml"


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """How often the PIN of a one-time link may be tried, and how long it stays open after."""

    wrong_pins: int
    tries_of_address: int
    tries_of_link: int
    within_minutes: int
    open_minutes: int


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def link_limits() -> LinkLimits:
    """The limits of one-time links."""
    values = {name: value for name, value in _declared()["link"].items() if name != "source"}
    return LinkLimits(**values)


def fewest_for_a_share() -> int:
    """Below so many referrals no share is shown."""
    return int(_declared()["loop"]["fewest"])


def _hours(priority: str, clock: str) -> timedelta:
    return timedelta(hours=_declared()["priorities"][Priority(priority)][f"{clock}_hours"])


_CLOCKS = {
    ReferralState.SENT: "answer",
    ReferralState.ACCEPTED: "begin",
    ReferralState.IN_SERVICE: "end",
}


def due_at(state: str, priority: str, reached_at: datetime, before: datetime | None = None) -> datetime | None:
    """Until when the next word of the receiver is due, for a referral that reached ``state`` at ``reached_at``.

    That it was received does not move the clock of the answer: then what was due ``before`` stays. None where nothing
    is awaited.

    >>> from datetime import UTC
    >>> due_at("sent", "emergency", datetime(2026, 11, 22, 9, tzinfo=UTC)).isoformat()
    '2026-11-23T09:00:00+00:00'
    """
    reached = ReferralState(state)
    if reached is ReferralState.RECEIVED:
        return before
    clock = _CLOCKS.get(reached)
    return reached_at + _hours(priority, clock) if clock else None


def link_ends_at(priority: str, issued_at: datetime) -> datetime:
    """Until when a link that is made now can be answered."""
    return issued_at + timedelta(days=link_days(priority))


def link_days(priority: str) -> int:
    """How many days a link lives."""
    return int(_declared()["priorities"][Priority(priority)]["link_days"])


def hours_of(priority: str) -> tuple[int, ...]:
    """The hours of each clock: until the answer, the beginning, the end, and until it ends unanswered."""
    found = _declared()["priorities"][Priority(priority)]
    return tuple(int(found[f"{clock}_hours"]) for clock in ("answer", "begin", "end", "expires"))


def expires_at(priority: str, due: datetime) -> datetime:
    """When a referral without an answer ends by itself, after the answer was due."""
    return due + _hours(priority, "expires")


def last_due_to_expire(priority: str, now: datetime) -> datetime:
    """What was due then and never answered ends at ``now``."""
    return now - _hours(priority, "expires")
