"""Which families a form is about: chosen from a list, registered by it, or named by what took it in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from paivand.access.models import User
from paivand.collect.models import Submission, SubmissionFamily
from paivand.collect.rules.answered import chosen
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Taken
from paivand.registry.models import Family, FamilyMember


def families_of(sent: Submission, filled: Filled, taken: Taken, by: User) -> frozenset[uuid.UUID]:
    """The families whose data a form holds."""
    lists = chosen(filled, sent.form_version.questions)
    named = {made.id for made in taken.what if made.kind == "family"} | set(taken.families)
    named |= _keys(lists.get("families", ()))
    people = _keys(lists.get("people", ()))
    found: set[uuid.UUID] = set()
    if named:
        found |= set(Family.objects.seen_by(by).filter(pk__in=named).values_list("pk", flat=True))
    if people:
        members = FamilyMember.objects.seen_by(by).filter(person_id__in=people)
        found |= set(members.values_list("family_id", flat=True))
    return frozenset(found)


def _keys(values: Iterable[str]) -> set[uuid.UUID]:
    found = set()
    for value in values:
        try:
            found.add(uuid.UUID(value))
        except ValueError:
            continue
    return found


def remember_families(sent: Submission, families: Iterable[uuid.UUID]) -> None:
    """Write down whose data a form holds; a part of taking it in."""
    SubmissionFamily.objects.bulk_create(
        [
            SubmissionFamily(
                submission=sent, is_survey=sent.is_survey, family_id=family, district_id=sent.district_id,
                agency_id=sent.agency_id, team_id=sent.team_id, owner_id=sent.owner_id,
            )
            for family in families
        ],
        ignore_conflicts=True,
    )  # fmt: skip
