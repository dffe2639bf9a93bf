"""What the vulnerability profile says of families now, and how many children they have: what a list is made from."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from paivand.access.models import User
from paivand.cases.models import SelectionCandidate
from paivand.instruments.queries.assessments import Vulnerability, vulnerability_of
from paivand.registry.models import Family, FamilyMember, Person
from paivand.registry.rules import ADULT
from paivand.registry.rules.families import FamilyState

AT_ONCE = 1000
"""How many families one question to the database names."""

INSTRUMENT = "vulnerability"


def profiles(by: User, family_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Vulnerability]:
    """The present profile of each of these families that was ever asked."""
    asked: list[uuid.UUID] = list(family_ids)
    found: dict[uuid.UUID, Vulnerability] = {}
    for start in range(0, len(asked), AT_ONCE):
        found |= vulnerability_of(by, asked[start : start + AT_ONCE])
    return found


def families_in(by: User, jamoats: Iterable[str], *, most: int) -> list[Family]:
    """The open files of these jamoats, one more than ``most`` at most."""
    found = Family.objects.seen_by(by).filter(jamoat_id__in=list(jamoats), state=FamilyState.ACTIVE)
    return list(found.order_by("number")[: most + 1])


def n_children(by: User, family_ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """How many present members under 18 each of these families has on ``day``; of joined files together.

    Who has no birth written down is not counted, and somebody with two records once.
    """
    asked: list[uuid.UUID] = list(family_ids)
    found: dict[uuid.UUID, int] = {}
    for start in range(0, len(asked), AT_ONCE):
        part = asked[start : start + AT_ONCE]
        joined = dict(Family.objects.seen_by(by).filter(merged_into_id__in=part).values_list("pk", "merged_into_id"))
        members = FamilyMember.objects.seen_by(by).filter(family_id__in=[*part, *joined], until_on=None)
        rows = list(members.values_list("family_id", "person_id"))
        people = {
            person.pk: person
            for person in Person.objects.seen_by(by)
            .filter(pk__in={person for _family, person in rows}, merged_into=None)
            .exclude(birth_on=None)
            .only("birth_on", "birth_precision")
        }
        children = {
            (joined.get(family, family), person)
            for family, person in rows
            if person in people and (age := people[person].age_on(day)) is not None and age.years < ADULT
        }
        for family, _person in children:
            found[family] = found.get(family, 0) + 1
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """That the profile of a family is another one than the list was made from.

    ``graver`` is how much the severity rose; below zero it fell, None where one of the two is not known.
    """

    answered_on: date
    severity: Decimal | None
    graver: Decimal | None
    became_urgent: bool


def changed_since(by: User, rows: Iterable[SelectionCandidate]) -> Mapping[uuid.UUID, Change]:
    """For each row whose family was assessed anew since the list was made, what changed. ``profile`` is read before."""
    listed = list(rows)
    now = profiles(by, [row.family_id for row in listed])
    found = {}
    for row in listed:
        present, taken = now.get(row.family_id), row.profile
        if present is None:
            continue
        if taken and (taken.assessment_id, taken.severity, taken.urgent) == (
            present.assessment_id, present.severity, list(present.urgent)
        ):  # fmt: skip
            continue
        graver = None if row.severity is None or present.severity is None else present.severity - row.severity
        found[row.pk] = Change(
            present.answered_on, present.severity, graver, became_urgent=bool(present.urgent) and not row.is_urgent
        )
    return found
