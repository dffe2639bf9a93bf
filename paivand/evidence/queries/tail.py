"""What the database knows and the files do not, as tables of this thread's DuckDB; read again when something changed.

With files: what was recorded or changed since their watermark. Without: everything. Coded steps, merges, groups and
entries of reach are few and always come from the database.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection as database

from paivand.access.models.identity import reading_facts
from paivand.evidence.queries import live, loading
from paivand.evidence.queries.counting import (
    cast,
    counter,
    number_families,
    number_people,
    number_pseudonyms,
    take_in,
)
from paivand.registry.rules.duplicates import arrows

_PLAIN = {"coded": "false", "sex": "''", "age_low": "null", "age_high": "null"}
"""What is the same for all steps that are not coded."""


@dataclass
class Tail:
    """What this thread's tables hold.

    Attributes:
        since: the watermark from which on they were read; None: everything.
        changes: what ``live.changes`` gave just before they were read.
    """

    since: datetime | None = None
    changes: str = ""
    merges: list[tuple[str, str, datetime, datetime | None]] = field(default_factory=list)
    joined: list[tuple[str, str]] = field(default_factory=list)
    alias_of: object = "never"


_own = threading.local()


def what_changed(since: datetime | None) -> str:
    """A text that is another one whenever anything was written that figures are computed from."""
    with reading_facts(), database.cursor() as cursor:
        cursor.execute(live.changes(since))
        return "|".join(map(str, cursor.fetchone()))


def read_tail(since: datetime | None, changes: str) -> tuple[duckdb.DuckDBPyConnection, Tail]:
    """Bring the tables of this thread up to date: ``tail_facts``, ``late``, ``tail_people``, ``reach`` and ``groups``.

    Args:
        changes: what ``what_changed`` gave; the tables are read after it, so that they are never older.
    """
    here = counter()
    tail: Tail | None = getattr(_own, "tail", None)
    if tail and _own.connection is here and (tail.since, tail.changes) == (since, changes):
        return here, tail
    _own.tail = None
    with reading_facts():
        steps = loading.table(live.steps(since=since), loading.STEPS)
        coded = loading.table(live.coded_steps(), loading.STEPS)
        late = loading.table(live.reversals(since=since), loading.REVERSALS) if since else None
        # After the steps, so that everybody in them is found.
        people = loading.table(live.people(since=since), loading.PEOPLE)
        merges = loading.table(live.merges(), loading.MERGES).to_pylist()
        joined = loading.table(live.joined_participants(), loading.JOINED).to_pylist()
        groups = loading.table(live.groups(), loading.GROUPS)
        reach = loading.table(live.reach(), loading.REACH)
    take_in(here, "new_steps", steps)
    take_in(here, "new_coded", number_pseudonyms(coded))
    take_in(here, "new_people", people)
    take_in(here, "late", late if late is not None else pa.schema(loading.REVERSALS.items()).empty_table())
    number_people(here, "late", "who")
    here.execute(
        "create or replace table late_people as select k.who from late l join person_keys k on k.id = l.who::uuid"
    )
    here.execute("create or replace table late as select step::uuid as step, reversed_at from late")
    _take_in_merged(here, merges, joined)
    number_people(here, "new_steps", "who")
    here.execute(
        f"create or replace table tail_facts as select {cast('facts', who='k.who', **_PLAIN)} from new_steps s "
        f"join person_keys k on k.id = s.who::uuid union all select {cast('facts')} from new_coded"
    )
    tail_people(here, "new_people")
    for name, key, rows in (("groups", "grp", groups), ("reach", "entry", reach)):
        take_in(here, "new_rows", rows)
        number = {key: f"(hash({key}) >> 1)"}
        here.execute(f"create or replace table {name} as select {cast(name, **number)} from new_rows")
    here.execute("drop table new_steps; drop table new_coded; drop table new_people; drop table new_rows")
    tail = Tail(
        since,
        changes,
        [(one["absorbed"], one["kept"], one["from_at"], one["until_at"]) for one in merges],
        [(one["absorbed"], one["kept"]) for one in joined],
    )
    _own.tail, _own.connection = tail, here
    return here, tail


def _take_in_merged(
    here: duckdb.DuckDBPyConnection, merges: list[dict[str, Any]], joined: list[dict[str, Any]]
) -> None:
    """The numbers of everybody who was ever merged with somebody, whether that stands or not: ``merged``."""
    keys = sorted({one[side] for one in (*merges, *joined) for side in ("absorbed", "kept")})
    take_in(here, "new_merged", pa.table({"who": pa.array(keys, pa.string())}))
    number_people(here, "new_merged", "who")
    here.execute(
        "create or replace table merged as select k.who from new_merged m join person_keys k on k.id = m.who::uuid; "
        "drop table new_merged"
    )


def tail_people(here: duckdb.DuckDBPyConnection, rows: str, name: str = "tail_people") -> None:
    """Turn people as the database has them into the table ``name``, with numbers in place of keys."""
    number_people(here, rows, "who")
    number_families(here, rows, "family")
    here.execute(
        f"create or replace table {name} as select {cast('people', who='k.who', family='f.who')} from {rows} p "
        "join person_keys k on k.id = p.who::uuid left join family_keys f on f.id = nullif(p.family, '')::uuid"
    )


def set_alias(here: duckdb.DuckDBPyConnection, tail: Tail, as_of: datetime | None) -> None:
    """Bring ``alias`` to what was known at a moment: who stands for whom."""
    if tail.alias_of == as_of and tail.alias_of != "never":
        return
    then = as_of.astimezone(UTC).replace(tzinfo=None) if as_of and as_of.tzinfo else as_of
    stood = [
        (absorbed, kept)
        for absorbed, kept, begun, ended in tail.merges
        if (ended is None if then is None else begun <= then and (ended is None or ended > then))
    ]
    ends = arrows((uuid.UUID(absorbed), uuid.UUID(kept)) for absorbed, kept in [*stood, *tail.joined])
    rows = {"who": [str(one) for one in ends], "one": [str(one) for one in ends.values()]}
    take_in(here, "new_alias", pa.table(rows, pa.schema({"who": pa.string(), "one": pa.string()}.items())))
    number_people(here, "new_alias", "who", "one")
    here.execute(
        "create or replace table alias as select w.who as who, o.who as one from new_alias a "
        "join person_keys w on w.id = a.who::uuid join person_keys o on o.id = a.one::uuid; drop table new_alias"
    )
    tail.alias_of = as_of


def forget_tail() -> None:
    """Let this thread read everything again."""
    _own.__dict__.clear()
