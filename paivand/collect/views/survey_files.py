"""The page on which answers of a survey are taken out as a file, and the files that are made in the background."""

from __future__ import annotations

import tempfile
import uuid
from typing import IO, Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.views.gate import refuse
from paivand.collect.actions.survey_exports import Wanted, export_answers
from paivand.collect.actions.survey_files import ask_file, fetch_file
from paivand.collect.forms.surveys import AnswersExportForm
from paivand.collect.models import Form, SurveyFile
from paivand.collect.queries import survey_answers as queries
from paivand.collect.queries.survey_files import can_be_fetched, contents, files_for, made_file
from paivand.collect.rules.survey_drafts import languages_of
from paivand.collect.rules.survey_export import (
    ARCHIVES,
    AT_ONCE,
    FILE_GONE,
    FILE_NAMES,
    KEPT_HOURS,
    MEDIA_TYPES,
    ONLY_WHOLE,
    TROUBLE_WORDS,
    FileKind,
    FileTrouble,
    Words,
)
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.collect.templatetags.surveys import language
from paivand.collect.views.survey_answers import filters_of, read_survey
from paivand.core.rules.errors import Refused


@require_http_methods(["GET", "POST"])
def survey_export(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponseBase:
    """Choose the kind of file, give the reason, receive it: at once, or when it was made in the background.

    The filters of the table come in the query.
    """
    by, survey = read_survey(request, survey_id)
    questions = queries.questions_of(survey)
    narrowed = filters_of(request, by, survey, questions)
    filters = narrowed.asked
    languages = languages_of(questions)
    form = AnswersExportForm(request.POST or None, languages=languages, language=language())
    n = queries.n_fitting(by, survey, filters, most=AT_ONCE)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            if narrowed.unread:
                raise Refused(
                    _(
                        "A filter cannot be read, so the file would hold more than you asked for: %(names)s. "
                        "Mend the filters first."
                    )
                    % {"names": ", ".join(narrowed.unread)},
                    "filters",
                )
            return _made(by, survey, filters, form, at_once=n <= AT_ONCE)
    context = {
        "survey": survey, "form": form, "n": min(n, AT_ONCE), "more": n > AT_ONCE, "unread": narrowed.unread,
        "query": request.GET.urlencode() if narrowed.unread else urlencode(filters.kept()),
        "filtered": bool(filters.kept()), "hours": KEPT_HOURS,
    } | _files(by, survey)  # fmt: skip
    return render(request, "collect/survey_export.html", context, status=422 if form.errors else 200)


def _made(by: User, survey: Form, filters: AnswerFilter, form: AnswersExportForm, *, at_once: bool) -> HttpResponseBase:
    clean = form.cleaned_data
    kind = FileKind(clean["kind"])
    wanted = Wanted(kind, filters, Words(clean["words"]), clean["language"] or language())
    if not at_once or kind in ARCHIVES:
        ask_file(survey=survey, file_id=form.key(), wanted=wanted, reason=clean["reason"], by=by)
        page = reverse("collect:survey-export", kwargs={"survey_id": survey.pk})
        return redirect(f"{page}?{urlencode(filters.kept())}")
    into: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it once it is sent
    try:
        export_answers(survey=survey, wanted=wanted, reason=clean["reason"], into=into, by=by)
    except Exception:
        into.close()
        raise
    answer = FileResponse(into, as_attachment=True, filename=_name(survey, kind), content_type=MEDIA_TYPES[kind])
    answer["Cache-Control"] = "no-store"
    return answer


def _name(survey: Form, kind: FileKind) -> str:
    return f"{survey.code}-{timezone.localdate():%Y-%m-%d}.{kind.ending}"


def _files(by: User, survey: Form) -> dict[str, Any]:
    """What is being made for her, and what is there to be fetched."""
    rows = files_for(by, survey, timezone.now())
    return {
        "files": [(row, _(FILE_NAMES[FileKind(row.kind)]), _trouble(by, row)) for row in rows],
        "running": any(not row.is_over for row in rows),
        "stays": ONLY_WHOLE,
    }


def _trouble(by: User, row: SurveyFile) -> str:
    """Why a file that is over cannot be fetched."""
    if row.trouble:
        return _(TROUBLE_WORDS[FileTrouble(row.trouble)])
    return _(FILE_GONE) if row.is_over and not can_be_fetched(by, row) else ""


@require_GET
def survey_files(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """How far the files are; when all have ended, the page asks no more."""
    by, survey = read_survey(request, survey_id)
    return render(request, "collect/parts/survey_files.html", {"survey": survey} | _files(by, survey))


@require_GET
def survey_made_file(request: HttpRequest, survey_id: uuid.UUID, survey_file_id: uuid.UUID) -> HttpResponseBase:
    """A file that was made for who asks."""
    by, survey = read_survey(request, survey_id)
    found = made_file(by, survey, survey_file_id, timezone.now())
    if found is None:
        context = {"survey": survey, "words": _(FILE_GONE)}
        return render(request, "collect/survey_file_gone.html", context, status=404)
    row, pieces = found
    fetch_file(file=row, reason=row.reason, by=by)
    kind = FileKind(row.kind)
    answer = StreamingHttpResponse(contents(pieces), content_type=MEDIA_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{_name(survey, kind)}"'
    answer["Content-Length"] = str(row.n_bytes)
    answer["Cache-Control"] = "no-store, private"
    return answer
