"""What a person does with a form from the field that was not taken in: mend it, decide, run it again, set it aside.

A sender does it with her own forms, holding ``form.fill``; with those of others within her scope, whoever holds
``form.mend``. After each of these, but for setting aside, the form is taken in anew as its sender, in the background.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.moving import NO_REASON, Because, move
from paivand.collect.actions.queue import tell_of_submissions
from paivand.collect.models import Submission, SubmissionContent
from paivand.collect.queries.inbox import may_decide
from paivand.collect.rules.deciding import with_decision
from paivand.collect.rules.filled import Unreadable, read_filled
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.taking import COUNTS, Act, Problem, after
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.privacy import DataClass

NEW = "new"
"""The answer to a likely duplicate that registers another family."""
SENT, KEPT = "sent", "kept"
"""The answers where something else stands in the file already: what was sent counts, or what stands there."""
CARRIED = "carried"
"""The answer to an edit: what changed was written into the file by hand."""


@action(Verb.FORM_FILL, on="sent")
def mend_submission(*, sent: Submission, version: int, values: Mapping[str, str], by: User) -> Submission:
    """Write other answers beside the form, which itself stays as it came, and have it taken in.

    Args:
        values: by paths with positions, such as ``members[2]/birth``: all that shall differ from what came.

    Raises:
        Refused: ``stale``; ``state``; ``nothing`` where no answer differs; ``path`` where the form has no such place.
    """
    row = _locked(sent, version, Act.MEND, by)
    content = SubmissionContent.objects.select_for_update().get(submission=row)
    filled = read_filled(bytes(content.xml))
    try:
        filled.mended(values)
    except Unreadable as unreadable:
        raise Refused(_(unreadable.words), unreadable.code, field=unreadable.path) from None
    mended = {path: value for path, value in values.items() if value != filled.answer_at(path)}
    if mended == (content.mended or {}):
        raise Refused(_("No answer was changed. Change one, or run the form again as it is."), "nothing")
    content.mended = mended
    # What was decided was decided about other answers.
    content.answers = None
    content.version += 1
    content.save(update_fields=["mended", "answers", "version", "changed_at"])
    _on(row, Act.MEND, by)
    remark(stage="mend", answers=len(mended))
    return row


@action(Verb.FORM_FILL, on="sent")
def decide_submission(*, sent: Submission, version: int, answer: str, reason: str = "", by: User) -> Submission:
    """Decide what is held.

    Where the survey was not offered to the sender, she does not decide herself: whoever mends where the answer lies
    does. Who let it count, and why, stays with its way.

    Args:
        answer: for a likely duplicate ``new``, or the key of the family that it is; where something else stands in the
            file ``sent`` or ``kept``; for an edit of a form that was taken in ``carried``; for an answer to a survey
            that was not offered to its sender ``counts``.
        reason: why that answer counts.

    Raises:
        Refused: ``stale``; ``state``; ``answer`` for one that does not belong to the question; ``reason`` where one is
            needed and none is given.
    """
    row = _locked(sent, version, Act.DECIDE, by)
    if not may_decide(by, row):
        raise WithoutRightError(Verb.FORM_MEND)
    if answer not in answers_to(row):
        raise Refused(_("Choose one of the answers."), "answer", field="answer")
    words = " ".join(reason.split())[:300] if row.problem == Problem.UNOFFERED else ""
    if row.problem == Problem.UNOFFERED and not words:
        raise Refused(_("Write why this answer counts."), "reason", field="reason")
    if row.problem == Problem.EDIT:
        _settle(row, by)
    else:
        content = SubmissionContent.objects.select_for_update().get(submission=row)
        found = (row.problem_words or {}).get("found") or []
        content.answers = with_decision(content.answers or {}, row.problem, answer, found)
        content.version += 1
        content.save(update_fields=["answers", "version", "changed_at"])
        _on(row, Act.DECIDE, by, Because(reason=words))
    remark(stage="decide", answer=answer if answer in {NEW, SENT, KEPT, CARRIED, COUNTS} else "same")
    return row


def answers_to(sent: Submission) -> frozenset[str]:
    """The answers that a held submission allows."""
    if sent.state != SubmissionState.HELD:
        return frozenset()
    found = (sent.problem_words or {}).get("found") or []
    return {
        Problem.DUPLICATE: frozenset({NEW, *(str(one["family"]) for one in found if "family" in one)}),
        Problem.CONFLICT: frozenset({SENT, KEPT}),
        Problem.EDIT: frozenset({CARRIED}),
        Problem.UNOFFERED: frozenset({COUNTS}),
    }.get(Problem(sent.problem), frozenset()) if sent.problem in set(Problem) else frozenset()  # fmt: skip


def _settle(row: Submission, by: User) -> None:
    older = Submission.objects.select_for_update().get(form_id=row.form_id, instance_id=row.deprecated_id)
    before = older
    while before.state != SubmissionState.TAKEN and before.deprecated_id:
        before = Submission.objects.get(form_id=row.form_id, instance_id=before.deprecated_id)
    row.taken_as = before.taken_as
    move(row, Act.SETTLE, by=by, now=timezone.now())
    older.replaced_by = row
    older.version += 1
    older.save(update_fields=["replaced_by", "version", "changed_at"])


@action(Verb.FORM_FILL, on="sent")
def run_again(*, sent: Submission, version: int, by: User) -> Submission:
    """Have the form taken in as it is: something around it has changed, such as a right.

    What was decided about it stands, because its answers are the same; it is asked anew where something has come up
    since that nobody looked at: see ``rules.deciding``.

    Raises:
        Refused: ``stale``; ``state``.
    """
    row = _locked(sent, version, Act.RUN_AGAIN, by)
    _on(row, Act.RUN_AGAIN, by)
    remark(stage="run_again")
    return row


@action(Verb.FORM_FILL, on="sent")
def set_aside(*, sent: Submission, version: int, reason: str, by: User) -> Submission:
    """Put a form aside that shall not be taken in. It stays, and can be taken up again.

    Raises:
        Refused: ``stale``; ``state``; ``reason`` where none is given.
    """
    row = _locked(sent, version, Act.SET_ASIDE, by)
    words = " ".join(reason.split())[:300]
    if not words:
        raise Refused(_("Write why the form is set aside."), "reason", field="reason")
    move(row, Act.SET_ASIDE, by=by, now=timezone.now(), because=Because(row.problem, row.problem_words, reason=words))
    remark(stage="set_aside")
    return row


@action(Verb.FORM_FILL, on="sent")
def take_up_again(*, sent: Submission, version: int, by: User) -> Submission:
    """Have a form taken in that was set aside.

    Raises:
        Refused: ``stale``; ``state``; ``replaced`` where a newer form stands for it; ``erased`` where what it said was
            erased.
    """
    row = _locked(sent, version, Act.TAKE_UP_AGAIN, by)
    if row.replaced_by_id:
        raise Refused(_("A newer form took the place of this one. Open that one."), "replaced")
    if row.erased_at:
        raise Refused(_("What this form said was erased. It cannot be taken in any more."), "erased")
    _on(row, Act.TAKE_UP_AGAIN, by)
    remark(stage="take_up_again")
    return row


def run_many_again(found: list[Submission], by: User) -> int:
    """Run several forms again, each by an action of its own; what moved meanwhile is left out. Returns how many."""
    done = 0
    for sent in found:
        try:
            run_again(sent=sent, version=sent.version, by=by)
        except Refused:
            continue
        done += 1
    return done


def _locked(sent: Submission, version: int, act: Act, by: User) -> Submission:
    found = Submission.objects.seen_by(by).select_for_update(of=("self",)).select_related("form")
    row: Submission | None = found.filter(pk=sent.pk).first()
    if row is None:
        raise OutsideScopeError(Verb.FORM_MEND)
    if row.owner_id != by.pk and not by.reach(Verb.FORM_MEND, DataClass.FIELD).covers(row):
        raise WithoutRightError(Verb.FORM_MEND)
    if row.version != version:
        raise Refused(_("Somebody else worked on this form meanwhile. Look at it again, then decide."), "stale")
    if after(row.state, act) is None:
        raise Refused(_("This form stands elsewhere by now. Look at it again."), "state")
    return row


def _on(row: Submission, act: Act, by: User, because: Because = NO_REASON) -> None:
    move(row, act, by=by, now=timezone.now(), because=because)
    tell_of_submissions(uuid.UUID(str(row.owner_id)))
