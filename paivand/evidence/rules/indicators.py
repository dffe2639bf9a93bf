"""An indicator is a declaration: what is counted, of whom, in which parts, and against which target.

Declarations are files in ``parameters/indicators/``; ``reading`` makes these values of them, ``asking`` says what is
asked of one, and every engine computes the same figure from both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from paivand.core.rules.texts import text


class Measure(StrEnum):
    """How records become a number.

    ``people``: unique people. ``families``: unique families of theirs. ``events``: steps of the journey, groups or
    entries of reach, each once. ``contacts``: contacts as they were counted or estimated, never called people.
    ``sum``, ``mean``, ``median``: of ``value``. ``share``: of the people of ``whole``, those who are also counted here.
    """

    PEOPLE = "people"
    FAMILIES = "families"
    EVENTS = "events"
    CONTACTS = "contacts"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    SHARE = "share"


class Source(StrEnum):
    """Which records are read: steps of the journey, groups that learn together, or entries of reach."""

    JOURNEY = "journey"
    GROUPS = "groups"
    REACH = "reach"


class Dimension(StrEnum):
    """By what a figure can be parted. A person stands in one category of each: that of her first step that counts."""

    SEX = "sex"
    AGE = "age"
    DISABILITY = "disability"
    DISTRICT = "district"
    JAMOAT = "jamoat"
    TIE = "tie"
    AGENCY = "agency"
    MONTH = "month"
    SERVICE = "service"
    CHANNEL = "channel"
    TOPIC = "topic"


DIMENSION_NAMES: dict[Dimension, str] = {
    Dimension.SEX: text("Sex"),
    Dimension.AGE: text("Age"),
    Dimension.DISABILITY: text("Disability"),
    Dimension.DISTRICT: text("District"),
    Dimension.JAMOAT: text("Jamoat"),
    Dimension.TIE: text("Migrant's tie to the family"),
    Dimension.AGENCY: text("Agency"),
    Dimension.MONTH: text("Month"),
    Dimension.SERVICE: text("Service"),
    Dimension.CHANNEL: text("Channel"),
    Dimension.TOPIC: text("Topic"),
}

UNKNOWN = "unknown"
"""The category of what nobody wrote down: shown, never left out, so that parts add up to the whole."""


@dataclass(frozen=True)
class AgeSet:
    """Named bands of completed years: ``bounds`` are the first year of each, in order; the last is open.

    >>> AgeSet("child", (0, 18)).band(17), AgeSet("child", (0, 18)).band(18)
    ('0-17', '18+')
    """

    code: str
    bounds: tuple[int, ...]

    @property
    def bands(self) -> tuple[str, ...]:
        """The categories, youngest first; without the unknown one."""
        ends = [f"{low}-{high - 1}" for low, high in zip(self.bounds, self.bounds[1:], strict=False)]
        return (*ends, f"{self.bounds[-1]}+")

    def band(self, years: int) -> str:
        """The category of somebody of ``years`` completed years; unknown below the first bound."""
        below = [place for place, low in enumerate(self.bounds) if low <= years]
        return self.bands[below[-1]] if below else UNKNOWN


@dataclass(frozen=True)
class Where:
    """Which records count. An empty part does not restrict; all parts must hold.

    Attributes:
        services: codes of services; ``x.*`` stands for all of a noun. For groups: the service of their course.
        outcomes: how the service came out.
        sex: ``female``, ``male``.
        age_from, age_to: completed years on the day of the step, both included; unknown ages do not count.
        disability: ``yes``, ``no``, ``unknown`` by the Washington Group's short set, as last answered.
        ties: codes of the migrant's tie to the family, as known now.
        districts, jamoats: codes of places of the step.
        agencies: names of agencies as people write them in a declaration. Records hold keys: ``queries.figures`` puts
            these in their place before anything is counted, and a name that no agency has counts nothing.
        channels, topics: of entries of reach.
        states: of groups.
        having: services that the person also completed, on any day up to that of the step.
    """

    services: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    sex: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    disability: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    jamoats: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    having: tuple[str, ...] = ()


@dataclass(frozen=True)
class Goal:
    """A value that was there, or is aimed at, on a day; ``note`` says where it comes from."""

    on: date
    value: Decimal
    note: str = ""


@dataclass(frozen=True)
class Indicator:
    """One indicator, as declared. Codes never change their meaning.

    Attributes:
        title, question: by language (tg, ru, en, fa).
        where: what counts. ``whole``: for a share, what it is a share of (the same source).
        value: for sum, mean and median the column: ``quantity`` of a step, or ``contacts``, ``learners``, ``sessions``.
        per_person: whether a sum, mean or median is over people (each with her sum) instead of single records.
        by: the dimensions that its pages show; any other may be asked.
        ages: the code of its age set.
        parts: codes of indicators into which this one opens, if people stand in exactly one of them or not.
        programme, programme_on: code of the programme, and the day of its start to which the days of goals refer.
        output: code of the programme's output it hangs under; ``level`` output, outcome or reach.
        sensitive: it counts survivors: nothing below district, and nothing finer than sex and age.
    """

    code: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    measure: Measure
    source: Source
    where: Where
    whole: Where | None = None
    value: str = "quantity"
    per_person: bool = False
    by: tuple[Dimension, ...] = ()
    ages: str = "programme"
    parts: tuple[str, ...] = ()
    programme: str = ""
    programme_on: date | None = None
    output: str = ""
    level: str = "output"
    order: int = 0
    unit: Mapping[str, str] = field(default_factory=dict)
    baseline: Goal | None = None
    milestones: tuple[Goal, ...] = ()
    target: Goal | None = None
    means: Mapping[str, str] = field(default_factory=dict)
    frequency: str = "monthly"
    owner: str = ""
    sdg: tuple[str, ...] = ()
    gcm: tuple[int, ...] = ()
    marker: str = ""
    rising: bool = True
    sensitive: bool = False
    file: str = ""

    def name(self, language: str) -> str:
        """The title in ``language``, or in English."""
        return self.title.get(language[:2]) or self.title["en"]

    @property
    def counts_people(self) -> bool:
        """Whether a small figure can point at somebody, so that it is protected."""
        return self.source is Source.JOURNEY
