"""Puts jobs into the queue, which is a table of the same database: a job exists only if its reason was committed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from paivand.collect.models import ImportBatch
from paivand.collect.rules.lists import LEASE_SECONDS, Job, JobState

WORK = "collect.work"
"""The name of the task. Its arguments are the keys of a list and of the user with whose rights it runs."""

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
