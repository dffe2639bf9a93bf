"""Cases for the tests, made through the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from paivand.access.models.identity import acting_as
from paivand.cases.actions.cases import Concerned, open_case
from paivand.cases.models import Case
from paivand.cases.rules.cases import CaseRole, Risk
from paivand.core.models import new_id
from paivand.registry.models import Family, Person


def people_of(family: Family) -> dict[str, Person]:
    """The members of a family by given name."""
    return {row.person.given_name: row.person for row in family.members.select_related("person").order_by("id")}


def concerned(family: Family, *children: str) -> list[Concerned]:
    """The head as the main person, and some of the others as children."""
    people = people_of(family)
    return [
        Concerned(family.head, CaseRole.MAIN),
        *(Concerned(people[name], CaseRole.CHILD) for name in children),
    ]


def a_case(
    by: Any,
    family: Family,
    *,
    kind: str = "social_support",
    risk: Risk = Risk.MEDIUM,
    people: Sequence[Concerned] | None = None,
    on: date | None = None,
    now: datetime | None = None,
    reason: str = "Nobody at home earns.",
    second: str = "",
) -> Case:
    """An open case of a family."""
    with acting_as(by):
        return open_case(
            case_id=new_id(), family=family, people=people or concerned(family, "Фарҳод", "Нигина"), kind=kind,
            risk=risk, reason=reason, by=by, on=on, now=now, second=second,
        )  # fmt: skip
