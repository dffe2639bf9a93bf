"""What the guards ask of the page on which results are taken out."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, Row

TAKERS = "manija manager"
"""Who may take results out."""

ROWS: dict[str, Row] = {"evidence:results-export": Row(get={200: TAKERS, 403: ALL}, post={422: TAKERS, 403: ALL})}
PAGES: dict[str, str] = {
    "evidence:results-export": "manija",
    "evidence:results-export?format=workbook&by=sex&by=district&language=en&months=1": "manija",
}
ABOUT: dict[str, list[str]] = {
    "evidence:results-export": [],
    "evidence:results-export?format=workbook&by=sex&by=district&language=en&months=1": [],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """Nothing of its own: the page asks for everything that is there."""
    return {}
