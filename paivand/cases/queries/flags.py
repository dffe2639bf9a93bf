"""Whose answers ask for a specialist before psychosocial sessions begin."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from paivand.access.models import User
from paivand.cases.models.referred import referred_first
from paivand.registry.queries.people import same_person


def who_is_referred_first(by: User, people: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of ``people`` with an open red flag, of themselves or of their family, that asks for a specialist first."""
    records = same_person(by, people)
    flagged = {records[pk] for pk in referred_first(records)}
    return [pk for pk in people if records[pk] in flagged]
