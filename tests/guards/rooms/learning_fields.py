"""What the guards ask of household plans and field schools.

The school of ``school_code`` runs in Kulob and is led by Tahmina; ``enrolment_id`` of ``learning`` has a plan with her,
and the family of ``code`` one at home.
"""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, Row
from tests.guards.rooms.learning import TEACHERS, VIEWED

AT_HOME = "zarina nasiba gulnoz"
"""Who works with families of Kulob and may see their money."""
LEARNS = "zarina nasiba gulnoz tahmina"
"""Who reads a plan that was made in a group: its trainer, and who works with the family."""
NOT_HERS = f"{ELSEWHERE} behruz manija manager"
"""Who sees groups, and no plan."""

WRITTEN = Row(get={200: TEACHERS, 403: ALL}, post={422: TEACHERS, 403: ALL})

ROWS: dict[str, Row] = {
    "learning:group-households": Row(get={200: TEACHERS, 403: ALL}),
    "learning:household-open": Row(get={200: LEARNS, 404: NOT_HERS, 403: ALL}),
    "learning:household-print": Row(get={200: LEARNS, 404: NOT_HERS, 403: ALL}),
    "learning:household-edit": Row(get={200: "tahmina", 403: ALL}, post={422: "tahmina", 403: ALL}),
    "learning:home-open": Row(get={200: AT_HOME, 404: ELSEWHERE, 403: ALL}),
    "learning:home-print": Row(get={200: AT_HOME, 404: ELSEWHERE, 403: ALL}),
    "learning:home-edit": Row(
        get={200: AT_HOME, 404: ELSEWHERE, 403: ALL}, post={422: AT_HOME, 404: ELSEWHERE, 403: ALL}
    ),
    "learning:school-open": VIEWED,
    "learning:observation-list": VIEWED,
    "learning:entry-list": VIEWED,
    "learning:season-edit": WRITTEN,
    "learning:plot-add": WRITTEN,
    "learning:plot-edit": WRITTEN,
    "learning:plot-observe": WRITTEN,
    "learning:entry-add": WRITTEN,
    "learning:entry-strike": WRITTEN,
    "learning:field-day-add": WRITTEN,
    "learning:school-check": WRITTEN,
    "learning:practices-ask": WRITTEN,
    # The example is a school of farmers; days at school are asked in those of children.
    "learning:school-month": Row(get={404: TEACHERS, 403: ALL}, post={404: TEACHERS, 403: ALL}),
    "learning:photo-file": Row(
        get={200: "zarina nasiba gulnoz tahmina behruz", 404: f"{ELSEWHERE} manija manager", 403: ALL}
    ),
    "learning:photo-remove": Row(post={302: TEACHERS, 403: ALL}),
}
PAGES: dict[str, str] = {
    "learning:group-households": "tahmina",
    "learning:household-open": "tahmina zarina",
    "learning:household-edit": "tahmina",
    "learning:home-open": "zarina",
    "learning:school-open": "tahmina zarina manija",
    "learning:observation-list": "tahmina",
    "learning:entry-list": "tahmina",
    "learning:plot-observe": "tahmina",
    "learning:practices-ask": "tahmina",
}
ABOUT: dict[str, list[str]] = {
    "learning:group-households": ["group_code"],
    "learning:household-open": ["group_code", "enrolment_id"],
    "learning:household-edit": ["group_code", "enrolment_id"],
    "learning:home-open": ["code", "member_id"],
    "learning:school-open": ["school_code"],
    "learning:observation-list": ["school_code"],
    "learning:entry-list": ["school_code"],
    "learning:plot-observe": ["school_code", "plot_id"],
    "learning:practices-ask": ["school_code", "asked_when"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A plan in the group, one at home, and a school with two plots, entries and an observation with a photograph."""
    from paivand.access.models.identity import acting_as
    from paivand.learning.models import Enrolment, FieldPhoto
    from paivand.registry.models import FamilyMember
    from tests.cases.files import photograph
    from tests.learning.schooling import running
    from tests.learning.test_households import wrote, wrote_at_home
    from tests.learning.test_seasons import DRIP, entry, observation, plot, season

    tahmina, zarina = people["tahmina"], people["zarina"]
    with acting_as(tahmina):
        learner = Enrolment.objects.get(pk=made["enrolment_id"])
    wrote(tahmina, made["group"], learner)
    with acting_as(zarina):
        person = FamilyMember.objects.select_related("person").get(pk=made["member_id"]).person
    wrote_at_home(zarina, person)
    group, _women = running(
        tahmina, zarina, n=2, families=20, course=DRIP, name="Мактаби саҳроӣ", room="7", anyway=True
    )
    season(tahmina, group)
    row, usual = plot(tahmina, group), plot(tahmina, group, "2")
    struck = entry(tahmina, group, row, "harvest", 12)
    entry(tahmina, group, usual, "cost", 9, "seed")
    seen = observation(tahmina, group, row, photograph())
    with acting_as(tahmina):
        photo = FieldPhoto.objects.get(observation=seen)
    return {
        "school_code": group.code, "plot_id": row.pk, "entry_id": struck.pk, "photo_id": photo.pk, "kind": "harvest",
        "months": 6, "asked_when": "end",
    }  # fmt: skip
