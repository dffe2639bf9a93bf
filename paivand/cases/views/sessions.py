"""Pages on single psychosocial sessions within a case."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.cases.actions import sessions as actions
from paivand.cases.forms.sessions import SessionForm
from paivand.cases.models import PsychosocialSession
from paivand.cases.queries import records
from paivand.cases.queries import sessions as queries
from paivand.cases.queries.flags import who_is_referred_first
from paivand.cases.queries.measures import file_codes, flow_or_usual, gains, instrument_name
from paivand.cases.views.found import Asked, once, or_404
from paivand.cases.views.measuring import begin_address, topic_names


@require_GET
def session_list(request: HttpRequest, case_code: str) -> HttpResponse:
    """The sessions of each person of a case, with what was measured before and after."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    rows = queries.sessions_of(asked.by, asked.case)
    for row in rows:
        row.topic_names = topic_names(row.worked_on)  # type: ignore[attr-defined]
    by_person = records.grouped(rows, "person_id")
    places = queries.group_places(asked.by, asked.case)
    names = records.names_of(asked.by, {*by_person, *(row.person_id for row in places)})
    measured = _measures(asked, by_person)
    return asked.page(
        request, "session_list",
        told=[(names.get(pk, ""), sessions, measured[pk]) for pk, sessions in by_person.items()],
        places=[(row, names.get(row.person_id, "")) for row in places],
    )  # fmt: skip


def _measures(asked: Asked, by_person: dict[uuid.UUID, list[PsychosocialSession]]) -> dict[uuid.UUID, dict[str, Any]]:
    """For each person the scores before and after, and where the next one is taken.

    It is measured by the questionnaire of the order of sessions that was chosen last.
    """
    chosen = {pk: flow_or_usual(next((s.flow for s in sessions if s.flow), "")) for pk, sessions in by_person.items()}
    by_flow: dict[str, list[uuid.UUID]] = {}
    for pk, flow in chosen.items():
        by_flow.setdefault(flow.code, []).append(pk)
    told = {pk: gain for code, people in by_flow.items() for pk, gain in
            gains(asked.by, people, flow_or_usual(code)).items()}  # fmt: skip
    files = file_codes(asked.by, by_person)
    here = reverse("cases:session-list", kwargs={"case_code": asked.case.code})
    return {
        pk: {
            "gain": told[pk], "title": instrument_name(flow.instrument),
            "begin": begin_address(files.get(pk), flow, pk, told[pk], here),
        }
        for pk, flow in chosen.items()
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def session_note(request: HttpRequest, case_code: str) -> HttpResponse:
    """Write down a session that was held."""
    asked = Asked.of(request, case_code)
    initial = {"person": request.GET["person"]} if request.GET.get("person") else {}
    form = SessionForm(request.POST or None, people=asked.choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.note_session(
                    case=asked.case, session_id=form.form_key(), draft=form.draft(), by=asked.by
                )
            )  # fmt: skip
            messages.success(request, _("The session is written down."))
            return asked.to("session-list")
    keys = [row.shown.pk for row in asked.people]
    first = set(who_is_referred_first(asked.by, keys))
    warned = [row.shown.full_name for row in asked.people if row.shown.pk in first]
    return asked.page(request, "session_form", form, warned=warned)


@require_http_methods(["GET", "POST"])
def session_correct(request: HttpRequest, case_code: str, session_id: uuid.UUID) -> HttpResponse:
    """Correct a session; the former wording stays."""
    asked = Asked.of(request, case_code)
    session: PsychosocialSession = or_404(queries.session_by_id(asked.by, asked.case, session_id))
    names = records.names_of(asked.by, [session.person_id])
    initial = SessionForm.initial_of(session)
    form = SessionForm(
        request.POST or None, people=[(str(session.person_id), names.get(session.person_id, ""))], initial=initial
    )
    form.fields["reason"].required = True
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.correct_session(
                session=session, version=form.typed_version(), draft=form.draft(),
                reason=form.cleaned_data["reason"], by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Corrected. The former wording stays with it."))
            return asked.to("session-list")
    return asked.page(
        request, "session_form", form, session=session, former=queries.former_sessions(asked.by, session),
        present=conflict(form, initial),
    )  # fmt: skip
