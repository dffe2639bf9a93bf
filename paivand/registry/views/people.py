"""The page of one person: who she is, how to reach her safely, her papers, and the families she belongs to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse
from paivand.registry.actions import families as actions
from paivand.registry.actions import states
from paivand.registry.forms.states import HeadForm, StateForm
from paivand.registry.models import Family, FamilyMember, Person
from paivand.registry.queries import families as files
from paivand.registry.queries import particulars as queries
from paivand.registry.queries.people import same_person
from paivand.registry.rules.families import BY_HAND, FamilyState
from paivand.registry.rules.people import LANGUAGE_NAMES, SpokenLanguage, doubts
from paivand.registry.views.consents import ledger_of
from paivand.registry.views.files import family_of, member_of
from paivand.registry.views.story import journeys_of


@require_GET
def person_open(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """One member of a family, with all that is known of her or him; opening it is an opening of the file."""
    by = asking(request)
    family, member = member_of(by, code, member_id)
    if family.code != code:
        return redirect("registry:person-open", code=family.code, member_id=member_id)
    actions.open_family(family=family, by=by)
    person = queries.kept_record(by, member.person)
    context = {
        "family": family,
        "member": member,
        "person": person,
        "editable": editable(by, family),
        "by_glass": not by.reach(Verb.FAMILY_OPEN).covers(family),
        **_known(by, member, person),
        **journeys_of(by, member, person),
        **ledger_of(by, family, [(member, person)]),
    }
    return render(request, "registry/person.html", context)


def editable(by: User, family: Family) -> bool:
    """Whether ``by`` may change this file, and it is open for work."""
    return family.is_active and by.reach(Verb.FAMILY_EDIT).covers(family)


def may_change_state(by: User, family: Family) -> bool:
    """Whether ``by`` may close this file, or open it again."""
    now = FamilyState(family.state)
    return by.reach(Verb.FAMILY_EDIT).covers(family) and (now is FamilyState.ACTIVE or now in BY_HAND)


def _known(by: User, member: FamilyMember, person: Person) -> dict[str, Any]:
    records = same_person(by, [person.pk])
    particulars = queries.particulars(by, records)
    years = person.age.years if person.age else None
    return {
        "particulars": particulars,
        "spoken": [LANGUAGE_NAMES[SpokenLanguage(key)] for key in particulars.languages] if particulars else [],
        "doubts": doubts(particulars.school, particulars.marital, years) if particulars else [],
        "documents": queries.documents(by, records),
        "sees_contact": queries.sees_contact(by),
        "phones": queries.phones(by, records).get(person.pk, []),
        "ended_phones": queries.ended_phones(by, records),
        "memberships": [row for row in queries.memberships(by, records) if row.pk != member.pk],
    }


def mark_members(by: User, members: Iterable[FamilyMember]) -> None:
    """Put on each member what the family's page shows beside the name: telephones, trouble with school, absence."""
    records = {pk: member.person_id for member in members for pk in member.records}  # type: ignore[attr-defined]
    phones = queries.phones(by, records)
    out_of_school = queries.out_of_school(by, records)
    countries = queries.countries_abroad(by, records)
    for member in members:
        member.phones = phones.get(member.person_id, [])  # type: ignore[attr-defined]
        member.out_of_school = member.person_id in out_of_school  # type: ignore[attr-defined]
        member.country = countries.get(member.person_id, "")  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def head_set(request: HttpRequest, code: str) -> HttpResponse:
    """Make another member the head of the family."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family = family_of(by, code)
    members = [row for row in files.members(by, family) if row.family_id == family.pk]
    initial = {"version": family.version, "member": request.GET.get("member", "")}
    form = HeadForm(request.POST or None, members=members, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            states.set_head(
                family=family, version=form.cleaned_data["version"] or 0, member=form.chosen(),
                former=form.place_of_former(), by=by,
            )  # fmt: skip
            messages.success(request, _("The family has another head. Look through the relations of the others."))
            return redirect("registry:family-open", code=family.code)
    context = {
        "form": form,
        "family": family,
        "head": next((row for row in members if row.relation == "head"), None),
        "present": conflict(form, initial),
    }
    return render(request, "registry/head_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def state_change(request: HttpRequest, code: str) -> HttpResponse:
    """Close the file of a family that moved away or left, or open it again."""
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family = family_of(by, code)
    initial = {"version": family.version}
    form = StateForm(request.POST or None, state=FamilyState(family.state), initial=initial)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            states.change_state(
                family=family, version=clean["version"] or 0, state=FamilyState(clean["state"]), on=clean["on"],
                reason=clean["reason"], by=by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return redirect("registry:family-open", code=family.code)
    context = {"form": form, "family": family, "present": conflict(form, initial)}
    return render(request, "registry/state_form.html", context, status=422 if form.errors else 200)
