"""The list of the day: each morning a worker is told how many things are due, on the desk and, without a word about
anybody, by mail."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone, translation
from django.utils.translation import ngettext

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.cases.models import WorkerNotice
from paivand.cases.models.handover import UPKEEP
from paivand.cases.queries.desk import n_due
from paivand.cases.queries.workers import everybody
from paivand.cases.rules.notices import MORNING, NoticeKind
from paivand.core.rules.writing import writing

PATIENCE_SECONDS = 10
"""How long a mail server may take to answer; whoever is not mailed finds the list on the desk."""


def remind(*, now: datetime | None = None) -> int:
    """Tell every worker once a day, from six o'clock on, how many things are due. Returns how many were told.

    It runs with each worker's own rights, so that nobody is told a number that she may not see. Nothing due: nothing
    told. Things of the sealed room are never counted here: this room does not know them.
    """
    now = now or timezone.now()
    if timezone.localtime(now).hour < MORNING:
        return 0
    n_told = 0
    for user in everybody():
        count = _remind(user, now)
        if count:
            n_told += 1
            _mail(user, count)
    return n_told


def _remind(user: User, now: datetime) -> int:
    """Tell one worker, if she was not told today and something is due; returns how many things."""
    day = timezone.localdate(now)
    with acting_as(user), writing(UPKEEP):
        mine = WorkerNotice.objects.filter(for_user=user, kind=NoticeKind.DAY)
        if mine.filter(day=day).exists():
            return 0
        count = n_due(user, now=now)
        if count:
            mine.filter(seen_at=None, day__lt=day).update(seen_at=now)  # the list of a past day is over
            WorkerNotice(for_user=user, kind=NoticeKind.DAY, n=count, day=day, at=now).save(force_insert=True)
    return count


def _mail(user: User, count: int) -> None:
    """A short mail in the user's language: a number and the name of the program, nothing else."""
    if not user.email or not settings.EMAIL_HOST:
        return
    with translation.override(user.language):
        words = ngettext(
            "%(count)s thing is due today in Paivand.", "%(count)s things are due today in Paivand.", count
        ) % {"count": count}
    connection = get_connection(fail_silently=True, timeout=PATIENCE_SECONDS)
    EmailMessage(subject=words, body=words, to=[user.email], connection=connection).send(fail_silently=True)
