"""Outcomes, outputs and activities: added, changed, and followed by notes of progress and milestones."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.scopes import Scope
from paivand.access.views.gate import conflict, refuse
from paivand.core.rules.whole_numbers import read_whole
from paivand.programme.actions import plan as actions
from paivand.programme.forms.plan import MilestoneForm, PartForm, ProgressForm, TurnForm
from paivand.programme.models import Activity, Milestone
from paivand.programme.queries import programmes as queries
from paivand.programme.rules.plan import ActivityState, Level, PartDraft
from paivand.programme.views.found import PLANS, Asked, once, or_404


@require_http_methods(["GET", "POST"])
def outcome_add(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Add an outcome."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    tree = queries.plan_tree(asked.by, asked.programme)
    form = PartForm(
        request.POST or None, level=Level.OUTCOME, is_new=True,
        initial={"code": _next([row.code for row in tree.outcomes], "")},
    )  # fmt: skip
    return _saved(
        request, asked, form, _("Add an outcome"),
        lambda draft: actions.add_outcome(
            programme=asked.programme, outcome_id=form.form_key(), draft=draft, by=asked.by
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def outcome_edit(request: HttpRequest, programme_code: str, outcome_code: str) -> HttpResponse:
    """Change an outcome."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    row = or_404(queries.outcome_by_code(asked.by, asked.programme, outcome_code))
    form = PartForm(request.POST or None, level=Level.OUTCOME, is_new=False, initial=PartForm.initial_of(row))
    return _saved(
        request, asked, form, _("Outcome %(code)s") % {"code": row.code},
        lambda draft: actions.edit_outcome(outcome=row, version=form.typed_version(), draft=draft, by=asked.by),
        code=row.code, remove=asked.address("outcome-remove", row.code),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def output_add(request: HttpRequest, programme_code: str, outcome_code: str) -> HttpResponse:
    """Add an output to an outcome."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    outcome = or_404(queries.outcome_by_code(asked.by, asked.programme, outcome_code))
    codes = [row.code for row in queries.plan_tree(asked.by, asked.programme).outputs]
    form = PartForm(
        request.POST or None, level=Level.OUTPUT, is_new=True, agencies=asked.agencies(PLANS),
        initial={"code": _next(codes, f"{outcome.code}.")},
    )  # fmt: skip
    return _saved(
        request, asked, form, _("Add an output to outcome %(code)s") % {"code": outcome.code},
        lambda draft: actions.add_output(outcome=outcome, output_id=form.form_key(), draft=draft, by=asked.by),
        lead=outcome.title,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def output_edit(request: HttpRequest, programme_code: str, output_code: str) -> HttpResponse:
    """Change an output."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    row = or_404(queries.output_by_code(asked.by, asked.programme, output_code))
    form = PartForm(
        request.POST or None, level=Level.OUTPUT, is_new=False, agencies=asked.agencies(PLANS),
        initial=PartForm.initial_of(row),
    )  # fmt: skip
    return _saved(
        request, asked, form, _("Output %(code)s") % {"code": row.code},
        lambda draft: actions.edit_output(output=row, version=form.typed_version(), draft=draft, by=asked.by),
        code=row.code, remove=asked.address("output-remove", row.code),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def activity_add(request: HttpRequest, programme_code: str, output_code: str) -> HttpResponse:
    """Add an activity to an output."""
    asked = Asked.of(request, programme_code, PLANS)
    output = or_404(queries.output_by_code(asked.by, asked.programme, output_code))
    codes = [row.code for row in queries.plan_tree(asked.by, asked.programme).activities]
    agencies = asked.agencies(PLANS)
    form = PartForm(
        request.POST or None, level=Level.ACTIVITY, is_new=True, agencies=agencies,
        initial={
            "code": _next(codes, f"{output.code}."),
            "agency": output.agency_id if output.agency_id in dict(agencies) else "",
        },
    )  # fmt: skip
    return _saved(
        request, asked, form, _("Add an activity to output %(code)s") % {"code": output.code},
        lambda draft: actions.add_activity(
            output=output, where=Scope(agency_id=draft.agency_id), activity_id=form.form_key(), draft=draft,
            by=asked.by,
        ),
        lead=output.title,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, programme_code: str, activity_code: str) -> HttpResponse:
    """Change an activity."""
    asked, row = _activity(request, programme_code, activity_code, acts=True)
    form = PartForm(
        request.POST or None, level=Level.ACTIVITY, is_new=False, agencies=asked.agencies(PLANS),
        initial=PartForm.initial_of(row),
    )  # fmt: skip
    return _saved(
        request, asked, form, _("Activity %(code)s") % {"code": row.code},
        lambda draft: actions.edit_activity(
            activity=row, where=Scope(agency_id=draft.agency_id), version=form.typed_version(), draft=draft,
            why=form.cleaned_data["why"], by=asked.by,
        ),
        code=row.code, back=asked.address("activity-open", row.code),
        remove=asked.address("activity-remove", row.code) if row.state == ActivityState.PLANNED else "",
    )  # fmt: skip


def _saved(
    request: HttpRequest, asked: Asked, form: PartForm, heading: str, save: Callable[[PartDraft], object], *,
    code: str = "", lead: str = "", back: str = "", remove: str = "",
) -> HttpResponse:  # fmt: skip
    """The page of a part's form; saved, it leads back."""
    back = back or asked.address("programme-open")
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(lambda: save(form.draft(code)))
            messages.success(request, _("Saved."))
            return asked.redirect_to(back)
    return asked.form_page(
        request, form, heading=heading, save=_("Save"), back=back, lead=lead, remove=remove,
        present=conflict(form, form.initial) if code else [],
    )  # fmt: skip


def _next(codes: list[str], stem: str) -> str:
    """The next free code below ``stem``."""
    numbers = [
        int(code.removeprefix(stem)) for code in codes if code.startswith(stem) and code[len(stem) :].isdecimal()
    ]
    return f"{stem}{max(numbers, default=0) + 1}"


@require_GET
def activity_open(request: HttpRequest, programme_code: str, activity_code: str) -> HttpResponse:
    """An activity: its days, its progress over time, its milestones."""
    asked, row = _activity(request, programme_code, activity_code)
    today = timezone.localdate()
    tree = queries.plan_tree(asked.by, asked.programme)
    return asked.page(
        request, "activity_open", activity=row, output=row.output, today=today,
        told=next(one for one in tree.activities if one.id == row.pk),
        notes=queries.progress_notes(asked.by, row), date_changes=queries.date_changes(asked.by, row),
        may_act=asked.may_plan_for(row.agency_id),
        turns=[(state, _TURN_WORDS[state](row)) for state in _turns(row)],
    )  # fmt: skip


def _turns(row: Activity) -> list[ActivityState]:
    return [state for state in ActivityState if state in actions.TURNS[ActivityState(row.state)]]


_TURN_WORDS: dict[ActivityState, Callable[[Activity], str]] = {
    ActivityState.RUNNING: lambda row: _("Begin it") if row.state == ActivityState.PLANNED else _("Open it again"),
    ActivityState.FINISHED: lambda _row: _("Finish it"),
    ActivityState.CANCELLED: lambda _row: _("Cancel it"),
}


@require_http_methods(["GET", "POST"])
def progress_note(request: HttpRequest, programme_code: str, activity_code: str) -> HttpResponse:
    """Write down how far an activity is."""
    asked, row = _activity(request, programme_code, activity_code, acts=True)
    form = ProgressForm(request.POST or None, initial={"percent": row.percent, "noted_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.note_progress(activity=row, note_id=form.form_key(), draft=form.draft(), by=asked.by)
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.to("activity-open", row.code)
    return _small(request, asked, row, form, _("How far it is"))


@require_http_methods(["GET", "POST"])
def activity_turn(request: HttpRequest, programme_code: str, activity_code: str, turn: str) -> HttpResponse:
    """Begin, finish, cancel or open an activity again, as of a day."""
    asked, row = _activity(request, programme_code, activity_code, acts=True)
    turned = or_404(ActivityState(turn) if turn in set(_turns(row)) else None)
    form = TurnForm(request.POST or None, initial={"version": row.version, "on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.turn_activity(
                activity=row, version=form.typed_version(), state=turned, on=form.cleaned_data["on"], by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.to("activity-open", row.code)
    return _small(request, asked, row, form, _TURN_WORDS[turned](row))


@require_http_methods(["GET", "POST"])
def milestone_add(request: HttpRequest, programme_code: str, activity_code: str) -> HttpResponse:
    """Add a milestone."""
    asked, row = _activity(request, programme_code, activity_code, acts=True)
    form = MilestoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.add_milestone(
                    activity=row, milestone_id=form.form_key(), draft=form.draft(), by=asked.by
                )
            )
            messages.success(request, _("Saved."))
            return asked.to("activity-open", row.code)
    return _small(request, asked, row, form, _("Add a milestone"))


@require_http_methods(["GET", "POST"])
def milestone_edit(
    request: HttpRequest, programme_code: str, activity_code: str, milestone_id: uuid.UUID
) -> HttpResponse:
    """Change a milestone, or write down that it is reached."""
    asked, row = _activity(request, programme_code, activity_code, acts=True)
    milestone = _milestone(asked, row, milestone_id)
    initial = MilestoneForm.initial_of(milestone)
    form = MilestoneForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_milestone(
                milestone=milestone, version=form.typed_version(), draft=form.draft(), by=asked.by
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.to("activity-open", row.code)
    return _small(
        request, asked, row, form, _("Milestone"), present=conflict(form, initial),
        drop="" if milestone.reached_on else asked.address("milestone-drop", row.code, milestone.pk),
        drop_version=milestone.version,
    )  # fmt: skip


@require_POST
def milestone_drop(
    request: HttpRequest, programme_code: str, activity_code: str, milestone_id: uuid.UUID
) -> HttpResponse:
    """Give a milestone up."""
    asked, row = _activity(request, programme_code, activity_code, acts=True)
    milestone = _milestone(asked, row, milestone_id)
    form = TurnForm(request.POST)
    typed = request.POST.get("version", "")
    with refuse(form, request):
        actions.drop_milestone(
            milestone=milestone, version=read_whole(typed) or 0, by=asked.by
        )  # fmt: skip
        messages.success(request, _("The milestone is given up."))
    return asked.to("activity-open", row.code)


def _small(request: HttpRequest, asked: Asked, row: Activity, form: Any, heading: str, **more: Any) -> HttpResponse:
    return asked.form_page(
        request, form, heading=heading, save=_("Save"), back=asked.address("activity-open", row.code),
        lead=f"{row.code} {row.title}", **more,
    )  # fmt: skip


def _activity(
    request: HttpRequest, programme_code: str, activity_code: str, *, acts: bool = False
) -> tuple[Asked, Activity]:
    asked = Asked.of(request, programme_code, PLANS) if acts else Asked.of(request, programme_code)
    row: Activity = or_404(queries.activity_by_code(asked.by, asked.programme, activity_code))
    if acts:
        asked.demand_agency(PLANS, row.agency_id)
    return asked, row


def _milestone(asked: Asked, row: Activity, milestone_id: uuid.UUID) -> Milestone:
    found: Milestone = or_404(queries.milestone_of(asked.by, row, milestone_id))
    return found
