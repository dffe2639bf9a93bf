"""Certificates of a whole group, issued in the background: some at a time, each step whole or not at all.

The row of the batch is locked in every step, and who holds a certificate already is passed over. So a step that runs
twice, or two workers at once, issue nothing twice; a batch whose worker fell silent is simply taken up again.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from paivand.access.actions.mechanism import action, record_event, record_events, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.learning.actions.certificates import issue_rows, may_have_one
from paivand.learning.models import CertificateBatch, Group
from paivand.learning.models.certificates import UPKEEP
from paivand.learning.rules.issuing import AT_ONCE, SILENT_MINUTES, BatchState, Terms

WORK = "learning.issue_certificates"
"""The name of the task. Its arguments are the keys of a batch and of the user with whose rights it runs."""

_queue = App(connector=DjangoConnector())
"""For writing into the queue by Django's own connection, within its transaction."""


@action(Verb.CERTIFICATE_ISSUE, on="group")
def begin_batch(
    *, group: Group, batch_id: uuid.UUID, terms: Terms, by: User, today: date | None = None, now: datetime | None = None
) -> CertificateBatch:
    """Ask that everyone of a group who may have a certificate gets one. The same form sent twice asks once.

    Raises:
        Refused: ``not_given``; ``nobody`` when nobody is left who may have one; ``busy`` while another batch of the
            group is at work; ``terms``.
    """
    sent: CertificateBatch | None = CertificateBatch.objects.seen_by(by).filter(pk=batch_id, group=group).first()
    if sent is not None:
        return sent
    if terms.issued_on > (today or timezone.localdate()):
        raise Refused(_("A certificate is not issued on a day to come."), "terms", field="issued_on")
    # One batch of a group at a time: the second sender waits here and is told.
    Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if CertificateBatch.objects.filter(group=group, ended_at=None).exists():
        raise Refused(_("The certificates of this group are being issued already. Wait until that has ended."), "busy")
    n = may_have_one(group, terms).count()
    if not n:
        raise Refused(
            _("Nobody is left in this group who may have a certificate. The list says why for each."), "nobody"
        )
    batch: CertificateBatch = CertificateBatch(
        id=batch_id, group=group, terms=terms.plain(), n_total=n, asked_by=by, alive_at=now or timezone.now(),
        district_id=group.district_id, agency_id=group.agency_id, team_id=group.team_id, owner_id=group.owner_id,
        second_id=group.second_id,
    )  # fmt: skip
    batch.save(force_insert=True)
    _tell_worker(batch)
    remark(act="batch", n=n)
    return batch


@action(Verb.CERTIFICATE_ISSUE, on="batch")
def issue_some(*, batch: CertificateBatch, by: User, now: datetime | None = None) -> bool:
    """Issue the next certificates of a batch. Returns whether more are waiting."""
    row: CertificateBatch = CertificateBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if row.is_over:
        return False
    group = Group.objects.get(pk=row.group_id)
    terms = Terms.from_plain(row.terms)
    waiting = list(may_have_one(group, terms).select_for_update(of=("self",))[: AT_ONCE + 1])
    made = issue_rows(group, waiting[:AT_ONCE], terms, by, batch=row)
    record_events(Verb.CERTIFICATE_ISSUE, made, by=by)
    more = len(waiting) > AT_ONCE
    row.n_done += len(made)
    row.alive_at = now or timezone.now()
    row.state = BatchState.WORKING if more else BatchState.DONE
    row.ended_at = None if more else row.alive_at
    row.version += 1
    row.save()
    remark(act="issue", n=len(made))
    return more


def stop_batch(batch_id: uuid.UUID) -> None:
    """Say that nobody has the right to go on: who asked for it was suspended or lost the role."""
    with for_purpose(UPKEEP), writing(UPKEEP):
        batch = CertificateBatch.objects.select_for_update().filter(pk=batch_id, ended_at=None).first()
        if batch is not None:
            batch.state, batch.ended_at = BatchState.STOPPED, timezone.now()
            batch.save()
            record_event(Verb.CERTIFICATE_ISSUE, by=None, subject=batch, scope=batch.scope, detail={"act": "stopped"})


def wake_silent_batches(*, now: datetime | None = None) -> int:
    """Put batches whose worker fell silent back into the queue. Returns how many."""
    moment = now or timezone.now()
    silent = moment - timedelta(minutes=SILENT_MINUTES)
    with for_purpose(UPKEEP), writing(UPKEEP):
        found = list(CertificateBatch.objects.filter(ended_at=None, alive_at__lt=silent).order_by("alive_at")[:100])
        for batch in found:
            batch.alive_at = moment
            batch.save()
            _tell_worker(batch)
    return len(found)


def _tell_worker(batch: CertificateBatch) -> None:
    task = _queue.configure_task(WORK, queue="lists", queueing_lock=f"certificates {batch.pk}")
    arguments: Mapping[str, Any] = {"batch": str(batch.pk), "by": str(batch.asked_by_id)}
    try:
        with transaction.atomic():
            task.defer(**arguments)
    except AlreadyEnqueued:
        return
