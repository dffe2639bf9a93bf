"""The snapshot: nothing is missed and nothing doubled, whoever writes meanwhile; no survivor and no key is in it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.models.sealed import pseudonym
from paivand.evidence.actions.snapshots import refresh_snapshot
from paivand.evidence.queries import counting, increments, loading, snapshots
from paivand.evidence.queries.figures import figures
from paivand.evidence.queries.snapshots import current_snapshot, written
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Dimension, Measure
from paivand.evidence.rules.snapshots import MARGIN, Engine
from paivand.evidence.tasks import keep_snapshot
from paivand.instruments.rules.answers import Answer
from paivand.registry.actions.journey import reverse_step
from paivand.registry.actions.merges import merge_people
from tests.cast import KULOB, register
from tests.evidence.filing import STEPS, VISITED, at, own_folder, refreshed, same_everywhere
from tests.evidence.stage import coded, counted, given, indicator
from tests.instruments import asking

__all__ = ["own_folder"]
pytestmark = pytest.mark.django_db


def test_what_came_before_and_after_the_watermark_is_counted_once(family, dusti_family, zarina, farrukh, gulnoz):
    given(family, zarina)
    coded(family.head, gulnoz)
    held = refreshed()
    assert held.n_steps == counted(STEPS, Engine.MEMORY) - 1
    same_everywhere()
    given(dusti_family, farrukh)
    given(family, zarina)
    coded(dusti_family.head, gulnoz)
    same_everywhere()
    assert counted(VISITED) == 2
    assert refreshed().n_steps == held.n_steps + 2
    same_everywhere()


def test_what_is_written_after_the_watermark_is_read_from_the_database(family, dusti_family, zarina, farrukh):
    given(family, zarina)
    snapshot = refresh_snapshot().snapshot  # two minutes of margin: the files hold nothing of this test
    held = snapshot.n_steps
    given(dusti_family, farrukh)
    assert counted(VISITED) == 2
    assert current_snapshot().n_steps == held
    same_everywhere()


def test_a_refresh_writes_only_what_came_since(family, dusti_family, zarina, farrukh):
    now = timezone.now()
    held = refreshed(now=now - timedelta(days=3)).n_steps
    with at(now - timedelta(days=2)):
        given(family, zarina)
    assert refresh_snapshot(now=now - timedelta(days=3)).rebuilt == ""
    done = refresh_snapshot(now=now - timedelta(days=1))
    assert (done.n_written, done.rebuilt, done.snapshot.n_steps) == (1, "", held + 1)
    with at(now - timedelta(hours=12)):
        given(dusti_family, farrukh)
    done = refresh_snapshot(now=now)
    assert (done.n_written, done.rebuilt, done.snapshot.n_steps) == (1, "", held + 2)
    same_everywhere()
    assert counted(VISITED) == 2


def test_what_is_known_of_a_step_and_its_person_later_counts(family, dusti_family, zarina, farrukh, nasiba):
    step = given(family, zarina)
    given(family, zarina)
    given(dusti_family, farrukh)
    other = register(zarina, given="Ҷамила", surname="Каримова", members=0)
    given(other, zarina)
    refreshed()
    then = timezone.now()
    with acting_as(nasiba):
        reverse_step(step=step, reason="somebody else", by=nasiba)
        merge_people(kept=family.head, absorbed=other.head, reason="the same", by=nasiba, join=True)
    with acting_as(zarina):
        asking.asked(family, zarina, {"seeing": Answer("cannot")}, "wgss", person=family.head)
    for _time in range(2):
        same_everywhere()
        same_everywhere(as_of=then)
        assert (counted(VISITED), counted(VISITED, as_of=then)) == (2, 3)
        cells = figures([VISITED], Ask(by=(Dimension.DISABILITY,)))["visited"].cells
        assert cells[(("disability", "yes"),)] == 1
        assert refresh_snapshot(now=timezone.now() + MARGIN).rebuilt == ""
        assert written().late


def test_steps_taken_back_later_are_settled_once_they_are_many(family, zarina, nasiba, monkeypatch):
    steps = [given(family, zarina) for _step in range(4)]
    refreshed()
    for step in steps[:2]:
        with acting_as(nasiba):
            reverse_step(step=step, reason="wrong", by=nasiba)
        refreshed()
    same_everywhere()
    assert not written().late  # two of so few steps are more than a tenth
    assert len(written().steps) == 1
    assert counted(VISITED) == 1


def test_pieces_are_joined_when_they_are_many(family, zarina, monkeypatch):
    monkeypatch.setattr("paivand.evidence.rules.snapshots.MOST_FILES", 2)
    for _piece in range(5):
        given(family, zarina)
        snapshot = refreshed()
        assert len(snapshot.steps) <= 2
    same_everywhere()
    assert len(snapshot.people) <= 2


# --- what is not in the files ----------------------------------------------------------------------------------------


def test_neither_a_survivor_nor_a_key_of_anybody_is_on_the_disk(own_folder, family, zarina, gulnoz):
    given(family, zarina)
    step = coded(family.head, gulnoz)
    refreshed()
    both = indicator("both", services=("visit.*", "survivor.*"))
    assert counted(both) == 1
    refreshed()
    words = [step.pseudonym, str(step.pk), "survivor", pseudonym(family.head_id)]
    raw = [bytes.fromhex(step.pseudonym), step.pk.bytes]
    for person in (family.head_id, family.pk):
        words += [str(person), person.hex, pseudonym(person)]
        raw += [person.bytes, bytes.fromhex(pseudonym(person))]
    columns = set()
    for path in sorted(own_folder.glob("*")):
        content = path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
        assert not [word for word in words if word.encode() in content]
        assert not [one for one in raw if one in content]
        if path.suffix == ".parquet":
            # Pages are packed, so what they hold is looked at too.
            table = duckdb.sql(f"select * from read_parquet('{path}')")
            columns |= set(table.columns)
            told = repr(table.fetchall())
            assert not [word for word in words if word in told]
    assert columns == {
        "step", "who", "service", "outcome", "quantity", "happened_on", "recorded_at", "reversed_at", "district",
        "jamoat", "agency", "sex", "aged_from", "disability", "tie", "family",
    }  # fmt: skip


def test_duckdb_has_no_way_out(own_folder, tmp_path):
    here = counting.connected()
    for statement in (
        f"copy (select 1) to '{tmp_path}/out.csv'", "install httpfs", "select * from read_csv('/etc/passwd')",
        "attach '/tmp/other.duckdb'", "set enable_external_access = true", "set temp_directory = '/tmp'",
    ):  # fmt: skip
        with pytest.raises(duckdb.Error):
            here.execute(statement)


# --- several at once -------------------------------------------------------------------------------------------------


def test_one_process_writes_at_a_time(own_folder, family):
    refreshed()
    hold = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.flock(f, 2); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(own_folder / "writing")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert refresh_snapshot() is None
        other.communicate("\n")
    assert refresh_snapshot() is not None


def test_others_read_while_everything_is_written_anew(family, zarina):
    refreshed()
    wrong, ending = [], threading.Event()
    started = threading.Barrier(3)

    def read():
        try:
            expected = counted(STEPS, Engine.LIVE)  # what was committed before this test
            started.wait(30)
            while not ending.is_set():
                found = figures([STEPS], Ask(by=(Dimension.MONTH,)))
                if found["steps"].whole != expected or (found.engine is not Engine.LIVE and not current_snapshot()):
                    wrong.append(found)
        except BaseException as error:
            wrong.append(error)
        finally:
            counting.forget()
            connection.close()

    readers = [threading.Thread(target=read) for _reader in range(2)]
    for reader in readers:
        reader.start()
    started.wait(30)
    for _time in range(5):
        refresh_snapshot(rebuild=True)
    ending.set()
    for reader in readers:
        reader.join(60)
    assert wrong == []


@pytest.fixture
def somebody() -> Iterator[uuid.UUID]:
    """A person who is committed, so that other connections can write of her; taken away with all that was written."""
    key = new_id()
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(
            "insert into registry_person (id, version, created_at, changed_at, given_name, family_name, father_name, "
            "known_as, sex, birth_precision, is_head, sort_key, district_id) "
            "values (%s, 1, now(), now(), 'x', '', '', '', 'female', '', false, '', %s)", [key, KULOB],
        )  # fmt: skip
    # The owner's session is gone meanwhile: of such a one the application could not see whether it writes.
    yield key
    with psycopg.connect(address, autocommit=True) as owner:
        time.sleep(0.3)  # what a worker may still be committing after a test that failed
        owner.execute("delete from registry_journeystep where person_id = %s and reverses_id is not null", [key])
        owner.execute("delete from registry_journeystep where person_id = %s", [key])
        owner.execute("delete from registry_person where id = %s", [key])


ADD = (
    "insert into registry_journeystep (id, version, created_at, changed_at, person_id, pseudonym, coded_sex, "
    "coded_age, service, outcome, quantity, happened_on, place_id, recorded_by_id, district_id, reverses_id) "
    "values (%s, 1, %s, %s, %s, '', '', '', 'visit.made', 'completed', %s, current_date, %s, %s, %s, %s)"
)


class Worker(threading.Thread):
    """Writes steps of somebody in transactions that stay open for a while; some are given up, some taken back."""

    def __init__(self, who: uuid.UUID, by: uuid.UUID, seed: int, ending: threading.Event) -> None:
        super().__init__()
        self.who, self.by, self.chance, self.ending = who, by, random.Random(seed), ending  # noqa: S311
        self.kept, self.n_back, self.broke = [], 0, None

    def run(self) -> None:
        try:
            with psycopg.connect(os.environ["PAIVAND_APP_DATABASE_URL"]) as mine:
                while not self.ending.is_set():
                    self._transaction(mine)
        except BaseException as error:
            self.broke = error

    def _transaction(self, mine) -> None:
        mine.execute("select set_config('paivand.user', %s, true)", [str(self.by)])
        new = [self._add(mine) for _step in range(self.chance.randint(1, 4))]
        back = self.kept.pop() if self.kept and self.chance.random() < 0.3 else None
        if back:
            self._add(mine, back)
        time.sleep(self.chance.random() * 0.25)
        if self.chance.random() < 0.2:
            mine.rollback()
            self.kept += [back] if back else []
        else:
            mine.commit()
            self.kept += new
            self.n_back += bool(back)

    def _add(self, mine, back=None) -> uuid.UUID:
        key, now = new_id(), datetime.now(UTC)
        quantity = -1 if back else 1
        mine.execute(ADD, [key, now, now, self.who, quantity, KULOB, self.by, KULOB, back])
        return key


def test_nothing_is_lost_or_doubled_while_others_write(somebody, zarina, monkeypatch):
    monkeypatch.setattr("paivand.evidence.rules.snapshots.MARGIN", timedelta(milliseconds=20))
    monkeypatch.setattr("paivand.evidence.rules.snapshots.MOST_FILES", 3)
    monkeypatch.setattr("paivand.evidence.actions.snapshots._Writer.base", lambda *_given: ())  # many refreshes
    before = counted(VISITED, Engine.LIVE), counted(indicator("n", Measure.EVENTS, ("visit.*",)), Engine.LIVE)
    ending = threading.Event()
    workers = [Worker(somebody, zarina.pk, seed, ending) for seed in range(4)]
    for worker in workers:
        worker.start()
    taken, begun = [], time.monotonic()

    def has_seen_enough() -> bool:  # how soon that is says how busy the machine is
        n_back = sum(worker.n_back for worker in workers)
        return time.monotonic() - begun > 6 and n_back > 3 and len({one.n_steps for one in taken}) > 2

    try:
        while not has_seen_enough():
            assert time.monotonic() - begun < 90, [worker.broke for worker in workers]
            done = refresh_snapshot()
            assert done.rebuilt in {"", "there was none"}
            taken.append(done.snapshot)
            time.sleep(0.05)
    finally:
        ending.set()
    for worker in workers:
        worker.join(30)
    assert [worker.broke for worker in workers] == [None] * 4
    # Now that all have ended: each list held all there is from before its watermark, and no more.
    assert [snapshots.n_steps_before(one) for one in taken] == [one.n_steps for one in taken]
    n_kept = sum(len(worker.kept) for worker in workers)
    events = indicator("n", Measure.EVENTS, ("visit.*",))
    for _time in range(2):
        found = figures([VISITED, events], Ask())
        assert found.engine is Engine.FILES
        assert (found["visited"].whole, found["n"].whole) == (before[0] + 1, before[1] + n_kept)
        same_everywhere()
        refreshed(now=timezone.now())


def test_who_is_still_writing_holds_the_watermark_back(somebody, zarina):
    with psycopg.connect(os.environ["PAIVAND_APP_DATABASE_URL"]) as other:
        [begun] = other.execute("select now()").fetchone()  # when its transaction began
        assert refresh_snapshot().snapshot.until <= begun - MARGIN
        late = refresh_snapshot(now=timezone.now() + timedelta(days=1)).snapshot.until
        assert late < begun
        other.rollback()
        assert refresh_snapshot(now=timezone.now() + timedelta(days=1)).snapshot.until > begun


def test_sessions_that_tell_nothing_hold_it_back_for_an_hour(family):
    with psycopg.connect(os.environ["DATABASE_URL"]):
        until = refresh_snapshot().snapshot.until
    assert timezone.now() - until > timedelta(hours=1)


# --- the command and the task ----------------------------------------------------------------------------------------


def test_the_command_says_what_it_did(own_folder, family, zarina, capsys):
    call_command("snapshot", "--show")
    call_command("snapshot")
    call_command("snapshot", "--rebuild")
    call_command("snapshot", "--show")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"There is no snapshot in {own_folder} that can be read."
    assert "everything because there was none" in said[1]
    assert "everything because it was asked for" in said[2]
    assert "steps before" in said[3]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("paivand.operate.management.commands.snapshot.refresh_snapshot", lambda **_: None)
        call_command("snapshot")
    assert "Another process" in capsys.readouterr().out


def test_the_task_writes_where_there_is_enough(own_folder, family, monkeypatch, caplog):
    monkeypatch.setattr(settings, "EVIDENCE_LIVE_STEPS", 10**9)
    keep_snapshot(0)
    assert written() is None
    monkeypatch.setattr(settings, "EVIDENCE_LIVE_STEPS", -2)
    keep_snapshot(0)
    assert written() is not None


def test_a_repeated_question_is_answered_from_memory_until_something_is_written(family, zarina, monkeypatch):
    given(family, zarina)
    refreshed()
    first = figures([VISITED], Ask())
    monkeypatch.setattr("paivand.evidence.queries.figures._computed", lambda *_: pytest.fail("computed again"))
    again = figures([VISITED], Ask())
    assert (dict(again), again.engine) == (dict(first), first.engine)
    assert again.fresh_at > first.fresh_at
    monkeypatch.undo()
    monkeypatch.setattr(settings, "HOME", settings.HOME)
    given(family, zarina)
    monkeypatch.setattr("paivand.evidence.queries.figures._computed", lambda *_: {})
    assert dict(figures([VISITED], Ask())) == {}


# --- what is kept beside the files -----------------------------------------------------------------------------------


def test_steps_that_come_in_several_blocks_are_all_written(family, dusti_family, zarina, farrukh, monkeypatch):
    monkeypatch.setattr(loading.tables, "__defaults__", (1,))  # each block of a hundred thousand steps is one of a few
    for _step in range(3):
        given(family, zarina)
        given(dusti_family, farrukh)
    assert refreshed().n_steps == counted(STEPS, Engine.MEMORY)
    same_everywhere()


def base_of(snapshot):
    """What is kept beside the files, in an order of its own."""
    (piece,) = snapshot.base
    rows = increments.read_base((counting.folder() / piece.name).read_text(encoding="utf-8"))
    return {text: sorted(some, key=repr) for text, some in rows.items()}


def test_what_is_kept_up_is_what_counting_everything_gives(family, dusti_family, zarina, farrukh, nasiba, gulnoz):
    step = given(family, zarina)
    other = register(zarina, given="Ҷамила", surname="Каримова", members=2)
    given(other, zarina)
    coded(family.head, gulnoz)
    first = refreshed()
    assert base_of(first)
    with acting_as(nasiba):
        reverse_step(step=step, reason="somebody else", by=nasiba)
        merge_people(kept=family.head, absorbed=other.head, reason="the same", by=nasiba, join=True)
    given(dusti_family, farrukh)
    with acting_as(zarina):
        asking.asked(family, zarina, {"seeing": Answer("cannot")}, "wgss", person=family.head)
    kept_up = refresh_snapshot(now=timezone.now() + MARGIN).snapshot
    assert base_of(kept_up) != base_of(first)
    anew = refresh_snapshot(rebuild=True, now=kept_up.until + MARGIN).snapshot
    assert base_of(kept_up) == base_of(anew)
    assert refresh_snapshot(now=kept_up.until + MARGIN).snapshot.base == anew.base, "nothing came, nothing is counted"


def test_when_too_many_were_touched_everything_is_counted(family, zarina, monkeypatch):
    given(family, zarina)
    refreshed()
    monkeypatch.setattr(increments, "MOST_TOUCHED", 0)
    monkeypatch.setattr(increments.touch, "__kwdefaults__", {"most": 0})
    given(family, zarina)
    same_everywhere()
    assert counted(VISITED) == 1
