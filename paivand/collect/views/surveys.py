"""Pages on surveys: all of them, one of them, its versions, where and when it is open."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, lose, refuse
from paivand.collect.actions import surveys as actions
from paivand.collect.forms.surveys import SurveyForm, WorkbookForm
from paivand.collect.models import Form, FormVersion
from paivand.collect.queries import survey_answers as answers
from paivand.collect.queries import surveys as queries
from paivand.collect.queries.survey_counts import n_answers
from paivand.collect.rules.submissions import FORM_STATE_NAMES, FormState
from paivand.collect.rules.survey_changes import changes
from paivand.collect.rules.survey_drafts import languages_of
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole


def survey_of(by: User, survey_id: uuid.UUID) -> Form:
    """The survey with this key that ``by`` manages, or a 404 that leaves a refusal in the audit."""
    demand(by, Verb.SURVEY_MANAGE)
    survey = queries.survey_seen_by(by, survey_id)
    if survey is None:
        lose(by, Verb.SURVEY_MANAGE, str(survey_id))
    return survey


@require_GET
def survey_list(request: HttpRequest) -> HttpResponse:
    """All surveys that one manages, the newest first."""
    by = asking(request)
    demand(by, Verb.SURVEY_MANAGE)
    page = queries.surveys(by, after=request.GET.get("after", ""))
    latest = answers.last_day(by, [row.pk for row in page.rows])
    rows = [(row, _stands(row), latest.get(row.pk)) for row in page.rows]
    context = {"page": page, "rows": rows, "reads": queries.reads_answers(by), "today": timezone.localdate()}
    return render(request, "collect/survey_list.html", context)


def _stands(survey: Form) -> str:
    """Where a survey of the list stands, in words."""
    in_use: bool = survey.is_in_use  # type: ignore[attr-defined]
    return _(FORM_STATE_NAMES[FormState(survey.state)]) if in_use else _("not put to use yet")


@require_http_methods(["GET", "POST"])
def survey_upload(request: HttpRequest) -> HttpResponse:
    """Upload a new survey."""
    by = asking(request)
    demand(by, Verb.SURVEY_MANAGE)
    return _upload(request, by, None)


@require_http_methods(["GET", "POST"])
def survey_upload_version(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """Upload another version of a survey."""
    by = asking(request)
    return _upload(request, by, survey_of(by, survey_id))


def _upload(request: HttpRequest, by: User, survey: Form | None) -> HttpResponse:
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    findings: Any = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        told: dict[str, Any] = {"file_name": file.name, "content": file.read(), "files": form.given(), "by": by}
        try:
            version = (
                actions.upload_version(survey=survey, **told)
                if survey
                else actions.upload_survey(survey_id=form.key(), **told)
            )
        except Refused as refused:
            findings = refused.detail.get("findings", ())
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return redirect("collect:survey-version", survey_id=version.form_id, survey_version_id=version.pk)
    context = {"form": form, "survey": survey, "findings": findings}
    return render(request, "collect/survey_upload.html", context, status=422 if form.errors else 200)


@require_GET
def survey_open(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """One survey: where it stands, its versions, and what to do next."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    versions = queries.versions(survey)
    current = next((row for row in versions if row.is_current), None)
    n = n_answers(by, survey, AnswerFilter())
    n_outside = queries.n_outside(by, survey) if queries.reads_answers(by) else 0
    districts = dict(queries.district_choices())
    context = {
        "survey": survey,
        "versions": versions,
        "current": current,
        "waiting": versions[0] if versions and (current is None or versions[0].pk != current.pk) else None,
        "state": _(FORM_STATE_NAMES[FormState(survey.state)]),
        "states": [one for one in FormState if one != survey.state] if current else [],
        "n": min(n, answers.COUNTED),
        "more": n > answers.COUNTED,
        "reads": queries.reads_answers(by),
        "n_outside": n_outside,
        "has_inbox": Verb.FORM_FILL in by.verbs,
        "districts": [districts[code] for code in survey.districts if code in districts],
        "languages": languages_of(current.questions) if current else [],
        "today": timezone.localdate(),
    }
    return render(request, "collect/survey.html", context)


@require_http_methods(["GET", "POST"])
def survey_edit(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """Say what it is called, and where and when it is open."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    initial = SurveyForm.initial_of(survey)
    form = SurveyForm(request.POST or None, initial=initial, every_agency=by.reach(Verb.SURVEY_MANAGE).everywhere)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.edit_survey(
                survey=survey, version=clean["version"], titles=form.titles(), districts=clean["districts"],
                opens_on=clean["opens_on"], closes_on=clean["closes_on"], by=by, agency=clean.get("agency"),
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return redirect("collect:survey-open", survey_id=survey.pk)
    context = {"form": form, "survey": survey, "present": conflict(form, initial)}
    return render(request, "collect/survey_edit.html", context, status=422 if form.errors else 200)


@require_POST
def survey_move(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """Open it, let it run out, or close it."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    state, version = request.POST.get("state", ""), read_whole(request.POST.get("version", ""))
    if state not in set(FormState) or version is None:
        raise Http404
    try:
        actions.move_survey(survey=survey, version=version, state=FormState(state), by=by)
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("collect:survey-open", survey_id=survey.pk)


@require_http_methods(["GET", "POST"])
def survey_version(request: HttpRequest, survey_id: uuid.UUID, survey_version_id: uuid.UUID) -> HttpResponse:
    """One version: its questions as they are asked, what changed, what to know; and putting it to use."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    version = version_of(survey, survey_version_id)
    refused = ""
    if request.method == "POST":
        try:
            actions.use_version(
                survey=survey, form_version=version, confirmed=request.POST.get("confirmed") == "on", by=by
            )
            messages.success(request, _("The version is in use: phones get it when they ask next."))
            return redirect("collect:survey-open", survey_id=survey.pk)
        except Refused as why:
            refused = why.message
    versions = queries.versions(survey)
    current = next((row for row in versions if row.is_current), None)
    before = next((row for row in versions if row.pk < version.pk), None)
    usable = current is None or not queries.asks_the_same(current, version)
    again = usable and current is not None and current.pk > version.pk
    compared = current if current and (again or current.pk < version.pk) else before
    context = {
        "survey": survey,
        "version": version,
        "usable": usable,
        "again": again,
        "first": current is None,
        "compared": compared,
        "changes": changes(compared.questions, version.questions) if compared else [],
        "sensitive": actions.sensitive_findings(version),
        "sealed": [one for one in version.questions if one.get("place")],
        "in_browsers": actions.findings_in_browsers(version),
        "files": queries.file_names(version),
        "languages": languages_of(version.questions),
        "refused": refused,
    }
    return render(request, "collect/survey_version.html", context, status=422 if refused else 200)


def version_of(survey: Form, version_id: uuid.UUID) -> FormVersion:
    """The version of a survey with this key, or 404."""
    version = queries.version_of(survey, version_id)
    if version is None:
        raise Http404
    return version


@require_GET
def survey_workbook(request: HttpRequest, survey_id: uuid.UUID, survey_version_id: uuid.UUID) -> HttpResponse:
    """The workbook that a version was made of, as it was uploaded."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    version = version_of(survey, survey_version_id)
    content = bytes(version.source or b"")
    ending = "xls" if content[:4] == b"\xd0\xcf\x11\xe0" else "ods" if b"opendocument" in content[:100] else "xlsx"
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{survey.code}-{version.name}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
