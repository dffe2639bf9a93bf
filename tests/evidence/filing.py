"""Files of figures for one test: a folder of its own, a refresh at this very moment, the engines side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from paivand.evidence.actions.snapshots import refresh_snapshot
from paivand.evidence.queries import counting, tail
from paivand.evidence.queries.figures import figures
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Dimension, Measure
from paivand.evidence.rules.snapshots import MARGIN, Engine, Snapshot
from paivand.registry.models import JourneyStep
from tests.evidence.stage import indicator

STEPS = indicator("steps", Measure.EVENTS)
VISITED = indicator("visited", services=("visit.*",))
EVERYTHING = [
    STEPS, VISITED, indicator("families", Measure.FAMILIES), indicator("hours", Measure.SUM),
    indicator("both", services=("visit.*", "survivor.*")),
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of this test's own, and files from the first step on."""
    # A session of the owner, left open by another test, tells nothing of itself and would hold the watermark back.
    for other in connections.all(initialized_only=True):
        if other.alias != connection.alias:
            other.close()
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "EVIDENCE_LIVE_STEPS", 0)
    counting.forget()
    tail.forget_tail()
    yield tmp_path / "evidence"
    counting.forget()
    tail.forget_tail()


def refreshed(**changes) -> Snapshot:
    """Refresh with the watermark at this very moment: the files hold all that was written, and the tail nothing."""
    done = refresh_snapshot(**{"now": timezone.now() + MARGIN, **changes})
    assert done is not None
    return done.snapshot


def same_everywhere(**asked) -> None:
    """The files with their tail, and the rows in memory, give the same figures."""
    for by in ((), (Dimension.SEX, Dimension.AGE), (Dimension.DISTRICT, Dimension.DISABILITY)):
        ask = Ask(by=by, **asked)
        there = figures(EVERYTHING, ask)
        assert there.engine is Engine.FILES
        assert dict(there) == dict(figures(EVERYTHING, ask, engine=Engine.MEMORY))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """A step that is written in the block is dated ``moment``."""

    def dated(step: JourneyStep, add: bool) -> datetime:
        step.created_at = moment
        return moment

    with mock.patch.object(JourneyStep._meta.get_field("created_at"), "pre_save", dated):
        yield
