"""Ranking families by need, sharing a quota, drawing a sample, and how often a selection errs.

Guarantees stand in ``docs/methods/selection.md``. Nothing here knows a name, a database or the present day.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import NormalDist
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)

MOST_SEVERITY = Decimal(100)


class Tie(StrEnum):
    """The rules by which two families are put in order, the first that tells them apart decides."""

    SEVERITY = "severity"
    URGENCY = "urgency"
    CHILDREN = "children"
    ASSESSMENT = "assessment"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a family counts for its place in the order.

    Args:
        key: what the lot is drawn for; a family's own key, never its name.
        severity: from 0 to 100, in hundredths at most.
        urgent: whether something about it cannot wait.
        n_children: children under 18.
        assessed_on: the day of the assessment; who waits longer goes first.
    """

    key: str
    severity: Decimal
    urgent: bool
    n_children: int
    assessed_on: date


def lot(seed: str, key: str) -> str:
    """The lot that ``key`` draws: 64 hexadecimal digits that nobody can foresee without the seed, and anybody can
    draw again with it. It depends on no other family, so that adding one changes nobody else's lot.

    >>> lot("0192", "F-000-0013")[:12], lot("0193", "F-000-0013")[:12]
    ('7aef64e33cab', '4f1e681b1735')
    """
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def order_key(standing: Standing, seed: str) -> str:
    """A text that sorts families into the order of need: greatest severity, then urgency, most children, the older
    assessment, the smaller lot. Plain comparison of the texts is the order, so that a database can page by it.

    Raises:
        ValueError: when the severity lies outside 0 to 100 or has more than two decimals.

    >>> one = Standing("a", Decimal("62.5"), False, 3, date(2026, 5, 1))
    >>> order_key(one, "0192")[:25]
    '03750.1.96.2026-05-01.8ec'
    """
    hundredths = (MOST_SEVERITY - standing.severity) * 100
    if not 0 <= hundredths <= MOST_SEVERITY * 100 or hundredths != int(hundredths):
        raise ValueError(f"A severity lies between 0 and 100 and has two decimals, unlike {standing.severity}.")
    children = 99 - min(max(standing.n_children, 0), 99)
    return ".".join(
        (
            f"{int(hundredths):05d}", "0" if standing.urgent else "1", f"{children:02d}",
            standing.assessed_on.isoformat(), lot(seed, standing.key)[:16],
        )
    )  # fmt: skip


def tie(one: str, other: str) -> Tie | None:
    """By which rule two order keys differ; None when they are the same.

    >>> tie("03750.1.97.2026-05-01.f", "03750.1.96.2026-05-01.f")
    <Tie.CHILDREN: 'children'>
    """
    for rule, mine, theirs in zip(Tie, one.split("."), other.split("."), strict=True):
        if mine != theirs:
            return rule
    return None


def apportioned(total: int, needs: Mapping[K, int]) -> dict[K, int]:
    """``total`` places shared by need: the method of the largest remainder (Hamilton; Hare quota).

    Nobody gets more places than need; what is left over when all needs are met stays unshared. Equal remainders go to
    the greater need and then to the earlier key in the order of the mapping.

    Raises:
        ValueError: for a negative total or need.

    >>> apportioned(10, {"Zarbdor": 47, "Ziraki": 16, "Dahana": 16})
    {'Zarbdor': 6, 'Ziraki': 2, 'Dahana': 2}
    """
    if total < 0 or any(need < 0 for need in needs.values()):
        raise ValueError("Places and needs are never negative.")
    whole = sum(needs.values())
    if total >= whole:
        return dict(needs)
    shares = {key: total * need // whole for key, need in needs.items()}
    order = {key: place for place, key in enumerate(needs)}
    left = total - sum(shares.values())
    # total < whole, so that a share with its rounding up never passes the need: total * need / whole < need.
    by_remainder = sorted(needs, key=lambda key: (-(total * needs[key] % whole), -needs[key], order[key]))
    for key in by_remainder[:left]:
        shares[key] += 1
    return shares


def fingerprint(content: Any) -> str:
    """SHA-256 of ``content`` as canonical JSON: keys in order, no spaces, UTF-8. The same content, the same 64 digits.

    >>> fingerprint({"b": 1, "a": "Ҷ"}) == fingerprint({"a": "Ҷ", "b": 1})
    True
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sample_size(population: int, *, margin: float, confidence: float, expected: float = 0.5) -> int:
    """How many to look at, so that a share is known to ``margin`` on either side with ``confidence``.

    n₀ = z² p (1-p) / e², n = n₀ / (1 + (n₀ - 1) / N), rounded up (W. G. Cochran, Sampling Techniques, 3rd edition 1977,
    chapter 4).

    >>> [sample_size(n, margin=0.05, confidence=0.95) for n in (1000, 12, 0)]
    [278, 12, 0]
    """
    if not (0 < margin < 1 and 0 < confidence < 1 and 0 < expected < 1):
        raise ValueError("Margin, confidence and expected share lie between 0 and 1.")
    if population <= 0:
        return 0
    first = _z(confidence) ** 2 * expected * (1 - expected) / margin**2
    # A tiny amount is taken off, so that a whole number that floating point lifts is not rounded up by one.
    return min(population, math.ceil(first / (1 + (first - 1) / population) - 1e-9))


def drawn(keys: Iterable[str], n: int, seed: str) -> list[str]:
    """``n`` of ``keys`` at random, each set of n equally likely; the same seed draws the same, in any order of keys.

    >>> drawn(["c", "a", "b"], 2, "0192") == drawn(["a", "b", "c"], 2, "0192")
    True
    """
    return sorted(set(keys), key=lambda key: lot(seed, key))[: max(n, 0)]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of a sample with its confidence interval; all three between 0 and 1."""

    share: float
    low: float
    high: float


def wilson(n_hits: int, n: int, *, confidence: float = 0.95) -> Rate | None:
    """The share ``n_hits`` of ``n`` with the score interval of E. B. Wilson (1927), without continuity correction.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). It stays between 0 and 1 and is never empty for small samples,
    unlike the interval p ± z·se. None when nobody was looked at.

    >>> rate = wilson(15, 148)
    >>> round(rate.low, 4), round(rate.high, 4)
    (0.0624, 0.1605)
    """
    if not 0 <= n_hits <= n:
        raise ValueError("There are no more hits than looks.")
    if n == 0:
        return None
    z, share = _z(confidence), n_hits / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    # At 0 of n and n of n the bound is exactly 0 or 1; floating point would leave a trace.
    return Rate(share, 0.0 if n_hits == 0 else max(0.0, middle - half), 1.0 if n_hits == n else min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Group:
    """What was found among the selected, or among the others.

    Args:
        n: how many families the group has.
        n_seen: how many of its sample were revisited.
        n_wrong: how many of those stand in the wrong group.
    """

    n: int
    n_seen: int
    n_wrong: int


@dataclass(frozen=True, slots=True)
class Errors:
    """How often a selection errs; None where nobody was looked at.

    Args:
        inclusion: share of the selected who should not have been.
        exclusion: share of the others who should have been selected.
        missed: estimated share, of all families that should have been selected, that were not (undercoverage).
    """

    inclusion: Rate | None
    exclusion: Rate | None
    missed: Rate | None


def errors(selected: Group, others: Group, *, confidence: float = 0.95) -> Errors:
    """The errors of inclusion and exclusion, and the undercoverage that follows from both.

    undercoverage = N₀ e₀ / (N₀ e₀ + N₁ (1 - e₁)), with N₁ selected of whom the share e₁ is wrong and N₀ others of whom
    e₀ should have been selected (D. Coady, M. Grosh, J. Hoddinott, Targeting of Transfers, World Bank 2004: leakage
    and undercoverage). Its low and high are the values at the ends of both intervals: wider than needed, never
    narrower.

    >>> found = errors(Group(50, 20, 2), Group(150, 40, 4))
    >>> found.inclusion.share, found.exclusion.share, round(found.missed.share, 3)
    (0.1, 0.1, 0.25)
    """
    inclusion = wilson(selected.n_wrong, selected.n_seen, confidence=confidence)
    exclusion = wilson(others.n_wrong, others.n_seen, confidence=confidence)
    missed = None
    if inclusion and exclusion:
        ends = [
            _missed(selected.n, others.n, wrong, left_out)
            for wrong, left_out in (
                (inclusion.share, exclusion.share), (inclusion.low, exclusion.low), (inclusion.high, exclusion.high),
            )
        ]  # fmt: skip
        if all(end is not None for end in ends):
            missed = Rate(*(float(end or 0) for end in ends))
    return Errors(inclusion, exclusion, missed)


def _missed(n_selected: int, n_others: int, wrong: float, left_out: float) -> float | None:
    missed, right = n_others * left_out, n_selected * (1 - wrong)
    return missed / (missed + right) if missed + right else None


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(1 - (1 - confidence) / 2)
