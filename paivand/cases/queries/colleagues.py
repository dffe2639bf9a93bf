"""The workers whom a form may name: those who work with cases in a district, and whoever asks."""

from __future__ import annotations

from django.db.models import Q

from paivand.access.models import User
from paivand.cases.models import holdings


def colleagues(by: User, district_id: str) -> list[User]:
    """Everybody who works with cases in this district, whoever asks first."""
    found = User.objects.filter(User.policy.visible(by), is_active=True)
    named = found.filter(Q(pk__in=holdings([district_id])) | Q(pk=by.pk)).order_by("sort_key")
    return sorted(named, key=lambda user: user.pk != by.pk)
