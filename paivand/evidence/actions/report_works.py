"""Figures and papers of a report, made in the background: a step at a time, each whole or not at all.

The row of the work is locked in every step. A step that runs twice, or two workers at once, make nothing twice; a work
whose worker fell silent is taken up again, and given up after some tries. A paper is kept sealed for who asked for it,
for a day, and goes at once when a story in it may not be told any more.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.models.files import forget, store
from paivand.core.paper import PaperError
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.evidence.actions.report_locking import take_figures
from paivand.evidence.models import KeptPaper, Report, ReportWork
from paivand.evidence.models.works import UPKEEP
from paivand.evidence.queries.report_contents import photos_of
from paivand.evidence.queries.report_papers import printed, report_docx, report_pdf
from paivand.evidence.rules.making import (
    KEPT_HOURS,
    MOST_TRIES,
    SILENT_MINUTES,
    Trouble,
    WorkKind,
    WorkState,
    all_papers,
    trouble_of,
)

WORK = "evidence.make_for_report"
"""The name of the task. Its arguments are the keys of a work and of the user with whose rights it runs."""

_queue = App(connector=DjangoConnector())
"""For writing into the queue by Django's own connection, within its transaction."""


@action(Verb.REPORT_WRITE, self_service=True)
def ask_figures(*, report: Report, version: int, by: User, now: datetime | None = None) -> ReportWork:
    """Ask that the figures are taken as they are known then. While they are being taken, that work is given back.

    Raises:
        Refused: ``locked``; ``stale``.
    """
    if report.is_locked:
        raise Refused(_("This report is locked. Who may lock it can open it again."), "locked")
    if report.version != version:
        raise Refused(_("Somebody else changed this report meanwhile. Look at it again."), "stale")
    row = ReportWork(
        id=new_id(), report=report, kind=WorkKind.FIGURES, report_version=version, n_total=1, asked_by=by,
        alive_at=now or timezone.now(),
    )  # fmt: skip
    remark(act="figures asked")
    return _begun(row, by)


@action(Verb.RESULTS_VIEW, self_service=True)
def ask_papers(
    *, report: Report, papers: Sequence[str] = (), by: User, now: datetime | None = None
) -> ReportWork:  # fmt: skip
    """Ask for papers of a report, as ``tg.pdf``; for all of them where none is named. Asked twice, made once.

    Raises:
        Refused: ``unknown`` for a paper that this report has not.
    """
    there = all_papers(report.languages)
    wanted = [one for one in there if one in papers] if papers else there
    if not wanted or set(papers) - set(there):
        raise Refused(_("The report is not printed in this language."), "unknown")
    row = ReportWork(
        id=new_id(), report=report, kind=WorkKind.PAPERS, papers=wanted, n_total=len(wanted), asked_by=by,
        alive_at=now or timezone.now(),
    )  # fmt: skip
    remark(act="papers asked", n=len(wanted))
    return _begun(row, by)


def _begun(row: ReportWork, by: User) -> ReportWork:
    """The work, in the queue; or the one that is under way, which the table holds to one at a time."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        running = ReportWork.objects.filter(report_id=row.report_id, kind=row.kind, ended_at=None)
        if row.kind == WorkKind.PAPERS:
            running = running.filter(asked_by=by)
        # One that ended in this moment is asked for again by the next press.
        found: ReportWork | None = running.first()
        if found is None:
            raise Refused(_("Somebody else changed this report meanwhile. Look at it again."), "stale") from None
        return found
    _tell_worker(row)
    return row


# --- in the background -----------------------------------------------------------------------------------------------


@action(Verb.RESULTS_VIEW, self_service=True)
def take_up(*, work: ReportWork, by: User, now: datetime | None = None) -> bool:
    """Say that a worker is at it. Returns whether there is anything to do: a work tried too often is given up."""
    row = _locked(work)
    remark(act="taken up", tries=row.n_tries)
    if row.is_over:
        return False
    if row.n_tries >= MOST_TRIES:
        _end(row, now, Trouble.SILENT)
        return False
    row.state, row.n_tries, row.alive_at = WorkState.WORKING, row.n_tries + 1, now or timezone.now()
    row.version += 1
    row.save()
    return True


@action(Verb.RESULTS_VIEW, self_service=True)
def make_next(*, work: ReportWork, report: Report, by: User, now: datetime | None = None) -> bool:
    """Take the figures, or make the next paper. Returns whether more is to be made."""
    row = _locked(work)
    if row.is_over:
        return False
    try:
        if row.kind == WorkKind.FIGURES:
            take_figures(report=report, version=row.report_version, by=by, now=now)
        else:
            language, _dot, form = row.papers[row.n_done].partition(".")
            _keep(report, language, form, by, now or timezone.now())
    except Refused as refused:
        _end(row, now, trouble_of(refused.code))
        return False
    except PaperError:
        _end(row, now, Trouble.PAPER)
        return False
    row.n_done += 1
    row.n_tries = 0
    remark(act=str(row.kind), n=row.n_done)
    if row.n_done >= row.n_total:
        _end(row, now)
        return False
    row.alive_at = now or timezone.now()
    row.version += 1
    row.save()
    return True


def _locked(work: ReportWork) -> ReportWork:
    row: ReportWork = ReportWork.objects.select_for_update(of=("self",)).get(pk=work.pk)
    return row


def _end(row: ReportWork, now: datetime | None, trouble: Trouble | None = None) -> None:
    row.state = WorkState.FAILED if trouble else WorkState.DONE
    row.trouble = trouble.value if trouble else ""
    row.ended_at = row.alive_at = now or timezone.now()
    row.version += 1
    row.save()


def _keep(report: Report, language: str, form: str, by: User, now: datetime) -> None:
    """Make a paper and keep it in the place of the former one."""
    content, edition = printed(by, report, language, timezone.localdate(now))
    photos = photos_of(by, content)
    made = report_pdf(content, photos) if form == "pdf" else report_docx(content, photos, report.locked_at or now)
    _let_go(KeptPaper.objects.filter(report=report, made_for=by, language=language, form=form))
    row = KeptPaper(
        id=new_id(), report=report, made_for=by, language=language, form=form, edition=edition,
        stories=[uuid.UUID(story.key) for story in content.stories], n_bytes=len(made),
        sha256=hashlib.sha256(made).hexdigest(), made_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    store(row.pk, made)


# --- upkeep ----------------------------------------------------------------------------------------------------------


def stop_work(work_id: uuid.UUID) -> None:
    """Say that nobody has the right to go on: who asked was suspended, lost the role, or sees the report no more."""
    with for_purpose(UPKEEP), writing(UPKEEP):
        row = ReportWork.objects.select_for_update().filter(pk=work_id, ended_at=None).first()
        if row is not None:
            _end(row, None, Trouble.RIGHT)
            record_event(Verb.REPORT_WRITE, by=None, subject=row, detail={"act": "stopped"})


def wake_silent_works(*, now: datetime | None = None) -> int:
    """Put works whose worker fell silent back into the queue. Returns how many."""
    moment = now or timezone.now()
    silent = moment - timedelta(minutes=SILENT_MINUTES)
    with for_purpose(UPKEEP), writing(UPKEEP):
        rows = ReportWork.objects.select_for_update(skip_locked=True).filter(ended_at=None, alive_at__lt=silent)
        found = list(rows.order_by("alive_at")[:100])
        for row in found:
            row.alive_at = moment
            row.save()
            _tell_worker(row)
    return len(found)


def forget_old_papers(*, now: datetime | None = None) -> int:
    """Let papers go whose time is over. Returns how many."""
    until = (now or timezone.now()) - timedelta(hours=KEPT_HOURS)
    with for_purpose(UPKEEP), writing(UPKEEP):
        return _let_go(KeptPaper.objects.filter(made_at__lt=until))


def forget_papers_with(stories: Collection[uuid.UUID]) -> None:
    """Let every paper go in which one of these stories is printed, whoever it was made for."""
    with for_purpose(UPKEEP), writing(UPKEEP):
        _let_go(KeptPaper.objects.filter(stories__overlap=list(stories)))


def _let_go(rows: Iterable[KeptPaper]) -> int:
    keys = [row.pk for row in rows]
    KeptPaper.objects.filter(pk__in=keys).delete()
    transaction.on_commit(partial(_forget_files, keys))
    return len(keys)


def _forget_files(keys: Iterable[uuid.UUID]) -> None:
    for key in keys:
        forget(key)


def _tell_worker(row: ReportWork) -> None:
    task = _queue.configure_task(WORK, queue="lists", queueing_lock=f"report {row.pk}")
    try:
        with transaction.atomic():
            task.defer(work=str(row.pk), by=str(row.asked_by_id))
    except AlreadyEnqueued:
        return
