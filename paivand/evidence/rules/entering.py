"""What people enter about an indicator, checked before it is kept, and which of several entries counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from paivand.core.rules.dates import months_between, months_later
from paivand.core.rules.texts import text
from paivand.evidence.rules.indicators import Goal, Indicator

LARGEST = Decimal("99999999999999.99")


class GoalKind(StrEnum):
    """What a goal is: what was there before, what should be there on the way, and at the end."""

    BASELINE = "baseline"
    MILESTONE = "milestone"
    TARGET = "target"


GOAL_NAMES: dict[GoalKind, str] = {
    GoalKind.BASELINE: text("baseline"),
    GoalKind.MILESTONE: text("milestone"),
    GoalKind.TARGET: text("target"),
}


@dataclass(frozen=True)
class ExternalDraft:
    """A figure of another source, as typed."""

    source: str
    document: str
    method: str
    value: Decimal
    as_of_on: date
    first_on: date | None = None
    last_on: date | None = None
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class GoalDraft:
    """A goal, as typed."""

    kind: GoalKind
    on: date
    value: Decimal
    note: str


@dataclass(frozen=True)
class Goals:
    """The goals of an indicator that count now."""

    baseline: Goal | None
    milestones: tuple[Goal, ...]
    target: Goal | None

    def aimed_at(self, day: date) -> Goal | None:
        """What should be reached by ``day``: the next milestone or the target; after the target's day, the target."""
        ahead = [goal for goal in (*self.milestones, *([self.target] if self.target else [])) if goal.on >= day]
        return min(ahead, key=lambda goal: goal.on) if ahead else self.target


Wrong = tuple[str, str, str]
"""What is wrong in a sentence, its code, and the field."""


def wrong_with_external(draft: ExternalDraft, today: date) -> Wrong | None:
    """What speaks against a figure of another source; None where it can be kept."""
    for field in ("source", "document", "method"):
        if not getattr(draft, field).strip():
            return text("A figure of another source says who says so, where, and how it was counted."), "bare", field
    if not 0 <= draft.value <= LARGEST:
        return text("Write a figure that is not negative."), "value", "value"
    if draft.as_of_on > today:
        return text("This day is still to come. Write the day of which the source speaks."), "future", "as_of_on"
    if draft.first_on and draft.last_on and draft.first_on > draft.last_on:
        return text("The period ends before it begins. Look at both days."), "period", "last_on"
    return None


def wrong_with_goal(draft: GoalDraft, goals: Goals) -> Wrong | None:
    """What speaks against a goal beside those that there are; None where it can be kept."""
    if not draft.note.strip():
        return text("Say where this goal was agreed: a document, or a meeting with its day."), "bare", "note"
    if not 0 <= draft.value <= LARGEST:
        return text("Write a figure that is not negative."), "value", "value"
    before, after = goals.baseline, goals.target
    if draft.kind is not GoalKind.BASELINE and before and draft.on <= before.on:
        return text("A milestone or a target lies after the baseline. Look at the day."), "order", "on"
    if draft.kind is GoalKind.MILESTONE and after and draft.on >= after.on:
        return text("A milestone lies before the target. Look at the day."), "order", "on"
    if draft.kind is GoalKind.BASELINE and any(one.on <= draft.on for one in goals.milestones):
        return text("The baseline lies before every milestone. Look at the day."), "order", "on"
    return None


def moved(goal: Goal | None, n_months: int) -> Goal | None:
    """A goal so many months later."""
    return replace(goal, on=months_later(goal.on, n_months)) if goal and n_months else goal


def goals_that_count(
    indicator: Indicator, entered: Iterable[tuple[GoalKind, Goal]], starts_on: date | None = None
) -> Goals:
    """The goals of the declaration, with those entered later in their place; the last for each kind and day counts.

    Args:
        starts_on: when the programme really began: declared goals move with it.
    """
    since = indicator.programme_on
    n_months = months_between(since, starts_on) if since and starts_on else 0
    baseline, target = moved(indicator.baseline, n_months), moved(indicator.target, n_months)
    on_the_way = [moved(goal, n_months) for goal in indicator.milestones]
    milestones = {goal.on: goal for goal in on_the_way if goal}
    for kind, goal in entered:
        if kind is GoalKind.BASELINE:
            baseline = goal
        elif kind is GoalKind.TARGET:
            target = goal
        else:
            milestones[goal.on] = goal
    return Goals(baseline, tuple(milestones[day] for day in sorted(milestones)), target)


def progress(goals: Goals, value: Decimal | int | None, *, rising: bool = True) -> Decimal | None:
    """How much of the way from the baseline to the target is done, in per cent to a tenth, half away from zero.

    None where it cannot be said: without a figure that may be shown, without a target, and where the target lies
    against the way in which the indicator goes. Pages, reports and files all say it by this.

    >>> from datetime import date
    >>> progress(Goals(Goal(date(2021, 8, 1), Decimal(0)), (), Goal(date(2023, 8, 1), Decimal(50))), 45)
    Decimal('90.0')
    >>> progress(Goals(None, (), Goal(date(2023, 8, 1), Decimal(2000))), 1)
    Decimal('0.1')
    """
    if value is None or goals.target is None:
        return None
    start = goals.baseline.value if goals.baseline else Decimal(0)
    way = goals.target.value - start
    if way == 0 or (way > 0) is not rising:
        return None
    return (100 * (Decimal(value) - start) / way).quantize(Decimal("0.1"), ROUND_HALF_UP)
