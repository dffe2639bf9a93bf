"""Files that are damaged, of another database, or without room: no answer is lost, and no wrong one given."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from paivand.evidence.actions import snapshots as actions
from paivand.evidence.actions.snapshots import NoRoomError, refresh_snapshot
from paivand.evidence.queries import snapshots
from paivand.evidence.queries.figures import figures
from paivand.evidence.queries.snapshots import current_snapshot, written
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.snapshots import MARGIN, Engine, Snapshot
from tests.evidence.filing import VISITED, at, own_folder, refreshed, same_everywhere
from tests.evidence.stage import counted, given

__all__ = ["own_folder"]
pytestmark = pytest.mark.django_db


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [_flip, Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-9])])
@pytest.mark.parametrize("kind", ["steps", "people"])
def test_a_damaged_file_is_noticed_and_everything_is_written_anew(harm, kind, own_folder, family, zarina):
    given(family, zarina)
    refreshed()
    harm(own_folder / getattr(written(), kind)[0].name)
    found = figures([VISITED], Ask())
    assert (found["visited"].whole, found.engine) == (1, Engine.LIVE)
    assert current_snapshot() is None
    assert refresh_snapshot(now=timezone.now() + MARGIN).rebuilt == "a file was damaged"
    assert current_snapshot() is not None
    same_everywhere()


def test_a_file_that_breaks_while_it_is_read_costs_no_answer(own_folder, family, zarina, monkeypatch):
    given(family, zarina)
    refreshed()
    monkeypatch.setattr("paivand.evidence.queries.snapshots.is_whole", lambda _piece, **_: True)
    for piece in written().steps:
        (own_folder / piece.name).write_bytes(b"PAR1" + b"0" * (piece.size - 8) + b"PAR1")
    assert counted(VISITED) == 1
    assert (own_folder / snapshots.DAMAGED).exists()


@pytest.mark.parametrize("changes", [
    {"database": "another 1"}, {"key": "of another key"}, {"last_step": "0" * 8 + "-0000-7000-8000-" + "0" * 12},
])  # fmt: skip
def test_files_of_another_database_are_not_read(changes, own_folder, family, zarina):
    given(family, zarina)
    snapshot = refreshed()
    (own_folder / snapshots.LIST).write_text(replace(snapshot, **changes).text())
    assert current_snapshot() is None
    assert counted(VISITED) == 1
    assert refresh_snapshot().rebuilt == "it was of another database"


def test_steps_that_are_gone_or_dated_back_are_noticed(family, zarina):
    given(family, zarina)
    refreshed()
    with at(timezone.now() - timedelta(days=2)):
        given(family, zarina)
    assert refresh_snapshot(now=timezone.now() + MARGIN).rebuilt == "the number of steps differs"
    same_everywhere()


def test_a_list_of_another_making_is_no_list(own_folder, family, zarina):
    snapshot = refreshed()
    text = snapshot.text()
    assert Snapshot.read(text) == snapshot
    for other in ("", "{", "[]", text.replace('"format": 2', '"format": 0'), text.replace('"until"', '"til"')):
        assert Snapshot.read(other) is None


def test_a_full_disk_leaves_the_former_files(own_folder, family, zarina, monkeypatch):
    given(family, zarina)
    refreshed()
    before = {path.name for path in own_folder.glob("*")}
    given(family, zarina)
    whole = actions._Writer._write

    def full(writer, kind, query):
        if kind == "people":
            raise OSError(28, "No space left on device")
        return whole(writer, kind, query)

    monkeypatch.setattr(actions._Writer, "_write", full)
    with pytest.raises(NoRoomError, match="No space left on device"):
        refreshed()
    assert {path.name for path in own_folder.glob("*")} == before
    same_everywhere()


def test_old_files_go_when_nobody_reads_them_any_more(own_folder, family, zarina):
    refreshed(rebuild=True)
    old = [own_folder / piece.name for piece in written().pieces]
    refreshed(rebuild=True)
    assert all(path.exists() for path in old)
    for path in old:
        os.utime(path, (1, 1))
    refreshed()
    assert not any(path.exists() for path in old)
