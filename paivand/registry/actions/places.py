"""Villages: the only places that are entered by hand."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place, PlaceName
from paivand.core.rules.errors import Refused
from paivand.methods.names import sort_key
from paivand.methods.places import EAST, NORTH, SOUTH, WEST, place_key
from paivand.registry.rules.places import BY_HAND, VillageDraft, village_code


@action(Verb.PLACE_EDIT)
def add_village(*, jamoat: Place, draft: VillageDraft, by: User) -> str:
    """Add a village to a jamoat.

    Returns:
        The code of the village.

    Raises:
        Refused: ``taken`` when the jamoat has a village of this name, ``coordinates`` when they cannot be.
    """
    if jamoat.level != Place.Level.JAMOAT:
        raise Refused(_("A village lies in a jamoat. Choose one."), "place")
    _demand_plausible(draft)
    with connection.cursor() as cursor:  # one village of a jamoat at a time, so that no number is given twice
        cursor.execute("select pg_advisory_xact_lock(7284, hashtext(%s))", [jamoat.pk])
    _demand_free(jamoat.pk, draft)
    given = Place.objects.villages().filter(parent=jamoat).values_list("pk", flat=True)
    number = 1 + max((int(code.rpartition("-")[2]) for code in given), default=0)
    village = Place(code=village_code(jamoat.pk, number), level=Place.Level.VILLAGE, parent=jamoat, source=BY_HAND)
    _fill(village, draft)
    village.save(force_insert=True)
    PlaceName.objects.bulk_create(_name(village, name, language) for language, name in draft.names.items())
    remark(place=village.pk)
    return village.pk


@action(Verb.PLACE_EDIT)
def edit_village(*, village: Place, draft: VillageDraft, renamed: bool = False, by: User) -> None:
    """Correct a village, or write down that it was renamed: then it is still found by the old names.

    Raises:
        Refused: as ``add_village``.
    """
    if village.level != Place.Level.VILLAGE:
        raise Refused(_("Only villages are changed here. Districts and jamoats come with the program."), "place")
    _demand_plausible(draft)
    _demand_free(str(village.parent_id), draft, apart_from=village.pk)
    rows = list(PlaceName.objects.filter(place=village))
    before = {row.language: row for row in rows if not row.is_former}
    former = {(row.language, row.name) for row in rows if row.is_former}
    _fill(village, draft)
    village.save(force_update=True)
    for language in before.keys() | draft.names.keys():
        # A name that was taken away is not deleted: under its language the Tajik name is found.
        name, row = draft.names.get(language, draft.name_tg), before.get(language)
        if row and row.name == name:
            continue
        keeps = renamed and row is not None and (language, row.name) not in former
        if row and not keeps:
            row.name, row.key = name, place_key(name)
            row.save(force_update=True)
            continue
        if row:
            row.is_former = True
            row.save(force_update=True)
        _name(village, name, language).save(force_insert=True)
    remark(place=village.pk, renamed=renamed)


def _fill(village: Place, draft: VillageDraft) -> None:
    village.name_tg, village.name_ru = draft.name_tg, draft.name_ru
    village.name_en, village.name_fa = draft.name_en, draft.name_fa
    village.latitude, village.longitude = draft.latitude, draft.longitude
    village.coordinates_source = BY_HAND if draft.latitude is not None else ""
    village.sort_key = sort_key(draft.name_tg)


def _name(village: Place, name: str, language: str) -> PlaceName:
    return PlaceName(place=village, name=name, language=language, key=place_key(name))


def _demand_plausible(draft: VillageDraft) -> None:
    if not place_key(draft.name_tg):
        raise Refused(_("Write the name of the village with letters."), "name", field="name_tg")
    if (draft.latitude is None) != (draft.longitude is None):
        missing = "latitude" if draft.latitude is None else "longitude"
        raise Refused(_("Coordinates are two numbers. Write both, or none."), "coordinates", field=missing)
    if draft.latitude is None or draft.longitude is None:
        return
    if not (SOUTH <= draft.latitude <= NORTH and WEST <= draft.longitude <= EAST):
        raise Refused(
            _("This point lies outside Tajikistan: latitude is between 36 and 42, longitude between 67 and 76."),
            "coordinates", field="latitude",
        )  # fmt: skip


def _demand_free(jamoat: str, draft: VillageDraft, apart_from: str = "") -> None:
    """Raise a Refused when another village of the jamoat bears one of these names."""
    keys = {place_key(name) for name in draft.names.values()}
    taken = PlaceName.objects.filter(place__parent=jamoat, place__level=Place.Level.VILLAGE, key__in=keys)
    if taken.filter(is_former=False).exclude(place=apart_from).exists():
        raise Refused(_("The jamoat has a village of this name already."), "taken", field="name_tg")
