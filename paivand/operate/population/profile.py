"""The declared make-up of the demonstration's population, and chance that follows it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import yaml

T = TypeVar("T")
FOLDER = Path(__file__).parent.parent.parent / "parameters"


@cache
def _declared() -> dict[str, dict[str, Any]]:
    declared: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "demo_profile.yaml").read_text(encoding="utf-8"))
    return declared


def declared(name: str) -> Any:
    """The value declared under ``name``.

    >>> declared("twins")
    0.01
    """
    return _declared()[name]["value"]


def weights(name: str) -> Mapping[str, float]:
    """A declared table of weights, its keys as texts.

    >>> weights("remittance_quarters")["3"]
    33.0
    """
    return {str(key): float(weight) for key, weight in declared(name).items()}


class Chance:
    """A run of chance of its own for each thing invented, so that one does not change the next."""

    def __init__(self, *seed: object) -> None:
        self.random = Random("/".join(map(str, seed)))  # noqa: S311  # chance for show, not for secrets

    def of(self, name: str) -> str:
        """One key of a declared table of weights."""
        return self.among(weights(name))

    def among(self, table: Mapping[str, float]) -> str:
        """One key of a table of weights."""
        return self.random.choices(list(table), weights=list(table.values()))[0]

    def happens(self, share: str | float) -> bool:
        """True in a declared, or given, share of the cases."""
        return self.random.random() < (declared(share) if isinstance(share, str) else share)

    def one(self, things: Sequence[T]) -> T:
        """One of ``things``, all alike."""
        return things[int(self.random.random() * len(things))]

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return self.random.randint(low, max(low, high))

    def around(self, median: float, spread: float) -> float:
        """A log-normal number: half lie below ``median``."""
        return median * math.exp(self.random.gauss(0, spread))

    def negative_binomial(self, mean: float, spread: float) -> int:
        """A count with this mean and the variance ``mean + mean² / spread``."""
        rate = self.random.gammavariate(spread, mean / spread)
        limit, count, product = math.exp(-rate), 0, self.random.random()
        while product > limit:
            count += 1
            product *= self.random.random()
        return count


def month_index(day: date) -> int:
    """Months since year 0, for counting with months.

    >>> month_index(date(2026, 3, 9)) - month_index(date(2025, 12, 31))
    3
    """
    return day.year * 12 + day.month - 1


def month_start(index: int) -> date:
    """The first day of the month with this index.

    >>> month_start(month_index(date(2026, 3, 9)))
    datetime.date(2026, 3, 1)
    """
    return date(index // 12, index % 12 + 1, 1)
