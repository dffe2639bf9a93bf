"""Who steers programmes: the manager of the cast, and one whose right reaches her own agency only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest


def _member(username: str) -> Callable[..., object]:
    @pytest.fixture
    def member(db: None) -> object:
        from paivand.access.models import User
        from paivand.access.models.identity import for_purpose

        with for_purpose("sign-in"):
            return User.objects.select_related("agency", "team").get(username=username)

    return member


manager = _member("manager")
ministry = _member("ministry")


@pytest.fixture
def programme(manager: Any, admin: Any) -> Any:
    """The Joint Programme of the parameters."""
    from tests.programme.planning import founded

    return founded(manager, admin)


@pytest.fixture
def fao_manager(admin: Any, outsider: Any) -> Any:
    """A programme manager of FAO's part alone."""
    from django.utils import timezone

    from paivand.access.actions.roles import assign_role
    from paivand.access.models import Agency
    from paivand.access.models.identity import acting_as
    from paivand.access.rules.roles import RoleKey
    from paivand.access.rules.scopes import ScopeKind
    from paivand.core.rules.writing import writing
    from paivand.programme.actions.founding import add_missing_agencies, joint_programme
    from tests.cast import fresh

    with acting_as(admin):
        add_missing_agencies(declaration=joint_programme(), by=admin)
        fao = Agency.objects.get(name="FAO")
        assign_role(
            user=outsider, role=RoleKey.PROGRAMME_MANAGER, scope=ScopeKind.AGENCY, agency=fao, by=admin,
            reason="a test", districts=[],
        )  # fmt: skip
        with writing("tests.team"):  # the test's transaction began before the role did
            outsider.assignments.update(starts_at=timezone.now() - timedelta(days=1))
    return fresh(outsider)
