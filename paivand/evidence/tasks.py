"""Work of results in the background: reports go out by mail, and the snapshot follows what is written."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from paivand.evidence.actions.report_mails import send_due

logger = logging.getLogger("paivand.evidence")


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
