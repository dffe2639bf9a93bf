"""Puts jobs into the queue, which is a table of the same database: a job exists only if its reason was committed."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from paivand.collect.models import ImportBatch
from paivand.collect.rules.lists import LEASE_SECONDS, Job, JobState

WORK = "collect.work"
"""The name of the task. Its arguments are the keys of a list and of the user with whose rights it runs."""

TAKE = "collect.take_submissions"
"""The name of the task that takes in what arrived from the field, of all senders. Its argument is who comes first."""
TOLD_SECONDS = 0.25
"""For how long a process that has told the workers of a submission does not tell them again. A worker that begins looks
once more after this time (``LOOKS_AGAIN_SECONDS``), so that what arrives meanwhile is seen as well."""
LOOKS_AGAIN_SECONDS = 0.4
_told_at = float("-inf")

COUNT = "collect.count_answers"
"""The name of the task that counts the answers of a long survey anew, for one person's pages."""

MAKE = "collect.make_file"
"""The name of the task that makes a file of answers. Its arguments are its key and that of who asked for it."""

_queue = App(connector=DjangoConnector())
"""For writing into the queue by Django's own connection, within its transaction; in the worker process as well."""


def put_into_queue(batch: ImportBatch, job: Job) -> None:
    """Set what is to be done with ``batch``, which the caller saves, and tell a worker."""
    batch.job = job
    batch.job_state = JobState.QUEUED
    batch.lease_token = None
    batch.lease_until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    tell_worker(batch)


def tell_worker(batch: ImportBatch) -> None:
    """Put a job for ``batch`` into the queue, unless one waits there already."""
    task = _queue.configure_task(WORK, queue="lists", queueing_lock=f"list {batch.pk}")
    try:
        with transaction.atomic():
            task.defer(batch=str(batch.pk), by=str(batch.job_by_id))
    except AlreadyEnqueued:
        return


def tell_to_count(survey_id: uuid.UUID, user_id: uuid.UUID, asked: dict[str, Any]) -> None:
    """Tell a worker to count the answers of a survey anew, as ``user_id`` looks at them; asked twice, counted once."""
    told = json.dumps([str(survey_id), str(user_id), asked], sort_keys=True)
    lock = f"count {hashlib.sha256(told.encode()).hexdigest()[:40]}"
    task = _queue.configure_task(COUNT, queue="lists", queueing_lock=lock)
    try:
        with transaction.atomic():
            task.defer(survey=str(survey_id), by=str(user_id), asked=asked)
    except AlreadyEnqueued:
        return


def tell_of_file(file_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Tell a worker that a file of answers is to be made."""
    task = _queue.configure_task(MAKE, queue="lists", queueing_lock=f"answers {file_id}")
    try:
        with transaction.atomic():
            task.defer(file=str(file_id), by=str(user_id))
    except AlreadyEnqueued:
        return


def tell_of_submissions(user_id: uuid.UUID) -> None:
    """Tell a worker, once the running transaction is committed, that ``user_id`` sent something.

    It costs one statement, and that only once in ``TOLD_SECONDS`` for a whole server process, however many arrive.
    There is one job for all senders, because a training day of a hundred devices is one piece of work; within it each
    sender's forms are taken in the order in which they came. A process that dies before it has told anybody loses
    nothing: every minute a task looks for what waits.
    """
    transaction.on_commit(lambda: _tell_of_submissions(user_id), robust=True)


def _tell_of_submissions(user_id: uuid.UUID) -> None:
    global _told_at  # noqa: PLW0603  # one moment for the process is all there is to remember
    now = time.monotonic()
    if now - _told_at < TOLD_SECONDS:
        return
    _told_at = now
    task = _queue.configure_task(TAKE, queue="field", queueing_lock="take submissions")
    try:
        with transaction.atomic():
            task.defer(sender=str(user_id))
    except AlreadyEnqueued:
        return  # the job that stands there has not begun yet, so it will see this submission too
