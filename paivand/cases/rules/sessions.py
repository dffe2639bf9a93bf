"""Psychosocial sessions and groups: their states, marks of attendance, and what is worked on.

What can be worked on stands in ``parameters/session_topics.yaml``: names only. Manuals stay with those who wrote them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.attendance import WAS_THERE, Mark
from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "session_topics.yaml"

SESSION, GROUP = "psychosocial.session", "psychosocial.group"
"""The services of the journey."""

LARGEST_GROUP = 30
"""The most people that a group may be made for; 8 to 12 are the rule."""


class GroupState(StrEnum):
    """Where a group stands."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    CALLED_OFF = "called_off"


GROUP_STATE_NAMES = {
    GroupState.PLANNED: text("planned"),
    GroupState.RUNNING: text("running"),
    GroupState.FINISHED: text("finished"),
    GroupState.CALLED_OFF: text("called off"),
}

GROUP_EDGES: frozenset[tuple[GroupState, GroupState]] = frozenset(
    {
        (GroupState.PLANNED, GroupState.RUNNING),
        (GroupState.PLANNED, GroupState.CALLED_OFF),
        (GroupState.RUNNING, GroupState.FINISHED),
    }
)


def may_turn(state: str, end: GroupState) -> bool:
    """Whether a group in this state may come into the other.

    >>> may_turn("planned", GroupState.RUNNING), may_turn("finished", GroupState.RUNNING)
    (True, False)
    """
    return (GroupState(state), end) in GROUP_EDGES


def share_there(marks: Iterable[str]) -> float | None:
    """The share of meetings at which a member was there; excused ones are left out. None without any.

    >>> share_there(["present", "late", "absent", "excused"])
    0.6666666666666666
    >>> share_there(["excused"]) is None
    True
    """
    counted = [mark for mark in marks if mark != Mark.EXCUSED]
    return sum(mark in WAS_THERE for mark in counted) / len(counted) if counted else None


class SessionWay(StrEnum):
    """Where a single session was held."""

    OFFICE = "office"
    HOME = "home"
    PHONE = "phone"
    OTHER = "other"


class SessionOutcome(StrEnum):
    """How a single session came out; the same codes as on the journey."""

    COMPLETED = "completed"
    PARTLY = "partly"
    DECLINED = "declined"


SESSION_OUTCOME_NAMES = {
    SessionOutcome.COMPLETED: text("held as planned"),
    SessionOutcome.PARTLY: text("had to be cut short"),
    SessionOutcome.DECLINED: text("the person did not wish to go on now"),
}


class LeftWhy(StrEnum):
    """Why a member left a group before its end."""

    MOVED = "moved"
    TIME = "time"
    FAMILY = "family"
    NOT_FOR_HER = "not_for_her"
    REFERRED = "referred"
    ILL = "ill"
    MISTAKE = "mistake"
    OTHER = "other"


LEFT_NAMES = {
    LeftWhy.MOVED: text("moved away"),
    LeftWhy.TIME: text("has no time for it"),
    LeftWhy.FAMILY: text("the family does not wish it"),
    LeftWhy.NOT_FOR_HER: text("the group did not suit"),
    LeftWhy.REFERRED: text("goes on with a specialist"),
    LeftWhy.ILL: text("is ill"),
    LeftWhy.MISTAKE: text("written down by mistake"),
    LeftWhy.OTHER: text("another reason"),
}

REFER_FIRST = frozenset({"suicide_risk", "suicide"})
"""Red flags of assessments with which nobody is taken into sessions before a specialist has seen the person."""


def refer_first(flags: Iterable[str]) -> bool:
    """Whether an open red flag asks for a specialist before any session.

    >>> refer_first(["suicide_risk"]), refer_first(["child_in_danger"]), refer_first([])
    (True, False, False)
    """
    return any(flag in REFER_FIRST for flag in flags)


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that sessions work on."""

    code: str
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])


@dataclass(frozen=True, slots=True)
class Flow:
    """An agreed order of sessions: for whom, how many, what each works on, and by what it is measured."""

    code: str
    titles: Mapping[str, str]
    topics: tuple[str, ...]
    instrument: str
    scale: str

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])

    def topic_of(self, n: int) -> str:
        """The topic of the ``n``-th session, beginning with 1; empty after the last."""
        return self.topics[n - 1] if 0 < n <= len(self.topics) else ""


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def topics() -> dict[str, Topic]:
    """Everything that can be worked on, by code."""
    return {code: Topic(code, titles) for code, titles in _declared()["topics"].items()}


@lru_cache(maxsize=1)
def flows() -> dict[str, Flow]:
    """The agreed orders of sessions, by code.

    >>> flow = flows()["five_sessions"]
    >>> len(flow.topics), flow.topic_of(1), flow.topic_of(6)
    (5, 'managing_stress', '')
    """
    return {
        row["code"]: Flow(row["code"], row["title"], tuple(row["topics"]), row["instrument"], row["scale"])
        for row in _declared()["flows"]
    }


def topic_title(code: str, language: str) -> str:
    """The title of a topic; an unknown code stands for itself.

    >>> topic_title("staying_well", "en"), topic_title("flying", "en")
    ('staying well', 'flying')
    """
    found = topics().get(code)
    return found.title(language) if found else code


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """A single session as it is told."""

    person: uuid.UUID
    happened_on: date
    way: SessionWay
    outcome: SessionOutcome = SessionOutcome.COMPLETED
    worked_on: tuple[str, ...] = ()
    note: str = ""
    next_on: date | None = None
    flow: str = ""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A group as it is planned."""

    name: str
    facilitator: uuid.UUID
    flow: str
    language: str
    place: str
    starts_on: date
    capacity: int = 12
    venue: str = ""


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """A meeting of a group as it is told; ``marks`` by the key of the member."""

    held_on: date
    marks: Mapping[uuid.UUID, Mark] = field(default_factory=dict)
    worked_on: tuple[str, ...] = ()
    note: str = ""
    next_on: date | None = None
