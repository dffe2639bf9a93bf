"""How fast figures are counted: the engine's statements on DuckDB beside plain queries, PostgreSQL and pandas.

``python -m bench.engine --steps 10000000 --people 2000000`` needs no installation of the bench: it writes Parquet files
of invented steps, asks the published results table of them, and asserts that everybody finds the same numbers. The aim
is a ratio, because two computers differ in seconds and hardly in ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from paivand.evidence.rules.answers import figures
from paivand.evidence.rules.asking import Ask, Figure, Period
from paivand.evidence.rules.indicators import AgeSet, Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.relations import RELATIONS, Dialect, columns

RATIO_AIM = 1.5
"""Of the plain DuckDB queries of the same counts."""
ROUNDS = 3
BEGAN, ENDED = date(2021, 8, 1), date(2023, 11, 3)
PERIOD = Period(BEGAN, date(2023, 6, 30))
N_DISTRICTS = 24
AGES = {"programme": AgeSet("programme", (0, 6, 12, 18, 25, 60))}
CONDITIONS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "1 women with a diploma": (("learning.vocational_completed",), {"sex": ("female",), "age_from": 18}),
    "2 children supported": (("social.supported",), {"age_to": 17}),
    "2 women supported": (("social.supported",), {"sex": ("female",), "age_from": 18}),
    "3 social workers trained": (("learning.professionals_trained",), {}),
    "5 women in farmer field schools": (("learning.field_school_completed",), {"sex": ("female",), "age_from": 18}),
    "5 children in farmer field schools": (("learning.field_school_completed",), {"age_to": 17}),
    "6 trainers of field schools": (("learning.trainers_trained",), {}),
    "7 financial literacy": (("learning.finance_completed",), {}),
    "9 legal, social and protection": (("legal.advised", "legal.birth_registered", "child.protected"), {}),
    "10 survivors served": (("survivor.served",), {"sex": ("female",)}),
}
"""The published figures that count people: services, and what must be true of the person. All are completed."""
OTHERS = tuple(f"other.service_{n}" for n in range(20))
SERVICES = (*sorted({code for codes, _more in CONDITIONS.values() for code in codes}), *OTHERS)
GROUPS = {"4 farmer field schools": "learning.field_school_completed", "4 junior schools": "learning.trainers_trained"}
CONTACTS = "8 contacts"

INDICATORS = [
    *(
        Indicator(code, {}, {}, Measure.PEOPLE, Source.JOURNEY, Where(codes, ("completed",), **more))
        for code, (codes, more) in CONDITIONS.items()
    ),
    *(
        Indicator(code, {}, {}, Measure.EVENTS, Source.GROUPS, Where((service,), states=("finished",)))
        for code, service in GROUPS.items()
    ),
    Indicator(CONTACTS, {}, {}, Measure.CONTACTS, Source.REACH, Where(), value="contacts"),
]
BY: dict[str, tuple[Dimension, ...]] = {
    "in all": (),
    "by sex": (Dimension.SEX,),
    "by district": (Dimension.DISTRICT,),
}


# --- the data --------------------------------------------------------------------------------------------------------


def _texts(values: tuple[str, ...] | list[str], codes: np.ndarray[Any, Any]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype("int32")), pa.array(list(values))).cast(pa.string())


def _keys(random: np.random.Generator, at: np.ndarray[Any, Any]) -> pa.Array:
    """Identifiers of version 7 for moments in milliseconds, as texts."""
    raw = random.integers(0, 256, (len(at), 16), dtype=np.uint8)
    raw[:, :6] = at.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
    raw[:, 6], raw[:, 8] = 0x70 | raw[:, 6] & 0x0F, 0x80 | raw[:, 8] & 0x3F
    digits = np.frombuffer(raw.tobytes().hex().encode(), dtype=np.uint8).reshape(-1, 32)
    text = np.full((len(at), 36), ord("-"), dtype=np.uint8)
    for to, start, end in ((0, 0, 8), (9, 8, 12), (14, 12, 16), (19, 16, 20), (24, 20, 32)):
        text[:, to : to + end - start] = digits[:, start:end]
    offsets = pa.py_buffer(np.arange(0, 36 * len(at) + 1, 36, dtype=np.int64))
    return pa.LargeStringArray.from_buffers(len(at), offsets, pa.py_buffer(text.tobytes()))


def write(folder: Path, n_steps: int, n_people: int) -> None:
    """Steps in the order of their days, people, merges, groups and entries of reach; always the same."""
    random = np.random.default_rng(2021)
    n_days = (ENDED - BEGAN).days
    days = np.sort(random.integers(0, n_days, n_steps))
    who = random.integers(0, n_people, n_steps)
    service = random.choice(len(SERVICES), n_steps)
    happened = np.datetime64(BEGAN) + days
    recorded = happened.astype("datetime64[us]") + random.integers(0, 10 * 86_400_000_000, n_steps)
    taken_back = np.where(random.random(n_steps) < 0.01, recorded + np.timedelta64(86_400, "s"), np.datetime64("NaT"))
    districts = [f"TJ-{n:02d}" for n in range(N_DISTRICTS)]
    jamoats = [f"{district}-{n}" for district in districts for n in range(10)]
    # Most services are given where somebody lives, some in the next district.
    district = (who + (random.random(n_steps) < 0.1)) % N_DISTRICTS
    nothing = np.zeros(n_steps)
    facts = {
        "step": _keys(random, recorded.astype("datetime64[ms]").astype("int64")), "who": who,
        "coded": np.zeros(n_steps, bool), "service": _texts(SERVICES, service),
        "outcome": _texts(["completed", "declined"], random.random(n_steps) < 0.1),
        "quantity": pa.array(random.integers(1, 9, n_steps)).cast(pa.decimal128(21, 2)).cast(pa.decimal128(12, 2)),
        "happened_on": happened.astype("datetime64[D]"), "recorded_at": recorded, "reversed_at": taken_back,
        "district": _texts(districts, district), "jamoat": _texts(jamoats, district * 10 + who % 10),
        "agency": _texts(["iom", "unwomen", "unicef", "fao"], service % 4), "sex": _texts([""], nothing),
        "age_low": pa.nulls(n_steps, pa.int16()), "age_high": pa.nulls(n_steps, pa.int16()),
    }  # fmt: skip
    ids = np.arange(n_people)
    people = {
        "who": ids, "sex": _texts(["female", "male"], random.random(n_people) < 0.35),
        "aged_from": np.datetime64("1950-01-01") + random.integers(0, 365 * 70, n_people),
        "disability": _texts(["yes", "no", "unknown"], random.integers(0, 3, n_people)),
        "tie": _texts(["remits", "missing", "unknown"], random.integers(0, 3, n_people)), "family": ids // 5,
        "district": _texts(districts, ids % N_DISTRICTS), "jamoat": _texts(jamoats, ids % N_DISTRICTS * 10),
    }  # fmt: skip
    merged = random.choice(n_people, n_people // 200 * 2, replace=False).reshape(2, -1)
    n = max(20, n_steps // 200)
    when = np.datetime64(BEGAN) + random.integers(0, n_days, n)
    place = {
        "district": _texts(districts, random.integers(0, N_DISTRICTS, n)), "jamoat": _texts([""], np.zeros(n)),
        "agency": _texts(["fao"], np.zeros(n)),
    }  # fmt: skip
    sides = {f"n_{side}": random.integers(0, 40, n) for side in ("women", "men", "girls", "boys", "unknown")}
    reach = {
        "entry": np.arange(n), "channel": _texts(["session"], np.zeros(n)), "topic": _texts([""], np.zeros(n)),
        "campaign": _texts([""], np.zeros(n)), **place,
        "happened_on": when, "recorded_at": when.astype("datetime64[us]"), "n_contacts": sum(sides.values()), **sides,
        "n_repeat": np.zeros(n),
    }  # fmt: skip
    groups = {
        "grp": np.arange(n), "service": _texts(SERVICES, random.choice(len(SERVICES), n)),
        "course": _texts([""], np.zeros(n)), "state": _texts(["finished", "running"], random.integers(0, 2, n)),
        "happened_on": when, "recorded_at": when.astype("datetime64[us]"), **place,
        "n_learners": random.integers(5, 30, n), "n_sessions": random.integers(5, 30, n),
    }  # fmt: skip
    alias = {"who": merged[0], "one": merged[1]}
    for name, made in (("facts", facts), ("people", people), ("alias", alias), ("reach", reach), ("groups", groups)):
        table = pa.table({column: made[column] for column in RELATIONS[name]})
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", row_group_size=122_880)


# --- who counts ------------------------------------------------------------------------------------------------------

Cells = dict[tuple[str, str], int]
"""Code of the indicator, and the category or "" for the whole."""


@dataclass(frozen=True)
class Counter:
    """Somebody who counts the table by one dimension or none."""

    name: str
    count: Callable[[tuple[Dimension, ...]], Cells]


def _cells(found: dict[str, Figure]) -> Cells:
    return {
        (code, "".join(category for _name, category in key)): int(value or 0)
        for code, figure in found.items()
        for key, value in figure.cells.items()
    }


def ours(run: Callable[[str], Any], dialect: Dialect) -> Callable[[tuple[Dimension, ...]], Cells]:
    return lambda by: _cells(figures(INDICATORS, Ask(PERIOD, by), run, dialect=dialect, ages=AGES))


def plain(run: Callable[[str], Any], by: tuple[Dimension, ...]) -> Cells:
    """What somebody would write who knows the data: one query for each figure, and nothing that it does not need."""
    found: Cells = {}

    def add(code: str, rows: list[Any]) -> None:
        for category, n in rows:
            found[code, ""] = found.get((code, ""), 0) + int(n or 0)
            if by:
                found[code, category] = int(n or 0)

    days = f"f.happened_on between date '{PERIOD.first}' and date '{PERIOD.last}'"
    age = (
        "year(f.happened_on) - year(p.aged_from) - (month(f.happened_on) * 100 + day(f.happened_on) "
        "< month(p.aged_from) * 100 + day(p.aged_from))::int"
    )
    for code, (services, more) in CONDITIONS.items():
        is_simple = not more and by != (Dimension.SEX,)
        who = "coalesce(a.one, f.who)"
        must = [days, "f.reversed_at is null", "f.outcome = 'completed'", f"f.service in {(*services, '')!r}"]
        must += ["p.sex = 'female'"] if "sex" in more else []
        must += [f"{age} >= 18"] if "age_from" in more else [f"{age} <= 17"] if "age_to" in more else []
        source = f"facts f left join alias a on a.who = f.who {'' if is_simple else f'join people p on p.who = {who}'}"
        rows = f"from {source} where {' and '.join(must)}"
        if by == (Dimension.DISTRICT,):
            first = f"select arg_min(f.district, (f.happened_on, f.step)) as c {rows} group by {who}"
            add(code, run(f"select c, count(*) from ({first}) group by c"))
        elif by:
            add(code, run(f"select p.sex, count(distinct {who}) {rows} group by p.sex"))
        else:
            add(code, run(f"select '', count(distinct {who}) {rows}"))
    unknown = "'unknown'" if by else "''"
    where_at = "f.district" if by == (Dimension.DISTRICT,) else unknown
    for code, service in GROUPS.items():
        must = [days, f"f.service = '{service}'", "f.state = 'finished'"]
        add(code, run(f"select {where_at}, count(*) from groups f where {' and '.join(must)} group by 1"))
    if by == (Dimension.SEX,):
        sums = "sum(n_women + n_girls), sum(n_men + n_boys), sum(n_unknown)"
        ((women, men, rest),) = run(f"select {sums} from reach f where {days}")
        add(CONTACTS, [("female", women), ("male", men), ("unknown", rest)])
    else:
        add(CONTACTS, run(f"select {where_at}, sum(n_contacts) from reach f where {days} group by 1"))
    return found


def pandas_counter(folder: Path) -> Callable[[tuple[Dimension, ...]], Cells]:
    """The same with data frames: everything in memory, texts as categories."""
    import pandas as pd

    def read(name: str, *texts: str, **more: Any) -> pd.DataFrame:
        return pq.read_table(folder / f"{name}.parquet", read_dictionary=list(texts), **more).to_pandas(
            date_as_object=False
        )

    needed = ["step", "who", "service", "outcome", "happened_on", "reversed_at", "district"]

    def count(by: tuple[Dimension, ...]) -> Cells:
        facts = read("facts", "service", "outcome", "district", columns=needed)
        days = lambda frame: (frame.happened_on >= str(PERIOD.first)) & (frame.happened_on <= str(PERIOD.last))  # noqa: E731
        wanted = [code for codes, _more in CONDITIONS.values() for code in codes]
        facts = facts[
            days(facts) & facts.reversed_at.isna() & (facts.outcome == "completed") & facts.service.isin(wanted)
        ]
        alias = read("alias").set_index("who").one
        facts = facts.assign(one=facts.who.map(alias).fillna(facts.who).astype("int64"))
        people = read("people", "sex", columns=["who", "sex", "aged_from"]).rename(columns={"who": "one"})
        facts = facts.merge(people, on="one", how="left")
        day, born = facts.happened_on.dt, facts.aged_from.dt
        age = day.year - born.year - (day.month * 100 + day.day < born.month * 100 + born.day)
        found: Cells = {}
        name = by[0].value if by else None
        for code, (services, more) in CONDITIONS.items():
            must = facts.service.isin(services)
            must &= (facts.sex == "female") if "sex" in more else True
            must &= (age >= more["age_from"]) if "age_from" in more else True
            must &= (age <= more["age_to"]) if "age_to" in more else True
            some = facts[must]
            if name == "district":
                some = some.sort_values(["happened_on", "step"])
            some = some.drop_duplicates("one")
            found[code, ""] = len(some)
            for category, n in some[name].value_counts().items() if name else ():
                found[code, str(category)] = int(n)
        for code, frame in (*((code, read("groups")) for code in GROUPS), (CONTACTS, read("reach"))):
            some = frame[days(frame)]
            if code in GROUPS:
                some = some[(some.service == GROUPS[code]) & (some.state == "finished")].assign(n_contacts=1)
            found[code, ""] = int(some.n_contacts.sum())
            if name == "district":
                found.update({(code, str(key)): int(n) for key, n in some.groupby("district").n_contacts.sum().items()})
            elif name:
                found[code, "unknown"] = found[code, ""]
        if name == "sex":
            some = read("reach")
            some = some[days(some)]
            found[CONTACTS, "female"] = int((some.n_women + some.n_girls).sum())
            found[CONTACTS, "male"] = int((some.n_men + some.n_boys).sum())
            found[CONTACTS, "unknown"] = int(some.n_unknown.sum())
        return found

    return count


@contextlib.contextmanager
def in_postgres(url: str, folder: Path) -> Iterator[Callable[[str], Any]]:
    """The relations as tables of PostgreSQL for the time of the block; gives what runs a statement."""
    import psycopg
    from pyarrow import csv

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set work_mem = '256MB'")
        for name in RELATIONS:
            connection.execute(f"create temporary table {name} ({columns(name, Dialect.POSTGRES)})")
            with connection.cursor().copy(f"copy {name} from stdin (format csv)") as copy:
                for batch in pq.ParquetFile(folder / f"{name}.parquet").iter_batches(200_000):
                    out = io.BytesIO()
                    csv.write_csv(batch, out, csv.WriteOptions(include_header=False, quoting_style="needed"))
                    # Texts are quoted, so that an empty one is not read as null.
                    copy.write(out.getvalue())
            connection.execute(f"analyze {name}")
        yield lambda text: connection.execute(text).fetchall()


# --- measuring -------------------------------------------------------------------------------------------------------


def show(folder: Path, url: str | None, rounds: int = ROUNDS) -> None:
    """Print the seconds of each counter and their ratio to plain queries on DuckDB."""
    with duckdb.connect() as duck, contextlib.ExitStack() as open_things:
        for name in RELATIONS:
            duck.execute(f"create view {name} as select * from '{folder / f'{name}.parquet'}'")

        def run(text: str) -> Any:
            return duck.execute(text).fetchall()

        counters = [
            Counter("plain queries on DuckDB", lambda by: plain(run, by)),
            Counter("Paivand on DuckDB", ours(run, Dialect.DUCKDB)),
            Counter("pandas", pandas_counter(folder)),
        ]
        if url:
            began = time.perf_counter()
            on_server = open_things.enter_context(in_postgres(url, folder))
            print(f"{'loading PostgreSQL':40} {time.perf_counter() - began:8.1f} s", flush=True)
            counters.append(Counter("Paivand on PostgreSQL", ours(on_server, Dialect.POSTGRES)))
        for asked, by in BY.items():
            show_question(asked, by, counters, rounds)


def show_question(asked: str, by: tuple[Dimension, ...], counters: list[Counter], rounds: int) -> None:
    """Each counter in turn, several times, so that what disturbs the machine disturbs all of them."""
    seconds: dict[str, list[float]] = {one.name: [] for one in counters}
    told: dict[str, Cells] = {}
    for turn in range(rounds):
        for one in counters:
            if turn and "DuckDB" not in one.name:
                continue
            began = time.perf_counter()
            told[one.name] = one.count(by)
            seconds[one.name].append(time.perf_counter() - began)
    measure = statistics.median(seconds[counters[0].name])
    for one in counters:
        assert {key: n for key, n in told[one.name].items() if n} == {
            key: n for key, n in told[counters[0].name].items() if n
        }, f"{one.name} counts otherwise"
        took = statistics.median(seconds[one.name])
        aim = (
            f"   {took / measure / RATIO_AIM:5.2f} of the aim of {RATIO_AIM:g}" if "Paivand on Duck" in one.name else ""
        )
        print(f"results table {asked:12} {one.name:26} {took:8.2f} s {took / measure:6.2f} x plain{aim}", flush=True)


def main(arguments: list[str] | None = None, url: str | None = None) -> None:
    """Write, measure and print."""
    parser = argparse.ArgumentParser(prog="bench.engine", description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, help="a fifth of the steps unless told")
    parser.add_argument("--postgres", default=url, help="the address of a server for temporary tables")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        write(folder, options.steps, options.people or options.steps // 5)
        size = sum(one.stat().st_size for one in folder.iterdir()) / 1e6
        print(
            f"{f'writing {options.steps:,} steps ({size:.0f} MB)':40} {time.perf_counter() - began:8.1f} s", flush=True
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            show(folder, options.postgres, options.rounds)


if __name__ == "__main__":
    main()
