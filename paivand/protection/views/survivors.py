"""One file: opened, read, mended, closed, opened again, linked."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.rules.errors import Refused
from paivand.protection.actions import links
from paivand.protection.actions import survivors as actions
from paivand.protection.forms.survivors import CloseForm, IntakeForm, LinkForm, ReopenForm, SurvivorForm
from paivand.protection.models import Survivor
from paivand.protection.queries import registry
from paivand.protection.queries.directory import sectors_there
from paivand.protection.queries.referrals import referrals_of
from paivand.protection.queries.survivors import File, file_of, namesakes
from paivand.protection.rules.drafts import CONTACT_WORDS, PLAN_PARTS
from paivand.protection.rules.sectors import SECTOR_NAMES, Sector, unavailable
from paivand.protection.rules.states import DOMAIN_NAMES, GOAL_NAMES, NEED_NAMES, Domain, Goal, NeedLevel
from paivand.protection.views.door import sealed
from paivand.protection.views.files import asked_file, back_to, form_page


@require_http_methods(["GET", "POST"])
@sealed()
def survivor_add(request: HttpRequest, by: User) -> HttpResponse:
    """The first talk. Saved only if some of what is wanted can be had; and nobody is written down twice unseen."""
    districts = registry.districts_of(by, Verb.SURVIVOR_WORK)
    district = request.POST.get("district") or (districts[0].code if districts else "")
    form = IntakeForm(request.POST or None)
    same: list[Survivor] = []
    missing: list[Sector] = []
    if request.method == "POST" and form.is_valid() and district in {place.code for place in districts}:
        draft, clean = form.draft(), form.cleaned_data
        same = namesakes(by, draft.name) if not clean["known"] else []
        if not same:
            try:
                survivor = actions.open_file(
                    scope=placement(by, district), survivor_id=form.form_key(), draft=draft, given=form.given(),
                    reporting=clean["reporting"], told_on=clean["told_on"],
                    although_unavailable=clean["although_unavailable"], by=by,
                )  # fmt: skip
                messages.success(request, _("Saved."))
                return redirect("protection:incident-add", survivor_id=survivor.pk)
            except Refused as refused:
                if refused.code == "twice":
                    return redirect("protection:survivor-open", survivor_id=form.form_key())
                if refused.code == "unavailable":
                    missing = unavailable(draft.wanted, sectors_there(by, district))
                with refuse(form):
                    raise
    context = {
        "form": form, "districts": districts, "district": district, "same": same,
        "missing": [SECTOR_NAMES[sector] for sector in missing],
    }  # fmt: skip
    return render(request, "protection/intake.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@sealed()
def survivor_open(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """The whole file. That it was opened is noted, for those who watch over the room."""
    survivor = actions.read_file(survivor=asked_file(by, survivor_id), by=by)
    file = file_of(by, survivor)
    for incident in file.incidents:
        incident.survivor = survivor
    context = {
        "survivor": survivor, "file": file, "referrals": referrals_of(by, survivor), **_words(file),
        "linked": bool(survivor.person_link),
    }  # fmt: skip
    return render(request, "protection/survivor.html", context)


def _words(file: File) -> dict[str, Any]:
    """What lies in columns of codes, as pairs of words for the screen."""
    survivor, plan, needs = file.survivor, file.plan, file.needs
    contact = [(CONTACT_WORDS[part], words) for part, words in survivor.contact.items() if part in CONTACT_WORDS]
    follow_ups = [
        (row, [(GOAL_NAMES[goal], getattr(row, f"get_{goal}_display")(), getattr(row, goal)) for goal in Goal])
        for row in file.follow_ups
    ]
    assessed = [
        (DOMAIN_NAMES[domain], NEED_NAMES[NeedLevel(needs.needs[domain])], needs.needs[domain],
         needs.notes.get(domain, ""))
        for domain in Domain
        if needs and domain in needs.needs
    ]  # fmt: skip
    return {
        "contact": contact,
        "wanted": [SECTOR_NAMES[Sector(sector)] for sector in survivor.wanted],
        "unavailable": [SECTOR_NAMES[Sector(sector)] for sector in survivor.unavailable],
        "plan": [(PLAN_PARTS[part], plan.content[part]) for part in PLAN_PARTS if plan and part in plan.content],
        "assessed": assessed,
        "follow_ups": follow_ups,
    }


@require_http_methods(["GET", "POST"])
@sealed()
def survivor_edit(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """Mend what is known of the person."""
    survivor = asked_file(by, survivor_id)
    initial = SurvivorForm.initial_of(survivor)
    form = SurvivorForm(request.POST or None, initial=initial)
    return form_page(
        request, survivor, form,
        lambda: actions.edit_file(survivor=survivor, version=form.opened_with(), draft=form.draft(), by=by),
        heading=_("About the person"), present=initial,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def survivor_close(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """Close the file with its checklist."""
    survivor = asked_file(by, survivor_id)
    initial = {"version": survivor.version}
    form = CloseForm(request.POST or None, initial=initial)
    return form_page(
        request, survivor, form,
        lambda: actions.close_file(
            survivor=survivor, version=form.opened_with(), closing=form.closing_of(survivor),
            note=form.cleaned_data["note"], on=form.cleaned_data["on"], by=by,
        ),
        heading=_("Close the file"), button=_("Close the file"), present=initial,
        lead=_("Nothing is deleted. The file can be opened again at any time."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def survivor_reopen(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """Open a closed file again."""
    survivor = asked_file(by, survivor_id)
    initial = {"version": survivor.version}
    form = ReopenForm(request.POST or None, initial=initial)
    return form_page(
        request, survivor, form,
        lambda: actions.reopen_file(
            survivor=survivor, version=form.opened_with(), why=form.cleaned_data["why"], by=by
        ),
        heading=_("Open the file again"), button=_("Open the file again"), present=initial,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sealed()
def survivor_link(request: HttpRequest, by: User, survivor_id: uuid.UUID) -> HttpResponse:
    """Say which person of the registry it is. The family's file notes nothing of it."""
    survivor = asked_file(by, survivor_id)
    members = registry.members_of(by, request.POST.get("code", ""))
    form = LinkForm(
        request.POST or None, initial={"version": survivor.version}, members=[(str(m.pk), m.full_name) for m in members]
    )
    if request.method == "POST" and form.is_valid():
        chosen = next((one for one in members if str(one.pk) == form.cleaned_data["person"]), None)
        if "unlink" in request.POST or chosen:
            with refuse(form):
                links.link_person(survivor=survivor, version=form.opened_with(), person=chosen, by=by)
                messages.success(request, _("Saved."))
                return back_to(survivor)
        elif form.cleaned_data["code"] and not members:
            form.add_error("code", _("No open family with this code lies within your reach. Check the code."))
    context = {
        "form": form, "survivor": survivor, "members": members, "person": registry.person_linked(by, survivor),
    }  # fmt: skip
    status = 422 if form.errors or (request.method == "POST" and not members) else 200
    return render(request, "protection/link.html", context, status=status)
