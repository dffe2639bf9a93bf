"""The picture of a workplan: a row for each outcome, output and activity, bars along the months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from paivand.programme.rules.plan import (
    ActivityState,
    Level,
    PlanActivity,
    PlanMilestone,
    PlanOutcome,
    PlanOutput,
    PlanTree,
)

WIDTH, ROW, HEAD = 1000, 26, 34
LABELS = 318
"""How much of the width the names take."""
MOST_SIGNS = 44
"""How many signs of a name fit."""
MONTHLY = 14
"""Up to so many months each has a label; beyond it every quarter has one."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month: where its line stands, and whether it is labelled."""

    on: date
    x: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone on its row: a lozenge at ``x``."""

    milestone: PlanMilestone
    x: float
    points: str
    late: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the picture. ``done`` is the width of the finished part of the bar; ``actual`` that of the real time.

    ``name`` is cut to what fits; the table has it whole.
    """

    level: Level
    code: str
    name: str
    whole_name: str
    y: int
    x: float
    width: float
    done_x: float
    done: float
    actual_x: float
    actual: float
    percent: int
    late: bool
    cancelled: bool
    starts_on: date
    ends_on: date
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole picture, in units of a drawing that is 1000 wide."""

    width: int
    height: int
    head: int
    row: int
    label_x: float
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    today_x: float | None
    today: date
    mirrored: bool


@dataclass(frozen=True)
class Axis:
    """Days laid out along the width; mirrored where one reads from right to left.

    >>> axis = Axis(date(2021, 8, 1), date(2021, 9, 30))
    >>> axis.at(date(2021, 8, 1)), axis.at(date(2021, 10, 1))
    (318.0, 1000.0)
    >>> Axis(date(2021, 8, 1), date(2021, 9, 30), mirrored=True).at(date(2021, 8, 1))
    682.0
    """

    first: date
    last: date
    mirrored: bool = False

    def at(self, day: date) -> float:
        """Where a day begins."""
        days = (self.last - self.first).days + 1
        x = LABELS + (WIDTH - LABELS) * (day - self.first).days / days
        return round(WIDTH - x if self.mirrored else x, 1)

    def bar(self, starts_on: date, ends_on: date) -> tuple[float, float]:
        """The left edge and the width of a bar over these days, both counted in."""
        begin = max(starts_on, self.first)
        end = min(ends_on, self.last) + timedelta(days=1)
        one, other = sorted((self.at(begin), self.at(max(begin, end))))
        return one, round(other - one, 1)

    def part(self, x: float, width: float, percent: int) -> tuple[float, float]:
        """The part of a bar that is done: from the side where it begins."""
        done = round(width * percent / 100, 1)
        return (round(x + width - done, 1) if self.mirrored else x), done


def workplan_picture(
    tree: PlanTree, first: date, last: date, today: date, language: str, *, mirrored: bool = False
) -> Picture | None:  # fmt: skip
    """The picture of a plan within the days of its programme; None where there is no activity yet."""
    activities = tree.activities
    if not activities:
        return None
    first = min([first, *(row.starts_on for row in activities)]).replace(day=1)
    reached = [mark.reached_on or mark.due_on for row in activities for mark in row.milestones]
    ended = [row.finished_on for row in activities if row.finished_on]
    last = _month_end(max([last, *reached, *ended, *(row.ends_on for row in activities)]))
    axis = Axis(first, last, mirrored)
    lines: list[Line] = []
    for outcome in tree.outcomes:
        lines.append(_sum_line(outcome, axis, len(lines), language))
        for output in outcome.outputs:
            lines.append(_sum_line(output, axis, len(lines), language))
            lines += [_line(row, axis, len(lines) + n, today, language) for n, row in enumerate(output.activities)]
    return Picture(
        WIDTH, HEAD + ROW * len(lines) + 4, HEAD, ROW, WIDTH - 4 if mirrored else 4, _ticks(axis), tuple(lines),
        axis.at(today) if first <= today <= last else None, today, mirrored,
    )  # fmt: skip


def _month_end(day: date) -> date:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def _ticks(axis: Axis) -> tuple[Tick, ...]:
    months = []
    day = axis.first
    while day <= axis.last:
        months.append(day)
        day = _month_end(day) + timedelta(days=1)
    often = len(months) <= MONTHLY
    return tuple(Tick(month, axis.at(month), often or month.month % 3 == 1) for month in months)


def _sum_line(part: PlanOutcome | PlanOutput, axis: Axis, n: int, language: str) -> Line:
    level = Level.OUTCOME if isinstance(part, PlanOutcome) else Level.OUTPUT
    below = part.activities
    starts_on = min((row.starts_on for row in below), default=axis.first)
    ends_on = max((row.ends_on for row in below), default=axis.first)
    x, width = axis.bar(starts_on, ends_on) if below else (axis.at(axis.first), 0.0)
    percent = part.percent
    done_x, done = axis.part(x, width, percent)
    title = part.title(language)
    return Line(
        level, part.code, cut(title), title, HEAD + ROW * n, x, width, done_x, done, 0, 0, percent, late=False,
        cancelled=False, starts_on=starts_on, ends_on=ends_on, marks=(),
    )  # fmt: skip


def _line(row: PlanActivity, axis: Axis, n: int, today: date, language: str) -> Line:
    x, width = axis.bar(row.starts_on, row.ends_on)
    done_x, done = axis.part(x, width, row.percent)
    actual_x, actual = 0.0, 0.0
    if row.started_on and row.started_on <= axis.last:
        actual_x, actual = axis.bar(row.started_on, row.finished_on or min(max(today, row.started_on), axis.last))
    y = HEAD + ROW * n
    title = row.title(language)
    marks = tuple(_mark(one, axis, y, today) for one in row.milestones)
    return Line(
        Level.ACTIVITY, row.code, cut(title), title, y, x, width, done_x, done, actual_x, actual, row.percent,
        late=row.is_late(today), cancelled=row.state is ActivityState.CANCELLED, starts_on=row.starts_on,
        ends_on=row.ends_on, marks=marks,
    )  # fmt: skip


def _mark(milestone: PlanMilestone, axis: Axis, y: int, today: date) -> Mark:
    day = milestone.reached_on or milestone.due_on
    x = axis.at(min(max(day, axis.first), axis.last))
    middle = y + ROW / 2 - 1
    points = f"{x:.1f},{middle - 6:.1f} {x + 6:.1f},{middle:.1f} {x:.1f},{middle + 6:.1f} {x - 6:.1f},{middle:.1f}"
    return Mark(milestone, x, points, milestone.is_late(today))


def cut(title: str) -> str:
    """A name as it fits into the picture.

    >>> cut("Short"), len(cut("x" * 80))
    ('Short', 44)
    """
    return title if len(title) <= MOST_SIGNS else title[: MOST_SIGNS - 1].rstrip() + "…"
