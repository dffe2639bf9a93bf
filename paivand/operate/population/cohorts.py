"""Which groups the demonstration tells of learning: their courses, days and sizes, so that published figures come out.

Nothing is written here. What is drawn is declared in ``parameters/demo_learning.yaml``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

import yaml

from paivand.learning.rules.course import Course
from paivand.learning.rules.courses import courses
from paivand.learning.rules.timetable import default_plan, timetable
from paivand.operate.population.telling import share
from paivand.registry.rules.keys import row_key

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_learning.yaml"
ROOT = uuid.UUID("019a0000-0000-7000-8000-0000001ea411")
KULOB, DUSTI = "TJ-KT-02", "TJ-KT-20"


@lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """What is declared."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@dataclass
class GroupPlan:
    """One group to be told.

    Args:
        key: short name of it among all; keys of its rows are made from it.
        state: how far it has come: planned, open, running, finished, cancelled.
        complete: how many complete it, or learn in it where it is not over; ``of_families`` of them at most are members
            of registered families.
        left: how many left it, ``failed`` how many did not complete it.
        others: as what the others take part.
        example: what is declared for one that is told by itself.
    """

    key: str
    course: Course
    district: str
    lead: str
    name: str
    state: str
    starts_on: date
    ends_on: date
    complete: int
    of_families: int = 0
    left: int = 0
    failed: int = 0
    sex: str = ""
    cohort: str = ""
    others: Mapping[str, Any] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seeds = Random(self.key)  # noqa: S311  # a demonstration, no secret

    def id_of(self, *parts: object) -> uuid.UUID:
        """The key of one of its rows: the same at every start."""
        return row_key(ROOT, self.key, *parts)

    @property
    def people(self) -> int:
        """How many are ever in it."""
        return self.complete + self.left + self.failed

    @property
    def most_missed(self) -> int:
        """How many lessons somebody may miss and yet complete it, with some to spare for hours of practice."""
        lessons = len(timetable(self.course, default_plan(self.course, self.starts_on)).lessons)
        return int(lessons * (100 - (self.course.rule.attendance or 0)) / 100 * 0.6)


def drawn_groups(n_families: int, today: date) -> list[GroupPlan]:
    """Every group, those that began first before the others."""
    groups = [group for cohort in told()["cohorts"] for group in _cohort(cohort, n_families, today)]
    groups += [_example(row, n, today, n_families) for n, row in enumerate(told()["examples"])]
    return sorted(groups, key=lambda one: (one.starts_on, one.key))


def figure(name: str, n_families: int) -> int:
    """The part of a declared figure that a demonstration of so many families has."""
    return share(name, n_families, told())


def _cohort(row: Mapping[str, Any], n_families: int, today: date) -> list[GroupPlan]:
    whole = figure(row["figure"], n_families)
    declared = row["groups"]
    if isinstance(declared, str):
        n_groups = max(1, figure(declared, n_families))
    else:
        n_groups = max(1, ceil(declared * min(1, n_families / told()["families"])))
    first, last = row["ended"]
    found = []
    for n, size in enumerate(evenly(whole, n_groups)):
        course = courses()[row["courses"][n % len(row["courses"])]]
        ended = first + (last - first) * n // max(1, n_groups - 1)
        starts_on, ends_on = days_of(course, today - timedelta(days=ended))
        found.append(
            GroupPlan(
                key=f"{row['key']}_{n + 1}", course=course, district=DUSTI if n % 4 == 3 else KULOB,
                lead=row["lead"], name=f"{told()['names'][course.kind.code]} {n + 1}", state="finished",
                starts_on=starts_on, ends_on=ends_on, complete=size,
                of_families=round(size * row["of_families"] / 100), left=row["left"], failed=row["failed"],
                sex=row.get("sex", ""), cohort=row["key"], others=row.get("others", {}),
            )
        )  # fmt: skip
    return found


def _example(row: Mapping[str, Any], n: int, today: date, n_families: int) -> GroupPlan:
    course = courses()[row["course"]]
    starts_on = today - timedelta(days=row["began"])
    if row["state"] == "finished":
        starts_on, ends_on = days_of(course, starts_on)
    else:
        ends_on = timetable(course, default_plan(course, starts_on)).ends_on or starts_on
    people = row["people"]
    if people:
        people = max(2, round(people * min(1, 4 * n_families / told()["families"])))
    return GroupPlan(
        key=row["key"], course=course, district=row["district"], lead=row["lead"],
        name=f"{told()['names'][course.kind.code]} {chr(ord('А') + n)}", state=row["state"], starts_on=starts_on,
        ends_on=ends_on, complete=people, of_families=people, sex=_sex(course), cohort=row["key"], example=row,
    )  # fmt: skip


def _sex(course: Course) -> str:
    """The sex that a course takes, where every way into it names the same."""
    sexes = {entrance.sex for entrance in course.audience}
    return sexes.pop() if len(sexes) == 1 else ""


def evenly(whole: int, parts: int) -> list[int]:
    """A number in so many parts that differ by one at most, the greater ones first.

    >>> evenly(45, 4)
    [12, 11, 11, 11]
    """
    least, rest = divmod(whole, parts)
    return [least + (n < rest) for n in range(parts)]


def days_of(course: Course, ended_by: date) -> tuple[date, date]:
    """The first and the last day of a group that ended on a day or a little before."""
    length = timetable(course, default_plan(course, ended_by)).ends_on
    starts_on = ended_by - ((length or ended_by) - ended_by)
    while True:
        ends_on = timetable(course, default_plan(course, starts_on)).ends_on or starts_on
        if ends_on <= ended_by:
            return starts_on, ends_on
        starts_on -= timedelta(days=1)


def marks_of(plan: GroupPlan, n_lessons: int, part: str) -> list[str]:
    """What one learner's row of the attendance says: there, late, excused, not there.

    Args:
        plan: the group.
        n_lessons: how many lessons there are.
        part: ``complete``, ``failed`` or ``left``: how it comes out for her.
    """
    chance = plan.seeds
    if part == "failed":
        least = ceil(n_lessons * (100 - (plan.course.rule.attendance or 0)) / 100)
        missed = min(n_lessons, least + 1 + int(chance.random() * n_lessons / 6))
    else:
        most = min(plan.most_missed, int(n_lessons * (100 - (plan.course.rule.attendance or 0)) / 100 * 0.6))
        missed = chance.randint(0, most)
    gone = set(chance.sample(range(n_lessons), min(missed, n_lessons)))
    return [
        ("excused" if chance.random() < 0.3 else "absent") if n in gone
        else "late" if chance.random() < 0.05 else "present"
        for n in range(n_lessons)
    ]  # fmt: skip


def rest_of(rows: Sequence[Any], n: int, chance: Random) -> list[Any]:
    """``n`` of ``rows``, drawn without putting back; all of them where there are fewer."""
    return chance.sample(list(rows), min(n, len(rows)))
