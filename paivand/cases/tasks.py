"""What the program does in cases by itself, in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from paivand.cases.actions.reminders import remind
from paivand.cases.actions.transfers import end_reading_of_former_workers, expire_transfers


@app.periodic(cron="*/20 * * * *", periodic_id="remind_workers")
@app.task(name="cases.remind_workers", queue="upkeep", queueing_lock="remind_workers")
def remind_workers(timestamp: int) -> None:
    """Every twenty minutes: whoever was not told today what is due is told, once it is morning."""
    remind()


@app.periodic(cron="7 * * * *", periodic_id="end_transfers")
@app.task(name="cases.end_transfers", queue="upkeep", queueing_lock="end_transfers")
def end_transfers(timestamp: int) -> None:
    """Every hour: transfers that nobody answered in time expire, and former workers stop reading after their days."""
    while expire_transfers():
        pass
    end_reading_of_former_workers()
