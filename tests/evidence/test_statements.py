"""What a statement must hold, and what it must refuse; figures that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pytest

from paivand.core.rules.dates import Birth
from paivand.evidence.rules.answers import figures
from paivand.evidence.rules.asking import WHOLE, Ask, Figure, Period
from paivand.evidence.rules.conditions import unfit
from paivand.evidence.rules.indicators import Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.reading import age_sets
from paivand.evidence.rules.reading import indicators as declared
from paivand.evidence.rules.relations import RELATIONS, Dialect, Names, columns
from paivand.evidence.rules.statements import BITS, Reading, statements
from paivand.evidence.templatetags.formula import formula
from paivand.registry.rules.migration import ABSENCE_NAMES, AbsenceStatus
from tests.evidence.naive import Merge, Person, Step, World
from tests.evidence.test_engines import by_duckdb, duck
from tests.evidence.worlds import AGES

__all__ = ["duck"]
LEGAL = Indicator("legal", {}, {}, Measure.PEOPLE, Source.JOURNEY, Where(("legal.*",), ("completed",)))
TIES = (AbsenceStatus.REMITTING, AbsenceStatus.MISSING)
MARCH, APRIL = (datetime(2024, month, 1) for month in (3, 4))  # noqa: DTZ001


def step(name: str, who: int, *, on: date = date(2024, 2, 29), district: str = "A", **more: object) -> Step:
    told = {"recorded_at": MARCH, "reversed_at": None, "quantity": Decimal(1), "service": "legal.advised"} | more
    return Step(
        step=name, who=who, outcome="completed", happened_on=on, district=district, jamoat="", agency="", **told
    )


def told(duck: duckdb.DuckDBPyConnection, world: World, ask: Ask, one: Indicator = LEGAL) -> Figure:
    return by_duckdb(duck, world, (one,), ask)[one.code]


def test_a_merge_lowers_a_count_now_and_not_as_reported_then(duck: duckdb.DuckDBPyConnection) -> None:
    world = World([step("1", 1), step("2", 2)], merges=[Merge(1, 2, APRIL, None)], people=people(1, 2))
    assert told(duck, world, Ask()).whole == 1
    assert told(duck, world, Ask(as_of=APRIL - timedelta(seconds=1))).whole == 2
    assert told(duck, world, Ask(as_of=APRIL)).whole == 1


def test_a_merge_that_was_undone_counts_only_in_between(duck: duckdb.DuckDBPyConnection) -> None:
    world = World([step("1", 1), step("2", 2)], merges=[Merge(1, 2, MARCH, APRIL)], people=people(1, 2))
    assert [told(duck, world, Ask(as_of=then)).whole for then in (MARCH, APRIL, None)] == [1, 2, 2]


def test_a_step_that_was_taken_back_still_stands_in_what_was_reported_before(duck: duckdb.DuckDBPyConnection) -> None:
    world = World([step("1", 1, reversed_at=APRIL)])
    asked = [told(duck, world, Ask(as_of=then)).whole for then in (MARCH, APRIL, None)]
    assert asked == [1, 0, 0]


def test_a_moment_is_asked_in_any_zone(duck: duckdb.DuckDBPyConnection) -> None:
    world = World([step("1", 1, recorded_at=datetime(2024, 3, 1, 12))])  # noqa: DTZ001
    dushanbe = timezone(timedelta(hours=5))
    assert told(duck, world, Ask(as_of=datetime(2024, 3, 1, 16, 59, tzinfo=dushanbe))).whole == 0
    assert told(duck, world, Ask(as_of=datetime(2024, 3, 1, 17, 0, tzinfo=dushanbe))).whole == 1
    assert told(duck, world, Ask(as_of=datetime(2024, 3, 1, 12, 0, tzinfo=UTC))).whole == 1


def test_a_person_stands_where_she_was_first_reached(duck: duckdb.DuckDBPyConnection) -> None:
    world = World([
        step("b", 1, on=date(2024, 2, 1), district="B"), step("a", 1, on=date(2024, 2, 1), district="A"),
        step("0", 1, on=date(2024, 3, 1), district="C"),
    ])  # fmt: skip
    by = (Dimension.DISTRICT,)
    assert told(duck, world, Ask(by=by)).cells == {WHOLE: 1, (("district", "A"),): 1}
    # Asked from March on, she was first reached in March.
    assert told(duck, world, Ask(Period(first=date(2024, 3, 1)), by)).cells == {WHOLE: 1, (("district", "C"),): 1}


@pytest.mark.parametrize(
    ("on", "band"), [(date(2022, 2, 28), "0-17"), (date(2022, 3, 1), "18+"), (date(2003, 12, 31), "0-17")]
)
def test_who_was_born_on_29_february_is_a_year_older_on_1_march(
    duck: duckdb.DuckDBPyConnection, on: date, band: str
) -> None:
    world = World([step("1", 1, on=on)], [person(1, birth=Birth.on_day(date(2004, 2, 29)))])
    ask = Ask(by=(Dimension.AGE,), ages="child")
    assert told(duck, world, ask).cells == {WHOLE: 1, (("age", band),): 1}


def test_a_share_says_of_how_many(duck: duckdb.DuckDBPyConnection) -> None:
    share = replace(LEGAL, measure=Measure.SHARE, whole=Where(("legal.*",)), where=Where(("legal.birth_registered",)))
    world = World([step("1", 1), step("2", 1, service="legal.birth_registered"), step("3", 2), step("4", 3)])
    found = told(duck, world, Ask(), share)
    assert (found.whole, found.people, found.hits) == (Decimal("33.33"), {WHOLE: 3}, {WHOLE: 1})
    assert told(duck, World(), Ask(), share).whole is None


def test_more_indicators_than_a_mask_has_bits(duck: duckdb.DuckDBPyConnection) -> None:
    many = tuple(replace(LEGAL, code=f"i{n}", where=Where(("legal.*",), age_from=n)) for n in range(2 * BITS))
    world = World([step("1", 1)], [person(1, birth=Birth.on_day(date(1984, 1, 1)))])
    found = by_duckdb(duck, world, many, Ask())
    assert [one.whole for one in found.values()] == [1] * 41 + [0] * (2 * BITS - 41)


def test_all_people_are_counted_in_one_reading() -> None:
    people_of = [replace(LEGAL, code=f"i{n}") for n in range(10)]
    (one,) = statements(people_of, Ask(), dialect=Dialect.DUCKDB, ages=AGES)
    assert one.reading is Reading.MASKS
    assert one.text.count("from facts") == 1


def test_only_the_services_that_count_are_read() -> None:
    (one,) = statements([LEGAL], Ask(), dialect=Dialect.DUCKDB, ages=AGES)
    inner = one.text[one.text.index("from facts") : one.text.index("left join alias")]
    assert "f.service >= 'legal.' and f.service < 'legal/'" in inner
    assert "f.outcome in ('completed')" in inner


def test_relations_stand_where_the_caller_put_them() -> None:
    names = Names(**{name: f"elsewhere.{name}" for name in RELATIONS})
    (one,) = statements([LEGAL], Ask(), dialect=Dialect.POSTGRES, ages=AGES, names=names)
    assert "from elsewhere.facts f" in one.text
    assert "join elsewhere.alias" in one.text


@pytest.mark.parametrize("dialect", [Dialect.DUCKDB, Dialect.POSTGRES])
def test_what_a_reader_asks_is_never_part_of_the_statement(dialect: Dialect) -> None:
    asked = Ask(districts=("x') or true --",))
    (one,) = statements([LEGAL], asked, dialect=dialect, ages=AGES)
    assert "f.district in ('x'') or true --')" in one.text
    with pytest.raises(ValueError, match="control"):
        statements([LEGAL], Ask(districts=("x\n",)), dialect=dialect, ages=AGES)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": Source.REACH}, "reach has no people"),
        ({"measure": Measure.SUM, "value": "learners"}, "journey has no value learners"),
        ({"measure": Measure.SHARE}, "a share needs it"),
        ({"where": Where(topics=("t",))}, "journey cannot be restricted by topics"),
        ({"source": Source.GROUPS, "measure": Measure.SUM, "value": "learners", "where": Where(),
          "per_person": True}, "groups has no people to add up for"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(changes: dict[str, object], reason: str) -> None:
    wrong = replace(LEGAL, **changes)
    assert reason in unfit(wrong)
    with pytest.raises(ValueError, match=reason):
        statements([wrong], Ask(), dialect=Dialect.DUCKDB, ages=AGES)


def test_an_age_set_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no age set"):
        statements([LEGAL], Ask(by=(Dimension.AGE,), ages="elves"), dialect=Dialect.DUCKDB, ages=AGES)


def test_every_declared_indicator_is_counted_by_each_engine() -> None:
    known = list(declared().values())
    ask = Ask(by=(Dimension.SEX, Dimension.AGE, Dimension.DISTRICT))
    with duckdb.connect() as empty:
        for name in RELATIONS:
            empty.execute(f"create table {name} ({columns(name, Dialect.DUCKDB)})")
        found = figures(
            known, ask, lambda text: empty.execute(text).fetchall(), dialect=Dialect.DUCKDB, ages=age_sets()
        )
    assert list(found) == [one.code for one in known]
    assert {one.whole for one in found.values()} <= {0, None}
    for dialect in Dialect:
        # Whoever puts common table expressions before a statement relies on this.
        assert all(one.text.startswith("with ") for one in statements(known, ask, dialect=dialect, ages=age_sets()))


@pytest.mark.django_db
def test_a_formula_names_what_counts() -> None:
    one = replace(LEGAL, where=Where(("legal.advised",), ties=tuple(one.value for one in TIES), having=("visit.made",)))
    said = formula(one)
    assert "The service is one of: Legal advice." in said
    assert "By that day the person had also completed: Home visit." in said
    (ties,) = [sentence for sentence in said if "tie to the family" in sentence]
    assert all(ABSENCE_NAMES[one] in ties for one in TIES)
    reach = Indicator("r", {}, {}, Measure.SUM, Source.REACH, Where(), value="repeat")
    assert formula(reach)[0] == "The sum of contacts with people who had been reached before."


def person(who: int, birth: Birth | None = None) -> Person:
    return Person(who, "female", birth, "unknown", "unknown", None)


def people(*keys: int) -> list[Person]:
    return [person(who) for who in keys]
