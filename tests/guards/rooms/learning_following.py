"""What the guards ask of those who follow learners: who may open what, examples, counted pages."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, Row

FOLLOWERS = "zarina nasiba gulnoz behruz"
"""Who opens families of Kulob and may put their members forward."""
ASKERS = f"{FOLLOWERS} tahmina"
"""Who may put forward and ask afterwards: also the trainer."""
SEES_LEARNERS = "zarina nasiba gulnoz tahmina behruz"

TEACHERS = "tahmina behruz"
COUNTERS = f"{SEES_LEARNERS} manija manager"
"""Who sees groups and their figures."""

KEPT = Row(get={200: ASKERS, 404: ELSEWHERE, 403: ALL}, post={422: ASKERS, 404: ELSEWHERE, 403: ALL})
IN_FILE = Row(get={200: FOLLOWERS, 404: ELSEWHERE, 403: ALL})

ROWS: dict[str, Row] = {
    "learning:family-courses": IN_FILE,
    "learning:family-groups": IN_FILE,
    "learning:put-forward": Row(get=IN_FILE.get, post={422: FOLLOWERS, 404: ELSEWHERE, 403: ALL}),
    # Who only counts holds the right to see groups, and finds no learner.
    "learning:enrolment-open": Row(get={200: SEES_LEARNERS, 404: f"{ELSEWHERE} manija manager", 403: ALL}),
    "learning:enrolment-leave": Row(
        get={200: ASKERS, 404: ELSEWHERE, 403: ALL}, post={422: ASKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "learning:follow-up-list": Row(get={200: f"{ASKERS} {ELSEWHERE}", 403: ALL}),
    "learning:follow-up-answer": Row(
        get={200: ASKERS, 404: ELSEWHERE, 403: ALL}, post={422: ASKERS, 404: ELSEWHERE, 403: ALL}
    ),
    "learning:board": Row(get={200: f"{COUNTERS} {ELSEWHERE}", 403: ALL}),
    # the register of participants
    "learning:participant-list": Row(get={200: f"{ASKERS} {ELSEWHERE}", 403: ALL}),
    "learning:participant-add": Row(
        get={200: f"{ASKERS} {ELSEWHERE}", 403: ALL}, post={422: f"{ASKERS} {ELSEWHERE}", 403: ALL}
    ),
    "learning:participant-open": Row(get={200: SEES_LEARNERS, 404: f"{ELSEWHERE} manija manager", 403: ALL}),
    "learning:participant-edit": KEPT,
    "learning:participant-join": KEPT,
    # A trainer opens no family, and so does not say who is a member of one.
    "learning:participant-recognise": Row(
        get={200: FOLLOWERS, 404: ELSEWHERE, 403: ALL}, post={422: FOLLOWERS, 404: ELSEWHERE, 403: ALL}
    ),
    "learning:participants-enrol": Row(get={200: TEACHERS, 403: ALL}, post={422: TEACHERS, 403: ALL}),
    # The group of the examples is no orientation: its course has no page of this kind.
    "learning:quick-register": Row(get={404: TEACHERS, 403: ALL}, post={404: TEACHERS, 403: ALL}),
    "learning:group-afterwards": Row(get={200: SEES_LEARNERS, 404: ELSEWHERE, 403: ALL}),
}
PAGES: dict[str, str] = {
    "learning:family-courses": "zarina",
    "learning:family-groups": "zarina",
    "learning:put-forward": "zarina",
    "learning:enrolment-open": "zarina tahmina",
    "learning:enrolment-leave": "zarina",
    "learning:follow-up-list": "zarina",
    "learning:follow-up-list?whose=all": "nasiba",
    "learning:follow-up-answer": "zarina",
    "learning:group-afterwards": "tahmina",
    "learning:board": "nasiba manija",
    "learning:participant-list": "tahmina",
    "learning:participant-list?q=Раҷ": "tahmina",
    "learning:participant-add": "tahmina",
    "learning:participant-open": "zarina tahmina",
    "learning:participant-join": "zarina",
    "learning:participants-enrol": "tahmina",
}
ABOUT: dict[str, list[str]] = {
    "learning:family-courses": ["code"],
    "learning:family-groups": ["code"],
    "learning:put-forward": ["code", "group_code"],
    "learning:enrolment-open": ["enrolment_id"],
    "learning:enrolment-leave": ["enrolment_id"],
    "learning:follow-up-answer": ["follow_up_id"],
    "learning:group-afterwards": ["group_code"],
    "learning:participant-open": ["participant_id"],
    "learning:participant-join": ["participant_id"],
    "learning:participants-enrol": ["group_code"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A task about the second woman of the group, who missed two sessions."""
    from paivand.access.models.identity import acting_as
    from paivand.core.rules.attendance import Mark
    from paivand.learning.models import Enrolment, FollowUp
    from tests.learning.schooling import held, professional

    group, tahmina, zarina = made["group"], people["tahmina"], people["zarina"]
    with acting_as(zarina):
        other = Enrolment.objects.filter(group=group).exclude(pk=made["enrolment_id"]).get()
    for _time in range(2):
        held(tahmina, group, {other: Mark.ABSENT})
    with acting_as(zarina):
        task = FollowUp.objects.get(enrolment=other)
    return {"follow_up_id": task.pk, "participant_id": professional(zarina).pk}
