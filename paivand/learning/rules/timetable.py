"""When the lessons of a group are: planned from its first day, its weekdays and the curriculum, and what clashes.

Topics are taken in the order of the curriculum and packed into lessons; a topic that is longer than a lesson goes on in
the next. Theory and practice never share a lesson, so that hours of practice can be counted. Holidays and the pauses of
a season are skipped: nothing is dropped, the lessons after them move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from itertools import groupby, islice

from paivand.core.rules.texts import text
from paivand.learning.rules.course import Course, Feature, Module, Topic
from paivand.learning.rules.holidays import Calendar, Holiday, holidays
from paivand.learning.rules.sentences import Sentence

QUARTER = Decimal("0.25")
LONGEST = timedelta(days=5 * 366)
"""How far a timetable reaches. A group that would need longer is planned wrongly."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which a group does not meet: harvest, school holidays, winter. Both belong to it."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Plan:
    """When a group meets: from which day, on which weekdays (0 is Monday), every so many weeks, at what time."""

    first: date
    weekdays: tuple[int, ...]
    at: time
    hours: Decimal
    every_weeks: int = 1
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        if not self.weekdays or not set(self.weekdays) <= set(range(7)) or self.every_weeks < 1 or self.hours <= 0:
            raise ValueError("a group meets on at least one weekday, every week or less often, for some time")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson as it is planned.

    Args:
        module: code of its module; empty where it belongs to several.
        topics: codes, in their order.
        life_topics: in a school of juniors, the life skills that are practised beside the field.
    """

    n: int
    on: date
    starts_at: time
    ends_at: time
    hours: Decimal
    module: str
    topics: tuple[str, ...]
    practical: bool = False
    life_topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day on which the group would have met, and why it does not."""

    on: date
    holiday: Holiday | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """The lessons of a group, and the days that were skipped."""

    lessons: tuple[Lesson, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def ends_on(self) -> date | None:
        """The day of the last lesson."""
        return self.lessons[-1].on if self.lessons else None

    @property
    def hours(self) -> Decimal:
        """Of all lessons."""
        return sum((one.hours for one in self.lessons), Decimal(0))


def default_plan(course: Course, first: date, pauses: tuple[Pause, ...] = ()) -> Plan:
    """The plan that a course proposes for a group that begins on ``first``."""
    rhythm = course.rhythm
    return Plan(first, rhythm.weekdays, rhythm.at, rhythm.hours, rhythm.every_weeks, pauses)


def timetable(course: Course, plan: Plan, calendar: Calendar | None = None) -> Timetable:
    """The lessons of a group of ``course``.

    Raises:
        ValueError: where a lesson would go beyond midnight, or the curriculum does not fit into five years.

    >>> from paivand.learning.rules.courses import courses
    >>> found = timetable(courses()["seamstress"], default_plan(courses()["seamstress"], date(2022, 3, 14)))
    >>> len(found.lessons), found.hours, str(found.ends_on), [str(one.on) for one in found.skipped]
    (40, Decimal('156'), '2022-06-22', ['2022-03-21', '2022-03-23', '2022-05-02', '2022-05-09'])
    """
    parts = _packed(course, plan.hours)
    skipped: list[Skipped] = []
    days = list(islice(_days(plan, calendar or holidays(), skipped), len(parts)))
    if len(days) < len(parts):
        raise ValueError("the curriculum does not fit into five years: let the group meet more often")
    lessons = []
    for n, (day, part) in enumerate(zip(days, parts, strict=True), start=1):
        end = _after(plan.at, part.hours)
        lessons.append(
            Lesson(n, day, plan.at, end, part.hours, part.module, part.topics, part.practical, part.life_topics)
        )
    last = days[-1] if days else plan.first
    return Timetable(tuple(lessons), tuple(one for one in skipped if one.on <= last))


def kept_free(
    first: date, last: date, weekdays: Iterable[int], taken: Iterable[date], calendar: Calendar | None = None
) -> list[Skipped]:  # fmt: skip
    """The holidays between two days on which a group would have met, and on which it has no lesson.

    >>> free = kept_free(date(2022, 3, 14), date(2022, 3, 25), (0, 2), [date(2022, 3, 14)])
    >>> [(str(one.on), one.holiday.code) for one in free if one.holiday]
    [('2022-03-21', 'navruz'), ('2022-03-23', 'navruz')]
    """
    there, days, found = set(taken), set(weekdays), calendar or holidays()
    rows = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [Skipped(day, found.on(day)) for day in rows if day.weekday() in days and day not in there and found.on(day)]


def _after(at: time, hours: Decimal) -> time:
    begins = datetime.combine(date.min, at)
    ends = begins + timedelta(minutes=int(hours * 60))
    if ends.date() != begins.date():
        raise ValueError("a lesson ends on the day on which it begins: let it begin earlier, or make it shorter")
    return ends.time()


def _days(plan: Plan, calendar: Calendar, skipped: list[Skipped]) -> Iterator[date]:
    monday = plan.first - timedelta(days=plan.first.weekday())
    day = plan.first
    while day - plan.first <= LONGEST:
        weeks = (day - monday).days // 7
        if day.weekday() in plan.weekdays and weeks % plan.every_weeks == 0:
            holiday = calendar.on(day)
            if holiday or any(one.covers(day) for one in plan.pauses):
                skipped.append(Skipped(day, holiday))
            else:
                yield day
        day += timedelta(days=1)


# --- packing ---


@dataclass(frozen=True, slots=True)
class _Part:
    """What one lesson holds, before it has a day."""

    hours: Decimal
    module: str
    topics: tuple[str, ...]
    practical: bool
    life_topics: tuple[str, ...] = ()


def _packed(course: Course, hours: Decimal) -> list[_Part]:
    if not course.has(Feature.JUNIOR):
        return _in_lessons(course.modules, hours)
    field = [one for one in course.modules if not one.life_skill]
    life = [topic for one in course.modules if one.life_skill for topic in one.topics]
    return _side_by_side(field, life, hours)


def _in_lessons(modules: Sequence[Module], hours: Decimal) -> list[_Part]:
    found = []
    for practical, together in groupby(modules, key=lambda one: one.practical):
        rows = [(module.code, topic) for module in together for topic in module.topics]
        for lesson in _cut(rows, hours):
            codes = list(dict.fromkeys(module for module, _topic, _taken in lesson))
            found.append(
                _Part(
                    sum((taken for _module, _topic, taken in lesson), Decimal(0)), codes[0] if len(codes) == 1 else "",
                    tuple(topic.code for _module, topic, _taken in lesson), practical,
                )
            )  # fmt: skip
    return found


def _cut(rows: Iterable[tuple[str, Topic]], hours: Decimal) -> Iterator[list[tuple[str, Topic, Decimal]]]:
    """Topics cut into lessons of at most ``hours``, none lost, their order kept."""
    lesson: list[tuple[str, Topic, Decimal]] = []
    free = hours
    for module, topic in rows:
        left = topic.hours
        while left > 0:
            taken = min(left, free)
            lesson.append((module, topic, taken))
            left, free = left - taken, free - taken
            if free == 0:
                yield lesson
                lesson, free = [], hours
    if lesson:
        yield lesson


def _side_by_side(field: Sequence[Module], life: Sequence[Topic], hours: Decimal) -> list[_Part]:
    """A school of juniors: in each lesson a part in the field and a life skill, spread evenly over the season."""
    in_field = sum((one.hours for one in field), Decimal(0))
    beside = sum((one.hours for one in life), Decimal(0))
    if not in_field:
        return []
    n = int(((in_field + beside) / hours).to_integral_value(ROUND_CEILING))
    share = (in_field / n / QUARTER).to_integral_value(ROUND_CEILING) * QUARTER
    parts = _in_lessons(field, share)
    found = []
    given = Decimal(0)
    for i, part in enumerate(parts, start=1):
        due = (beside * i / len(parts) / QUARTER).to_integral_value(ROUND_CEILING) * QUARTER
        taken = _between(life, given, due)
        found.append(_Part(part.hours + min(due, beside) - given, part.module, part.topics, part.practical, taken))
        given = min(due, beside)
    return found


def _between(topics: Sequence[Topic], first: Decimal, last: Decimal) -> tuple[str, ...]:
    """The topics that are dealt with from hour ``first`` to hour ``last`` of them all."""
    found = []
    at = Decimal(0)
    for topic in topics:
        if at < last and at + topic.hours > first:
            found.append(topic.code)
        at += topic.hours
    return tuple(found)


# --- clashes ---


class Shared(StrEnum):
    """What two lessons cannot have at the same time."""

    TRAINER = "trainer"
    ROOM = "room"


_CLASHES = {
    Shared.TRAINER: text("%(name)s teaches group %(group)s at the same time on %(day)s."),
    Shared.ROOM: text("The room %(name)s is taken by group %(group)s at the same time on %(day)s."),
}


@dataclass(frozen=True, slots=True)
class Booked:
    """When somebody, and a room, are taken: of a planned lesson, or of one that another group has already.

    Args:
        group: name or code of the group, as it is told to people.
        trainers: keys of those who teach, as far as they are known; the same key means the same person.
        room: with the house in which it lies; empty where it is not known. Case and spaces do not matter.
    """

    group: str
    on: date
    starts_at: time
    ends_at: time
    trainers: frozenset[str] = frozenset()
    room: str = ""

    @property
    def place(self) -> str:
        """The room, so that two ways of writing it are the same."""
        return " ".join(self.room.casefold().split())

    def meets(self, other: Booked) -> bool:
        """Whether both are at the same time. One that begins when the other ends does not meet it."""
        return self.on == other.on and self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody, or a room, that two groups would have at the same time."""

    what: Shared
    name: str
    on: date
    group: str

    def sentence(self, day: str, name: str = "") -> Sentence:
        """In words; ``day`` as it is shown, ``name`` where the key of a trainer is not her name."""
        return Sentence(_CLASHES[self.what], {"name": name or self.name, "group": self.group, "day": day})


def clashes(planned: Iterable[Booked], others: Iterable[Booked]) -> list[Clash]:
    """What of ``planned`` meets ``others``, each once, in the order of days.

    >>> nine, noon, one = time(9), time(12), time(13)
    >>> ours = [Booked("G-1", date(2022, 5, 4), nine, noon, frozenset({"zarina"}), "Room 2")]
    >>> theirs = [Booked("G-2", date(2022, 5, 4), time(11), one, frozenset({"zarina"}), "room  2")]
    >>> [(str(found.what), found.name, found.group) for found in clashes(ours, theirs)]
    [('room', 'Room 2', 'G-2'), ('trainer', 'zarina', 'G-2')]
    """
    by_day: dict[date, list[Booked]] = {}
    for other in others:
        by_day.setdefault(other.on, []).append(other)
    found = set()
    for one in planned:
        for other in by_day.get(one.on, ()):
            if not one.meets(other):
                continue
            found |= {Clash(Shared.TRAINER, name, one.on, other.group) for name in one.trainers & other.trainers}
            if one.place and one.place == other.place:
                found.add(Clash(Shared.ROOM, one.room, one.on, other.group))
    return sorted(found, key=lambda one: (one.on, one.what, one.name, one.group))
