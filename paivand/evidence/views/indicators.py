"""The page of one indicator, and the files of its pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.core.rules.pictures import Drawing, Part
from paivand.core.rules.pictures_lines import Aim
from paivand.core.templatetags.drawings import bars_drawn, months_drawn
from paivand.core.templatetags.paivand import day, number
from paivand.evidence.queries.charts import part, parts_by, parts_by_month, sexes_by_age
from paivand.evidence.queries.entered import explanations, external_figures, external_history, goal_entries, goals_of
from paivand.evidence.queries.figures import statement_shown
from paivand.evidence.queries.naming import said
from paivand.evidence.queries.published import hidden_of, published
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.entering import Goals, progress
from paivand.evidence.rules.indicators import DIMENSION_NAMES, UNKNOWN, Dimension, Indicator, Measure
from paivand.evidence.rules.reading import age_sets, indicators
from paivand.evidence.rules.telling import Shown, Told, tables_of
from paivand.evidence.templatetags.drawings import ages_drawn, way_drawn
from paivand.evidence.templatetags.results import month_name, month_short, unit_name
from paivand.evidence.views.files import picture_file
from paivand.evidence.views.reading import Reading, indicator_or_404, reading
from paivand.evidence.views.results import NOTHING_NEW

ADDS_UP = {Measure.PEOPLE, Measure.FAMILIES, Measure.EVENTS, Measure.CONTACTS, Measure.SUM}
"""Measures whose months add up to the whole."""


@require_GET
def indicator_open(request: HttpRequest, indicator_code: str) -> HttpResponse:
    """What one figure says, of whom, how it came about, and what stands beside it."""
    read = reading(request)
    indicator = indicator_or_404(indicator_code)
    if "mark" in request.GET:
        return _again(request, read, indicator)
    answer = _answer(read, indicator)
    goals = goals_of(read.by, [indicator])[indicator.code]
    editions = [(one, said(Told(Decimal(one.value) if one.value else None, hidden_of(one.hidden))))
                for one in published(read.by, indicator)]  # fmt: skip
    context = read.context(
        **_figure(read, indicator, answer, goals),
        drawings=drawings(read, indicator, answer, goals),
        parts=_parts(read, indicator, answer),
        external=external_figures(read.by, [indicator])[indicator.code],
        external_history=[
            row for row in external_history(read.by, indicator) if row.why or hasattr(row, "replaced_by")
        ],
        goal_entries=goal_entries(read.by, indicator),
        explanations=explanations(read.by, [indicator])[indicator.code],
        editions=editions,
        statement="\n\n".join(statement_shown(indicator, read.ask())) if Verb.RESULTS_OPEN in read.by.verbs else "",
    )
    return render(request, "evidence/indicator.html", context)


def _answer(read: Reading, indicator: Indicator) -> Shown:
    return shown(read.by, [indicator], read.ask())[indicator.code]


def _figure(read: Reading, indicator: Indicator, answer: Shown, goals: Goals) -> dict[str, object]:
    percent = progress(goals, answer.whole.value, rising=indicator.rising)
    return {
        "indicator": indicator,
        "answer": answer,
        "told": said(answer.whole),
        "goals": goals,
        "aim": goals.aimed_at(read.filters.last or read.filters.as_of or read.today),
        "percent": percent,
        "bar": 0 if percent is None else max(0, min(100, round(percent))),
        "mark": _mark(answer),
    }


def _mark(answer: Shown) -> str:
    return hashlib.sha256(repr(answer.whole).encode()).hexdigest()[:16]


def _again(request: HttpRequest, read: Reading, indicator: Indicator) -> HttpResponse:
    """The figure alone, when the page asks again by itself; nothing while it is the same."""
    answer = _answer(read, indicator)
    if _mark(answer) == request.GET["mark"]:
        return HttpResponse(status=NOTHING_NEW)
    goals = goals_of(read.by, [indicator])[indicator.code]
    context = read.context(**_figure(read, indicator, answer, goals), changed=True)
    return render(request, "evidence/parts/figure.html", context)


def drawings(read: Reading, indicator: Indicator, answer: Shown, goals: Goals) -> list[Drawing]:
    """Every picture of the page, in order."""
    unit = unit_name(indicator) or _("Figure")
    found: list[Drawing] = []
    months = parts_by_month(answer, month_name, month_short)
    way = _way(read, indicator, answer, goals, months)
    if way:
        found.append(way)
    if months:
        found.append(months_drawn(months, _("By month in which people were first reached")
                                  if indicator.counts_people else _("By month"), unit))  # fmt: skip
    ages = age_sets()[indicator.ages]
    if (Dimension.SEX, Dimension.AGE) in tables_of(indicator) and answer.along(Dimension.SEX, Dimension.AGE):
        groups = sexes_by_age(answer, ages, read.language)
        bands = [one.label for one in groups["female"]]
        found.append(ages_drawn(bands, groups["female"], groups["male"], groups[UNKNOWN], _("By age and sex")))
    for table in tables_of(indicator):
        if len(table) != 1 or table[0] is Dimension.MONTH:
            continue
        parts = parts_by(answer, table[0], read.language, ages=ages)
        if parts:
            name = _(DIMENSION_NAMES[table[0]])
            found.append(bars_drawn(str(table[0]), name, name, unit, parts))
    return found


def _way(read: Reading, indicator: Indicator, answer: Shown, goals: Goals, months: Sequence[Part]) -> Drawing | None:
    """The sum up to each month against the goals; only where months add up and none is hidden."""
    aims = [Aim(goal.on, float(goal.value), _("%(value)s aimed at by %(day)s.")
                % {"value": number(goal.value), "day": day(goal.on)})
            for goal in (*goals.milestones, *([goals.target] if goals.target else []))]  # fmt: skip
    if not aims or not months or indicator.measure not in ADDS_UP or any(one.value is None for one in months):
        return None
    total = 0.0
    points = [(_first_of(months[0].code), 0.0)]
    for one in months:
        total += one.value or 0
        points.append((min(_after(one.code), max(read.today, points[-1][0])), total))
    return way_drawn(points, aims, _("The way to the target"), said(answer.whole), now=read.today)


def _first_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def _after(month: str) -> date:
    """The first day after a month."""
    year, at = int(month[:4]), int(month[5:])
    return date(year + at // 12, at % 12 + 1, 1)


def _parts(read: Reading, indicator: Indicator, answer: Shown) -> dict[str, object] | None:
    """The indicators into which this one opens, with how many people stand in several of them."""
    if not indicator.parts:
        return None
    own = [indicators()[code] for code in indicator.parts]
    answers = shown(read.by, own, read.ask())
    rows = [(one, part(answers[one.code].whole, one.name(read.language), code=one.code)) for one in own]
    values = [row.value for _one, row in rows]
    overlap = None
    if all(value is not None for value in values) and answer.whole.value is not None:
        overlap = int(sum(value or 0 for value in values) - float(answer.whole.value))
    drawing = bars_drawn("parts", _("The parts of this figure"), _("Part"), unit_name(indicator),
                         [row for _one, row in rows])  # fmt: skip
    return {"rows": rows, "overlap": overlap, "drawing": drawing}


@require_GET
def indicator_picture(request: HttpRequest, indicator_code: str, picture: str, kind: str) -> HttpResponse:
    """One picture of the page as a file."""
    read = reading(request)
    indicator = indicator_or_404(indicator_code)
    answer = _answer(read, indicator)
    goals = goals_of(read.by, [indicator])[indicator.code]
    found = {one.name: one for one in drawings(read, indicator, answer, goals)}
    parts = _parts(read, indicator, answer) if picture == "parts" else None
    if parts:
        drawing = parts["drawing"]
        found["parts"] = drawing  # type: ignore[assignment]
    return picture_file(read.by, found.get(picture), kind, indicator.code)
