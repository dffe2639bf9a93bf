"""How well duplicates are found, against the truth planted in the demonstration, and how long a district takes."""

from __future__ import annotations

import time
import uuid
from collections import Counter

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.operate import population
from paivand.operate.population.likenesses import Kind
from paivand.registry.actions.duplicates import find_pairs
from paivand.registry.models import DuplicatePair
from paivand.registry.rules.duplicates import model

DISTRICTS = ("TJ-KT-02", "TJ-KT-20")
Pair = frozenset[uuid.UUID]


def show_truth(username: str = "supervisor", n_families: int = population.N_FAMILIES) -> None:
    """Find the pairs of the whole demonstration, and print precision and recall against what was planted."""
    user = _user(username)
    seconds = sum(find(user, district) for district in DISTRICTS)
    with acting_as(user):
        listed = {
            frozenset((pair.one_id, pair.other_id)): pair.weight >= model().likely and not _kept_apart(pair)
            for pair in DuplicatePair.objects.seen_by(user)
        }
        planted = {frozenset((one, other)): kind for kind, one, other in population.truth(n_families)}
    heads = ("listed", "same", "twins", "cousins", "others", "precision", "recall")
    print(f"\n{'duplicates of the demonstration':40} " + " ".join(f"{head:>9}" for head in heads))
    _show("worth a look", set(listed), planted)
    _show("likely one person", {pair for pair, is_likely in listed.items() if is_likely}, planted)
    missed = [pair for pair, kind in planted.items() if kind is Kind.SAME and pair not in listed]
    print(f"{'found in':40} {seconds:8.1f} s; {len(missed)} planted pairs were missed")


def _show(name: str, listed: set[Pair], planted: dict[Pair, Kind]) -> None:
    kinds = Counter(planted.get(pair) for pair in listed)
    n_same = sum(kind is Kind.SAME for kind in planted.values())
    precision = kinds[Kind.SAME] / len(listed) if listed else 0.0
    counts = (len(listed), kinds[Kind.SAME], kinds[Kind.TWINS], kinds[Kind.COUSINS], kinds[None])
    recall = kinds[Kind.SAME] / n_same if n_same else 0.0
    print(f"{name:40} " + " ".join(f"{count:9,}" for count in counts) + f" {precision:9.3f} {recall:9.3f}")


def _kept_apart(pair: DuplicatePair) -> bool:
    """Whether a rule about twins or namesakes lowered the pair."""
    return any(row[0] == "rule" for row in pair.evidence)


def show_district(district: str = "TJ-KT-02", username: str = "supervisor") -> None:
    """Look for the duplicates of all people of a district, and print how long it takes."""
    user = _user(username)
    seconds, looked_for, pairs = 0.0, 0, 0
    after: uuid.UUID | None = None
    began = time.perf_counter()
    while True:
        with acting_as(user):
            found = find_pairs(scope=placement(user, district), by=user, after=after)
        looked_for, pairs, after = looked_for + found.looked_for, pairs + found.pairs, found.after
        seconds = time.perf_counter() - began
        if after is None or seconds > _LONGEST:
            break
    name = f"finding duplicates of {looked_for:,} people"
    print(f"{name:40} {seconds:8.1f} s, {pairs:,} new pairs, {looked_for / seconds:,.0f} people per second", flush=True)


_LONGEST = 300.0
"""Seconds after which a district is measured enough."""


def find(user: User, district: str) -> float:
    """Look for the duplicates of a district; the seconds it took."""
    began, after = time.perf_counter(), None
    while True:
        with acting_as(user):
            after = find_pairs(scope=placement(user, district), by=user, after=after).after
        if after is None:
            return time.perf_counter() - began


def _user(username: str) -> User:
    with for_purpose("sign-in"):
        return User.objects.get(username=username)
