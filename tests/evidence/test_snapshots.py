"""The snapshot: nothing is missed and nothing doubled, whoever writes meanwhile; no survivor and no key is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.utils import timezone

from paivand.evidence.actions.snapshots import refresh_snapshot
from paivand.evidence.queries import counting, tail
from paivand.evidence.queries.figures import figures
from paivand.evidence.queries.snapshots import current_snapshot
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Dimension, Measure
from paivand.evidence.rules.snapshots import Engine, Snapshot
from paivand.registry.models import JourneyStep
from tests.evidence.stage import coded, counted, given, indicator

pytestmark = pytest.mark.django_db
STEPS = indicator("steps", Measure.EVENTS)
VISITED = indicator("visited", services=("visit.*",))
EVERYTHING = [
    STEPS, VISITED, indicator("families", Measure.FAMILIES), indicator("hours", Measure.SUM),
    indicator("both", services=("visit.*", "survivor.*")),
]  # fmt: skip
LATER = timedelta(hours=2)
"""So much later the watermark lies behind everything that a test wrote."""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of this test's own, and files from the first step on."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "EVIDENCE_LIVE_STEPS", 0)
    counting.forget()
    tail.forget_tail()
    yield tmp_path / "evidence"
    counting.forget()
    tail.forget_tail()


def refreshed(**changes) -> Snapshot:
    done = refresh_snapshot(**{"now": timezone.now() + LATER, **changes})
    assert done is not None
    return done.snapshot


def same_everywhere(**asked) -> None:
    """The files with their tail, and the rows in memory, give the same figures."""
    for by in ((), (Dimension.SEX, Dimension.AGE), (Dimension.DISTRICT, Dimension.DISABILITY)):
        ask = Ask(by=by, **asked)
        there = figures(EVERYTHING, ask)
        assert there.engine is Engine.FILES
        assert dict(there) == dict(figures(EVERYTHING, ask, engine=Engine.MEMORY))


def test_what_came_before_and_after_the_watermark_is_counted_once(family, dusti_family, zarina, farrukh, gulnoz):
    given(family, zarina)
    coded(family.head, gulnoz)
    first = refreshed()
    assert first.n_steps == counted(STEPS, Engine.MEMORY) - 1
    same_everywhere()
    given(dusti_family, farrukh)
    coded(dusti_family.head, gulnoz)
    # The step lies before the watermark of a clock that was set two hours ahead, so the next one starts anew.
    assert refresh_snapshot(now=timezone.now() + LATER).rebuilt == "the number of steps differs"
    same_everywhere()
    assert counted(VISITED) == 2


def test_what_is_written_after_the_watermark_is_read_from_the_database(family, dusti_family, zarina, farrukh):
    given(family, zarina)
    snapshot = refreshed(now=timezone.now())  # two minutes of margin: the files hold nothing of this test
    held = snapshot.n_steps
    given(dusti_family, farrukh)
    assert counted(VISITED) == 2
    assert current_snapshot().n_steps == held
    same_everywhere()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """A step that is written in the block is dated ``moment``."""

    def dated(step: JourneyStep, add: bool) -> datetime:
        step.created_at = moment
        return moment

    with mock.patch.object(JourneyStep._meta.get_field("created_at"), "pre_save", dated):
        yield


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
