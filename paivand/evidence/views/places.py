"""Results by place: the country, a region, a district, a jamoat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from paivand.core.models import Place
from paivand.core.rules.pictures import Drawing, Part
from paivand.core.rules.pictures_areas import Area, tones
from paivand.core.templatetags.drawings import bars_drawn, legend, map_drawn
from paivand.evidence.queries.charts import part
from paivand.evidence.queries.naming import said
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.indicators import Dimension, Indicator
from paivand.evidence.rules.reading import indicators
from paivand.evidence.rules.telling import Shown, Told, tables_of
from paivand.evidence.templatetags.results import unit_name
from paivand.evidence.views.files import picture_file
from paivand.evidence.views.reading import Reading, reading
from paivand.registry.queries.maps import DistrictMap, district_map
from paivand.registry.queries.places import districts as districts_of
from paivand.registry.queries.places import parts as parts_of
from paivand.registry.queries.places import place_by_code, regions

FIRST = "protection_services"
"""The indicator that the map shows until another is chosen; where it is not declared, the first by district."""


@dataclass(frozen=True)
class Level:
    """The place that the page is about, and what lies in it; without a place, the whole country."""

    place: Place | None
    within: Sequence[Place]

    @property
    def name(self) -> str:
        """country, region, district or jamoat."""
        return str(self.place.level) if self.place else "country"

    @property
    def above(self) -> list[Place]:
        """The places in which it lies, the widest first."""
        found: list[Place] = []
        parent = self.place.parent if self.place else None
        while parent:
            found.insert(0, parent)
            parent = parent.parent
        return found


@require_GET
def places_open(request: HttpRequest) -> HttpResponse:
    """All indicators of one place, and one of them in its parts: districts on a map, jamoats as bars."""
    read = reading(request)
    level = _level(read)
    chosen = _chosen(read)
    offered = _offered(level)
    asked = offered if chosen is None or chosen in offered else [*offered, chosen]
    answers = shown(read.by, asked, read.ask())
    drawing, begins = _drawn(read, level, chosen, answers)
    rows = [(one, _told_at(answers[one.code], level)) for one in offered]
    context = read.context(
        level=level,
        regions=list(regions(read.by)),
        chosen=chosen,
        choices=[one for one in indicators().values() if (Dimension.DISTRICT,) in tables_of(one)],
        sexed=chosen is not None and (Dimension.SEX, Dimension.DISTRICT) in tables_of(chosen),
        drawing=drawing,
        legend=list(zip(tones(begins), legend(begins, _highest(drawing)), strict=True)) if begins else [],
        rows=[(one, *told) for one, told in rows],
        kept=[("place", read.filters.place), ("indicator", read.filters.indicator), ("sex", read.filters.sex)],
    )
    return render(request, "evidence/places.html", context)


@require_GET
def places_picture(request: HttpRequest, place_picture: str, kind: str) -> HttpResponse:
    """The map or the bars of the page as a file."""
    read = reading(request)
    chosen = _chosen(read)
    answers = shown(read.by, [chosen], read.ask()) if chosen else {}
    drawing, _begins = _drawn(read, _level(read), chosen, answers)
    found = drawing if drawing and drawing.name == place_picture else None
    return picture_file(read.by, found, kind, f"places-{read.filters.place or 'TJ'}")


def _level(read: Reading) -> Level:
    code = read.filters.place
    if not code:
        return Level(None, districts_of(read.by))
    place = place_by_code(read.by, code)
    if place is None or place.level == Place.Level.VILLAGE:
        raise Http404
    if place.level == Place.Level.REGION:
        return Level(place, districts_of(read.by, place.pk))
    return Level(place, list(parts_of(read.by, place)) if place.level == Place.Level.DISTRICT else [])


def _chosen(read: Reading) -> Indicator | None:
    known = indicators()
    by_district = [one for one in known.values() if (Dimension.DISTRICT,) in tables_of(one)]
    wanted = known.get(read.filters.indicator) or known.get(FIRST)
    return wanted if wanted in by_district else next(iter(by_district), None)


def _offered(level: Level) -> list[Indicator]:
    """The indicators that are shown at this level; none that counts survivors below the district."""
    dimension = Dimension.JAMOAT if level.name == "jamoat" else Dimension.DISTRICT
    return [one for one in indicators().values() if (dimension,) in tables_of(one)]


def _told_at(answer: Shown, level: Level) -> tuple[str, int]:
    """The figure of the place in words, and how many of its districts are left out of a region's sum."""
    if level.place is None:
        return said(answer.whole), 0
    if level.name == "jamoat":
        return said(answer.at(jamoat=level.place.pk)), 0
    if level.name == "district":
        return said(answer.at(district=level.place.pk)), 0
    told = [answer.at(district=one.pk) for one in level.within]
    values = [one.value for one in told if isinstance(one.value, int)]
    left = sum(1 for one in told if one.value is None)
    return said(Told(sum(values))), left


def _drawn(
    read: Reading, level: Level, chosen: Indicator | None, answers: Mapping[str, Shown]
) -> tuple[Drawing | None, tuple[float, ...]]:
    """The map of districts, or the bars of a district's jamoats; nothing at the level of a jamoat."""
    if chosen is None or level.name == "jamoat":
        return None, ()
    if level.name == "district":
        return _jamoats(read, level, chosen, answers[chosen.code]), ()
    told = _by_district(read, chosen, answers[chosen.code])
    parts = {
        one.pk: part(told[one.pk], one.name, code=one.pk, href=_address(read, place=one.pk))
        for one in level.within
        if one.pk in told
    }
    drawn = district_map(read.by, level.within, {}, tiles=read.filters.tiles)
    title = _("%(indicator)s, by district") % {"indicator": chosen.name(read.language)}
    drawing, begins = map_drawn(_areas(drawn), parts, _box(drawn), title, unit_name(chosen))
    notes = [*(_("Outlines: %(source)s") % {"source": source} for source in drawn.sources)]
    if not drawn.sources:
        notes.append(
            _("Each hexagon is one district, drawn by its neighbours; size and shape say nothing about the land.")
        )
    return replace(drawing, notes=tuple(notes)), begins


def _by_district(read: Reading, chosen: Indicator, answer: Shown) -> dict[str, Told]:
    if read.filters.sex and (Dimension.SEX, Dimension.DISTRICT) in tables_of(chosen):
        told = answer.along(Dimension.SEX, Dimension.DISTRICT)
        return {district: one for (sex, district), one in told.items() if sex == read.filters.sex}
    return {key[0]: one for key, one in answer.along(Dimension.DISTRICT).items()}


def _jamoats(read: Reading, level: Level, chosen: Indicator, answer: Shown) -> Drawing | None:
    if (Dimension.JAMOAT,) not in tables_of(chosen):
        return None
    told = {key[0]: one for key, one in answer.along(Dimension.JAMOAT).items()}
    parts: list[Part] = [
        part(told[one.pk], one.name, code=one.pk, href=_address(read, place=one.pk))
        for one in level.within
        if one.pk in told
    ]
    parts.sort(key=lambda one: -(one.value or 0))
    title = _("%(indicator)s, by jamoat") % {"indicator": chosen.name(read.language)}
    return bars_drawn("jamoats", title, _("Jamoat"), unit_name(chosen), parts) if parts else None


def _areas(drawn: DistrictMap) -> list[Area]:
    sizes = {"wide": "size-far", "near": "size-l"}
    return [
        Area(
            shape.place.pk, shape.path, shape.x, shape.y, shape.label,
            sizes.get(drawn.letters, f"size-{shape.size}"), drawn.dot if shape.is_dot else 0,
        )
        for shape in drawn.shapes
    ]  # fmt: skip


def _box(drawn: DistrictMap) -> tuple[float, float, float, float]:
    left, top, width, height = (float(number) for number in drawn.view_box.split())
    return left, top, width, height


def _highest(drawing: Drawing | None) -> float:
    values = (
        [float(cell.raw) for row in drawing.table.rows for cell in row[1:2] if isinstance(cell.raw, int)]
        if drawing
        else []
    )
    return max(values, default=0)


def _address(read: Reading, **changes: str) -> str:
    """This page with other words in its address."""
    own = read.filters
    asked = {
        "place": own.place, "indicator": own.indicator, "sex": own.sex, "map": "tiles" if own.tiles else "",
        **own.address(), **changes,
    }  # fmt: skip
    return f"{reverse('evidence:places-open')}?{urlencode({name: value for name, value in asked.items() if value})}"
