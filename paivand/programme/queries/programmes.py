"""Programmes, who takes part in them, and their plan as a tree."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from paivand.access.models import Agency, User
from paivand.core.models import Place
from paivand.programme.models import (
    Activity,
    DateChange,
    Milestone,
    Outcome,
    Output,
    Participation,
    Programme,
    ProgressNote,
)
from paivand.programme.rules.plan import (
    ActivityState,
    PlanActivity,
    PlanMilestone,
    PlanOutcome,
    PlanOutput,
    PlanTree,
    in_order,
)


def programmes(by: User) -> list[Programme]:
    """All programmes, the latest first."""
    return list(Programme.objects.seen_by(by))


def programme_by_code(by: User, code: str) -> Programme | None:
    """The programme of this code."""
    found: Programme | None = Programme.objects.seen_by(by).filter(code=code.upper()).first()
    return found


def participations(by: User, programme: Programme) -> list[Participation]:
    """Who takes part or took part: the convening agency first, then those with a budget, then the partners."""
    rows = list(Participation.objects.seen_by(by).filter(programme=programme).select_related("agency"))
    return sorted(rows, key=lambda row: (not row.is_convening, not row.is_puno, row.agency.sort_key))


def participation_of(by: User, programme: Programme, agency_id: uuid.UUID) -> Participation | None:
    """As what an agency takes part."""
    rows = Participation.objects.seen_by(by).filter(programme=programme, agency_id=agency_id)
    found: Participation | None = rows.select_related("agency").first()
    return found


def agencies(by: User) -> list[Agency]:
    """All agencies, in the order of their names."""
    return list(Agency.objects.filter(Agency.policy.visible(by)))


def districts_of(programme: Programme) -> list[Place]:
    """Where the programme works."""
    return list(Place.objects.filter(code__in=programme.districts))


def plan_tree(by: User, programme: Programme) -> PlanTree:
    """Outcomes, outputs, activities and milestones with their service codes, each level in the order of its codes."""
    activities: dict[uuid.UUID, list[PlanActivity]] = defaultdict(list)
    outputs: dict[uuid.UUID, list[PlanOutput]] = defaultdict(list)
    milestones = _milestones(by, programme)
    for row in _sorted(Activity, by, programme, "agency"):
        activities[row.output_id].append(_activity(row, tuple(milestones[row.pk])))
    for row in _sorted(Output, by, programme, "agency"):
        outputs[row.outcome_id].append(
            PlanOutput(
                row.pk, row.code, row.titles, row.agency_id, row.agency.name, tuple(row.services), row.gender_share,
                row.assumption, row.risk, tuple(activities[row.pk]),
            )
        )  # fmt: skip
    return PlanTree(
        tuple(
            PlanOutcome(row.pk, row.code, row.titles, row.assumption, row.risk, tuple(outputs[row.pk]))
            for row in _sorted(Outcome, by, programme)
        )
    )


def _sorted(model: type[Outcome | Output | Activity], by: User, programme: Programme, *joined: str) -> list[Any]:
    rows = model.objects.seen_by(by).filter(programme=programme)
    return sorted(rows.select_related(*joined) if joined else rows, key=lambda row: in_order(row.code))


def _milestones(by: User, programme: Programme) -> dict[uuid.UUID, list[PlanMilestone]]:
    found: dict[uuid.UUID, list[PlanMilestone]] = defaultdict(list)
    for row in Milestone.objects.seen_by(by).filter(activity__programme=programme, dropped_on=None):
        found[row.activity_id].append(PlanMilestone(row.pk, row.titles, row.due_on, row.reached_on, row.version))
    return found


def _activity(row: Activity, milestones: tuple[PlanMilestone, ...]) -> PlanActivity:
    return PlanActivity(
        row.pk, row.code, row.titles, row.agency_id, row.agency.name, tuple(row.services), ActivityState(row.state),
        row.starts_on, row.ends_on, row.started_on, row.finished_on, row.percent, row.percent_on, row.assumption,
        row.risk, milestones,
    )  # fmt: skip


def outcome_by_code(by: User, programme: Programme, code: str) -> Outcome | None:
    """The outcome of this code."""
    found: Outcome | None = Outcome.objects.seen_by(by).filter(programme=programme, code=code).first()
    return found


def output_by_code(by: User, programme: Programme, code: str) -> Output | None:
    """The output of this code."""
    rows = Output.objects.seen_by(by).filter(programme=programme, code=code)
    found: Output | None = rows.select_related("agency", "outcome").first()
    return found


def activity_by_code(by: User, programme: Programme, code: str) -> Activity | None:
    """The activity of this code."""
    rows = Activity.objects.seen_by(by).filter(programme=programme, code=code)
    found: Activity | None = rows.select_related("agency", "output").first()
    return found


def progress_notes(by: User, activity: Activity) -> list[ProgressNote]:
    """How far an activity was over time, the latest first."""
    return list(ProgressNote.objects.seen_by(by).filter(activity=activity).select_related("recorded_by"))


def date_changes(by: User, activity: Activity) -> list[DateChange]:
    """The planned days as they stood before each change, the latest first."""
    return list(DateChange.objects.seen_by(by).filter(activity=activity).select_related("recorded_by"))


def milestone_of(by: User, activity: Activity, milestone_id: uuid.UUID) -> Milestone | None:
    """A milestone of an activity that was not given up."""
    rows = Milestone.objects.seen_by(by).filter(activity=activity, dropped_on=None, pk=milestone_id)
    found: Milestone | None = rows.first()
    return found


def participating_names(by: User) -> dict[uuid.UUID, list[str]]:
    """The names of the participating organisations of every programme, the convening one first."""
    rows = Participation.objects.seen_by(by).filter(is_puno=True, ended_on=None).select_related("agency")
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (not row.is_convening, row.agency.sort_key)):
        found[row.programme_id].append(row.agency.name)
    return found


def districts(by: User) -> list[Place]:
    """All districts that a programme may name."""
    return list(Place.objects.districts())
