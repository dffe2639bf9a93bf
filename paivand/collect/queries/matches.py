"""Which families of a list may be registered already: candidates by their keys, all at once, then compared."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from paivand.access.models import User
from paivand.methods.linkage import LIKELY, POSSIBLE, Facts, compare, sought_keys
from paivand.registry.models import Document, Family, FamilyMember, MatchKey, Person, Phone
from paivand.registry.rules.duplicates import model
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.people import document_key

MOST_SHOWN = 3
"""Registered families that are shown beside one of the list."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A family of a list: its key to be, where it lives, and the facts of its people, the head's first."""

    key: uuid.UUID
    people: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class Likely:
    """A registered family that may be the same."""

    family: uuid.UUID
    code: str
    weight: float
    is_head: bool


def facts_of(told: Mapping[str, Any], jamoat: str, village: str) -> Facts:
    """What was understood of a person, as it is compared."""
    born = told.get("birth_on")
    paper = document_key(told.get("document", ""))
    return Facts(
        given=told["given_name"], family=told.get("family_name", ""), father=told.get("father_name", ""),
        sex=told["sex"], born=date.fromisoformat(born) if born else None, precision=told.get("birth_precision", ""),
        phones=frozenset({told["phone"]} if told.get("phone") else ()),
        documents=frozenset({("passport", paper)} if paper else ()), jamoat=jamoat, village=village,
    )  # fmt: skip


def likely_families(by: User, sought: Sequence[Sought]) -> dict[uuid.UUID, list[Likely]]:
    """For each family of the list the registered ones that may be the same, the likeliest first.

    A family counts when its head, or two of its members, are likely people of that registered family. Candidates for
    all people of ``sought`` are found by one question.
    """
    keys: dict[str, list[tuple[int, int]]] = {}
    for n, family in enumerate(sought):
        for m, facts in enumerate(family.people):
            year = facts.born.year if facts.born else None
            for key in sought_keys(facts.given, facts.family, facts.father, year):
                keys.setdefault(key, []).append((n, m))
    found = MatchKey.objects.seen_by(by).filter(key__in=list(keys)).values_list("key", "person_id")
    pairs: dict[uuid.UUID, set[tuple[int, int]]] = {}
    for key, person_id in found:
        pairs.setdefault(person_id, set()).update(keys[key])
    if not pairs:
        return {}
    registered = _registered(by, pairs)
    scores: dict[uuid.UUID, dict[uuid.UUID, list[tuple[float, bool]]]] = {}
    for person_id, places in pairs.items():
        if person_id not in registered:
            continue
        facts, family_id = registered[person_id]
        for n, m in places:
            told = sought[n].people[m]
            result = compare(told, facts, model())
            if result.grade == LIKELY or (result.grade == POSSIBLE and m == 0):
                judged = scores.setdefault(sought[n].key, {}).setdefault(family_id, [])
                judged.append((result.weight, m == 0 and result.grade == LIKELY))
    return _ranked(by, scores)


def _ranked(
    by: User, scores: Mapping[uuid.UUID, Mapping[uuid.UUID, list[tuple[float, bool]]]]
) -> dict[uuid.UUID, list[Likely]]:
    wanted = {family_id for families in scores.values() for family_id in families}
    codes = {family.pk: family.code for family in Family.objects.seen_by(by).filter(pk__in=wanted)}
    ranked = {}
    for key, families in scores.items():
        likely = [
            Likely(family_id, codes[family_id], max(weight for weight, _ in judged), any(head for _, head in judged))
            for family_id, judged in families.items()
            if family_id in codes and (len(judged) > 1 or judged[0][1])
        ]
        if likely:
            ranked[key] = sorted(likely, key=lambda one: -one.weight)[:MOST_SHOWN]
    return ranked


def _registered(by: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Facts, uuid.UUID]]:
    """The facts and the family of people in active files. A merged record stands for the one that stays."""
    people = {row.pk: row for row in Person.objects.seen_by(by).filter(pk__in=list(ids))}
    memberships = (
        FamilyMember.objects.seen_by(by)
        .filter(person_id__in=people, until_on=None, family__state=FamilyState.ACTIVE)
        .values_list("person_id", "family_id", "family__jamoat_id", "family__village")
    )
    phones: dict[uuid.UUID, set[str]] = {}
    for person_id, number in Phone.objects.seen_by(by).filter(person_id__in=people).values_list("person_id", "number"):
        phones.setdefault(person_id, set()).add(number)
    papers: dict[uuid.UUID, set[tuple[str, str]]] = {}
    rows = Document.objects.seen_by(by).filter(person_id__in=people).exclude(number_key="")
    for person_id, kind, number in rows.values_list("person_id", "kind", "number_key"):
        papers.setdefault(person_id, set()).add((kind, number))
    found = {}
    for person_id, family_id, jamoat, village in memberships:
        row = people[person_id]
        facts = Facts(
            given=row.given_name, family=row.family_name, father=row.father_name, also=row.known_as, sex=row.sex,
            born=row.birth_on, precision=row.birth_precision, phones=frozenset(phones.get(person_id, ())),
            documents=frozenset(papers.get(person_id, ())), jamoat=jamoat, village=village,
        )  # fmt: skip
        found[person_id] = (facts, family_id)
    return found
