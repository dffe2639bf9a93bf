"""Reporting that an entry of the directory is wrong, and answering."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.referrals.models import DirectoryService, ServiceReport
from paivand.referrals.rules.directory_reports import ReportState, Wrong


@action(Verb.DIRECTORY_REPORT, self_service=True)
def report_change(
    *, service: DirectoryService, report_id: uuid.UUID, wrong: Wrong, words: str, by: User
) -> ServiceReport:
    """Tell those who keep the directory that an entry is wrong. Everybody may who sees the entry.

    Raises:
        OutsideScopeError: for an entry that ``by`` may not know of.
        Refused: ``twice`` for a double tap, ``waits`` when the same person reported the same and nobody answered yet.
    """
    if not service.policy.shows(by, service):
        raise OutsideScopeError(Verb.DIRECTORY_REPORT)
    own = ServiceReport.objects.filter(reported_by=by)
    if own.filter(pk=report_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if own.filter(service=service, wrong=wrong, state=ReportState.WAITING).exists():
        raise Refused(_("You reported this already. It waits for an answer, which you will see here."), "waits")
    row = ServiceReport(
        id=report_id, service=service, wrong=wrong, words=words, reported_by=by, district_id=service.district_id,
        agency_id=service.agency_id, owner_id=service.owner_id,
    )  # fmt: skip
    row.save(force_insert=True)
    remark(act="service.report", wrong=wrong)
    return row


@action(Verb.DIRECTORY_EDIT, on="report")
def answer_report(
    *, report: ServiceReport, state: ReportState, answer: str, version: int, now: datetime, by: User
) -> ServiceReport:
    """Say what came of a report; who reported it reads the answer.

    Raises:
        Refused: ``stale``, ``answered`` when somebody else was quicker, ``answer`` when nothing is said.
    """
    row: ServiceReport = ServiceReport.objects.select_for_update().get(pk=report.pk)
    if row.state != ReportState.WAITING:
        raise Refused(_("Somebody else answered this report already."), "answered")
    if row.version != version:
        raise Refused(_("This report was changed meanwhile. Look at it again."), "stale")
    if not answer.strip():
        raise Refused(_("Write a word to who reported it: what you found, what you did."), "answer", field="answer")
    row.state, row.answer, row.answered_by, row.answered_at = state, answer, by, now
    row.version += 1
    row.save(force_update=True)
    remark(act="service.report", state=state)
    return row


@action(Verb.DIRECTORY_REPORT, self_service=True)
def see_answer(*, report: ServiceReport, now: datetime, by: User) -> ServiceReport:
    """Note that the reporter read the answer; doing it again changes nothing."""
    if report.reported_by_id != by.pk:
        raise OutsideScopeError(Verb.DIRECTORY_REPORT)
    row: ServiceReport = ServiceReport.objects.select_for_update().get(pk=report.pk)
    if row.state != ReportState.WAITING and row.seen_at is None:
        row.seen_at = now
        row.version += 1
        row.save(force_update=True)
    remark(act="service.report", seen=True)
    return row
