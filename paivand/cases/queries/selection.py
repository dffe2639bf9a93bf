"""Rounds of a selection, the families on their lists, and the quota against need, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import SelectionCandidate, SelectionDecision, SelectionPlace, SelectionRound
from paivand.cases.rules.selection import Outcome, Part
from paivand.cases.rules.selection_codes import need_bands
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.core.rules.whole_numbers import read_whole
from paivand.registry.models import Family
from paivand.registry.queries.families import with_heads

PAGE = 25


def rounds(by: User, *, after: str = "") -> Page[SelectionRound]:
    """A page of rounds, the latest first, with their places."""
    found = SelectionRound.objects.seen_by(by).select_related("district").prefetch_related(_places(by))
    last = read_whole(after)
    if last is not None:
        found = found.filter(number__lt=last)
    rows = list(found.order_by("-number")[: PAGE + 1])
    for row in rows:
        row.n_places = sum(place.quota for place in row.places.all())  # type: ignore[attr-defined]
    return Page.cut(rows, PAGE, lambda row: str(row.number))


def _places(by: User) -> Prefetch[Any]:
    return Prefetch("places", SelectionPlace.objects.seen_by(by).select_related("jamoat"))


def round_seen_by(by: User, round_id: uuid.UUID) -> SelectionRound | None:
    """One round."""
    found = SelectionRound.objects.seen_by(by).select_related("district", "opened_by")
    return found.filter(pk=round_id).first()


def places_of(by: User, chosen: SelectionRound) -> list[SelectionPlace]:
    """The jamoats of a round with their quotas, in the alphabet."""
    found = SelectionPlace.objects.seen_by(by).filter(round=chosen).select_related("jamoat")
    return sorted(found, key=lambda place: place.jamoat.sort_key)


def jamoats_open_to(by: User) -> QuerySet[Place]:
    """The jamoats in which ``by`` may prepare a selection, district by district."""
    found = Place.objects.jamoats().select_related("parent").order_by("parent__sort_key", "sort_key")
    reach = by.reach(Verb.SELECTION_SIGN)
    if reach.everywhere or reach.agencies or reach.teams or reach.owner:
        return found
    return found.filter(parent_id__in=reach.districts)


@dataclass(slots=True)
class Need:
    """The quota of a jamoat, or of a whole round, against the need that the list shows.

    ``share`` is the quota for each hundred families in need; None where nobody is in need.
    """

    quota: int = 0
    bands: dict[str, int] = field(default_factory=dict)
    n_listed: int = 0
    n_in_need: int = 0
    n_to_assess: int = 0
    n_urgent: int = 0
    n_undecided: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def n_selected(self) -> int:
        """Families that stand selected."""
        return self.outcomes.get(Outcome.SELECTED, 0)

    @property
    def n_free(self) -> int:
        """Places that nobody has."""
        return max(0, self.quota - self.n_selected)

    @property
    def n_beyond(self) -> int:
        """Selected families for whom there is no place."""
        return max(0, self.n_selected - self.quota)

    @property
    def share(self) -> int | None:
        """The quota for each hundred families in need, in whole numbers."""
        return round(100 * self.quota / self.n_in_need) if self.n_in_need else None

    def add(self, other: Need) -> None:
        """Count another jamoat in."""
        for name in ("quota", "n_listed", "n_in_need", "n_to_assess", "n_urgent", "n_undecided"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.bands, other.bands), (self.outcomes, other.outcomes)):
            for code, count in theirs.items():
                mine[code] = mine.get(code, 0) + count


def need_by_jamoat(by: User, chosen: SelectionRound) -> dict[str, Need]:
    """Quota, need and decisions of each jamoat of a round."""
    found = {place.jamoat_id: Need(quota=place.quota) for place in places_of(by, chosen)}
    rows = (
        SelectionCandidate.objects.seen_by(by)
        .filter(round=chosen)
        .values("jamoat_id", "part", "band", "is_urgent", "outcome")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for row in rows:
        need, count = found.setdefault(row["jamoat_id"], Need()), row["n"]
        if row["is_urgent"]:
            need.n_urgent += count
        if row["outcome"]:
            need.outcomes[row["outcome"]] = need.outcomes.get(row["outcome"], 0) + count
        if row["part"] == Part.TO_ASSESS:
            need.n_to_assess += 0 if row["outcome"] else count
            continue
        need.n_listed += count
        need.bands[row["band"]] = need.bands.get(row["band"], 0) + count
        need.n_in_need += count if row["band"] in need_bands() else 0
        need.n_undecided += 0 if row["outcome"] else count
    return found


def whole_need(needs: Mapping[str, Need]) -> Need:
    """The sum over the jamoats of a round."""
    whole = Need()
    for need in needs.values():
        whole.add(need)
    return whole


@dataclass(frozen=True)
class ListFilters:
    """What narrows the list of a round. ``decided`` is an outcome, ``undecided``, or empty for all."""

    jamoat: str = ""
    part: Part = Part.LISTED
    decided: str = ""
    urgent: bool = False


UNDECIDED = "undecided"
UNTOLD = "untold"


def candidates(
    by: User, chosen: SelectionRound, filters: ListFilters | None = None, *, after: str = ""
) -> Page[SelectionCandidate]:  # fmt: skip
    """A page of the families on the list: first whoever cannot wait, then in the order of need."""
    filters = filters or ListFilters()
    found = SelectionCandidate.objects.seen_by(by).filter(round=chosen, part=filters.part)
    if filters.jamoat:
        found = found.filter(jamoat_id=filters.jamoat)
    if filters.urgent:
        # What cannot wait sorts first: a range of the key instead of another column, so that the index serves it.
        found = found.filter(order_key__lt="1")
    if filters.decided == UNDECIDED:
        found = found.filter(outcome="")
    elif filters.decided == UNTOLD:
        found = found.filter(told_on=None).exclude(outcome="")
    elif filters.decided:
        found = found.filter(outcome=filters.decided)
    if after:
        found = found.filter(order_key__gt=after)
    rows = list(found.select_related("jamoat", "decided_by", "profile").order_by("order_key", "pk")[: PAGE + 1])
    page = Page.cut(rows, PAGE, lambda row: row.order_key)
    with_families(by, page.rows)
    return page


def candidate_seen_by(by: User, candidate_id: uuid.UUID) -> SelectionCandidate | None:
    """One family on a list, with its round."""
    found = SelectionCandidate.objects.seen_by(by).select_related(
        "round__district", "jamoat", "profile", "decided_by", "told_by"
    )
    row: SelectionCandidate | None = found.filter(pk=candidate_id).first()
    if row:
        with_families(by, [row])
    return row


def with_families(by: User, rows: Sequence[SelectionCandidate]) -> None:
    """Give each row its file as ``seen``: with the head where ``by`` may see who people are, None beyond the reach."""
    seen = files(by, [row.family_id for row in rows])
    for row in rows:
        row.seen = seen.get(row.family_id)  # type: ignore[attr-defined]


def files(by: User, family_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Family]:
    """These files by their keys, as far as ``by`` may see them."""
    found = Family.objects.seen_by(by).filter(pk__in=list(family_ids)).select_related("jamoat")
    return {family.pk: family for family in with_heads(by, found)}


def candidate_of(by: User, chosen: SelectionRound, family: Family) -> SelectionCandidate | None:
    """The row of this family on the list of a round."""
    return SelectionCandidate.objects.seen_by(by).filter(round=chosen, family=family).first()


def decisions_of(by: User, candidate: SelectionCandidate) -> list[SelectionDecision]:
    """Every decision about a family in this round, the latest first."""
    found = SelectionDecision.objects.seen_by(by).filter(candidate=candidate).select_related("decided_by")
    return list(found.order_by("-pk"))


def around(
    by: User, candidate: SelectionCandidate
) -> tuple[SelectionCandidate | None, SelectionCandidate | None]:  # fmt: skip
    """The families just before and just behind this one in the order of need of its jamoat."""
    if candidate.rank is None:
        return None, None
    found = SelectionCandidate.objects.seen_by(by).filter(
        round_id=candidate.round_id, jamoat_id=candidate.jamoat_id, part=Part.LISTED,
        rank__in=[candidate.rank - 1, candidate.rank + 1],
    )  # fmt: skip
    by_rank = {row.rank: row for row in found}
    return by_rank.get(candidate.rank - 1), by_rank.get(candidate.rank + 1)


def next_undecided(by: User, candidate: SelectionCandidate) -> SelectionCandidate | None:
    """The next family of the jamoat about which nothing is decided, in the order of the list."""
    found = SelectionCandidate.objects.seen_by(by).filter(
        round_id=candidate.round_id, jamoat_id=candidate.jamoat_id, part=candidate.part, outcome="",
        order_key__gt=candidate.order_key,
    )  # fmt: skip
    return found.order_by("order_key").first()


def candidates_of(by: User, chosen: SelectionRound, keys: Iterable[uuid.UUID]) -> list[SelectionCandidate]:
    """These rows of the list of a round, in its order."""
    found = SelectionCandidate.objects.seen_by(by).filter(round=chosen, pk__in=list(keys))
    rows = list(found.select_related("round", "jamoat", "profile").order_by("order_key"))
    with_families(by, rows)
    return rows


def first_of_reserve(by: User, candidate: SelectionCandidate) -> SelectionCandidate | None:
    """The family of the reserve of this jamoat that comes first in the order of need."""
    found = SelectionCandidate.objects.seen_by(by).filter(
        round_id=candidate.round_id, outcome=Outcome.RESERVE, jamoat_id=candidate.jamoat_id
    )
    return found.order_by("rank").first()


def without_step(by: User, chosen: SelectionRound, *, limit: int = 50) -> list[SelectionCandidate]:
    """Families that stand selected in a signed round, whose journey does not say so yet for want of consent."""
    found = SelectionCandidate.objects.seen_by(by).filter(
        Q(step=None), round=chosen, outcome=Outcome.SELECTED
    )  # fmt: skip
    rows = list(found.select_related("jamoat").order_by("order_key")[:limit])
    with_families(by, rows)
    return rows
