"""Writing the snapshot: what came since the last one, or everything; while others read it, and while people work.

It writes no record of anybody and asks for no right: the program keeps its figures quick by itself. Coded steps are
never written. A step's person is a number in the files that only the program can make from a key, and only memory here
holds both.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
from django.db import connection
from django.utils import timezone

from paivand.access.models.identity import reading_facts
from paivand.evidence.queries import live, loading
from paivand.evidence.queries.counting import cast, connected, folder, number_people, take_in
from paivand.evidence.queries.increments import (
    AFTER,
    BEFORE,
    FILES,
    Rows,
    base_text,
    combined,
    key_of,
    lay_base,
    name_of,
    nobody_touched,
    read_base,
    touch,
    written_for,
)
from paivand.evidence.queries.questions import questions
from paivand.evidence.queries.snapshots import (
    DAMAGED,
    LIST,
    database_name,
    is_of_this_database,
    is_whole,
    key_digest,
    n_steps_before,
    sha256_of,
    written,
)
from paivand.evidence.queries.tail import tail_people
from paivand.evidence.rules.reading import indicators
from paivand.evidence.rules.relations import RELATIONS
from paivand.evidence.rules.snapshots import KEPT_FOR, LARGE, MOST_CHANGED, Piece, Snapshot, joins, watermark
from paivand.evidence.rules.statements import Statement

logger = logging.getLogger("paivand.evidence")

_OF_CODED = {"coded", "sex", "age_low", "age_high"}
"""Columns that say nothing of a plain step and are not written."""
_SORTED = "who, happened_on"
"""By person, so that what the files hold of a few people is found without reading all of them."""
_FORM = "(format parquet, compression zstd, row_group_size 122880)"
Told = Callable[[int], object]


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: how many steps it wrote, how long it took, whether it wrote everything, and why."""

    snapshot: Snapshot
    n_written: int
    seconds: float
    rebuilt: str = ""


class NoRoomError(Exception):
    """The snapshot could not be written; the former one stands. The message says what to do."""


def refresh_snapshot(
    *, rebuild: bool = False, now: datetime | None = None, tell: Told = lambda _rows: None
) -> Refreshed | None:
    """Write what came since the last snapshot; everything where there is none, or it is damaged or of other data.

    Args:
        rebuild: write everything in any case.
        tell: is told, again and again, how many steps were written since.

    Returns:
        None when another process is writing at this moment.

    Raises:
        NoRoomError: when it cannot be written.
    """
    begun = time.monotonic()
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone() as is_alone:
        if not is_alone:
            return None
        # The watermark is taken before anything is read: who is not seen then begins later, and dates later.
        until = watermark(now or timezone.now(), *_oldest_writer())
        former = None if rebuild else written()
        why = "asked for" if rebuild else _fault(former)
        writer = _Writer(until, tell)
        try:
            former = None if why else former
            snapshot = writer.further(former) if former else writer.everything()
            snapshot = replace(snapshot, base=writer.base(snapshot, former))
            _keep(snapshot)
        except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as broken:
            for name in writer.names:
                (folder() / name).unlink(missing_ok=True)
            raise NoRoomError(
                f"The snapshot could not be written, and the former one stands: {str(broken).splitlines()[0]}. Look "
                f"at the room in {folder()}, and at PAIVAND_EVIDENCE_MEMORY."
            ) from broken
        finally:
            writer.here.close()
        _sweep(snapshot)
    return Refreshed(snapshot, writer.n_written, time.monotonic() - begun, why)


def _fault(former: Snapshot | None) -> str:
    """Why everything has to be written anew; empty when it need not be."""
    if former is None:
        return "there was none"
    if (folder() / DAMAGED).exists() or not all(is_whole(one, anew=True) for one in former.pieces):
        return "a file was damaged"
    if not is_of_this_database(former):
        return "it was of another database"
    if n_steps_before(former) != former.n_steps:
        return "the number of steps differs"
    return ""


def _oldest_writer() -> tuple[datetime | None, bool]:
    """When the oldest transaction of others began that may still be writing, and whether some are not to be seen."""
    with connection.cursor() as cursor:
        # What was seen of others once in a transaction stays as it was in it, unless it is asked to look again.
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute(
            "select least(min(xact_start), (select min(prepared) from pg_prepared_xacts "
            "where database = current_database())), "
            # Of sessions of other roles the database keeps even the state to itself; what it does itself has no role.
            "coalesce(bool_or(coalesce(state, 'disabled') = 'disabled'), false) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null"
        )
        oldest, unseen = cursor.fetchone()
    return oldest, unseen


class _Writer:
    """One refresh: a DuckDB of its own, and the names of what it wrote."""

    def __init__(self, until: datetime, tell: Told) -> None:
        self.here, self.until, self.tell = connected(), until, tell
        self.names: list[str] = []
        self.n_written = 0
        self.last = ("", "")

    def everything(self) -> Snapshot:
        with reading_facts():
            # People come first, so that most numbers are known when steps name them.
            people = self._people(None)
            steps = tuple(self._steps(None))
            return self._snapshot(steps, (), people)

    def further(self, former: Snapshot) -> Snapshot:
        since, self.last = former.until, ("", former.last_step)
        self.until = max(self.until, since)
        with reading_facts():
            late = self._late(former)
            steps = (*former.steps, *self._steps(since))
            people = self._changed_people(former)
        if together := joins(steps):
            steps = (*(one for one in steps if one not in together), self._joined(together))
        if sum(one.rows for one in late) * 100 > sum(one.rows for one in steps) * MOST_CHANGED:
            steps, late = (self._settled(steps, late),), ()
        return self._snapshot(steps, late, people)

    def _snapshot(self, steps: tuple[Piece, ...], late: tuple[Piece, ...], people: tuple[Piece, ...]) -> Snapshot:
        return Snapshot(
            until=self.until, built_at=datetime.now(UTC), database=database_name(), key=key_digest(),
            last_step=self.last[1], steps=steps, late=late, people=people,
        )  # fmt: skip

    def _steps(self, since: datetime | None) -> Iterator[Piece]:
        """The steps from one watermark to the next, as many files as there are millions."""
        waiting = 0
        self.here.execute("drop table if exists gathered")
        for rows in loading.tables(live.steps(since=since, until=self.until), loading.STEPS):
            if not rows.num_rows:
                continue
            self._gather(rows)
            waiting += rows.num_rows
            if waiting >= LARGE:
                yield self._write("steps", f"select * from gathered order by {_SORTED}")
                self.here.execute("drop table gathered")
                waiting = 0
        if waiting:
            yield self._write("steps", f"select * from gathered order by {_SORTED}")
            self.here.execute("drop table gathered")

    def _gather(self, rows: pa.Table) -> None:
        take_in(self.here, "new_steps", rows)
        number_people(self.here, "new_steps", "who")
        columns = ", ".join(name for name in RELATIONS["facts"] if name not in _OF_CODED)
        whole = f"select {cast('facts', who='k.who', coded='false', sex='null', age_low='null', age_high='null')} "
        found = f"select {columns} from ({whole} from new_steps s join person_keys k on k.id = s.who::uuid)"
        self.here.execute(f"create table if not exists gathered as select * from ({found}) limit 0")
        self.here.execute(f"insert into gathered {found}")
        # All of an answer is fetched: while a part of it waits, DuckDB takes in no further rows.
        ((last,),) = self.here.execute("select max((recorded_at, step)) from new_steps").fetchall()
        self.last = max(self.last, (last[0].isoformat(" "), str(last[1])) if last else self.last)
        self.n_written += rows.num_rows
        self.tell(rows.num_rows)

    def _late(self, former: Snapshot) -> tuple[Piece, ...]:
        """Steps of the former pieces that were taken back: known before, and since."""
        rows = loading.table(live.reversals(since=former.until, until=self.until), loading.REVERSALS)
        if not rows.num_rows:
            return former.late
        take_in(self.here, "late", rows)
        before = f" union select * from {_read(former.late)}" if former.late else ""
        return (self._write("late", f"select step::uuid as step, reversed_at from late{before}"),)

    def _people(self, since: datetime | None) -> tuple[Piece, ...]:
        self.here.execute("drop table if exists everybody")
        for rows in loading.tables(live.people(since=since), loading.PEOPLE):
            take_in(self.here, "new_people", rows)
            tail_people(self.here, "new_people", "some_people")
            self.here.execute("create table if not exists everybody as select * from some_people limit 0")
            self.here.execute("insert into everybody select * from some_people")
        self.here.execute("drop table new_people; drop table some_people")
        return (self._write("people", "select * from everybody order by who"),)

    def _changed_people(self, former: Snapshot) -> tuple[Piece, ...]:
        """The first file, and a second one over it; one file again when the second has grown."""
        (changed,) = self._people(former.until)
        first, *second = former.people
        if not changed.rows:
            self._take_back(changed)
            return former.people
        if second:
            joined = self._write("people", _over(changed, *second))
            self._take_back(changed)
            changed = joined
        if changed.rows * 100 <= first.rows * MOST_CHANGED:
            return (first, changed)
        whole = self._write("people", _over(changed, first))
        self._take_back(changed)
        return (whole,)

    def base(self, snapshot: Snapshot, former: Snapshot | None) -> tuple[Piece, ...]:
        """What the program's own questions come to over the files: of the former files, kept up with what came since.

        It is there before the new list counts, so that no page waits for it.
        """
        if not snapshot.steps or not snapshot.people:
            return ()
        if former and former.base and key_of(former) == key_of(snapshot):
            return former.base
        known: dict[str, Rows] = {}
        if former and former.steps and former.people:
            for piece in former.base:
                known |= read_base((folder() / piece.name).read_text(encoding="utf-8"))
        if not (known and former and self._touched_since(former, snapshot)):
            known = {}
            lay_base(self.here, snapshot)
            nobody_touched(self.here)
        after = replace(AFTER, alias=FILES.alias)
        found: dict[str, Rows] = {}
        for asked, ask in questions(indicators().values()):
            sides = (written_for(asked, ask, names) for names in (FILES, BEFORE, after))
            for one, old, new in zip(*sides, strict=True):
                if one.adds_up:
                    found[name_of(one.text)] = self._base_rows(one, old.text, new.text, known)
        return (self._write_base(found),)

    def _base_rows(self, one: Statement, old: str, new: str, known: Mapping[str, Rows]) -> Rows:
        if (name := name_of(one.text)) in known:
            less, plus = self.here.execute(old).fetchall(), self.here.execute(new).fetchall()
            return combined(one.reading, known[name], less, plus)
        # Of a declaration that is new; the files that are counted are the new ones.
        text = (
            one.text if not known else one.text.replace(FILES.facts, "next_facts").replace(FILES.people, "next_people")
        )
        rows: Rows = self.here.execute(text).fetchall()
        return rows

    def _touched_since(self, former: Snapshot, snapshot: Snapshot) -> bool:
        """Make the tables of whoever was touched between two snapshots; False where these are too many."""
        here = self.here
        lay_base(here, former)
        lay_base(here, snapshot, "next")
        nobody_touched(here)
        changed = (
            "create or replace temp table changed_people as select * from next_people except select * from base_people"
        )
        here.execute(changed)
        since = former.until.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        seeds = f"select who from next_facts where recorded_at >= timestamp '{since}'"
        if snapshot.late and snapshot.late != former.late:
            new = f"select step from {_read(snapshot.late)}"
            new += f" except select step from {_read(former.late)}" if former.late else ""
            seeds += f" union all select who from base_facts where step in ({new})"
        if not touch(here, seeds, "changed_people"):
            return False
        for name in ("facts", "people"):
            here.execute(
                f"create or replace temp table now_{name} as select * from next_{name} "
                "where who in (select who from touched)"
            )
        return True

    def _write_base(self, rows: Mapping[str, Rows]) -> Piece:
        name = f"base-{secrets.token_hex(8)}.json"
        self.names.append(name)
        path = folder() / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(base_text(rows))
            file.flush()
            os.fsync(file.fileno())
        return Piece(name, len(rows), path.stat().st_size, sha256_of(path))

    def _joined(self, pieces: tuple[Piece, ...]) -> Piece:
        return self._write("steps", f"select * from {_read(pieces)} order by {_SORTED}")

    def _settled(self, steps: tuple[Piece, ...], late: tuple[Piece, ...]) -> Piece:
        """All steps as one file, each with the moment at which it was taken back."""
        reversed_at = "coalesce(s.reversed_at, l.reversed_at) as reversed_at"
        return self._write(
            "steps",
            f"select s.* replace ({reversed_at}) from {_read(steps)} s left join {_read(late)} l on l.step = s.step "
            f"order by {_SORTED}",
        )

    def _write(self, kind: str, query: str) -> Piece:
        """Write a file under a name of its own, whole on the disk before anything names it."""
        name = f"{kind}-{secrets.token_hex(8)}.parquet"
        self.names.append(name)
        path = folder() / name
        self.here.execute(f"copy ({query}) to '{path}' {_FORM}")
        path.chmod(0o600)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        ((rows,),) = self.here.execute(f"select count(*) from read_parquet('{path}')").fetchall()
        return Piece(name, int(rows), path.stat().st_size, sha256_of(path))

    def _take_back(self, piece: Piece) -> None:
        (folder() / piece.name).unlink()


def _over(newer: Piece, older: Piece) -> str:
    """The rows of two files of people: of who stands in both, what the newer one says."""
    return (
        f"select * from (select * from {_read((newer,))} union all select o.* from {_read((older,))} as o "
        f"anti join {_read((newer,))} as n on n.who = o.who) order by who"
    )


def _read(pieces: tuple[Piece, ...]) -> str:
    names = ", ".join(f"'{folder() / one.name}'" for one in pieces)
    return f"read_parquet([{names}])"


def _keep(snapshot: Snapshot) -> None:
    """Put the new list in the place of the former one, at once."""
    draft = folder() / f"{LIST}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(snapshot.text())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder() / LIST)
    (folder() / DAMAGED).unlink(missing_ok=True)


def _sweep(snapshot: Snapshot) -> None:
    """Remove files that no list names, once nobody reads them any more."""
    named = {one.name for one in snapshot.pieces}
    old = time.time() - KEPT_FOR.total_seconds()
    for path in (*folder().glob("*.parquet"), *folder().glob("base-*.json")):
        with contextlib.suppress(OSError):
            if path.name not in named and path.stat().st_mtime < old:
                path.unlink()


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else of this machine is writing; nobody begins until the block ends."""
    hold = os.open(folder() / "writing", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(hold)
