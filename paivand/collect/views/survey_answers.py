"""Pages on the answers of a survey: as a table, one by one, as pictures, and on the map."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, forbid
from paivand.access.views.uploads import sent_file
from paivand.collect.actions.queue import tell_to_count
from paivand.collect.actions.survey_counts import keep_counts
from paivand.collect.actions.survey_exports import without_traces
from paivand.collect.forms.surveys import AnswersForm
from paivand.collect.models import Form
from paivand.collect.queries import survey_answers as queries
from paivand.collect.queries.survey_counts import Asked, Counts
from paivand.collect.queries.survey_counts import counts as counts_of
from paivand.collect.queries.survey_names import named
from paivand.collect.queries.surveys import reads_answers, versions
from paivand.collect.rules.flattening import Question, answers_by_path, asked, key_of, point_of
from paivand.collect.rules.point_maps import Named, points_drawn
from paivand.collect.rules.survey_export import ONLY_WHOLE, PICTURES, may_go_out
from paivand.collect.rules.survey_filters import AnswerFilter, columns_of, tables_of
from paivand.collect.rules.survey_tallies import MOST_BARS, drawn_as, drawn_for_totals, hidden, most_frequent
from paivand.collect.templatetags.surveys import (
    chart,
    language,
    length_words,
    n_words,
    question_label,
    undrawn_words,
)
from paivand.collect.views.surveys import survey_of
from paivand.core.models import Place
from paivand.core.rules.pictures import Part, Picture, mark
from paivand.core.rules.pictures_areas import Area
from paivand.core.templatetags.drawings import map_drawn
from paivand.core.templatetags.paivand import number
from paivand.methods.places import projected
from paivand.registry.queries.maps import district_map
from paivand.registry.queries.places import districts as all_districts

CHARTS = 8
"""Pictures on one page."""
MOST_DOTS = 500
"""Above so many different points, near ones are drawn as one."""
MOST_LISTED = 100
"""Points in the table beside the map."""


def read_survey(request: HttpRequest, survey_id: uuid.UUID) -> tuple[User, Form]:
    """Who asks, and the survey; 403 for whoever manages surveys and sees no single answer."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    if not reads_answers(by):
        forbid(by, Verb.SURVEY_MANAGE, survey)
    return by, survey


def filters_of(request: HttpRequest, by: User, survey: Form, questions: list[Question]) -> AnswersForm:
    """The filters of the address, with what can be chosen."""
    return AnswersForm(
        request.GET, districts=queries.districts(by, survey), workers=queries.workers(by, survey),
        versions=versions(survey), questions=questions, language=language(),
    )  # fmt: skip


def narrowing(form: AnswersForm | None) -> dict[str, Any]:
    """What pages say of the filters, and how they hand them on to each other."""
    kept = form.asked.kept() if form else {}
    return {"form": form, "filtered": bool(kept), "kept": kept, "query": urlencode(kept)}


@require_GET
def survey_answers(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """The answers as a table; a repeated part is a table of its own."""
    by, survey = read_survey(request, survey_id)
    questions = queries.questions_of(survey)
    form = filters_of(request, by, survey, questions)
    page = queries.answers(by, survey, form.asked, after=request.GET.get("after", ""))
    tables = tables_of(questions)
    part = next((one for one in tables if one["path"] == request.GET.get("part")), None)
    repeat = part["path"] if part else None
    columns = columns_of(questions, repeat, request.GET.getlist("column"))
    rows: list[tuple[Any, Any]] = [(row, row.values) for row in page.rows]
    if repeat:
        rows = [(row, one) for row in page.rows for one in row.parts.get(repeat, ())]
    chosen = {one["path"] for one in columns}
    columns = named(by, columns, {path: [values.get(path, "") for _row, values in rows] for path in chosen})
    context = {
        "survey": survey, "page": page, "rows": rows, "columns": columns, "tables": tables, "part": part,
        "offered": [(one, one["path"] in chosen) for one in asked(questions) if one.get("repeat") == repeat],
    } | narrowing(form)  # fmt: skip
    return render(request, "collect/survey_answers.html", context)


@require_GET
def survey_answer(request: HttpRequest, survey_id: uuid.UUID, survey_answer_id: uuid.UUID) -> HttpResponse:
    """One answer, question by question as it was filled in."""
    by, survey = read_survey(request, survey_id)
    answer = queries.answer_seen_by(by, survey, survey_answer_id)
    if answer is None:
        raise Http404
    files = queries.files_of(answer)
    questions = named(by, answer.form_version.questions, answers_by_path(answer.values, answer.parts))
    questions = [one for one in questions if one["type"] not in {"note", "group"}]
    tables = [
        (one, columns_of(questions, one["path"], [two["path"] for two in questions]), answer.parts.get(one["path"], []))
        for one in tables_of(questions)
    ]
    context = {
        "survey": survey, "answer": answer, "questions": [one for one in asked(questions) if not one.get("repeat")],
        "tables": tables, "files": files, "stays": ONLY_WHOLE,
        "stay": [one.name for one in files.values() if not may_go_out(one.name, one.mime)],
    }  # fmt: skip
    return render(request, "collect/survey_answer.html", context)


@require_GET
def survey_file(
    request: HttpRequest, survey_id: uuid.UUID, survey_answer_id: uuid.UUID, media_name: str
) -> HttpResponse:
    """A photograph that came with an answer, without what is told beside it; no other file is given out."""
    by, survey = read_survey(request, survey_id)
    answer = queries.answer_seen_by(by, survey, survey_answer_id)
    file = queries.files_of(answer).get(media_name) if answer else None
    if file is None:
        raise Http404
    content = without_traces(file)
    if content is None:
        return render(request, "collect/survey_file_gone.html", {"survey": survey, "words": _(ONLY_WHOLE)}, status=404)
    mime = file.mime if file.mime in PICTURES else "application/octet-stream"
    return sent_file(content, mime, f"{survey.code}-{str(file.pk)[-8:]}", shown=mime in PICTURES)


@require_GET
def survey_charts(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """A picture for each question, a few on each page. Who sees no single answer sees these, protected."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    reads = reads_answers(by)
    questions = queries.questions_of(survey)
    form = filters_of(request, by, survey, questions) if reads else None
    drawable = [one for one in asked(questions) if (drawn_as(one) if reads else drawn_for_totals(one))]
    first = next((at for at, one in enumerate(drawable) if key_of(one) == request.GET.get("from")), 0)
    shown = drawable[first : first + CHARTS]
    counts = counted(by, survey, Asked(_filters(form), tuple(key_of(one) for one in shown)), questions)
    if reads:
        shown = named(by, shown, _drawn_answers(shown, counts))
    until = timezone.localdate(counts.at) + timedelta(days=1)
    drawn = [
        (
            one,
            chart(one, counts.told[key_of(one)], f"q{first + at}", totals=not reads, until=until),
            undrawn_words(counts.told[key_of(one)], totals=not reads),
        )
        for at, one in enumerate(shown)
    ]
    context = {
        "survey": survey, "reads": reads, "drawn": drawn, "counts": counts,
        "earlier": key_of(drawable[max(first - CHARTS, 0)]) if first else "",
        "later": key_of(drawable[first + CHARTS]) if len(drawable) > first + CHARTS else "",
    } | narrowing(form)  # fmt: skip
    return render(request, "collect/survey_charts.html", context)


def _drawn_answers(questions: Sequence[Question], counts: Counts) -> dict[str, list[str]]:
    """The answers for which there is a bar, by the path of the question."""
    found: dict[str, list[str]] = {}
    for one in questions:
        found.setdefault(one["path"], []).extend(most_frequent(counts.told[key_of(one)].tally, MOST_BARS))
    return found


@require_GET
def survey_map(request: HttpRequest, survey_id: uuid.UUID) -> HttpResponse:
    """Where it was answered: by district, and the kept points over the outlines, about a hundred metres coarse."""
    by = asking(request)
    survey = survey_of(by, survey_id)
    reads = reads_answers(by)
    questions = queries.questions_of(survey)
    form = filters_of(request, by, survey, questions) if reads else None
    places = all_districts(by)
    outlines = district_map(by, places, {}, tiles=request.GET.get("map") == "tiles")
    located = [one for one in questions if one["type"] == "geopoint"]
    question = next((one for one in located if key_of(one) == request.GET.get("question")), next(iter(located), None))
    at = (key_of(question),) if question and reads else ()
    counts = counted(by, survey, Asked(_filters(form), at, on_map=True), questions)
    found = Counter(counts.told[at[0]].tally) if at else Counter()
    drawing, _begins = map_drawn(
        [Area(one.place.pk, one.path, one.x, one.y, one.label, f"size-{one.size}", outlines.dot if one.is_dot else 0)
         for one in outlines.shapes],
        _parts({place.pk: place.name for place in places}, counts.told[""].tally, totals=not reads),
        _box(outlines.view_box),
        _("Answers by district"), _("Answers"),
    )  # fmt: skip
    is_outline = outlines.has_outlines and request.GET.get("map") != "tiles"
    context = {
        "survey": survey, "reads": reads, "counts": counts, "drawing": drawing, "located": located,
        "question": question,
        "picture": _dotted(drawing.wide, found) if is_outline else drawing.wide,
        "scattered": None if is_outline else _scattered(found, places),
        "points": found.most_common(MOST_LISTED) if found else [],
        "n_points": len(found), "sources": outlines.sources, "is_outline": is_outline,
        "has_outlines": outlines.has_outlines,
    } | narrowing(form)  # fmt: skip
    return render(request, "collect/survey_map.html", context)


def counted(by: User, survey: Form, asked_for: Asked, questions: Sequence[Question]) -> Counts:
    """The counts that a page shows; what answers came since is counted in the background."""
    found = counts_of(by, survey, asked_for, questions)
    keep_counts(found)
    if found.is_old:
        tell_to_count(survey.pk, by.pk, asked_for.plain())
    return found


def _filters(form: AnswersForm | None) -> AnswerFilter:
    return form.asked if form else AnswerFilter()


def _parts(names: dict[str, str], counts: Mapping[str, int], *, totals: bool) -> dict[str, Part]:
    codes = [code for code in names if counts.get(code)]
    kept_back = hidden([counts[code] for code in codes]) if totals else set()
    return {
        code: Part(names[code], None, _("hidden: few"), hidden=True)
        if at in kept_back
        else Part(names[code], counts[code], number(counts[code]), code=code)
        for at, code in enumerate(codes)
    }


def _box(said: str) -> tuple[float, float, float, float]:
    left, top, width, height = (float(one) for one in said.split())
    return left, top, width, height


def _scattered(found: Counter[str], places: Sequence[Place]) -> Picture | None:
    """The points in a frame of their own, north above, where no outlines are there to lay them over."""
    placed = {where: n for where, n in ((point_of(said), n) for said, n in found.most_common(MOST_LISTED * 5)) if where}
    named_places = [
        Named(one.name, (float(one.latitude), float(one.longitude)))
        for one in places
        if one.latitude is not None and one.longitude is not None
    ]
    return points_drawn(placed, named_places, n_words, length_words)


def _dotted(picture: Picture, found: Mapping[str, int]) -> Picture:
    """The points over the outlines, larger where more answers lie. Of very many, those within a kilometre are one."""
    marks = list(picture.marks)
    dots: Counter[tuple[float, float]] = Counter()
    for said, n in found.items():
        where = point_of(said)
        if where:
            dots[where if len(found) <= MOST_DOTS else (round(where[0], 2), round(where[1], 2))] += n
    for (latitude, longitude), n in dots.items():
        x, y = projected(longitude, latitude)
        words = n_words(n)
        size = picture.width / 130 * min(1 + n / 10, 3)
        marks.append(mark("circle", "", (mark("title", words),), css="dot", cx=x, cy=y, r=size))
    return Picture(picture.width, picture.height, tuple(marks), picture.left, picture.top)


__all__ = ["question_label"]
