"""One-time links: made and taken back by the sender, opened with a PIN, answered by whoever holds them.

Token and PIN are shown once, to the sender, who tells them by two different ways. The database keeps a digest of the
one and a slow hash of the other. Nobody is signed in where a link is answered: the acts are done under the identity of
the link, see one referral only, and stand in the audit without an actor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.referrals.actions.disclosing import disclose, leaving
from paivand.referrals.actions.moving import add_note, close_to_receiver, locked, move, was_done
from paivand.referrals.actions.notices import tell
from paivand.referrals.actions.sending import answer, receiver_label
from paivand.referrals.models import AnswerLink, Disclosure, Preparation, Referral
from paivand.referrals.queries.consent import ground_of
from paivand.referrals.rules.clock import link_ends_at, link_limits
from paivand.referrals.rules.consent import WHY_NOT
from paivand.referrals.rules.links import LinkState, new_pin, new_token, token_digest, typed_pin
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import ANSWERS, ENDS, Act, ReferralState, Way


@dataclass(frozen=True, slots=True)
class Issued:
    """A link just made: the only moment at which token and PIN are known."""

    link: AnswerLink
    token: str
    pin: str


@action(Verb.REFERRAL_SEND, on="referral")
def issue_link(
    *, referral: Referral, language: str, call_whom: str, version: int, by: User, names_agreed: bool = False,
    now: datetime | None = None,
) -> Issued:  # fmt: skip
    """Make the link of a referral under way, anew if there is one: the one before opens no more.

    Args:
        call_whom: whom the receiver calls when the link does not open, such as the sender and her number.
        names_agreed: whether the person agreed that name and telephone leave by this link.

    Raises:
        Refused: ``ended`` or ``state`` unless it is under way, ``stale``, ``account`` where the receiver answers in the
            program, ``consent`` when nothing allows it any more, ``call_whom``.
    """
    row = locked(by, referral)
    moment = now or timezone.now()
    demand_open_way(row, version)
    demand_ground(by, row, moment)
    values = leaving(by, row, Way.LINK, moment, names_agreed=names_agreed)
    lens = Preparation.objects.get(referral=row).lens
    issued = make_link(
        row, lens, values, language=language, call_whom=call_whom, receiver=receiver_label(row.service), by=by,
        now=moment, names_agreed=names_agreed,
    )  # fmt: skip
    remark(act="link.issue", fields=len(values))
    return issued


def demand_open_way(row: Referral, version: int) -> None:
    """Raise a Refused unless the referral is under way and reaches its receiver outside the program."""
    if row.is_draft:
        raise Refused(_("Nothing was sent yet. Send the referral first."), "state")
    if row.state in ENDS:
        raise Refused(_("This referral has ended. Nothing more leaves with it."), "ended")
    if row.way == Way.ACCOUNT:
        raise Refused(_("This service answers in the program itself. It needs no link."), "account")
    if row.version != version:
        raise Refused(
            _("Somebody else worked on this referral meanwhile. Look at what stands now, and decide anew."), "stale"
        )


def demand_ground(by: User, row: Referral, now: datetime) -> None:
    """Raise a Refused when nothing allows any more that something leaves: a consent may have ended since."""
    if row.overridden_at or row.person is None:
        return
    ground = ground_of(by, row.person, row.service, timezone.localdate(now))
    if ground.consent is None:
        raise Refused(_(WHY_NOT[ground.why]), "consent", detail={"why": ground.why})


def make_link(
    row: Referral, lens: str, values: dict[str, object], *, language: str, call_whom: str, receiver: str, by: User,
    now: datetime, names_agreed: bool,
) -> Issued:  # fmt: skip
    """Write a link and what it shows, and take back the one before. A part of actions of both rooms."""
    if not call_whom.strip():
        raise Refused(_("Write whom the service calls with a question: a name and a number."), "call_whom",
                      field="call_whom")  # fmt: skip
    close_to_receiver(row, now)
    token, pin = new_token(), new_pin()
    row.link_digest, row.way = token_digest(token), Way.LINK
    row.version += 1
    row.save()
    shown: Disclosure = disclose(row, lens, values, way=Way.LINK, receiver=receiver, by=by, now=now,
                                 names_agreed=names_agreed)  # fmt: skip
    link: AnswerLink = AnswerLink.about(
        row, disclosure=shown, pin_hash=make_password(pin), language=language, call_whom=call_whom.strip()[:160],
        issued_at=now, issued_by=by, expires_at=link_ends_at(row.priority, now),
    )  # fmt: skip
    link.save()
    return Issued(link, token, pin)


@action(Verb.REFERRAL_SEND, on="referral")
def revoke_link(*, referral: Referral, version: int, by: User, now: datetime | None = None) -> Referral:
    """Take the link of a referral back; the referral itself goes on.

    Raises:
        Refused: ``link`` where there is none to take back; else as ``issue_link``.
    """
    row = locked(by, referral)
    demand_open_way(row, version)
    if not row.link_digest:
        raise Refused(_("There is no link to take back."), "link")
    close_to_receiver(row, now or timezone.now())
    row.version += 1
    row.save()
    remark(act="link.revoke")
    return row


# --- under the identity of the link ----------------------------------------------------------------------------------


class PinTry(StrEnum):
    """What came of a PIN."""

    RIGHT = "right"
    WRONG = "wrong"
    SHUT = "shut"
    """The link opens no more, whatever the PIN."""


def try_pin(link: AnswerLink, typed: str, *, now: datetime) -> PinTry:
    """Compare a PIN, one guess at a time.

    A wrong one is counted and stands in the audit as refused; the last one allowed locks the link and tells the
    sender. The first right one notes that the receiver has seen the referral.
    """
    with transaction.atomic(), writing(Verb.REFERRAL_ANSWER):
        row = _locked_link(link)
        if row.state(now) is not LinkState.OPEN:
            return PinTry.SHUT
        referral = _its_referral(row)
        if not check_password(typed_pin(typed), row.pin_hash):
            row.n_wrong += 1
            if row.n_wrong >= link_limits().wrong_pins:
                row.locked_at = now
                tell(referral, NoticeKind.LOCKED, Audience.SENDER, now)
            _save(row)
            _note(referral, "refused", act="link.pin", wrong=row.n_wrong, locked=row.locked_at is not None)
            return PinTry.SHUT if row.locked_at else PinTry.WRONG
        row.n_wrong = 0
        if row.opened_at is None:
            row.opened_at = now
            edge = move(referral, Act.RECEIVE, by=None, now=now) if referral.state == ReferralState.SENT else ""
            _note(referral, act="link.open", edge=edge)
        _save(row)
        return PinTry.RIGHT


def answer_link(
    link: AnswerLink, act: Act, *, version: int, now: datetime, reason: str = "", outcome: str = "",
    happened_on: date | None = None, note: str = "",
) -> Referral:  # fmt: skip
    """Answer by the link. After the last answer it is used up; a second sending changes nothing.

    Raises:
        Refused: ``closed`` when the link opens no more, ``stale``, and as for the answers of an account.
    """

    def body(row: AnswerLink, referral: Referral) -> str:
        if was_done(referral, act, version, None):
            return ""
        if act not in ANSWERS:
            raise Refused(_("Choose what the service answered."), "act", field="act")
        edge = answer(referral, act, by=None, now=now, reason=reason, outcome=outcome, happened_on=happened_on,
                      note=note)  # fmt: skip
        if referral.state in ENDS:
            row.used_at = now
            _save(row)
        return edge

    return _by_link(link, f"link.{act}", now, body)


def write_by_link(link: AnswerLink, note: str, *, now: datetime) -> Referral:
    """Write a few words to the sender.

    Raises:
        Refused: ``closed`` when the link opens no more, ``note`` when it is empty.
    """

    def body(_row: AnswerLink, referral: Referral) -> str:
        add_note(referral, note, by=None, now=now)
        tell(referral, NoticeKind.NOTE, Audience.SENDER, now)
        return ""

    return _by_link(link, "link.note", now, body)


def _by_link(link: AnswerLink, act: str, now: datetime, body: Callable[[AnswerLink, Referral], str]) -> Referral:
    """Do ``body`` with both rows locked, and note it in the audit, refused or done."""
    about: AnswerLink | Referral = link
    try:
        with transaction.atomic(), writing(Verb.REFERRAL_ANSWER):
            row = _locked_link(link)
            if row.state(now) is not LinkState.OPEN:
                raise Refused(_("This link opens no more. Call who sent it to you."), "closed")
            about = referral = _its_referral(row)
            _note(referral, act=act, edge=body(row, referral))
            return referral
    except Refused as refused:
        _note(about, "refused", act=act, why=refused.code)
        raise


def _locked_link(link: AnswerLink) -> AnswerLink:
    row: AnswerLink = AnswerLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    return row


def _its_referral(link: AnswerLink) -> Referral:
    """The referral of an open link; that of a link taken back is out of its sight."""
    row: Referral = Referral.objects.select_for_update(of=("self",)).get(pk=link.referral_id)
    return row


def _save(row: AnswerLink) -> None:
    row.version += 1
    row.save()


def _note(about: Referral | AnswerLink, outcome: str = "done", **detail: object) -> None:
    record_event(Verb.REFERRAL_ANSWER, by=None, subject=about, scope=about.scope, outcome=outcome, detail=detail)
