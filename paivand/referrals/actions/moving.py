"""How a referral moves along an edge: its row, its step, and what follows are written together. Parts of actions."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.referrals.models import AnswerLink, Disclosure, Referral, ReferralStep
from paivand.referrals.rules.clock import due_at
from paivand.referrals.rules.referrals import (
    ENDS,
    STATE_NAMES,
    UNANSWERED,
    Act,
    Outcome,
    ReferralState,
    Step,
    step,
)
from paivand.registry.models import JourneyStep
from paivand.registry.rules.keys import row_key

LONGEST_NOTE = 1000


def locked(by: User, referral: Referral) -> Referral:
    """The row as it stands now, locked, if ``by`` may see it at all."""
    found: Referral | None = Referral.objects.seen_by(by).select_for_update(of=("self",)).filter(pk=referral.pk).first()
    if found is None:
        raise OutsideScopeError(str(referral.pk))
    return found


def seen(by: User, referral: Referral) -> Referral:
    """The row as it stands now, if ``by`` may see it."""
    found: Referral | None = Referral.objects.seen_by(by).filter(pk=referral.pk).first()
    if found is None:
        raise OutsideScopeError(str(referral.pk))
    return found


def was_done(referral: Referral, act: Act, version: int, by: User | None) -> bool:
    """Whether this very act was done before by the same person with the same form: a second sending.

    Raises:
        Refused: ``stale`` when somebody else moved the referral since the form with ``version`` was opened.
    """
    if referral.version == version:
        return False
    last = ReferralStep.objects.filter(referral=referral).order_by("-id").first()
    mine = last is not None and last.act == act and last.by_id == (by.pk if by else None)
    if mine and referral.version == version + 1:
        return True
    raise Refused(
        _("Somebody else worked on this referral meanwhile. Look at what stands now, and decide anew."), "stale"
    )


def demand_step(referral: Referral, act: Act) -> Step:
    """The edge that ``act`` takes.

    Raises:
        Refused: ``ended`` or ``state`` where there is no such edge.
    """
    found = step(referral.state, act)
    if found:
        return found
    state = {"state": _(STATE_NAMES[ReferralState(referral.state)])}
    if referral.state in ENDS:
        raise Refused(_("This referral has ended (%(state)s). Nothing can be changed in it.") % state, "ended")
    raise Refused(_("This cannot be done now: the referral stands at “%(state)s”. Look at it anew.") % state, "state")


def move(
    referral: Referral, act: Act, *, by: User | None, now: datetime, reason: str = "", outcome: str = "",
    happened_on: date | None = None, note: str = "", told: bool = False,
) -> str:  # fmt: skip
    """Move a locked referral along the edge of ``act`` and add the step to its history; returns the edge.

    Raises:
        Refused: where there is no such edge.
    """
    taken = demand_step(referral, act)
    moved_due = due_at(taken.target, referral.priority, now, referral.due_at)
    if moved_due != referral.due_at:
        referral.escalated_at = None
    referral.state, referral.due_at = taken.target, moved_due
    if act is Act.SEND:
        referral.sent_at = now
    if taken.source == ReferralState.SENT and referral.received_at is None and act not in {Act.WITHDRAW, Act.EXPIRE}:
        referral.received_at = now
    if taken.source in UNANSWERED and act in {Act.ACCEPT, Act.DECLINE}:
        referral.answered_at = now
    if taken.target in ENDS:
        referral.ended_at = now
    referral.reason, referral.outcome, referral.helped_on = reason, outcome, happened_on
    referral.version += 1
    referral.save()
    ReferralStep.about(
        referral, act=act, source=taken.source, target=taken.target, by=by, told=told, reason=reason,
        outcome=outcome, happened_on=happened_on, note=note.strip()[:LONGEST_NOTE], at=now,
    ).save()  # fmt: skip
    return taken.edge


def add_note(referral: Referral, note: str, *, by: User | None, now: datetime, told: bool = False) -> None:
    """Add what one side wrote to the other.

    Raises:
        Refused: ``note`` when it is empty.
    """
    if not note.strip():
        raise Refused(_("Write a few words, or go back."), "note", field="note")
    ReferralStep.about(
        referral, act="", source=referral.state, target=referral.state, by=by, told=told,
        note=note.strip()[:LONGEST_NOTE], at=now,
    ).save()  # fmt: skip


def demand_possible_help(referral: Referral, outcome: str, happened_on: date | None, now: datetime) -> date:
    """The day of the help.

    Raises:
        Refused: ``outcome``, ``date`` when it lies before the referral was sent or in the future.
    """
    if outcome not in set(Outcome):
        raise Refused(_("Choose whether the help was given wholly or in part."), "outcome", field="outcome")
    today = timezone.localdate(now)
    sent_on = timezone.localdate(referral.sent_at) if referral.sent_at else today
    if happened_on is None or not sent_on <= happened_on <= today:
        raise Refused(_("The day lies before the referral or in the future. Choose another day."), "date",
                      field="happened_on")  # fmt: skip
    return happened_on


def count_help(referral: Referral, by: User | None) -> None:
    """Append the step of the journey: this kind of help reached the person by a referral.

    The provider who told it may not see who the person is, so everything comes from the referral. By a link nobody is
    signed in: then the sender stands as who wrote it down. Of a sealed referral the sealed room writes a coded step.
    """
    if referral.is_sealed or referral.person_id is None or referral.helped_on is None:
        return
    JourneyStep(
        id=row_key(referral.pk, "journey"), person_id=referral.person_id, service=f"referral.{referral.service_type}",
        outcome=referral.outcome, happened_on=referral.helped_on, place_id=referral.district_id,
        recorded_by_id=by.pk if by else referral.sender_id, district_id=referral.district_id,
        agency_id=referral.agency_id, team_id=referral.team_id, owner_id=referral.owner_id,
    ).save()  # fmt: skip


def close_to_receiver(referral: Referral, now: datetime) -> None:
    """Shut what was disclosed to the receiver's eyes, and take back its links; the row of the referral is saved later.

    What left stays known to the sender.
    """
    for link in AnswerLink.objects.filter(referral=referral, used_at=None, revoked_at=None):
        link.revoked_at = now
        link.version += 1
        link.save()
    for row in Disclosure.objects.filter(referral=referral, is_open=True):
        row.is_open, row.link_digest = False, ""
        row.version += 1
        row.save(update_fields=["is_open", "link_digest", "version", "changed_at"])
    referral.link_digest = ""
