"""The clock of referrals, looked at in the background."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from paivand.referrals.actions import clock


@app.periodic(cron="*/5 * * * *", periodic_id="referrals")
@app.task(name="referrals.escalate_overdue", queue="upkeep", queueing_lock="escalate_overdue")
def escalate_overdue(timestamp: int) -> None:
    """Every five minutes: late answers go to supervisors, and referrals that nobody answered end."""
    clock.escalate_overdue(now=timezone.now())
