"""The register of those who take part without being members of a family: found, written down, recognised, joined."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.queries.users import agencies, placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, forbid, lose, refuse
from paivand.core.rules.errors import Refused
from paivand.learning.forms.participants import ParticipantForm
from paivand.learning.queries.enrolments import enrolments_of_participant, home_of_person
from paivand.learning.queries.groups import group_by_code
from paivand.learning.views.found import once
from paivand.registry.actions import participants as actions
from paivand.registry.models import Participant, Person
from paivand.registry.queries import participants as queries
from paivand.registry.queries.families import members, sees_names
from paivand.registry.queries.places import districts_within
from paivand.registry.queries.search import search

MOST_FAMILIES = 6


@require_GET
def participant_list(request: HttpRequest) -> HttpResponse:
    """Find somebody of the register, or leaf through it."""
    by = asking(request)
    demand(by, Verb.LEARNING_ENROL)
    text = " ".join(request.GET.get("q", "").split())
    page = queries.participants(by, text, after=request.GET.get("after", ""))
    return render(request, "learning/participants.html", {"page": page, "text": text})


@require_http_methods(["GET", "POST"])
def participant_add(request: HttpRequest) -> HttpResponse:
    """Write somebody down; first it is asked whether the register knows her already."""
    by = asking(request)
    demand(by, Verb.LEARNING_ENROL)
    districts = [(place.pk, place.name) for place in districts_within(by, Verb.LEARNING_ENROL)]
    if not districts:
        forbid(by, Verb.LEARNING_ENROL)
    initial: dict[str, Any] = {"name": " ".join(request.GET.get("name", "").split())[:160]}
    form = ParticipantForm(request.POST or None, agencies=_agencies(by), districts=districts, initial=initial)
    found: list[Participant] = []
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        found = _alike(by, form)
        if not found:
            with refuse(form):
                scope = placement(by, form.chosen_district())
                key = form.form_key()
                once(lambda: actions.register_participant(scope=scope, participant_id=key, draft=draft, by=by))
                messages.success(request, _("Written down in the register."))
                return redirect(_next(request, by, key))
    context = {"form": form, "found": found, "group_code": request.GET.get("group", "")}
    return render(request, "learning/participant_form.html", context, status=422 if request.method == "POST" else 200)


def _alike(by: User, form: ParticipantForm) -> list[Participant]:
    """Those who may be the same, until somebody says that it is none of them; herself in a second sending is nobody."""
    if form.cleaned_data["somebody_else"]:
        return []
    clean = form.cleaned_data
    there = queries.alike(by, [(clean["name"], clean["sex"], clean["birth_year"])]).get(0, [])
    return [] if form.form_key() in {one.pk for one in there} else there


def _next(request: HttpRequest, by: User, key: uuid.UUID) -> str:
    """Back to the group from which she was to be written down, or to her own page."""
    group = group_by_code(by, request.GET.get("group", ""))
    if group:
        return f"{reverse('learning:participants-enrol', kwargs={'group_code': group.code})}?who={key}"
    return reverse("learning:participant-open", kwargs={"participant_id": key})


@require_GET
def participant_open(request: HttpRequest, participant_id: uuid.UUID) -> HttpResponse:
    """One participant with what she learns and learnt."""
    by, row = _asked(request, participant_id, Verb.LEARNING_VIEW)
    if row.same_as_id:
        return redirect("learning:participant-open", participant_id=row.same_as_id)
    context = {
        "row": row,
        "joined": queries.joined_with(by, row),
        "enrolments": enrolments_of_participant(by, row),
        "alike": _others_alike(by, row),
        "home": _home(by, row),
        "may_change": by.reach(Verb.LEARNING_ENROL).covers(row),
        "sees_families": _sees_families(by),
    }
    return render(request, "learning/participant.html", context)


@require_http_methods(["GET", "POST"])
def participant_edit(request: HttpRequest, participant_id: uuid.UUID) -> HttpResponse:
    """Change what is known of a participant."""
    by, row = _asked(request, participant_id)
    initial = ParticipantForm.initial_of(row)
    form = ParticipantForm(request.POST or None, agencies=_agencies(by), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_participant(participant=row, version=form.typed_version(), draft=form.draft(), by=by)
            messages.success(request, _("Saved."))
            return redirect("learning:participant-open", participant_id=row.pk)
    context = {"form": form, "row": row, "present": conflict(form, initial)}
    return render(request, "learning/participant_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def participant_join(request: HttpRequest, participant_id: uuid.UUID) -> HttpResponse:
    """Find the other row of the same person, and say that the two are one."""
    by, row = _asked(request, participant_id)
    text = " ".join(request.GET.get("q", "").split())
    found = queries.participants_found(by, text) if text else _others_alike(by, row)
    found = [one for one in found if one.pk != row.pk]
    if request.method == "POST":
        kept = next((one for one in found if str(one.pk) == request.POST.get("kept")), None)
        if kept is None:
            messages.error(request, _("Choose somebody from the list."))
        else:
            try:
                actions.join_participant(participant=row, kept=kept, by=by)
                messages.success(request, _("The two are one now, and count once."))
                return redirect("learning:participant-open", participant_id=kept.pk)
            except Refused as refused:
                messages.error(request, refused.message)
    context = {"row": row, "text": text, "found": found}
    return render(request, "learning/participant_join.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def participant_recognise(request: HttpRequest, participant_id: uuid.UUID) -> HttpResponse:
    """Say that a participant is a member of a registered family, or take it back; only for who may see families."""
    by, row = _asked(request, participant_id)
    if not _sees_families(by):
        forbid(by, Verb.FAMILY_OPEN)
    text = " ".join(request.GET.get("q", "").split())
    found = _people(by, text) if text else []
    if request.method == "POST":
        person = next((one for one, _code in found if str(one.pk) == request.POST.get("person")), None)
        if person is None and not request.POST.get("take_back"):
            messages.error(request, _("Choose somebody from the list."))
        else:
            actions.recognise_participant(participant=row, person=person, by=by)
            messages.success(request, _("She or he counts once now.") if person else _("Taken back."))
            return redirect("learning:participant-open", participant_id=row.same_as_id or row.pk)
    context = {"row": row, "text": text, "found": found, "home": _home(by, row)}
    return render(
        request, "learning/participant_recognise.html", context, status=422 if request.method == "POST" else 200
    )


def _asked(request: HttpRequest, key: uuid.UUID, verb: Verb = Verb.LEARNING_ENROL) -> tuple[User, Participant]:
    by = asking(request)
    demand(by, verb)
    row = queries.participant_by_id(by, key)
    if row is None:
        lose(by, verb)
    if verb is not Verb.LEARNING_VIEW and not by.reach(verb).covers(row):
        forbid(by, verb, row)
    return by, row


def _agencies(by: User) -> list[tuple[str, str]]:
    return [(str(agency.pk), agency.name) for agency in agencies(by)]


def _others_alike(by: User, row: Participant) -> list[Participant]:
    there = queries.alike(by, [(row.name, row.sex, row.birth_year)]).get(0, [])
    return [one for one in there if one.pk != row.pk]


def _sees_families(by: User) -> bool:
    return Verb.FAMILY_OPEN in by.verbs and sees_names(by)


def _people(by: User, text: str) -> list[tuple[Person, str]]:
    """The members of the families that fit a code or a name, each with the code of the file."""
    return [
        (row.shown, family.code)  # type: ignore[attr-defined]
        for family in search(by, text, limit=MOST_FAMILIES)
        for row in members(by, family)
        if row.shown  # type: ignore[attr-defined]
    ]


def _home(by: User, row: Participant) -> Any:
    """The place in a family of the participant, for who may see it."""
    return home_of_person(by, row.person_id)
