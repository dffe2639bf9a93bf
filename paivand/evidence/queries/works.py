"""What is made for reports in the background, and the papers kept for who asked for them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from paivand.access.models import User
from paivand.access.models.identity import identity
from paivand.evidence.models import KeptPaper, Report, ReportEdition, ReportWork, Story
from paivand.evidence.rules.making import WorkKind, paper_key


@dataclass(frozen=True)
class Works:
    """The latest works of a report: its figures, and the papers of who asks."""

    figures: ReportWork | None
    papers: ReportWork | None

    @property
    def running(self) -> bool:
        """Whether one of them is under way."""
        return any(one is not None and not one.is_over for one in (self.figures, self.papers))


def works_of(by: User, report_id: uuid.UUID) -> Works:
    """The latest works of a report. Read them before what they make: else one that ends in between is overlooked."""
    rows = ReportWork.objects.seen_by(by).filter(report_id=report_id).select_related("asked_by").order_by("-id")
    return Works(
        rows.filter(kind=WorkKind.FIGURES).first(), rows.filter(kind=WorkKind.PAPERS, asked_by=by).first()
    )  # fmt: skip


def work_seen_by(by: User, work_id: uuid.UUID) -> ReportWork | None:
    """One work."""
    found: ReportWork | None = ReportWork.objects.seen_by(by).filter(pk=work_id).first()
    return found


def worker_of(user_id: uuid.UUID) -> User | None:
    """The user with whose rights a work runs, if she may still sign in."""
    with identity(user_id):
        found: User | None = User.objects.filter(pk=user_id, is_active=True).first()
    return found


def kept_papers(by: User, report: Report, today: date) -> dict[str, KeptPaper]:
    """The papers of a report as it stands that are kept for ``by``, by ``tg.pdf``.

    A draft's paper counts only while there is no locked one, and none with a story that may not be told any more.
    """
    edition = 0
    if report.is_locked:
        last = (
            ReportEdition.objects.seen_by(by).filter(report=report).order_by("-n").values_list("n", flat=True).first()
        )
        edition = last or 0
    rows = list(KeptPaper.objects.seen_by(by).filter(report=report, made_for=by, edition=edition))
    asked = {key for row in rows for key in row.stories}
    told = set()
    if asked:
        told = {one.pk for one in Story.objects.seen_by(by).filter(pk__in=asked) if one.may_be_printed(today)}
    return {paper_key(row.language, row.form): row for row in rows if set(row.stories) <= told}
