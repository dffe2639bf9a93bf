"""The commission of a round, what it signs, appeals and the sample, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import (
    SelectionAppeal,
    SelectionCandidate,
    SelectionConflict,
    SelectionMinutes,
    SelectionPlace,
    SelectionRevisit,
    SelectionRound,
    SelectionSample,
    SelectionSeat,
    SelectionSignature,
)
from paivand.cases.models.workers import holdings, reach_of
from paivand.cases.queries.selection import PAGE, with_families
from paivand.cases.rules.selection import (
    AppealState,
    Finding,
    Group,
    Line,
    MemberKind,
    list_content,
    short_of_signers,
)
from paivand.cases.rules.selection_codes import numbers
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.whole_numbers import read_whole
from paivand.methods.selection import Errors, errors, fingerprint
from paivand.methods.selection import Group as Counted


def seats(by: User, chosen: SelectionRound) -> list[SelectionSeat]:
    """The seats of a commission: signers first, then who is heard; those who left last."""
    found = SelectionSeat.objects.seen_by(by).filter(round=chosen).select_related("user", "offered_by")
    return sorted(found, key=lambda seat: (seat.left_on is not None, not seat.is_signer, seat.pk))


def seat_seen_by(by: User, seat_id: uuid.UUID) -> SelectionSeat | None:
    """One seat with its round."""
    return SelectionSeat.objects.seen_by(by).select_related("round", "user").filter(pk=seat_id).first()


def seat_of(by: User, chosen: SelectionRound) -> SelectionSeat | None:
    """The seat that was offered to ``by``, or that she took; None when she has none or left it."""
    found = SelectionSeat.objects.seen_by(by).filter(round=chosen, user=by, left_on=None)
    return found.first()


def possible_signers(by: User, chosen: SelectionRound) -> QuerySet[User]:
    """Colleagues whose right to sign reaches this round and who have no seat in it yet."""
    seated = {seat.user_id for seat in seats(by, chosen) if seat.user_id and seat.left_on is None}
    able = [
        worker
        for worker, held in holdings([str(chosen.district_id)]).items()
        if worker not in seated and reach_of(worker, held, Verb.SELECTION_SIGN, DataClass.CASE).covers(chosen)
    ]
    found = User.objects.filter(User.policy.visible(by), pk__in=able, is_active=True)
    return found.order_by("sort_key", "pk")


def conflicts(
    by: User, chosen: SelectionRound, candidates: Iterable[uuid.UUID] | None = None
) -> dict[uuid.UUID, list[SelectionConflict]]:  # fmt: skip
    """Who steps aside from which family, by the family's row on the list; those that were ended are left out."""
    rows = SelectionConflict.objects.seen_by(by).filter(round=chosen, ended_at=None)
    if candidates is not None:
        rows = rows.filter(candidate_id__in=list(candidates))
    found: dict[uuid.UUID, list[SelectionConflict]] = {}
    for row in rows.select_related("seat__user", "declared_by").order_by("pk"):
        found.setdefault(row.candidate_id, []).append(row)
    return found


def conflicts_of(by: User, candidate: SelectionCandidate) -> list[SelectionConflict]:
    """Every conflict that was declared about one family, ended ones included."""
    found = SelectionConflict.objects.seen_by(by).filter(candidate=candidate)
    return list(found.select_related("seat__user", "declared_by", "ended_by").order_by("pk"))


def conflict_seen_by(by: User, conflict_id: uuid.UUID) -> SelectionConflict | None:
    """One conflict that counts."""
    found = SelectionConflict.objects.seen_by(by).select_related("candidate__family", "candidate__round", "seat")
    return found.filter(pk=conflict_id, ended_at=None).first()


def signatures(by: User, chosen: SelectionRound) -> list[SelectionSignature]:
    """Every signature of a round, the latest first, void ones included."""
    found = SelectionSignature.objects.seen_by(by).filter(round=chosen).select_related("signer", "seat")
    return list(found.order_by("-pk"))


@dataclass(frozen=True)
class SignedList:
    """The list of a round as a signature covers it.

    Args:
        fingerprint: SHA-256 of its canonical form.
        n_families: how many families it holds.
        aside: for each decided family the seats that step aside, by the row's key.
        content: what the fingerprint is of.
    """

    fingerprint: str
    n_families: int
    aside: dict[uuid.UUID, frozenset[str]]
    content: dict[str, object]

    def short(self, signed: Iterable[SelectionSignature]) -> dict[uuid.UUID, int]:
        """Families for which not enough of these signers may speak, and how many signers are missing."""
        return short_of_signers(self.aside, [str(one.seat_id) for one in signed], numbers().signers)


def present_list(by: User, chosen: SelectionRound) -> SignedList:
    """The list as it stands now."""
    out = {key: frozenset(str(row.seat_id) for row in rows) for key, rows in conflicts(by, chosen).items()}
    lines, aside = [], {}
    for row in SelectionCandidate.objects.seen_by(by).filter(round=chosen):
        stepped = out.get(row.pk, frozenset())
        if row.outcome:
            aside[row.pk] = stepped
        lines.append(_line(row, stepped))
    quotas = dict(SelectionPlace.objects.seen_by(by).filter(round=chosen).values_list("jamoat_id", "quota"))
    seated = [(str(seat.pk), seat.function, seat.kind) for seat in seats(by, chosen) if seat.is_taken]
    content = list_content(
        round_code=chosen.code, programme=chosen.programme, seed=chosen.seed, quotas=quotas, seats=seated, lines=lines
    )
    return SignedList(fingerprint(content), len(lines), aside, content)


def _line(row: SelectionCandidate, aside: frozenset[str]) -> Line:
    return Line(
        family=str(row.family_id), jamoat=str(row.jamoat_id), part=row.part, rank=row.rank,
        severity="" if row.severity is None else f"{row.severity:.2f}", urgent=row.is_urgent, outcome=row.outcome,
        reason=row.reason_code, words=row.words, referred_to=row.referred_to, aside=tuple(aside),
    )  # fmt: skip


def minutes_of(by: User, chosen: SelectionRound) -> SelectionMinutes | None:
    """The list as it was signed, kept word for word."""
    return SelectionMinutes.objects.seen_by(by).filter(round=chosen).first()


# --- appeals ---------------------------------------------------------------------------------------------------------


def appeals(
    by: User, chosen: SelectionRound, *, state: str = AppealState.OPEN, after: str = ""
) -> Page[SelectionAppeal]:
    """A page of the appeals in this state, the oldest first."""
    found = SelectionAppeal.objects.seen_by(by).filter(round=chosen, state=state)
    found = found.select_related("candidate__jamoat", "received_by", "decided_by")
    try:
        if after:
            found = found.filter(pk__gt=uuid.UUID(after))
    except ValueError:
        return Page([], None, more=False)
    page = Page.cut(list(found.order_by("pk")[: PAGE + 1]), PAGE, lambda row: str(row.pk))
    with_families(by, [row.candidate for row in page.rows])
    return page


def appeals_of(by: User, candidate: SelectionCandidate) -> list[SelectionAppeal]:
    """Every appeal about one family, the latest first."""
    found = SelectionAppeal.objects.seen_by(by).filter(candidate=candidate)
    return list(found.select_related("received_by", "decided_by").order_by("-pk"))


def appeal_seen_by(by: User, appeal_id: uuid.UUID) -> SelectionAppeal | None:
    """One appeal with the family it is about."""
    found = SelectionAppeal.objects.seen_by(by).select_related(
        "round__district", "candidate__jamoat", "candidate__profile", "received_by", "decided_by"
    )
    row: SelectionAppeal | None = found.filter(pk=appeal_id).first()
    if row:
        with_families(by, [row.candidate])
    return row


def n_open_appeals(by: User, chosen: SelectionRound) -> int:
    """How many appeals wait for a decision."""
    return int(SelectionAppeal.objects.seen_by(by).filter(round=chosen, state=AppealState.OPEN).count())


def signed_by(by: User, chosen: SelectionRound) -> bool:
    """Whether ``by`` stands for the list of this round with a signature that counts."""
    return bool(
        SelectionSignature.objects.seen_by(by).filter(round=chosen, signer=by, voided_at=None).exists()
    )  # fmt: skip


# --- the sample ------------------------------------------------------------------------------------------------------


def sample_of(by: User, chosen: SelectionRound) -> SelectionSample | None:
    """The sample of a round, if one was drawn."""
    return SelectionSample.objects.seen_by(by).filter(round=chosen).select_related("drawn_by").first()


def revisits(by: User, chosen: SelectionRound, group: Group, *, after: str = "") -> Page[SelectionRevisit]:
    """A page of the families of a sample, in the order in which they were drawn."""
    found = SelectionRevisit.objects.seen_by(by).filter(round=chosen, group=group)
    last = read_whole(after)
    if last is not None:
        found = found.filter(lot__gt=last)
    found = found.select_related("candidate__jamoat", "found_by").order_by("lot")
    page = Page.cut(list(found[: PAGE + 1]), PAGE, lambda row: str(row.lot))
    with_families(by, [row.candidate for row in page.rows])
    return page


def revisit_seen_by(by: User, revisit_id: uuid.UUID) -> SelectionRevisit | None:
    """One family of a sample."""
    found = SelectionRevisit.objects.seen_by(by).select_related("round__district", "candidate__jamoat", "found_by")
    row: SelectionRevisit | None = found.filter(pk=revisit_id).first()
    if row:
        with_families(by, [row.candidate])
    return row


@dataclass(frozen=True)
class Review:
    """What the looks at a sample found, without anybody's name.

    Args:
        groups: for each group how many families it has, how many were drawn, seen and found in the wrong group.
        errors: the rates with their intervals.
        n_independent: how many looks were by somebody who had neither decided nor signed.
    """

    groups: dict[Group, Counted]
    n_drawn: dict[Group, int]
    n_not_found: dict[Group, int]
    n_independent: int
    errors: Errors

    def is_shown(self, group: Group) -> bool:
        """Whether enough families of the group were seen for a rate to tell of nobody in particular."""
        return self.groups[group].n_seen >= numbers().smallest_cell


def review(by: User, sample: SelectionSample) -> Review:
    """The error rates that the looks at a sample give so far."""
    rows = SelectionRevisit.objects.seen_by(by).filter(sample=sample)
    found = list(rows.values_list("group", "finding", "is_independent"))
    groups, drawn, missing = {}, {}, {}
    for group, whole in ((Group.SELECTED, sample.n_selected), (Group.OTHERS, sample.n_others)):
        findings = [finding for one, finding, _independent in found if one == group]
        seen = [finding for finding in findings if finding in {Finding.RIGHT, Finding.WRONG}]
        groups[group] = Counted(whole, len(seen), seen.count(Finding.WRONG))
        drawn[group], missing[group] = len(findings), findings.count(Finding.NOT_FOUND)
    told = errors(groups[Group.SELECTED], groups[Group.OTHERS], confidence=numbers().review_confidence)
    independent = sum(bool(one) for _group, finding, one in found if finding)
    return Review(groups, drawn, missing, independent, told)


def is_seated(by: User, chosen: SelectionRound) -> bool:
    """Whether ``by`` sits in the commission as a signer now."""
    seat = seat_of(by, chosen)
    return seat is not None and seat.is_taken and seat.kind == MemberKind.SIGNER
