"""What is told on desks: written with what happened, and marked as seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import OutsideScopeError
from paivand.referrals.models import Notice, Referral
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import Act


def tell(referral: Referral, kind: NoticeKind, audience: Audience, at: datetime, act: Act | None = None) -> None:
    """Tell one side of a referral, or the supervisors of its place, what happened. A part of other actions."""
    Notice.about(
        referral, kind=kind, audience=audience, at=at, act=act or "",
        for_user_id=referral.sender_id if audience is Audience.SENDER else None,
    ).save()  # fmt: skip


def see_notice(*, notice: Notice, by: User, now: datetime | None = None) -> Notice:
    """Take a notice off the desk of those whom it is for: an act of the side that was told."""
    if notice.audience == Audience.RECEIVER:
        return see_as_receiver(notice=notice, by=by, now=now)
    return (
        see_in_sealed_room(notice=notice, by=by, now=now)
        if notice.is_sealed
        else see_as_sender(notice=notice, by=by, now=now)
    )


@action(Verb.REFERRAL_ANSWER, on="notice", self_service=True)
def see_as_receiver(*, notice: Notice, by: User, now: datetime | None = None) -> Notice:
    """The receiver has seen it."""
    return _seen(notice, by, now)


@action(Verb.REFERRAL_SEND, on="notice", self_service=True)
def see_as_sender(*, notice: Notice, by: User, now: datetime | None = None) -> Notice:
    """The sender, or a supervisor of the place, has seen it."""
    return _seen(notice, by, now)


@action(Verb.SURVIVOR_WORK, on="notice", self_service=True)
def see_in_sealed_room(*, notice: Notice, by: User, now: datetime | None = None) -> Notice:
    """Somebody of the sealed room has seen it; what the room does about it is done with it."""
    seen = _seen(notice, by, now)
    for follow in SEALED_NEWS:
        follow(by, Referral.objects.get(pk=seen.referral_id))
    return seen


SEALED_NEWS: list[Callable[[User, Referral], None]] = []
"""What the sealed room does when the news of one of its referrals is seen there: to write the coded step of the
journey, which no provider may write. Called inside the action, as often as there is news: each does its work once."""


def mark_seen(referral: Referral, by: User, audience: Audience, at: datetime) -> int:
    """Take what ``by`` was told as this side off the desk, because the referral itself is read; returns how much.

    What supervisors are told stays until one of them says that she has seen it. A part of other actions.
    """
    rows = list(Notice.objects.seen_by(by).select_for_update().filter(
        referral=referral, audience=audience, seen_at=None,
    ))  # fmt: skip
    for row in rows:
        row.seen_at, row.seen_by = at, by
        row.version += 1
        row.save(update_fields=["seen_at", "seen_by", "version", "changed_at"])
    return len(rows)


def _seen(notice: Notice, by: User, now: datetime | None) -> Notice:
    found: Notice | None = Notice.objects.seen_by(by).select_for_update().filter(pk=notice.pk).first()
    if found is None:
        raise OutsideScopeError(str(notice.pk))
    if found.seen_at is None:
        found.seen_at, found.seen_by = now or timezone.now(), by
        found.version += 1
        found.save(update_fields=["seen_at", "seen_by", "version", "changed_at"])
    remark(act="notice.see", kind=found.kind)
    return found
