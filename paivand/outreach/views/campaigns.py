"""Campaigns, and the materials of a campaign."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse
from paivand.outreach.actions import campaigns as actions
from paivand.outreach.actions.materials import add_material, move_copies
from paivand.outreach.forms.campaigns import CampaignForm, MaterialForm, MoveForm
from paivand.outreach.queries import campaigns as queries
from paivand.outreach.queries import entries as entry_queries
from paivand.outreach.queries.entries import Wanted
from paivand.outreach.rules.materials import MoveKind
from paivand.outreach.rules.picture import reach_picture
from paivand.outreach.views.found import agency_choices, campaign_of, everywhere, material_of, once, records
from paivand.registry.queries.places import districts_within


@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns, the latest first."""
    by = asking(request)
    demand(by, Verb.RESULTS_VIEW)
    page = queries.campaigns(by, after=request.GET.get("after", ""))
    reached = queries.contacts_of(by, page.rows)
    rows = [(row, reached.get(row.pk, 0)) for row in page.rows]
    return render(request, "outreach/campaign_list.html", {"page": page, "rows": rows})


@require_GET
def campaign_open(request: HttpRequest, campaign_code: str) -> HttpResponse:
    """One campaign: whom it reached month by month and by which channel, what it cost, its entries and materials."""
    by, row = campaign_of(request, campaign_code)
    wanted = Wanted(campaign=row.pk)
    months = entry_queries.by_month_and_channel(by, row)
    context = {
        "campaign": row,
        "totals": entry_queries.totals(by, wanted),
        "picture": reach_picture(months, mirrored=get_language_bidi()),
        "table": [{"month": month, "row": told, "n": sum(told.values())} for month, told in months.items()],
        "costs": entry_queries.cost_of(by, row),
        "materials": queries.materials_of(by, row),
        "page": entry_queries.entries(by, wanted, after=request.GET.get("after", "")),
        "may_record": records(by, row),
    }
    return render(request, "outreach/campaign.html", context)


@require_http_methods(["GET", "POST"])
def campaign_plan(request: HttpRequest) -> HttpResponse:
    """Plan a campaign."""
    by = asking(request)
    demand(by, Verb.OUTREACH_RECORD)
    districts = [(one.pk, one.name) for one in districts_within(by, Verb.OUTREACH_RECORD)]
    if by.reach(Verb.OUTREACH_RECORD).covers(everywhere(by)):
        districts.insert(0, ("", _("the whole programme")))
    form = CampaignForm(
        request.POST or None, districts=districts, agencies=agency_choices(by), plan=queries.plan_parts(by)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["district"]
        scope = placement(by, chosen) if chosen else everywhere(by)
        with refuse(form):
            draft, key = form.draft(), form.form_key()
            once(lambda: actions.plan_campaign(scope=scope, campaign_id=key, draft=draft, by=by))
            messages.success(request, _("The campaign is planned. Entries can be written down for it."))
            return redirect("outreach:campaign-list")
    status = 422 if request.method == "POST" else 200
    return render(request, "outreach/campaign_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, campaign_code: str) -> HttpResponse:
    """Change what is planned."""
    by, row = campaign_of(request, campaign_code, Verb.OUTREACH_RECORD)
    initial = CampaignForm.initial_of(row)
    form = CampaignForm(
        request.POST or None, agencies=agency_choices(by), plan=queries.plan_parts(by), new=False, initial=initial
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            draft = form.draft(row.code)
            actions.edit_campaign(campaign=row, version=form.typed_version(), draft=draft, by=by)
            messages.success(request, _("Saved."))
            return redirect("outreach:campaign-open", campaign_code=row.code)
    context = {"form": form, "campaign": row, "present": conflict(form, initial)}
    return render(request, "outreach/campaign_form.html", context, status=422 if form.errors else 200)


# --- materials -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def material_add(request: HttpRequest, campaign_code: str) -> HttpResponse:
    """Write a material of a campaign down."""
    by, row = campaign_of(request, campaign_code, Verb.OUTREACH_RECORD)
    form = MaterialForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scope = placement(by, row.district_id) if row.district_id else everywhere(by)
        with refuse(form):
            draft, key = form.draft(), form.form_key()
            once(lambda: add_material(scope=scope, material_id=key, draft=draft, by=by, campaign=row))
            messages.success(request, _("Written down."))
            return redirect("outreach:campaign-open", campaign_code=row.code)
    status = 422 if request.method == "POST" else 200
    return render(request, "outreach/material_add.html", {"form": form, "campaign": row}, status=status)


@require_GET
def material_open(request: HttpRequest, material_id: uuid.UUID) -> HttpResponse:
    """One material: printed, given out, left, and how that came about."""
    by, row = material_of(request, material_id)
    context = {"material": row, "moves": queries.moves_of(by, row), "may_record": records(by, row)}
    return render(request, "outreach/material.html", context)


@require_http_methods(["GET", "POST"])
def material_move(request: HttpRequest, material_id: uuid.UUID) -> HttpResponse:
    """Write down copies that came, went or were spoilt."""
    by, row = material_of(request, material_id, Verb.OUTREACH_RECORD)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            once(lambda: move_copies(
                material=row, move_id=form.form_key(), kind=MoveKind(clean["kind"]), n_copies=clean["n_copies"],
                on=clean["on"], note=clean["note"], by=by,
            ))  # fmt: skip
            messages.success(request, _("Written down."))
            return redirect("outreach:material-open", material_id=row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "outreach/material_move.html", {"material": row, "form": form}, status=status)
