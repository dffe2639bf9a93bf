"""Invented records and declarations for engines to count, and the five relations that are made of the records."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from paivand.core.rules.dates import Birth, Precision
from paivand.evidence.rules.asking import Ask, Period
from paivand.evidence.rules.conditions import MEASURES, VALUES
from paivand.evidence.rules.indicators import AgeSet, Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.relations import RELATIONS
from tests.evidence.naive import Entry, Group, Merge, Person, Step, World

AGES = {
    "child": AgeSet("child", (0, 18)),
    "programme": AgeSet("programme", (0, 6, 18, 25, 60)),
    "grown": AgeSet("grown", (15, 30)),
    "all": AgeSet("all", (0,)),
}
# Codes that a careless quotation, pattern or sort would stumble over.
SERVICES = ("legal.advised", "legal.a_b", "legalx.advised", "legal_aid.advised", "survivor.served", "курс.ёд")
OUTCOMES = ("completed", "declined")
PLACES = ("TJ-KT-01", "TJ-KT-02", "О'зод", 'a"b\\', "")
CODES = ("radio", "it's", "")
NAMES = st.sampled_from(PLACES)
SMALL = st.integers(0, 3)


def picked(values: tuple[str, ...], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    """Mostly no restriction, sometimes some of ``values``."""
    return st.one_of(st.just(()), st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True).map(tuple))


# Few days and moments, so that they meet: the ends of a period, birthdays, and what was known just then.
DAYS = st.sampled_from([
    date(2023, 6, 30), date(2023, 7, 1), date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 14), date(2024, 2, 15),
    date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1),
])  # fmt: skip
MOMENTS = st.integers(0, 5).map(lambda n: datetime(2024, 2, 28, 12) + timedelta(days=n))  # noqa: DTZ001
LATER = st.one_of(st.none(), MOMENTS)
BIRTHS = st.one_of(
    st.none(),
    st.sampled_from([Birth.on_day(date(2008, 2, 29)), Birth.on_day(date(2006, 2, 28)), Birth.on_day(date(2006, 3, 1))]),
    st.builds(Birth.on_day, st.dates(date(1940, 1, 1), date(2024, 4, 1))),
    st.builds(Birth.in_month, st.integers(1990, 2024), st.integers(1, 12)),
    st.builds(Birth.in_year, st.integers(1990, 2024)),
    st.builds(lambda years: Birth.from_age(years, asked_on=date(2023, 11, 1)), st.integers(0, 70)),
)


@st.composite
def worlds(draw: st.DrawFn, most: int = 25) -> World:
    """Steps of registered people, of participants nobody knows more of, and of coded ones; reach and groups."""
    people = [
        Person(
            who, draw(st.sampled_from(("female", "male", ""))), draw(BIRTHS),
            draw(st.sampled_from(("yes", "no", "unknown"))), draw(st.sampled_from(("remits", "missing", "unknown"))),
            draw(st.sampled_from((100, 101, 102, None))),
        )
        for who in range(1, draw(st.integers(1, 7)) + 1)
    ]  # fmt: skip
    known = [one.who for one in people]
    # A merge points to a later record, so that chains arise and circles do not.
    merges = [
        Merge(who, draw(st.sampled_from(known[place + 1 :])), draw(MOMENTS), draw(LATER))
        for place, who in enumerate(known[:-1])
        if draw(st.booleans())
    ]
    steps = []
    for number in range(draw(st.integers(0, most))):
        coded = draw(st.integers(0, 4)) == 0
        low = draw(st.sampled_from((None, 0, 12, 18, 26))) if coded else None
        high = low + draw(st.sampled_from((5, 7, 30))) if low is not None and draw(st.booleans()) else None
        recorded_at = draw(MOMENTS)
        steps.append(
            Step(
                # Not in the order of time, and differing in letters that some collations sort otherwise.
                f"{draw(st.sampled_from('aZ9_-b'))}{number:03d}",
                draw(st.integers(900, 902)) if coded else draw(st.sampled_from([*known, 50, 51])),
                draw(st.sampled_from(SERVICES)), draw(st.sampled_from(OUTCOMES)),
                Decimal(draw(st.integers(1, 999))) / 100, draw(DAYS), recorded_at,
                draw(st.one_of(st.none(), st.just(recorded_at + timedelta(days=draw(st.integers(0, 3)))))),
                draw(NAMES), draw(NAMES), draw(NAMES), coded,
                draw(st.sampled_from(("female", "male", ""))) if coded else "", low, high,
            )
        )  # fmt: skip
    return World(
        steps, people, merges, [draw(entries(n)) for n in range(draw(st.integers(0, 6)))],
        [draw(groups(n)) for n in range(draw(st.integers(0, 5)))],
    )  # fmt: skip


@st.composite
def entries(draw: st.DrawFn, number: int) -> Entry:
    return Entry(
        number, draw(st.sampled_from(CODES)), draw(st.sampled_from(CODES)), draw(NAMES), draw(NAMES), draw(NAMES),
        draw(DAYS), draw(MOMENTS), draw(SMALL), draw(SMALL), draw(SMALL), draw(SMALL), 1 + draw(SMALL), draw(SMALL),
        draw(LATER),
    )  # fmt: skip


@st.composite
def groups(draw: st.DrawFn, number: int) -> Group:
    return Group(
        number, draw(st.sampled_from(SERVICES)), "c", draw(st.sampled_from(("open", "finished"))), draw(DAYS),
        draw(MOMENTS), draw(NAMES), draw(NAMES), draw(NAMES), draw(SMALL), draw(SMALL),
    )  # fmt: skip


@st.composite
def wheres(draw: st.DrawFn, source: Source) -> Where:
    """Any condition that records of this source can answer."""
    places = {name: draw(picked(PLACES)) for name in ("districts", "jamoats", "agencies")}
    if draw(st.booleans()):
        places = {}
    services = picked((*SERVICES, "legal.*", "курс.*"), 3)
    if source is Source.REACH:
        return Where(channels=draw(picked(CODES)), topics=draw(picked(CODES)), **places)
    if source is Source.GROUPS:
        return Where(services=draw(services), states=draw(picked(("open", "finished"))), **places)
    # A few conditions at once, or hardly a step would fulfil them all.
    parts = {
        "services": services, "outcomes": picked(OUTCOMES), "sex": picked(("female", "male", "unknown")),
        "age_from": st.sampled_from((0, 1, 15, 18)), "age_to": st.sampled_from((0, 17, 18, 30)),
        "disability": picked(("yes", "no", "unknown")), "ties": picked(("remits", "missing", "unknown")),
        "having": picked(("legal.advised", "legal.*", "survivor.served")),
        **{name: picked(PLACES) for name in ("districts", "jamoats", "agencies")},
    }  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), max_size=3, unique=True))
    return Where(**{name: draw(parts[name]) for name in chosen})


@st.composite
def indicators(draw: st.DrawFn, code: str) -> Indicator:
    source = draw(st.sampled_from((Source.JOURNEY, Source.JOURNEY, Source.JOURNEY, Source.GROUPS, Source.REACH)))
    measure = draw(st.sampled_from(MEASURES[source]))
    adds_up = measure in (Measure.SUM, Measure.MEAN, Measure.MEDIAN)
    return Indicator(
        code, {"en": code}, {"en": code}, measure, source, draw(wheres(source)),
        whole=draw(wheres(source)) if measure is Measure.SHARE else None,
        value=draw(st.sampled_from(sorted(VALUES[source]))),
        per_person=adds_up and source is Source.JOURNEY and draw(st.booleans()),
        ages=draw(st.sampled_from(sorted(AGES))),
    )  # fmt: skip


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    """Any question of up to three dimensions."""
    ends = sorted(draw(st.lists(DAYS, min_size=2, max_size=2)))
    period = draw(st.sampled_from([Period(), Period(ends[0], ends[1]), Period(first=ends[0]), Period(last=ends[1])]))
    by = draw(st.lists(st.sampled_from(list(Dimension)), max_size=3, unique=True))
    return Ask(
        period, tuple(by), draw(LATER), ages=draw(st.sampled_from(("", "", "child", "grown"))),
        districts=draw(st.sampled_from(((), (), (), PLACES[:3]))), jamoats=draw(st.sampled_from(((), (), PLACES[1:]))),
        agencies=draw(st.sampled_from(((), (), PLACES[2:]))),
    )  # fmt: skip


def aged_from(birth: Birth | None) -> date | None:
    """The day from which completed years are counted."""
    if birth is None:
        return None
    later = {Precision.MONTH: birth.on.replace(day=15), Precision.YEAR: birth.on.replace(month=7)}
    return later.get(birth.precision, birth.on)


def relations(world: World, as_of: datetime | None) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the five relations, in the order of their columns."""
    numbers = ("contacts", "women", "men", "girls", "boys", "unknown", "repeat")
    reach = []
    for one in world.entries:
        counts = [getattr(one, name) for name in numbers]
        told = (one.channel, one.topic, "", one.district, one.jamoat, one.agency, one.happened_on)
        reach.append((one.entry, *told, one.recorded_at, *counts))
        if one.reversed_at:
            taken_at = max(one.reversed_at, one.recorded_at)
            reach.append((one.entry + 1000, *told, taken_at, *(-count for count in counts)))
    rows: dict[str, list[tuple[Any, ...]]] = {
        "facts": [tuple(getattr(step, name) for name in RELATIONS["facts"]) for step in world.steps],
        "people": [
            (one.who, one.sex, aged_from(one.birth), one.disability, one.tie, one.family, one.district, one.jamoat)
            for one in world.people
        ],
        "alias": [
            (one.who, world.stands_for(one.who, as_of))
            for one in world.people
            if world.stands_for(one.who, as_of) != one.who
        ],
        "reach": reach,
        "groups": [
            (one.grp, one.service, one.course, one.state, one.happened_on, one.recorded_at, one.district, one.jamoat,
             one.agency, one.learners, one.sessions)
            for one in world.groups
        ],
    }  # fmt: skip
    return rows
