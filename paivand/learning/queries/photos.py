"""Questions to the photographs of observations and sessions; who may not see learners is shown none."""

from __future__ import annotations

import uuid

from paivand.access.models import User
from paivand.learning.models import FieldPhoto, Group, Session


def photo(by: User, group: Group, photo_id: uuid.UUID) -> FieldPhoto | None:
    """One photograph that was not taken away."""
    rows = FieldPhoto.objects.seen_by(by).select_related("observation", "session")
    row: FieldPhoto | None = rows.filter(group=group, pk=photo_id, removed_at=None).first()
    return row


def photos_of_session(by: User, session: Session) -> list[FieldPhoto]:
    """The photographs of a session, in their order."""
    return list(FieldPhoto.objects.seen_by(by).filter(session=session, removed_at=None).order_by("id"))
