"""The page on which answers of a survey are taken out as a file."""

from __future__ import annotations

import tempfile
import uuid
from typing import IO
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.views.gate import refuse
from paivand.collect.actions.survey_exports import Wanted, export_answers
from paivand.collect.forms.surveys import AnswersExportForm
from paivand.collect.models import Form
from paivand.collect.queries import survey_answers as queries
from paivand.collect.rules.survey_drafts import languages_of
from paivand.collect.rules.survey_export import MEDIA_TYPES, FileKind, Words
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.collect.templatetags.surveys import language
from paivand.collect.views.survey_answers import filters_of, read_survey
from paivand.core.rules.errors import Refused

COUNTED = 1000


@require_http_methods(["GET", "POST"])
def survey_export(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponseBase:
    """Choose the kind of file, give the reason, receive it. The filters of the table come in the query."""
    by, survey = read_survey(request, survey_id)
    questions = queries.questions_of(survey)
    narrowed = filters_of(request, by, survey, questions)
    filters = narrowed.asked
    languages = languages_of(questions)
    form = AnswersExportForm(request.POST or None, languages=languages, language=language())
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
                )  # fmt: skip
            return _file(by, survey, filters, form)
    n = queries.n_fitting(by, survey, filters, most=COUNTED)
    context = {
        "survey": survey, "form": form, "n": min(n, COUNTED), "more": n > COUNTED, "unread": narrowed.unread,
        "query": request.GET.urlencode() if narrowed.unread else urlencode(filters.kept()),
        "filtered": bool(filters.kept()),
    }  # fmt: skip
    return render(request, "collect/survey_export.html", context, status=422 if form.errors else 200)


def _file(by: User, survey: Form, filters: AnswerFilter, form: AnswersExportForm) -> FileResponse:
    clean = form.cleaned_data
    kind = FileKind(clean["kind"])
    wanted = Wanted(kind, filters, Words(clean["words"]), clean["language"] or language())
    into: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it once it is sent
    try:
        export_answers(survey=survey, wanted=wanted, reason=clean["reason"], into=into, by=by)
    except Exception:
        into.close()
        raise
    name = f"{survey.code}-{timezone.localdate():%Y-%m-%d}.{kind}"
    answer = FileResponse(into, as_attachment=True, filename=name, content_type=MEDIA_TYPES[kind])
    answer["Cache-Control"] = "no-store"
    return answer
