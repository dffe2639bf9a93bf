"""Work in the background: certificates of a whole group are issued some at a time.

A job's arguments are keys only. It runs with the identity and the rights of who asked for it, and each step is a
transaction of its own.
"""

from __future__ import annotations

import uuid

from django.utils import timezone, translation
from procrastinate.contrib.django import app

from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.learning.actions import certificate_batches as actions
from paivand.learning.actions.certificate_batches import WORK
from paivand.learning.queries import certificates as queries


@app.task(name=WORK, queue="lists")
def issue_certificates(*, batch: str, by: str) -> None:
    """Issue the certificates of a batch, until all are issued or the right to it is gone."""
    batch_id = uuid.UUID(batch)
    user = queries.worker_of(uuid.UUID(by))
    if user is None:
        actions.stop_batch(batch_id)
        return
    more = True
    try:
        with translation.override(user.language):
            while more:
                user.forget_rights()
                with acting_as(user):
                    found = queries.batch_seen_by(user, batch_id)
                    if found is None:
                        raise OutsideScopeError(batch)
                    more = actions.issue_some(batch=found, by=user)
    except (WithoutRightError, OutsideScopeError, Refused):
        actions.stop_batch(batch_id)


@app.periodic(cron="* * * * *", periodic_id="certificates")
@app.task(name="learning.wake_silent_batches", queue="upkeep", queueing_lock="wake_silent_batches")
def wake_silent_batches(timestamp: int) -> None:
    """Every minute: batches whose worker fell silent are put back into the queue."""
    actions.wake_silent_batches(now=timezone.now())
