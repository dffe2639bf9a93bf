"""Pages on case conferences and what they decided."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.cases.actions import conferences as actions
from paivand.cases.forms.conferences import ConferenceForm, DecisionForm
from paivand.cases.models import Conference
from paivand.cases.queries import records as queries
from paivand.cases.queries.colleagues import colleagues
from paivand.cases.views.found import Asked, once, or_404


@require_http_methods(["GET", "POST"])
def conference_hold(request: HttpRequest, case_code: str) -> HttpResponse:
    """Write down a case conference."""
    asked = Asked.of(request, case_code)
    form = ConferenceForm(request.POST or None, staff=_staff(asked), initial={"staff": [str(asked.by.pk)]})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.hold_conference(
                    case=asked.case, conference_id=form.form_key(), draft=form.draft(), by=asked.by
                )
            )
            messages.success(request, _("The conference is written down. What was decided is due on its day."))
            return asked.back("conferences")
    return asked.page(request, "conference_form", form)


@require_GET
def conference_open(request: HttpRequest, case_code: str, conference_id: uuid.UUID) -> HttpResponse:
    """One conference with its decisions and former wordings."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    conference = _conference(asked, conference_id)
    return asked.page(
        request, "conference", conference=conference, former=queries.former_of(asked.by, [conference.pk])
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def conference_correct(request: HttpRequest, case_code: str, conference_id: uuid.UUID) -> HttpResponse:
    """Correct a conference, or add to what was decided; the former wording stays."""
    asked = Asked.of(request, case_code)
    conference = _conference(asked, conference_id)
    initial = ConferenceForm.initial_of(conference)
    form = ConferenceForm(request.POST or None, staff=_staff(asked, conference), initial=initial)
    form.fields["reason"].required = True
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.correct_conference(
                conference=conference, version=form.typed_version(), draft=form.draft(),
                reason=form.cleaned_data["reason"], by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Corrected. The former wording stays with it."))
            return asked.to("conference-open", conference_id=conference.pk)
    present = conflict(form, initial)
    return asked.page(request, "conference_form", form, conference=conference, present=present)


@require_http_methods(["GET", "POST"])
def decision_answer(request: HttpRequest, case_code: str, decision_id: uuid.UUID) -> HttpResponse:
    """Write down what came of a decision."""
    asked = Asked.of(request, case_code)
    decision = or_404(queries.decision_by_id(asked.by, asked.case, decision_id))
    form = DecisionForm(request.POST or None, initial={"version": decision.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.answer_decision(
                decision=decision, version=form.typed_version(), done_on=clean["done_on"], note=clean["note"],
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back("conferences")
    return asked.page(request, "decision_form", form, decision=decision)


def _staff(asked: Asked, conference: Conference | None = None) -> list[tuple[str, str]]:
    """The workers who may have taken part, those who are written down already among them."""
    found = {str(user.pk): user.full_name for user in colleagues(asked.by, asked.case.district_id)}
    if conference:
        present = conference.present  # type: ignore[attr-defined]
        found |= {str(row.user_id): row.user.full_name for row in present if row.user_id}
    return sorted(found.items(), key=lambda one: (one[0] != str(asked.by.pk), one[1]))


def _conference(asked: Asked, conference_id: uuid.UUID) -> Conference:
    conference: Conference = or_404(queries.conference_by_id(asked.by, asked.case, conference_id))
    return conference
