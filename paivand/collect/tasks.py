"""Work in the background: lists are checked and taken in step by step, and the program looks after itself.

A job's arguments are keys only. It runs with the identity and the rights of the user who asked for it; each step is a
transaction of its own, so that what is done is done, and a killed worker loses one step at most.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.collect.actions import erasing, survey_files
from paivand.collect.actions import work as actions
from paivand.collect.actions.arrival import whole
from paivand.collect.actions.queue import COUNT, LOOKS_AGAIN_SECONDS, MAKE, TAKE, WORK, tell_of_submissions
from paivand.collect.actions.survey_counts import keep_counts
from paivand.collect.actions.survey_exports import Source, demand_readable, questions_for, write_answers
from paivand.collect.actions.taking import run_what_waited_out, take_some
from paivand.collect.actions.work import LeaseLostError
from paivand.collect.models import ImportBatch, SubmissionFile, SurveyAnswer, SurveyFile
from paivand.collect.queries import lists as queries
from paivand.collect.queries.matches import Sought, facts_of, likely_families
from paivand.collect.queries.survey_answers import answers, files_of_each, questions_of
from paivand.collect.queries.survey_counts import Asked, counts
from paivand.collect.queries.survey_files import file_seen_by
from paivand.collect.queries.surveys import survey_seen_by
from paivand.collect.queries.waiting import waiting_senders
from paivand.collect.rules.checking import Checked, CheckedRow, Known, check
from paivand.collect.rules.lists import Job, JobState
from paivand.collect.rules.problems import Unreadable
from paivand.collect.rules.sheets import read_grid
from paivand.collect.rules.survey_export import trouble_of
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError

logger = logging.getLogger("paivand.collect")
_ending = threading.Event()
"""Set when the worker is asked to end: a job gives itself back after the step it is at."""

ROWS_AT_ONCE = 500
ANSWERS_AT_ONCE = 1_000
TURNS_AN_HOUR = 20
"""How often within an hour some forms from before an update are looked at."""


def end_soon() -> None:
    """Ask the running job to give itself back."""
    _ending.set()


@app.task(name=WORK, queue="lists", pass_context=True)
def work(context: JobContext | None, *, batch: str, by: str) -> None:
    """Do what is to be done with a list, until it is done, or somebody else has it, or the worker ends."""
    batch_id = uuid.UUID(batch)
    user = queries.worker_of(uuid.UUID(by))
    if user is None:
        actions.give_up(batch_id)
        return
    try:
        with translation.override(user.language):
            _work(batch_id, user, lambda: _ending.is_set() or bool(context and context.should_abort()))
    except LeaseLostError:
        logger.info("List %s is with another worker.", batch_id)
    except (WithoutRightError, OutsideScopeError):
        actions.give_up(batch_id)


@app.periodic(cron="* * * * *", periodic_id="wake")
@app.task(name="collect.wake_silent_lists", queue="upkeep", queueing_lock="wake_silent_lists")
def wake_silent_lists(timestamp: int) -> None:
    """Every minute: jobs whose worker fell silent are put back into the queue."""
    actions.wake_silent_lists()


@app.periodic(cron="17 * * * *", periodic_id="erase")
@app.task(name="collect.erase_old_lists", queue="upkeep", queueing_lock="erase_old_lists")
def erase_old_lists(timestamp: int) -> None:
    """Every hour: what is kept no longer is erased."""
    while actions.erase_old_lists():
        pass


@app.periodic(cron="*/10 * * * *", periodic_id="forget")
@app.task(name="collect.forget_lost_jobs", queue="upkeep", queueing_lock="forget_lost_jobs")
async def forget_lost_jobs(timestamp: int) -> None:
    """Take jobs out of the queue whose worker is gone: their lists have been put into it anew, or will be."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


@app.task(name=TAKE, queue="field", pass_context=True)
def take_submissions(context: JobContext | None, *, sender: str) -> None:
    """Take in what arrived from the field, of all senders in turn; ``sender``, of whom this job was told, comes first.

    It looks once more after a moment: until then whoever receives submissions need not tell a worker again.
    """
    first: list[uuid.UUID] = [uuid.UUID(sender)]
    until = time.monotonic() + LOOKS_AGAIN_SECONDS

    def ending() -> bool:
        return _ending.is_set() or bool(context and context.should_abort())

    while not ending():
        now = timezone.now()
        others = waiting_senders(now)
        turns = [take_some(one, ending=ending) for one in [*first, *(key for key in others if key not in first)]]
        first = []
        if any(turns):
            continue
        if time.monotonic() >= until:
            return
        time.sleep(max(0.0, until - time.monotonic()))


@app.periodic(cron="* * * * *", periodic_id="wake_submissions")
@app.task(name="collect.wake_submissions", queue="upkeep", queueing_lock="wake_submissions")
def wake_submissions(timestamp: int) -> None:
    """Every minute: what waited long enough for an earlier form is run again, and what was forgotten is told of."""
    run_what_waited_out()
    for sender in waiting_senders(timezone.now())[:1]:
        tell_of_submissions(sender)


@app.task(name=COUNT, queue="lists")
def count_answers(*, survey: str, by: str, asked: dict[str, Any]) -> None:
    """Count the answers of a long survey anew, with the reach of who looks at them; nothing where that is gone."""
    user = queries.worker_of(uuid.UUID(by))
    if user is None:
        return
    with acting_as(user):
        found = survey_seen_by(user, uuid.UUID(survey))
        if found is not None:
            keep_counts(counts(user, found, Asked.of(asked), questions_of(found), anew=True))


class _EndingError(Exception):
    """The worker is asked to end before it has made this file."""

    def __init__(self, file: SurveyFile) -> None:
        super().__init__(str(file.pk))
        self.file = file


@app.task(name=MAKE, queue="lists")
def make_file(*, file: str, by: str) -> None:
    """Make a file of answers, until it is there or the right to it is gone."""
    key = uuid.UUID(file)
    user = queries.worker_of(uuid.UUID(by))
    if user is None:
        survey_files.stop_file(key)
        return
    try:
        with translation.override(user.language):
            _make_file(user, key)
    except _EndingError as ending:
        survey_files.hand_back(ending.file)
    except (WithoutRightError, OutsideScopeError):
        survey_files.stop_file(key)
    except Refused as refused:
        survey_files.stop_file(key, trouble_of(refused.code))


def _make_file(by: User, key: uuid.UUID) -> None:
    with acting_as(by):
        row = file_seen_by(by, key)
        if row is None:
            raise OutsideScopeError(str(key))
        if not survey_files.take_up(file=row, by=by):
            return
        wanted = survey_files.wanted_of(row)
        questions = questions_for(wanted, row.survey, by)
    turns = _Turns(by, row, wanted.filters)
    with tempfile.TemporaryFile() as made:
        written = write_answers(
            made, survey=row.survey, wanted=wanted, reason=row.reason, questions=questions,
            source=Source(turns.answers(), turns.files_of), by=by,
        )  # fmt: skip
        by.forget_rights()
        with whole() as stored, acting_as(by):
            survey_files.keep_file(file=row, made=made, written=written, reason=row.reason, stored=stored, by=by)


class _Turns:
    """The answers of a file, some at a time: with the rights of now, and how far it is told in between."""

    def __init__(self, by: User, row: SurveyFile, filters: AnswerFilter) -> None:
        self._by, self._row, self._filters = by, row, filters
        self._read: Sequence[SurveyAnswer] = ()
        self._files: Mapping[uuid.UUID, Mapping[str, SubmissionFile]] | None = None

    def answers(self) -> Iterator[SurveyAnswer]:
        """One after the other.

        Raises:
            _EndingError: between two answers, when the worker is asked to end.
        """
        by, row, after, n = self._by, self._row, "", 0
        while True:
            by.forget_rights()
            with acting_as(by):
                demand_readable(row.survey, by)
                page = answers(by, row.survey, self._filters, after=after, size=ANSWERS_AT_ONCE)
            self._read, self._files = page.rows, None
            for answer in page.rows:
                if _ending.is_set():
                    raise _EndingError(row)
                yield answer
            n += len(page.rows)
            survey_files.tell_progress(row.pk, n)
            if not page.more or page.after is None:
                return
            after = page.after

    def files_of(self, answer: SurveyAnswer) -> Mapping[str, SubmissionFile]:
        """The files of the answer that was given last, by name; asked for once for all that are read with it."""
        if self._files is None:
            with acting_as(self._by):
                self._files = files_of_each(self._read)
        return self._files.get(answer.pk, {})


@app.periodic(cron="* * * * *", periodic_id="survey_files")
@app.task(name="collect.wake_silent_files", queue="upkeep", queueing_lock="wake_silent_files")
def wake_silent_files(timestamp: int) -> None:
    """Every minute: files of answers whose worker fell silent are put back into the queue."""
    survey_files.wake_silent_files()


@app.periodic(cron="43 * * * *", periodic_id="old_survey_files")
@app.task(name="collect.forget_old_files", queue="upkeep", queueing_lock="forget_old_files")
def forget_old_files(timestamp: int) -> None:
    """Every hour: files of answers whose time is over go."""
    while survey_files.forget_old_files():
        pass


@app.periodic(cron="37 * * * *", periodic_id="erase_old_forms")
@app.task(name="collect.erase_old_forms", queue="upkeep", queueing_lock="erase_old_forms")
def erase_old_forms(timestamp: int) -> None:
    """Every hour: older forms learn whom they name, and what forms said that were taken in long ago is erased."""
    for _turn in range(TURNS_AN_HOUR):
        if not erasing.note_missing_keys():
            break
    while erasing.erase_old_forms():
        pass


def _work(batch_id: uuid.UUID, by: User, ending: Callable[[], bool]) -> None:
    with acting_as(by):
        found = queries.list_seen_by(by, batch_id)
        if found is None:
            raise OutsideScopeError(str(batch_id))
        batch = actions.begin_job(batch=found, by=by)
    if batch.job_state != JobState.RUNNING:
        return
    with _failures_told(batch, by):
        if batch.job == Job.CHECK:
            _check(batch, by, ending)
        else:
            _take_in(batch, by, ending)


@contextmanager
def _failures_told(batch: ImportBatch, by: User) -> Iterator[None]:
    """Say on the list why it cannot be read or what broke. Without the database nothing can be said: the lease ends."""
    try:
        yield
    except Unreadable as unreadable:
        with acting_as(by):
            actions.fail_job(batch=batch, code=unreadable.code, values=unreadable.values, by=by)
    except (LeaseLostError, WithoutRightError, OutsideScopeError, OperationalError, InterfaceError):
        raise
    except Exception as broken:
        # The message of an error may quote a row of the list, so only its place in the program is logged.
        logger.error("The work on list %s broke at %s", batch.pk, _place_of(broken))
        with acting_as(by):
            actions.fail_job(batch=batch, code="crashed", by=by)


def _place_of(broken: Exception) -> str:
    frames = traceback.extract_tb(broken.__traceback__)
    return f"{type(broken).__name__}, " + ", ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames[-4:])


def _check(batch: ImportBatch, by: User, ending: Callable[[], bool]) -> None:
    with acting_as(by):
        content = queries.content(by, batch)
        known = Known(
            today=timezone.localdate(), district=str(batch.district_id), district_name=batch.district.name,
            jamoats=queries.known_jamoats(), districts=queries.known_districts(),
            own_districts=queries.own_district_codes(by), consent_for_all=batch.consent_for_all,
            seed=f"{batch.district_id}|{batch.agency_id}|{batch.team_id}",
        )  # fmt: skip
    if content is None:
        raise Unreadable("no_sheet")
    grid = read_grid(batch.kind, content, batch.sheet)
    checked = check(grid, batch.mapping, grid.numbers.index(batch.header_row or 1), known)
    for start in range(0, len(checked.rows), ROWS_AT_ONCE):
        if ending():
            with acting_as(by):
                actions.hand_back(batch=batch, by=by)
            return
        _keep(batch, by, checked, checked.rows[start : start + ROWS_AT_ONCE])
    with acting_as(by):
        actions.finish_check(batch=batch, checked=checked, by=by)


def _keep(batch: ImportBatch, by: User, checked: Checked, rows: list[CheckedRow]) -> None:
    """Look for the families of these rows in the registry, and store the rows."""
    heads = [row for row in rows if row.is_head and row.family_key]
    with acting_as(by):
        keys = {row.family_key for row in rows if row.family_key}
        known = queries.registered(by, keys)
        sought = [_sought(row, checked) for row in heads if row.family_key not in known]
        found = likely_families(by, sought)
        likely = {
            key: [{**asdict(one), "family": str(one.family)} for one in families] for key, families in found.items()
        }
        actions.keep_rows(batch, rows, likely, known, total=len(checked.rows))


def _sought(head: CheckedRow, checked: Checked) -> Sought:
    assert head.family_key is not None  # noqa: S101
    jamoat, village = head.understood["jamoat"], head.understood["village"]
    people = [head, *(row for row in checked.members(head.family_key) if row is not head)]
    facts = [facts_of(row.understood["person"], jamoat, village) for row in people]
    facts += [facts_of(row.understood["migrant"], jamoat, village) for row in people if "migrant" in row.understood]
    return Sought(head.family_key, tuple(facts))


def _take_in(batch: ImportBatch, by: User, ending: Callable[[], bool]) -> None:
    more = True
    while more:
        if ending():
            with acting_as(by):
                actions.hand_back(batch=batch, by=by)
            return
        by.forget_rights()
        with acting_as(by):
            more = actions.take_in_some(batch=batch, by=by)
