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
