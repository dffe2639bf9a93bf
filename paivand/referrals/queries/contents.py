"""What a lens finds of a person in the registry, as the asking user may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from paivand.access.models import User
from paivand.referrals.models import Preparation, Referral
from paivand.referrals.rules.directory import LANGUAGES
from paivand.referrals.rules.lenses import age_group, digest, lens
from paivand.registry.models import Consent, Family, FamilyMember, Person
from paivand.registry.queries.families import members
from paivand.registry.queries.particulars import countries_abroad, documents, particulars, phones
from paivand.registry.queries.people import same_person
from paivand.registry.rules import ADULT
from paivand.registry.rules.people import MayCall

TOLD_BY_PHONE = frozenset({MayCall.YES, MayCall.MESSAGE_ONLY, MayCall.THROUGH_OTHER})
"""A number leaves only when its owner agreed to be called, and with everything that was agreed about it."""


def values_of(
    by: User, referral: Referral, prepared: Preparation, consent: Consent | None, day: date | None = None
) -> dict[str, Any]:
    """The value of every field of the chosen lens that has one today: what leaves is a part of it.

    Only fields that the lens names are read.
    """
    assert referral.person  # noqa: S101  # an ordinary referral names the person and her family
    assert referral.family  # noqa: S101
    on = day or timezone.localdate()
    wanted = set(lens(prepared.lens).places)
    found = {
        "reference": referral.reference,
        "needs": prepared.needs,
        "priority": referral.priority,
        "sender": ", ".join(part for part in (by.full_name, by.agency.name if by.agency else "") if part),
        "consent": [consent.given_on.isoformat(), consent.given_by] if consent else None,
        **_of_person(by, referral.person, wanted, on),
        **_of_family(by, referral.family, referral.person, wanted, on),
        **prepared.told,
    }
    return {code: value for code, value in found.items() if code in wanted and value not in (None, "", [])}


def _of_person(by: User, person: Person, wanted: set[str], on: date) -> dict[str, Any]:
    records = {pk: kept for pk, kept in same_person(by, [person.pk]).items() if kept == person.pk}
    age = person.age_on(on)
    found: dict[str, Any] = {
        "name": person.full_name,
        "sex": person.sex,
        "age_group": age_group(age.years) if age else None,
        "birth": [person.birth_on.isoformat(), person.birth_precision] if person.birth_on else None,
    }
    if wanted & {"languages", "marital", "marriage", "education", "school", "out_of_school"}:
        row = particulars(by, records)
        if row:
            found |= {
                "languages": list(row.languages), "marital": row.marital, "marriage": row.marriage,
                "education": row.education, "school": row.school, "out_of_school": row.out_of_school_reason,
            }  # fmt: skip
    if "papers" in wanted:
        found["papers"] = [[row.kind, row.status] for row in documents(by, records)]
    return found


def _of_family(by: User, family: Family, person: Person, wanted: set[str], on: date) -> dict[str, Any]:
    # By all its names, so that the receiver reads it in the own language whatever becomes of the place.
    jamoat = {language: getattr(family.jamoat, f"name_{language}") for language in LANGUAGES}
    found: dict[str, Any] = {"jamoat": jamoat, "village": family.village, "household": family.n_members}
    if not wanted & {"phones", "guardian", "children", "abroad"}:
        return found
    present = members(by, family)
    people = {member: _shown(member) for member in present}
    age = person.age_on(on)
    is_child = age is not None and age.years < ADULT
    heads = [shown for member, shown in people.items() if member.relation == "head" and shown]
    if is_child and heads and heads[0].pk != person.pk:
        found["guardian"] = heads[0].full_name
    ages = [shown.age_on(on) for shown in people.values() if shown]
    found["children"] = sum(1 for one in ages if one and one.years < ADULT)
    records = {pk: shown.pk for member, shown in people.items() if shown for pk in member.records}  # type: ignore[attr-defined]
    if "phones" in wanted:
        numbers = phones(by, records)
        theirs = _callable(numbers.get(person.pk, []))
        found["phones"] = theirs or (_callable(numbers.get(heads[0].pk, [])) if is_child and heads else [])
    if "abroad" in wanted:
        found["abroad"] = sorted(set(countries_abroad(by, records).values()))
    return found


def _shown(member: FamilyMember) -> Person | None:
    shown: Person | None = member.shown  # type: ignore[attr-defined]
    return shown


def _callable(rows: Any) -> list[list[str]]:
    return [
        [row.number, row.may_call, row.hours, row.who_may_answer, row.say_what]
        for row in rows
        if row.may_call in TOLD_BY_PHONE
    ]


def chosen_values(prepared: Preparation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that leave: needed by the lens, or ticked."""
    return {code: values[code] for code in lens(prepared.lens).chosen(prepared.fields) if code in values}


def values_mark(values: Mapping[str, Any]) -> str:
    """A mark of everything that a worker was shown before sending, so that nothing is sent that she did not see.

    That a consent was written down meanwhile changes nothing for her: it is no part of it.
    """
    shown = {code: value for code, value in values.items() if code not in {"needs", "priority", "consent"}}
    return digest({"values": shown})[:32]
