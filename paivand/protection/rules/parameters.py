"""The numbers of the sealed room, as ``parameters/sealed_room.yaml`` declares them."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "sealed_room.yaml"


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


def _value(name: str) -> Any:
    return _declared()[name]["value"]


def idle_time() -> timedelta:
    """How long the room stays open without a touch."""
    return timedelta(minutes=_value("idle_minutes"))


def smallest_figure() -> int:
    """The smallest figure above zero that is shown."""
    return int(_value("smallest_figure"))


def smallest_feedback() -> int:
    """How many answers of a quarter there must be before any is shown."""
    return int(_value("smallest_feedback"))


def health_hours() -> dict[str, int]:
    """Within how many hours each medical help must begin, the shortest first."""
    return dict(sorted(_value("health_hours").items(), key=lambda row: row[1]))


def no_contact_days() -> int:
    """After how many days without contact a file may be closed for that reason."""
    return int(_value("no_contact_days"))


def adult_age() -> int:
    """From which age nobody else is asked."""
    return int(_value("adult_age"))


def assent_age() -> int:
    """From which age a child is asked."""
    return int(_value("assent_age"))
