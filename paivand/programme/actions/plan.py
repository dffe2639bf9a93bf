"""The plan: outcomes, outputs, activities, their progress and milestones."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.programme.actions.inside import demand_new, demand_titles, locked, set_values
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
    Level,
    MilestoneDraft,
    PartDraft,
    ProgressDraft,
    is_code_of,
    unknown_services,
)
from paivand.programme.rules.programmes import ProgrammeState

_LONGEST_DAYS = 3660


@action(Verb.PROGRAMME_PLAN)
def add_outcome(*, programme: Programme, outcome_id: uuid.UUID, draft: PartDraft, by: User) -> Outcome:
    """Add an outcome under a code such as 1.

    Raises:
        Refused: ``twice``; ``code`` for one that is none or taken; ``title``; ``closed``.
    """
    demand_new(Outcome, outcome_id)
    _demand_open(programme)
    _demand_code(Outcome, programme, draft.code, Level.OUTCOME)
    row = Outcome(id=outcome_id, programme=programme, code=draft.code, **_part(draft))
    row.save(force_insert=True)
    remark(act="outcome.add", programme=programme.code)
    return row


@action(Verb.PROGRAMME_PLAN)
def edit_outcome(*, outcome: Outcome, version: int, draft: PartDraft, by: User) -> Outcome:
    """Change the words of an outcome; its code stays, because figures hang under it.

    Raises:
        Refused: ``stale``; ``title``.
    """
    row = locked(outcome, version)
    remark(act="outcome.edit", fields=set_values(row, _part(draft)))
    return row


@action(Verb.PROGRAMME_PLAN)
def add_output(*, outcome: Outcome, output_id: uuid.UUID, draft: PartDraft, by: User) -> Output:
    """Add an output under a code such as 1.1; its agency answers for it.

    Raises:
        Refused: ``twice``, ``code``, ``title``, ``closed``; ``agency`` that takes no part; ``services``; ``share``.
    """
    demand_new(Output, output_id)
    _demand_open(outcome.programme)
    _demand_code(Output, outcome.programme, draft.code, Level.OUTPUT, outcome.code)
    row = Output(id=output_id, programme=outcome.programme, outcome=outcome, code=draft.code,
                 **_output(outcome.programme_id, draft))  # fmt: skip
    row.save(force_insert=True)
    remark(act="output.add", programme=outcome.programme.code)
    return row


@action(Verb.PROGRAMME_PLAN)
def edit_output(*, output: Output, version: int, draft: PartDraft, by: User) -> Output:
    """Change an output; its code stays.

    Raises:
        Refused: ``stale``; else as ``add_output``.
    """
    row = locked(output, version)
    remark(act="output.edit", fields=set_values(row, _output(row.programme_id, draft)))
    return row


@action(Verb.PROGRAMME_PLAN, on="where")
def add_activity(*, output: Output, where: Scope, activity_id: uuid.UUID, draft: PartDraft, by: User) -> Activity:
    """Add an activity under a code such as 1.1.2. ``where`` names the agency, which whoever steers its part may add to.

    Raises:
        Refused: ``twice``, ``code``, ``title``, ``closed``, ``agency``, ``services``; ``date`` for days that cannot be.
    """
    demand_new(Activity, activity_id)
    _demand_open(output.programme)
    _demand_code(Activity, output.programme, draft.code, Level.ACTIVITY, output.code)
    _demand_where(where, draft)
    row = Activity(id=activity_id, programme=output.programme, output=output, code=draft.code,
                   **_activity(output.programme, draft))  # fmt: skip
    row.save(force_insert=True)
    remark(act="activity.add", programme=output.programme.code)
    return row


@action(Verb.PROGRAMME_PLAN, on="activity")
def edit_activity(
    *, activity: Activity, where: Scope, version: int, draft: PartDraft, why: str, by: User, today: date | None = None
) -> Activity:
    """Change an activity; its code stays. Planned days that change are kept as they stood, with the reason.

    Raises:
        Refused: ``stale``; ``why`` when days change in a programme that runs and nobody says why; else as
            ``add_activity``.
    """
    row = locked(activity, version)
    _demand_where(where, draft)
    if not by.reach(Verb.PROGRAMME_PLAN).covers(where):
        raise Refused(_("You steer another agency's part. Ask the programme manager to hand the activity over."),
                      "agency", field="agency")  # fmt: skip
    values = _activity(row.programme, draft)
    moved = (row.starts_on, row.ends_on) != (draft.starts_on, draft.ends_on)
    if moved:
        _keep_days(row, why, by, today or timezone.localdate())
    handed = row.agency_id != draft.agency_id
    changed = set_values(row, values)
    if handed:
        Milestone.objects.filter(activity=row).update(agency_id=draft.agency_id)
    remark(act="activity.edit", fields=changed)
    return row


def _keep_days(row: Activity, why: str, by: User, today: date) -> None:
    if not why.strip():
        if row.programme.state == ProgrammeState.PLANNED:
            return
        raise Refused(_("The programme runs already: say in a few words why the days change."), "why", field="why")
    DateChange(
        activity=row, agency_id=row.agency_id, starts_on=row.starts_on, ends_on=row.ends_on, changed_on=today,
        reason=why.strip(), recorded_by=by,
    ).save(force_insert=True)  # fmt: skip


def _demand_where(where: Scope, draft: PartDraft) -> None:
    if where.agency_id != draft.agency_id:
        raise ValueError("where= names the agency of the draft.")


@action(Verb.PROGRAMME_PLAN, on="activity")
def note_progress(
    *, activity: Activity, note_id: uuid.UUID, draft: ProgressDraft, by: User, today: date | None = None
) -> ProgressNote:  # fmt: skip
    """Write down how far an activity is. The first note of more than nothing begins it; finishing is a step of its own.

    Raises:
        Refused: ``twice``; ``percent``; ``date`` in the future or before an earlier note; ``state`` once it is over;
            ``back`` when it goes back without a note that says why.
    """
    demand_new(ProgressNote, note_id)
    row = locked(activity)
    if row.state in {ActivityState.FINISHED, ActivityState.CANCELLED}:
        raise Refused(_("This activity is over. Open it again before you note its progress."), "state")
    if not 0 <= draft.percent <= 100:
        raise Refused(_("Progress is a number from 0 to 100."), "percent", field="percent")
    if draft.noted_on > (today or timezone.localdate()):
        raise Refused(_("The day lies in the future. Check it."), "date", field="noted_on")
    if row.percent_on and draft.noted_on < row.percent_on:
        raise Refused(_("There is a later note already. Write the progress as of that day or after it."), "date",
                      field="noted_on")  # fmt: skip
    if draft.percent < row.percent and not draft.note.strip():
        raise Refused(_("The activity goes back. Say in the note why."), "back", field="note")
    note = ProgressNote(
        id=note_id, activity=row, agency_id=row.agency_id, percent=draft.percent, noted_on=draft.noted_on,
        note=draft.note.strip(), recorded_by=by,
    )  # fmt: skip
    note.save(force_insert=True)
    values: dict[str, Any] = {"percent": draft.percent, "percent_on": draft.noted_on}
    if row.state == ActivityState.PLANNED:
        if draft.percent == 0:
            del values["percent"]
        else:
            values |= {"state": ActivityState.RUNNING, "started_on": draft.noted_on}
    set_values(row, values)
    remark(act="progress.note", code=row.code, percent=draft.percent)
    return note


TURNS = {
    ActivityState.PLANNED: {ActivityState.RUNNING, ActivityState.CANCELLED},
    ActivityState.RUNNING: {ActivityState.FINISHED, ActivityState.CANCELLED},
    ActivityState.FINISHED: {ActivityState.RUNNING},
    ActivityState.CANCELLED: {ActivityState.RUNNING},
}
"""What may follow on the state of an activity."""


@action(Verb.PROGRAMME_PLAN, on="activity")
def turn_activity(
    *, activity: Activity, version: int, state: ActivityState, on: date, by: User, today: date | None = None
) -> Activity:  # fmt: skip
    """Begin an activity, finish it, cancel it, or open it again, as of a day.

    Raises:
        Refused: ``stale``; ``state`` for a turn that cannot be; ``date`` in the future, or before it began.
    """
    row = locked(activity, version)
    if state not in TURNS[ActivityState(row.state)]:
        raise Refused(_("This cannot follow on the activity's present state."), "state")
    if on > (today or timezone.localdate()):
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
    values: dict[str, Any] = {"state": state}
    if state is ActivityState.FINISHED:
        if row.started_on and on < row.started_on:
            raise Refused(_("An activity is finished after it began. Check the day."), "date", field="on")
        values["finished_on"] = on
    elif state is ActivityState.RUNNING:
        values |= {"started_on": row.started_on or on, "finished_on": None}
    set_values(row, values)
    remark(act="activity.turn", code=row.code, state=state.value)
    return row


@action(Verb.PROGRAMME_PLAN, on="activity")
def add_milestone(
    *, activity: Activity, milestone_id: uuid.UUID, draft: MilestoneDraft, by: User, today: date | None = None
) -> Milestone:  # fmt: skip
    """Add something that the activity reaches by a day.

    Raises:
        Refused: ``twice``; ``title``; ``date`` when it is reached in the future.
    """
    demand_new(Milestone, milestone_id)
    row = Milestone(id=milestone_id, activity=activity, agency_id=activity.agency_id, **_milestone(draft, today))
    row.save(force_insert=True)
    remark(act="milestone.add", code=activity.code)
    return row


@action(Verb.PROGRAMME_PLAN, on="milestone")
def edit_milestone(
    *, milestone: Milestone, version: int, draft: MilestoneDraft, by: User, today: date | None = None
) -> Milestone:  # fmt: skip
    """Change a milestone, or write down that it is reached.

    Raises:
        Refused: ``stale``; else as ``add_milestone``.
    """
    row = locked(milestone, version)
    remark(act="milestone.edit", fields=set_values(row, _milestone(draft, today)))
    return row


@action(Verb.PROGRAMME_PLAN, on="milestone")
def drop_milestone(*, milestone: Milestone, version: int, by: User, today: date | None = None) -> Milestone:
    """Give a milestone up; it leaves the picture, and stays in the table.

    Raises:
        Refused: ``stale``; ``reached`` for one that was reached.
    """
    row = locked(milestone, version)
    if row.reached_on:
        raise Refused(_("This milestone was reached. It cannot be given up any more."), "reached")
    set_values(row, {"dropped_on": today or timezone.localdate()})
    remark(act="milestone.drop")
    return row


def _milestone(draft: MilestoneDraft, today: date | None) -> dict[str, Any]:
    if draft.reached_on and draft.reached_on > (today or timezone.localdate()):
        raise Refused(_("The day lies in the future. Check it."), "date", field="reached_on")
    return {"titles": demand_titles(draft.titles), "due_on": draft.due_on, "reached_on": draft.reached_on}


def _part(draft: PartDraft) -> dict[str, Any]:
    return {
        "titles": demand_titles(draft.titles), "assumption": draft.assumption.strip(), "risk": draft.risk.strip(),
    }  # fmt: skip


def _output(programme_id: uuid.UUID, draft: PartDraft) -> dict[str, Any]:
    if draft.gender_share is not None and not 0 <= draft.gender_share <= 100:
        raise Refused(_("A share is a number from 0 to 100."), "share", field="gender_share")
    return {**_part(draft), **_delivered(programme_id, draft), "gender_share": draft.gender_share}


def _activity(programme: Programme, draft: PartDraft) -> dict[str, Any]:
    if draft.starts_on is None or draft.ends_on is None:
        raise Refused(_("Write the planned first and last day."), "date", field="starts_on")
    if draft.ends_on < draft.starts_on:
        raise Refused(_("An activity ends after it begins. Check the days."), "date", field="ends_on")
    if (draft.ends_on - draft.starts_on).days > _LONGEST_DAYS:
        raise Refused(_("This is longer than ten years. Check the days."), "date", field="ends_on")
    for field, day in (("starts_on", draft.starts_on), ("ends_on", draft.ends_on)):
        if not min(programme.starts_on, programme.first_on) <= day <= programme.ends_on:
            raise Refused(_("The day lies outside the programme's own. Check it, or extend the programme."), "date",
                          field=field)  # fmt: skip
    return {
        **_part(draft), **_delivered(programme.pk, draft), "starts_on": draft.starts_on, "ends_on": draft.ends_on,
    }  # fmt: skip


def _delivered(programme_id: uuid.UUID, draft: PartDraft) -> dict[str, Any]:
    unknown = unknown_services(draft.services)
    if unknown:
        raise Refused(
            _("There is no service with this code: %(codes)s.") % {"codes": ", ".join(unknown)}, "services",
            field="services",
        )  # fmt: skip
    live = Participation.objects.filter(programme=programme_id, ended_on=None)
    if draft.agency_id is None or not live.filter(agency_id=draft.agency_id).exists():
        raise Refused(_("Choose an organisation that takes part in the programme."), "agency", field="agency")
    return {"agency_id": draft.agency_id, "services": list(dict.fromkeys(draft.services))}


def _demand_open(programme: Programme) -> None:
    if programme.state == ProgrammeState.CLOSED:
        raise Refused(_("This programme is closed. Nothing can be added to its plan any more."), "closed")


def _demand_code(
    model: type[Outcome | Output | Activity], programme: Programme, code: str, level: Level, parent: str = ""
) -> None:  # fmt: skip
    if not is_code_of(code, level, parent):
        examples = {Level.OUTCOME: "1", Level.OUTPUT: f"{parent}.1", Level.ACTIVITY: f"{parent}.1"}
        raise Refused(
            _("Write a code such as %(example)s.") % {"example": examples[level]}, "code", field="code"
        )  # fmt: skip
    if model.objects.filter(programme=programme, code=code).exists():
        raise Refused(_("This code is taken already. Choose the next one."), "code", field="code")
