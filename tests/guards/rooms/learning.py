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

ACTED = Row(get={200: TEACHERS, 403: ALL}, post={422: TEACHERS, 403: ALL})
"""A form of those who teach. Whoever teaches nowhere is told so, wherever the group lies."""
LEADS_ON = Row(get={302: TEACHERS, 403: ALL}, post={422: TEACHERS, 403: ALL})
"""The same for a session that is written down: there is nothing to fill in any more, and it leads to its page."""
BY_BUTTON = Row(post={302: TEACHERS, 403: ALL})
VIEWED = Row(get={200: VIEWERS, 404: ELSEWHERE, 403: ALL})

ROWS: dict[str, Row] = {
    "learning:group-list": Row(get={200: f"{VIEWERS} {ELSEWHERE}", 403: ALL}),
    "learning:group-open": VIEWED,
    "learning:group-plan": ACTED,
    "learning:group-edit": ACTED,
    "learning:group-trainers": ACTED,
    "learning:trainer-end": BY_BUTTON,
    "learning:teaching-open": Row(get={200: TEACHERS, 403: ALL}),
    "learning:group-people": VIEWED,
    "learning:group-attendance": VIEWED,
    "learning:group-answer": BY_BUTTON,
    "learning:group-turn": BY_BUTTON,
    "learning:group-finish": ACTED,
    "learning:group-cancel": ACTED,
    "learning:group-reopen": ACTED,
    "learning:learner-decline": ACTED,
    "learning:learner-take-back": ACTED,
    "learning:learner-judge": BY_BUTTON,
    "learning:session-add": ACTED,
    "learning:session-open": VIEWED,
    "learning:session-take": LEADS_ON,
    "learning:session-correct": ACTED,
    "learning:session-move": LEADS_ON,
    "learning:session-cancel": LEADS_ON,
    "learning:session-photo": ACTED,
}
PAGES: dict[str, str] = {
    "learning:group-list": "tahmina",
    "learning:group-open": "tahmina zarina manija",
    "learning:group-plan?course=seamstress": "tahmina",
    "learning:group-edit": "tahmina",
    "learning:group-trainers": "tahmina",
    "learning:teaching-open": "tahmina",
    "learning:group-people": "tahmina zarina",
    "learning:group-attendance": "tahmina",
    "learning:group-finish": "tahmina",
    "learning:session-open": "tahmina",
    "learning:session-correct": "tahmina",
    "learning:session-add": "tahmina",
}
ABOUT: dict[str, list[str]] = {
    "learning:group-list": [],
    "learning:group-open": ["group_code"],
    "learning:group-plan": [],
    "learning:group-edit": ["group_code"],
    "learning:group-trainers": ["group_code"],
    "learning:teaching-open": [],
    "learning:group-people": ["group_code"],
    "learning:group-attendance": ["group_code"],
    "learning:group-finish": ["group_code"],
    "learning:session-open": ["group_code", "session_n"],
    "learning:session-correct": ["group_code", "session_n"],
    "learning:session-add": ["group_code"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A group that runs, with two women in it and one session that was held."""
    from paivand.access.models.identity import acting_as
    from paivand.learning.models import GroupTrainer
    from tests.learning.schooling import held, running

    group, rows = running(people["tahmina"], people["zarina"], n=2)
    session = held(people["tahmina"], group, {})
    with acting_as(people["tahmina"]):
        trainer = GroupTrainer.objects.get(group=group)
    return {
        "trainer_id": trainer.pk,
        "group": group,
        "group_code": group.code,
        "session_n": session.n,
        "enrolment_id": rows[0].pk,
        "learner": rows[0],
    }
