"""Pages on contacts: all of a case, one of them, and writing them down."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.cases.actions import visits as actions
from paivand.cases.forms.fields import ReasonForm
from paivand.cases.forms.visits import MissedForm, PlanVisitForm, VisitForm
from paivand.cases.models import Visit
from paivand.cases.queries import records as queries
from paivand.cases.rules.records import Way
from paivand.cases.views.found import Asked, cursor, once, or_404
from paivand.registry.queries.particulars import phones
from paivand.registry.queries.people import same_person


@require_GET
def visit_list(request: HttpRequest, case_code: str) -> HttpResponse:
    """Every contact of a case, the latest written down first."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    visits = queries.visits_of(asked.by, asked.case, limit=queries.PAGE + 1, before=cursor(request))
    shown, more = visits[: queries.PAGE], len(visits) > queries.PAGE
    names = queries.names_of(asked.by, queries.people_met(shown))
    return asked.page(
        request, "visit_list", visits=queries.told(shown, names), before=str(shown[-1].pk) if more else None
    )


@require_GET
def visit_open(request: HttpRequest, case_code: str, visit_id: uuid.UUID) -> HttpResponse:
    """One contact, with its former wordings."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    visit = _visit(asked, visit_id)
    former = queries.former_of(asked.by, [visit.pk])
    named = {uuid.UUID(key) for row in former for key in row.values.get("people", [])}
    names = queries.names_of(asked.by, queries.people_met([visit]) | named)
    [told] = queries.told([visit], names)
    before = [(row, [names[pk] for key in row.values.get("people", []) if (pk := uuid.UUID(key)) in names])
              for row in former]  # fmt: skip
    return asked.page(request, "visit", told=told, visit=visit, former=before)


@require_http_methods(["GET", "POST"])
def visit_note(request: HttpRequest, case_code: str) -> HttpResponse:
    """Write down a contact that was made."""
    asked = Asked.of(request, case_code)
    initial = {"way": _way(request)} if _way(request) else {}
    form = VisitForm(request.POST or None, people=asked.choices, goals=_goals(asked), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(lambda: actions.note_visit(case=asked.case, visit_id=form.form_key(), draft=form.draft(), by=asked.by))
            messages.success(request, _("The visit is written down."))
            return asked.back("visits")
    return _form_page(request, asked, form)


@require_http_methods(["GET", "POST"])
def visit_make(request: HttpRequest, case_code: str, visit_id: uuid.UUID) -> HttpResponse:
    """Write down that an agreed contact was made."""
    asked = Asked.of(request, case_code)
    visit = _visit(asked, visit_id)
    initial = {"way": visit.way, "version": visit.version}
    form = VisitForm(request.POST or None, people=asked.choices, goals=_goals(asked), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.make_visit(
                    visit=visit, version=form.typed_version(), draft=form.draft(), by=asked.by
                )
            )  # fmt: skip
            messages.success(request, _("The visit is written down."))
            return asked.back("visits")
    return _form_page(request, asked, form, visit=visit)


@require_http_methods(["GET", "POST"])
def visit_plan(request: HttpRequest, case_code: str) -> HttpResponse:
    """Agree on a contact for a day."""
    asked = Asked.of(request, case_code)
    form = PlanVisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            agreed = or_404(form.next_draft())
            once(lambda: actions.plan_visit(case=asked.case, visit_id=form.form_key(), agreed=agreed, by=asked.by))
            messages.success(request, _("Agreed. It stands on your desk on its day."))
            return asked.back("visits")
    return asked.page(request, "visit_plan", form)


@require_http_methods(["GET", "POST"])
def visit_miss(request: HttpRequest, case_code: str, visit_id: uuid.UUID) -> HttpResponse:
    """Write down that an agreed contact did not come about, or call it off."""
    asked = Asked.of(request, case_code)
    visit = _visit(asked, visit_id)
    form = MissedForm(request.POST or None, way=visit.way, initial={"version": visit.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            act = actions.call_off_visit if "call_off" in request.POST else actions.miss_visit
            once(lambda: act(visit=visit, version=form.typed_version(), draft=form.draft(), by=asked.by))
            messages.success(request, _("Saved."))
            return asked.back("visits")
    return asked.page(request, "visit_miss", form, visit=visit)


@require_http_methods(["GET", "POST"])
def visit_correct(request: HttpRequest, case_code: str, visit_id: uuid.UUID) -> HttpResponse:
    """Correct a contact; the former wording stays."""
    asked = Asked.of(request, case_code)
    visit = _visit(asked, visit_id)
    judged: list[Any] = visit.judged  # type: ignore[attr-defined]
    known = {goal.pk: goal for goal in [*_goals(asked), *(row.goal for row in judged)]}
    initial = VisitForm.initial_of(visit)
    form = VisitForm(request.POST or None, people=_met_or_present(asked, visit), goals=list(known.values()),
                     initial=initial)  # fmt: skip
    form.fields["reason"].required = True
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.correct_visit(
                visit=visit, version=form.typed_version(), draft=form.draft(), reason=form.cleaned_data["reason"],
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Corrected. The former wording stays with it."))
            return asked.to("visit-open", visit_id=visit.pk)
    return _form_page(request, asked, form, visit=visit, correcting=True, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def visit_take_back(request: HttpRequest, case_code: str, visit_id: uuid.UUID) -> HttpResponse:
    """Take back a contact that never was."""
    asked = Asked.of(request, case_code)
    visit = _visit(asked, visit_id)
    form = ReasonForm(request.POST or None, initial={"version": visit.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.take_back_visit(
                visit=visit, version=form.typed_version(), reason=form.cleaned_data["reason"], by=asked.by
            )
            messages.success(request, _("It does not count any more. Its wording is kept."))
            return asked.back("visits")
    return asked.page(request, "visit_take_back", form, visit=visit)


def _form_page(request: HttpRequest, asked: Asked, form: VisitForm, **more: Any) -> HttpResponse:
    """The form of a contact, with what must be known before somebody is called."""
    visit = more.get("visit")
    chosen = visit.way if visit else _way(request)
    told = _phones(asked) if chosen == Way.PHONE else []
    return asked.page(request, "visit_form", form, phones=told, by_phone=chosen == Way.PHONE, **more)


def _phones(asked: Asked) -> list[tuple[str, Any]]:
    """The numbers of the people of the case, each with whose it is."""
    records = same_person(asked.by, [row.shown.pk for row in asked.people])
    found = phones(asked.by, records)
    return [(row.shown.full_name, phone) for row in asked.people for phone in found.get(row.shown.pk, [])]


def _met_or_present(asked: Asked, visit: Visit) -> list[tuple[str, str]]:
    """The people of the case, and whoever was met and has left it since."""
    known = dict(asked.choices)
    gone = {row.person_id for row in visit.met} - {uuid.UUID(key) for key in known}  # type: ignore[attr-defined]
    return [*known.items(), *((str(pk), name) for pk, name in queries.names_of(asked.by, gone).items() if pk in gone)]


def _goals(asked: Asked) -> list[Any]:
    return queries.goals_in_force(asked.by, asked.case)


def _visit(asked: Asked, visit_id: uuid.UUID) -> Visit:
    visit: Visit = or_404(queries.visit_by_id(asked.by, asked.case, visit_id))
    return visit


def _way(request: HttpRequest) -> str:
    """The way that the address asks for, such as ``?way=phone``."""
    way = request.GET.get("way", "")
    return way if way in set(Way) else ""
