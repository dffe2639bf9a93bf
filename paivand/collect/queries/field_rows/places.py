"""Where a family can be registered, or a session was held: jamoats and their known villages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.collect.queries.field_rows.source import Asked, Rows, Source
from paivand.core.models import Place
from paivand.registry.queries.families import jamoats

_VERBS = (Verb.FAMILY_REGISTER, Verb.OUTREACH_RECORD)
"""What is written down by jamoat: families, and sessions at which people were informed."""


def _jamoats(by: User, verb: Verb) -> QuerySet[Place]:
    """The jamoats of her districts; of her team's district where her right does not name districts."""
    found = jamoats(by, verb)
    reach = by.reach(verb)
    if not reach or Verb.FORM_FILL not in by.verbs:
        return found.none()
    if not reach.districts and not reach.everywhere and by.team:
        found = found.filter(parent_id=by.team.district_id)
    return found


def _places(asked: Asked) -> Rows:
    within = Q(pk__in=[])
    for verb in _VERBS:
        keys = _jamoats(asked.by, verb).order_by().values("pk")
        within |= Q(level=Place.Level.JAMOAT, pk__in=keys) | Q(level=Place.Level.VILLAGE, parent_id__in=keys)
    return Place.objects.filter(within).order_by("level", "sort_key", "pk")


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
