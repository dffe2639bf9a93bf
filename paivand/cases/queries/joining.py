"""Who may be taken into a group: people of a case, or members of families, found by code or name."""

from __future__ import annotations

from dataclasses import dataclass

from paivand.access.models import User
from paivand.cases.models import Case
from paivand.cases.queries.cases import case_by_code, case_people
from paivand.registry.models import Person
from paivand.registry.queries.families import members
from paivand.registry.queries.search import search

MOST_FAMILIES = 5


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who may join, the code of the file in which she was found, and the case within which she would."""

    person: Person
    code: str
    case: Case | None = None


def who_may_join(by: User, text: str) -> list[Found]:
    """The people behind a code of a case or a family, or behind a name; at most those of a few families."""
    case = case_by_code(by, text)
    if case:
        people = [row.shown for row in case_people(by, case)]  # type: ignore[attr-defined]
        return [Found(person, case.code, case) for person in people if person]
    found = []
    for family in search(by, text, limit=MOST_FAMILIES):
        shown = [row.shown for row in members(by, family)]  # type: ignore[attr-defined]
        found += [Found(person, family.code) for person in shown if person]
    return found
