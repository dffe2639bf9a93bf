"""Pages on families."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse
from paivand.access.views.words import Told, told
from paivand.core.rules.errors import Refused
from paivand.registry.actions import families as actions
from paivand.registry.forms.families import (
    FamilyForm,
    LeaveForm,
    MemberForm,
)
from paivand.registry.forms.registration import NewMemberForm
from paivand.registry.queries import families as queries
from paivand.registry.views.consents import ledger_of, withdrawn_file
from paivand.registry.views.files import family_of, member_of
from paivand.registry.views.journey import journey_rights
from paivand.registry.views.matches import Typed, demand_answer, keep_answers, tell_elsewhere
from paivand.registry.views.people import editable, mark_members, may_change_state
from paivand.registry.views.story import story_of

OPENINGS = 30


@require_GET
def family_open(request: HttpRequest, code: str) -> HttpResponse:
    """A family's file: who they are, what they agreed to, what reached them, and who looked."""
    by = asking(request)
    family = family_of(by, code, withdrawn=True)
    if family.code != code:
        # Typed in another way, or the code of a file that was joined with this one.
        return redirect("registry:family-open", code=family.code)
    actions.open_family(family=family, by=by)
    if family.is_withdrawn:
        return withdrawn_file(request, by, family)
    members = queries.members(by, family)
    mark_members(by, members)
    context = {
        "family": family,
        "members": members,
        "names": queries.sees_names(by),
        **story_of(by, family),
        **ledger_of(by, family, [(member, member.shown) for member in members]),  # type: ignore[attr-defined]
        **journey_rights(by, family),
        "openings": _openings(told(queries.openings(by, family, limit=OPENINGS))),
        "editable": editable(by, family),
        "may_change_state": may_change_state(by, family),
        "by_glass": not by.reach(Verb.FAMILY_OPEN).covers(family),
    }
    return render(request, "registry/family.html", context)


@require_http_methods(["GET", "POST"])
def family_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change where a family lives, and the house and land it lives from."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family = family_of(by, code)
    initial = {
        "jamoat": family.jamoat, "village": family.village, "housing": family.housing, "land": family.land,
        "version": family.version,
    }  # fmt: skip
    form = FamilyForm(request.POST or None, by=by, verb=Verb.FAMILY_EDIT, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_family(
                family=family,
                version=form.cleaned_data["version"] or 0,
                jamoat=form.cleaned_data["jamoat"],
                village=form.cleaned_data["village"],
                housing=form.cleaned_data["housing"],
                land=form.cleaned_data["land"],
                by=by,
            )
            messages.success(request, _("Saved."))
            return redirect("registry:family-open", code=family.code)
    context = {"form": form, "family": family, "present": conflict(form, initial)}
    return render(request, "registry/family_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a member."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family = family_of(by, code)
    form = NewMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            typed = Typed([(form, form.person())])
            person_id = form.form_key()
            if not queries.sent_before(by, person_id):
                demand_answer(request, by, typed, jamoat=family.jamoat_id, village=family.village)
            try:
                actions.add_member(family=family, person_id=person_id, draft=form.member(), by=by)
                keep_answers(by, family, {person_id: typed.found[0]})
                tell_elsewhere(request, typed)
                messages.success(request, _("The member is added."))
            except Refused as refused:
                if refused.code != "twice":
                    raise
            return redirect("registry:family-open", code=family.code)
    return render(
        request, "registry/member_form.html", {"form": form, "family": family}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """Change a member's particulars."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family, member = member_of(by, code, member_id)
    initial = MemberForm.initial_of(member.shown, member.relation)  # type: ignore[attr-defined]
    form = MemberForm(request.POST or None, head=member.relation == "head", initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_member(member=member, version=form.cleaned_data["version"] or 0, draft=form.member(), by=by)
            messages.success(request, _("Saved."))
            if request.GET.get("to") == "person":
                return redirect("registry:person-open", code=family.code, member_id=member.pk)
            return redirect("registry:family-open", code=family.code)
    context = {"form": form, "family": family, "member": member, "present": conflict(form, initial)}
    return render(request, "registry/member_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def member_leave(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """Note that somebody left the family."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family, member = member_of(by, code, member_id)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.remove_member(member=member, **form.cleaned_data, by=by)
            messages.success(request, _("Noted. The membership stays in the family's history."))
            return redirect("registry:family-open", code=family.code)
    context = {"form": form, "family": family, "member": member}
    return render(request, "registry/member_leave.html", context, status=422 if form.errors else 200)


def _openings(rows: list[Told]) -> list[tuple[Told, int]]:
    """Who opened the file, the latest first: one line for each person, day and way, with the number of times."""
    counted: dict[tuple[Any, ...], tuple[Told, int]] = {}
    for row in rows:
        key = (row.event.actor_id, timezone.localdate(row.event.at), row.by_glass)
        first, times = counted.get(key, (row, 0))
        counted[key] = (first, times + 1)
    return list(counted.values())[:10]
