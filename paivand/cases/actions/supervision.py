"""Guiding the workers: writing down a session, drawing files at random, looking at them, and what is put right."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import cancel_due, note_done, set_due
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.notices import tell
from paivand.cases.models import (
    Case,
    Correction,
    FileReview,
    ReviewedFile,
    SessionWellbeing,
    SupervisedCase,
    SupervisionSession,
)
from paivand.cases.queries.supervision import reviewable
from paivand.cases.rules.notices import NoticeKind
from paivand.cases.rules.sop import DueKind, evening
from paivand.cases.rules.supervision import Finding, SessionForm, checklist, drawn, score
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh
from paivand.registry.rules.keys import row_key

# --- sessions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionDraft:
    """What was written down about a session with one worker; ``cases`` holds what is agreed for each case."""

    form: SessionForm
    held_on: date
    agreed: str
    topics: str = ""
    next_on: date | None = None
    wellbeing: str = ""
    cases: Sequence[tuple[Case, str]] = field(default=())


@action(Verb.CASE_APPROVE, on="scope")
def hold_session(
    *, scope: Scope, form_id: uuid.UUID, worker: User, draft: SessionDraft, by: User, today: date | None = None
) -> SupervisionSession:  # fmt: skip
    """Write down a session with a worker. With a group it is done for each, under the same ``form_id``.

    Args:
        scope: where the worker belongs; see ``queries.supervision.place_of``.

    Raises:
        Refused: ``twice``, ``self``, ``date``, ``agreed``.
    """
    key = row_key(form_id, worker.pk)
    if SupervisionSession.objects.filter(pk=key).exists():
        raise Refused(_("This session is written down already."), "twice")
    _demand_possible_session(worker, draft, by, today or timezone.localdate())
    session = SupervisionSession(pk=key, sitting=form_id, worker=worker, supervisor=by)
    _lie(session, scope)
    _fill(session, draft)
    session.save(force_insert=True)
    _write_wellbeing(session, draft.wellbeing, scope)
    for case, agreed in draft.cases:
        row = SupervisedCase(session=session, held_on=draft.held_on, agreed=agreed.strip())
        within(case, row, by).save()
    remark(act="session", form=draft.form, cases=len(draft.cases))
    return session


@action(Verb.CASE_APPROVE, on="session")
def edit_session(
    *, session: SupervisionSession, draft: SessionDraft, version: int, by: User, today: date | None = None
) -> SupervisionSession:  # fmt: skip
    """Correct what was written down, by the supervisor who wrote it; the cases stay as they were."""
    locked: SupervisionSession = (
        SupervisionSession.objects.select_for_update(of=("self",)).select_related("worker").get(pk=session.pk)
    )
    demand_fresh(locked, version)
    _demand_possible_session(locked.worker, draft, by, today or timezone.localdate())
    _fill(locked, draft)
    locked.version += 1
    locked.save()
    _write_wellbeing(locked, draft.wellbeing, locked.scope)
    remark(act="session.edit")
    return locked


def _demand_possible_session(worker: User, draft: SessionDraft, by: User, today: date) -> None:
    if worker.pk == by.pk:
        raise Refused(_("A session is held with somebody else. Choose the worker."), "self", field="workers")
    if draft.held_on > today:
        raise Refused(_("The day lies in the future. Check it."), "date", field="held_on")
    if draft.next_on and draft.next_on <= draft.held_on:
        raise Refused(_("The next session lies before this one. Check both days."), "date", field="next_on")
    if not draft.agreed.strip():
        raise Refused(_("Write down what is agreed, even if it is little."), "agreed", field="agreed")


def _fill(session: SupervisionSession, draft: SessionDraft) -> None:
    session.form, session.held_on, session.next_on = draft.form, draft.held_on, draft.next_on
    session.topics, session.agreed = draft.topics.strip(), draft.agreed.strip()


def _write_wellbeing(session: SupervisionSession, words: str, scope: Scope) -> None:
    known = SessionWellbeing.objects.filter(session=session).first()
    if known is None and not words.strip():
        return
    row = known or SessionWellbeing(session=session, worker_id=session.worker_id, supervisor_id=session.supervisor_id)
    _lie(row, scope)
    row.words = words.strip()
    row.version += 1 if known else 0
    row.save()


def _lie(row: SupervisionSession | SessionWellbeing | FileReview, scope: Scope) -> None:
    row.district_id, row.agency_id = str(scope.district_id), scope.agency_id
    row.team_id, row.owner_id = scope.team_id, scope.owner_id


# --- reviews of files ------------------------------------------------------------------------------------------------


@action(Verb.CASE_APPROVE, on="scope")
def draw_review(
    *, scope: Scope, review_id: uuid.UUID, worker: User, size: int, with_closed: bool, by: User, seed: str = "",
    today: date | None = None,
) -> FileReview:  # fmt: skip
    """Draw files of a worker at random, among those that ``by`` may read.

    Raises:
        Refused: ``twice``, ``self``, ``size``; ``none`` when the worker has no such case.
    """
    if FileReview.objects.filter(pk=review_id).exists():
        raise Refused(_("This sample is drawn already."), "twice")
    if worker.pk == by.pk:
        raise Refused(_("Nobody reviews the own files. Choose the worker."), "self", field="worker")
    if not 1 <= size <= 20:
        raise Refused(_("Draw between 1 and 20 files."), "size", field="size")
    cases = {case.number: case for case in reviewable(by, worker, with_closed=with_closed, today=today)}
    if not cases:
        raise Refused(_("This worker has no case within your reach that could be drawn."), "none", field="worker")
    seed = seed or secrets.token_hex(8)
    review = FileReview(
        pk=review_id, worker=worker, supervisor=by, checklist_version=checklist().version, seed=seed, n_wanted=size,
        drawn_on=today or timezone.localdate(), population=sorted(cases), with_closed=with_closed,
    )  # fmt: skip
    _lie(review, scope)
    review.save(force_insert=True)
    for position, number in enumerate(drawn(cases, size, seed), start=1):
        row = ReviewedFile(review=review, worker=worker, supervisor=by, position=position)
        within(cases[number], row, by).save()
    remark(act="review.draw", files=min(size, len(cases)), of=len(cases))
    return review


@dataclass(frozen=True)
class FileDraft:
    """What was found in a file: by the code of the item the finding and a note; and what is put right until when."""

    findings: Mapping[str, tuple[Finding, str]]
    remarks: str = ""
    corrections: Sequence[tuple[str, str, date]] = ()


@action(Verb.CASE_APPROVE, on="file")
def look_at_file(
    *, file: ReviewedFile, draft: FileDraft, version: int, by: User, now: datetime | None = None
) -> ReviewedFile:  # fmt: skip
    """Write down what was found in a file of the sample; each correction becomes due for the worker of the case.

    Raises:
        Refused: ``stale``, ``finished``; ``items`` when an item is unknown or not answered; ``date``, ``what``.
    """
    now = now or timezone.now()
    locked: ReviewedFile = (
        ReviewedFile.objects.select_for_update(of=("self",)).select_related("review", "case").get(pk=file.pk)
    )
    demand_fresh(locked, version)
    _demand_unfinished(locked.review)
    known = {item.code for item in checklist().items}
    if set(draft.findings) != known:
        raise Refused(_("Answer each item; what does not apply is an answer too."), "items")
    locked.findings = {
        code: {"finding": str(one), "note": note.strip()} for code, (one, note) in draft.findings.items()
    }
    locked.remarks, locked.score = draft.remarks.strip(), score(one for one, _note in draft.findings.values())
    locked.looked_at = now
    locked.version += 1
    locked.save()
    for place, correction in enumerate(draft.corrections):
        _agree_correction(locked, place, correction, by=by, now=now)
    remark(act="review.file", corrections=len(draft.corrections))
    return locked


def _agree_correction(
    file: ReviewedFile, place: int, correction: tuple[str, str, date], *, by: User, now: datetime
) -> None:  # fmt: skip
    item, what, due_on = correction
    if not what.strip():
        raise Refused(_("Say what is to be put right."), "what", field="what")
    if due_on < timezone.localdate(now):
        raise Refused(_("The day until which it is put right is over already. Check it."), "date", field="due_on")
    case = locked_case(file.case)
    key = row_key(file.pk, "correction", file.version, place)
    row = Correction(pk=key, file=file, item=item if checklist().item(item) else "", what=what.strip(), due_on=due_on)
    within(case, row, by).save(force_insert=True)
    due_at = evening(due_on, timezone.get_current_timezone())
    set_due(case, DueKind.CORRECTION, due_at, by=by, about=row.pk, note=row.what)
    tell(case.owner, NoticeKind.CORRECTION, case, by=by, at=now)


@action(Verb.CASE_APPROVE, on="review")
def finish_review(
    *, review: FileReview, remarks: str, version: int, by: User, now: datetime | None = None
) -> FileReview:  # fmt: skip
    """End a review: the score is computed over all files, and the worker reads the findings from now on."""
    locked: FileReview = FileReview.objects.select_for_update().get(pk=review.pk)
    demand_fresh(locked, version)
    _demand_unfinished(locked)
    files = list(ReviewedFile.objects.filter(review=locked))
    if any(file.looked_at is None for file in files):
        raise Refused(_("Some files are not looked at yet. Look at each of them first."), "unseen")
    locked.score = score(row["finding"] for file in files for row in file.findings.values())
    locked.remarks, locked.finished_at = remarks.strip(), now or timezone.now()
    locked.version += 1
    locked.save()
    remark(act="review.finish", files=len(files))
    return locked


def _demand_unfinished(review: FileReview) -> None:
    if review.is_finished:
        raise Refused(_("This review is finished, and the worker has read it. Draw a new sample."), "finished")


@action(Verb.CASE_WORK, on="correction")
def put_right(
    *, correction: Correction, version: int, by: User, on: date | None = None, now: datetime | None = None
) -> Correction:  # fmt: skip
    """Note that something is put right in a file."""
    case, moment = locked_case(correction.case), now or timezone.now()
    row: Correction = Correction.objects.select_for_update(of=("self",)).select_related("case").get(pk=correction.pk)
    demand_fresh(row, version)
    if row.done_on:
        raise Refused(_("This is put right already."), "already")
    row.done_on, row.done_by = on or timezone.localdate(moment), by
    row.version += 1
    row.save()
    if note_done(case, DueKind.CORRECTION, by=by, at=moment, about=row.pk) is None:
        cancel_due(case, DueKind.CORRECTION, about=row.pk, now=moment)
    remark(act="correction.done")
    return row
