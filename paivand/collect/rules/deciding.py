"""When a person's decision about a form still stands: as long as it is asked about what she looked at, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

SEEN = "seen"
"""Beside the decisions: for each problem what stood on the page when it was decided."""


def marks(found: Iterable[Any]) -> list[str]:
    """What a decision is about, so that it can be compared: a registered person that is likely the same, or a question
    with both of its answers. How likely somebody is plays no part.

    >>> marks([{"family": "f", "person": "p", "score": 9.1}, {"path": "on", "kept": "a", "sent": "b"}])
    ['["f", "p"]', '{"kept": "a", "path": "on", "sent": "b"}']
    """
    return sorted(
        json.dumps([one["family"], one.get("person")] if "family" in one else one, sort_keys=True, default=str)
        for one in found
    )


def with_decision(answers: Mapping[str, Any], problem: str, choice: str, found: Iterable[Any]) -> dict[str, Any]:
    """The decisions about a form, with one more and what it was made on."""
    return {**answers, problem: choice, SEEN: {**(answers.get(SEEN) or {}), problem: marks(found)}}


def standing_decision(answers: Mapping[str, Any], problem: str, found: Iterable[Any]) -> str:
    """What was decided about a problem; empty where nothing was, or something has come up since that nobody looked at.

    That less is in doubt than was decided about changes nothing.

    >>> decided = with_decision({}, "duplicate", "new", [{"family": "f", "person": "p"}])
    >>> standing_decision(decided, "duplicate", [{"family": "f", "person": "p"}])
    'new'
    >>> standing_decision(decided, "duplicate", [{"family": "f", "person": "p"}, {"family": "g", "person": "q"}])
    ''
    """
    choice = str(answers.get(problem) or "")
    looked_at = (answers.get(SEEN) or {}).get(problem)
    if looked_at is not None and not set(marks(found)) <= set(looked_at):
        return ""
    return choice
