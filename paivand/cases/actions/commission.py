"""The commission of a selection: seats, stepping aside, signing, and the decision over the whole list."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.selection import demand_unchanged, locked_round, lying
from paivand.cases.actions.selection_list import demand_seat, steps_of_selected
from paivand.cases.models import (
    SelectionAppeal,
    SelectionCandidate,
    SelectionConflict,
    SelectionMinutes,
    SelectionRound,
    SelectionSeat,
    SelectionSignature,
)
from paivand.cases.queries.commission import SignedList, possible_signers, present_list, seat_of
from paivand.cases.rules.selection import (
    AppealState,
    ConflictKind,
    MemberKind,
    Outcome,
    Part,
    RoundState,
    Void,
)
from paivand.cases.rules.selection_codes import codes, numbers
from paivand.core.rules.errors import Refused
from paivand.core.templatetags.paivand import day
from paivand.registry.models import JourneyStep

FORMING = (RoundState.PREPARING, RoundState.COMMISSION)


@action(Verb.SELECTION_SIGN, on="chosen")
def take_seat(*, chosen: SelectionRound, function: str, by: User, now: datetime | None = None) -> SelectionSeat:
    """Sit down in the commission as a signer: on a seat that was offered, or on one's own account.

    Raises:
        Refused: ``state``; ``function``; ``twice`` when she sits there already.
    """
    row = locked_round(chosen, *FORMING)
    seat = seat_of(by, row)
    if seat is not None and seat.is_taken:
        raise Refused(_("You sit in this commission already."), "twice")
    if seat is None:
        _demand_function(function)
        seat = SelectionSeat(
            round=row, kind=MemberKind.SIGNER, user=by, function=function, offered_by=by, **lying(row)
        )  # fmt: skip
    elif function in codes("functions"):
        seat.function = function
    seat.accepted_at = now or timezone.now()
    seat.version += 1
    seat.save()
    voided = row.void_signatures(Void.SEATS, timezone.now())
    remark(act="seat.take", function=seat.function, voided=voided)
    return seat


def _demand_function(function: str) -> None:
    if function not in codes("functions"):
        raise Refused(_("Choose as what somebody sits in the commission."), "function", field="function")


@action(Verb.SELECTION_SIGN, on="chosen")
def offer_seat(
    *, chosen: SelectionRound, seat_id: uuid.UUID, user: User, function: str, by: User
) -> SelectionSeat:  # fmt: skip
    """Offer a colleague a seat as a signer; she takes it herself.

    Raises:
        Refused: ``twice``, ``state``, ``function``; ``user`` for somebody whose right does not reach the round, or who
            has a seat.
    """
    row = locked_round(chosen, *FORMING)
    if SelectionSeat.objects.filter(pk=seat_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_function(function)
    if user.pk not in {one.pk for one in possible_signers(by, row)}:
        raise Refused(_("This colleague has a seat already, or cannot sign here."), "user", field="user")
    seat = SelectionSeat(
        id=seat_id, round=row, kind=MemberKind.SIGNER, user=user, function=function, offered_by=by, **lying(row)
    )  # fmt: skip
    seat.save(force_insert=True)
    remark(act="seat.offer", function=function)
    return seat


@action(Verb.SELECTION_SIGN, on="chosen")
def seat_outside_member(
    *, chosen: SelectionRound, seat_id: uuid.UUID, function: str, organisation: str, by: User,
    now: datetime | None = None,
) -> SelectionSeat:  # fmt: skip
    """Write down that somebody from outside is heard, by function and organisation and never by name.

    Raises:
        Refused: ``twice``, ``state``, ``function``; ``organisation`` without one.
    """
    row = locked_round(chosen, *FORMING)
    if SelectionSeat.objects.filter(pk=seat_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_function(function)
    if not organisation.strip():
        raise Refused(
            _("Write the organisation, such as “Jamoat Zarbdor”, and no name."), "organisation", field="organisation"
        )
    seat = SelectionSeat(
        id=seat_id, round=row, kind=MemberKind.OUTSIDE, function=function, organisation=organisation.strip()[:120],
        offered_by=by, accepted_at=now or timezone.now(), **lying(row),
    )  # fmt: skip
    seat.save(force_insert=True)
    voided = row.void_signatures(Void.SEATS, timezone.now())
    remark(act="seat.outside", function=function, voided=voided)
    return seat


@action(Verb.SELECTION_SIGN, on="seat")
def leave_seat(*, seat: SelectionSeat, reason: str, by: User, on: date | None = None) -> SelectionSeat:
    """Leave the commission, or note that somebody left it. What was decided from the seat stays.

    Raises:
        Refused: ``state``, ``left``; ``reason`` without one; ``user`` for the seat of another signer.
    """
    row = locked_round(seat.round, *FORMING)
    locked: SelectionSeat = SelectionSeat.objects.select_for_update().get(pk=seat.pk)
    if locked.left_on:
        raise Refused(_("This seat was left already."), "left")
    if locked.user_id and locked.accepted_at and locked.user_id != by.pk:
        raise Refused(_("A signer leaves the seat herself."), "user")
    if not reason.strip():
        raise Refused(_("Say why the seat is left."), "reason", field="reason")
    was_taken = locked.is_taken
    locked.left_on, locked.left_reason = on or timezone.localdate(), reason.strip()[:300]
    locked.version += 1
    locked.save()
    voided = row.void_signatures(Void.SEATS, timezone.now()) if was_taken else 0
    remark(act="seat.leave", function=locked.function, voided=voided)
    return locked


@action(Verb.SELECTION_SIGN, on="candidate")
def step_aside(
    *, candidate: SelectionCandidate, seat: SelectionSeat, kind: ConflictKind, words: str, by: User,
    now: datetime | None = None,
) -> SelectionConflict:  # fmt: skip
    """Write down that a member of the commission does not decide about a family, and why.

    A signer says it of herself; of an outside member any signer writes it down.

    Raises:
        Refused: ``state``, ``seat``; ``words`` for a tie of another kind without words; ``twice``.
    """
    row = locked_round(candidate.round, RoundState.COMMISSION, RoundState.DECIDED, RoundState.APPEALS)
    own = demand_seat(row, by)
    if seat.round_id != row.pk or not seat.is_taken or (seat.is_signer and seat.pk != own.pk):
        raise Refused(_("A signer steps aside herself."), "seat", field="seat")
    if kind is ConflictKind.OTHER and not words.strip():
        raise Refused(_("Say in words what ties you to the family."), "words", field="words")
    if SelectionConflict.objects.filter(candidate=candidate, seat=seat, ended_at=None).exists():
        raise Refused(_("This is written down already."), "twice")
    at = now or timezone.now()
    found = SelectionConflict(
        round=row, seat=seat, candidate=candidate, kind=kind, words=words.strip()[:300], declared_by=by,
        declared_at=at, **lying(row),
    )  # fmt: skip
    found.save(force_insert=True)
    voided = row.void_signatures(Void.CONFLICT, at) if row.in_commission else 0
    remark(act="conflict.declare", tie=str(kind), voided=voided)
    return found


@action(Verb.SELECTION_SIGN, on="conflict")
def end_conflict(
    *, conflict: SelectionConflict, reason: str, by: User, now: datetime | None = None
) -> SelectionConflict:  # fmt: skip
    """Find that there is no conflict after all. Another signer says so, never who declared it; both stay written.

    Raises:
        Refused: ``state``, ``seat``, ``ended``; ``self``; ``reason`` without one.
    """
    row = locked_round(conflict.round, RoundState.COMMISSION, RoundState.DECIDED, RoundState.APPEALS)
    own = demand_seat(row, by)
    locked: SelectionConflict = SelectionConflict.objects.select_for_update().get(pk=conflict.pk)
    if locked.ended_at:
        raise Refused(_("This was ended already."), "ended")
    if by.pk == locked.declared_by_id or own.pk == locked.seat_id:
        raise Refused(_("Another signer has to find that there is no conflict."), "self")
    if not reason.strip():
        raise Refused(_("Say why there is no conflict."), "reason", field="reason")
    at = now or timezone.now()
    locked.ended_at, locked.ended_by, locked.ended_reason = at, by, reason.strip()[:300]
    locked.version += 1
    locked.save()
    voided = row.void_signatures(Void.CONFLICT, at) if row.in_commission else 0
    remark(act="conflict.end", voided=voided)
    return locked


@action(Verb.SELECTION_SIGN, on="chosen")
def sign_list(
    *, chosen: SelectionRound, list_hash: str, by: User, now: datetime | None = None
) -> SelectionSignature:  # fmt: skip
    """Stand for the whole list as it is, apart from the families one stepped aside from.

    Args:
        list_hash: the fingerprint of the list that the signer was shown.

    Raises:
        Refused: ``state``, ``seat``; ``undecided`` while a listed family waits; ``twice``; ``changed`` when the list is
            another one than was shown.
    """
    row = locked_round(chosen, RoundState.COMMISSION)
    seat = demand_seat(row, by)
    _demand_decided(row)
    if SelectionSignature.objects.filter(round=row, signer=by, voided_at=None).exists():
        raise Refused(_("You signed this list already."), "twice")
    present = present_list(by, row)
    if present.fingerprint != list_hash:
        raise Refused(_("The list changed while you were reading. Read it again before you sign."), "changed")
    n_aside = sum(str(seat.pk) in out for out in present.aside.values())
    signature = SelectionSignature(
        round=row, seat=seat, signer=by, list_hash=present.fingerprint, n_families=present.n_families,
        n_aside=n_aside, signed_at=now or timezone.now(), **lying(row),
    )  # fmt: skip
    signature.save(force_insert=True)
    remark(act="list.sign", families=present.n_families, aside=n_aside)
    return signature


def _demand_decided(row: SelectionRound) -> None:
    waiting = row.candidates.filter(outcome="", part=Part.LISTED).count()
    if waiting:
        raise Refused(
            ngettext(
                "Nothing is decided yet about %(n)s family. Decide first.",
                "Nothing is decided yet about %(n)s families. Decide first.",
                waiting,
            )
            % {"n": waiting},
            "undecided",
        )


@action(Verb.SELECTION_SIGN, on="chosen")
def conclude(
    *, chosen: SelectionRound, leave_unassessed: bool, version: int, by: User, now: datetime | None = None
) -> SelectionRound:  # fmt: skip
    """Make the signed list the decision. The journey of each selected family says so, where its head agrees.

    Args:
        leave_unassessed: that families which nobody assessed stay without a decision, knowingly.

    Raises:
        Refused: ``state``, ``stale``, ``seat``, ``undecided``, ``unassessed``, ``quota``; ``changed`` when a signature
            is not over this list; ``signatures`` when too few signers may speak for some family.
    """
    row = locked_round(chosen, RoundState.COMMISSION)
    demand_unchanged(row, version)
    demand_seat(row, by)
    _demand_decided(row)
    n_apart = row.candidates.filter(outcome="", part=Part.TO_ASSESS).count()
    if n_apart and not leave_unassessed:
        raise Refused(
            ngettext(
                "%(n)s family was not assessed. Assess it, or say that it stays without a decision.",
                "%(n)s families were not assessed. Assess them, or say that they stay without a decision.",
                n_apart,
            )
            % {"n": n_apart},
            "unassessed", field="leave_unassessed",
        )  # fmt: skip
    _demand_places(row)
    present = present_list(by, row)
    _demand_signatures(row, present)
    at = now or timezone.now()
    row.state, row.decided_on, row.list_hash = RoundState.DECIDED, timezone.localdate(at), present.fingerprint
    row.version += 1
    row.save()
    SelectionMinutes(
        round=row, content=present.content, list_hash=present.fingerprint, **lying(row)
    ).save(force_insert=True)  # fmt: skip
    chosen_ones = row.candidates.filter(outcome=Outcome.SELECTED).select_related("family__head", "jamoat")
    selected = list(chosen_ones)
    steps, marked = steps_of_selected(row, selected, by=by, on=timezone.localdate(at))
    JourneyStep.objects.bulk_create(steps, batch_size=1000)
    SelectionCandidate.objects.bulk_update(marked, ["step"], batch_size=1000)
    remark(
        act="round.move", edge="commission>decided", families=present.n_families, selected=len(selected),
        steps=len(steps), unassessed=n_apart,
    )  # fmt: skip
    return row


def _demand_places(row: SelectionRound) -> None:
    """Raise a Refused when a jamoat has more selected families than places."""
    quotas = {place.jamoat_id: place for place in row.places.select_related("jamoat")}
    taken = row.candidates.filter(outcome=Outcome.SELECTED).values("jamoat_id").annotate(n=Count("pk")).order_by()
    for jamoat in taken:
        place = quotas.get(jamoat["jamoat_id"])
        if place is None or jamoat["n"] > place.quota:
            raise Refused(
                _("In %(jamoat)s more families are selected than there are places. Put one on the reserve.")
                % {"jamoat": place.jamoat.name if place else jamoat["jamoat_id"]},
                "quota",
            )


def _demand_signatures(row: SelectionRound, present: SignedList) -> None:
    """Raise a Refused unless enough signers stand for each family of exactly this list."""
    live = list(row.signatures.filter(voided_at=None))
    if any(one.list_hash != present.fingerprint for one in live):
        raise Refused(_("The list is not the one that was signed. Sign it again."), "changed")
    needed = numbers().signers
    short = present.short(live)
    if len(live) < needed:
        raise Refused(
            ngettext("%(n)s more signature is needed.", "%(n)s more signatures are needed.", needed - len(live))
            % {"n": needed - len(live)},
            "signatures",
        )
    if short:
        raise Refused(
            ngettext(
                "Too few signers may speak for %(n)s family: one stepped aside. Offer another colleague a seat.",
                "Too few signers may speak for %(n)s families: one stepped aside. Offer another colleague a seat.",
                len(short),
            )
            % {"n": len(short)},
            "signatures",
        )


@action(Verb.SELECTION_SIGN, on="chosen")
def close_round(
    *, chosen: SelectionRound, reason: str, version: int, by: User, on: date | None = None
) -> SelectionRound:
    """End a selection when every appeal is answered and no family may appeal any more.

    Args:
        reason: why some families could not be told; needed where nobody told them.

    Raises:
        Refused: ``state``, ``stale``; ``appeals`` while one waits, ``untold`` while a family was not told and nobody
            says why, ``early`` while a family may still appeal.
    """
    row = locked_round(chosen, RoundState.DECIDED, RoundState.APPEALS)
    demand_unchanged(row, version)
    today = on or timezone.localdate()
    if SelectionAppeal.objects.filter(round=row, state=AppealState.OPEN).exists():
        raise Refused(_("An appeal waits for a decision. Decide about it first."), "appeals")
    told = row.candidates.exclude(outcome="").aggregate(last=Max("told_on"), n=Count("pk", filter=Q(told_on=None)))
    if told["n"] and not reason.strip():
        raise Refused(
            ngettext(
                "%(n)s family was not told what was decided. Tell it, or say why that cannot be.",
                "%(n)s families were not told what was decided. Tell them, or say why that cannot be.",
                told["n"],
            )
            % {"n": told["n"]},
            "untold", field="reason",
        )  # fmt: skip
    last = max(one for one in (row.decided_on, told["last"]) if one) + timedelta(days=numbers().appeal_days)
    if today <= last:
        raise Refused(
            _("Families may still appeal until %(day)s. Close the selection after that day.") % {"day": day(last)},
            "early",
        )
    before = row.state
    row.state, row.closed_on, row.closing_reason = RoundState.CLOSED, today, reason.strip()[:300]
    row.version += 1
    row.save()
    remark(act="round.move", edge=f"{before}>closed", untold=told["n"])
    return row
