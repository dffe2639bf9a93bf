"""The stages of a list of families on its way into the registry, and how large it may be."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text

LARGEST_FILE = 20_000_000
"""Bytes of one file."""
LARGEST_UNPACKED = 400_000_000
"""Bytes of a workbook once unpacked: a small file may hide a huge one."""
MOST_ROWS = 20_000
"""Rows of one list."""
MOST_COLUMNS = 100
CHUNK = 200
"""Families that are taken in together, in one transaction."""
LEASE_SECONDS = 60
"""How long a worker may be silent before another one takes its job over."""
MOST_ATTEMPTS = 3
"""How often a job is begun before it counts as failed."""
KEPT_DAYS = 30
"""How long the contents of a finished list are kept (decided on 24 November 2026: long enough to mend and repeat)."""


class ListState(StrEnum):
    """How far a list has come."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    IN_REVIEW = "in_review"
    MERGED = "merged"
    REFUSED = "refused"
    FAILED = "failed"


class JobState(StrEnum):
    """What the work in the background does; kept apart from the state of the list."""

    NONE = ""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(StrEnum):
    """The two pieces of work in the background."""

    CHECK = "check"
    TAKE_IN = "take_in"


class RowState(StrEnum):
    """What became of one row."""

    OK = "ok"
    ERROR = "error"
    HELD = "held"
    DUPLICATE = "duplicate"
    ANSWERED = "answered"
    TAKEN_IN = "taken_in"
    SKIPPED = "skipped"


class FileKind(StrEnum):
    """The kinds of files that can be read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


STATE_NAMES = {
    ListState.UPLOADED: text("uploaded"),
    ListState.CHECKED: text("checked"),
    ListState.IN_REVIEW: text("duplicates to answer"),
    ListState.MERGED: text("taken in"),
    ListState.REFUSED: text("refused"),
    ListState.FAILED: text("failed"),
}
JOB_NAMES = {
    JobState.NONE: text("nothing to do"),
    JobState.QUEUED: text("waiting"),
    JobState.RUNNING: text("at work"),
    JobState.DONE: text("done"),
    JobState.FAILED: text("failed"),
}
ROW_NAMES = {
    RowState.OK: text("ready"),
    RowState.ERROR: text("mistake"),
    RowState.HELD: text("waits"),
    RowState.DUPLICATE: text("to compare"),
    RowState.ANSWERED: text("another family"),
    RowState.TAKEN_IN: text("taken in"),
    RowState.SKIPPED: text("left out"),
}

FINISHED = frozenset({ListState.MERGED, ListState.REFUSED, ListState.FAILED})
"""A list in one of these states is not worked on any more."""
READY = (RowState.OK, RowState.ANSWERED)
"""Rows that will be taken in."""
BUSY = (JobState.QUEUED, JobState.RUNNING)


def may_be_mapped(state: str, job: str) -> bool:
    """Whether the columns may still be said, and the list be checked (again).

    >>> may_be_mapped("uploaded", ""), may_be_mapped("checked", "done"), may_be_mapped("merged", "done")
    (True, True, False)
    """
    return state in {ListState.UPLOADED, ListState.CHECKED, ListState.IN_REVIEW} and job not in BUSY


def may_be_taken_in(state: str, job: str) -> bool:
    """Whether the families may be taken in: checked, every duplicate answered, nothing at work.

    >>> may_be_taken_in("checked", "done"), may_be_taken_in("in_review", "done"), may_be_taken_in("checked", "running")
    (True, False, False)
    """
    return state == ListState.CHECKED and job not in BUSY


def may_be_refused(state: str, job: str, next_job: str) -> bool:
    """Whether the list may be set aside: nothing of it is taken in, and nothing is on its way.

    >>> may_be_refused("checked", "done", "check"), may_be_refused("checked", "running", "take_in")
    (True, False)
    """
    if state in FINISHED:
        return False
    return not (next_job == Job.TAKE_IN and job != JobState.NONE)
