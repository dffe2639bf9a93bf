"""How much one worker carries: open cases weighed by their risk, and the limit above which a reason is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.access.rules.roles import RoleKey

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "caseload.yaml"


@dataclass(frozen=True)
class CaseloadRules:
    """The values of ``parameters/caseload.yaml``."""

    weights: Mapping[str, Decimal]
    limit: Decimal
    limit_gbv: Decimal
    near: Decimal
    workers_of_a_supervisor: int
    supervision_days: int
    transfer_days: int
    former_worker_days: int
    bulk: int


@lru_cache(maxsize=1)
def caseload_rules() -> CaseloadRules:
    """The weights, limits and days that count."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    values = {name: entry["value"] for name, entry in declared.items()}
    weights = {risk: Decimal(str(weight)) for risk, weight in values.pop("weights").items()}
    numbers: dict[str, Any] = {name: Decimal(str(values.pop(name))) for name in ("limit", "limit_gbv", "near")}
    return CaseloadRules(weights=weights, **numbers, **values)


def limit_of(roles: Iterable[str]) -> Decimal:
    """The limit of somebody with these roles; the lowest counts.

    >>> limit_of(["social_worker"]), limit_of(["social_worker", "gbv_specialist"])
    (Decimal('25'), Decimal('20'))
    """
    rules = caseload_rules()
    return min(rules.limit, rules.limit_gbv) if RoleKey.GBV_SPECIALIST in set(roles) else rules.limit


@dataclass(frozen=True, slots=True)
class Caseload:
    """The open cases of one worker by risk, and what they weigh against the limit.

    >>> load = Caseload.of({"high": 10, "medium": 4, "low": 3}, limit=Decimal(25))
    >>> load.n_open, load.weight, load.is_over, load.with_one("low").weight
    (17, Decimal('25.5'), True, Decimal('26.0'))
    """

    n_high: int
    n_medium: int
    n_low: int
    limit: Decimal

    @classmethod
    def of(cls, counts: Mapping[str, int], limit: Decimal) -> Caseload:
        """From counts by risk."""
        return cls(counts.get("high", 0), counts.get("medium", 0), counts.get("low", 0), limit)

    def with_one(self, risk: str) -> Caseload:
        """The same with one more open case of this risk."""
        counts = self.counts
        return Caseload.of({**counts, risk: counts.get(risk, 0) + 1}, self.limit)

    @property
    def counts(self) -> dict[str, int]:
        """Open cases by risk."""
        return {"high": self.n_high, "medium": self.n_medium, "low": self.n_low}

    @property
    def n_open(self) -> int:
        """How many open cases there are."""
        return self.n_high + self.n_medium + self.n_low

    @property
    def weight(self) -> Decimal:
        """What they weigh."""
        weights = caseload_rules().weights
        return sum((weights[risk] * count for risk, count in self.counts.items()), Decimal(0))

    @property
    def is_over(self) -> bool:
        """Whether they weigh more than the limit."""
        return self.weight > self.limit

    @property
    def is_near(self) -> bool:
        """Whether the limit is nearly reached."""
        return not self.is_over and self.weight >= self.limit * caseload_rules().near

    @property
    def percent(self) -> int:
        """The load as a part of the limit, in whole per cent, for the bar; 100 at most."""
        return min(100, int(self.weight * 100 / self.limit))


def plain(value: Decimal) -> str:
    """A weight without needless noughts.

    >>> plain(Decimal("25.0")), plain(Decimal("25.5")), plain(Decimal(20))
    ('25', '25.5', '20')
    """
    return f"{value.normalize():f}"
