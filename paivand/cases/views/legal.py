"""Pages on legal matters: begun, their steps, their end."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.cases.actions import legal as actions
from paivand.cases.forms.fields import ReasonForm
from paivand.cases.forms.legal import MatterEndForm, MatterForm, StepForm
from paivand.cases.models import LegalMatter, LegalStep
from paivand.cases.queries import legal as queries
from paivand.cases.queries import records
from paivand.cases.queries.linked import LinkedReferral, referrals_of_case
from paivand.cases.rules.legal import MatterKind, StepState, matter_kinds
from paivand.cases.views.found import Asked, once, or_404


@require_http_methods(["GET", "POST"])
def matter_begin(request: HttpRequest, case_code: str) -> HttpResponse:
    """Choose what a matter is about, then begin it."""
    asked = Asked.of(request, case_code)
    kind = matter_kinds().get(request.GET.get("kind", ""))
    if kind is None:
        kinds = [(one.code, one.title(get_language() or "en")) for one in matter_kinds().values()]
        return asked.page(request, "matter_kinds", kinds=kinds)
    form = MatterForm(
        request.POST or None, kind=kind, people=asked.choices, referrals=_choices(_referrals(asked)),
        initial={"person": request.GET.get("person", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.open_matter(case=asked.case, matter_id=form.form_key(), draft=form.draft(), by=asked.by)
            )
            messages.success(request, _("The matter is begun. Its next step stands on your desk."))
            return asked.to("matter-open", matter_id=form.form_key())
    return asked.page(request, "matter_form", form, kind=kind, title=kind.title(get_language() or "en"))


@require_GET
def matter_open(request: HttpRequest, case_code: str, matter_id: uuid.UUID) -> HttpResponse:
    """One matter: what is wanted, its steps, what is due, its papers and costs."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    matter = _matter(asked, matter_id)
    [told] = queries.matters_told([matter], timezone.localdate())
    names = records.names_of(asked.by, [matter.person_id])
    documents = [row for row in records.documents_of(asked.by, asked.case)
                 if row.matter_id == matter.pk and not row.removed_at]  # fmt: skip
    linked = next((one for one in _referrals(asked) if one.key == matter.referral), None)
    former = records.former_of(asked.by, [matter.pk, *(step.row.pk for step in told.steps)])
    return asked.page(
        request, "matter", told=told, matter=matter, name=names.get(matter.person_id, ""), documents=documents,
        linked=linked, former=former,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def matter_edit(request: HttpRequest, case_code: str, matter_id: uuid.UUID) -> HttpResponse:
    """Change what is wanted, who decides, or the referral that does the work."""
    asked = Asked.of(request, case_code)
    matter = _matter(asked, matter_id)
    kind = _kind(matter)
    initial = MatterForm.initial_of(matter)
    form = MatterForm(
        request.POST or None, kind=kind, matter=matter, referrals=_choices(_referrals(asked)), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_matter(
                matter=matter, version=form.typed_version(), draft=form.draft(), reason=form.cleaned_data["reason"],
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.to("matter-open", matter_id=matter.pk)
    return asked.page(
        request, "matter_form", form, kind=kind, title=matter.kind_name, matter=matter, present=conflict(form, initial)
    )


@require_http_methods(["GET", "POST"])
def legal_step(request: HttpRequest, case_code: str, matter_id: uuid.UUID, legal_step_id: uuid.UUID) -> HttpResponse:
    """Write down how a step of a matter stands."""
    asked = Asked.of(request, case_code)
    matter = _matter(asked, matter_id)
    step: LegalStep = or_404(queries.step_by_id(asked.by, matter, legal_step_id))
    documents = [(str(row.pk), row.title or row.kind_name) for row in records.documents_of(asked.by, asked.case)
                 if not row.removed_at]  # fmt: skip
    initial = StepForm.initial_of(step)
    form = StepForm(request.POST or None, documents=documents, initial=initial)
    form.fields["reason"].required = step.state == StepState.DONE
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.note_legal_step(
                step=step, version=form.typed_version(), draft=form.draft(), reason=form.cleaned_data["reason"],
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.to("matter-open", matter_id=matter.pk)
    return asked.page(
        request, "legal_step_form", form, matter=matter, step=step, was_done=step.state == StepState.DONE,
        present=conflict(form, initial),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def matter_end(request: HttpRequest, case_code: str, matter_id: uuid.UUID) -> HttpResponse:
    """Say what came of a matter."""
    asked = Asked.of(request, case_code)
    matter = _matter(asked, matter_id)
    form = MatterEndForm(request.POST or None, kind=_kind(matter), initial={"version": matter.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            once(
                lambda: actions.end_matter(
                    matter=matter, version=form.typed_version(), outcome=clean["outcome"], ended_on=clean["ended_on"],
                    note=clean["note"], by=asked.by,
                )
            )  # fmt: skip
            messages.success(request, _("The matter has ended. What was obtained counts for the person."))
            return asked.to("matter-open", matter_id=matter.pk)
    return asked.page(request, "matter_end", form, matter=matter)


@require_http_methods(["GET", "POST"])
def matter_reopen(request: HttpRequest, case_code: str, matter_id: uuid.UUID) -> HttpResponse:
    """Take back the end of a matter."""
    asked = Asked.of(request, case_code)
    matter = _matter(asked, matter_id)
    form = ReasonForm(request.POST or None, initial={"version": matter.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.reopen_matter(
                matter=matter, version=form.typed_version(), reason=form.cleaned_data["reason"], by=asked.by
            )
            messages.success(request, _("The matter goes on."))
            return redirect("cases:matter-open", case_code=asked.case.code, matter_id=matter.pk)
    return asked.page(request, "matter_reopen", form, matter=matter)


def _referrals(asked: Asked) -> list[LinkedReferral]:
    return referrals_of_case(asked.by, asked.case)


def _choices(referrals: list[LinkedReferral]) -> list[tuple[str, str]]:
    return [(str(one.key), one.label) for one in referrals]


def _kind(matter: LegalMatter) -> MatterKind:
    kind: MatterKind = or_404(matter_kinds().get(matter.kind))
    return kind


def _matter(asked: Asked, matter_id: uuid.UUID) -> Any:
    return or_404(queries.matter_by_id(asked.by, asked.case, matter_id))
