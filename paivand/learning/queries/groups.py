"""Finding the group that an address names."""

from __future__ import annotations

from paivand.access.models import User
from paivand.core.rules.codes import number_in_code
from paivand.learning.models import Group


def group_by_code(by: User, code: str) -> Group | None:
    """The group with this code, if ``by`` may see groups at all."""
    number = number_in_code("G", code)
    if not number:
        return None
    found = Group.objects.seen_by(by).select_related("place", "district", "agency", "owner", "second")
    row: Group | None = found.filter(number=number).first()
    return row
