"""A programme written from its declaration, through the same actions and rules as by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from paivand.access.actions.agencies import add_agency
from paivand.access.actions.mechanism import action, remark
from paivand.access.models import Agency, User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.programme.actions.budgets import adopt_budget, draft_budget, write_share
from paivand.programme.actions.inside import locked
from paivand.programme.actions.plan import (
    add_activity,
    add_milestone,
    add_outcome,
    add_output,
    note_progress,
    turn_activity,
)
from paivand.programme.actions.programmes import begin_programme, edit_programme, let_take_part
from paivand.programme.models import Activity, Output, Programme
from paivand.programme.rules.budget import ShareDraft
from paivand.programme.rules.declaration import DeclaredPart, ProgrammeDeclaration, read
from paivand.programme.rules.plan import ActivityState, MilestoneDraft, PartDraft, ProgressDraft
from paivand.programme.rules.programmes import ParticipationDraft

JOINT_PROGRAMME = Path(__file__).parent.parent.parent / "parameters" / "joint_programme.yaml"
"""The declaration with which a site, and the demonstration, is begun."""


def joint_programme() -> ProgrammeDeclaration:
    """The Joint Programme of the parameters."""
    return read(JOINT_PROGRAMME.name, JOINT_PROGRAMME.read_text(encoding="utf-8"))


def add_missing_agencies(*, declaration: ProgrammeDeclaration, by: User) -> list[Agency]:
    """Add the organisations of a declaration that are not known yet, for who may add agencies; the added ones."""
    known = set(Agency.objects.values_list("name", flat=True))
    return [
        add_agency(name=agency.name, kind=agency.kind, by=by)
        for agency in declaration.agencies
        if agency.name not in known
    ]


@action(Verb.PROGRAMME_PLAN)
def found_programme(*, declaration: ProgrammeDeclaration, by: User, today: date | None = None) -> Programme:
    """Write a whole programme: who takes part, the plan with its progress, and the adopted budget.

    Raises:
        Refused: ``agencies`` when organisations are missing, which an administrator adds; else as the actions of which
            it consists, such as ``code`` when the programme is there already.
    """
    agencies = _agencies(declaration)
    programme = begin_programme(
        programme_id=new_id(), draft=replace(declaration.draft, closed_on=None), by=by, today=today
    )
    for agency in declaration.agencies:
        let_take_part(
            programme=programme, version=0, by=by,
            draft=ParticipationDraft(
                agencies[agency.key].pk, agency.roles, agency.is_puno, agency.is_convening, agency.iati_ref,
                agency.organisation_type, agency.part,
            ),
        )  # fmt: skip
    for part in declaration.outcomes:
        outcome = add_outcome(programme=programme, outcome_id=new_id(), draft=_draft(part, agencies), by=by)
        for below in part.below:
            output = add_output(outcome=outcome, output_id=new_id(), draft=_draft(below, agencies), by=by)
            for activity in below.below:
                _activity(output, activity, agencies, by, today)
    _adopt(programme, declaration, agencies, by, today)
    programme = locked(programme)
    if declaration.draft.closed_on:
        programme = edit_programme(
            programme=programme, version=programme.version, draft=declaration.draft, by=by, today=today
        )  # fmt: skip
    remark(act="programme.found", outcomes=len(declaration.outcomes))
    return programme


def _agencies(declaration: ProgrammeDeclaration) -> dict[str, Agency]:
    names = {agency.key: agency.name for agency in declaration.agencies}
    known = {agency.name: agency for agency in Agency.objects.filter(name__in=names.values())}
    missing = [name for name in names.values() if name not in known]
    if missing:
        raise Refused(
            _("These organisations are not known yet: %(names)s. An administrator adds them first.")
            % {"names": ", ".join(missing)}, "agencies",
        )  # fmt: skip
    return {key: known[name] for key, name in names.items()}


def _draft(part: DeclaredPart, agencies: Mapping[str, Agency]) -> PartDraft:
    return PartDraft(
        part.code, part.titles, agencies[part.agency].pk if part.agency else None, part.services, part.assumption,
        part.risk, part.gender_share, part.starts_on, part.ends_on,
    )  # fmt: skip


def _activity(
    output: Output, part: DeclaredPart, agencies: Mapping[str, Agency], by: User, today: date | None
) -> Activity:  # fmt: skip
    where = Scope(agency_id=agencies[part.agency].pk)
    activity = add_activity(output=output, where=where, activity_id=new_id(), draft=_draft(part, agencies), by=by)
    for milestone in part.milestones:
        add_milestone(
            activity=activity, milestone_id=new_id(), by=by, today=today,
            draft=MilestoneDraft(milestone.titles, milestone.due_on, milestone.reached_on),
        )  # fmt: skip
    if part.began:
        activity = _turned(activity, ActivityState.RUNNING, part.began, by, today)
    for note in part.progress:
        note_progress(
            activity=activity, note_id=new_id(), draft=ProgressDraft(note.percent, note.on, note.note), by=by,
            today=today,
        )  # fmt: skip
    if part.finished:
        activity = _turned(activity, ActivityState.FINISHED, part.finished, by, today)
    return activity


def _turned(activity: Activity, state: ActivityState, on: date, by: User, today: date | None) -> Activity:
    return turn_activity(
        activity=activity, version=locked(activity).version, state=state, on=on, by=by, today=today
    )  # fmt: skip


def _adopt(
    programme: Programme, declaration: ProgrammeDeclaration, agencies: Mapping[str, Agency], by: User,
    today: date | None,
) -> None:  # fmt: skip
    budget = draft_budget(programme=programme, budget_id=new_id(), total=declaration.draft.budget, by=by)
    for share in declaration.shares:
        agency = agencies[share.agency].pk
        write_share(
            budget=budget, where=Scope(agency_id=agency), version=0, by=by,
            share=ShareDraft(agency, share.lines, share.indirect),
        )  # fmt: skip
    adopt_budget(
        budget=budget, version=locked(budget).version, on=declaration.adopted_on, by=by, today=today
    )  # fmt: skip
