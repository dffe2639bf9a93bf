"""The rows that measuring fills in: they must be rows of the real tables."""

from __future__ import annotations

import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import psycopg
import pytest

from bench import casework, pages, population, rooms, users
from bench.__main__ import free_port
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
    casework.fill(site.url, 480)
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
    assert filled.ask("select count(*) from cases_case") == 480
    with psycopg.connect(filled.url) as connection:
        for table in (*TABLES, *casework.TABLES):
            row = connection.execute(f"select exists (select from {table})").fetchone()
            assert row == (True,), table
        for table, column, other, key in connection.execute(ORPHANS, [[*TABLES, *casework.TABLES]]).fetchall():
            without = f"select count(*) from {table} where {column} is not null"
            row = connection.execute(f"{without} and {column} not in (select {key} from {other})").fetchone()
            assert row == (0,), f"{table}.{column}"


def test_the_worker_whose_desk_is_measured_has_work_on_it(filled: Installation) -> None:
    hers = "owner_id = (select id from access_user where username = 'social.kulob')"
    assert 5 <= filled.ask(f"select count(*) from cases_case where state <> 'closed' and {hers}") <= 60
    due = f"select count(*) from cases_due where done_at is null and cancelled_at is null and {hers}"
    assert filled.ask(f"{due} and due_at < now()")
    assert filled.ask(f"{due} and due_at > now()")
    assert filled.ask(f"select count(*) from cases_planaction where in_force and state = 'open' and {hers}")
    assert filled.ask(f"select count(*) from referrals_notice where seen_at is null and {hers}")


def test_every_page_that_is_measured_answers(filled: Installation) -> None:
    port = free_port()
    server = filled.start("demo", PAIVAND_PORT=str(port), PAIVAND_WORKERS="1")
    try:
        wait_for(port, 400)  # on a busy machine
        measured = (*pages.pages(filled.url), *rooms.pages(filled.url))
        for one in measured:
            users.measure(port, dict.fromkeys(one.people), one.visit, 2)
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert len({one.name for one in measured}) == len(measured) > 30


def wait_for(port: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < deadline, "The server does not answer."
            time.sleep(0.1)


def test_every_index_stands_again(filled: Installation, installations: Callable[[], Installation]) -> None:
    fresh = installations()
    assert fresh.run("migrate", "--verbosity=0").returncode == 0
    indexes = "select string_agg(indexname, ' ' order by indexname) from pg_indexes where schemaname = 'public'"
    assert filled.ask(indexes) == fresh.ask(indexes)
