"""The plan of a programme: outcomes, outputs and activities under codes such as 1, 1.1 and 1.1.2."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from paivand.core.rules.journey_codes import services
from paivand.core.rules.texts import text
from paivand.programme.rules.words import Titles, said


class Level(StrEnum):
    """How deep something stands in the plan."""

    OUTCOME = "outcome"
    OUTPUT = "output"
    ACTIVITY = "activity"


class ActivityState(StrEnum):
    """How far an activity is."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


LEVEL_NAMES = {
    Level.OUTCOME: text("Outcome"),
    Level.OUTPUT: text("Output"),
    Level.ACTIVITY: text("Activity"),
}
ACTIVITY_STATE_NAMES = {
    ActivityState.PLANNED: text("planned"),
    ActivityState.RUNNING: text("running"),
    ActivityState.FINISHED: text("finished"),
    ActivityState.CANCELLED: text("cancelled"),
}
_DEPTH = {Level.OUTCOME: 1, Level.OUTPUT: 2, Level.ACTIVITY: 3}
_CODE = re.compile(r"[1-9]\d?(?:\.[1-9]\d?){0,2}")


def is_code_of(code: str, level: Level, parent: str = "") -> bool:
    """Whether ``code`` is one of this level, and below ``parent``.

    >>> is_code_of("1.1", Level.OUTPUT, "1"), is_code_of("2.1", Level.OUTPUT, "1"), is_code_of("1.1", Level.OUTCOME)
    (True, False, False)
    """
    if not _CODE.fullmatch(code) or code.count(".") + 1 != _DEPTH[level]:
        return False
    return not parent or code.startswith(f"{parent}.")


def in_order(code: str) -> tuple[int, ...]:
    """The key by which codes stand in their order.

    >>> sorted(["1.10", "1.2", "1"], key=in_order)
    ['1', '1.2', '1.10']
    """
    return tuple(int(part) for part in code.split("."))


def unknown_services(codes: tuple[str, ...]) -> list[str]:
    """Those of ``codes`` that the journey does not know.

    >>> unknown_services(("legal.advised", "wagon.sent"))
    ['wagon.sent']
    """
    return [code for code in codes if code not in services()]


@dataclass(frozen=True)
class PartDraft:
    """An outcome, an output or an activity as somebody wrote it. What a level does not have stays empty.

    Args:
        services: the codes of the journey that it delivers.
        gender_share: the per cent of an output's budget that serves gender equality.
    """

    code: str
    titles: Titles
    agency_id: uuid.UUID | None = None
    services: tuple[str, ...] = ()
    assumption: str = ""
    risk: str = ""
    gender_share: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class MilestoneDraft:
    """Something that an activity reaches by a day."""

    titles: Titles
    due_on: date
    reached_on: date | None = None


@dataclass(frozen=True)
class ProgressDraft:
    """How far an activity is on a day, in per cent, and why."""

    percent: int
    noted_on: date
    note: str = ""


@dataclass(frozen=True)
class PlanMilestone:
    """A milestone in the tree."""

    id: uuid.UUID
    titles: Titles
    due_on: date
    reached_on: date | None
    version: int = 1

    def title(self, language: str) -> str:
        """What is reached, in ``language`` or in English."""
        return said(self.titles, language)

    def is_late(self, today: date) -> bool:
        """Whether its day passed without it."""
        return self.reached_on is None and self.due_on < today


@dataclass(frozen=True)
class PlanActivity:
    """An activity in the tree, with what it delivers and how far it is."""

    id: uuid.UUID
    code: str
    titles: Titles
    agency_id: uuid.UUID
    agency: str
    services: tuple[str, ...]
    state: ActivityState
    starts_on: date
    ends_on: date
    started_on: date | None
    finished_on: date | None
    percent: int
    percent_on: date | None
    assumption: str = ""
    risk: str = ""
    milestones: tuple[PlanMilestone, ...] = ()

    def title(self, language: str) -> str:
        """What it is called, in ``language`` or in English."""
        return said(self.titles, language)

    def is_late(self, today: date) -> bool:
        """Whether it should have been finished."""
        return self.state in {ActivityState.PLANNED, ActivityState.RUNNING} and self.ends_on < today


@dataclass(frozen=True)
class PlanOutput:
    """An output in the tree with its activities in the order of their codes."""

    id: uuid.UUID
    code: str
    titles: Titles
    agency_id: uuid.UUID
    agency: str
    own_services: tuple[str, ...]
    gender_share: Decimal | None
    assumption: str = ""
    risk: str = ""
    activities: tuple[PlanActivity, ...] = ()

    def title(self, language: str) -> str:
        """What it is called, in ``language`` or in English."""
        return said(self.titles, language)

    @property
    def services(self) -> tuple[str, ...]:
        """The codes of the journey that it delivers: its own and those of its activities, each once."""
        codes = [*self.own_services, *(code for activity in self.activities for code in activity.services)]
        return tuple(dict.fromkeys(codes))

    @property
    def percent(self) -> int:
        """How far it is."""
        return progress_of(self.activities)


@dataclass(frozen=True)
class PlanOutcome:
    """An outcome in the tree with its outputs in the order of their codes."""

    id: uuid.UUID
    code: str
    titles: Titles
    assumption: str = ""
    risk: str = ""
    outputs: tuple[PlanOutput, ...] = ()

    def title(self, language: str) -> str:
        """What it is called, in ``language`` or in English."""
        return said(self.titles, language)

    @property
    def activities(self) -> tuple[PlanActivity, ...]:
        """All activities below it."""
        return tuple(activity for output in self.outputs for activity in output.activities)

    @property
    def percent(self) -> int:
        """How far it is."""
        return progress_of(self.activities)


@dataclass(frozen=True)
class PlanTree:
    """The whole plan of one programme."""

    outcomes: tuple[PlanOutcome, ...] = field(default=())

    @property
    def outputs(self) -> tuple[PlanOutput, ...]:
        """All outputs in order."""
        return tuple(output for outcome in self.outcomes for output in outcome.outputs)

    @property
    def activities(self) -> tuple[PlanActivity, ...]:
        """All activities in order."""
        return tuple(activity for output in self.outputs for activity in output.activities)

    @property
    def percent(self) -> int:
        """How far the programme is."""
        return progress_of(self.activities)

    def services(self) -> Mapping[str, tuple[str, ...]]:
        """The service codes of each output, by the output's code."""
        return {output.code: output.services for output in self.outputs}


def progress_of(activities: tuple[PlanActivity, ...]) -> int:
    """The progress of several activities: the mean of their per cent, each weighing as many days as it is planned for.

    Cancelled ones count for nothing; a mean just below 100 is not rounded up to it.
    """
    weights = [
        ((activity.ends_on - activity.starts_on).days + 1, activity.percent)
        for activity in activities
        if activity.state is not ActivityState.CANCELLED
    ]
    days = sum(weight for weight, _percent in weights)
    return sum(weight * percent for weight, percent in weights) // days if days else 0
