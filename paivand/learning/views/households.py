"""The household plan as trainer and learner use it together, and as a social worker uses it with a family."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, forbid, refuse
from paivand.core.paper import typeset
from paivand.learning.actions import households as actions
from paivand.learning.forms.households import HouseholdForm, TryForm
from paivand.learning.models import Enrolment, HouseholdPlan
from paivand.learning.queries import households as queries
from paivand.learning.rules.course import LANGUAGES
from paivand.learning.rules.household import METHOD_TEXTS, Household, demand_household
from paivand.learning.rules.household_picture import cheaper, debt_picture
from paivand.learning.views.found import InGroup, or_404
from paivand.learning.views.household_paper import household_paper
from paivand.methods.debts import Method, Plan
from paivand.registry.models import FamilyMember, Person
from paivand.registry.queries.particulars import kept_record
from paivand.registry.queries.people import same_person
from paivand.registry.views.files import member_of


@dataclass(frozen=True)
class Told:
    """Whose plan a page shows, and the addresses of what can be done with it."""

    by: User
    name: str
    plan: HouseholdPlan | None
    may_write: bool
    addresses: dict[str, str]
    context: dict[str, Any]

    @property
    def version(self) -> int:
        """The version of the plan; 0 where there is none, or where it is still that of a record joined with hers."""
        if self.plan is None or (self.plan.enrolment_id is None and self.plan.person_id != self.context["person"].pk):
            return 0
        return self.plan.version

    def page(self, request: HttpRequest, template: str, form: Any = None, **more: Any) -> HttpResponse:
        """A page about the plan; 422 where the form has errors."""
        context = {
            "told": self, "plan": self.plan, "name": self.name, "may_write": self.may_write, "form": form,
            **self.addresses, **self.context, **more,
        }  # fmt: skip
        wrong = form is not None and form.is_bound and form.errors
        return render(request, f"learning/{template}.html", context, status=422 if wrong else 200)


# --- in a group ------------------------------------------------------------------------------------------------------


@require_GET
def group_households(request: HttpRequest, group_code: str) -> HttpResponse:
    """Who of the group has a plan."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    rows = queries.households_of_group(asked.by, asked.group)
    return asked.page(request, "group_households", here="households", rows=rows)


@require_GET
def household_open(request: HttpRequest, group_code: str, enrolment_id: uuid.UUID) -> HttpResponse:
    """What trainer and learner worked out together."""
    return _open(request, _in_group(request, group_code, enrolment_id, Verb.LEARNING_VIEW))


@require_http_methods(["GET", "POST"])
def household_edit(request: HttpRequest, group_code: str, enrolment_id: uuid.UUID) -> HttpResponse:
    """Write the plan down."""
    told = _in_group(request, group_code, enrolment_id, Verb.LEARNING_TEACH)
    learner: Enrolment = told.context["learner"]
    return _edit(
        request, told,
        lambda draft, version: actions.write_household(
            group=learner.group, enrolment=learner, version=version, draft=draft, by=told.by
        ),
    )  # fmt: skip


@require_GET
def household_print(request: HttpRequest, group_code: str, enrolment_id: uuid.UUID) -> HttpResponse:
    """The plan on paper."""
    return _print(request, _in_group(request, group_code, enrolment_id, Verb.LEARNING_VIEW))


def _in_group(request: HttpRequest, group_code: str, enrolment_id: uuid.UUID, verb: Verb) -> Told:
    asked = InGroup.of(request, group_code, verb)
    learner: Enrolment = or_404(queries.learner(asked.by, asked.group, enrolment_id))
    plan = queries.household_of(asked.by, learner)
    works = asked.may_teach and queries.works_on_household(asked.by, learner)
    if verb is Verb.LEARNING_TEACH and not works:
        forbid(asked.by, verb, asked.group)
    if not works:
        or_404(plan)
    parts = {"group_code": asked.group.code, "enrolment_id": learner.pk}
    addresses = {
        "back": reverse("learning:group-households", args=[asked.group.code]) if works
        else reverse("learning:group-open", args=[asked.group.code]),
        "open_address": reverse("learning:household-open", kwargs=parts),
        "edit_address": reverse("learning:household-edit", kwargs=parts),
        "print_address": reverse("learning:household-print", kwargs=parts),
    }  # fmt: skip
    context = {"group": asked.group, "learner": learner, "back_label": asked.group.name}
    return Told(asked.by, learner.name, plan, works, addresses, context)


# --- with a family ---------------------------------------------------------------------------------------------------


@require_GET
def home_open(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """What social worker and family worked out together, and what was made in groups."""
    return _open(request, _at_home(request, code, member_id))


@require_http_methods(["GET", "POST"])
def home_edit(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """Write the family's plan down."""
    told = _at_home(request, code, member_id)
    person: Person = told.context["person"]
    if not told.may_write:
        forbid(told.by, Verb.FAMILY_EDIT, told.context["family"])
    return _edit(
        request, told,
        lambda draft, version: actions.write_household_at_home(
            person=person, version=version, draft=draft, by=told.by
        ),
    )  # fmt: skip


@require_GET
def home_print(request: HttpRequest, code: str, member_id: uuid.UUID) -> HttpResponse:
    """The family's plan on paper."""
    return _print(request, _at_home(request, code, member_id))


def _at_home(request: HttpRequest, code: str, member_id: uuid.UUID) -> Told:
    by = asking(request)
    demand(by, Verb.FAMILY_EDIT)
    family, member = member_of(by, code, member_id)
    person = kept_record(by, member.person)
    parts = {"code": family.code, "member_id": member.pk}
    addresses = {
        "back": reverse("registry:person-open", kwargs=parts),
        "open_address": reverse("learning:home-open", kwargs=parts),
        "edit_address": reverse("learning:home-edit", kwargs=parts),
        "print_address": reverse("learning:home-print", kwargs=parts),
    }
    records = same_person(by, [person.pk])
    context: dict[str, Any] = {
        "family": family, "member": member, "person": person, "back_label": person.full_name,
        "in_groups": queries.households_in_groups(by, records),
    }  # fmt: skip
    may_write = by.reach(Verb.FAMILY_EDIT).covers(person) and isinstance(member, FamilyMember)
    return Told(by, person.full_name, queries.household_at_home(by, person, records), may_write, addresses, context)


# --- what both have in common ----------------------------------------------------------------------------------------


def _open(request: HttpRequest, told: Told) -> HttpResponse:
    if told.plan is None:
        return told.page(request, "household")
    household, tried = told.plan.household, None
    form = TryForm(request.GET) if "extra" in request.GET else TryForm()
    if form.is_bound and form.is_valid() and form.cleaned_data["extra"] is not None:
        with refuse(form):
            tried = replace(household, extra=form.cleaned_data["extra"])
            demand_household(tried)
    shown = tried if tried and not form.errors else household
    ways = [
        {"method": method, "way": way, "is_plan": isinstance(way, Plan), "text": METHOD_TEXTS[method]}
        for method, way in shown.ways.items()
    ]
    return told.page(
        request, "household", form, household=shown, tried=shown is not household, ways=ways,
        chosen=shown.chosen if isinstance(shown.chosen, Plan) else None, cheaper=cheaper(shown.ways),
        picture=debt_picture(shown, mirrored=get_language_bidi()), cares=shown.words(), languages_of_paper=LANGUAGES,
        same=isinstance(shown.chosen, Plan) and len({way.n_months for way in shown.ways.values()
                                                     if isinstance(way, Plan)}) == 1,
        methods=list(Method),
    )  # fmt: skip


def _edit(request: HttpRequest, told: Told, save: Any) -> HttpResponse:
    start = told.plan.household if told.plan else None
    initial = HouseholdForm.initial_of(start, told.version) if start else {"version": 0, "method": Method.SNOWBALL}
    if start is None:
        form = HouseholdForm(request.POST or None, initial={**initial, **HouseholdForm.first_values()})
    else:
        form = HouseholdForm(request.POST or None, initial=initial, start=start)
    if request.method == "POST" and form.is_valid():
        draft: Household = form.draft()
        with refuse(form):
            save(draft, form.typed_version())
            messages.success(request, _("Saved."))
            return redirect(told.addresses["open_address"])
    return told.page(request, "household_form", form, present=conflict(form, initial))


def _print(request: HttpRequest, told: Told) -> HttpResponse:
    plan: HouseholdPlan = or_404(told.plan)
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else "tg"
    pdf = typeset("household", household_paper(plan.household, told.name, language), language)
    record_event(Verb.LEARNING_VIEW, by=told.by, subject=plan, detail={"act": "household.print", "language": language})
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="household-{plan.first_month:%Y-%m}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response
