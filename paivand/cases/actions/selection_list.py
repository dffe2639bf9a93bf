"""Deciding about families on the list of a selection, and what follows when the list is signed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.selection import assess, demand_unchanged, listed, locked_round
from paivand.cases.models import (
    SelectionCandidate,
    SelectionConflict,
    SelectionDecision,
    SelectionRound,
    SelectionSeat,
)
from paivand.cases.queries.commission import seat_of
from paivand.cases.queries.selection import first_of_reserve
from paivand.cases.queries.selection_profiles import profiles
from paivand.cases.rules.selection import (
    NEEDS_PROFILE,
    PROPOSED_REASONS,
    Added,
    Basis,
    Choice,
    Outcome,
    Part,
    RoundState,
    Void,
    departs,
)
from paivand.cases.rules.selection_codes import codes, reasons
from paivand.core.rules.errors import Refused
from paivand.registry.actions.journey import Help, demand_agreed, reverse_step, step_row
from paivand.registry.models import Family, JourneyStep
from paivand.registry.queries.consents import grounds
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.catalogue import COMPLETED
from paivand.registry.rules.keys import row_key

SELECTED = "family.selected"
"""The service of the journey that says that a family was selected."""
SIGNED_STATES = (RoundState.DECIDED, RoundState.APPEALS)


@action(Verb.SELECTION_SIGN, on="chosen")
def add_family(*, chosen: SelectionRound, family: Family, by: User, now: datetime | None = None) -> SelectionCandidate:
    """Put a family onto the list that the commission has already, with its profile of this moment.

    Raises:
        Refused: ``state``; ``closed`` for a closed file, ``jamoat`` when it lives elsewhere, ``there`` when it is on
            the list.
    """
    row = locked_round(chosen, RoundState.COMMISSION)
    added = put_on_list(row, family, Added.BY_HAND, by=by, at=now or timezone.now())
    if added.profile:
        added.profile.save()
    added.save(force_insert=True)
    row.n_families += 1
    row.save()
    row.rank_anew()
    voided = row.void_signatures(Void.FAMILIES, timezone.now())
    remark(act="list.add", part=added.part, voided=voided)
    return added


def put_on_list(
    row: SelectionRound, family: Family, how: Added, *, by: User, at: datetime
) -> SelectionCandidate:  # fmt: skip
    """The unsaved row of a family that comes onto a list late."""
    if not family.is_active:
        raise Refused(_("The file of this family is closed. It cannot be put on the list."), "closed", field="code")
    if not row.places.filter(jamoat_id=family.jamoat_id).exists():
        raise Refused(
            _("This family lives in %(jamoat)s, which is no part of this selection.") % {"jamoat": family.jamoat.name},
            "jamoat", field="code",
        )  # fmt: skip
    if SelectionCandidate.objects.filter(round=row, family=family).exists():
        raise Refused(_("This family is on the list already."), "there", field="code")
    [added] = listed(row, [family], by=by, at=at, added=how)
    return added


@action(Verb.SELECTION_SIGN, on="candidate")
def assess_anew(
    *, candidate: SelectionCandidate, version: int, by: User, now: datetime | None = None
) -> SelectionCandidate:  # fmt: skip
    """Take a family that stood apart into the order of need, now that it was assessed.

    The profile of a family that stands in the order already is never taken anew: the order was made from one moment.

    Raises:
        Refused: ``state``, ``stale``; ``listed`` when it stands in the order, ``unassessed`` while there is no new profile.
    """  # noqa: E501
    row = locked_round(candidate.round, RoundState.COMMISSION, *SIGNED_STATES)
    locked = locked_candidate(candidate, version)
    if locked.is_listed:
        raise Refused(_("This family stands in the order of need already. Its profile is not taken anew."), "listed")
    locked.round = row
    assess(locked, profiles(by, [locked.family_id]).get(locked.family_id), now or timezone.now())
    if not locked.is_listed:
        raise Refused(
            _("There is no complete profile of this family of the last months yet. Assess it first."), "unassessed"
        )
    if locked.profile:
        locked.profile.save()
    locked.version += 1
    locked.save()
    row.rank_anew()
    voided = row.void_signatures(Void.FAMILIES, timezone.now()) if row.in_commission else 0
    remark(act="list.assess", voided=voided)
    locked.refresh_from_db()
    return locked


def locked_candidate(candidate: SelectionCandidate, version: int | None = None) -> SelectionCandidate:
    """The family's row on the list, locked.

    Raises:
        Refused: ``stale`` when somebody changed it since the page with ``version`` was opened; ``unseen`` when the file
            of the family lies beyond the reach of who acts: nobody decides about a family that she cannot see.
    """
    found = SelectionCandidate.objects.select_for_update(of=("self",)).select_related("family", "jamoat")
    locked: SelectionCandidate | None = found.filter(pk=candidate.pk).first()
    if locked is None:
        raise Refused(_("The file of this family lies beyond your reach. Somebody else decides about it."), "unseen")
    if version is not None:
        demand_unchanged(locked, version)
    return locked


def demand_seat(row: SelectionRound, by: User) -> SelectionSeat:
    """The seat of ``by`` in the commission.

    Raises:
        Refused: ``seat`` when she has none, or did not take it yet.
    """
    seat = seat_of(by, row)
    if seat is None or not seat.is_taken:
        raise Refused(_("Only signers of this commission decide. Take your seat first."), "seat")
    return seat


def demand_no_conflict(candidate: SelectionCandidate, by: User) -> None:
    """Raise a Refused, ``conflict``, when ``by`` stepped aside from this family."""
    aside = SelectionConflict.objects.filter(candidate=candidate, seat__user=by, ended_at=None)
    if aside.exists():
        raise Refused(_("You stepped aside from this family. Somebody else decides about it."), "conflict")


def demand_possible(choice: Choice, candidate: SelectionCandidate) -> None:
    """Raise a Refused when a decision has no reason, misses words or a place, or the family was not assessed."""
    reason = reasons(choice.outcome).get(choice.reason_code)
    if reason is None:
        raise Refused(_("Choose why it is decided so."), "reason", field="reason")
    if choice.outcome in NEEDS_PROFILE and not candidate.is_listed:
        raise Refused(
            _("Nobody knows what this family needs today. Assess it before it is selected or put on the reserve."),
            "unassessed", field="outcome",
        )  # fmt: skip
    if choice.outcome in NEEDS_PROFILE and not candidate.family.is_active:
        raise Refused(_("The file of this family is closed. It cannot be selected."), "closed", field="outcome")
    if (reason.words or departs(choice.outcome, candidate.proposal)) and not choice.words.strip():
        message = (
            _("Say it in words as well: this reason alone is not enough.")
            if reason.words
            else _("This departs from the order of need. Say in words why.")
        )
        raise Refused(message, "words", field="words")
    if choice.outcome is Outcome.REFERRED and choice.referred_to not in codes("elsewhere"):
        raise Refused(_("Choose where the family is referred."), "where", field="referred_to")


def n_selected(row: SelectionRound, jamoat_id: str, *, apart_from: uuid.UUID) -> int:
    """How many other families of a jamoat stand selected."""
    found = SelectionCandidate.objects.filter(round=row, outcome=Outcome.SELECTED, jamoat_id=jamoat_id)
    return int(found.exclude(pk=apart_from).count())


def quota_of(row: SelectionRound, jamoat_id: str) -> int:
    """For how many families of a jamoat there is help."""
    return int(row.places.filter(jamoat_id=jamoat_id).values_list("quota", flat=True).first() or 0)


def demand_place(row: SelectionRound, candidate: SelectionCandidate) -> None:
    """Raise a Refused, ``quota``, when every place of the jamoat has its family."""
    quota = quota_of(row, candidate.jamoat_id)
    if n_selected(row, candidate.jamoat_id, apart_from=candidate.pk) >= quota:
        said = full_words(quota, candidate.jamoat.name)
        raise Refused(f"{said} {_('Choose the reserve, or change the places.')}", "quota", field="outcome")


def full_words(quota: int, jamoat: str) -> str:
    """That every place of a jamoat has its family, in a sentence."""
    if not quota:
        return _("There is no place in %(jamoat)s.") % {"jamoat": jamoat}
    said = ngettext(
        "The one place of %(jamoat)s has its family.", "All %(n)s places of %(jamoat)s have their families.", quota
    )
    return said % {"n": quota, "jamoat": jamoat}


@action(Verb.SELECTION_SIGN, on="candidate")
def decide(
    *, candidate: SelectionCandidate, choice: Choice, version: int, by: User, now: datetime | None = None
) -> SelectionCandidate:  # fmt: skip
    """Decide about one family in the commission; every signature is void with it. It may be decided anew.

    Raises:
        Refused: ``state``, ``stale``; ``seat`` for who does not sit in the commission, ``conflict`` for who stepped
            aside; ``reason``, ``words``, ``where``, ``unassessed``, ``closed``; ``quota`` when the places are full.
    """
    row = locked_round(candidate.round, RoundState.COMMISSION)
    demand_seat(row, by)
    locked = locked_candidate(candidate, version)
    demand_no_conflict(locked, by)
    demand_possible(choice, locked)
    if choice.outcome is Outcome.SELECTED:
        demand_place(row, locked)
    at = now or timezone.now()
    locked.settle(choice, Basis.COMMISSION, by, at).save()
    locked.save()
    voided = row.void_signatures(Void.DECISION, at)
    remark(act="list.decide", outcome=str(choice.outcome), reason_code=choice.reason_code, voided=voided)
    return locked


@dataclass(frozen=True)
class Taken:
    """How many proposals were taken over, and how many families were left for a decision of their own."""

    n_decided: int
    n_left: int


@action(Verb.SELECTION_SIGN, on="chosen")
def take_proposals(
    *, chosen: SelectionRound, jamoat_id: str, by: User, now: datetime | None = None
) -> Taken:  # fmt: skip
    """Decide as proposed about all families of a jamoat that nobody decided about and that get no place.

    Who is proposed for a place, who cannot wait, and who the signer stepped aside from is left for a look of its own.

    Raises:
        Refused: ``state``, ``seat``.
    """
    row = locked_round(chosen, RoundState.COMMISSION)
    demand_seat(row, by)
    at = now or timezone.now()
    aside = SelectionConflict.objects.filter(round=row, seat__user=by, ended_at=None).values("candidate_id")
    open_ones = SelectionCandidate.objects.filter(round=row, jamoat_id=jamoat_id, outcome="", part=Part.LISTED)
    rows = list(
        open_ones.filter(proposal__in=[Outcome.RESERVE, Outcome.NOT_ELIGIBLE], is_urgent=False)
        .exclude(pk__in=aside)
        .select_for_update()
    )
    made = [
        one.settle(Choice(Outcome(one.proposal), PROPOSED_REASONS[Outcome(one.proposal)]), Basis.COMMISSION, by, at)
        for one in rows
    ]
    SelectionDecision.objects.bulk_create(made, batch_size=1000)
    decided = ["outcome", "reason_code", "words", "referred_to", "decided_by", "decided_at", "version"]
    SelectionCandidate.objects.bulk_update(rows, decided, batch_size=1000)
    left = int(SelectionCandidate.objects.filter(round=row, jamoat_id=jamoat_id, outcome="").count())
    voided = row.void_signatures(Void.DECISION, at) if rows else 0
    remark(act="list.take", jamoat=jamoat_id, families=len(rows), left=left, voided=voided)
    return Taken(len(rows), left)


# --- after the list is signed ----------------------------------------------------------------------------------------


def steps_of_selected(
    row: SelectionRound, candidates: Iterable[SelectionCandidate], *, by: User, on: date
) -> tuple[list[JourneyStep], list[SelectionCandidate]]:
    """The unsaved step of the journey for the head of each of these families who agrees to services.

    Returns:
        the steps, and the rows of the list that now name them; who does not agree is in neither.
    """
    rows = [one for one in candidates if one.family.is_active]
    heads = {one.pk: one.family.head for one in rows}
    ground = grounds(by, [head.pk for head in heads.values()])
    steps, marked = [], []
    for one in rows:
        head = heads[one.pk]
        if not ground[head.pk].permits(ConsentPurpose.SERVICES):
            continue
        step = step_row(head, Help(SELECTED, COMPLETED, on, one.jamoat), by)
        step.id = row_key(row.pk, one.pk, one.version)
        one.step = step
        steps.append(step)
        marked.append(one)
    return steps, marked


def write_step_of(row: SelectionRound, candidate: SelectionCandidate, *, by: User, on: date) -> bool:
    """Write the step of one family that was just selected, if its head agrees; the caller saves the row."""
    steps, _marked = steps_of_selected(row, [candidate], by=by, on=on)
    for step in steps:
        step.save(force_insert=True)
    return bool(steps)


@action(Verb.SELECTION_SIGN, on="candidate")
def write_selection(
    *, candidate: SelectionCandidate, version: int, by: User, on: date | None = None
) -> SelectionCandidate:
    """Write into the journey that a family was selected, for want of whose consent it was not written before.

    Raises:
        Refused: ``state``, ``stale``; ``selected`` when it is not, or the journey says so; ``consent``,
            ``registration``, ``closed`` while the head does not agree.
    """
    row = locked_round(candidate.round, *SIGNED_STATES, RoundState.CLOSED)
    locked = locked_candidate(candidate, version)
    if locked.outcome != Outcome.SELECTED or locked.step_id:
        raise Refused(_("The journey of this family has nothing to be added."), "selected")
    head = locked.family.head
    demand_agreed(head, grounds(by, [head.pk])[head.pk])
    locked.version += 1
    write_step_of(row, locked, by=by, on=on or timezone.localdate())
    locked.save()
    remark(act="list.step")
    return locked


@action(Verb.SELECTION_SIGN, on="candidate")
def tell_family(*, candidate: SelectionCandidate, told_on: date, version: int, by: User) -> SelectionCandidate:
    """Note the day on which a family was told what was decided. Its days for an appeal run from it.

    Raises:
        Refused: ``state``, ``stale``; ``undecided``; ``date`` before the decision or in the future.
    """
    row = locked_round(candidate.round, *SIGNED_STATES)
    locked = locked_candidate(candidate, version)
    if not locked.outcome or locked.decided_at is None:
        raise Refused(_("Nothing is decided about this family yet. There is nothing to tell."), "undecided")
    first = max(row.decided_on or told_on, timezone.localdate(locked.decided_at))
    if not first <= told_on <= timezone.localdate():
        raise Refused(
            _("A family is told after the decision and not in the future. Check the day."), "date", field="told_on"
        )
    locked.told_on, locked.told_by = told_on, by
    locked.version += 1
    locked.save()
    remark(act="list.tell")
    return locked


@action(Verb.SELECTION_SIGN, on="candidate")
def note_refusal(
    *, candidate: SelectionCandidate, reason_code: str, words: str, version: int, by: User, now: datetime | None = None
) -> SelectionCandidate:  # fmt: skip
    """Note that a family does not want what it was selected for, or not the reserve. Its place becomes free.

    Raises:
        Refused: ``state``, ``stale``; ``outcome`` when it is neither selected nor on the reserve; ``reason``,
            ``words``.
    """
    row = locked_round(candidate.round, *SIGNED_STATES)
    locked = locked_candidate(candidate, version)
    if locked.outcome not in NEEDS_PROFILE:
        raise Refused(_("This family is neither selected nor on the reserve."), "outcome")
    choice = Choice(Outcome.REFUSED, reason_code, words)
    demand_possible(choice, locked)
    at = now or timezone.now()
    step, locked.step = locked.step, None
    locked.settle(choice, Basis.FAMILY, by, at).save()
    locked.save()
    if step is not None:
        told = reasons(Outcome.REFUSED)[reason_code].title("en")
        reverse_step(step=step, reason=told, by=by)
    remark(act="list.refusal", reason_code=reason_code, places_free=_n_free(row, locked))
    return locked


def _n_free(row: SelectionRound, candidate: SelectionCandidate) -> int:
    taken = n_selected(row, candidate.jamoat_id, apart_from=candidate.pk) + (candidate.outcome == Outcome.SELECTED)
    return max(0, quota_of(row, candidate.jamoat_id) - taken)


@action(Verb.SELECTION_SIGN, on="candidate")
def fill_place(
    *, candidate: SelectionCandidate, words: str, version: int, by: User, now: datetime | None = None
) -> SelectionCandidate:  # fmt: skip
    """Give a place that became free to a family of the reserve: the first of the order, or another with words.

    Raises:
        Refused: ``state``, ``stale``, ``seat``, ``conflict``; ``reserve`` when it is not on the reserve, ``quota`` when no
            place is free, ``order`` when another family comes first and no words say why.
    """  # noqa: E501
    row = locked_round(candidate.round, *SIGNED_STATES)
    demand_seat(row, by)
    locked = locked_candidate(candidate, version)
    demand_no_conflict(locked, by)
    if locked.outcome != Outcome.RESERVE:
        raise Refused(_("This family is not on the reserve."), "reserve")
    demand_place(row, locked)
    first = first_of_reserve(by, locked)
    if first is not None and first.pk != locked.pk and not words.strip():
        raise Refused(
            _("Another family of the reserve comes first in the order of need. Choose it, or say in words why not."),
            "order", field="words",
        )  # fmt: skip
    at = now or timezone.now()
    locked.settle(Choice(Outcome.SELECTED, "place_freed", words), Basis.PLACE_FREED, by, at).save()
    written = write_step_of(row, locked, by=by, on=timezone.localdate(at))
    locked.save()
    remark(act="list.fill", step=written)
    return locked
