"""What a course is, once its declaration is read: curriculum, who may join, when it is completed, certificate.

Nothing here knows a kind of course. A screen asks what a course *has* (``Course.has(Feature.PLOTS)``), never what it
is called, so that a new kind is a file and no line of code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from paivand.core.rules.texts import text

LANGUAGES = ("tg", "ru", "en", "fa")

Words = Mapping[str, str]
"""A text in all four languages."""


def say(words: Words, language: str) -> str:
    """``words`` in ``language``, or in English.

    >>> say({"en": "Sewing", "ru": "Шитьё"}, "ru-ru"), say({"en": "Sewing"}, "tg"), say({}, "en")
    ('Шитьё', 'Sewing', '')
    """
    return words.get(language[:2]) or words.get("en", "")


class Feature(StrEnum):
    """What a course has beside lessons: the screens depend on these words and on nothing else."""

    PLOTS = "plots"
    JUNIOR = "junior"
    BUDGET = "budget"
    QUICK = "quick"
    DEPARTURE = "departure"
    FACILITATOR = "facilitator"
    PRACTICES = "practices"


FEATURE_NAMES = {
    Feature.PLOTS: text("study plots with their harvest and accounts"),
    Feature.JUNIOR: text("guardians' committee, life skills, energisers and school attendance"),
    Feature.BUDGET: text("household budget and plan for debts"),
    Feature.QUICK: text("many people registered at once"),
    Feature.DEPARTURE: text("country of destination and materials for the journey"),
    Feature.FACILITATOR: text("graduates may be named facilitator"),
    Feature.PRACTICES: text("practices that people take up"),
}


class Who(StrEnum):
    """As what somebody learns."""

    FAMILY = "family"
    PROFESSIONAL = "professional"
    PUPIL = "pupil"
    DEPARTING = "departing"
    OTHER = "other"


WHO_NAMES = {
    Who.FAMILY: text("member of a family"),
    Who.PROFESSIONAL: text("professional"),
    Who.PUPIL: text("pupil of the school"),
    Who.DEPARTING: text("about to leave for work abroad"),
    Who.OTHER: text("somebody else"),
}


class Stage(StrEnum):
    """When a test is taken."""

    BEFORE = "before"
    AFTER = "after"


STAGE_NAMES = {Stage.BEFORE: text("before the course"), Stage.AFTER: text("after the course")}


class ExamScale(StrEnum):
    """How an exam is marked: points from 0 to 100, or the school marks from 2 to 5."""

    POINTS = "points"
    MARKS = "marks"


class Design(StrEnum):
    """How a certificate looks, and what it is."""

    DIPLOMA = "diploma"
    COMPLETION = "completion"


class Asked(StrEnum):
    """What is asked some months after a course."""

    WORKING = "working"
    OWN_BUSINESS = "own_business"
    INCOME = "income"
    PRACTICES = "practices"


ASKED_NAMES = {
    Asked.WORKING: text("whether she or he works"),
    Asked.OWN_BUSINESS: text("an own business"),
    Asked.INCOME: text("income"),
    Asked.PRACTICES: text("practices still used"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of courses, and the word for one group of learners in it: group, school, session."""

    code: str
    title: Words
    group: Words
    groups: Words

    def title_in(self, language: str) -> str:
        """What the kind is called."""
        return say(self.title, language)

    def group_in(self, language: str) -> str:
        """What one group of it is called."""
        return say(self.group, language)

    def groups_in(self, language: str) -> str:
        """What several groups of it are called."""
        return say(self.groups, language)


@dataclass(frozen=True, slots=True)
class Named:
    """A thing of a course with its code and its title: a practice, a material, a post."""

    code: str
    title: Words

    def title_in(self, language: str) -> str:
        """What it is called."""
        return say(self.title, language)


@dataclass(frozen=True, slots=True)
class Topic(Named):
    """What is learnt in one go."""

    hours: Decimal


@dataclass(frozen=True, slots=True)
class Module(Named):
    """Topics that belong together; ``practical`` if their hours count as practice, ``life_skill`` if they teach one."""

    topics: tuple[Topic, ...]
    practical: bool = False
    life_skill: bool = False

    @property
    def hours(self) -> Decimal:
        """Of all its topics."""
        return sum((one.hours for one in self.topics), Decimal(0))


@dataclass(frozen=True, slots=True)
class Entrance:
    """One way to be let in: everything that it names must be true.

    Args:
        sex: ``female`` or ``male``; empty if it does not matter.
        from_age: the youngest, and ``to_age`` the oldest, in completed years; None if it does not matter.
        posts: of professionals; empty if any will do.
        needs: services of the journey that were all completed before, ``needs_any`` those of which one was.
        without: services that exclude: whoever completed one of them has no need of the course.
    """

    who: Who
    sex: str = ""
    from_age: int | None = None
    to_age: int | None = None
    posts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    needs_any: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupSize:
    """How many learn together, how many lead them at least, and what those must be able to show."""

    least: int
    most: int
    trainers: int
    qualification: Words


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When lessons usually are: weekdays (0 is Monday), every so many weeks, from what time, how long."""

    weekdays: tuple[int, ...]
    every_weeks: int
    at: time
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Test:
    """A questionnaire before and after. ``scale`` is the one whose points count."""

    __test__ = False

    instrument: str
    scale: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Criterion(Named):
    """What a commission marks, and the most it can give for it."""

    most: Decimal


@dataclass(frozen=True, slots=True)
class Exam:
    """A practical exam before a commission of at least so many; ``pass_mark`` is the least with which it is passed."""

    name: Words
    scale: ExamScale
    pass_mark: Decimal
    commission: int
    criteria: tuple[Criterion, ...]

    @property
    def lowest(self) -> Decimal:
        """The least that a criterion can get."""
        return Decimal(0) if self.scale is ExamScale.POINTS else Decimal(2)

    @property
    def highest(self) -> Decimal:
        """The best result."""
        return Decimal(100) if self.scale is ExamScale.POINTS else Decimal(5)

    def result(self, given: Mapping[str, Decimal]) -> Decimal | None:
        """What the criteria amount to: points are added up; of marks the mean is taken, a half up. None if one is
        missing: nobody is examined in part.

        >>> one, two = (Criterion(code, {"en": code}, Decimal(5)) for code in ("cut", "seam"))
        >>> exam = Exam({"en": "A dress"}, ExamScale.MARKS, Decimal(3), 3, (one, two))
        >>> exam.result({"cut": Decimal(4), "seam": Decimal(5)}), exam.result({"cut": Decimal(4)})
        (Decimal('5'), None)
        """
        marks = [given[one.code] for one in self.criteria if one.code in given]
        if len(marks) < len(self.criteria):
            return None
        whole = sum(marks, Decimal(0))
        if self.scale is ExamScale.POINTS:
            return whole
        return (whole / len(marks)).quantize(Decimal(1), ROUND_HALF_UP)

    def passes(self, result: Decimal | None) -> bool:
        """Whether this result is enough. No result is never enough."""
        return result is not None and result >= self.pass_mark


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """What must be true of somebody who is said to have completed a course. What is None or False is not asked for.

    Args:
        attendance: the least percentage of the lessons held.
        practical_hours: the least number of practical hours attended.
        gain: points by which the test after the course must be better than the one before. Who could not gain so much,
            because she knew it already, must reach the most that can be reached.
        right: the least percentage of the points in the test after the course.
        exam: the least result of the exam, its pass mark; ``project``: whether the project must be done.
    """

    attendance: int | None = None
    practical_hours: Decimal | None = None
    gain: int | None = None
    right: int | None = None
    exam: Decimal | None = None
    project: bool = False


@dataclass(frozen=True, slots=True)
class FollowUp:
    """After how many months learners are asked, and what."""

    months: tuple[int, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is handed over at the end.

    Args:
        prefix: of the series; numbers follow it.
        body: who issues it.
        signatories: the posts that sign, in their order.
        languages: in which it is written.
    """

    design: Design
    prefix: str
    body: Words
    signatories: tuple[Words, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """One course. ``service`` is the code of the journey under which its completion is written down.

    Args:
        since: from when it is offered, and ``until`` to when; None if its end is not known.
        output: code of the programme's output that it counts for.
        trade: code of ISCO-08 for vocational courses; else empty.
        audience: the ways to be let in; one is enough.
        project: what a learner makes on her own; empty if nothing.
    """

    code: str
    kind: Kind
    since: date
    until: date | None
    source: str
    note: str
    title: Words
    summary: Words
    service: str
    output: str
    trade: str
    features: frozenset[Feature]
    audience: tuple[Entrance, ...]
    size: GroupSize
    modules: tuple[Module, ...]
    rhythm: Rhythm
    rule: CompletionRule
    test: Test | None
    exam: Exam | None
    project: Words
    follow_up: FollowUp | None
    practices: tuple[Named, ...]
    materials: tuple[Named, ...]
    certificate: Certificate | None
    _topics: Mapping[str, Topic] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_topics", {one.code: one for module in self.modules for one in module.topics})

    def title_in(self, language: str) -> str:
        """What it is called."""
        return say(self.title, language)

    def summary_in(self, language: str) -> str:
        """What it is for, in a sentence or two."""
        return say(self.summary, language)

    def has(self, feature: Feature) -> bool:
        """Whether it has this beside lessons."""
        return feature in self.features

    def is_open_on(self, day: date) -> bool:
        """Whether groups of it may be planned for ``day``."""
        return self.since <= day and (self.until is None or day <= self.until)

    def topics(self) -> Iterator[tuple[Module, Topic]]:
        """Every topic with its module, in the order of learning."""
        for module in self.modules:
            for topic in module.topics:
                yield module, topic

    def topic(self, code: str) -> Topic | None:
        """The topic with this code."""
        return self._topics.get(code)

    def module_of(self, topic: str) -> Module | None:
        """The module in which a topic stands."""
        return next((module for module, one in self.topics() if one.code == topic), None)

    def is_practical(self, topic: str) -> bool:
        """Whether the hours of a topic count as practice."""
        module = self.module_of(topic)
        return module is not None and module.practical

    @property
    def total_hours(self) -> Decimal:
        """Of the whole curriculum."""
        return sum((module.hours for module in self.modules), Decimal(0))

    @property
    def practical_hours(self) -> Decimal:
        """Of the practical modules."""
        return sum((module.hours for module in self.modules if module.practical), Decimal(0))

    @property
    def theory_hours(self) -> Decimal:
        """Of the other modules."""
        return self.total_hours - self.practical_hours

    @property
    def who(self) -> frozenset[Who]:
        """As what people can learn here."""
        return frozenset(one.who for one in self.audience)
