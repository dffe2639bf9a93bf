"""The views that somebody keeps of the family list."""

from __future__ import annotations

import uuid

from paivand.access.models import User
from paivand.methods.names import sort_key
from paivand.registry.models import SavedView


def saved_views(by: User) -> list[SavedView]:
    """One's own views in Tajik order."""
    found = SavedView.objects.filter(SavedView.policy.visible(by))
    return sorted(found, key=lambda view: (sort_key(view.name), view.pk))


def saved_view(by: User, view_id: uuid.UUID) -> SavedView | None:
    """One of one's own views."""
    return SavedView.objects.filter(SavedView.policy.visible(by), pk=view_id).first()
