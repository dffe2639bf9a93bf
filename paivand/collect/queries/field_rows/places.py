"""Where a family can be registered: jamoats and their known villages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from paivand.access.rules.verbs import Verb
from paivand.collect.queries.field_rows.source import Asked, Rows, Source
from paivand.core.models import Place
from paivand.registry.queries.families import jamoats


def _places(asked: Asked) -> Rows:
    """The jamoats of her districts; of her team's district where her right does not name districts."""
    by = asked.by
    found = jamoats(by, Verb.FAMILY_REGISTER)
    reach = by.reach(Verb.FAMILY_REGISTER)
    if reach and not reach.districts and not reach.everywhere and by.team:
        found = found.filter(parent_id=by.team.district_id)
    if not reach or Verb.FORM_FILL not in by.verbs:
        found = found.none()
    keys = found.order_by().values("pk")
    rows = Place.objects.filter(
        Q(level=Place.Level.JAMOAT, pk__in=keys) | Q(level=Place.Level.VILLAGE, parent_id__in=keys)
    )
    return rows.order_by("level", "sort_key", "pk")


def _written(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    for pk, level, parent, *names in rows:
        named = Place(name_tg=names[0], name_ru=names[1], name_en=names[2], name_fa=names[3])
        yield pk, named.name, level, parent


PLACES = Source(
    ("name", "label", "kind", "parent"),
    ("pk", "level", "parent_id", "name_tg", "name_ru", "name_en", "name_fa"),
    _places,
    _written,
)
