"""The rows that measuring fills in: they must be rows of the real tables."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from bench import population
from bench.rows import LIES, TABLES, Filler
from tests.operate.conftest import Installation

pytestmark = pytest.mark.xdist_group("drill")
WORKERS = dict.fromkeys(("TJ-KT-02", "TJ-KT-20"), ("a", "t", "u"))
ORPHANS = """
select k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text, f.attname
from pg_constraint k
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
where k.contype = 'f' and k.conrelid::regclass::text = any(%s)
"""


@pytest.fixture(scope="module")
def filled(installations: Callable[[], Installation]) -> Installation:
    """A small demonstration, filled up to some more people."""
    site = installations()
    done = site.run("demo", "--no-server", "--families=10")
    assert done.returncode == 0, done.stderr
    population.fill(site.url, 600)
    return site


def test_each_line_has_a_value_for_each_column() -> None:
    lines = Filler(WORKERS, 1).families(30)
    for table, columns in TABLES.items():
        assert lines[table], table
        for line in lines[table]:
            assert len(line.split("\t")) == len(f"{columns} {LIES}".split()), f"{table}: {line}"


def test_the_same_seed_gives_the_same_people() -> None:
    def told(seed: int) -> list[list[str]]:
        return [line.split("\t")[1:5] for line in Filler(WORKERS, 1, seed).families(5)["registry_person"]]

    assert told(1) == told(1) != told(2)


def test_every_table_is_filled_and_no_row_is_an_orphan(filled: Installation) -> None:
    assert 550 < filled.ask("select count(*) from registry_person") < 700
    with psycopg.connect(filled.url) as connection:
        for table, column, other, key in connection.execute(ORPHANS, [list(TABLES)]).fetchall():
            without = f"select count(*) from {table} where {column} is not null"
            row = connection.execute(f"{without} and {column} not in (select {key} from {other})").fetchone()
            assert row == (0,), f"{table}.{column}"


def test_every_index_stands_again(filled: Installation, installations: Callable[[], Installation]) -> None:
    fresh = installations()
    assert fresh.run("migrate", "--verbosity=0").returncode == 0
    indexes = "select string_agg(indexname, ' ' order by indexname) from pg_indexes where tablename like 'registry%'"
    assert filled.ask(indexes) == fresh.ask(indexes)
