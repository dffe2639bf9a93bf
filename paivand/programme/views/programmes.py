"""Programmes: the list, one of them, what is known of it, and who takes part."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.views.gate import asking, conflict, demand, forbid, refuse
from paivand.programme.actions import programmes as actions
from paivand.programme.forms.programmes import LeaveForm, ParticipationForm, ProgrammeForm
from paivand.programme.models import Participation
from paivand.programme.queries import programmes as queries
from paivand.programme.queries.money import adopted_budget, budget_table, draft_budget, spending_page
from paivand.programme.rules.programmes import N_GCM_OBJECTIVES
from paivand.programme.views.found import PLANS, SEES, Asked, once, or_404


@require_GET
def programme_list(request: HttpRequest) -> HttpResponse:
    """All programmes."""
    by = asking(request)
    demand(by, SEES)
    names = queries.participating_names(by)
    rows = [(row, names.get(row.pk, [])) for row in queries.programmes(by)]
    return render(
        request, "programme/programme_list.html", {"rows": rows, "may_plan": by.reach(PLANS).everywhere}
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def programme_begin(request: HttpRequest) -> HttpResponse:
    """Write down a new programme."""
    by = asking(request)
    demand(by, PLANS)
    if not by.reach(PLANS).everywhere:
        forbid(by, PLANS)
    form = ProgrammeForm(request.POST or None, districts=queries.districts(by), is_new=True)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            draft = form.draft()
            once(lambda: actions.begin_programme(programme_id=form.form_key(), draft=draft, by=by))
            messages.success(request, _("The programme is written down. Add who takes part, then its outcomes."))
            return redirect("programme:programme-open", draft.code.upper())
    context = {
        "form": form, "heading": _("A new programme"), "save": _("Begin the programme"),
        "back": reverse("programme:programme-list"), "back_label": _("Programmes"),
    }  # fmt: skip
    return render(request, "programme/form.html", context, status=422 if form.errors else 200)


@require_GET
def programme_open(request: HttpRequest, programme_code: str) -> HttpResponse:
    """A programme: facts, plan with progress and delivery, who takes part."""
    asked = Asked.of(request, programme_code)
    tree = queries.plan_tree(asked.by, asked.programme)
    table = budget_table(asked.by, asked.programme)
    spent = {output: table.sum_of(output=output) for output in table.outputs}
    outcomes = [
        (outcome, [(output, spent.get(output.code)) for output in outcome.outputs]) for outcome in tree.outcomes
    ]
    return asked.page(
        request, "programme_open", here="plan", tree=tree, outcomes=outcomes, table=table, total=table.total,
        districts=queries.districts_of(asked.programme), today=timezone.localdate(),
        has_draft=asked.may_plan and draft_budget(asked.by, asked.programme) is not None,
        n_gcm=N_GCM_OBJECTIVES,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def programme_edit(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Change what is known of a programme."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    initial = ProgrammeForm.initial_of(asked.programme)
    form = ProgrammeForm(
        request.POST or None, districts=queries.districts(asked.by), is_new=False, initial=initial
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_programme(
                programme=asked.programme, version=form.typed_version(), draft=form.draft(programme_code), by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.to("programme-open")
    return asked.form_page(
        request, form, heading=_("Change the programme"), save=_("Save"), back=asked.address("programme-open"),
        present=conflict(form, initial),
    )  # fmt: skip


@require_GET
def agency_open(request: HttpRequest, programme_code: str, organisation_id: uuid.UUID) -> HttpResponse:
    """An organisation in the programme: what it answers for, its budget, what it spent."""
    asked = Asked.of(request, programme_code)
    participation = _participation(asked, organisation_id)
    tree = queries.plan_tree(asked.by, asked.programme)
    table = budget_table(asked.by, asked.programme)
    outputs = [(output, table.sum_of(agency=organisation_id, output=output.code)) for output in tree.outputs]
    return asked.page(
        request, "agency_open", participation=participation, today=timezone.localdate(),
        outputs=[row for row in outputs if row[0].agency_id == organisation_id or row[1].budget],
        activities=[row for row in tree.activities if row.agency_id == organisation_id],
        categories=[(one, table.sum_of(agency=organisation_id, category=one.code)) for one in table.categories],
        total=table.sum_of(agency=organisation_id), table=table,
        latest=spending_page(asked.by, asked.programme, agency=organisation_id).rows[:5],
        may_spend=asked.may_spend_for(organisation_id) and adopted_budget(asked.by, asked.programme) is not None,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def participation_add(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Write down that an organisation takes part."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    live = {row.agency_id for row in asked.participations if row.ended_on is None}
    agencies = [agency for agency in queries.agencies(asked.by) if agency.pk not in live]
    form = ParticipationForm(request.POST or None, agencies=agencies, is_new=True)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            draft = form.draft()
            former = next((row for row in asked.participations if str(row.agency_id) == str(draft.agency_id)), None)
            actions.let_take_part(
                programme=asked.programme, version=former.version if former else 0, draft=draft, by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.to("programme-open")
    return asked.form_page(
        request, form, heading=_("Who takes part"), save=_("Save"), back=asked.address("programme-open")
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def participation_edit(request: HttpRequest, programme_code: str, organisation_id: uuid.UUID) -> HttpResponse:
    """Change as what an organisation takes part."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    row = _participation(asked, organisation_id)
    initial = ParticipationForm.initial_of(row)
    form = ParticipationForm(request.POST or None, agencies=[], is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.let_take_part(
                programme=asked.programme, version=form.typed_version(), draft=form.draft(organisation_id), by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.to("agency-open", organisation_id)
    return asked.form_page(
        request, form, heading=row.agency.name, save=_("Save"), back=asked.address("agency-open", organisation_id),
        present=conflict(form, initial),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def participation_end(request: HttpRequest, programme_code: str, organisation_id: uuid.UUID) -> HttpResponse:
    """Write down that an organisation takes part no longer."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    row = _participation(asked, organisation_id)
    form = LeaveForm(request.POST or None, initial={"version": row.version, "on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.end_part(
                participation=row, version=form.typed_version(), on=form.cleaned_data["on"], by=asked.by
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.to("programme-open")
    return asked.form_page(
        request, form, heading=_("%(agency)s takes part no longer") % {"agency": row.agency.name}, save=_("Save"),
        back=asked.address("agency-open", organisation_id),
        note=_("What it did, and what it spent, stays in the programme."),
    )  # fmt: skip


def _participation(asked: Asked, organisation_id: uuid.UUID) -> Participation:
    row: Participation = or_404(queries.participation_of(asked.by, asked.programme, organisation_id))
    return row
