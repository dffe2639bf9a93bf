"""What the guards ask of the inbox: a form of Zarina's that a rule did not let in, with a photograph."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, Row

FILLERS = f"zarina nasiba {ELSEWHERE} gulnoz tahmina behruz manija"
"""Who fills in forms, and therefore has an inbox."""
MINE = "zarina nasiba"
"""The sender, and who mends in her district."""
OTHERS = f"{ELSEWHERE} gulnoz tahmina behruz manija"

SHOWN = Row(get={200: MINE, 404: OTHERS, 403: ALL})
ACTED = Row(post={422: MINE, 404: OTHERS, 403: ALL})
"""Without a version nothing is done, and the page says so."""

ROWS: dict[str, Row] = {
    "collect:field-inbox": Row(get={200: FILLERS, 403: ALL}),
    "collect:field-again": Row(post={302: FILLERS, 403: ALL}),
    "collect:field-conflicts": Row(get={200: FILLERS, 403: ALL}),
    "collect:field-conflict": Row(get={200: MINE, 404: OTHERS, 403: ALL}, post={422: MINE, 404: OTHERS, 403: ALL}),
    "collect:submission-open": SHOWN,
    "collect:submission-mend": Row(get={200: MINE, 404: OTHERS, 403: ALL}, post={422: MINE, 404: OTHERS, 403: ALL}),
    "collect:submission-decide": ACTED,
    "collect:submission-again": ACTED,
    "collect:submission-aside": ACTED,
    "collect:submission-take-up": ACTED,
    "collect:submission-file": SHOWN,
}
PAGES: dict[str, str] = {
    "collect:field-inbox": "zarina nasiba",
    "collect:field-inbox?state=taken": "nasiba",
    "collect:field-conflicts": "nasiba",
    "collect:field-conflict": "nasiba",
    "collect:submission-open": "zarina nasiba",
    "collect:submission-mend": "nasiba",
}
ABOUT: dict[str, list[str]] = {
    "collect:field-inbox": [],
    "collect:field-conflicts": [],
    "collect:field-conflict": ["change_id"],
    "collect:submission-open": ["submission_id"],
    "collect:submission-mend": ["submission_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A form about the family of which a rule said no, and the picture that came with it."""
    from paivand.collect.actions import takers
    from paivand.collect.actions.taking import take_waiting
    from paivand.collect.rules.taking import Taken
    from paivand.core.rules.errors import Refused
    from tests.collect.arriving import arrived, attached, changed_twice
    from tests.methods.photographs import jpeg

    zarina = people["zarina"]

    def taker(**_said: Any) -> Taken:
        raise Refused("Рӯз дар оянда аст.", "future", field="visit/day")

    sent = arrived(zarina, family=family.pk)
    file = attached(sent, zarina, jpeg(), name="house.jpg", mime="image/jpeg")
    takers.TAKERS["tested"] = taker
    try:
        take_waiting(zarina.pk)
    finally:
        del takers.TAKERS["tested"]
    change = changed_twice(sent, zarina, family)
    return {"submission_id": sent.pk, "collect:file_id": file.pk, "change_id": change.pk}
