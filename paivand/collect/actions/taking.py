"""Takes in what arrived from the field: each sender's forms in their order, each in a transaction of its own.

The form is taken as the worker who sent it, with the rights that she holds at that moment. Whatever happens, the
submission stays: it is taken in, or it waits for a person with the reason, or the transaction is undone as a whole and
it waits for the next worker. Two workers never have the same sender: whoever holds her lock takes the first of her
forms, and the other one leaves.
"""

from __future__ import annotations

import contextlib
import logging
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose, identity
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.concerning import (
    blank_mentions,
    gone_among,
    keys_of,
    made_keys,
    remember_keys,
    withdrawn_among,
)
from paivand.collect.actions.entities import demand_arrived, write_entities
from paivand.collect.actions.moving import NO_REASON, Because, move
from paivand.collect.actions.survey_answers import demand_offered, write_answers
from paivand.collect.actions.takers import EDIT_TAKERS, TAKERS
from paivand.collect.models import Submission, SubmissionContent
from paivand.collect.queries.entities import whose_awaited_came
from paivand.collect.queries.waiting import ready, sender_of, waited_out
from paivand.collect.rules.concerned import KeyKind, only_mentions
from paivand.collect.rules.filled import Filled, Unreadable, read_filled
from paivand.collect.rules.keeping import open_for
from paivand.collect.rules.remembering import remembering
from paivand.collect.rules.submissions import SubmissionState
from paivand.collect.rules.taking import MOST_ATTEMPTS, TO_DO, Act, Problem, Taken, Undecided
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing

logger = logging.getLogger("paivand.collect")

AT_ONCE = 20
"""Forms of one sender that are begun together; then the next sender has her turn."""
MOST_BREAKS = 3
"""How often a broken connection to the database is tried anew before the job gives up until the next minute."""


class _UndoneError(Exception):
    """Ends an attempt that shall leave nothing behind."""


@dataclass(frozen=True)
class _Outcome:
    act: Act
    because: Because = NO_REASON
    taken: Taken = field(default_factory=Taken)
    event: bool = False
    """Whether the audit does not know of it yet: an action that was refused has told it."""
    erase_within: timedelta | None = None
    """It is about somebody who withdrew the consent: what it says is erased soon."""


def _never() -> bool:
    return False


def take_waiting(
    sender_id: uuid.UUID, *, now: datetime | None = None, ending: Callable[[], bool] = _never
) -> Counter[str]:
    """Take in all that waits of one sender. Returns how many went into each state."""
    done: Counter[str] = Counter()
    while turn := take_some(sender_id, now=now, ending=ending):
        done += turn
    return done


def take_some(
    sender_id: uuid.UUID, *, now: datetime | None = None, ending: Callable[[], bool] = _never
) -> Counter[str]:
    """Take in the next forms of one sender, ``AT_ONCE`` at most. Empty when none waits or another worker has them.

    Raises:
        OperationalError: the database was lost, and lost again.
    """
    done: Counter[str] = Counter()
    breaks = 0
    for pk in _begun(sender_id, now or timezone.now()):
        if ending():
            break
        while True:
            try:
                state = _take(pk, sender_id, now or timezone.now())
                break
            except (OperationalError, InterfaceError):
                breaks += 1
                if breaks > MOST_BREAKS:
                    raise
                logger.warning("The connection broke while submission %s was taken in; it is tried again.", pk)
                _connect_anew(breaks)
        if state is None:
            return done
        done[state] += 1
    if done[SubmissionState.TAKEN]:
        _run_what_waited(sender_id, now or timezone.now())
    return done


def _connect_anew(breaks: int) -> None:
    if not connection.in_atomic_block:
        connection.close()
        time.sleep(0.2 * breaks)


def _begun(sender_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """The next forms, counted as begun: one that kills its worker again and again stops being tried.

    What was begun before and not brought to an end is tried alone, so that it does not count against its neighbours.
    """
    with for_purpose("upkeep"), writing(Verb.FORM_FILL):
        if not _is_mine(sender_id):
            return []
        _put_replaced_aside(sender_id, now)
        waiting = list(ready(now).filter(owner_id=sender_id).order_by("id").values_list("pk", "n_attempts")[:AT_ONCE])
        if waiting and waiting[0][1]:
            waiting = waiting[:1]
        keys = [pk for pk, _n in takewhile(lambda row: row[1] == waiting[0][1], waiting)]
        Submission.objects.filter(pk__in=keys).update(n_attempts=F("n_attempts") + 1)
    return keys


def _put_replaced_aside(sender_id: uuid.UUID, now: datetime) -> None:
    """What was not taken in when its newer form arrived need not be taken in any more."""
    open_states = [SubmissionState.WAITING, *TO_DO]
    found = Submission.objects.filter(owner_id=sender_id, state__in=open_states, replaced_by__isnull=False)
    for old in found.select_for_update(of=("self",)):
        move(old, Act.REPLACE, by=None, now=now, because=Because(Problem.REPLACED, reason=str(Problem.REPLACED)))


def _replace(older: Submission, sent: Submission, now: datetime) -> None:
    """Let a newer form stand for an older one. What was taken in stays taken in; what was not, is not any more."""
    if older.state in {SubmissionState.WAITING, *TO_DO}:
        older.replaced_by = sent
        move(older, Act.REPLACE, by=None, now=now, because=Because(Problem.REPLACED, reason=str(Problem.REPLACED)))
    elif older.replaced_by_id != sent.pk:
        older.replaced_by = sent
        older.version += 1
        older.save(update_fields=["replaced_by", "version", "changed_at"])


def _run_what_waited(sender_id: uuid.UUID, now: datetime) -> None:
    """Something came in: forms of the same sender that waited for just that may go on now."""
    with identity(sender_id), writing(Verb.FORM_FILL):
        held = Submission.objects.filter(owner_id=sender_id, state=SubmissionState.HELD, problem=Problem.WAITS)
        for sent in whose_awaited_came(held.select_for_update(of=("self",))):
            move(sent, Act.RUN_AGAIN, by=None, now=now)


def run_what_waited_out(now: datetime | None = None) -> int:
    """Run again all forms that have waited for an earlier one long enough. Returns how many."""
    moment = now or timezone.now()
    with for_purpose("upkeep"), writing(Verb.FORM_FILL):
        found = list(waited_out(moment).select_for_update(of=("self",), skip_locked=True)[:500])
        for sent in found:
            move(sent, Act.RUN_AGAIN, by=None, now=moment)
    return len(found)


def _take(pk: uuid.UUID, sender_id: uuid.UUID, now: datetime) -> SubmissionState | None:
    """Take one form in, in one transaction. None: it is not the next any more, or another worker has the sender."""
    with identity(sender_id):
        by = sender_of(sender_id)
        if by is None:
            return _take_of_nobody(pk, sender_id, now)
        sent = _next(pk, sender_id, now)
        if sent is None:
            return None
        with translation.override(by.language), remembering():
            return _close(sent, _outcome(sent, by), by, now)


def _take_of_nobody(pk: uuid.UUID, sender_id: uuid.UUID, now: datetime) -> SubmissionState | None:
    """The sender may not sign in any more, so nothing is done in her name: a person looks at it."""
    with for_purpose("upkeep"):
        sent = _next(pk, sender_id, now)
        if sent is None:
            return None
        with contextlib.suppress(Unreadable):
            _read(sent)
        return _close(sent, _Outcome(Act.REFUSE, Because(Problem.NO_ACCOUNT), event=True), None, now)


def _is_mine(sender_id: uuid.UUID) -> bool:
    """Whether no other worker has the sender, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [sender_id.int >> 65])
        return bool(cursor.fetchone()[0])


def _next(pk: uuid.UUID, sender_id: uuid.UUID, now: datetime) -> Submission | None:
    if not _is_mine(sender_id):
        return None
    waiting = ready(now).filter(owner_id=sender_id).order_by("id").select_related("form", "form_version")
    sent: Submission | None = waiting.select_for_update(of=("self",)).first()
    return sent if sent is not None and sent.pk == pk else None


def _outcome(sent: Submission, by: User) -> _Outcome:
    """What becomes of a locked submission. Whatever an attempt wrote is undone unless it is taken in."""
    if sent.n_attempts > MOST_ATTEMPTS:
        return _Outcome(Act.REFUSE, Because(Problem.BROKE), event=True)
    keys: dict[uuid.UUID, KeyKind] = {}
    filled: Filled | None = None
    answers: dict[str, Any] = {}
    try:
        filled, answers, keys = _read(sent)
        gone = gone_among(keys, by)
        if sent.is_survey and gone:
            if not only_mentions(keys, gone):
                return _Outcome(Act.SET_ASIDE, _CONSENT, event=True, erase_within=timedelta(0))
            with for_purpose("upkeep"), writing(Verb.FORM_FILL):
                blank_mentions(sent, gone)
            gone, (filled, answers, keys) = frozenset(), _read(sent)
        older = None if sent.is_survey else _taken_before(sent)
        if older is not None:
            if sent.form.code not in EDIT_TAKERS:
                raise Undecided(Problem.EDIT, found=[{"submission": str(older.pk)}])
            answers["edit_of"] = str(older.pk)
        taken = take_submission(sent=sent, filled=filled, answers=answers, by=by)
        is_late = bool(gone) and not only_mentions(keys, gone)
        return _Outcome(Act.TAKE, taken=taken, erase_within=timedelta(0) if is_late else None)
    except (OperationalError, InterfaceError):
        raise
    except (Refused, Unreadable, Undecided, WithoutRightError, OutsideScopeError) as said:
        if isinstance(said, Refused) and filled is not None:
            outcome = _refused(said, lambda: take_submission(sent=sent, filled=filled, answers=answers, by=by))
        else:
            outcome = _said(said)
        return _considering(outcome, keys, by)
    except Exception as broken:
        # The message of an error may quote an answer, so only its place in the program is logged.
        logger.error("Submission %s broke at %s", sent.pk, _place_of(broken))
        return _Outcome(Act.REFUSE, Because(Problem.BROKE), event=True)


def _read(sent: Submission) -> tuple[Filled, dict[str, Any], dict[uuid.UUID, KeyKind]]:
    """The form as it was mended, what was decided about it, and whom it is about.

    That is written down before anything else, also of what then waits or breaks, so that the form is found when
    somebody's data are erased.

    Raises:
        Unreadable: it names a question that it does not have.
    """
    content = SubmissionContent.objects.get(submission=sent)
    came = read_filled(bytes(content.xml))
    filled = came.mended(content.mended) if content.mended else came
    keys = keys_of(sent, came, filled) if content.mended else keys_of(sent, came)
    with writing(Verb.FORM_FILL):
        remember_keys(sent, keys)
    return filled, dict(content.answers or {}), keys


def _considering(outcome: _Outcome, keys: Mapping[uuid.UUID, KeyKind], by: User) -> _Outcome:
    """What becomes of a form that is not taken in, and that arrived after a consent was withdrawn."""
    is_withdrawn, is_about_others = withdrawn_among(keys, by) if keys else (False, True)
    if not is_withdrawn:
        return outcome
    if is_about_others:
        return replace(outcome, erase_within=open_for())
    return _Outcome(Act.SET_ASIDE, _CONSENT, event=True, erase_within=timedelta(0))


_CONSENT = Because(Problem.CONSENT, reason=Problem.CONSENT)


def _said(said: Exception) -> _Outcome:
    """What follows when a taker does not take a form in."""
    if isinstance(said, Undecided):
        return _Outcome(Act.HOLD, Because(said.kind, {"found": said.found}, said.until), event=True)
    if isinstance(said, Refused):  # before the form could be read
        return _Outcome(Act.REFUSE, Because(said.code, {"message": str(said.message), "field": said.field or ""}))
    if isinstance(said, Unreadable):
        return _Outcome(Act.REFUSE, Because(said.code, {"message": _(said.words), "field": said.path}), event=True)
    return _Outcome(Act.REFUSE, Because(Problem.NO_RIGHT if isinstance(said, WithoutRightError) else Problem.OUTSIDE))


def _refused(said: Refused, attempt: Callable[[], object]) -> _Outcome:
    """What a rule said, in each language: whoever mends the form may read another one than its sender.

    What was searched for is remembered from the first attempt; see ``rules.remembering``.
    """
    told = {translation.get_language() or "tg": str(said.message)}
    for language, _name in settings.LANGUAGES:
        if language not in told:
            with translation.override(language):
                told[language] = _said_again(attempt) or str(said.message)
    return _Outcome(
        Act.REFUSE, Because(said.code, {"message": str(said.message), "field": said.field or "", "told": told})
    )


def _said_again(attempt: Callable[[], object]) -> str:
    """What the rule says when it is asked once more, "" where something else happens; whatever is written is undone."""
    message = ""
    try:
        with transaction.atomic():
            try:
                attempt()
            except Refused as refused:
                message = str(refused.message)
            raise _UndoneError
    except (OperationalError, InterfaceError):
        raise
    except (_UndoneError, Unreadable, Undecided, WithoutRightError, OutsideScopeError):
        return message
    except Exception as broken:
        # What was said first holds: the form waits to be mended, and nothing is tried anew for a sentence more.
        logger.error("A rule that refused broke at %s when it was asked again", _place_of(broken))
        return message


def _older(sent: Submission) -> Submission | None:
    """The form that this one is an edit of."""
    if not sent.deprecated_id:
        return None
    found = Submission.objects.filter(form_id=sent.form_id, instance_id=sent.deprecated_id)
    older: Submission | None = found.select_for_update(of=("self",)).first()
    return older


def _taken_before(sent: Submission) -> Submission | None:
    """The form of this row of edits that was taken in; those in between may never have been."""
    older = _older(sent)
    while older is not None and older.state != SubmissionState.TAKEN:
        older = _older(older)
    return older


def _place_of(broken: Exception) -> str:
    frames = traceback.extract_tb(broken.__traceback__)
    return f"{type(broken).__name__}, " + ", ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames[-4:])


@action(Verb.FORM_FILL, on="sent")
def take_submission(*, sent: Submission, filled: Filled, answers: Mapping[str, Any], by: User) -> Taken:
    """Make of a form what it says, by the actions of the screens; all of it or nothing.

    Raises:
        Refused: a rule says no; the sender may mend it.
        Undecided: a person decides, or an earlier form is awaited.
    """
    taken = Taken()
    if sent.is_survey:
        demand_offered(sent=sent, answers=answers, by=by)
    demand_arrived(filled=filled, sent=sent, by=by)
    if sent.is_survey:
        write_answers(filled=filled, sent=sent, by=by)
    else:
        takers = EDIT_TAKERS if "edit_of" in answers else TAKERS
        taken = takers[sent.form.code](filled=filled, sent=sent, by=by, answers=answers)
    write_entities(filled=filled, sent=sent, by=by, answers=answers)
    remember_keys(sent, made_keys(taken))
    remark(stage="taken", form=sent.form.code, made=len(taken.what))
    return taken


def _close(sent: Submission, outcome: _Outcome, by: User | None, now: datetime) -> SubmissionState:
    """Write down what became of it, in the same transaction."""
    older = _older(sent)
    with writing(Verb.FORM_FILL):
        if older is not None and (outcome.act is Act.TAKE or older.state != SubmissionState.TAKEN):
            _replace(older, sent, now)
        if outcome.act is Act.TAKE:
            sent.taken_as = [made.told() for made in outcome.taken.what]
        if outcome.erase_within is not None:
            sent.erase_by = timezone.localdate(now) + outcome.erase_within
        move(sent, outcome.act, by=None, now=now, because=outcome.because)
    if outcome.event:
        detail = {"stage": str(sent.state), "why": str(outcome.because.problem), "form": sent.form.code}
        with for_purpose("upkeep"):
            record_event(Verb.FORM_FILL, by=by, subject=sent, scope=sent.scope, detail=detail)
    return SubmissionState(sent.state)
