"""Pages on places."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.core.models import Place, PlaceName
from paivand.registry.actions import places as actions
from paivand.registry.forms.places import VillageForm
from paivand.registry.queries import maps
from paivand.registry.queries import places as queries

LANGUAGES = ("tg", "ru", "en", "fa")


@require_GET
def place_list(request: HttpRequest) -> HttpResponse:
    """Find a place by any of its names, and the map of all districts."""
    by = asking(request)
    text = request.GET.get("q", "").strip()
    regions = list(queries.regions(by))
    region = request.GET.get("region") or queries.own_region(by)
    shown = region if region in {place.pk for place in regions} else ""
    districts = queries.districts(by, shown)
    registering = queries.registering_districts(by)
    counts = queries.family_counts(by, [place for place in districts if place.pk in registering])
    former = queries.former_names(by, districts)
    for place in districts:
        place.count = counts.get(place.pk)  # type: ignore[attr-defined]
        place.former = former.get(place.pk, "")  # type: ignore[attr-defined]
    context = {
        "text": text,
        "found": queries.places_found(by, text) if text else [],
        "regions": regions,
        "region": shown,
        "districts": districts,
        "map": maps.district_map(by, districts, counts, tiles=request.GET.get("map") == "tiles"),
        "tiles": request.GET.get("map") == "tiles",
        "counts": queries.sees_counts(by),
    }
    return render(request, "registry/place_list.html", context)


@require_GET
def place_open(request: HttpRequest, place_code: str) -> HttpResponse:
    """One place: its names, codes, people, parts, and the families that one may see."""
    by = asking(request)
    place = _place(by, place_code)
    parts = queries.parts(by, place)
    counts = queries.family_counts(by, [one for one in (place, *parts) if one.level in {"district", "jamoat"}])
    for part in parts:
        part.count = counts.get(part.pk)  # type: ignore[attr-defined]
    names = queries.names(by, place)
    context = {
        "place": place,
        "above": _above(place),
        "own_names": [(language, getattr(place, f"name_{language}")) for language in LANGUAGES],
        "other_names": _spellings(place, names),
        "former_names": _former(names),
        "codes": queries.codes(by, place),
        "parts": parts,
        "count": counts.get(place.pk),
        "counts": queries.sees_counts(by) and place.level in {"district", "jamoat"},
        "part_counts": queries.sees_counts(by) and place.level in {"region", "district"},
        "edits": queries.edits_places(by),
    }
    return render(request, "registry/place.html", context)


@require_GET
def village_list(request: HttpRequest, place_code: str) -> JsonResponse:
    """The known villages of a jamoat, for the suggestions of a form."""
    by = asking(request)
    jamoat = _place(by, place_code, Place.Level.JAMOAT)
    return JsonResponse({"villages": [village.name for village in queries.villages(by, jamoat.pk)]})


@require_http_methods(["GET", "POST"])
def village_add(request: HttpRequest, place_code: str) -> HttpResponse:
    """Add a village to a jamoat."""
    by = asking(request)
    demand(by, Verb.PLACE_EDIT)
    jamoat = _place(by, place_code, Place.Level.JAMOAT)
    form = VillageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.add_village(jamoat=jamoat, draft=form.draft(), by=by)
            messages.success(request, _("The village is added."))
            return redirect("registry:place-open", place_code=jamoat.pk)
    context = {"form": form, "jamoat": jamoat}
    return render(request, "registry/village_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def village_edit(request: HttpRequest, village_code: str) -> HttpResponse:
    """Change a village."""
    by = asking(request)
    demand(by, Verb.PLACE_EDIT)
    village = _place(by, village_code, Place.Level.VILLAGE)
    form = VillageForm(request.POST or None, village=village)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_village(village=village, draft=form.draft(), renamed=form.cleaned_data["renamed"], by=by)
            messages.success(request, _("Saved."))
            return redirect("registry:place-open", place_code=village.pk)
    context = {"form": form, "jamoat": village.parent, "village": village}
    return render(request, "registry/village_form.html", context, status=422 if form.errors else 200)


def _place(by: User, code: str, level: Place.Level | None = None) -> Place:
    place = queries.place_by_code(by, code)
    if place is None or (level is not None and place.level != level):
        raise Http404
    return place


def _above(place: Place) -> list[Place]:
    found: list[Place] = []
    parent = place.parent
    while parent:
        found.insert(0, parent)
        parent = parent.parent
    return found


def _former(names: list[PlaceName]) -> list[tuple[int | None, list[PlaceName]]]:
    """Former names by the year in which they ended, the latest first, those without a year at the end."""
    found: dict[int | None, list[PlaceName]] = {}
    for name in sorted(names, key=lambda name: LANGUAGES.index(name.language) if name.language else 0):
        if name.is_former:
            found.setdefault(name.until_year, []).append(name)
    return sorted(found.items(), key=lambda item: -(item[0] or 0))


def _spellings(place: Place, names: list[PlaceName]) -> list[str]:
    """Present names that are not shown by language already."""
    shown = {place.name_tg, place.name_ru, place.name_en, place.name_fa}
    return list(dict.fromkeys(name.name for name in names if not name.is_former and name.name not in shown))
