"""What the guards ask of the pages of results: who may see figures, open records, and enter what stands beside them.

Figures are of the whole programme and name nobody, so a district plays no part.
"""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, Row

SEES = "zarina farrukh nasiba gulnoz tahmina rustam behruz manija manager ministry"
"""Everybody who holds a right to results. Anvar, the administrators and the outsider hold none."""
ENTERS = "manija manager"

PAGE = Row(get={200: SEES, 403: ALL})
PICTURE = Row(get={200: SEES, 403: ALL})
FORM = Row(get={200: ENTERS, 403: ALL}, post={422: ENTERS, 403: ALL})

ROWS: dict[str, Row] = {
    "evidence:results-list": PAGE,
    "evidence:places-open": PAGE,
    "evidence:places-picture": PICTURE,
    "evidence:flow-open": PAGE,
    "evidence:flow-picture": PICTURE,
    "evidence:agencies-open": PAGE,
    "evidence:agencies-picture": PICTURE,
    "evidence:aims-open": PAGE,
    "evidence:changes-open": PAGE,
    "evidence:edition-list": PAGE,
    "evidence:edition-publish": FORM,
    "evidence:indicator-open": PAGE,
    "evidence:indicator-picture": PICTURE,
    "evidence:records-open": Row(get={200: "manija", 403: ALL}),
    "evidence:entered-add": FORM,
    "evidence:entered-replace": FORM,
    "evidence:entered-withdraw": FORM,
}
PAGES: dict[str, str] = {
    "evidence:results-list": "ministry",
    "evidence:places-open": "ministry",
    "evidence:flow-open": "ministry",
    "evidence:agencies-open": "ministry",
    "evidence:aims-open": "ministry",
    "evidence:changes-open": "ministry",
    "evidence:edition-list": "manager",
    "evidence:indicator-open": "ministry manija",
    "evidence:records-open": "manija",
    "evidence:entered-add": "manager",
}
ABOUT: dict[str, list[str]] = {
    "evidence:results-list": [],
    "evidence:places-open": [],
    "evidence:flow-open": [],
    "evidence:agencies-open": [],
    "evidence:aims-open": [],
    "evidence:changes-open": [],
    "evidence:edition-list": [],
    "evidence:indicator-open": ["indicator_code"],
    "evidence:records-open": ["indicator_code"],
    "evidence:entered-add": ["indicator_code", "entered"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A figure of another source beside the families that were registered."""
    from datetime import date
    from decimal import Decimal

    from paivand.access.models.identity import acting_as
    from paivand.evidence.actions.figures import enter_external
    from paivand.evidence.rules.entering import ExternalDraft
    from paivand.evidence.rules.reading import indicators

    manager, indicator = people["manager"], indicators()["families_registered"]
    draft = ExternalDraft("Созмон", "Ҳисобот, саҳ. 3", "рӯйхат", Decimal(500), date(2024, 6, 30))
    with acting_as(manager):
        row = enter_external(indicator=indicator, draft=draft, by=manager)
    return {
        "indicator_code": indicator.code, "entered": "external", "evidence:entry_id": row.pk,
        "picture": "district", "place_picture": "map",
        "evidence:kind": "svg",
    }  # fmt: skip
