"""The way of people through the programme, the agencies, the goals of the world, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paivand.core.rules.pictures import Drawing, Part
from paivand.core.templatetags.drawings import bars_drawn
from paivand.core.templatetags.paivand import number
from paivand.evidence.queries.changes import changes
from paivand.evidence.queries.charts import part, parts_by
from paivand.evidence.queries.framework import Line, lines_of
from paivand.evidence.queries.naming import category_names, said, said_shortly
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.aims import gcm_name, goal_of, sdg_name
from paivand.evidence.rules.filters import month_before
from paivand.evidence.rules.flow import LOST_NAMES, STAGE_NAMES, STAGES, apart, stages
from paivand.evidence.rules.indicators import UNKNOWN, Dimension, Indicator, Measure
from paivand.evidence.rules.reading import indicators
from paivand.evidence.rules.telling import Shown, tables_of
from paivand.evidence.templatetags.drawings import flow_drawn
from paivand.evidence.templatetags.results import unit_name
from paivand.evidence.views.files import picture_file
from paivand.evidence.views.reading import Reading, reading
from paivand.registry.queries.places import districts as districts_of

FIRST = "protection_services"


@require_GET
def flow_open(request: HttpRequest) -> HttpResponse:
    """How many were registered, selected, helped, and completed a service; families or people."""
    read = reading(request)
    unit = _unit(request)
    context = read.context(
        drawing=_flow(read, unit), unit=str(unit), districts=districts_of(read.by), kept=_kept(request),
    )  # fmt: skip
    return render(request, "evidence/flow.html", context)


@require_GET
def flow_picture(request: HttpRequest, kind: str) -> HttpResponse:
    """The way as a file."""
    read = reading(request)
    return picture_file(read.by, _flow(read, _unit(request)), kind, "results")


def _unit(request: HttpRequest) -> Measure:
    return Measure.PEOPLE if request.GET.get("unit") == "people" else Measure.FAMILIES


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, request.GET.get(name, "")[:40]) for name in ("unit", "place", "indicator")]


def _flow(read: Reading, unit: Measure) -> Drawing | None:
    """The drawing; nothing where nobody was registered."""
    own = stages(unit)
    answers = shown(read.by, own, read.ask())
    place = read.filters.place
    cells = [answers[one.code].at(district=place) if place else answers[one.code].whole for one in own]
    told = [part(cell, _(STAGE_NAMES[name]), code=name) for name, cell in zip(STAGES, apart(cells), strict=True)]
    if not any(stage.value or stage.hidden for stage in told):
        return None
    lost = []
    for name, stage, following in zip(STAGES, told, told[1:], strict=False):
        gone = 0 if stage.value is None or following.value is None else int(stage.value - following.value)
        words = _(LOST_NAMES[name]) % {"number": number(gone)} if gone > 0 else ""
        lost.append(Part(words, float(gone) if gone > 0 else None, number(gone) if gone > 0 else "–"))
    title = _("Families on their way") if unit is Measure.FAMILIES else _("People on their way")
    return flow_drawn(told, title, lost)


@require_GET
def agencies_open(request: HttpRequest) -> HttpResponse:
    """Every indicator by agency, and one of them as a picture."""
    read = reading(request)
    offered = _by_agency()
    answers = shown(read.by, offered, read.ask())
    told = {
        one.code: {key[0]: cell for key, cell in answers[one.code].along(Dimension.AGENCY).items()} for one in offered
    }
    agencies = sorted({code for cells in told.values() for code in cells}, key=lambda code: (code == UNKNOWN, code))
    named = list(category_names(Dimension.AGENCY, agencies, read.language).items())
    rows = []
    for one in offered:
        cells = told[one.code]
        if cells:
            own = [(name, said_shortly(cells[code]) if code in cells else "") for code, name in named]
            rows.append((one, said(answers[one.code].whole), own))
    chosen = _chosen(read, offered)
    context = read.context(
        agencies=named,
        rows=rows,
        chosen=chosen,
        choices=offered,
        drawing=_agencies(read, chosen, answers),
        kept=_kept(request),
    )
    return render(request, "evidence/agencies.html", context)


@require_GET
def agencies_picture(request: HttpRequest, kind: str) -> HttpResponse:
    """The bars of the agencies as a file."""
    read = reading(request)
    chosen = _chosen(read, _by_agency())
    answers = shown(read.by, [chosen], read.ask()) if chosen else {}
    return picture_file(read.by, _agencies(read, chosen, answers), kind, chosen.code if chosen else "results")


def _by_agency() -> list[Indicator]:
    return [one for one in indicators().values() if (Dimension.AGENCY,) in tables_of(one)]


def _chosen(read: Reading, offered: list[Indicator]) -> Indicator | None:
    known = {one.code: one for one in offered}
    return known.get(read.filters.indicator) or known.get(FIRST) or next(iter(offered), None)


def _agencies(read: Reading, chosen: Indicator | None, answers: Mapping[str, Shown]) -> Drawing | None:
    if chosen is None:
        return None
    parts = parts_by(answers[chosen.code], Dimension.AGENCY, read.language)
    title = _("%(indicator)s, by agency") % {"indicator": chosen.name(read.language)}
    return bars_drawn("agencies", title, _("Agency"), unit_name(chosen), parts) if parts else None


@require_GET
def aims_open(request: HttpRequest) -> HttpResponse:
    """Indicators under the goals and objectives of the world that they serve."""
    read = reading(request)
    known = [one for one in indicators().values() if one.sdg or one.gcm]
    lines, fresh_at, _months = lines_of(read.by, known, read.filters, today=read.today, zone=read.zone)
    goals = sorted({goal_of(target) for one in known for target in one.sdg})
    objectives = sorted({objective for one in known for objective in one.gcm})
    context = read.context(
        fresh_at=fresh_at,
        told={line.indicator.code: said(line.told) for line in lines},
        goals=[(goal, sdg_name(goal, read.language), _serving(lines, goal)) for goal in goals],
        objectives=[
            (one, gcm_name(one, read.language), [(line, "") for line in lines if one in line.indicator.gcm])
            for one in objectives
        ],
        kept=[],
    )
    return render(request, "evidence/aims.html", context)


def _serving(lines: list[Line], goal: int) -> list[tuple[Line, str]]:
    """The lines of a goal, each with its targets in it."""
    found = []
    for line in lines:
        own = [target for target in line.indicator.sdg if goal_of(target) == goal]
        if own:
            found.append((line, ", ".join(own)))
    return found


@require_GET
def changes_open(request: HttpRequest) -> HttpResponse:
    """What changed since the end of a month: figures, editions, other sources, milestones."""
    read = reading(request)
    since = read.filters.first if read.filters.first and read.filters.first < read.today else month_before(read.today)
    until = read.filters.as_of if read.filters.as_of and read.filters.as_of > since else None
    whole_time = replace(read.filters, first=None, last=None, as_of=None)
    found = changes(
        read.by, list(indicators().values()), whole_time, since=since, until=until, today=read.today, zone=read.zone
    )
    earlier = month_before(since)
    context = read.context(changes=found, since=since, until=until or read.today, is_now=until is None, earlier=earlier)
    return render(request, "evidence/changes.html", context)
