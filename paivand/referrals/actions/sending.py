"""Sending a referral, taking it back, and what the sender writes down for a receiver without account."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.referrals.actions.disclosing import disclose, leaving
from paivand.referrals.actions.drafts import demand_draft, demand_takes_people
from paivand.referrals.actions.moving import (
    add_note,
    close_to_receiver,
    count_help,
    demand_possible_help,
    demand_step,
    locked,
    move,
    seen,
    was_done,
)
from paivand.referrals.actions.notices import mark_seen, tell
from paivand.referrals.models import DirectoryService, Preparation, Referral
from paivand.referrals.queries.consent import ground_of
from paivand.referrals.rules.consent import WHY_NOT
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import ANSWERS, ENDS, REASONS_OF, Act, Way, WithdrawReason


def ways_to(service: DirectoryService) -> tuple[Way, ...]:
    """The ways by which a referral may reach this service, the best first."""
    in_program = service.focal_user_id or service.agency_id
    return (*((Way.ACCOUNT,) if in_program else ()), Way.LINK, Way.PDF, Way.SPOKEN)


@action(Verb.REFERRAL_SEND, on="referral")
def open_referral(*, referral: Referral, by: User, now: datetime | None = None) -> Referral:
    """Note that somebody of the sender's side reads it; the news that the sender was told is seen with it."""
    row = seen(by, referral)
    news = mark_seen(row, by, Audience.SENDER, now or timezone.now())
    remark(act="open", news=news)
    return row


@action(Verb.REFERRAL_SEND, on="referral")
def send_referral(
    *, referral: Referral, version: int, by: User, now: datetime | None = None, way: str = "", shown: str = "",
) -> Referral:  # fmt: skip
    """Send a draft. What leaves to an account, or is spoken, is written down here; by link or PDF when that is made.

    Args:
        way: one of ``ways_to`` the service, the first unless told.
        shown: the mark of what the worker was shown (``queries.contents.values_mark``), if a screen showed it.

    Raises:
        Refused: ``stale``, ``state``, ``service`` for one that takes nobody now, ``consent`` without a consent that
            reaches this receiver and without a decision against it, ``way``, ``needs``, ``changed`` when other values
            would leave than those that were shown.
    """
    row = locked(by, referral)
    if not row.is_draft and was_done(row, Act.SEND, version, by):
        return row
    demand_draft(row, version)
    moment = now or timezone.now()
    service = row.service
    demand_takes_people(service)
    assert row.person  # noqa: S101  # a draft is ordinary, and an ordinary referral names the person
    ground = ground_of(by, row.person, service, timezone.localdate(moment))
    if ground.consent is None and row.overridden_at is None:
        raise Refused(_(WHY_NOT[ground.why]), "consent", detail={"why": ground.why})
    row.consent = ground.consent
    row.way = way or ways_to(service)[0]
    if row.way not in ways_to(service):
        raise Refused(_("This service is not reached like that. Choose another way."), "way", field="way")
    prepared = Preparation.objects.get(referral=row)
    values = leaving(by, row, row.way, moment, names_agreed=prepared.names_agreed, shown=shown)
    if row.way == Way.ACCOUNT:
        row.receiver, row.receiver_agency = service.focal_user, service.agency
    edge = move(row, Act.SEND, by=by, now=moment)
    if row.way in {Way.ACCOUNT, Way.SPOKEN}:
        disclose(row, prepared.lens, values, way=row.way, receiver=receiver_label(service), by=by, now=moment)
    if row.way == Way.ACCOUNT:
        tell(row, NoticeKind.ARRIVED, Audience.RECEIVER, moment)
    remark(act="send", edge=edge, way=row.way, ground="consent" if row.consent_id else "override", fields=len(values))
    return row


def receiver_label(service: DirectoryService) -> str:
    """To whom something leaves, in words that are kept."""
    return ", ".join(dict.fromkeys(part for part in (service.provider_name, service.name, service.focal_name) if part))


@action(Verb.REFERRAL_SEND, on="referral")
def withdraw_referral(
    *, referral: Referral, reason: str, version: int, by: User, note: str = "", now: datetime | None = None
) -> Referral:
    """Take a referral back, whether sent or only drafted; its receiver is told and sees its content no more.

    Raises:
        Refused: ``stale``, ``ended`` when it has ended, ``reason``.
    """
    row = locked(by, referral)
    if was_done(row, Act.WITHDRAW, version, by):
        return row
    edge = take_back(row, reason, by=by, now=now or timezone.now(), note=note)
    remark(act="withdraw", edge=edge)
    return row


def take_back(row: Referral, reason: str, *, by: User, now: datetime, note: str = "", by_consent: bool = False) -> str:
    """Withdraw a locked referral; returns the edge. A part of actions of both rooms.

    Args:
        by_consent: the ledger of consents itself speaks, so that its reason may be given.
    """
    if not (by_consent and reason == WithdrawReason.CONSENT_WITHDRAWN):
        demand_reason(Act.WITHDRAW, reason)
    demand_step(row, Act.WITHDRAW)
    was_sent = row.sent_at is not None
    close_to_receiver(row, now)
    edge = move(row, Act.WITHDRAW, by=by, now=now, reason=reason, note=note)
    if was_sent and row.way == Way.ACCOUNT:
        tell(row, NoticeKind.WITHDRAWN, Audience.RECEIVER, now)
    return edge


@action(Verb.REFERRAL_SEND, on="referral")
def tell_answer(
    *, referral: Referral, act: str, version: int, by: User, reason: str = "", outcome: str = "",
    happened_on: date | None = None, note: str = "", now: datetime | None = None,
) -> Referral:  # fmt: skip
    """Write down what a receiver without account told by telephone or on paper.

    Who has an account, and whoever holds a link, answers alone: nobody answers for somebody else.

    Raises:
        Refused: ``account``, and as for the answers themselves.
    """
    row = locked(by, referral)
    if was_done(row, Act(act), version, by):
        return row
    edge = note_told(row, Act(act), by=by, now=now or timezone.now(), reason=reason, outcome=outcome,
                     happened_on=happened_on, note=note)  # fmt: skip
    remark(act=f"told.{act}", edge=edge)
    return row


def note_told(
    row: Referral, act: Act, *, by: User, now: datetime, reason: str, outcome: str, happened_on: date | None, note: str
) -> str:
    """Move a locked referral by an answer that was told; returns the edge. A part of actions of both rooms."""
    if row.way == Way.ACCOUNT:
        raise Refused(
            _("This service answers in the program itself. Ask it to answer there: nobody answers for somebody else."),
            "account",
        )
    if act not in ANSWERS:
        raise Refused(_("Choose what the service answered."), "act", field="act")
    return answer(row, act, by=by, now=now, reason=reason, outcome=outcome, happened_on=happened_on, note=note,
                  told=True)  # fmt: skip


def answer(
    row: Referral, act: Act, *, by: User | None, now: datetime, reason: str = "", outcome: str = "",
    happened_on: date | None = None, note: str = "", told: bool = False,
) -> str:  # fmt: skip
    """Move a locked referral by an answer: step, journey and news. A part of every answering action.

    Raises:
        Refused: where there is no such edge; ``reason``, ``outcome``, ``date``.
    """
    demand_step(row, act)
    helped_on = None
    if act is Act.COMPLETE:
        helped_on = demand_possible_help(row, outcome, happened_on, now)
    elif act in REASONS_OF:
        demand_reason(act, reason)
    edge = move(
        row, act, by=by, now=now, reason=reason if act in REASONS_OF else "",
        outcome=outcome if act is Act.COMPLETE else "", happened_on=helped_on, note=note, told=told,
    )  # fmt: skip
    if act is Act.COMPLETE:
        count_help(row, by)
    if not told and act in ANSWERS:
        tell(row, NoticeKind.ANSWERED, Audience.SENDER, now, act)
    return edge


def demand_reason(act: Act, reason: str) -> None:
    """Raise a Refused unless ``reason`` is one of those that ``act`` knows."""
    if reason not in REASONS_OF[act]:
        raise Refused(_("Choose a reason."), "reason", field="reason")


@action(Verb.REFERRAL_SEND, on="referral")
def write_to_receiver(*, referral: Referral, note: str, by: User, now: datetime | None = None) -> Referral:
    """Write a few words to the receiver of a referral under way.

    Raises:
        Refused: ``note`` when it is empty, ``ended`` when nobody reads it any more.
    """
    row = locked(by, referral)
    if row.is_draft or row.state in ENDS:
        raise Refused(_("This referral is not under way. Nobody would read it."), "ended")
    moment = now or timezone.now()
    add_note(row, note, by=by, now=moment)
    if row.way == Way.ACCOUNT:
        tell(row, NoticeKind.NOTE, Audience.RECEIVER, moment)
    remark(act="note")
    return row
