"""Needs, safety plan, actions and follow-ups."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.protection.actions import help as actions
from paivand.protection.forms.help import ActionForm, EndActionForm, FollowUpForm, NeedsForm, PlanForm
from paivand.protection.models import PlannedAction
from paivand.protection.queries.survivors import live_referral_consents, plan_of, row_of
from paivand.protection.rules.states import ActionState
from paivand.protection.views.door import sealed
from paivand.protection.views.files import asked_file, form_page


@require_http_methods(["GET", "POST"])
@sealed()
def needs_assess(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """What is needed, part by part."""
    survivor = asked_file(by, survivor_id)
    form = NeedsForm(request.POST or None)
    return form_page(
        request, survivor, form,
        lambda: actions.assess_needs(
            survivor=survivor, assessment_id=form.form_key(), assessed_on=form.cleaned_data["assessed_on"],
            needs=form.needs(), notes=form.notes(), by=by,
        ),
        heading=_("What is needed"), lead=_("Parts that you did not talk about stay open."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def plan_write(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """The safety plan, in her or his words."""
    survivor = asked_file(by, survivor_id)
    initial = PlanForm.initial_of(plan_of(by, survivor))
    form = PlanForm(request.POST or None, initial=initial)
    return form_page(
        request, survivor, form,
        lambda: actions.write_safety_plan(
            survivor=survivor, version=form.opened_with(), content=form.cleaned_data,
            reviewed_on=form.cleaned_data["reviewed_on"], by=by,
        ),
        heading=_("Safety plan"), present=initial,
        lead=_("Made together. It stays here: a plan on paper or on a telephone may be found."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def action_plan(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """One need and what is to be done about it."""
    survivor = asked_file(by, survivor_id)
    form = ActionForm(request.POST or None, consents=live_referral_consents(by, survivor))
    return form_page(
        request, survivor, form,
        lambda: actions.plan_action(
            survivor=survivor, action_id=form.form_key(), draft=form.draft(), consent=form.chosen_consent, by=by
        ),
        heading=_("An action"), lead=_("She or he decides what is done, and in which order."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def action_end(request: HttpRequest, by: User, survivor_id: uuid.UUID, planned_id: uuid.UUID) -> HttpResponse:
    """That an action was done, or dropped."""
    survivor = asked_file(by, survivor_id)
    planned = row_of(by, PlannedAction, survivor, planned_id)
    if planned is None:
        raise Http404
    initial = {"version": planned.version}
    form = EndActionForm(request.POST or None, initial=initial)
    return form_page(
        request, survivor, form,
        lambda: actions.end_action(
            planned=planned, version=form.opened_with(), state=ActionState(form.cleaned_data["state"]),
            outcome=form.cleaned_data["outcome"], done_on=form.cleaned_data["done_on"], by=by,
        ),
        heading=_("What became of it"), lead=planned.action, present=initial,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def follow_up_add(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """A contact: how far each goal is, and when one meets again."""
    survivor = asked_file(by, survivor_id)
    form = FollowUpForm(request.POST or None)
    return form_page(
        request, survivor, form,
        lambda: actions.record_follow_up(
            survivor=survivor, follow_up_id=form.form_key(), draft=form.draft(), by=by
        ),
        heading=_("A contact"),
    )  # fmt: skip
