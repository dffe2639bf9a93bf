"""Taking the figures of a report, locking it, and opening it again with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.evidence.actions.reports import moved, open_report, said_why
from paivand.evidence.models import Report, ReportEdition, ReportSection, SectionComment, Story
from paivand.evidence.queries.report_contents import content_of
from paivand.evidence.queries.report_figures import figures_of
from paivand.evidence.rules.report_content import digest
from paivand.evidence.rules.reports import ReportState, SectionState


@action(Verb.REPORT_WRITE, self_service=True)
def take_figures(*, report: Report, version: int, by: User, now: datetime | None = None) -> Report:
    """Take the figures as they are known now. They stay as they are until they are taken anew.

    Raises:
        Refused: ``locked``; ``stale``.
    """
    _demand_version(report, version)
    # Counting takes its time, and nobody who writes a section waits for it: the row is locked afterwards.
    moment, found = now or timezone.now(), figures_of(by, report)
    row = open_report(report)
    _demand_version(row, version)
    row.figures_at, row.figures_by, row.figures = moment, by, found
    row.version += 1
    row.save()
    remark(act="figures", n=len(row.figures))
    return row


def _demand_version(report: Report, version: int) -> None:
    if report.is_locked:
        raise Refused(_("This report is locked. Who may lock it can open it again."), "locked")
    if report.version != version:
        raise Refused(_("Somebody else changed this report meanwhile. Look at it again."), "stale")


@action(Verb.REPORT_LOCK)
def lock_report(*, report: Report, version: int, by: User, now: datetime | None = None) -> Report:
    """Lock a report: what it says now, in each of its languages, is what it says for ever.

    Raises:
        Refused: ``stale``; ``state`` unless it is in review; ``figures`` before they are taken; ``unreviewed``;
            ``comments`` while one is open.
    """
    row = moved(report, version, ReportState.LOCKED)
    if row.figures is None:
        raise Refused(_("Take the figures first: a report is locked with its figures."), "figures")
    if ReportSection.objects.filter(report=row).exclude(state=SectionState.REVIEWED).exists():
        raise Refused(_("Every section is written and reviewed before a report is locked. The list says which is not."),
                      "unreviewed")  # fmt: skip
    if SectionComment.objects.filter(section__report=row, settled_at=None).exists():
        raise Refused(_("There are open comments on this report. Settle them first."), "comments")
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    n = (ReportEdition.objects.filter(report=row).aggregate(n=Max("n"))["n"] or 0) + 1
    row.state, row.state_reason, row.locked_at, row.locked_by = ReportState.LOCKED, "", moment, by
    for language in row.languages:
        whole = content_of(by, row, language, today)
        if whole.lacks:
            raise Refused(_("A section has no text: add the sections of new outputs, and write them."), "unreviewed")
        kept = whole.locked()
        ReportEdition(
            report=row, n=n, language=language, content=kept, sha256=digest(kept), locked_at=moment, locked_by=by
        ).save(force_insert=True)  # fmt: skip
        Story.objects.filter(pk__in=[story.key for story in whole.stories]).update(printed=True)
    row.save()
    remark(act="lock", n=n)
    return row


@action(Verb.REPORT_LOCK)
def reopen_report(*, report: Report, version: int, reason: str, by: User) -> Report:
    """Open a locked report again. The edition that was locked stays; whoever sees results sees none until the next.

    Raises:
        Refused: ``stale``; ``state``; ``reason``.
    """
    if not report.is_locked:
        raise Refused(_("This report is not locked."), "state")
    row = moved(report, version, ReportState.DRAFT)
    row.state, row.state_reason, row.locked_at, row.locked_by = ReportState.DRAFT, said_why(reason), None, None
    row.save()
    Story.objects.filter(report=row).update(printed=False)
    remark(act="open again")
    return row
