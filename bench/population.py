"""Fills a database with many invented families, past the actions, as the owner: only for measuring.

The rows are what the program writes. They are copied by two processes, without the indexes, which are built afterwards:
a million people take minutes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import psycopg
from psycopg import sql
from tqdm import tqdm

from bench.rows import LIES, SIZES, TABLES, Filler
from paivand.core.rules.codes import family_code

PROCESSES = 2
BATCH = 1000
"""Families copied at once; each batch is a transaction."""


def fill(owner_url: str, n_people: int) -> dict[str, float]:
    """Bring the database to about ``n_people`` people, and let the planner know; the seconds of each step."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        there = _count(connection, "registry_person")
        wanted = max(0, round((n_people - there) / (sum(SIZES) / len(SIZES))))
        if wanted * 500 < n_people:
            # Nearly there: all indexes are not built anew for a few families.
            return {}
        row = connection.execute(
            "select setval('registry_family_number', nextval('registry_family_number') + %s) - %s", [wanted, wanted]
        ).fetchone()
        first = int(row[0]) + 1 if row else 1
        workers = _workers(connection)
        took: dict[str, float] = {}
        with without_indexes(connection, TABLES, took):
            began = time.perf_counter()
            batches = [
                (owner_url, workers, first + start, min(BATCH, wanted - start)) for start in range(0, wanted, BATCH)
            ]
            with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
                for _ in tqdm(pool.map(_copy, batches), total=len(batches), desc="Filling", unit=" batches"):
                    pass
            took["rows"] = time.perf_counter() - began
        began = time.perf_counter()
        connection.execute("vacuum (analyze, parallel 2)")
        took["vacuum"] = time.perf_counter() - began
    return took


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def _workers(connection: psycopg.Connection[Any]) -> dict[str, tuple[str, str, str]]:
    """Who is responsible in each district: the social worker of the demonstration, with her agency and team."""
    found = {}
    for district, name in (("TJ-KT-02", "social.kulob"), ("TJ-KT-20", "social.dusti")):
        row = connection.execute(
            "select agency_id::text, team_id::text, id::text from access_user where username = %s", [name]
        ).fetchone()
        if row is None:
            raise RuntimeError(f"The demonstration lacks {name}: make it with `paivand demo --no-server` first.")
        found[district] = (row[0], row[1], row[2])
    return found


@contextmanager
def without_indexes(
    connection: psycopg.Connection[Any], tables: Iterable[str], took: dict[str, float]
) -> Iterator[None]:
    """Drop the indexes that no constraint needs, and build them again, whatever happens meanwhile."""
    rows = connection.execute(
        "select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid "
        "where i.indrelid::regclass::text = any(%s) and not exists "
        "(select from pg_constraint k where k.conindid = i.indexrelid)",
        [list(tables)],
    ).fetchall()
    for name, _definition in rows:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    try:
        yield
    finally:
        began = time.perf_counter()
        connection.execute("set maintenance_work_mem = '512MB'")
        connection.execute("set max_parallel_maintenance_workers = 2")
        for _name, definition in tqdm(rows, desc="Building indexes", unit=" indexes"):
            connection.execute(definition)
        took["indexes"] = time.perf_counter() - began


def _copy(batch: tuple[str, dict[str, tuple[str, str, str]], int, int]) -> None:
    """Copy one batch of families; in a process of its own."""
    owner_url, workers, first, n_families = batch
    lines = Filler(workers, first, seed=first).families(n_families)
    with psycopg.connect(owner_url) as connection, connection.cursor() as cursor:
        # The keys are right by construction: each is made before what points to it.
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("set local synchronous_commit = off")
        for table, columns in TABLES.items():
            names = sql.SQL(", ").join(map(sql.Identifier, f"{columns} {LIES}".split()))
            with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)) as copy:
                copy.write("\n".join(lines[table]) + "\n" if lines[table] else "")


def codes(owner_url: str, district: str, n: int) -> list[str]:
    """Some family codes of a district, spread evenly."""
    return [family_code(number) for (number,) in _some(owner_url, "select number from registry_family", district, n)]


def people(owner_url: str, district: str, n: int) -> list[tuple[str, str]]:
    """Some members of a district: the family's code and the membership's key."""
    rows = _some(
        owner_url,
        "select f.number, m.id::text from registry_familymember m join registry_family f on f.id = m.family_id "
        "and f.state = 'active' and m.until_on is null",
        district, n, prefix="f.",
    )  # fmt: skip
    return [(family_code(number), key) for number, key in rows]


def persons(owner_url: str, district: str, n: int) -> list[tuple[str, str, str, str, str]]:
    """Some people of a district as somebody types them: given name, surname, father's name, sex, year of birth."""
    query = "select given_name, family_name, father_name, sex, to_char(birth_on, 'YYYY') from registry_person"
    found = _some(owner_url, query, district, n, key="id")
    return [(given, family, father, sex, year or "") for given, family, father, sex, year in found]


def told(owner_url: str, table: str, column: str, district: str, n: int) -> list[str]:
    """Some values of a column, for searching by them."""
    query = f"select {column} from {table}"
    return [str(value) for (value,) in _some(owner_url, query, district, n, key=column)]


def _some(
    owner_url: str, query: str, district: str, n: int, *, prefix: str = "", key: str = ""
) -> list[tuple[Any, ...]]:
    order = key or f"{prefix}number"
    where = f" where {prefix}district_id = %s order by md5({order}::text) limit %s"
    with psycopg.connect(owner_url) as connection:
        return connection.execute(f"{query}{where}", [district, n]).fetchall()  # type: ignore[arg-type,call-overload]


def megabytes(owner_url: str) -> float:
    """The size of the database."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    return float(row[0]) / 1e6 if row else 0.0
