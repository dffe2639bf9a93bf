"""Pairs of records that may be one person: which to look at, which are listed, and what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.registry.models import (
    Document,
    DuplicatePair,
    Family,
    FamilyMember,
    MatchKey,
    Merge,
    NameKey,
    Person,
    Phone,
)
from paivand.registry.queries.matches import facts_of_person, keys_sought
from paivand.registry.rules.duplicates import Verdict
from paivand.registry.rules.families import FamilyState

PAGE = 25
MOST_ROWS = 20_000
"""How many rows of keys one run reads at most."""
MOST_SHARING = 40
"""A key, telephone or paper that more people share than this says nothing about any two of them."""

PairKey = tuple[uuid.UUID, uuid.UUID]


def changed_people(
    by: User, scope: Scope, *, after: uuid.UUID | None, since: datetime | None, people: Sequence[uuid.UUID] | None,
    limit: int,
) -> tuple[list[Person], uuid.UUID | None]:  # fmt: skip
    """The next people of a district to look for, by key, and where to go on; None at the end."""
    found = Person.objects.seen_by(by).filter(district_id=scope.district_id, merged_into=None)
    if people is not None:
        found = found.filter(pk__in=people)
    if since:
        found = found.filter(changed_at__gte=since)
    if after:
        found = found.filter(pk__gt=after)
    rows = list(found.order_by("pk")[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def candidate_pairs(by: User, people: Sequence[Person]) -> set[PairKey]:
    """Pairs of one of ``people`` and another record that share a key, a telephone or a paper, in order of keys."""
    keys: dict[str, set[uuid.UUID]] = {}
    for person in people:
        for key in keys_sought(facts_of_person(person)):
            keys.setdefault(key, set()).add(person.pk)
    mine = {person.pk for person in people}
    rows: list[tuple[Any, uuid.UUID]] = list(
        MatchKey.objects.seen_by(by).filter(key__in=list(keys)).values_list("key", "person_id")[:MOST_ROWS]
    )
    pairs = _paired(keys, rows)
    phones = Phone.objects.seen_by(by).filter(ended_on=None)
    papers = Document.objects.seen_by(by).exclude(number_key="")
    for found, column in ((phones, "number"), (papers, "number_key")):
        theirs: dict[str, set[uuid.UUID]] = {}
        for value, person_id in found.filter(person_id__in=mine).values_list(column, "person_id"):
            theirs.setdefault(value, set()).add(person_id)
        if theirs:
            shared = found.filter(**{f"{column}__in": list(theirs)}).values_list(column, "person_id")[:MOST_ROWS]
            pairs |= _paired(theirs, list(shared))
    return pairs


def _paired(asked: Mapping[str, set[uuid.UUID]], rows: Iterable[tuple[str, uuid.UUID]]) -> set[PairKey]:
    sharing: dict[str, set[uuid.UUID]] = {}
    for value, person_id in rows:
        sharing.setdefault(value, set()).add(person_id)
    return {
        (min(one, other), max(one, other))
        for value, others in sharing.items()
        if len(others) <= MOST_SHARING
        for one in asked[value]
        for other in others
        if one != other
    }


def known_pairs(by: User, keys: Iterable[PairKey]) -> dict[PairKey, DuplicatePair]:
    """Those of the pairs that are listed already."""
    wanted = set(keys)
    if not wanted:
        return {}
    found = DuplicatePair.objects.seen_by(by).filter(
        one_id__in={one for one, _ in wanted}, other_id__in={other for _, other in wanted}
    )
    return {(pair.one_id, pair.other_id): pair for pair in found if (pair.one_id, pair.other_id) in wanted}


def _findable(*columns: str) -> Q:
    """Whether the people in these columns can still be found by name: who withdrew registration is shown nowhere."""
    found = Q()
    for column in columns:
        found &= Q(Exists(NameKey.objects.filter(person=OuterRef(column))))
    return found


def pairs(by: User, *, verdict: Verdict = Verdict.OPEN, after: str = "") -> Page[DuplicatePair]:
    """A page of pairs with this verdict, what speaks most for one person first.

    Pairs of which a record was merged meanwhile are passed over while they are open.
    """
    found = DuplicatePair.objects.seen_by(by).filter(_findable("one", "other"), verdict=verdict)
    found = found.select_related("one", "other", "decided_by")
    if verdict is Verdict.OPEN:
        found = found.filter(one__merged_into=None, other__merged_into=None)
    weight, _, last = after.partition("~")
    try:
        if last:
            found = found.filter(
                Q(weight__lt=float(weight)) | Q(weight=float(weight), pk__gt=uuid.UUID(last)),
                weight__lte=float(weight),
            )
    except ValueError:
        return Page([], None, more=False)
    rows = list(found.order_by("-weight", "pk")[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{row.weight!r}~{row.pk}")


def pair(by: User, pair_id: uuid.UUID) -> DuplicatePair | None:
    """One pair, if ``by`` may see both records."""
    found = DuplicatePair.objects.seen_by(by).filter(_findable("one", "other"), pk=pair_id)
    return found.select_related("one", "other", "decided_by").first()


def headed_by(by: User, person: Person) -> Family | None:
    """The active file that this record heads, if there is one."""
    found = Family.objects.seen_by(by).filter(head=person, state=FamilyState.ACTIVE)
    return found.select_related("jamoat").first()


def homes(by: User, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[FamilyMember]]:
    """The present memberships of each of these people, with their files."""
    found: dict[uuid.UUID, list[FamilyMember]] = {}
    rows = FamilyMember.objects.seen_by(by).filter(person_id__in=list(people), until_on=None)
    for member in rows.select_related("family__jamoat__parent", "family__head").order_by("pk"):
        found.setdefault(member.person_id, []).append(member)
    return found


def merges(by: User, *, after: str = "", undone: bool = False) -> Page[Merge]:
    """A page of merges, the latest first."""
    found = Merge.objects.seen_by(by).filter(_findable("kept"))
    found = found.select_related("kept", "absorbed", "merged_by", "undone_by")
    found = found.exclude(undone_at=None) if undone else found.filter(undone_at=None)
    try:
        if after:
            found = found.filter(pk__lt=uuid.UUID(after))
    except ValueError:
        return Page([], None, more=False)
    return Page.cut(list(found.order_by("-pk")[: PAGE + 1]), PAGE, lambda row: str(row.pk))


def merge(by: User, merge_id: uuid.UUID) -> Merge | None:
    """One merge, if ``by`` may see it."""
    found = Merge.objects.seen_by(by).filter(_findable("kept"), pk=merge_id)
    return found.select_related("kept", "absorbed", "merged_by", "undone_by").first()


def live_merge_of(by: User, person: Person) -> Merge | None:
    """The merge that counts, by which this record was absorbed."""
    return Merge.objects.seen_by(by).filter(absorbed=person, undone_at=None).first()


def review_districts(by: User) -> QuerySet[Place]:
    """The districts in which ``by`` reviews duplicates."""
    reach = by.reach(Verb.DUPLICATE_REVIEW)
    found = Place.objects.districts().order_by("sort_key")
    if reach.everywhere or reach.agencies or reach.teams or reach.owner:
        return found
    return found.filter(pk__in=reach.districts)
