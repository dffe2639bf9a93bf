"""Makes drafts of families from what was understood of their rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from paivand.core.rules.dates import Birth, Precision
from paivand.registry.rules import ConsentMethod, GivenBy, Relation, Sex
from paivand.registry.rules.drafts import AwayDraft, ConsentDraft, FamilyDraft, MemberDraft, PersonDraft, PhoneDraft
from paivand.registry.rules.families import Origin


@dataclass(frozen=True, slots=True)
class Declared:
    """How consent was taken for the families of a list."""

    method: ConsentMethod
    language: str
    given_on: date


def family_draft(
    key: uuid.UUID, rows: Sequence[Mapping[str, Any]], declared: Declared, today: date
) -> tuple[FamilyDraft, dict[int, str]]:
    """The draft of a family, and the numbers of papers by the position of the person in it: 0 is the head.

    ``rows`` is what was understood of the family's rows.
    """
    head = next(row for row in rows if row["relation"] == Relation.HEAD)
    members: list[MemberDraft] = []
    papers: dict[int, str] = {}
    if paper := head["person"].get("document"):
        papers[0] = paper
    if "migrant" in head:
        members.append(_member(head["migrant"], head["migrant_relation"]))
    for row in rows:
        if row is head:
            continue
        members.append(_member(row["person"], row["relation"]))
        if paper := row["person"].get("document"):
            papers[len(members)] = paper
        if "migrant" in row:
            members.append(_member(row["migrant"], row["migrant_relation"]))
    guardian = head.get("guardian", "")
    consent = ConsentDraft(
        given_by=GivenBy.GUARDIAN if guardian else GivenBy.SELF, method=declared.method, language=declared.language,
        given_on=date.fromisoformat(head["consent_on"]) if head.get("consent_on") else declared.given_on,
        guardian_name=guardian,
    )  # fmt: skip
    draft = FamilyDraft(
        family_id=key, jamoat=head["jamoat"], village=head.get("village", ""), registered_on=today,
        head=_person(head["person"]), consent=consent, members=tuple(members), origin=Origin.IMPORT,
    )  # fmt: skip
    return draft, papers


def _person(told: Mapping[str, Any]) -> PersonDraft:
    birth = None
    if told.get("birth_on"):
        birth = Birth(date.fromisoformat(told["birth_on"]), Precision(told["birth_precision"]))
    return PersonDraft(
        given_name=told["given_name"], sex=Sex(told["sex"]), family_name=told.get("family_name", ""),
        father_name=told.get("father_name", ""), birth=birth,
        phone=PhoneDraft(told["phone"]) if told.get("phone") else None,
    )  # fmt: skip


def _member(told: Mapping[str, Any], relation: str) -> MemberDraft:
    away = None
    if told.get("country") and told.get("departed_on"):
        away = AwayDraft(
            country=told["country"], departed_on=date.fromisoformat(told["departed_on"]),
            departed_precision=Precision(told["departed_precision"]),
        )  # fmt: skip
    return MemberDraft(_person(told), Relation(relation), away)
