"""Figures over files that keep up with single writes: who was touched is taken out of what the files give, and counted
anew with what she is now.

Every cell of a statement adds up over people who have nothing to do with one another: she, those who are the same
person, and those of her family. So its rows over everything are its rows over the files, less its rows over the files
for whoever was touched since, plus its rows over what is true now for the same people. The first are kept; the others
are of a few hundred people. Medians do not add up and are counted whole.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from paivand.evidence.queries.counting import folder
from paivand.evidence.queries.snapshots import facts_in, people_in
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Indicator
from paivand.evidence.rules.reading import age_sets
from paivand.evidence.rules.relations import Dialect, Names
from paivand.evidence.rules.snapshots import Snapshot
from paivand.evidence.rules.statements import Reading, Statement, statements

Rows = list[tuple[Any, ...]]

FILES = Names(facts="base_facts", people="base_people", alias="base_alias")
"""Everything that the files hold, and nobody merged."""
BEFORE = Names(facts="old_facts", people="old_people", alias="base_alias")
"""What the files hold of whoever was touched."""
AFTER = Names(facts="now_facts", people="now_people", alias="alias")
"""What is true of them now."""

MOST_TOUCHED = 100_000
"""When more people than that were touched, counting everything is as quick."""
_FEW = 200
"""So many people are looked up by their numbers, which passes over most of the files."""
_BASES_KEPT, _STATEMENTS_KEPT = 2, 600

_bases: OrderedDict[str, dict[str, Rows]] = OrderedDict()
_keeping = threading.Lock()
_own = threading.local()


def written_for(asked: Sequence[Indicator], ask: Ask, names: Names) -> list[Statement]:
    """The statements of a question over relations of these names."""
    return statements(asked, ask, dialect=Dialect.DUCKDB, ages=age_sets(), names=names)


def key_of(snapshot: Snapshot) -> str:
    """A name of what the files hold."""
    return " ".join(one.sha256 for one in (*snapshot.steps, *snapshot.late, *snapshot.people))


def kept_up(
    here: duckdb.DuckDBPyConnection, snapshot: Snapshot, asked: Sequence[Indicator], ask: Ask, changes: str
) -> list[tuple[Statement, Rows]] | None:
    """The statements of a question with their rows, over files and tail; None when too many people were touched.

    The tables of the tail, ``alias`` and the views of the files must be those of this moment.
    """
    if not _touched(here, snapshot, changes):
        return None
    found = []
    whole, files, before, after = (written_for(asked, ask, names) for names in (Names(), FILES, BEFORE, AFTER))
    for one, base, old, new in zip(whole, files, before, after, strict=True):
        if not one.adds_up:
            found.append((one, here.execute(one.text).fetchall()))
            continue
        rows = combined(
            one.reading, base_rows(here, snapshot, base.text), here.execute(old.text).fetchall(),
            here.execute(new.text).fetchall(),
        )  # fmt: skip
        found.append((one, rows))
    return found


def combined(reading: Reading, base: Iterable[Sequence[Any]], less: Iterable[Sequence[Any]],
             plus: Iterable[Sequence[Any]]) -> Rows:  # fmt: skip
    """Rows less some of them, plus others; what comes to nothing is left out.

    >>> combined(Reading.MASKS, [(1, "f", 9), (2, "f", 4)], [(1, "f", 2), (2, "f", 4)], [(1, "f", 3)])
    [(1, 'f', 10)]
    """
    n = 1 if reading is Reading.MASKS else 3
    found: dict[tuple[Any, ...], list[Any]] = {}
    for sign, rows in ((1, base), (-1, less), (1, plus)):
        for row in rows:
            cell = found.setdefault(tuple(row[:-n]), [0] * n)
            for place, value in enumerate(row[-n:]):
                cell[place] += sign * (value or 0)
    return [(*key, *cell) for key, cell in found.items() if any(cell)]


def base_rows(here: duckdb.DuckDBPyConnection, snapshot: Snapshot, text: str) -> Rows:
    """What a statement gives over the files alone: as it was kept beside them, or counted now and remembered."""
    kept, name = _base_of(snapshot), name_of(text)
    rows = kept.get(name)
    if rows is None:
        rows = here.execute(text).fetchall()
        with _keeping:
            if len(kept) < _STATEMENTS_KEPT:
                kept[name] = rows
    return rows


def _base_of(snapshot: Snapshot) -> dict[str, Rows]:
    key = key_of(snapshot)
    with _keeping:
        if key not in _bases:
            _bases[key] = {
                name: rows
                for piece in snapshot.base
                for name, rows in read_base((folder() / piece.name).read_text(encoding="utf-8")).items()
            }
            while len(_bases) > _BASES_KEPT:
                _bases.popitem(last=False)
        return _bases[key]


# --- who was touched -------------------------------------------------------------------------------------------------


def lay_base(here: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str = "base") -> None:
    """The relations over the files of a snapshot alone, as views of this name."""
    here.execute(f"create or replace temp view {name}_facts as {facts_in(snapshot)}")
    here.execute(f"create or replace temp view {name}_people as {people_in(snapshot)}")


def nobody_touched(here: duckdb.DuckDBPyConnection) -> None:
    """Empty tables for whoever was touched; ``base_facts`` and ``base_people`` must be there."""
    here.execute("create or replace temp table base_alias (who bigint, one bigint)")
    here.execute("create or replace temp table touched (who bigint)")
    here.execute("create or replace temp table old_facts as select * from base_facts limit 0")
    here.execute("create or replace temp table old_people as select * from base_people limit 0")


def touch(here: duckdb.DuckDBPyConnection, seeds: str, people: str, *, most: int = MOST_TOUCHED) -> bool:
    """Add the people of ``seeds`` to ``touched``, with their families, and what the files hold of them.

    Args:
        seeds: a statement that gives ``who``.
        people: people as they are now, of whom something may have changed: the families they came into count too.

    Returns:
        False when more than ``most`` would be touched; nothing is added then.
    """
    here.execute(
        "create or replace temp table fresh as select distinct who from "
        f"(select who from ({seeds}) union all select who from {people}) anti join touched using (who)"
    )
    fresh = _among(here, "fresh", "p.who")
    here.execute(
        "create or replace temp table families as "
        f"select p.family from base_people p where {fresh} and p.family is not null "
        f"union select family from {people} where family is not null"
    )
    here.execute(
        "create or replace temp table wider as select distinct who from (select who from fresh union all "
        f"select p.who from base_people p where {_among(here, 'families', 'p.family')}) anti join touched using (who)"
    )
    counted = "select (select count(*) from wider), (select count(*) from touched)"
    ((n_new, n_before),) = here.execute(counted).fetchall()
    if n_new + n_before > most:
        return False
    if n_new:
        wider = _among(here, "wider", "r.who")
        here.execute(f"insert into old_facts select * from base_facts r where {wider}")
        here.execute(f"insert into old_people select * from base_people r where {wider}")
        here.execute("insert into touched select who from wider")
    return True


def _among(here: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    """That a column is one of a table's values: written out where they are few, so that files are passed over."""
    rows = here.execute(f"select * from {table} limit {_FEW + 1}").fetchall()
    if len(rows) > _FEW:
        return f"{column} in (select * from {table})"
    return f"{column} in ({', '.join(str(value) for (value,) in rows)})" if rows else "false"


def _touched(here: duckdb.DuckDBPyConnection, snapshot: Snapshot, changes: str) -> bool:
    """Bring the tables of this thread to this moment. Who was touched once stays so: she is counted anew each time."""
    key = key_of(snapshot)
    if getattr(_own, "connection", None) is not here or _own.key != key:
        lay_base(here, snapshot)
        nobody_touched(here)
        _own.connection, _own.key, _own.changes = here, key, None
    if _own.changes == changes:
        return True
    seeds = "select who from tail_facts union all select who from late_people union all select who from merged"
    _own.changes = None
    if not touch(here, seeds, "tail_people"):
        return False
    here.execute(
        "create or replace temp table now_facts as select o.* replace (coalesce(o.reversed_at, l.reversed_at) as "
        "reversed_at) from old_facts o left join late l on l.step = o.step union all select * from tail_facts"
    )
    here.execute(
        "create or replace temp table now_people as select * from tail_people union all "
        "select o.* from old_people o anti join tail_people t on t.who = o.who"
    )
    _own.changes = changes
    return True


# --- kept beside the files -------------------------------------------------------------------------------------------


def name_of(text: str) -> str:
    """The name under which the rows of a statement are kept: what it asks for is not written beside the files."""
    return hashlib.sha256(text.encode()).hexdigest()


def base_text(rows: Mapping[str, Rows]) -> str:
    """What statements gave over the files, as it is kept; ``read_base`` reads it back, types included."""
    return json.dumps(rows, default=lambda value: {"$": str(value)}, ensure_ascii=False)


def read_base(text: str) -> dict[str, Rows]:
    """What ``base_text`` wrote.

    >>> read_base(base_text({"a7": [(1, None, Decimal("2.50"))]}))
    {'a7': [(1, None, Decimal('2.50'))]}
    """
    told = json.loads(text, object_hook=lambda one: Decimal(one["$"]) if set(one) == {"$"} else one)
    return {name: [tuple(row) for row in rows] for name, rows in told.items()}
