"""The answers of a receiver with an account."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import WithoutRightError
from paivand.referrals.actions.moving import add_note, locked, move, was_done
from paivand.referrals.actions.notices import mark_seen, tell
from paivand.referrals.actions.sending import answer
from paivand.referrals.models import Referral
from paivand.referrals.queries.receiving import is_receiver
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import Act, ReferralState


@action(Verb.REFERRAL_ANSWER, on="referral", self_service=True)
def receive(*, referral: Referral, by: User, now: datetime | None = None) -> Referral:
    """Note that the receiver reads it; the first time, the sender sees that it was received."""
    row = _mine(by, referral)
    moment = now or timezone.now()
    news = mark_seen(row, by, Audience.RECEIVER, moment)
    remark(act="open", news=news)
    if row.state == ReferralState.SENT:
        remark(act="receive", edge=move(row, Act.RECEIVE, by=by, now=moment))
    return row


@action(Verb.REFERRAL_ANSWER, on="referral", self_service=True)
def accept(*, referral: Referral, version: int, by: User, note: str = "", now: datetime | None = None) -> Referral:
    """Take the person on.

    Raises:
        Refused: ``stale`` when somebody else answered meanwhile, ``state``, ``ended``.
    """
    return _answer(referral, Act.ACCEPT, version, by, now, note=note)


@action(Verb.REFERRAL_ANSWER, on="referral", self_service=True)
def decline(
    *, referral: Referral, reason: str, version: int, by: User, note: str = "", now: datetime | None = None
) -> Referral:
    """Not take the person on, with one of the reasons of ``DeclineReason``: no free place is one of them.

    Raises:
        Refused: ``reason``; else as ``accept``.
    """
    return _answer(referral, Act.DECLINE, version, by, now, reason=reason, note=note)


@action(Verb.REFERRAL_ANSWER, on="referral", self_service=True)
def begin_service(
    *, referral: Referral, version: int, by: User, note: str = "", now: datetime | None = None
) -> Referral:
    """Note that the service began.

    Raises:
        Refused: as ``accept``.
    """
    return _answer(referral, Act.BEGIN, version, by, now, note=note)


@action(Verb.REFERRAL_ANSWER, on="referral", self_service=True)
def complete(
    *, referral: Referral, outcome: str, happened_on: date, version: int, by: User, note: str = "",
    now: datetime | None = None,
) -> Referral:  # fmt: skip
    """Note that the help was given, wholly or in part, and when: it becomes a step of the person's journey.

    Raises:
        Refused: ``outcome``, ``date``; else as ``accept``.
    """
    return _answer(referral, Act.COMPLETE, version, by, now, outcome=outcome, happened_on=happened_on, note=note)


@action(Verb.REFERRAL_ANSWER, on="referral", self_service=True)
def not_complete(
    *, referral: Referral, reason: str, version: int, by: User, note: str = "", now: datetime | None = None
) -> Referral:
    """Note that the help did not come about, with one of the reasons of ``FailReason``.

    Raises:
        Refused: ``reason``; else as ``accept``.
    """
    return _answer(referral, Act.NOT_COMPLETE, version, by, now, reason=reason, note=note)


@action(Verb.REFERRAL_ANSWER, on="referral", self_service=True)
def write_to_sender(*, referral: Referral, note: str, by: User, now: datetime | None = None) -> Referral:
    """Write a few words to the sender.

    Raises:
        Refused: ``note`` when it is empty.
    """
    row = _mine(by, referral)
    moment = now or timezone.now()
    add_note(row, note, by=by, now=moment)
    tell(row, NoticeKind.NOTE, Audience.SENDER, moment)
    remark(act="note")
    return row


def _answer(
    referral: Referral, act: Act, version: int, by: User, now: datetime | None, *, reason: str = "", outcome: str = "",
    happened_on: date | None = None, note: str = "",
) -> Referral:  # fmt: skip
    row = _mine(by, referral)
    if was_done(row, act, version, by):
        return row
    edge = answer(row, act, by=by, now=now or timezone.now(), reason=reason, outcome=outcome,
                  happened_on=happened_on, note=note)  # fmt: skip
    remark(act=str(act), edge=edge)
    return row


def _mine(by: User, referral: Referral) -> Referral:
    """The locked row, if it was sent to ``by``. To read it, to have sent it, or to supervise is no right to answer."""
    row = locked(by, referral)
    if not is_receiver(by, row):
        raise WithoutRightError(Verb.REFERRAL_ANSWER)
    return row
