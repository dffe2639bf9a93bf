"""Supervision sessions and reviews of files, as those may see them who guide and who are guided."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.cases.models import (
    Case,
    Correction,
    FileReview,
    Holding,
    ReviewedFile,
    SessionWellbeing,
    SupervisedCase,
    SupervisionSession,
    holdings,
)
from paivand.cases.queries.workers import team_of
from paivand.cases.rules.cases import CaseRole, CaseState
from paivand.core.rules.pages import Page

PAGE = 25
LATELY = timedelta(days=90)
"""How long a closed case may still be drawn for a review."""
MOST_FILES = 2000


def place_of(by: User, worker: User, held: list[Holding]) -> Scope | None:
    """Where a worker belongs, as far as ``by`` guides there: her team's district, or one in which she works."""
    reach = by.reach(Verb.CASE_APPROVE)
    named = sorted({code for one in held for code in one.districts})
    home = worker.team.district_id if worker.team_id and worker.team else None
    for district in [home, *(code for code in named if code in reach.districts), *named]:
        place = Scope(district, worker.agency_id, worker.team_id, worker.pk)
        if district and reach.covers(place):
            return place
    return None


def scope_of(by: User, worker: User) -> Scope | None:
    """Where a worker belongs within the reach of ``by``; None where ``by`` does not guide her."""
    return place_of(by, worker, holdings().get(worker.pk, []))


# --- sessions --------------------------------------------------------------------------------------------------------


def sessions(by: User, *, worker: uuid.UUID | None = None, after: str = "") -> Page[SupervisionSession]:
    """A page of sessions, the latest first."""
    found = SupervisionSession.objects.seen_by(by).select_related("worker", "supervisor")
    if worker:
        found = found.filter(worker_id=worker)
    return _latest_first(found, "held_on", after)


def session_seen_by(by: User, session_id: uuid.UUID) -> SupervisionSession | None:
    """One session."""
    found = SupervisionSession.objects.seen_by(by).filter(pk=session_id)
    return found.select_related("worker", "worker__team", "supervisor").first()


def wellbeing_of(by: User, session: SupervisionSession) -> SessionWellbeing | None:
    """How the worker was, for the two who spoke about it; nothing for everybody else."""
    return SessionWellbeing.objects.seen_by(by).filter(session=session).first()


def cases_of_session(by: User, session: SupervisionSession) -> list[SupervisedCase]:
    """The cases that were spoken about, as far as ``by`` may read them."""
    found = SupervisedCase.objects.seen_by(by).filter(session=session)
    return list(found.select_related("case").order_by("case__number"))


def supervision_of(by: User, case: Case) -> list[SupervisedCase]:
    """When the case was spoken about in supervision, and what was agreed for it, the latest first."""
    found = SupervisedCase.objects.seen_by(by).filter(case=case).order_by("-held_on", "-pk")
    return list(found.select_related("written_by")[:20])


def cases_to_discuss(by: User, workers: list[User]) -> list[Case]:
    """Open cases of these workers, those of high risk first, then what is due soonest."""
    found = Case.objects.seen_by(by).filter(owner__in=workers).exclude(state=CaseState.CLOSED)
    rows = list(found.select_related("owner").order_by("owner_id", "-number")[:300])
    order = {"high": 0, "medium": 1, "low": 2}
    far = timezone.now() + timedelta(days=3650)
    return sorted(rows, key=lambda case: (order[case.risk], case.next_due_at or far, case.number))


def guided(by: User) -> list[User]:
    """The workers whom ``by`` guides, without herself."""
    return [user for user in team_of(by).workers if user.pk != by.pk]


# --- reviews of files ------------------------------------------------------------------------------------------------


def reviewable(by: User, worker: User, *, with_closed: bool, today: date | None = None) -> list[Case]:
    """The cases of a worker from which a sample may be drawn: those within the reach of ``by``."""
    wanted = ~Q(state=CaseState.CLOSED)
    if with_closed:
        wanted |= Q(state=CaseState.CLOSED, closed_on__gte=(today or timezone.localdate()) - LATELY)
    reach = by.reach(Verb.CASE_APPROVE)
    found = Case.objects.seen_by(by).filter(wanted, owner=worker).order_by("number")[:MOST_FILES]
    return [case for case in found if reach.covers(case)]


def reviews(by: User, *, worker: uuid.UUID | None = None, after: str = "") -> Page[FileReview]:
    """A page of reviews, the latest first; a worker reads her own when they are finished."""
    found = FileReview.objects.seen_by(by).select_related("worker", "supervisor")
    found = found.exclude(worker=by, finished_at=None)
    if worker:
        found = found.filter(worker_id=worker)
    return _latest_first(found, "drawn_on", after)


def review_seen_by(by: User, review_id: uuid.UUID) -> FileReview | None:
    """One review; the worker's own when it is finished."""
    found = FileReview.objects.seen_by(by).filter(pk=review_id).exclude(worker=by, finished_at=None)
    return found.select_related("worker", "supervisor").first()


def files_of(by: User, review: FileReview) -> list[ReviewedFile]:
    """The files of a review in the order in which they were drawn."""
    found = ReviewedFile.objects.seen_by(by).filter(review=review).select_related("case")
    return list(found.prefetch_related("corrections").order_by("position"))


def file_seen_by(by: User, file_id: uuid.UUID) -> ReviewedFile | None:
    """One file of a sample; a worker's own when the review is finished."""
    found = ReviewedFile.objects.seen_by(by).filter(pk=file_id).exclude(worker=by, review__finished_at=None)
    return found.select_related("review", "case", "worker").first()


def has_child(by: User, case: Case) -> bool:
    """Whether a child belongs to the case, so that the items about children apply."""
    return bool(case.casepersons.filter(role=CaseRole.CHILD).exists())


def corrections_of(by: User, case: Case) -> list[Correction]:
    """What is to be put right in the file of a case, and what was, what is open first."""
    found = Correction.objects.seen_by(by).filter(case=case).select_related("written_by", "done_by")
    return sorted(found[:50], key=lambda row: (row.done_on is not None, row.due_on, row.pk))


def corrections_of_file(by: User, file: ReviewedFile) -> list[Correction]:
    """What was agreed to put right after looking at this file."""
    found = Correction.objects.seen_by(by).filter(file=file).select_related("done_by")
    return list(found.order_by("due_on", "pk"))


def correction_seen_by(by: User, correction_id: uuid.UUID) -> Correction | None:
    """One correction, with its case."""
    return Correction.objects.seen_by(by).filter(pk=correction_id).select_related("case").first()


def _latest_first(found: QuerySet, column: str, after: str) -> Page:  # type: ignore[type-arg]
    day, _, last = after.partition("~")
    if last:
        try:
            on, pk = date.fromisoformat(day), uuid.UUID(last)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(
            Q(**{f"{column}__lt": on}) | Q(**{column: on, "pk__lt": pk}), **{f"{column}__lte": on}
        )  # fmt: skip
    rows = list(found.order_by(f"-{column}", "-pk")[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{getattr(row, column).isoformat()}~{row.pk}")
