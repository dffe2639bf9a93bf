"""Reports that an entry of the directory is wrong: those that wait, and what came of one's own."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.pages import Page
from paivand.referrals.models import DirectoryService, ServiceReport
from paivand.referrals.rules.directory_reports import ReportState

PAGE = 25
MOST_OWN = 50
MOST_OF_SERVICE = 20


def waiting_reports(by: User, *, after: str = "") -> Page[ServiceReport]:
    """The reports that ``by`` may answer, the oldest first."""
    found = _whole(_answerable(by))
    if after:
        try:
            found = found.filter(pk__gt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    return Page.cut(list(found.order_by("pk")[: PAGE + 1]), PAGE, lambda row: str(row.pk))


def n_waiting_reports(by: User, *, most: int) -> int:
    """How many reports ``by`` may answer, counted no further than one above ``most``."""
    return len(_answerable(by).values_list("pk")[: most + 1])


def report_seen_by(by: User, report_id: uuid.UUID) -> ServiceReport | None:
    """A report of one's own, or one that ``by`` may answer."""
    return _whole(ServiceReport.objects.seen_by(by)).filter(pk=report_id).first()


def own_reports(by: User) -> list[ServiceReport]:
    """What ``by`` reported, the latest first, with what came of it."""
    return list(_whole(ServiceReport.objects.filter(reported_by=by)).order_by("-pk")[:MOST_OWN])


def unread_answers(by: User) -> list[ServiceReport]:
    """Answers to one's own reports that one has not read yet."""
    rows = ServiceReport.objects.filter(reported_by=by, seen_at=None).exclude(state=ReportState.WAITING)
    return list(_whole(rows).order_by("pk")[:MOST_OWN])


def reports_on(by: User, service: DirectoryService) -> list[ServiceReport]:
    """The reports about a service that ``by`` may read: one's own, or all for those who keep the directory."""
    rows = _whole(ServiceReport.objects.seen_by(by).filter(service=service))
    return list(rows.order_by("-pk")[:MOST_OF_SERVICE])


def _answerable(by: User) -> QuerySet[ServiceReport]:
    rows: QuerySet[ServiceReport] = ServiceReport.objects.filter(
        InScope(Verb.DIRECTORY_EDIT).q(by, None), state=ReportState.WAITING
    )
    return rows


def _whole(rows: QuerySet[ServiceReport]) -> QuerySet[ServiceReport]:
    return rows.select_related("service__district", "reported_by", "answered_by")
