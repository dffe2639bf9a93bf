"""Short names of the sustainable development goals and of the objectives of the Global Compact for Migration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "aims.yaml"


@lru_cache(maxsize=1)
def _names() -> Mapping[str, Mapping[int, Mapping[str, str]]]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {system: declared[system] for system in ("sdg", "gcm")}


def goal_of(target: str) -> int:
    """The goal that a target belongs to.

    >>> goal_of("5.2"), goal_of("10.c")
    (5, 10)
    """
    return int(target.split(".", maxsplit=1)[0])


def sdg_name(goal: int, language: str) -> str:
    """The short name of a goal.

    >>> sdg_name(5, "en")
    'Gender equality'
    """
    return _names()["sdg"][goal].get(language[:2], _names()["sdg"][goal]["en"])


def gcm_name(objective: int, language: str) -> str:
    """The short name of an objective.

    >>> gcm_name(19, "en")
    'Migrants and diasporas contribute to development'
    """
    return _names()["gcm"][objective].get(language[:2], _names()["gcm"][objective]["en"])
