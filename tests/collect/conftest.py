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


SAYS = "The day lies in the future. Write the day of the visit."


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """A function that sets what the taker of the form of the tests does."""
    from paivand.collect.actions import takers

    def set_taker(what: Any) -> None:
        def taker(**said: Any) -> Any:
            if isinstance(what, Exception):
                raise what
            return what(**said)

        monkeypatch.setitem(takers.TAKERS, "tested", taker)

    return set_taker


@pytest.fixture
def to_mend(zarina: Any, family: Any, does: Callable[[Any], None]) -> Any:
    """A form of Zarina's that a rule did not let in."""
    from paivand.collect.actions.taking import take_waiting
    from paivand.core.rules.errors import Refused
    from tests.collect.arriving import again, arrived

    does(Refused(SAYS, "future", field="visit/day"))
    sent = arrived(zarina, family=family.pk)
    take_waiting(zarina.pk)
    return again(sent, zarina)


@pytest.fixture
def alike(zarina: Any, family: Any, does: Callable[[Any], None]) -> Any:
    """A form of Zarina's that waits for a decision about a likely duplicate."""
    from paivand.collect.actions.taking import take_waiting
    from paivand.collect.rules.taking import Undecided
    from tests.collect.arriving import again, arrived

    does(Undecided("duplicate", [{"family": str(family.pk), "score": 9.0, "evidence": ["given", "born"]}]))
    sent = arrived(zarina)
    take_waiting(zarina.pk)
    return again(sent, zarina)
