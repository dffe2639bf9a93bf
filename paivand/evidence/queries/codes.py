"""Under which code of a family's file each step stands."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from paivand.access.models import User
from paivand.registry.models import FamilyMember, JourneyStep


def with_codes(by: User, steps: Sequence[JourneyStep]) -> list[tuple[JourneyStep, str]]:
    """Each step with the code of the file to which its person belongs now; empty outside any file one may see."""
    people = {step.person_id for step in steps if step.person_id}
    rows = FamilyMember.objects.seen_by(by).filter(person_id__in=people).select_related("family")
    found: dict[uuid.UUID | None, str] = {}
    # The present file first, and of former ones the last.
    for row in sorted(rows, key=lambda row: (row.until_on is None, row.from_on or date.min), reverse=True):
        found.setdefault(row.person_id, str(row.family.code))
    return [(step, found.get(step.person_id, "")) for step in steps]
