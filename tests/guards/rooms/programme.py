"""What the guards ask of programmes: who may open what, the Joint Programme with one thing of each kind, counted pages.

The manager steers everything. No other role of the cast plans or spends; a manager of one agency's part is tested in
tests/programme.
"""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, Row

SEE = "zarina farrukh nasiba gulnoz tahmina rustam behruz manija manager ministry"
SHOWN = Row(get={200: SEE, 403: ALL})
PLANNED = Row(get={200: "manager", 403: ALL}, post={422: "manager", 403: ALL})
"""A form of who steers the programme."""

ROWS: dict[str, Row] = {
    "programme:programme-list": SHOWN,
    "programme:programme-begin": PLANNED,
    "programme:programme-open": SHOWN,
    "programme:programme-edit": PLANNED,
    "programme:participation-add": PLANNED,
    "programme:agency-open": SHOWN,
    "programme:participation-edit": PLANNED,
    "programme:participation-end": PLANNED,
    "programme:outcome-add": PLANNED,
    "programme:outcome-edit": PLANNED,
    "programme:output-add": PLANNED,
    "programme:output-edit": PLANNED,
    "programme:activity-add": PLANNED,
    "programme:activity-open": SHOWN,
    "programme:activity-edit": PLANNED,
    "programme:progress-note": PLANNED,
    "programme:activity-turn": PLANNED,
    "programme:milestone-add": PLANNED,
    "programme:milestone-edit": PLANNED,
    "programme:milestone-drop": Row(post={302: "manager", 403: ALL}),
    "programme:workplan": SHOWN,
    "programme:workplan-svg": SHOWN,
    "programme:workplan-png": SHOWN,
    "programme:workplan-csv": SHOWN,
    "programme:budget-open": SHOWN,
    "programme:budget-csv": SHOWN,
    "programme:budget-begin": PLANNED,
    "programme:budget-draft": PLANNED,
    "programme:budget-total": PLANNED,
    "programme:outcome-remove": PLANNED,
    "programme:output-remove": PLANNED,
    "programme:activity-remove": PLANNED,
    "programme:draft-remove": PLANNED,
    "programme:share-edit": PLANNED,
    "programme:spending-list": SHOWN,
    "programme:spending-add": PLANNED,
    "programme:spending-open": SHOWN,
    "programme:spending-take-back": PLANNED,
    "programme:evidence-file": Row(get={200: "manager", 403: ALL}),
}
PAGES: dict[str, str] = {
    "programme:programme-list": "manager ministry",
    "programme:programme-open": "manager ministry zarina",
    "programme:programme-edit": "manager",
    "programme:agency-open": "manager ministry",
    "programme:activity-open": "manager",
    "programme:activity-edit": "manager",
    "programme:workplan": "manager ministry",
    "programme:budget-open": "manager ministry",
    "programme:budget-draft": "manager",
    "programme:share-edit": "manager",
    "programme:spending-list": "manager ministry",
    "programme:spending-add": "manager",
    "programme:spending-open": "manager",
}
_P = ["programme_code"]
ABOUT: dict[str, list[str]] = {
    "programme:programme-list": [],
    "programme:programme-open": _P,
    "programme:programme-edit": _P,
    "programme:agency-open": [*_P, "organisation_id"],
    "programme:activity-open": [*_P, "activity_code"],
    "programme:activity-edit": [*_P, "activity_code"],
    "programme:workplan": _P,
    "programme:budget-open": _P,
    "programme:budget-draft": _P,
    "programme:share-edit": [*_P, "organisation_id"],
    "programme:spending-list": _P,
    "programme:spending-add": _P,
    "programme:spending-open": [*_P, "spending_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """The Joint Programme with an activity that runs, a draft of a revision, and spending with evidence."""
    from dataclasses import replace
    from decimal import Decimal

    from paivand.access.models.identity import acting_as
    from paivand.core.models import new_id
    from paivand.programme.actions.budgets import draft_budget
    from paivand.programme.actions.founding import joint_programme
    from paivand.programme.actions.plan import turn_activity
    from paivand.programme.models import Activity, Milestone, Outcome
    from paivand.programme.rules.plan import ActivityState
    from tests.cases.files import photograph
    from tests.programme.planning import TODAY, agency, founded, spent

    manager = people["manager"]
    declared = joint_programme()
    told = {"themes": ("Ҳифзи ҳуқуқ",), "extended_why": "Мавсим дер сар шуд.", "goal": {"en": "Некӯаҳволии оилаҳо."}}
    declared = replace(
        declared, draft=replace(declared.draft, **told),
        outcomes=tuple(replace(one, assumption="Мардум боварӣ доранд.", risk="Хушксолӣ.") for one in declared.outcomes),
    )  # fmt: skip
    programme = founded(manager, people["admin"], replace(declared, draft=replace(declared.draft, closed_on=None)))
    spending = spent(manager, programme, content=photograph(), file_name="receipt.jpg")
    with acting_as(manager):
        activity = Activity.objects.get(programme=programme, code="2.1.2")
        turn_activity(
            activity=activity, version=activity.version, state=ActivityState.RUNNING, on=TODAY, by=manager, today=TODAY
        )
        draft_budget(programme=programme, budget_id=new_id(), total=Decimal(2_200_000), by=manager)
        milestone = Milestone.objects.get(activity=activity)
        outcome = Outcome.objects.get(programme=programme, code="2")
        organisation = agency("FAO").pk
    return {
        "programme_code": programme.code, "organisation_id": organisation, "outcome_code": outcome.code,
        "output_code": "2.2", "activity_code": activity.code, "turn": "finished", "milestone_id": milestone.pk,
        "spending_id": spending.pk,
    }  # fmt: skip
