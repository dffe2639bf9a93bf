"""What changed between two days: figures, published editions, other sources, goals that were reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal

from paivand.access.models import User
from paivand.evidence.models import Edition, ExternalFigure
from paivand.evidence.queries.entered import goals_of
from paivand.evidence.queries.naming import said
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.entering import Goals
from paivand.evidence.rules.filters import Filters, end_of
from paivand.evidence.rules.indicators import Goal, Indicator
from paivand.evidence.rules.telling import Hidden, Told
from paivand.programme.models import Milestone

FEWEST = 5
"""A difference of fewer people is not told: it could point at somebody."""
MOST = 50


@dataclass(frozen=True)
class Change:
    """One figure then and now, in words. ``difference`` is None where it is too small to be told, or cannot be made."""

    indicator: Indicator
    before: str
    after: str
    difference: Decimal | None
    small: bool = False
    """Whether it changed by so few that the difference is not told."""


@dataclass(frozen=True)
class Reached:
    """A goal that the figure passed between the two days."""

    indicator: Indicator
    goal: Goal


@dataclass(frozen=True)
class Changes:
    """Everything that changed. ``withheld``: figures of another day are not told to this reader, only editions."""

    figures: tuple[Change, ...]
    reached: tuple[Reached, ...]
    milestones: tuple[Milestone, ...]
    editions: tuple[Edition, ...]
    external: tuple[ExternalFigure, ...]
    withheld: bool = False

    @property
    def nothing(self) -> bool:
        """Whether all is as it was."""
        return not (self.withheld or self.figures or self.reached or self.milestones or self.editions or self.external)


def changes(
    by: User, indicators: Sequence[Indicator], filters: Filters, *, since: date, until: date | None, today: date,
    zone: tzinfo,
) -> Changes:  # fmt: skip
    """What changed after the end of ``since``, up to the end of ``until`` or now."""
    before = shown(by, indicators, replace(filters, as_of=since).ask(zone))
    after = shown(by, indicators, replace(filters, as_of=until).ask(zone))
    goals = goals_of(by, indicators)
    figures, reached = [], []
    withheld = False
    for one in indicators:
        then, now = before[one.code].whole, after[one.code].whole
        if Hidden.INSIDE in {then.hidden, now.hidden}:
            withheld = True
            continue
        if then != now:
            figures.append(_change(one, then, now))
        reached += [Reached(one, goal) for goal in _passed(goals[one.code], then, now, rising=one.rising)]
    first, last = end_of(since, zone), end_of(until or today, zone)
    return Changes(
        tuple(figures), tuple(reached), *_written(by, first, last, since, until or today), withheld=withheld
    )  # fmt: skip


def _change(indicator: Indicator, then: Told, now: Told) -> Change:
    """The difference; one of few people leaves out what was before, so that nobody computes it."""
    if then.value is None or now.value is None:
        return Change(indicator, said(then), said(now), None)
    difference = Decimal(now.value) - Decimal(then.value)
    if indicator.counts_people and abs(difference) < FEWEST:
        return Change(indicator, "", said(now), None, small=True)
    return Change(indicator, said(then), said(now), difference)


def _passed(goals: Goals, then: Told, now: Told, *, rising: bool) -> list[Goal]:
    if then.value is None or now.value is None:
        return []
    aims = [*goals.milestones, *([goals.target] if goals.target else [])]
    if rising:
        return [goal for goal in aims if Decimal(then.value) < goal.value <= Decimal(now.value)]
    return [goal for goal in aims if Decimal(then.value) > goal.value >= Decimal(now.value)]


def _written(
    by: User, first: datetime, last: datetime, since: date, until: date
) -> tuple[tuple[Milestone, ...], tuple[Edition, ...], tuple[ExternalFigure, ...]]:
    """Milestones of the plan that were reached, editions, and figures of other sources, the newest first."""
    reached = Milestone.objects.seen_by(by).filter(reached_on__gt=since, reached_on__lte=until, dropped_on=None)
    editions = Edition.objects.filter(Edition.policy.visible(by), created_at__gt=first, created_at__lte=last)
    external = ExternalFigure.objects.filter(
        ExternalFigure.policy.visible(by), created_at__gt=first, created_at__lte=last, withdrawn=False
    )
    return (
        tuple(reached.order_by("-reached_on")[:MOST]),
        tuple(editions.defer("cells").order_by("-number")[:MOST]),
        tuple(external.order_by("-id")[:MOST]),
    )
