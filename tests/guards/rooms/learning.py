"""What the guards ask of learning: who may open what, a group with a session and a learner, counted pages.

The group of ``group_code`` runs in Kulob and is led by Tahmina; Zarina put Ҷамила forward, who is ``enrolment_id``.
Session ``session_n`` is written down. Others of the room build on these examples in files of their own.
"""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, Row

VIEWERS = "zarina nasiba gulnoz tahmina behruz manija manager"
"""Who sees groups of Kulob; Manija and the manager without the learners."""
TEACHERS = "tahmina behruz"

VIEWED = Row(get={200: VIEWERS, 404: ELSEWHERE, 403: ALL})

ROWS: dict[str, Row] = {
    "learning:group-list": Row(get={200: f"{VIEWERS} {ELSEWHERE}", 403: ALL}),
    "learning:group-open": VIEWED,
}
PAGES: dict[str, str] = {
    "learning:group-list": "tahmina",
    "learning:group-open": "tahmina zarina manija",
}
ABOUT: dict[str, list[str]] = {
    "learning:group-list": [],
    "learning:group-open": ["group_code"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A group that runs, with two women in it and one session that was held."""
    from tests.learning.schooling import held, running

    group, rows = running(people["tahmina"], people["zarina"], n=2)
    session = held(people["tahmina"], group, {})
    return {"group": group, "group_code": group.code, "session_n": session.n, "enrolment_id": rows[0].pk}
