"""Work of results in the background: papers and figures of reports, mails, and the snapshot.

A job's arguments are keys only. What somebody asked for is made with her identity and her rights, each step in a
transaction of its own.
"""

from __future__ import annotations

import logging
import uuid

from django.utils import timezone, translation
from procrastinate.contrib.django import app

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.evidence.actions import report_works as works
from paivand.evidence.actions.report_mails import send_due
from paivand.evidence.actions.report_works import WORK
from paivand.evidence.queries.reports import report_seen_by
from paivand.evidence.queries.works import work_seen_by, worker_of

logger = logging.getLogger("paivand.evidence")


@app.task(name=WORK, queue="lists")
def make_for_report(*, work: str, by: str) -> None:
    """Take the figures of a report or make its papers, until all is made or the right to it is gone."""
    key = uuid.UUID(work)
    user = worker_of(uuid.UUID(by))
    if user is None:
        works.stop_work(key)
        return
    try:
        with translation.override(user.language):
            begun, more = False, True
            while more:
                user.forget_rights()
                with acting_as(user):
                    more = _step(user, key, begun=begun)
                begun = True
    except (WithoutRightError, OutsideScopeError, Refused):
        works.stop_work(key)


def _step(user: User, key: uuid.UUID, *, begun: bool) -> bool:
    """One step, as she sees work and report now. The first one only says that somebody is at it."""
    work = work_seen_by(user, key)
    report = report_seen_by(user, work.report_id) if work else None
    if work is None or report is None:
        raise OutsideScopeError(str(key))
    if begun:
        return works.make_next(work=work, report=report, by=user)
    return works.take_up(work=work, by=user)


@app.periodic(cron="* * * * *", periodic_id="report_works")
@app.task(name="evidence.wake_silent_works", queue="upkeep", queueing_lock="wake_silent_works")
def wake_silent_works(timestamp: int) -> None:
    """Every minute: works whose worker fell silent are put back into the queue."""
    works.wake_silent_works(now=timezone.now())


@app.periodic(cron="23 * * * *", periodic_id="kept_papers")
@app.task(name="evidence.forget_old_papers", queue="upkeep", queueing_lock="forget_old_papers")
def forget_old_papers(timestamp: int) -> None:
    """Every hour: papers whose time is over go."""
    works.forget_old_papers(now=timezone.now())


@app.periodic(cron="11,41 * * * *", periodic_id="report_mails")
@app.task(name="evidence.send_report_mails", queue="upkeep", queueing_lock="send_report_mails")
def send_report_mails(timestamp: int) -> None:
    """Every half hour: reports that are due go out by mail; what failed is tried again, ever more seldom."""
    send_due()


@app.periodic(cron="*/5 * * * *", periodic_id="snapshot")
@app.task(name="evidence.refresh_snapshot", queue="upkeep", queueing_lock="refresh_snapshot")
def keep_snapshot(timestamp: int) -> None:
    """Every five minutes: what was recorded since the last time goes into files, once there are many steps."""
    # Every command finds the tasks, and few need DuckDB.
    from paivand.evidence.actions.snapshots import NoRoomError, refresh_snapshot
    from paivand.evidence.queries.snapshots import is_worth_files

    if not is_worth_files():
        return
    try:
        refresh_snapshot()
    except NoRoomError as error:
        logger.error("%s", error)
