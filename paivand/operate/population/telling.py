"""What the demonstration tells of help: figures, shares, weights and words of ``parameters/demo_casework.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_casework.yaml"
AT_ONCE = 400
"""How many people one question, or one action for many, is about."""


@lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """What is declared."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


def share(figure: str, n_families: int, declared: Mapping[str, Any] | None = None) -> int:
    """The part of a declared figure that a demonstration of so many families has.

    Args:
        declared: what declares it, with ``figures`` and ``families``; the casework where nothing else is named.
    """
    source = declared or told()
    whole: int = source["figures"][figure]
    families: int = source["families"]
    return round(whole * min(1, n_families / families))


def drawn(chance: Random, weights: Mapping[str, int]) -> str:
    """One key of a table of weights."""
    return chance.choices(list(weights), list(weights.values()))[0]


def spread(weights: Mapping[str, int], n: int) -> list[str]:
    """``n`` keys of a table of weights, each as often as its weight asks for, in the order of the table.

    >>> spread({"a": 2, "b": 1, "c": 1}, 5)
    ['a', 'a', 'a', 'b', 'c']
    """
    whole = sum(weights.values())
    exact = {key: n * weight / whole for key, weight in weights.items()}
    given = {key: int(part) for key, part in exact.items()}
    by_rest = sorted(weights, key=lambda key: given[key] - exact[key])
    for key in by_rest[: n - sum(given.values())]:
        given[key] += 1
    return [key for key, times in given.items() for _ in range(times)]


def parts(rows: Sequence[Any], size: int = AT_ONCE) -> Iterator[Sequence[Any]]:
    """The rows, some at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
