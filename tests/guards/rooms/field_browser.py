"""What the guards ask of the page for forms without signal: the empty page is everybody's, a token a worker's."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, OPEN, Row

FILLERS = "zarina farrukh nasiba gulnoz tahmina behruz manija"
"""Who may fill in forms."""

ROWS: dict[str, Row] = {
    "collect:fill-open": Row(get={200: OPEN}, post={405: OPEN}),
    "collect:fill-worker": Row(get={200: OPEN}, post={405: OPEN}),
    "collect:fill-manifest": Row(get={200: OPEN}, post={405: OPEN}),
    "collect:fill-device": Row(get={200: FILLERS, 403: ALL}, post={200: FILLERS, 403: ALL}),
    # What is given back is a token; whether it was one, nobody is told.
    "collect:fill-leave": Row(get={405: OPEN}, post={204: OPEN}),
}
PAGES: dict[str, str] = {"collect:fill-open": "anonymous", "collect:fill-device": "zarina"}
ABOUT: dict[str, list[str]] = {}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """Nothing of its own."""
    return {}
