"""What the guards ask of the sealed room: answers, examples, counted pages."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import Row

ROWS: dict[str, Row] = {}
PAGES: dict[str, str] = {}
ABOUT: dict[str, list[str]] = {}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """An example for each parameter of an address; ``made`` holds those of the rooms before."""
    return {}
