"""Finding cases and reading who is in them, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from paivand.access.models import User
from paivand.cases.models import Case, CasePerson
from paivand.cases.rules.cases import CaseRole, CaseState
from paivand.cases.rules.kinds import ADULT
from paivand.core.rules.codes import number_in_code
from paivand.registry.models import Family, Person
from paivand.registry.queries.consents import withdrawn_people
from paivand.registry.queries.particulars import particulars
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.families import FamilyState


def case_by_code(by: User, code: str) -> Case | None:
    """The case with this code, if ``by`` may see it."""
    number = number_in_code("C", code)
    if not number:
        return None
    found = Case.objects.seen_by(by).select_related("owner", "opened_by", "agency", "team", "district")
    case: Case | None = found.filter(number=number).first()
    return case


def case_by_key(by: User, key: uuid.UUID) -> Case | None:
    """The case with this key, if ``by`` may see it."""
    found: Case | None = Case.objects.seen_by(by).filter(pk=key).first()
    return found


def family_of_case(by: User, case: Case) -> Family | None:
    """The family of a case, if ``by`` may see it; who had the case before may not any more."""
    found: Family | None = (
        Family.objects.seen_by(by).filter(pk=case.family_id).select_related("jamoat__parent", "merged_into").first()
    )
    return (found.merged_into or found) if found else None


def case_people(by: User, case: Case) -> list[CasePerson]:
    """Who belongs to a case now, the main person first, then in the order of joining; see ``people_of_cases``."""
    return people_of_cases(by, [case])[case.pk]


def case_people_of(by: User, case: Case, family: Family | None) -> list[CasePerson]:
    """The same, where the family of the case was found already by ``family_of_case``."""
    is_withdrawn = family is not None and family.pk == case.family_id and family.is_withdrawn
    return _people_of(by, [case], {case.pk} if is_withdrawn else set())[case.pk]


def people_in_case(case: Case) -> set[uuid.UUID]:
    """The keys of the people who belong to a case now, for those who work in it."""
    return set(CasePerson.objects.filter(case=case, until_on=None).values_list("person_id", flat=True))


def people_of_cases(by: User, cases: Iterable[Case]) -> dict[uuid.UUID, list[CasePerson]]:
    """Who belongs to each case now.

    ``shown`` is the record that stays for the person, or None where ``by`` may not see her, and where she, or the head
    for the family, withdrew the consent to registration: they were told that nobody finds them by name any more.
    ``records`` are the keys of all records of hers.
    """
    asked = list(cases)
    return _people_of(by, asked, _withdrawn_cases(by, asked))


def _people_of(by: User, asked: Sequence[Case], nameless: set[uuid.UUID]) -> dict[uuid.UUID, list[CasePerson]]:
    rows = list(CasePerson.objects.seen_by(by).filter(case__in=asked, until_on=None))
    stays = same_person(by, {row.person_id for row in rows})
    people = {person.pk: person for person in Person.objects.seen_by(by).filter(pk__in=set(stays.values()))}
    gone = withdrawn_people(by, ConsentPurpose.REGISTRATION, people, known=stays) if people else set()
    found: defaultdict[uuid.UUID, list[CasePerson]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.role != CaseRole.MAIN, row.pk)):
        kept = stays[row.person_id]
        hidden = row.case_id in nameless or kept in gone
        row.shown = None if hidden else people.get(kept)  # type: ignore[attr-defined]
        row.records = [pk for pk, other in stays.items() if other == kept]  # type: ignore[attr-defined]
        found[row.case_id].append(row)
    return found


def _withdrawn_cases(by: User, cases: Sequence[Case]) -> set[uuid.UUID]:
    """The cases of families whose head withdrew the consent to registration."""
    families = Family.objects.seen_by(by).filter(
        pk__in={case.family_id for case in cases}, state=FamilyState.WITHDRAWN
    )  # fmt: skip
    closed = set(families.values_list("pk", flat=True))
    return {case.pk for case in cases if case.family_id in closed}


def cases_of_family(by: User, family: Family) -> list[Case]:
    """The cases of a family and of the files that were joined with it, the open ones first, the newest first."""
    found = Case.objects.seen_by(by).filter(family_id__in=same_family(by, family)).select_related("owner")
    return sorted(found, key=lambda case: (not case.is_open, -case.number))


def open_cases_of(by: User, people: Iterable[uuid.UUID]) -> list[Case]:
    """The open cases to which one of these people belongs now; every record of hers counts."""
    records = same_person(by, people)
    found = Case.objects.seen_by(by).exclude(state=CaseState.CLOSED)
    found = found.filter(casepersons__person_id__in=list(records), casepersons__until_on=None)
    return list(found.distinct().order_by("number"))


def open_cases_with(records: Iterable[uuid.UUID]) -> list[Case]:
    """The open cases of one person, by the keys of all her records: as the database shows them to whoever asks."""
    found = Case.objects.exclude(state=CaseState.CLOSED)
    found = found.filter(casepersons__person_id__in=list(records), casepersons__until_on=None)
    return list(found.distinct().order_by("number"))


def similar_cases(by: User, main: Person, kind: str) -> list[Case]:
    """The open cases of this kind in which this person is the main person already."""
    records = same_person(by, [main.pk])
    found = Case.objects.seen_by(by).exclude(state=CaseState.CLOSED).filter(
        kind=kind, casepersons__person_id__in=list(records), casepersons__role=CaseRole.MAIN,
        casepersons__until_on=None,
    )  # fmt: skip
    return list(found.distinct().order_by("number"))


def has_child(by: User, case: Case) -> bool:
    """Whether somebody under 18 belongs to a case, or stands in it as a child."""
    return child_among(case_people(by, case))


def child_among(people: Iterable[CasePerson]) -> bool:
    """Whether one of these people is under 18, or stands in the case as a child."""
    return any(
        row.role == CaseRole.CHILD or (row.shown and row.shown.age and row.shown.age.years < ADULT)  # type: ignore[attr-defined]
        for row in people
    )


def languages_of(by: User, people: Sequence[CasePerson]) -> list[str]:
    """The languages in which the main person of a case is spoken to, as they are written down."""
    for row in people[:1]:
        keys: list[uuid.UUID] = row.records  # type: ignore[attr-defined]
        records: dict[uuid.UUID, uuid.UUID] = dict.fromkeys(keys, keys[0])
        known = particulars(by, records)
        return list(known.languages) if known else []
    return []
