"""Answering section by section: kept with every step, gone on with later, looked over, completed; or set aside."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, refuse
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.assessments import complete_assessment, save_answers, set_aside_assessment
from paivand.instruments.forms.answers import (
    AsideForm,
    CompleteForm,
    SectionForm,
    answer_choices,
    evidence_choices,
    initial_of,
    sent_once_more,
    special_choices,
)
from paivand.instruments.models import Assessment
from paivand.instruments.queries.hints import hints
from paivand.instruments.rules.answers import (
    Answers,
    asked_sections,
    missing,
    read_answers,
    shown_items,
    without_evidence,
)
from paivand.instruments.rules.instruments import Instrument, Section
from paivand.instruments.rules.scores import raised_by_answers, readings, remarks
from paivand.instruments.views.found import address, assessment_of, next_of


@require_http_methods(["GET", "POST"])
def assessment_answer(request: HttpRequest, assessment_id: uuid.UUID, section_code: str) -> HttpResponse:
    """Answer one section; what is saved is kept, also when the rest is answered another day."""
    by = asking(request)
    row, declared = assessment_of(by, assessment_id, Verb.ASSESSMENT_RECORD)
    section = declared.section(section_code)
    if section is None:
        raise Http404
    if not row.is_draft:
        return redirect(address(request, "assessment-open", assessment_id=row.pk))
    answers = read_answers(row.answers)
    items = shown_items(section, answers, declared)
    known = hints(by, row.family, [item.hint for item in items], timezone.localdate())
    form = SectionForm(
        request.POST or None, items=items, answers=answers, initial={"version": row.version},
        hints={item.code: known[item.hint] for item in items if item.hint in known},
    )  # fmt: skip
    present: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_answers(
                assessment=row, section=section.code, answers=form.answers(),
                version=form.cleaned_data["version"] or 0, by=by,
            )  # fmt: skip
            return redirect(_onwards(request, saved, declared, section))
        except Refused as refused:
            present = _refused(form, refused, row)
            if refused.code in {"twice", "aside"}:
                return redirect(address(request, "assessment-open", assessment_id=row.pk))
    context = {
        **_standing(request, row, declared, answers, section), "form": form, "questions": form.questions(),
        "present": present,
    }  # fmt: skip
    return render(request, "instruments/answer.html", context, status=422 if request.method == "POST" else 200)


def _refused(form: SectionForm, refused: Refused, row: Assessment) -> list[tuple[str, str, str]]:
    """Say at its question what is wrong; where somebody else saved meanwhile, what differs."""
    field = f"q_{refused.field}"
    form.add_error(field if field in form.fields else None, refused.message)
    if refused.code != "stale":
        return []
    row.refresh_from_db()
    now = initial_of(form.items, read_answers(row.answers))
    sent_once_more(form, row.version)
    found = []
    for item in form.items:
        names = dict([*answer_choices(item), *special_choices(item), *evidence_choices()])
        told = [[names.get(value, value) for value in values if value] for values in (
            [now.get(f"{kind}_{item.code}", "") for kind in "qne"],
            [str(form.data.get(f"{kind}_{item.code}", "")) for kind in "qne"],
        )]  # fmt: skip
        if told[0] != told[1]:
            found.append((str(form.fields[f"q_{item.code}"].label), ", ".join(told[0]), ", ".join(told[1])))
    return found


def _onwards(request: HttpRequest, row: Assessment, declared: Instrument, section: Section) -> str:
    """Where one goes after saving: on, back, or away until another day."""
    go = request.POST.get("go", "")
    if go == "stop":
        messages.success(request, _("Kept. You can go on with it here."))
        return next_of(request) or reverse("instruments:family-assessments", kwargs={"code": row.family.code})
    sections = list(asked_sections(read_answers(row.answers), declared))
    at = next((n for n, one in enumerate(sections) if one.code == section.code), 0)
    goal = at - 1 if go == "back" else at + 1
    if goal < 0:
        return address(request, "family-assessments", code=row.family.code)
    if goal < len(sections):
        return address(request, "assessment-answer", assessment_id=row.pk, section_code=sections[goal].code)
    return address(request, "assessment-complete", assessment_id=row.pk)


def _standing(
    request: HttpRequest, row: Assessment, declared: Instrument, answers: Answers, section: Section | None
) -> dict[str, Any]:
    """How far the answering has come, and whose questionnaire it is."""
    sections = list(asked_sections(answers, declared))
    at = next((n for n, one in enumerate(sections) if section and one.code == section.code), len(sections))
    return {
        "assessment": row, "declared": declared, "family": row.family, "section": section, "n_sections": len(sections),
        "at": at + 1, "is_first": at == 0, "is_last": at == len(sections) - 1, "next": next_of(request),
    }  # fmt: skip


def first_open(row: Assessment, declared: Instrument) -> Section | None:
    """The section to go on with: behind the one that was saved last; None when only the look over it is left."""
    answers = read_answers(row.answers)
    sections = list(asked_sections(answers, declared))
    if not row.section:
        return sections[0]
    at = next((n for n, one in enumerate(sections) if one.code == row.section), -1)
    return sections[at + 1] if at + 1 < len(sections) else None


@require_http_methods(["GET", "POST"])
def assessment_complete(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Look over the answers, see what is missing and what that means, and complete."""
    by = asking(request)
    row, declared = assessment_of(by, assessment_id, Verb.ASSESSMENT_RECORD)
    if not row.is_draft:
        return redirect(address(request, "assessment-open", assessment_id=row.pk))
    form = CompleteForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        try:
            complete_assessment(
                assessment=row, answered_on=form.cleaned_data["answered_on"],
                version=form.cleaned_data["version"] or 0, by=by,
            )  # fmt: skip
            messages.success(request, _("Completed."))
            return redirect(address(request, "assessment-open", assessment_id=row.pk))
        except Refused as refused:
            if refused.code == "twice":
                return redirect(address(request, "assessment-open", assessment_id=row.pk))
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
            if refused.code == "stale":
                row.refresh_from_db()
                sent_once_more(form, row.version)
    context = {**_standing(request, row, declared, read_answers(row.answers), None), "form": form,
               **_look_over(row, declared)}  # fmt: skip
    return render(request, "instruments/review.html", context, status=422 if request.method == "POST" else 200)


_SHORT = 10
"""Up to so many answers all parts stand open when they are looked over."""


def _look_over(row: Assessment, declared: Instrument) -> dict[str, Any]:
    """What is answered, what is missing, and which scales will have no value because of that."""
    answers = read_answers(row.answers)
    found = readings(declared, answers)
    bare = {item.code for item in without_evidence(answers, declared)}
    open_items = {item.code for item, _reason in missing(answers, declared)}
    parts = []
    for section in asked_sections(answers, declared):
        items = [
            (item, answers.get(item.code), item.code in bare, item.code in open_items)
            for item in shown_items(section, answers, declared)
            if item.code in answers or item.code in open_items
        ]
        parts.append((section, items, any(bad or gap for _item, _answer, bad, gap in items)))
    values = {one.scale: one.value for one in found}
    return {
        "parts": parts, "short": len(answers) <= _SHORT, "n_missing": len(open_items), "bare": bare,
        "without": [(declared.scale(one.scale), one) for one in found if one.value is None],
        "remarks": remarks(declared, values), "urgent": raised_by_answers(declared, answers),
        "nothing": not any(answer.value for answer in answers.values()),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def assessment_set_aside(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Set a questionnaire aside that was a mistake, with the reason."""
    by: User = asking(request)
    row, declared = assessment_of(by, assessment_id, Verb.ASSESSMENT_RECORD)
    form = AsideForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            set_aside_assessment(
                assessment=row, reason=form.cleaned_data["reason"], version=form.cleaned_data["version"] or 0, by=by
            )
            messages.success(request, _("Set aside. It counts nowhere any more."))
            return redirect(next_of(request) or reverse("instruments:family-assessments", args=[row.family.code]))
    if any(error.code == "stale" for error in form.non_field_errors().as_data()):
        row.refresh_from_db()
        sent_once_more(form, row.version)
    context = {"form": form, "assessment": row, "declared": declared, "family": row.family, "next": next_of(request)}
    return render(request, "instruments/aside.html", context, status=422 if request.method == "POST" else 200)
