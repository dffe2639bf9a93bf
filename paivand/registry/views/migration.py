"""Writing down who left and came back, what became of him, and bans that never leave the program."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse
from paivand.core.rules.errors import Refused
from paivand.registry.actions import migration as actions
from paivand.registry.forms.migration import NOBODY, AbsenceForm, BanForm, LiftForm, RemoveForm, ReturnForm, StayForm
from paivand.registry.models import Family, FamilyMember, MigrationEpisode, ReentryBan
from paivand.registry.queries import migration as queries
from paivand.registry.queries import story
from paivand.registry.rules.countries import cities
from paivand.registry.rules.migration import RETURNED, ReturnKind
from paivand.registry.views.files import family_of, member_of

Page = tuple[User, Family]


@require_http_methods(["GET", "POST"])
def departure_record(request: HttpRequest, code: str) -> HttpResponse:
    """Write down that a member left."""
    by, family = _file(request, code)
    names = _names(by, family, present=True)
    form = StayForm(request.POST or None, members=names, initial={"member": request.GET.get("member", "")})
    if request.method == "POST" and form.is_valid():
        member = _member(by, family, form.cleaned_data["member"])
        with refuse(form):
            try:
                actions.record_departure(member=member, draft=form.stay(), came_back=form.came_back(), by=by)
                messages.success(request, _("The stay abroad is written down."))
            except Refused as refused:
                if refused.code != "twice":
                    raise
            return _to_family(family)
    context = {"form": form, "family": family, "cities": cities(), "new": True}
    return render(request, "registry/stay_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def stay_edit(request: HttpRequest, code: str, stay_id: uuid.UUID) -> HttpResponse:
    """Correct a stay abroad."""
    by, family = _file(request, code)
    stay = _stay(by, family, stay_id)
    initial = StayForm.initial_of(stay)
    form = StayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_episode(
                episode=stay, version=form.cleaned_data["version"] or 0, draft=form.stay(), came_back=form.came_back(),
                by=by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return _to_family(family)
    context = {
        "form": form, "family": family, "stay": stay, "cities": cities(), "present": conflict(form, initial),
        "person": queries.namesakes(by, [stay.person_id]).get(stay.person_id),
    }  # fmt: skip
    return render(request, "registry/stay_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def stay_return(request: HttpRequest, code: str, stay_id: uuid.UUID) -> HttpResponse:
    """Write down that somebody came back; what holds since then is asked next."""
    by, family = _file(request, code)
    stay = _stay(by, family, stay_id)
    form = ReturnForm(request.POST or None, initial={"version": stay.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            draft = form.came_back()
            if draft is None:
                raise Http404
            actions.record_return(episode=stay, draft=draft, version=form.cleaned_data["version"], by=by)
            messages.success(request, _("The return is written down. Say how it stands now."))
            return redirect(_status_after(family, stay.person_id, draft.kind, draft.returned_on))
    context = {
        "form": form, "family": family, "stay": stay, "present": conflict(form, {"version": stay.version}),
        "person": queries.namesakes(by, [stay.person_id]).get(stay.person_id),
    }  # fmt: skip
    return render(request, "registry/stay_return.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def stay_remove(request: HttpRequest, code: str, stay_id: uuid.UUID) -> HttpResponse:
    """Take away a stay that never was."""
    by, family = _file(request, code)
    stay = _stay(by, family, stay_id)
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.remove_episode(episode=stay, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("The stay is taken away."))
            return _to_family(family)
    context = {
        "form": form, "family": family, "stay": stay,
        "person": queries.namesakes(by, [stay.person_id]).get(stay.person_id),
    }  # fmt: skip
    return render(request, "registry/stay_remove.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def absence_record(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what the tie of a migrant to the family is since a day."""
    by, family = _file(request, code)
    asked = request.GET
    initial: dict[str, Any] = {
        "person": asked.get("person") or _only_one(by, family),
        "status": asked.get("status", ""),
    }
    if _is_day(asked.get("since", "")):
        initial["since_on"] = asked["since"]
    form = AbsenceForm(request.POST or None, people=_names(by, family), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            draft = form.absence()
            try:
                row = actions.record_absence(family=family, draft=draft, by=by)
                messages.success(request, _("Saved.") if row.is_current else _(
                    "Saved in the history: a later status is written down already."))  # fmt: skip
            except Refused as refused:
                if refused.code != "twice":
                    raise
            abroad = [] if draft.status not in RETURNED or not draft.person_id else _open(by, family, draft.person_id)
            if abroad:
                messages.info(request, _("Write down the return as well: the stay abroad is still open."))
                return redirect("registry:stay-return", code=family.code, stay_id=abroad[0].pk)
            return _to_family(family)
    context = {"form": form, "family": family, "new": True}
    return render(request, "registry/absence_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def absence_edit(request: HttpRequest, code: str, absence_id: uuid.UUID) -> HttpResponse:
    """Correct a slip in what was written down of a tie."""
    by, family = _file(request, code)
    absence = queries.absence(by, family, absence_id)
    if absence is None:
        raise Http404
    initial = AbsenceForm.initial_of(absence)
    own = str(absence.person_id or NOBODY)
    names = [(key, name) for key, name in _names(by, family, everyone=True) if key == own]
    form = AbsenceForm(request.POST or None, people=names, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_absence(
                absence=absence, version=form.cleaned_data["version"] or 0, draft=form.absence(), by=by
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return _to_family(family)
    context = {"form": form, "family": family, "absence": absence, "present": conflict(form, initial)}
    return render(request, "registry/absence_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def ban_record(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """Write down a ban on entering a country again."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family, member = member_of(by, code, member_id)
    form = BanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.record_ban(member=member, draft=form.ban(), by=by)
            messages.success(request, _("The ban is written down. It is shown on this page only."))
            return _to_person(family, member)
    context = {"form": form, "family": family, "member": member, "person": member.person}
    return render(request, "registry/ban_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def ban_edit(request: HttpRequest, code: str, ban_id: uuid.UUID) -> HttpResponse:
    """Correct what is known of a ban."""
    by, family = _file(request, code)
    ban, member = _ban(by, family, ban_id)
    initial = BanForm.initial_of(ban)
    form = BanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_ban(ban=ban, version=form.cleaned_data["version"] or 0, draft=form.ban(), by=by)
            messages.success(request, _("Saved."))
            return _to_person(family, member)
    context = {
        "form": form, "family": family, "member": member, "person": member.person, "ban": ban,
        "present": conflict(form, initial),
    }  # fmt: skip
    return render(request, "registry/ban_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def ban_lift(request: HttpRequest, code: str, ban_id: uuid.UUID) -> HttpResponse:
    """Write down that a ban was lifted."""
    by, family = _file(request, code)
    ban, member = _ban(by, family, ban_id)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.lift_ban(ban=ban, lifted_on=form.cleaned_data["lifted_on"], by=by)
            messages.success(request, _("Saved."))
            return _to_person(family, member)
    context = {"form": form, "family": family, "member": member, "person": member.person, "ban": ban}
    return render(request, "registry/ban_lift.html", context, status=422 if form.errors else 200)


def _file(request: HttpRequest, code: str) -> Page:
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    return by, family_of(by, code)


def _to_family(family: Family) -> HttpResponse:
    return redirect(reverse("registry:family-open", kwargs={"code": family.code}) + "#away")


def _to_person(family: Family, member: FamilyMember) -> HttpResponse:
    return redirect(
        reverse("registry:person-open", kwargs={"code": family.code, "member_id": member.pk}) + "#migration"
    )


def _names(
    by: User, family: Family, *, present: bool = False, everyone: bool = False
) -> list[tuple[str, str]]:  # fmt: skip
    """The people whom a form may name: those present, and unless ``present`` those who left the family as well."""
    told = story.people_of(by, family)
    keys = told.present if present else told.people
    names = [(str(key), told.people[key].full_name) for key in told.people if key in keys]
    return [*names, (NOBODY, "")] if everyone else names


def _member(by: User, family: Family, person: str) -> FamilyMember:
    try:
        member = queries.membership(by, family, uuid.UUID(person))
    except ValueError:
        member = None
    if member is None:
        raise Http404
    return member


def _stay(by: User, family: Family, stay_id: uuid.UUID) -> MigrationEpisode:
    stay = queries.stay(by, family, stay_id)
    if stay is None:
        raise Http404
    return stay


def _ban(by: User, family: Family, ban_id: uuid.UUID) -> tuple[ReentryBan, FamilyMember]:
    ban = queries.ban(by, family, ban_id)
    if ban is None:
        raise Http404
    return ban, _member(by, family, str(ban.person_id))


def _open(by: User, family: Family, person: uuid.UUID) -> list[MigrationEpisode]:
    told = story.people_of(by, family)
    records = [record for record, kept in told.stays_for.items() if kept == told.stays_for.get(person, person)]
    return [stay for stay in queries.stays(by, records) if stay.returned_on is None]


def _only_one(by: User, family: Family) -> str:
    """The one who is abroad, so that nobody has to be chosen; empty when there are several, or none."""
    told = story.people_of(by, family)
    abroad = {told.person_of(stay.person_id) for stay in queries.stays(by, told.stays_for) if stay.returned_on is None}
    return str(abroad.pop()) if len(abroad) == 1 else ""


def _status_after(family: Family, person: uuid.UUID, kind: ReturnKind, on: date) -> str:
    """The form of the status, filled in as far as the return tells it."""
    told = {
        ReturnKind.ILLNESS: "ill_returned", ReturnKind.DEPORTED: "deported_reentry_ban",
        ReturnKind.DIED_ABROAD: "deceased",
    }.get(kind, "returned_well")  # fmt: skip
    address = reverse("registry:absence-record", kwargs={"code": family.code})
    return f"{address}?person={person}&status={told}&since={on.isoformat()}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
