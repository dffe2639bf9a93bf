"""Who works with lists in these tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def jamoats(db: None) -> list[str]:
    """The names of two jamoats of Kulob."""
    from paivand.core.models import Place
    from tests.cast import KULOB

    return [place.name_tg for place in Place.objects.jamoats().filter(parent_id=KULOB).order_by("code")[:2]]


@pytest.fixture
def desk_of() -> Callable[[Any], Any]:
    """A function that gives the desk of a user."""
    from tests.cast import fresh
    from tests.collect.desk import Desk

    return lambda by: Desk(fresh(by))


@pytest.fixture
def desk(desk_of: Callable[[Any], Any], zarina: Any) -> Any:
    """Zarina's desk, in Kulob."""
    return desk_of(zarina)


@pytest.fixture
def second_monitor(admin: Any) -> Any:
    """A monitoring officer of the other agency, in the same districts as Manija."""
    from paivand.access.actions.roles import assign_role
    from paivand.access.actions.users import create_user
    from paivand.access.models import Agency
    from paivand.access.models.identity import acting_as
    from paivand.access.rules.roles import RoleKey
    from paivand.core.models import Place
    from tests.cast import DISTRICTS, DUSTI, KULOB

    with acting_as(admin):
        user = create_user(
            username="second.monitor", full_name="Дилноза Раҷабова", email="", language="en",
            agency=Agency.objects.get(name="Умед"), team=None, by=admin,
        )  # fmt: skip
        assign_role(
            user=user, role=RoleKey.MONITORING_OFFICER, scope=DISTRICTS, reason="a test of surveys", by=admin,
            districts=list(Place.objects.districts().filter(pk__in=[KULOB, DUSTI])),
        )  # fmt: skip
    return user
