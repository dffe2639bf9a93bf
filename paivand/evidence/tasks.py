"""Work of results in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from paivand.evidence.actions.report_mails import send_due


@app.periodic(cron="11,41 * * * *", periodic_id="report_mails")
@app.task(name="evidence.send_report_mails", queue="upkeep", queueing_lock="send_report_mails")
def send_report_mails(timestamp: int) -> None:
    """Every half hour: reports that are due go out by mail; what failed is tried again, ever more seldom."""
    send_due()
