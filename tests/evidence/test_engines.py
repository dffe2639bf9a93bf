"""One declaration gives one figure: counted by hand, by DuckDB and by PostgreSQL, cell by cell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paivand.evidence.rules.answers import figures
from paivand.evidence.rules.asking import Ask, Figure
from paivand.evidence.rules.indicators import Indicator
from paivand.evidence.rules.relations import RELATIONS, Dialect, columns
from tests.evidence import naive
from tests.evidence.worlds import AGES, asks, indicators, relations, worlds

PLENTY = settings(
    max_examples=int(os.environ.get("PAIVAND_EXAMPLES", "120")),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
SEVERAL = st.integers(1, 8).flatmap(lambda n: st.tuples(*(indicators(f"i{number}") for number in range(n))))


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        for name in RELATIONS:
            connection.execute(f"create table {name} ({columns(name, Dialect.DUCKDB)})")
        yield connection


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(os.environ["PAIVAND_TEST_SERVER"], autocommit=True) as connection:
        for name in RELATIONS:
            connection.execute(f"create temporary table {name} ({columns(name, Dialect.POSTGRES)})")
        yield connection


def by_duckdb(
    connection: duckdb.DuckDBPyConnection, world: naive.World, some: tuple[Indicator, ...], ask: Ask
) -> dict[str, Figure]:
    for name, rows in relations(world, ask.as_of).items():
        connection.execute(f"delete from {name}")
        if rows:
            marks = ", ".join("?" for _ in RELATIONS[name])
            connection.executemany(f"insert into {name} values ({marks})", rows)
    return figures(some, ask, lambda text: connection.execute(text).fetchall(), dialect=Dialect.DUCKDB, ages=AGES)


def by_postgres(
    connection: psycopg.Connection[Any], world: naive.World, some: tuple[Indicator, ...], ask: Ask
) -> dict[str, Figure]:
    for name, rows in relations(world, ask.as_of).items():
        connection.execute(f"truncate {name}")
        with connection.cursor().copy(f"copy {name} from stdin") as copy:
            for row in rows:
                copy.write_row(row)
    return figures(some, ask, lambda text: connection.execute(text).fetchall(), dialect=Dialect.POSTGRES, ages=AGES)


def by_hand(world: naive.World, some: tuple[Indicator, ...], ask: Ask) -> dict[str, Figure]:
    return {one.code: naive.figure(one, ask, world, AGES) for one in some}


def same(found: dict[str, Figure], expected: dict[str, Figure], some: tuple[Indicator, ...]) -> None:
    for one in some:
        assert found[one.code].cells == expected[one.code].cells, one
        assert found[one.code].people == expected[one.code].people, one
        assert found[one.code].hits == expected[one.code].hits, one
        kinds = {type(value) for value in found[one.code].cells.values()}
        assert kinds == {type(value) for value in expected[one.code].cells.values()}, one


@PLENTY
@given(world=worlds(), some=SEVERAL, ask=asks())
def test_every_engine_counts_what_a_hand_counts(
    duck: duckdb.DuckDBPyConnection, postgres: psycopg.Connection[Any], world: naive.World,
    some: tuple[Indicator, ...], ask: Ask,
) -> None:  # fmt: skip
    expected = by_hand(world, some, ask)
    same(by_duckdb(duck, world, some, ask), expected, some)
    same(by_postgres(postgres, world, some, ask), expected, some)


@PLENTY
@given(world=worlds(), some=SEVERAL, ask=asks())
def test_parts_add_up_to_the_whole(
    duck: duckdb.DuckDBPyConnection, world: naive.World, some: tuple[Indicator, ...], ask: Ask
) -> None:
    found = by_duckdb(duck, world, some, ask)
    for one in some:
        if one.measure not in ("people", "families", "events", "contacts", "sum"):
            continue
        cells = found[one.code].cells
        for dimension in ask.by:
            parts = [value for key, value in cells.items() if [name for name, _category in key] == [dimension.value]]
            assert sum(parts) == cells[()], (one, dimension)
