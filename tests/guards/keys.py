"""Foreign keys and the list of rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models


def upward_keys(tables: Iterable[type[models.Model]], layers: Sequence[set[str]]) -> list[str]:
    """Keys of Paivand's tables that point up the list of rooms, or to a sibling.

    Args:
        tables: the models to judge; those of libraries are passed over.
        layers: the rooms from top to bottom.
    """
    height = {room: depth for depth, layer in enumerate(layers) for room in layer}
    found = []
    for model in tables:
        source = model._meta.app_label
        for field in model._meta.local_fields:
            target = field.related_model
            if source not in height or not isinstance(target, type):
                continue
            room = target._meta.app_label
            if room != source and room in height and height[room] <= height[source]:
                found.append(
                    f"{model._meta.label}.{field.name} points up to {target._meta.label}. "
                    "Keys point down the list of rooms: turn it round."
                )
    return found
