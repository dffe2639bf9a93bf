"""The figures counted by hand: one record after the other, as somebody would with paper and much patience.

Written from the meaning of declarations alone; no line is shared with the statements of the engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations

from paivand.core.rules.dates import Birth
from paivand.evidence.rules.asking import Ask, Figure, Key
from paivand.evidence.rules.indicators import AgeSet, Dimension, Indicator, Measure, Source, Where


@dataclass(frozen=True)
class Step:
    step: str
    who: int
    service: str
    outcome: str
    quantity: Decimal
    happened_on: date
    recorded_at: datetime
    reversed_at: datetime | None
    district: str
    jamoat: str
    agency: str
    coded: bool = False
    sex: str = ""
    age_low: int | None = None
    age_high: int | None = None


@dataclass(frozen=True)
class Person:
    who: int
    sex: str
    birth: Birth | None
    disability: str
    tie: str
    family: int | None
    district: str = ""
    jamoat: str = ""


@dataclass(frozen=True)
class Merge:
    """``who`` was found to be ``kept``; perhaps undone later."""

    who: int
    kept: int
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True)
class Entry:
    entry: int
    channel: str
    topic: str
    district: str
    jamoat: str
    agency: str
    happened_on: date
    recorded_at: datetime
    women: int
    men: int
    girls: int
    boys: int
    unknown: int
    repeat: int
    reversed_at: datetime | None = None

    @property
    def contacts(self) -> int:
        return self.women + self.men + self.girls + self.boys + self.unknown


@dataclass(frozen=True)
class Group:
    grp: int
    service: str
    course: str
    state: str
    happened_on: date
    recorded_at: datetime
    district: str
    jamoat: str
    agency: str
    learners: int
    sessions: int


@dataclass(frozen=True)
class World:
    """Everything that was recorded. Entries know when they were taken back; engines see a second, negative one."""

    steps: Sequence[Step] = ()
    people: Sequence[Person] = ()
    merges: Sequence[Merge] = ()
    entries: Sequence[Entry] = ()
    groups: Sequence[Group] = ()

    def stands_for(self, who: int, as_of: datetime | None) -> int:
        """Who somebody is, after the merges that count at ``as_of``, one after the other."""
        for merge in self.merges:
            made = as_of is None or merge.at <= as_of
            undone = merge.undone_at is not None and (as_of is None or merge.undone_at <= as_of)
            if merge.who == who and made and not undone:
                return self.stands_for(merge.kept, as_of)
        return who

    def person(self, who: int) -> Person | None:
        return next((one for one in self.people if one.who == who), None)


@dataclass
class _Unit:
    """What is counted once: its cell, and what it brings."""

    cell: tuple[str, ...]
    value: Decimal = Decimal(0)
    people: set[object] = field(default_factory=set)
    hit: bool = False


def figure(indicator: Indicator, ask: Ask, world: World, ages: Mapping[str, AgeSet]) -> Figure:
    """The exact answer, counted by hand."""
    return _Count(indicator, ask, world, ages[ask.ages or indicator.ages]).figure()


class _Count:
    def __init__(self, indicator: Indicator, ask: Ask, world: World, ages: AgeSet) -> None:
        self.indicator, self.ask, self.world, self.ages = indicator, ask, world, ages

    def figure(self) -> Figure:
        units = self.units()
        cells, people, hits = {}, {}, {}
        for chosen in chain.from_iterable(
            combinations(range(len(self.ask.by)), n) for n in range(len(self.ask.by) + 1)
        ):
            found: dict[Key, list[_Unit]] = {(): []} if not chosen else {}
            for unit in units:
                found.setdefault(tuple((self.ask.by[n].value, unit.cell[n]) for n in chosen), []).append(unit)
            for key, some in found.items():
                cells[key] = self.value(some)
                if self.indicator.source is Source.JOURNEY:
                    families = self.indicator.measure is Measure.FAMILIES
                    people[key] = len(some) if families else len(set().union(*(unit.people for unit in some)))
                if self.indicator.measure is Measure.SHARE:
                    hits[key] = sum(unit.hit for unit in some)
        return Figure(self.indicator.code, cells, people, hits)

    def value(self, units: list[_Unit]) -> int | Decimal | None:
        values = sorted(unit.value for unit in units)
        match self.indicator.measure:
            case Measure.PEOPLE | Measure.FAMILIES | Measure.EVENTS:
                return len(units)
            case Measure.CONTACTS:
                return int(sum(values))
            case Measure.SUM:
                return sum(values, Decimal(0))
            case Measure.MEAN:
                return rounded(Fraction(sum(values, Decimal(0))), len(values))
            case Measure.MEDIAN:
                half = len(values) // 2
                middle = values[half : half + 1] if len(values) % 2 else values[half - 1 : half + 1]
                return rounded(Fraction(sum(middle, Decimal(0))), len(middle)) if values else None
            case Measure.SHARE:
                return rounded(Fraction(100 * sum(unit.hit for unit in units)), len(units))

    # --- which units there are ---------------------------------------------------------------------------------------

    def units(self) -> list[_Unit]:
        if self.indicator.source is Source.REACH:
            return list(self.entries())
        if self.indicator.source is Source.GROUPS:
            return list(self.groups())
        where = self.indicator.whole or self.indicator.where
        counting = sorted(self.counting(where), key=lambda step: (step.happened_on, step.step.encode()))
        over_people = self.indicator.measure in (Measure.PEOPLE, Measure.FAMILIES, Measure.SHARE)
        if not over_people and not self.indicator.per_person:
            return [_Unit(self.cell(step), step.quantity, {self.one(step)}) for step in counting]
        hits = {self.one(step) for step in self.counting(self.indicator.where)}
        found: dict[object, _Unit] = {}
        for step in counting:
            person = self.world.person(self.one(step))
            key: object = self.one(step)
            if self.indicator.measure is Measure.FAMILIES:
                key = person.family if person else None
            if key is None:
                continue
            unit = found.setdefault(key, _Unit(self.cell(step), hit=key in hits))
            unit.value += step.quantity
            unit.people.add(self.one(step))
        return list(found.values())

    def one(self, step: Step) -> int:
        return self.world.stands_for(step.who, self.ask.as_of)

    def counting(self, where: Where) -> Iterator[Step]:
        for step in self.world.steps:
            if self.stands(step) and self.asked(step) and self.fulfils(step, where):
                yield step

    def stands(self, step: Step) -> bool:
        as_of = self.ask.as_of
        if as_of is None:
            return step.reversed_at is None
        return step.recorded_at <= as_of and not (step.reversed_at is not None and step.reversed_at <= as_of)

    def asked(self, record: Step | Entry | Group) -> bool:
        return (
            record.happened_on in self.ask.period
            and (not self.ask.districts or record.district in self.ask.districts)
            and (not self.ask.jamoats or record.jamoat in self.ask.jamoats)
            and (not self.ask.agencies or record.agency in self.ask.agencies)
        )

    def fulfils(self, step: Step, where: Where) -> bool:
        return (
            named(step.service, where.services)
            and (not where.outcomes or step.outcome in where.outcomes)
            and (not where.sex or self.sex(step) in where.sex)
            and self.of_age(step, where.age_from, where.age_to)
            and (not where.disability or self.attribute(step, "disability") in where.disability)
            and (not where.ties or self.attribute(step, "tie") in where.ties)
            and placed(step, where)
            and all(self.has_had(step, service) for service in where.having)
        )

    def has_had(self, step: Step, service: str) -> bool:
        return any(
            self.one(other) == self.one(step)
            and self.stands(other)
            and other.outcome == "completed"
            and named(other.service, (service,))
            and other.happened_on <= step.happened_on
            for other in self.world.steps
        )

    # --- what is known of a step -------------------------------------------------------------------------------------

    def attribute(self, step: Step, name: str) -> str:
        person = None if step.coded else self.world.person(self.one(step))
        return (getattr(person, name) or "unknown") if person else "unknown"

    def sex(self, step: Step) -> str:
        return (step.sex or "unknown") if step.coded else self.attribute(step, "sex")

    def age(self, step: Step) -> tuple[float, float] | None:
        """The youngest and the oldest that somebody can be on the day; None: nobody knows."""
        if step.coded:
            if step.age_low is None:
                return None
            return (step.age_low, float("inf") if step.age_high is None else step.age_high)
        person = self.world.person(self.one(step))
        if person is None or person.birth is None:
            return None
        years = person.birth.age(step.happened_on).years
        return (years, years)

    def of_age(self, step: Step, low: int | None, high: int | None) -> bool:
        if low is None and high is None:
            return True
        age = self.age(step)
        return age is not None and (low is None or age[0] >= low) and (high is None or age[1] <= high)

    def band(self, step: Step) -> str:
        age = self.age(step)
        if age is None:
            return "unknown"
        for band in self.ages.bands:
            low, high = (int(band[:-1]), float("inf")) if band.endswith("+") else map(int, band.split("-"))
            if low <= age[0] and age[1] <= high:
                return band
        return "unknown"

    def cell(self, step: Step) -> tuple[str, ...]:
        known = {
            Dimension.SEX: self.sex,
            Dimension.AGE: self.band,
            Dimension.DISABILITY: lambda step: self.attribute(step, "disability"),
            Dimension.TIE: lambda step: self.attribute(step, "tie"),
            Dimension.DISTRICT: lambda step: step.district,
            Dimension.JAMOAT: lambda step: step.jamoat,
            Dimension.AGENCY: lambda step: step.agency,
            Dimension.MONTH: lambda step: step.happened_on.isoformat()[:7],
            Dimension.SERVICE: lambda step: step.service,
        }
        return tuple((known[one](step) if one in known else "") or "unknown" for one in self.ask.by)

    # --- reach and groups --------------------------------------------------------------------------------------------

    def known(self, record: Entry | Group) -> bool:
        return self.ask.as_of is None or record.recorded_at <= self.ask.as_of

    def entries(self) -> Iterator[_Unit]:
        where = self.indicator.where
        for entry in self.world.entries:
            taken_back = entry.reversed_at is not None and (
                self.ask.as_of is None or entry.reversed_at <= self.ask.as_of
            )
            if (
                taken_back
                or not (self.known(entry) and self.asked(entry) and placed(entry, where))
                or (where.channels and entry.channel not in where.channels)
                or (where.topics and entry.topic not in where.topics)
            ):
                continue
            if self.indicator.measure is Measure.CONTACTS:
                yield from self.contacts(entry)
            else:
                value = entry.repeat if self.indicator.value == "repeat" else entry.contacts
                yield _Unit(self.cell_of(entry, {}), Decimal(value))

    def contacts(self, entry: Entry) -> Iterable[_Unit]:
        """Each contact for itself."""
        child = self.ages.code == "child"
        for n, sex, age in (
            (entry.women, "female", "18+"), (entry.girls, "female", "0-17"), (entry.men, "male", "18+"),
            (entry.boys, "male", "0-17"), (entry.unknown, "unknown", "unknown"),
        ):  # fmt: skip
            for _ in range(n):
                yield _Unit(
                    self.cell_of(entry, {Dimension.SEX: sex, Dimension.AGE: age if child else "unknown"}), Decimal(1)
                )

    def groups(self) -> Iterator[_Unit]:
        where = self.indicator.where
        for group in self.world.groups:
            if (
                self.known(group)
                and self.asked(group)
                and placed(group, where)
                and named(group.service, where.services)
                and (not where.states or group.state in where.states)
            ):
                value = group.sessions if self.indicator.value == "sessions" else group.learners
                yield _Unit(self.cell_of(group, {}), Decimal(value))

    def cell_of(self, record: Entry | Group, more: Mapping[Dimension, str]) -> tuple[str, ...]:
        own = "district jamoat agency service" if isinstance(record, Group) else "district jamoat agency channel topic"
        known = {name: str(getattr(record, name)) for name in own.split()}
        known["month"] = record.happened_on.isoformat()[:7]
        return tuple(more.get(one) or known.get(one.value) or "unknown" for one in self.ask.by)


def named(service: str, codes: Sequence[str]) -> bool:
    """Whether ``codes`` name a service, or its noun, or nothing at all."""
    return not codes or any(
        code == service or (code.endswith(".*") and service.split(".", maxsplit=1)[0] == code[:-2]) for code in codes
    )


def placed(record: Step | Entry | Group, where: Where) -> bool:
    return all(
        not wanted or getattr(record, name) in wanted
        for name, wanted in (("district", where.districts), ("jamoat", where.jamoats), ("agency", where.agencies))
    )


def rounded(total: Fraction, n: int) -> Decimal | None:
    """``total`` by ``n`` to two places, halves upwards, computed in fractions."""
    if n == 0:
        return None
    cents = total * 100 / n
    below = cents.numerator // cents.denominator
    return Decimal(below + (cents - below >= Fraction(1, 2))) / 100
