"""Colleagues for the tests of assignment and supervision, made through the actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from paivand.access.actions.roles import assign_role
from paivand.access.actions.users import create_user
from paivand.access.models import Agency, Team, User
from paivand.access.models.identity import acting_as
from paivand.access.rules.roles import RoleKey
from paivand.access.rules.scopes import ScopeKind
from paivand.cases.models import Case
from paivand.cases.rules.cases import Risk
from paivand.core.models import Place
from paivand.core.rules.writing import writing
from paivand.registry.models import Person
from tests.cases.case_cast import a_case, concerned
from tests.cast import KULOB, _second_factor, fresh, register

WORKER, SUPERVISOR, GBV = RoleKey.SOCIAL_WORKER, RoleKey.SUPERVISOR, RoleKey.GBV_SPECIALIST


def colleague(
    admin: Any,
    username: str,
    name: str = "Меҳрӣ Холова",
    *,
    role: RoleKey | None = WORKER,
    scope: ScopeKind = ScopeKind.DISTRICTS,
    districts: tuple[str, ...] = (KULOB,),
    like: Any = None,
    agency: Agency | None = None,
    team: Team | None = None,
) -> User:
    """Another member of staff.

    Args:
        like: whose agency and team she shares, where these are not named.
    """
    with acting_as(admin):
        if like is not None:  # read by who may see them: whoever signs in sees no team yet
            team = team or Team.objects.filter(pk=like.team_id).first()
            agency = agency or Agency.objects.filter(pk=like.agency_id).first()
        user = create_user(
            username=username, full_name=name, email="", language="en", agency=agency, team=team, by=admin
        )  # fmt: skip
        _second_factor(user)
        if role:
            places = list(Place.objects.districts().filter(pk__in=districts)) if scope is ScopeKind.DISTRICTS else []
            assign_role(
                user=user, role=role, scope=scope, districts=places, reason="the tests", by=admin,
                agency=agency if scope is ScopeKind.AGENCY else None, team=team if scope is ScopeKind.TEAM else None,
            )  # fmt: skip
            # A role counts from the next transaction, and a test is one transaction.
            with writing("tests"):
                user.assignments.update(starts_at=timezone.now() - timedelta(days=1))
    return fresh(user)


def many_cases(by: Any, count: int, *, risk: Risk = Risk.MEDIUM) -> list[Case]:
    """So many open cases of one worker, each of a family of its own."""
    letters = "абвгдежзийклмнопрстуфхцчшэюя"
    found = []
    for number in range(count):
        family = register(by, given=f"Ҷамила{letters[number % 28]}{letters[number // 28]}", members=0)
        found.append(case_of(by, family, alone=True, risk=risk))
    return found


def case_of(by: Any, family: Any, *, alone: bool = False, **changes: Any) -> Case:
    """A case of whoever heads the family, with the two children unless ``alone``."""
    with acting_as(by):
        head = Person.objects.get(pk=family.head_id)
        people = concerned(family, *(() if alone else ("Фарҳод", "Нигина")), main=head.given_name)
    return a_case(by, family, people=people, **changes)
